#include <quarry/ir/passes/key_tests.hpp>

#include <algorithm>
#include <array>

#include <quarry/ir/passes/passes.hpp>
#include <quarry/ir/passes/ties.hpp>

namespace quarry::ir {
namespace {

rel_id rows_below(const context& cx, rel_id rel) {
  while (cx.at(rel).kind == kind::filter) rel = rel_id(cx.child(rel, 0));
  return rel;
}

bool join_finds_few(const context& cx, rel_id rel) {
  if (cx.at(rel).kind == kind::join)
    return join_finds_few(cx, rel_id(cx.child(rel, 0))) || join_finds_few(cx, rel_id(cx.child(rel, 1)));
  return cx.at(rel).kind == kind::filter && asks_for_values(cx, expr_id(cx.child(rel, 1)));
}

}  // namespace

bool key_tests::is_existence(any_id e) const {
  if (is_op(cx_, e, op::not_)) e = cx_.child(e, 0);
  return cx_.at(e).kind == kind::exists;
}

bool key_tests::of_group(const join_group& g, std::span<const expr_id> conditions, key_test& t) {
  const joined& first = joins_.joins()[g.first];
  const bool missing = conditions.size() == 1 && first.form == join_kind::left && says_missing(conditions[0], first);
  if (!missing && !joins_.rejects_padding(conditions, g.made)) {
    px_.declined(decline::union_keys_padding_passes);
    return false;
  }
  t.positive = !missing;
  child_list parts(cx_);
  each_conjunct(cx_, first.on, [&](expr_id c) {
    const bool local = references(cx_, c).within(first.made);
    if (local) parts.add(c);
    else t.ties.add(c);
  });
  rel_id rows = first.right;
  if (!missing) {
    rows = joins_.joined_rows(g, conditions, rows);
    for (const expr_id c : conditions) parts.add(c);
  }
  t.rows = filtered(cx_, rows, parts.ids());
  t.child = !g.single && cx_.at(rows_below(cx_, t.rows)).kind == kind::scan;
  t.selective = std::ranges::any_of(conditions, [&](expr_id c) { return asks_for_values(cx_, c); });
  find_key(t);
  if (t.ties.size() == 0) px_.declined(decline::union_keys_no_tie);
  return t.ties.size() > 0;
}

/// The column of the first relation's own table that is NULL only where the row is missing.
bool key_tests::says_missing(expr_id e, const joined& first) const {
  if (!is_op(cx_, e, op::is_null)) return false;
  const node& column = cx_.at(cx_.child(e, 0));
  const node& table = cx_.at(rows_below(cx_, first.right));
  if (column.kind != kind::column || table.kind != kind::scan || table.b != column.b) return false;
  return !cx_.schema().at(static_cast<std::uint32_t>(table.a)).columns[column.a].type.nullable();
}

bool key_tests::of_existence(expr_id e, key_test& t) {
  const bool negated = is_op(cx_, e, op::not_);
  const any_id exists = negated ? cx_.child(e, 0) : any_id(e);
  untied_rows rows = untie(px_, rel_id(cx_.child(exists, 0)));
  if (!rows.fits) return false;
  for (const expr_id c : rows.ties)
    if (!t.ties.add(c)) return false;
  t.rows = rows.rows;
  t.positive = !negated;
  t.child = cx_.at(rows_below(cx_, t.rows)).kind == kind::scan;
  for (rel_id r = t.rows; cx_.at(r).kind == kind::filter; r = rel_id(cx_.child(r, 0)))
    t.selective = t.selective || asks_for_values(cx_, expr_id(cx_.child(r, 1)));
  if (cx_.at(t.rows).kind == kind::join) t.selective = t.selective || join_finds_few(cx_, t.rows);
  find_key(t);
  return t.ties.size() > 0;
}

/// The tie as `operand in (keys)`, where it is one equality of columns.
void key_tests::find_key(key_test& t) const {
  if (t.ties.size() != 1 || !is_op(cx_, t.ties[0], op::eq)) return;
  const instance_set made = instances_visible(cx_, t.rows);
  for (std::uint32_t side = 0; side < 2; ++side) {
    const expr_id key(cx_.child(t.ties[0], side)), operand(cx_.child(t.ties[0], 1 - side));
    if (cx_.at(key).kind != kind::column || cx_.at(operand).kind != kind::column) continue;
    if (!made.has(cx_.at(key).b) || made.has(cx_.at(operand).b)) continue;
    if (cx_.at(key).type.kind() != cx_.at(operand).type.kind()) continue;
    t.key = key;
    t.operand = operand;
  }
}

bool key_tests::may_be_null(expr_id column) const {
  const node& c = cx_.at(column);
  const instance& in = cx_.instance_at(c.b);
  return in.model == none ? c.type.nullable() : cx_.schema().at(in.model).columns[c.a].type.nullable();
}

rel_id key_tests::keys_of(const key_test& t, expr_id key) {
  // As it will be when nullability is refined: no left join around these rows pads them any more.
  const bool nullable = may_be_null(key) || padded_in(cx_, t.rows, cx_.at(key).b);
  const output named{cx_.names().intern("key"), cx_.at(key).type.with_nullable(nullable)};
  const std::uint32_t made = cx_.new_computed_instance({&named, 1});
  const std::array<std::uint32_t, 2> children = {t.rows.value, key.value};
  return copies_.run(cx_, rel_id(cx_.make(kind::project, 0, {}, children, 0, made)));
}

bool key_tests::as_set(const key_test& t) const {
  if (!t.operand.present()) return false;
  if (!t.positive && (may_be_null(t.operand) || padded_in(cx_, joins_.base(), cx_.at(t.operand).b))) return false;
  if (size_ == input_size::bounded || t.asked_last) return false;
  if (t.child && (!t.selective || size_ == input_size::filtered)) return false;
  return t.selective || (size_ == input_size::all && !limited_);
}

expr_id key_tests::membership(key_test t) {
  if (!t.positive && may_be_null(t.key)) {
    const std::array<std::uint32_t, 1> known = {cx_.make_op(op::is_not_null, {t.key}).value};
    t.rows = filtered(cx_, t.rows, known);
  }
  const rel_id keys = keys_of(t, t.key);
  const std::array<std::uint32_t, 2> children = {t.operand.value, keys.value};
  const bool nullable = cx_.at(t.operand).type.nullable() || cx_.column_type(cx_.at(keys).b, 0).nullable();
  return expr_id(cx_.make(kind::in_query, 0, types::boolean.with_nullable(nullable), children));
}

expr_id key_tests::existence(const key_test& t) {
  child_list ties(cx_);
  for (const expr_id c : t.ties.all()) ties.add(c);
  const std::array<std::uint32_t, 1> query = {copies_.run(cx_, filtered(cx_, t.rows, ties.ids())).value};
  return expr_id(cx_.make(kind::exists, 0, types::boolean, query));
}

expr_id key_tests::answer(const key_test& t) {
  const expr_id found = as_set(t) ? membership(t) : existence(t);
  return t.positive ? found : cx_.make_op(op::not_, {found});
}

}  // namespace quarry::ir
