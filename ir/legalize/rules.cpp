#include <quarry/ir/legalize/rules.hpp>

#include <algorithm>
#include <array>

#include <quarry/ir/model/views.hpp>

namespace quarry::ir {

any_id legalization_rules::apply(any_id id) {
  const node& n = cx_.at(id);
  switch (n.kind) {
    case kind::sort:
    case kind::window_spec: return null_order(id);
    case kind::limit: return offset_with_limit(id);
    case kind::aggregate: return aggregate_filter(id);
    case kind::window_call: return window_filter(id);
    case kind::read_as: return conversion(id);
    case kind::distinct: return first_of_each(id);
    case kind::project: return top_of_group(id);
    case kind::op:
      switch (static_cast<op>(n.b)) {
        case op::in_array: return list_membership(id);
        case op::is_true: return truth(id);
        default: return id;
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
