// Spellings: of several forms of the same rows the one that this connection is fast with, by its facts.
#pragma once

#include <quarry/ir/legalize/facts.hpp>
#include <quarry/ir/legalize/spell_groups.hpp>
#include <quarry/ir/legalize/spell_membership.hpp>
#include <quarry/ir/legalize/spell_pages.hpp>

namespace quarry::ir {

/// Answers of the facts semi_joins and joined_groups.
enum class semi_join_spelling : std::uint8_t { exists = 0, in = 1 };
enum class group_spelling : std::uint8_t { derived_table = 0, subquery = 1 };

/// One query at a time; keeps its memory.
class spellings {
 public:
  rel_id choose(context& cx, rel_id logical, const facts& f);

 private:
  group_speller groups_;
  page_speller pages_;
  membership_speller memberships_;
};

}  // namespace quarry::ir
