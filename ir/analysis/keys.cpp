#include <quarry/ir/analysis/keys.hpp>

#include <utility>

namespace quarry::ir {

bool key_analysis::rows_differ(const context& cx, rel_id rel) {
  const instance_set visible = instances_visible(cx, rel);
  if (!visible.known()) return false;
  known_.clear(cx);
  visible.each([&](std::uint32_t i) { known_.add_all(i); });
  null_is_equal_ = true;
  return determined(cx, rel);
}

bool key_analysis::rows_differ_in(const context& cx, rel_id rel, std::span<const std::uint32_t> columns) {
  known_.clear(cx);
  for (const std::uint32_t c : columns)
    if (const node& n = cx.at({c}); n.kind == kind::column) known_.add_exact(n.b, n.a);
  null_is_equal_ = true;
  return determined(cx, rel);
}

bool key_analysis::fixes_a_key(const context& cx, rel_id right, expr_id on) {
  const instance_set inside = instances_visible(cx, right);
  if (!inside.known()) return false;
  std::swap(known_, inner_);
  const bool before = std::exchange(null_is_equal_, false);
  known_.clear(cx);
  each_conjunct(cx, on, [&](expr_id c) {
    if (!is_op(cx, c, op::eq)) return;
    for (std::uint32_t side = 0; side < 2; ++side) {
      const node& column = cx.at(cx.child(c, side));
      if (column.kind == kind::column && inside.has(column.b) && !references(cx, cx.child(c, 1 - side)).touches(inside))
        known_.add_exact(column.b, column.a);
    }
  });
  const bool fixed = determined(cx, right);
  null_is_equal_ = before;
  std::swap(known_, inner_);
  return fixed;
}

bool key_analysis::scan_determined(const context& cx, const node& scan) const {
  const model& m = cx.schema().at(static_cast<std::uint32_t>(scan.a));
  const auto has = [&](std::uint32_t c) {
    return known_.has(scan.b, c) && (!null_is_equal_ || !m.columns[c].type.nullable());
  };
  if (m.primary_key != none && known_.has(scan.b, m.primary_key)) return true;
  for (std::uint32_t c = 0; c < m.columns.size(); ++c)
    if (m.columns[c].unique && has(c)) return true;
  for (const std::vector<std::uint32_t>& together : m.unique_together)
    if (!together.empty() && std::all_of(together.begin(), together.end(), has)) return true;
  return false;
}

bool key_analysis::every_output(const context& cx, std::uint32_t instance, std::uint32_t count) const {
  if (count > cx.outputs(instance).size()) return false;
  for (std::uint32_t i = 0; i < count; ++i)
    if (!known_.has(instance, i)) return false;
  return true;
}

bool key_analysis::determined(const context& cx, rel_id rel) {
  const node& n = cx.at(rel);
  const auto input = [&](std::uint32_t slot) { return rel_id(cx.child(rel, slot)); };
  switch (n.kind) {
    case kind::scan: return scan_determined(cx, n);
    case kind::empty: return true;
    case kind::rows: return n.child_count == 1;
    case kind::filter:
    case kind::sort:
    case kind::lock_rel:
    case kind::window_rel: return determined(cx, input(0));
    case kind::limit: {
      const any_id count = cx.child(rel, 1);
      const bool at_most_one = count.present() && cx.at(count).kind == kind::literal && cx.at(count).a <= 1;
      return at_most_one || determined(cx, input(0));
    }
    case kind::distinct: {
      if (n.child_count > 1) return determined(cx, input(0));
      const std::uint32_t outputs = output_instance(cx, input(0));
      if (outputs != none && every_output(cx, outputs, static_cast<std::uint32_t>(cx.outputs(outputs).size())))
        return true;
      return determined(cx, input(0));
    }
    case kind::project:
      for (std::uint32_t i = 1; i < n.child_count; ++i) {
        const node& item = cx.at(cx.child(rel, i));
        if (item.kind == kind::column && known_.has(n.b, i - 1)) known_.add_exact(item.b, item.a);
      }
      return determined(cx, input(0));
    case kind::group: return every_output(cx, n.b, cx.at(cx.child(rel, 1)).child_count);
    case kind::set_op:
      return (n.flags & 1U) == 0 && every_output(cx, n.b, static_cast<std::uint32_t>(cx.outputs(n.b).size()));
    case kind::join: {
      if (n.b == join_kind::full) return false;
      if (!determined(cx, input(0))) return false;
      if (n.b == join_kind::semi || n.b == join_kind::anti || (n.flags & 1U) != 0) return true;
      return determined(cx, input(1));
    }
    default: return false;
  }
}

}  // namespace quarry::ir
