// lower-relations
// Needs: relation instances decided.   Gives: joins on key equality, no relate.   Never: drops or repeats a row of the left side
// for a to-one relation.
//   e = relate b.entry by b.id   ==>   e = scan Entry ; j = join left to_one b with e on eq(b.blog_id, e.id)
// The left join keeps rows whose key is NULL; the flags record that at most one row matches, and that the database enforces the key,
// if perhaps at commit only.
#include <array>

#include <quarry/ir/lower/lower.hpp>
#include <quarry/ir/model/views.hpp>

namespace quarry::ir {

rel_id lowering::to_logical(context& cx, rel_id related) {
  if (!cx.has(kind::relate)) return related;
  // An expression has relations in it only where one asks a query.
  const bool queries = cx.has(kind::exists) || cx.has(kind::scalar_of) || cx.has(kind::in_query);
  const auto inside = [&](any_id id) { return queries || info(cx.at(id).kind).sort == sort::rel; };
  const auto lowered = [&](any_id id) -> any_id {
    const auto relate = try_as<view::relate>(cx, id);
    if (!relate) return id;
    const node key = cx.at(relate->from_key());
    const relation r = cx.schema().at(cx.instance_at(key.b).model).relations[relate->relation()];
    const std::uint32_t instance = relate->instance();
    const rel_id left = relate->input();
    const expr_id from = relate->from_key();
    const rel_id right(cx.make(kind::scan, 0, {}, {}, r.target, instance));
    const expr_id on = cx.make_op(op::eq, {from, cx.column(instance, r.remote)});
    const auto flags = static_cast<std::uint16_t>((r.many ? 0U : 1U) | (r.trusted ? 2U : 0U) |
                                                  (r.trusted && cx.may_dangle(r) ? 4U : 0U));
    const std::array<std::uint32_t, 3> children = {left.value, right.value, on.value};
    return cx.make(kind::join, flags, {}, children, 0, join_kind::left);
  };
  return rel_id(rewriter_.run(cx, related, lowered, inside));
}

}  // namespace quarry::ir
