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
  any_id null_order_of_sort(any_id sort);
  any_id list_membership(any_id op);
  any_id truth(any_id op);
  any_id offset_with_limit(any_id limit);

  context& cx_;
  const facts& facts_;
  bool native_;
  std::optional<failure> problem_;
};

}  // namespace quarry::ir
