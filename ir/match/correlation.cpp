#include <quarry/ir/match/correlation.hpp>

#include <array>

namespace quarry::ir {
namespace {

/// Below what decides nothing about whether there is a row.
rel_id deciding_rows(const context& cx, rel_id query) {
  for (;;) {
    const node& n = cx.at(query);
    if (n.kind == kind::limit) {
      const any_id count = cx.child(query, 1);
      const bool some =
          count.present() && cx.at(count).kind == kind::literal && cx.at(count).flags == 0 && cx.at(count).a >= 1;
      if (!some || cx.child(query, 2).present()) return query;
    } else if (n.kind != kind::project && n.kind != kind::sort && (n.kind != kind::distinct || n.child_count > 1)) {
      return query;
    }
    query = rel_id(cx.child(query, 0));
  }
}

}  // namespace

correlated_rows correlation_splitter::split(context& cx, rel_id query) {
  using enum correlated_rows::obstacle;
  cx_ = &cx;
  why_ = nothing;
  ties_.clear();
  local_.clear();
  const rel_id rows = deciding_rows(cx, query);
  made_ = instances_made(cx, rows);
  if (!made_.known()) return {rows, {}, too_many_relations};
  correlated_rows out;
  out.rows = untied(rows);
  out.tie = conjunction(cx, ties_);
  out.why = why_;
  if (why_ == nothing && !references(cx, out.rows).empty()) out.why = tied_inside;
  return out;
}

/// The relation without the conditions that read something outside. They may be taken from above and from the sides of a join whose
/// rows are not padded: there a filter might as well stand above the join.
rel_id correlation_splitter::untied(rel_id rel) {
  context& cx = *cx_;
  const node n = cx.at(rel);
  if (n.kind == kind::filter) {
    const rel_id input = untied(rel_id(cx.child(rel, 0)));
    const std::size_t base = local_.size();
    bool changed = input != rel_id(cx.child(rel, 0));
    each_conjunct(cx, expr_id(cx.child(rel, 1)), [&](expr_id c) {
      const bool local = references(cx, c).within(made_);
      if (is_volatile(cx, c)) why_ = correlated_rows::obstacle::volatile_condition;
      else if (!local && has_subquery(cx, c)) why_ = correlated_rows::obstacle::subquery_in_tie;
      changed = changed || !local;
      (local ? local_ : ties_).push_back(c.value);
    });
    const rel_id out = changed ? filtered(cx, input, std::span<const std::uint32_t>(local_).subspan(base)) : rel;
    local_.resize(base);
    return out;
  }
  if (n.kind != kind::join || n.b == join_kind::full) return rel;
  const std::array<std::uint32_t, 3> old = {cx.child(rel, 0).value, cx.child(rel, 1).value, cx.child(rel, 2).value};
  const rel_id left = untied(rel_id(old[0]));
  const bool both = n.b == join_kind::inner || n.b == join_kind::cross;
  const rel_id right = both ? untied(rel_id(old[1])) : rel_id(old[1]);
  if (left.value == old[0] && right.value == old[1]) return rel;
  const std::array<std::uint32_t, 3> children = {left.value, right.value, old[2]};
  return rel_id(cx.make(kind::join, n.flags, {}, children, 0, n.b));
}

}  // namespace quarry::ir
