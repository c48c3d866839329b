// spell-pages: late row lookup.
//   project (limit (sort (filter e where …) [key e.pub_date, key e.id]) count %0 offset %1) [e.id, e.headline, …]
//   ==>   project (sort (filter e where in_query(e.id, project (limit (sort (filter e2 where …) [key e2.pub_date, key e2.id])
//           count %0 offset %1) [e2.id])) [key e.pub_date, key e.id]) [e.id, e.headline, …]
//
// Valid where the rows differ by the primary key of one table, which is never NULL: joins with at most one match, filters, semi and anti
// joins keep it so. The keys of the page choose its rows, and the same order puts them in their places; among rows that the order does not
// tell apart the database chooses, as it does anyway. Nothing in it may be volatile.
//
// A database that sorts whole rows carries each column of each row as far as the page's end. So it wins for pages further on, of rows with
// several columns more than the order has, and where the order is that of a joined table; not where an index has the order, or few rows are
// left to sort.
#include <quarry/ir/legalize/spell_pages.hpp>

#include <array>

#include <quarry/ir/analysis/narrowing.hpp>
#include <quarry/ir/model/views.hpp>
#include <quarry/ir/provenance/provenance.hpp>

namespace quarry::ir {
namespace {

constexpr std::uint32_t several_columns = 4;  // that are no part of the order
constexpr std::uint32_t few_rows = 10;  // one in so many

std::uint32_t table_of(const context& cx, rel_id rel) {
  for (;; rel = rel_id(cx.child(rel, 0))) {
    const node& n = cx.at(rel);
    if (n.kind == kind::scan) return n.b;
    if (n.kind != kind::filter && n.kind != kind::join) return none;
  }
}

}  // namespace

rel_id page_speller::run(context& cx, rel_id root) {
  const auto p = try_as<view::project>(cx, root);
  if (!p) return root;
  const auto l = try_as<view::limit>(cx, p->input());
  if (!l || !l->count().present()) return root;
  const auto s = try_as<view::sort>(cx, l->input());
  if (!s) return root;
  cx_ = &cx;
  const rel_id rows = s->input(), limit(l->self), sort(s->self);
  const std::uint32_t table = table_of(cx, rows);
  if (table == none || !keeps_each_row_once(rows)) return root;
  const std::uint32_t primary_key = cx.schema().at(cx.instance_at(table).model).primary_key;
  if (primary_key == none || cx.column_type(table, primary_key).nullable() || is_volatile(cx, root)) return root;
  needed_.clear(cx);
  for (const std::uint32_t item : p->items()) needed_.read(cx, {item});
  if (!is_worth_it(limit, table)) return root;

  if (provenance* const why = cx.why()) why->tell(event::spelled_late, table);
  // The page's keys come from rows with what filters and orders them, the rows from those with what is shown and orders them.
  required_columns shown = needed_;
  needed_.clear(cx);
  for (const std::uint32_t key : s->keys()) needed_.read(cx, {key});
  const rel_id sorted_rows = only_read(rows, true);
  std::vector<std::uint32_t> keys(s->keys().begin(), s->keys().end());
  keys.insert(keys.begin(), sorted_rows.value);
  const std::array<std::uint32_t, 3> page = {cx.make(kind::sort, 0, {}, keys).value, cx.child(limit, 1).value,
                                             cx.child(limit, 2).value};
  const rel_id chosen = copy_.run(cx, rel_id(cx.make(kind::limit, 0, {}, page)));
  const expr_id row(cx.column(table, primary_key)), same = copy_.of(cx, row);
  const output key{cx.names().intern(cx.column_name(table, primary_key)), cx.at(row).type};
  const std::array<std::uint32_t, 2> outputs = {chosen.value, same.value};
  const std::array<std::uint32_t, 2> member = {
      row.value, cx.make(kind::project, 0, {}, outputs, 0, cx.new_computed_instance({&key, 1})).value};
  const std::array<std::uint32_t, 1> on_page = {cx.make(kind::in_query, 0, types::boolean, member).value};

  needed_ = shown;
  for (const std::uint32_t k : cx.children(sort).subspan(1)) needed_.read(cx, {k});
  keys.assign(cx.children(sort).begin(), cx.children(sort).end());
  keys[0] = filtered(cx, only_read(rows, false), on_page).value;
  std::vector<std::uint32_t> children(cx.children(root).begin(), cx.children(root).end());
  children[0] = cx.make(kind::sort, 0, {}, keys).value;
  const node old = cx.at(root);
  return rel_id(cx.make(old.kind, old.flags, old.type, children, old.a, old.b));
}

bool page_speller::keeps_each_row_once(rel_id rel) const {
  const node& n = cx_->at(rel);
  switch (n.kind) {
    case kind::scan: return true;
    case kind::filter: return keeps_each_row_once(rel_id(cx_->child(rel, 0)));
    case kind::join: {
      const bool one = n.b == join_kind::semi || n.b == join_kind::anti ||
          ((n.b == join_kind::left || n.b == join_kind::inner) && (n.flags & 1U) != 0);
      return one && keeps_each_row_once(rel_id(cx_->child(rel, 0)));
    }
    default: return false;
  }
}

bool page_speller::is_worth_it(rel_id limit, std::uint32_t table) const {
  const context& cx = *cx_;
  const rel_id sort(cx.child(limit, 0));
  if (cx.at(sort).child_count < 2 || narrowing_of(cx, rel_id(cx.child(sort, 0))) >= few_rows) return false;
  const any_id first = cx.child(cx.child(sort, 1), 0);
  const bool of_table = references(cx, first).has(table);
  if (of_table && (is_indexed(cx, first) || !cx.child(limit, 2).present())) return false;
  required_columns order;
  order.clear(cx);
  for (const std::uint32_t key : cx.children(sort).subspan(1)) order.read(cx, {key});
  const std::size_t columns = cx.schema().at(cx.instance_at(table).model).columns.size();
  std::uint32_t carried = 0;
  for (std::uint32_t c = 0; c < columns; ++c) carried += needed_.reads(table, c) && !order.reads(table, c) ? 1U : 0U;
  return carried >= several_columns;
}

/// The rows without joins that nothing needed reads; `filters`: with what chooses among them, else the others.
rel_id page_speller::only_read(rel_id rel, bool filters) {
  context& cx = *cx_;
  const node n = cx.at(rel);
  if (n.kind == kind::filter) {
    const any_id predicate = cx.child(rel, 1);
    if (filters) needed_.read(cx, predicate);
    const rel_id input = only_read(rel_id(cx.child(rel, 0)), filters);
    const std::array<std::uint32_t, 1> condition = {predicate.value};
    return filters ? filtered(cx, input, condition) : input;
  }
  if (n.kind != kind::join) return rel;
  const rel_id left(cx.child(rel, 0)), right(cx.child(rel, 1));
  const any_id on = cx.child(rel, 2);
  const bool chooses = n.b != join_kind::left;
  const bool read = needed_.reads_any_of(instances_made(cx, right));
  if (!(filters && chooses) && (!read || n.b == join_kind::semi || n.b == join_kind::anti))
    return only_read(left, filters);
  needed_.read(cx, on);
  needed_.read(cx, right);
  const std::array<std::uint32_t, 3> children = {only_read(left, filters).value, right.value, on.value};
  return rel_id(cx.make(kind::join, n.flags, {}, children, 0, n.b));
}

}  // namespace quarry::ir
