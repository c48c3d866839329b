// Substitution: columns of some instances stand for other expressions.
#pragma once

#include <cstdint>
#include <vector>

#include <quarry/ir/match/algebra.hpp>

namespace quarry::ir {

/// Rewrites expressions, subqueries included. What a column is replaced by is rewritten as well. Keeps its memory.
class substitution {
 public:
  void clear() noexcept { entries_.clear(); }
  bool empty() const noexcept { return entries_.empty(); }
  void column(std::uint32_t instance, std::uint64_t field, expr_id by) {
    entries_.push_back({form::column, instance, by.value, field});
  }
  /// The instance is made anew, by another copy of a subquery: what stood for its columns in the last one is over.
  void forget(std::uint32_t instance) {
    std::erase_if(entries_, [instance](const entry& e) { return e.instance == instance; });
  }
  /// Outputs of a project become its items, key outputs of an aggregate its keys.
  void maker(std::uint32_t instance, rel_id project_or_group) {
    entries_.push_back({form::maker, instance, project_or_group.value, 0});
  }
  /// Each column of the instance becomes NULL.
  void nulls(std::uint32_t instance) { entries_.push_back({form::nulls, instance, none, 0}); }
  /// Columns of one instance become the columns of another, in the same places.
  void renamed(std::uint32_t instance, std::uint32_t by) { entries_.push_back({form::renamed, instance, by, 0}); }

  any_id apply(context& cx, any_id id);

 private:
  enum class form : std::uint8_t { column, maker, nulls, renamed };
  struct entry {
    form what;
    std::uint32_t instance;
    std::uint32_t by;
    std::uint64_t field;
  };
  any_id replacement(context& cx, any_id column);
  std::vector<entry> entries_;
  std::vector<std::uint32_t> stack_;
};

}  // namespace quarry::ir
