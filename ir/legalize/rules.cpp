#include <quarry/ir/legalize/rules.hpp>

#include <algorithm>
#include <array>

#include <quarry/ir/analysis/narrowing.hpp>
#include <quarry/ir/match/algebra.hpp>
#include <quarry/ir/model/views.hpp>

namespace quarry::ir {

any_id legalization_rules::apply(any_id id) {
  const node& n = cx_.at(id);
  switch (n.kind) {
    case kind::sort: return null_order(by_code_point_ ? keys_of_exact_rows(id, false) : id);
    case kind::window_spec: return code_points(null_order(id));
    case kind::limit: return offset_with_limit(id);
    case kind::aggregate: return aggregate_filter(code_points(id));
    case kind::order_item:
    case kind::group:
    case kind::set_op:
    case kind::in_query: return code_points(id);
    case kind::window_call: return window_filter(id);
    case kind::frame: return frame_exclusion(id);
    case kind::read_as: return conversion(id);
    case kind::distinct: return first_of_each(code_points(id));
    case kind::project: return top_of_group(id);
    case kind::op:
      switch (static_cast<op>(n.b)) {
        case op::in_array: return code_points(list_membership(id));
        case op::is_true: return truth(id);
        case op::startswith: return prefix_range(code_points(id));
        default: return code_points(id);
      }
    default: return id;
  }
}

// null-order: portable means NULLs first ascending and last descending, in the rows of a query and in those that a window sees. Nothing
// is emitted where the expression can't be NULL, or where the database sorts so by itself; else NULLS FIRST/LAST, else a key of its
// own before it. What the query says itself of its NULLs is said in the same words, native or not.
//   key x               ==>   key x nulls_first   or   key is_not_null(x), key x
//   key x nulls_last    ==>   key is_null(x), key x
any_id legalization_rules::null_order(any_id id) {
  const bool by_itself = native_ || static_cast<enum null_order>(facts_[fact::nulls_sort]) == null_order::first;
  if (by_itself && facts_.has(fact::null_order_syntax)) return id;
  if (cx_.at(id).kind == kind::sort) return with_null_order(id, true);
  // Of a window the keys are a list of their own.
  const auto spec = as<view::window_spec>(cx_, id);
  if (!spec.order().present()) return id;
  // A range by distance has one key, whose NULLs are at no distance from any row: a second key would be no range.
  const any_id told = with_null_order(spec.order(), !is_by_distance(spec.frame()));
  if (told == spec.order()) return id;
  const std::array<std::uint32_t, 3> parts = {spec.partition().value, told.value, spec.frame().value};
  const node old = cx_.at(id);
  return cx_.make(old.kind, old.flags, old.type, parts, old.a, old.b);
}

bool legalization_rules::is_by_distance(any_id frame) const {
  if (!frame.present() || cx_.at(frame).b != frame_unit::range) return false;
  const auto distant = [&](std::uint32_t bound) { return cx_.child({bound}, 0).present(); };
  return std::ranges::any_of(cx_.children(frame), distant);
}

/// The node with each of its keys that needs it told where NULLs stand; other children stay.
any_id legalization_rules::with_null_order(any_id keys, bool may_add_keys) {
  constexpr std::uint16_t descends = 1, says_first = 2, says_last = 4;
  const auto natural = static_cast<enum null_order>(facts_[fact::nulls_sort]);
  const bool syntax = facts_.has(fact::null_order_syntax);
  child_list items(cx_);
  bool changed = false;
  for (std::uint32_t i = 0; i < cx_.at(keys).child_count; ++i) {
    const any_id child = cx_.child(keys, i);
    const node n = cx_.at(child);
    const any_id value = n.kind == kind::order_item ? cx_.child(child, 0) : any_id{};
    const bool said = (n.flags & (says_first | says_last)) != 0;
    const bool nullable = value.present() && cx_.at(value).type.nullable();
    if (!value.present() || (said ? syntax : native_ || !nullable || natural == null_order::first)) {
      items.add(child);
      continue;
    }
    const bool descending = (n.flags & descends) != 0;
    const bool first = said ? (n.flags & says_first) != 0 : !descending;
    const std::array<std::uint32_t, 1> of = {value.value};
    const any_id bare = said ? cx_.make(kind::order_item, n.flags & descends, {}, of) : child;
    const bool natural_place = natural == (first == descending ? null_order::last : null_order::first);
    if (syntax) {
      items.add(
          cx_.make(kind::order_item, static_cast<std::uint16_t>(n.flags | (first ? says_first : says_last)), {}, of));
    } else if (!nullable || natural_place) {
      items.add(bare);
    } else if (!may_add_keys) {
      items.add(child);
      continue;
    } else {
      const std::array<std::uint32_t, 1> test = {
          cx_.make_op(first == descending ? op::is_null : op::is_not_null, {expr_id(value)}).value};
      items.add(cx_.make(kind::order_item, n.flags & descends, {}, test));
      items.add(bare);
    }
    changed = true;
  }
  const node old = cx_.at(keys);
  return changed ? cx_.make(old.kind, old.flags, old.type, items.ids(), old.a, old.b) : keys;
}

// list-membership: one array bind where the connection has it, else one bind for each place of the padded list.
//   in_array(x, %0)   ==>   in_list(x, %0[0], %0[1], …)
any_id legalization_rules::list_membership(any_id id) {
  if (facts_.has(fact::array_binds) && facts_.legal(op::in_array)) return id;
  const node list = cx_.at(cx_.child(id, 1));
  if (list.kind != kind::param) return id;
  const auto index = static_cast<std::uint32_t>(list.a);
  const type element(list.type.element(), false);
  const type left = cx_.at(cx_.child(id, 0)).type;
  child_list items(cx_);
  items.add(cx_.child(id, 0));
  for (std::uint32_t i = 0; i < cx_.param_at(index).length; ++i)
    items.add(cx_.param_ref(index, left.kind() == element.kind() ? left.with_nullable(false) : element, i + 1));
  return cx_.make_op(op::in_list, items.ids());
}

// distinct-on: one row of each group, the first in the order of the rows; without DISTINCT ON rows are numbered within their group.
//   distinct (sort r [key a]) on [b]   ==>   sort (filter (window r [row_number() over (partition [b] order [key a])]) where eq(…, 1)) [key a]
any_id legalization_rules::first_of_each(any_id id) {
  const std::uint32_t count = cx_.at(id).child_count;
  if (count < 2 || facts_.has(fact::distinct_on)) return id;
  const any_id sorted = cx_.child(id, 0);
  const bool ordered = cx_.at(sorted).kind == kind::sort;
  const auto list_of = [&](any_id of) {
    child_list items(cx_);
    for (std::uint32_t i = 1; i < cx_.at(of).child_count; ++i) items.add(cx_.child(of, i));
    return cx_.list(items.ids()).value;
  };
  const std::array<std::uint32_t, 3> spec = {list_of(id), ordered ? list_of(sorted) : none, none};
  const any_id number = cx_.make_op(op::row_number, std::span<const std::uint32_t>());
  const std::array<std::uint32_t, 2> call = {number.value,
                                             cx_.make(kind::window_spec, 0, {}, spec, symbol().value).value};
  const output numbered{cx_.names().intern("number"), types::int64};
  const std::uint32_t made = cx_.new_computed_instance({&numbered, 1});
  const std::array<std::uint32_t, 1> value = {cx_.make(kind::window_call, 0, types::int64, call).value};
  const std::array<std::uint32_t, 2> window = {ordered ? cx_.child(sorted, 0).value : sorted.value,
                                               cx_.make(kind::named, 0, {}, value, numbered.name.value).value};
  const any_id rows = cx_.make(kind::window_rel, 0, {}, window, 0, made);
  const std::array<std::uint32_t, 2> first = {rows.value,
                                              cx_.make_op(op::eq, {cx_.column(made, 0), cx_.integer(1)}).value};
  const any_id kept = cx_.make(kind::filter, 0, {}, first);
  if (!ordered) return kept;
  child_list again(cx_);
  again.add(kept);
  for (std::uint32_t i = 1; i < cx_.at(sorted).child_count; ++i) again.add(cx_.child(sorted, i));
  return cx_.make(kind::sort, 0, {}, again.ids());
}

// aggregate-filter: no aggregate sees NULLs, so that a CASE without ELSE keeps out what the condition does not select.
//   count_rows() filter p   ==>   count(case when p then 1)
//   sum(x) filter p         ==>   sum(case when p then x)
any_id legalization_rules::aggregate_filter(any_id id) {
  if (facts_.has(fact::aggregate_filter)) return id;
  return with_condition_inside(id);
}

// window-filter: the same for an aggregate over a window, where a database has FILTER and does not always heed it there.
//   max(x) filter p over w   ==>   max(case when p then x) over w
any_id legalization_rules::window_filter(any_id id) {
  if (facts_.has(fact::window_filter)) return id;
  const node old = cx_.at(id);
  const any_id function = cx_.child(id, 0);
  if (cx_.at(function).kind != kind::aggregate) return id;
  const any_id inside = with_condition_inside(function);
  if (inside == function) return id;
  child_list parts(cx_);
  parts.add(inside);
  for (std::uint32_t i = 1; i < old.child_count; ++i) parts.add(cx_.child(id, i));
  return cx_.make(old.kind, old.flags, old.type, parts.ids(), old.a, old.b);
}

// frame-exclusion: rows that a frame leaves out are refused where there is no EXCLUDE: what min and max, or a value of the frame, are
// without some of its rows no other frame tells.
any_id legalization_rules::frame_exclusion(any_id id) {
  if (cx_.at(id).flags == 0 || facts_.has(fact::frame_exclusion)) return id;
  problem_.emplace(diag::not_supported_here,
                   std::initializer_list<std::string_view>{"a frame of a window that leaves rows out", facts_.product,
                                                           facts_.version});
  return id;
}

any_id legalization_rules::with_condition_inside(any_id id) {
  const node old = cx_.at(id);
  const auto a = as<view::aggregate>(cx_, id);
  if (!a.condition().present()) return id;
  const bool rows = static_cast<op>(old.b) == op::count_rows;
  const any_id value = rows ? any_id(cx_.integer(1)) : cx_.child(id, 2);
  const std::array<std::uint32_t, 2> branch = {a.condition().value, value.value};
  const std::array<std::uint32_t, 2> choice = {none, cx_.make(kind::when, 0, {}, branch).value};
  const type chosen = cx_.at(value).type.with_nullable(true);
  child_list parts(cx_);
  parts.add(any_id{none});
  parts.add(a.order());
  parts.add(cx_.make(kind::case_when, 0, chosen, choice));
  for (std::uint32_t i = 3; i < old.child_count; ++i) parts.add(cx_.child(id, i));
  return cx_.make(old.kind, old.flags, old.type, parts.ids(), old.a,
                  rows ? static_cast<std::uint32_t>(op::count) : old.b);
}

// truth: is_true(p) where the connection lacks it. Exact: p and p is not null is TRUE for TRUE, FALSE for FALSE and NULL.
any_id legalization_rules::truth(any_id id) {
  if (facts_.legal(op::is_true)) return id;
  const expr_id p(cx_.child(id, 0));
  return cx_.make_op(op::and_, {p, cx_.make_op(op::is_not_null, {p})});
}

// conversion: a number that is read as one of another type is converted where the connection can't read it so.
//   read_as x: f64   ==>   cast x: f64
any_id legalization_rules::conversion(any_id id) {
  if (facts_.legal(kind::read_as)) return id;
  const std::array<std::uint32_t, 1> operand = {cx_.child(id, 0).value};
  return cx_.make(kind::cast, 0, cx_.at(id).type, operand);
}

// prefix-range: where no index serves a prefix by itself, and the connection can say where the texts with it end.
//   startswith(x, %0)   ==>   and(ge(x, %0), lt(x, prefix_end(%0)), startswith(x, %0))
any_id legalization_rules::prefix_range(any_id id) {
  if (!facts_.legal(op::prefix_end) || !is_op(cx_, id, op::startswith)) return id;
  const expr_id text(cx_.child(id, 0)), prefix(cx_.child(id, 1));
  if (cx_.at(prefix).kind != kind::param || cx_.at(text).type.kind() != scalar::text || !is_indexed(cx_, text) ||
      compares_otherwise(text))
    return id;
  const expr_id from = cx_.make_op(op::ge, {text, prefix});
  const expr_id to = cx_.make_op(op::lt, {text, cx_.make_op(op::prefix_end, {prefix})});
  return cx_.make_op(op::and_, {from, to, expr_id(id)});
}

// code-points: portable semantics compare texts by code point. Nothing is emitted for columns of our own DDL. Of others the collation
// stands on the value beside the column where that serves; where the column's own index can find equal texts, they are looked up by
// the column's own equality first, which never takes two texts for different that are the same.
//   eq(x, %0)        ==>   and(eq(x, %0), eq(x, collate %0 code_point))
//   startswith(x, y) ==>   startswith(x, collate y code_point)
//   key x            ==>   key collate x code_point
// A relation's key is compared as the database compares it.
any_id legalization_rules::code_points(any_id id) {
  if (!by_code_point_) return id;
  const node n = cx_.at(id);
  switch (n.kind) {
    case kind::order_item: return with_child_by_code_point(id, 0);
    case kind::op: return comparison_by_code_point(id);
    case kind::aggregate: {
      const auto what = static_cast<op>(n.b);
      constexpr std::uint16_t distinct = 1;
      if (what != op::min && what != op::max && (n.flags & distinct) == 0) return id;
      return with_children_by_code_point(id, 2);
    }
    case kind::in_query: {
      const any_id exact = with_child_by_code_point(id, 0);
      return exact == id ? id : any_id(cx_.make_op(op::and_, {expr_id(id), expr_id(exact)}));
    }
    case kind::group: {
      const any_id keys = cx_.child(id, 1);
      const any_id exact = with_children_by_code_point(keys, 0);
      return exact == keys ? id : with_child(id, 1, exact);
    }
    case kind::window_spec: {
      const any_id keys = cx_.child(id, 0);
      if (!keys.present()) return id;
      const any_id exact = with_children_by_code_point(keys, 0);
      return exact == keys ? id : with_child(id, 0, exact);
    }
    case kind::distinct: {
      if (n.child_count > 1) return with_children_by_code_point(id, 1);
      const any_id rows = cx_.child(id, 0);
      const any_id exact = rows_by_code_point(rows);
      return exact == rows ? id : with_child(id, 0, exact);
    }
    case kind::set_op: {
      any_id made = id;
      for (std::uint32_t arm = 0; arm < 2; ++arm) {
        const any_id rows = cx_.child(id, arm);
        if (const any_id exact = rows_by_code_point(rows); exact != rows) made = with_child(made, arm, exact);
      }
      return made;
    }
    default: return id;
  }
}

bool legalization_rules::compares_otherwise(any_id value) const {
  if (!value.present()) return false;
  const node& n = cx_.at(value);
  const auto any_child = [&](std::uint32_t first) {
    for (std::uint32_t i = first; i < n.child_count; ++i)
      if (compares_otherwise(cx_.child(value, i))) return true;
    return false;
  };
  if (n.kind == kind::when) return compares_otherwise(cx_.child(value, 1));
  if (info(n.kind).sort != sort::expr || n.type.kind() != scalar::text) return false;
  switch (n.kind) {
    case kind::column: return n.type.collation() == collation_class::named;
    case kind::op:  // what changes the case of a text has its own collation
      return static_cast<op>(n.b) != op::upper && static_cast<op>(n.b) != op::lower && any_child(0);
    case kind::aggregate: return any_child(2);
    case kind::case_when:
    case kind::cast:
    case kind::call: return any_child(0);
    default: return false;
  }
}

any_id legalization_rules::by_code_point(any_id value) {
  const std::array<std::uint32_t, 1> operand = {value.value};
  return cx_.make(kind::collate, 0, cx_.at(value).type.with_collation(collation_class::code_point), operand,
                  symbol().value, static_cast<std::uint32_t>(collation_class::code_point));
}

any_id legalization_rules::with_child(any_id id, std::uint32_t which, any_id child) {
  const node old = cx_.at(id);
  child_list parts(cx_);
  for (std::uint32_t i = 0; i < old.child_count; ++i) parts.add(i == which ? child : cx_.child(id, i));
  return cx_.make(old.kind, old.flags, old.type, parts.ids(), old.a, old.b);
}

any_id legalization_rules::with_child_by_code_point(any_id id, std::uint32_t which) {
  const any_id child = cx_.child(id, which);
  if (!child.present()) return id;
  if (cx_.at(child).kind == kind::named) {
    const any_id exact = with_child_by_code_point(child, 0);
    return exact == child ? id : with_child(id, which, exact);
  }
  return compares_otherwise(child) ? with_child(id, which, by_code_point(child)) : id;
}

any_id legalization_rules::with_children_by_code_point(any_id id, std::uint32_t first) {
  for (std::uint32_t i = first; i < cx_.at(id).child_count; ++i) id = with_child_by_code_point(id, i);
  return id;
}

/// What is the same row twice is decided by the columns that a projection gives.
any_id legalization_rules::rows_by_code_point(any_id rel) {
  switch (cx_.at(rel).kind) {
    case kind::project: return with_children_by_code_point(rel, 1);
    case kind::sort:
    case kind::limit: {
      const any_id input = cx_.child(rel, 0);
      const any_id exact = rows_by_code_point(input);
      if (exact == input) return rel;
      const any_id made = with_child(rel, 0, exact);
      return cx_.at(made).kind == kind::sort ? keys_of_exact_rows(made, true) : made;
    }
    default: return rel;
  }
}

any_id legalization_rules::keys_of_exact_rows(any_id sort, bool exact) {
  any_id rows = cx_.child(sort, 0);
  for (;; rows = cx_.child(rows, 0)) {
    const kind k = cx_.at(rows).kind;
    exact = exact || k == kind::distinct || k == kind::group || k == kind::set_op;
    if (k != kind::distinct && k != kind::filter && k != kind::limit && k != kind::sort) break;
  }
  const node made_by = cx_.at(rows);
  if (!exact || (made_by.kind != kind::project && made_by.kind != kind::group && made_by.kind != kind::set_op))
    return sort;
  for (std::uint32_t i = 1; i < cx_.at(sort).child_count; ++i) {
    const any_id key = cx_.child(sort, i);
    if (cx_.at(key).kind != kind::order_item || cx_.at(cx_.child(key, 0)).kind != kind::collate) continue;
    const node collate = cx_.at(cx_.child(key, 0));
    const any_id bare = cx_.child(cx_.child(key, 0), 0);
    const bool ours = collate.b == static_cast<std::uint32_t>(collation_class::code_point);
    if (ours && cx_.at(bare).kind == kind::column && cx_.at(bare).b == made_by.b)
      sort = with_child(sort, i, with_child(key, 0, bare));
  }
  return sort;
}

bool legalization_rules::is_key(any_id value) const {
  const node& n = cx_.at(value);
  if (n.kind != kind::column) return false;
  const std::uint32_t of = cx_.instance_at(n.b).model;
  if (of == none) return false;
  const struct column& c = cx_.schema().at(of).columns[static_cast<std::size_t>(n.a)];
  return c.primary_key || c.relation != none;
}

any_id legalization_rules::comparison_by_code_point(any_id id) {
  const node n = cx_.at(id);
  if (n.child_count < 2) return id;
  const auto what = static_cast<op>(n.b);
  const any_id left = cx_.child(id, 0), right = cx_.child(id, 1);
  switch (what) {
    case op::eq:
    case op::not_distinct:
    case op::ne:
    case op::lt:
    case op::le:
    case op::gt:
    case op::ge: {
      if (!compares_otherwise(left) && !compares_otherwise(right)) return id;
      const bool two_columns = cx_.at(left).kind == kind::column && cx_.at(right).kind == kind::column;
      if (two_columns && (is_key(left) || is_key(right))) return id;
      const any_id exact = cx_.at(right).kind == kind::column ? with_child(id, 0, by_code_point(left))
                                                              : with_child(id, 1, by_code_point(right));
      const bool finds = what == op::eq && (cx_.at(left).kind == kind::column || cx_.at(right).kind == kind::column);
      return finds ? any_id(cx_.make_op(op::and_, {expr_id(id), expr_id(exact)})) : exact;
    }
    case op::between: return compares_otherwise(left) ? with_child(id, 0, by_code_point(left)) : id;
    case op::contains:
    case op::startswith:
    case op::endswith:
    case op::regex:
      return compares_otherwise(left) || compares_otherwise(right) ? with_child(id, 1, by_code_point(right)) : id;
    case op::in_list:
    case op::in_array: {
      const any_id exact = with_child_by_code_point(id, 0);
      if (exact == id) return id;
      return cx_.at(left).kind == kind::column ? any_id(cx_.make_op(op::and_, {expr_id(id), expr_id(exact)})) : exact;
    }
    case op::greatest:
    case op::least: return with_children_by_code_point(id, 0);
    default: return id;
  }
}

// offset-with-limit: OFFSET alone gets the LIMIT that means none.
any_id legalization_rules::offset_with_limit(any_id id) {
  const auto l = as<view::limit>(cx_, id);
  if (l.count().present() || !l.offset().present() || !facts_.has(fact::offset_needs_limit)) return id;
  const std::int64_t unlimited = facts_[fact::unlimited_limit];
  if (unlimited == 0) {
    problem_.emplace(
        diag::not_supported_here,
        std::initializer_list<std::string_view>{"an offset without a limit", facts_.product, facts_.version});
    return id;
  }
  const std::array<std::uint32_t, 3> children = {l.input().value, cx_.integer(unlimited).value, l.offset().value};
  return cx_.make(kind::limit, 0, {}, children);
}

}  // namespace quarry::ir
