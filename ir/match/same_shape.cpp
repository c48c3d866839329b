#include <quarry/ir/match/same_shape.hpp>

namespace quarry::ir {

bool same_shape::stand_for_each_other(std::uint32_t a, std::uint32_t b) const noexcept {
  for (const auto& [left, right] : pairs_)
    if (left == a || right == b) return left == a && right == b;
  return a == b;
}

bool same_shape::compare(const context& cx, any_id a, any_id b) {
  if (!a.present() || !b.present()) return a == b;
  const node &left = cx.at(a), &right = cx.at(b);
  if (left.kind != right.kind || left.flags != right.flags || left.type != right.type || left.a != right.a ||
      left.child_count != right.child_count)
    return false;
  if (left.kind == kind::column) return stand_for_each_other(left.b, right.b);
  const std::uint32_t made = instance_made(left);
  if (made == none && left.b != right.b) return false;
  if (made != none && made != right.b) {
    const instance &of_left = cx.instance_at(made), &of_right = cx.instance_at(right.b);
    if (of_left.model != of_right.model || of_left.count != of_right.count ||
        of_left.null_extended != of_right.null_extended)
      return false;
    pairs_.emplace_back(made, right.b);
  }
  for (std::uint32_t i = 0; i < left.child_count; ++i)
    if (!compare(cx, cx.child(a, i), cx.child(b, i))) return false;
  return true;
}

}  // namespace quarry::ir
