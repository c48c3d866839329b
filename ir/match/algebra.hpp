// Questions about relations and conditions that every analysis and pass asks: which instances a subtree makes or reads,
// what a condition's conjuncts are, whether a value may be computed elsewhere.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include <quarry/ir/model/views.hpp>

namespace quarry::ir {

/// Relation instances as a set by value. Instances from 64 on share one flag: a set that has it is never known to lie
/// within another, so that passes do less in a query of that size, never something else.
class instance_set {
 public:
  constexpr void add(std::uint32_t i) noexcept {
    if (i < 64) low_ |= std::uint64_t{1} << i;
    else beyond_ = true;
  }
  constexpr void add(instance_set o) noexcept {
    low_ |= o.low_;
    beyond_ = beyond_ || o.beyond_;
  }
  /// Exact for sets that are `known()`.
  constexpr bool has(std::uint32_t i) const noexcept { return i < 64 && (low_ >> i & 1U) != 0; }
  constexpr bool known() const noexcept { return !beyond_; }
  constexpr bool empty() const noexcept { return low_ == 0 && !beyond_; }
  constexpr bool within(instance_set o) const noexcept { return !beyond_ && (low_ & ~o.low_) == 0; }
  constexpr bool touches(instance_set o) const noexcept { return (low_ & o.low_) != 0 || (beyond_ && o.beyond_); }
  constexpr instance_set without(instance_set o) const noexcept {
    instance_set out = *this;
    out.low_ &= ~o.low_;
    return out;
  }
  template <class F>
  void each(F&& f) const {
    for (std::uint64_t rest = low_; rest != 0; rest &= rest - 1) f(static_cast<std::uint32_t>(std::countr_zero(rest)));
  }

 private:
  std::uint64_t low_ = 0;
  bool beyond_ = false;
};

/// A node of the logical stage that is a bag of rows.
constexpr bool is_relation(kind k) noexcept { return static_cast<std::uint16_t>(k) >= 0x3000; }

/// How many inputs a relation has: relations are always its first children.
inline std::uint32_t input_count(const node& n) noexcept {
  switch (n.kind) {
    case kind::scan:
    case kind::rows:
    case kind::cte_self: return 0;
    case kind::join:
    case kind::set_op:
    case kind::cte_rel: return 2;
    default: return is_relation(n.kind) ? 1 : 0;
  }
}

/// Which rows a condition says something of besides those that it stands over: one above a join, and the join's own.
/// Where it is not TRUE for a row of that side, the row makes no difference to the rows above that meet it.
struct condition_reach {
  bool above_left, above_right;  ///< of a condition on the join's rows, by the side whose columns it reads
  bool on_left, on_right;  ///< of the join's own condition
};
/// A padded row meets conditions of its own, so that those above say nothing of the side that a join pads.
constexpr condition_reach reaches(code form) noexcept {
  switch (form) {
    case join_kind::inner:
    case join_kind::cross: return {true, true, true, true};
    case join_kind::semi: return {true, false, true, true};
    case join_kind::left:
    case join_kind::anti: return {true, false, false, true};
    default: return {false, false, false, false};
  }
}

/// The instance that this relation itself makes, or none.
std::uint32_t instance_made(const node& n) noexcept;

/// Every instance that the subtree makes; those of subqueries in its conditions are not among them.
instance_set instances_made(const context& cx, rel_id rel);

/// The instances whose columns a relation above may read.
instance_set instances_visible(const context& cx, rel_id rel);

/// The instances that the subtree reads but does not make: of the relations around it.
instance_set references(const context& cx, any_id id);

/// Whether computing it twice or elsewhere could give something else: random values, raw text, functions of the
/// database.
bool is_volatile(const context& cx, any_id id);

/// Whether a relation stands somewhere in the expression.
bool has_subquery(const context& cx, any_id id);

inline bool is_op(const context& cx, any_id id, op o) noexcept {
  return id.present() && cx.at(id).kind == kind::op && op_of(cx, id) == o;
}
inline bool is_boolean(const context& cx, any_id id, bool value) noexcept {
  const node& n = cx.at(id);
  return n.kind == kind::literal && n.flags == 0 && n.type.kind() == scalar::boolean && (n.a != 0) == value;
}

/// Calls `f(expr_id)` for each conjunct, nested ands flattened, in the order written.
template <class F>
void each_conjunct(const context& cx, expr_id condition, F&& f) {
  if (!condition.present()) return;
  if (!is_op(cx, condition, op::and_)) {
    f(condition);
    return;
  }
  const std::uint32_t count = cx.at(condition).child_count;
  for (std::uint32_t i = 0; i < count; ++i) each_conjunct(cx, expr_id(cx.child(condition, i)), f);
}

/// One condition of several; the only one as it is; absent of none.
expr_id conjunction(context& cx, std::span<const std::uint32_t> conditions);

/// The rows for which every condition is TRUE; `input` itself when there are no conditions.
rel_id filtered(context& cx, rel_id input, std::span<const std::uint32_t> conditions);

/// The same node with other children; what it may be NULL by follows from them again.
any_id with_children(context& cx, any_id id, std::span<const std::uint32_t> children);

/// A join condition that is exactly `eq(left column, right column)`.
struct key_equality {
  expr_id left, right;
  bool present() const noexcept { return left.present(); }
};
key_equality key_equality_of(const context& cx, const view::join& j);

/// The instance whose columns are the outputs of the relation, through what only filters, sorts or cuts; none for joins
/// and scans.
std::uint32_t output_instance(const context& cx, rel_id rel);

}  // namespace quarry::ir
