// spell-membership: IN over the rows that match, in place of a question for each outer row.
//   join semi b with (filter e where …) on eq(b.id, e.blog_id)   ==>   filter b where in_query(b.id, project (filter e where …) [e.blog_id])
//   not(exists(filter e where and(eq(e.blog_id, b.id), …)))      ==>   not(in_query(b.id, project (filter e where …) [e.blog_id]))
//
// Valid where the only tie is the equality of one column of the inner rows with a value of the outer row, both of a type whose equality
// is that of its values; nothing else of the inner rows reads outside.
// Under NULLs: exists is TRUE or FALSE. in_query is UNKNOWN for an outer NULL, and without a match where a NULL is among the inner values:
// where FALSE and UNKNOWN differ, and either can be NULL, is_true stands around it.
// Under duplicates: membership ignores them.
//
// Which is better depends on the rows. EXISTS stops at the first match of each outer row: it wins over many matches, few outer rows, and
// where the rows are asked for one by one until there are enough. IN goes through the inner rows once: it wins over few matches, the more
// so through a link table, since each question would go through it again. Forms of conditions tell which is likely (analysis/narrowing).
#include <quarry/ir/legalize/spell_membership.hpp>

#include <array>

#include <quarry/ir/analysis/narrowing.hpp>
#include <quarry/ir/model/views.hpp>
#include <quarry/ir/provenance/provenance.hpp>

namespace quarry::ir {
namespace {

/// Matches are few from here on, a related row directly or through others.
constexpr std::uint64_t few_of_children = 40, few_of_linked = 20;
constexpr std::uint64_t rows_of_a_parent = 8;
constexpr std::uint64_t few_of_page = 100;  // of rows that are read until there are enough

bool same_equality(type a, type b) {
  if (a.kind() == scalar::text || b.kind() == scalar::text)
    return a.kind() == b.kind() && a.collation() == b.collation();
  if (is_integer(a.kind()) && is_integer(b.kind())) return true;
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case scalar::float64:
    case scalar::decimal:
    case scalar::json:
    case scalar::array:
    case scalar::unknown: return false;
    default: return true;
  }
}

/// A key of another table that several rows may have.
bool refers_to_parent(const context& cx, any_id value) {
  const node& n = cx.at(value);
  if (n.kind != kind::column) return false;
  const std::uint32_t model = cx.instance_at(n.b).model;
  if (model == none) return false;
  const column& c = cx.schema().at(model).columns[n.a];
  return c.relation != none && !c.unique && !c.primary_key;
}

bool has_join(const context& cx, rel_id rel) {
  const node& n = cx.at(rel);
  if (n.kind == kind::join) return true;
  for (std::uint32_t i = 0; i < input_count(n); ++i)
    if (has_join(cx, rel_id(cx.child(rel, i)))) return true;
  return false;
}

}  // namespace

rel_id membership_speller::run(context& cx, rel_id root) {
  cx_ = &cx;
  stack_.clear();
  correlated_ = 0;
  return relation(root, false);
}

/// `stops_early`: whoever reads the rows takes some of them and leaves the others.
rel_id membership_speller::relation(rel_id id, bool stops_early) {
  context& cx = *cx_;
  const node n = cx.at(id);
  switch (n.kind) {
    case kind::scan:
    case kind::rows:
    case kind::cte_self: return id;
    case kind::filter: return filter(id, stops_early);
    case kind::join:
      if (n.b == join_kind::semi || n.b == join_kind::anti) return filtering_join(id, stops_early);
      break;
    case kind::limit: stops_early = stops_early || cx.child(id, 1).present(); break;
    case kind::sort:
      // Rows in the order of an index come one by one; any other order takes all of them.
      stops_early = stops_early && is_ordered_by_index(cx, id);
      break;
    case kind::group:
    case kind::window_rel:
    case kind::set_op: stops_early = false; break;
    default: break;
  }
  const std::uint32_t inputs = input_count(n);
  const outer_rows outer = {inputs == 1 ? narrowing_of(cx, rel_id(cx.child(id, 0))) : 1, stops_early};
  const std::size_t base = stack_.size();
  bool changed = false;
  for (std::uint32_t i = 0; i < n.child_count; ++i) {
    const any_id old = cx.child(id, i);
    const any_id now = i < inputs ? any_id(relation(rel_id(old), stops_early)) : expression(old, outer);
    changed = changed || now != old;
    stack_.push_back(now.value);
  }
  if (changed) id = rel_id(with_children(cx, id, std::span<const std::uint32_t>(stack_).subspan(base)));
  stack_.resize(base);
  return id;
}

rel_id membership_speller::filtering_join(rel_id id, bool stops_early) {
  context& cx = *cx_;
  const node n = cx.at(id);
  const auto j = as<view::join>(cx, id);
  const rel_id old_left = j.left(), old_right = j.right();
  const expr_id on = j.on();
  if (on.present() && correlated_ == 0) {
    const std::array<std::uint32_t, 2> matching = {old_right.value, on.value};
    const rel_id query(cx.make(kind::filter, 0, {}, matching));
    const bool anti = n.b == join_kind::anti;
    const expr_id found = membership(splitter_.split(cx, query), {narrowing_of(cx, old_left), stops_early}, anti);
    if (found.present()) {
      const std::array<std::uint32_t, 2> children = {relation(old_left, stops_early).value,
                                                     (anti ? cx.make_op(op::not_, {found}) : found).value};
      return rel_id(cx.make(kind::filter, 0, {}, children));
    }
  }
  const rel_id left = relation(old_left, stops_early);
  ++correlated_;
  const rel_id right = relation(old_right, true);
  --correlated_;
  if (left == old_left && right == old_right) return id;
  const std::array<std::uint32_t, 3> children = {left.value, right.value, on.value};
  return rel_id(cx.make(kind::join, n.flags, {}, children, 0, n.b));
}

rel_id membership_speller::filter(rel_id id, bool stops_early) {
  context& cx = *cx_;
  const auto f = as<view::filter>(cx, id);
  const rel_id old_input = f.input();
  const expr_id predicate = f.predicate();
  const outer_rows outer = {narrowing_of(cx, id), stops_early};
  const std::size_t base = stack_.size();
  bool changed = false;
  each_conjunct(cx, predicate, [&](expr_id c) {
    any_id now;
    // Where a row is kept for TRUE alone, UNKNOWN is as good as FALSE.
    if (cx.at(c).kind == kind::exists && correlated_ == 0)
      now = membership(splitter_.split(cx, rel_id(cx.child(c, 0))), outer, false);
    if (!now.present()) now = expression(c, outer);
    changed = changed || now != any_id(c);
    stack_.push_back(now.value);
  });
  const rel_id input = relation(old_input, stops_early);
  if (changed) id = filtered(cx, input, std::span<const std::uint32_t>(stack_).subspan(base));
  else if (input != old_input) {
    const std::array<std::uint32_t, 2> children = {input.value, predicate.value};
    id = rel_id(cx.make(kind::filter, 0, {}, children));
  }
  stack_.resize(base);
  return id;
}

any_id membership_speller::expression(any_id e, outer_rows outer) {
  if (!e.present()) return e;
  context& cx = *cx_;
  const node n = cx.at(e);
  if (n.child_count == 0) return e;
  if (n.kind == kind::exists && correlated_ == 0) {
    const expr_id found = membership(splitter_.split(cx, rel_id(cx.child(e, 0))), outer, true);
    if (found.present()) return found;
  }
  const std::size_t base = stack_.size();
  bool changed = false;
  for (std::uint32_t i = 0; i < n.child_count; ++i) {
    const any_id old = cx.child(e, i);
    any_id now = old;
    if (old.present() && is_relation(cx.at(old).kind)) {
      const std::uint32_t asked_each_time = references(cx, old).empty() ? 0 : 1;
      correlated_ += asked_each_time;
      now = relation(rel_id(old), n.kind == kind::exists);
      correlated_ -= asked_each_time;
    } else {
      now = expression(old, outer);
    }
    changed = changed || now != old;
    stack_.push_back(now.value);
  }
  if (changed) e = with_children(cx, e, std::span<const std::uint32_t>(stack_).subspan(base));
  stack_.resize(base);
  return e;
}

/// Absent where it is not valid or not better.
expr_id membership_speller::membership(const correlated_rows& inner, outer_rows outer, bool two_valued) {
  context& cx = *cx_;
  if (inner.why != correlated_rows::obstacle::nothing || !is_op(cx, inner.tie, op::eq)) return {};
  const instance_set visible = instances_visible(cx, inner.rows);
  expr_id near(cx.child(inner.tie, 0)), far(cx.child(inner.tie, 1));
  if (cx.at(near).kind == kind::column && visible.has(cx.at(near).b)) std::swap(near, far);
  if (cx.at(far).kind != kind::column || !visible.known() || !visible.has(cx.at(far).b)) return {};
  if (references(cx, near).touches(visible) || !same_equality(cx.at(near).type, cx.at(far).type)) return {};

  // The values of an index are searched as they are: nothing has to be found first. As a condition that has to be TRUE they would all be
  // gone through, unless it says so in words that are no access path.
  const bool searched = cx.at(inner.rows).kind == kind::scan && is_indexed(cx, far) && !cx.at(far).type.nullable();
  const std::uint64_t few = has_join(cx, inner.rows) ? few_of_linked : few_of_children;
  // Rows that share their parent would ask the same question again and again.
  const std::uint64_t repeated = refers_to_parent(cx, near) ? rows_of_a_parent : 1;
  const std::uint64_t matches = narrowing_of(cx, inner.rows) * repeated;
  if (!searched && matches < few * outer.narrowing) return {};
  // Until there are enough rows: only where they would have to be looked for long. Most rows have no match, so that a negation finds them.
  if (!searched && outer.stops_early && (two_valued || matches < few_of_page)) return {};
  const node column = cx.at(far);
  if (provenance* const why = cx.why()) why->tell(event::spelled_in, column.b);
  const output key{cx.names().intern(cx.column_name(column.b, static_cast<std::uint32_t>(column.a))), column.type};
  const std::array<std::uint32_t, 2> items = {inner.rows.value, far.value};
  const any_id keys = cx.make(kind::project, 0, {}, items, 0, cx.new_computed_instance({&key, 1}));
  const std::array<std::uint32_t, 2> of = {near.value, keys.value};
  const bool may_be_unknown = cx.at(near).type.nullable() || column.type.nullable();
  const expr_id in(cx.make(kind::in_query, 0, types::boolean.with_nullable(may_be_unknown), of));
  const bool guarded = two_valued ? may_be_unknown : searched;
  return guarded ? cx.make_op(op::is_true, {in}) : in;
}

}  // namespace quarry::ir
