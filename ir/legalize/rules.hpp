// The rule library of legalization: one function a rule, each asks facts and never products.
#pragma once

#include <optional>
#include <utility>

#include <quarry/ir/legalize/facts.hpp>
#include <quarry/ir/model/context.hpp>
#include <quarry/ir/support/result.hpp>

namespace quarry::ir {

class legalization_rules {
 public:
  legalization_rules(context& cx, const facts& f, bool native)
      : cx_(cx), facts_(f), native_(native), by_code_point_(!native && cx.schema().has_other_collations()) {}
  /// The legal form of a node whose children are legal already.
  any_id apply(any_id id);
  /// What a rule found impossible.
  std::optional<failure> take_problem() { return std::exchange(problem_, std::nullopt); }

 private:
#define QUARRY_RULE(name, function, doc) any_id function(any_id id);
#include <quarry/ir/legalize/rules.def>
#undef QUARRY_RULE

  any_id with_null_order(any_id keys, bool may_add_keys);
  /// The aggregate with its condition in a CASE around its argument, or as it is where it has none.
  any_id with_condition_inside(any_id aggregate);
  bool is_by_distance(any_id frame) const;
  /// Does this text compare by the collation of a column that is not ours?
  bool compares_otherwise(any_id value) const;
  any_id by_code_point(any_id value);
  any_id with_child(any_id id, std::uint32_t which, any_id child);
  /// The node with this child by code point, where it compares otherwise.
  any_id with_child_by_code_point(any_id id, std::uint32_t child);
  /// All children from this one on.
  any_id with_children_by_code_point(any_id id, std::uint32_t first);
  any_id comparison_by_code_point(any_id id);
  any_id rows_by_code_point(any_id rel);
  /// The sort with its keys as they are where the rows below it compare by code point already; `exact`: they do.
  any_id keys_of_exact_rows(any_id sort, bool exact);
  bool is_key(any_id value) const;

  context& cx_;
  const facts& facts_;
  bool native_;
  bool by_code_point_;
  std::optional<failure> problem_;
};

}  // namespace quarry::ir
