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
  legalization_rules(context& cx, const facts& f, bool native) : cx_(cx), facts_(f), native_(native) {}
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

  context& cx_;
  const facts& facts_;
  bool native_;
  std::optional<failure> problem_;
};

}  // namespace quarry::ir
