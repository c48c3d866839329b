// top-of-group: the first rows of each group, numbered by a window, are looked up group by group where that is cheaper: a window
// numbers all rows to give a few of them. Only by a column that has an index, by which the rows of a group are found.
//   project (filter (window r [row_number() over (partition [r.c] order [key a])]) where le(number, n)) [r.x]
//   ==>   project (join inner (distinct (project r2 [r2.c])) g with r on eq(r.id, scalar_of (… filter r3 where eq(r3.c, g.c) …))) [r.x]
// Exact: both take the first n rows by the same order; a row is found again by its key. A row whose group is NULL is in no group
// here, so that the column must not be NULL, or the rows with NULL be left out already.
#include <array>

#include <quarry/ir/legalize/rules.hpp>
#include <quarry/ir/match/algebra.hpp>
#include <quarry/ir/match/fresh_copy.hpp>
#include <quarry/ir/provenance/provenance.hpp>

namespace quarry::ir {
namespace {

/// What is numbered, and how many of each group are taken.
struct numbered_rows {
  rel_id rows;
  any_id order;  // a list of keys
  expr_id group;
  expr_id count, offset;
};

bool is_one(const context& cx, expr_id count) {
  const node& n = cx.at(count);
  return n.kind == kind::literal && n.flags == 0 && n.a == 1;
}

bool rejects_null_groups(const context& cx, rel_id rows, expr_id group) {
  const node& c = cx.at(group);
  if (!cx.schema().at(cx.instance_at(c.b).model).columns[c.a].type.nullable()) return true;
  bool rejected = false;
  for (; cx.at(rows).kind == kind::filter; rows = rel_id(cx.child(rows, 0)))
    each_conjunct(cx, expr_id(cx.child(rows, 1)), [&](expr_id p) {
      rejected = rejected || (is_op(cx, p, op::is_not_null) && cx.child(p, 0) == any_id(group));
    });
  return rejected;
}

bool is_bound(const context& cx, any_id e) { return cx.at(e).kind == kind::literal || cx.at(e).kind == kind::param; }

/// le(number, count), or gt(number, offset) and le(number, add(offset, count)).
bool read_bounds(const context& cx, any_id predicate, std::uint32_t window, numbered_rows& out) {
  const bool page = is_op(cx, predicate, op::and_) && cx.at(predicate).child_count == 2;
  const any_id last = page ? cx.child(predicate, 1) : predicate;
  const auto is_number = [&](any_id e) { return cx.at(e).kind == kind::column && cx.at(e).b == window; };
  if (!is_op(cx, last, op::le) || !is_number(cx.child(last, 0))) return false;
  out.count = expr_id(cx.child(last, 1));
  if (page) {
    const any_id first = cx.child(predicate, 0), end = out.count;
    if (!is_op(cx, first, op::gt) || !is_number(cx.child(first, 0)) || !is_op(cx, end, op::add)) return false;
    out.offset = expr_id(cx.child(first, 1));
    if (cx.child(end, 0) != any_id(out.offset) || !is_bound(cx, out.offset)) return false;
    out.count = expr_id(cx.child(end, 1));
  }
  return is_bound(cx, out.count);
}

/// Absent where the relation is something else.
std::optional<numbered_rows> read(const context& cx, rel_id filter) {
  if (cx.at(filter).kind != kind::filter) return std::nullopt;
  const any_id window = cx.child(filter, 0);
  const node& w = cx.at(window);
  numbered_rows out;
  if (w.kind != kind::window_rel || w.child_count != 2 || !read_bounds(cx, cx.child(filter, 1), w.b, out))
    return std::nullopt;
  const any_id call = cx.child(cx.child(window, 1), 0);
  if (!is_op(cx, cx.child(call, 0), op::row_number)) return std::nullopt;
  const auto spec = as<view::window_spec>(cx, cx.child(call, 1));
  if (!spec.partition().present() || !spec.order().present() || spec.frame().present()) return std::nullopt;
  if (cx.at(spec.partition()).child_count != 1) return std::nullopt;
  const expr_id group(cx.child(spec.partition(), 0));
  if (cx.at(group).kind != kind::column || cx.instance_at(cx.at(group).b).model == none) return std::nullopt;
  out.rows = rel_id(cx.child(window, 0));
  out.order = spec.order();
  out.group = group;
  return out;
}

}  // namespace

any_id legalization_rules::top_of_group(any_id id) {
  if (!facts_.has(fact::lookup_per_group)) return id;
  const std::optional<numbered_rows> top = read(cx_, rel_id(cx_.child(id, 0)));
  if (!top) return id;
  const std::uint32_t table = cx_.at(top->group).b, model_at = cx_.instance_at(table).model;
  const model& m = cx_.schema().at(model_at);
  const column& c = m.columns[cx_.at(top->group).a];
  const bool indexed = c.relation != none || c.indexed || c.unique;
  if (!indexed || m.primary_key == none || cx_.instance_at(table).null_extended) return id;
  if (!references(cx_, top->rows).empty() || !rejects_null_groups(cx_, top->rows, top->group)) return id;
  // Of several rows of a group each has to come once for its key to find it as often.
  rel_id below = top->rows;
  while (cx_.at(below).kind == kind::filter) below = rel_id(cx_.child(below, 0));
  const bool one = is_one(cx_, top->count);
  if (!one && cx_.at(below).kind != kind::scan) return id;
  const std::uint32_t items = cx_.at(id).child_count;
  for (std::uint32_t i = 1; i < items; ++i) {
    const node& item = cx_.at(cx_.child(id, i));
    if (item.kind != kind::column || item.b != table) return id;
  }

  if (provenance* const why = cx_.why()) why->tell(event::looked_up_by_group, table);
  const expr_id key = cx_.column(table, m.primary_key);
  fresh_copy copies;
  const auto project = [&](rel_id rows, expr_id value) {
    const output named{cx_.names().intern("key"), cx_.at(value).type};
    const std::uint32_t made = cx_.new_computed_instance({&named, 1});
    const std::array<std::uint32_t, 2> children = {rows.value, value.value};
    return rel_id(cx_.make(kind::project, 0, {}, children, 0, made));
  };
  const rel_id source = copies.run(cx_, top->rows);
  const rel_id keys = project(source, copies.of(cx_, top->group));
  const std::array<std::uint32_t, 1> all_keys = {keys.value};
  const rel_id groups(cx_.make(kind::distinct, 0, {}, all_keys));

  const rel_id again = copies.run(cx_, top->rows);
  const std::array<std::uint32_t, 1> tie = {
      cx_.make_op(op::eq, {copies.of(cx_, top->group), cx_.column(cx_.at(keys).b, 0)}).value};
  child_list sorted(cx_);
  sorted.add(filtered(cx_, again, tie));
  for (std::uint32_t i = 0; i < cx_.at(top->order).child_count; ++i) {
    const expr_id by = copies.of(cx_, expr_id(cx_.child(top->order, i)));
    sorted.add(by);
  }
  const std::array<std::uint32_t, 3> limit = {cx_.make(kind::sort, 0, {}, sorted.ids()).value, top->count.value,
                                              top->offset.value};
  const rel_id found = project(rel_id(cx_.make(kind::limit, 0, {}, limit)), copies.of(cx_, key));

  const std::uint32_t looked_up = cx_.new_instance(model_at);
  const expr_id far = cx_.column(looked_up, m.primary_key);
  expr_id on;
  if (one) {
    const std::array<std::uint32_t, 1> query = {found.value};
    on = cx_.make_op(op::eq, {far, expr_id(cx_.make(kind::scalar_of, 0, cx_.at(key).type.with_nullable(true), query))});
  } else {
    const std::array<std::uint32_t, 2> query = {far.value, found.value};
    on = expr_id(cx_.make(kind::in_query, 0, types::boolean.with_nullable(cx_.at(far).type.nullable()), query));
  }
  const std::array<std::uint32_t, 3> join = {groups.value, cx_.make(kind::scan, 0, {}, {}, model_at, looked_up).value,
                                             on.value};
  child_list out(cx_);
  out.add(cx_.make(kind::join, one ? 1 : 0, {}, join, 0, join_kind::inner));
  for (std::uint32_t i = 1; i < items; ++i)
    out.add(cx_.column(looked_up, static_cast<std::uint32_t>(cx_.at(cx_.child(id, i)).a)));
  const node n = cx_.at(id);
  return cx_.make(n.kind, n.flags, n.type, out.ids(), n.a, n.b);
}

}  // namespace quarry::ir
