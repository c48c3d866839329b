#include <quarry/ir/analysis/nullness.hpp>

namespace quarry::ir {
namespace {

enum class place : std::uint8_t { absent, present, padded };

place find(const context& cx, rel_id rel, std::uint32_t instance) {
  const node& n = cx.at(rel);
  if (instance_made(n) == instance) return place::present;
  switch (n.kind) {
    case kind::filter:
    case kind::sort:
    case kind::limit:
    case kind::distinct:
    case kind::lock_rel:
    case kind::window_rel: return find(cx, rel_id(cx.child(rel, 0)), instance);
    case kind::join: {
      const place left = find(cx, rel_id(cx.child(rel, 0)), instance);
      if (left != place::absent) return n.b == join_kind::full ? place::padded : left;
      if (n.b == join_kind::semi || n.b == join_kind::anti) return place::absent;
      const place right = find(cx, rel_id(cx.child(rel, 1)), instance);
      const bool pads = n.b == join_kind::left || n.b == join_kind::full;
      return right == place::present && pads ? place::padded : right;
    }
    default: return place::absent;
  }
}

}  // namespace

bool padded_in(const context& cx, rel_id rel, std::uint32_t instance) {
  return find(cx, rel, instance) != place::present;
}

bool never_null_in(const context& cx, rel_id rel, std::uint32_t instance, std::uint32_t field) {
  if (padded_in(cx, rel, instance)) return false;
  const ir::instance& made = cx.instance_at(instance);
  // The instance's own flag speaks of the whole query; here only what stands within `rel` counts.
  if (made.model != none) return !cx.schema().at(made.model).columns[field].type.nullable();
  return !cx.outputs(instance)[field].type.nullable();
}

bool implies_not_null(const context& cx, expr_id on, std::uint32_t instance, std::uint32_t field) {
  bool found = false;
  each_conjunct(cx, on, [&](expr_id c) {
    const node& n = cx.at(c);
    if (n.kind != kind::op || info(static_cast<op>(n.b)).group != op_class::compare ||
        info(static_cast<op>(n.b)).nulls != null_policy::strict)
      return;
    const node& first = cx.at(cx.child(c, 0));
    const bool pair = n.child_count == 2 && static_cast<op>(n.b) != op::in_array && static_cast<op>(n.b) != op::in_list;
    const auto is_it = [&](const node& x) { return x.kind == kind::column && x.b == instance && x.a == field; };
    found = found || is_it(first) || (pair && is_it(cx.at(cx.child(c, 1))));
  });
  return found;
}

}  // namespace quarry::ir
