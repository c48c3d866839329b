// Spelling of a page of a sorted table, where the connection is faster when it sorts keys and reads the rows of the page afterwards.
#pragma once

#include <vector>

#include <quarry/ir/analysis/required.hpp>
#include <quarry/ir/match/fresh_copy.hpp>

namespace quarry::ir {

/// One query at a time; keeps its memory.
class page_speller {
 public:
  /// The same rows in the same order, those of the page found by their keys.
  rel_id run(context& cx, rel_id root);

 private:
  bool keeps_each_row_once(rel_id rel) const;
  bool is_worth_it(rel_id limit, std::uint32_t table) const;
  rel_id only_read(rel_id rel, bool filters);

  context* cx_ = nullptr;
  required_columns needed_;
  fresh_copy copy_;
};

}  // namespace quarry::ir
