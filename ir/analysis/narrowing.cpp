#include <quarry/ir/analysis/narrowing.hpp>

#include <algorithm>

namespace quarry::ir {
namespace {

// One in so many rows, by the form of the condition.
constexpr std::uint32_t by_key = 1000;       // equality with a key of the table
constexpr std::uint32_t by_reference = 100;  // with a key that it refers to
constexpr std::uint32_t by_word = 100;       // with a text, a date, a UUID: of which there are many
constexpr std::uint32_t by_number = 10;
constexpr std::uint32_t by_search = 20;      // within a text
constexpr std::uint32_t by_stretch = 4;      // between two bounds
constexpr std::uint32_t by_bound = 2;
constexpr std::uint32_t most = 1'000'000;

std::uint32_t both(std::uint32_t a, std::uint32_t b) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(std::uint64_t{a} * b, most));
}

const column* column_of(const context& cx, const node& n) {
  if (n.kind != kind::column) return nullptr;
  const std::uint32_t model = cx.instance_at(n.b).model;
  return model == none ? nullptr : &cx.schema().at(model).columns[n.a];
}

/// Whether the value is the same for all rows, as far as its form tells.
bool is_given(const node& n) { return n.kind == kind::param || n.kind == kind::literal || n.kind == kind::scalar_of; }

std::uint32_t by_equality(const context& cx, any_id value) {
  const node& n = cx.at(value);
  if (const column* c = column_of(cx, n)) {
    if (c->primary_key || c->unique) return by_key;
    if (c->relation != none) return by_reference;
  }
  if (n.kind == kind::op && info(static_cast<op>(n.b)).group == op_class::temporal)
    return is_integer(n.type.kind()) ? by_stretch : by_word;
  switch (n.type.kind()) {
    case scalar::boolean: return 2;
    case scalar::int16:
    case scalar::int32:
    case scalar::int64:
    case scalar::float64: return by_number;
    default: return by_word;
  }
}

std::uint32_t of_comparison(const context& cx, any_id id, op o) {
  const any_id a = cx.child(id, 0);
  switch (o) {
    case op::in_list:
    case op::in_array: return std::max<std::uint32_t>(by_equality(cx, a) / by_stretch, 2);
    case op::between: return by_stretch;
    case op::eq:
    case op::not_distinct: {
      const any_id b = cx.child(id, 1);
      if (is_given(cx.at(b))) return by_equality(cx, a);
      return is_given(cx.at(a)) ? by_equality(cx, b) : 1;
    }
    case op::lt:
    case op::le:
    case op::gt:
    case op::ge: return is_given(cx.at(a)) || is_given(cx.at(cx.child(id, 1))) ? by_bound : 1;
    default: return 1;
  }
}

std::uint32_t of_condition(const context& cx, any_id id) {
  const node& n = cx.at(id);
  if (n.kind != kind::op) return 1;
  const op o = static_cast<op>(n.b);
  switch (info(o).group) {
    case op_class::compare: return of_comparison(cx, id, o);
    case op_class::text: {
      if (o == op::iexact || o == op::iexact_native) return by_word;
      return n.type.kind() == scalar::boolean ? by_search : 1;
    }
    case op_class::logic: break;
    default: return 1;
  }
  if (o == op::is_true) return of_condition(cx, cx.child(id, 0));
  if (o != op::and_ && o != op::or_) return 1;
  std::uint32_t out = o == op::and_ ? 1 : most;
  for (const std::uint32_t child : cx.children(id)) {
    const std::uint32_t one = of_condition(cx, {child});
    out = o == op::and_ ? both(out, one) : std::min(out, one);
  }
  return out;
}

input_size size_by(const context& cx, expr_id c) {
  const node& n = cx.at(c);
  const auto by = [&](bool indexed, input_size otherwise) { return indexed ? input_size::bounded : otherwise; };
  const any_id first = n.child_count > 0 ? cx.child(c, 0) : any_id{};
  if (n.kind == kind::in_query) return by(is_indexed(cx, first), input_size::filtered);
  if (n.kind != kind::op) return input_size::all;
  switch (static_cast<op>(n.b)) {
    case op::eq: return by(is_indexed(cx, first) || is_indexed(cx, cx.child(c, 1)), input_size::filtered);
    case op::in_list:
    case op::in_array:
    case op::not_distinct: return by(is_indexed(cx, first), input_size::filtered);
    case op::lt:
    case op::le:
    case op::gt:
    case op::ge:
    case op::between: return by(is_indexed(cx, first), input_size::all);
    case op::or_: {
      input_size least = input_size::bounded;
      for (const std::uint32_t part : cx.children(c)) least = std::min(least, size_by(cx, expr_id(part)));
      return least;
    }
    default: return info(static_cast<op>(n.b)).group == op_class::text ? input_size::filtered : input_size::all;
  }
}

}  // namespace

input_size input_size_of(const context& cx, rel_id rel, std::span<const std::uint32_t> conditions) {
  input_size out = input_size::all;
  const auto meet = [&](expr_id c) { out = std::max(out, size_by(cx, c)); };
  for (const std::uint32_t c : conditions) meet(expr_id(c));
  for (;; rel = rel_id(cx.child(rel, 0))) {
    const node& n = cx.at(rel);
    if (n.kind == kind::filter) each_conjunct(cx, expr_id(cx.child(rel, 1)), meet);
    else if (n.kind == kind::limit) return input_size::bounded;
    else if (input_count(n) == 0) return out;
  }
}

bool asks_for_values(const context& cx, expr_id c) {
  const node& n = cx.at(c);
  if (n.kind != kind::op) return false;
  const auto asks = [&](std::uint32_t part) { return asks_for_values(cx, expr_id(part)); };
  switch (static_cast<op>(n.b)) {
    case op::eq:
    case op::in_list:
    case op::in_array:
    case op::iexact:
    case op::iexact_native: return true;
    case op::and_: return std::ranges::any_of(cx.children(c), asks);
    case op::or_: return std::ranges::all_of(cx.children(c), asks);
    default: return false;
  }
}

std::uint32_t narrowing_of(const context& cx, expr_id condition) {
  return condition.present() ? of_condition(cx, condition) : 1;
}

std::uint32_t narrowing_of(const context& cx, rel_id rel) {
  const node& n = cx.at(rel);
  const auto input = [&](std::uint32_t slot) { return narrowing_of(cx, rel_id(cx.child(rel, slot))); };
  switch (n.kind) {
    case kind::filter: return both(input(0), narrowing_of(cx, expr_id(cx.child(rel, 1))));
    case kind::join:
      if (n.b != join_kind::inner) return input(0);
      return both(both(input(0), input(1)), narrowing_of(cx, expr_id(cx.child(rel, 2))));
    case kind::project:
    case kind::sort:
    case kind::distinct:
    case kind::lock_rel:
    case kind::window_rel: return input(0);
    case kind::limit: return by_key;
    case kind::empty: return most;
    default: return 1;
  }
}

bool is_indexed(const context& cx, any_id id) {
  const node& n = cx.at(id);
  const column* const c = column_of(cx, n);
  if (c == nullptr) return false;
  if (c->primary_key || c->unique || c->indexed || c->relation != none) return true;
  const auto leads = [&](const std::vector<std::uint32_t>& key) { return !key.empty() && key[0] == n.a; };
  return std::ranges::any_of(cx.schema().at(cx.instance_at(n.b).model).unique_together, leads);
}

bool is_ordered_by_index(const context& cx, rel_id sort) {
  if (cx.at(sort).child_count < 2) return true;
  any_id value = cx.child(cx.child(sort, 1), 0);
  // What a project below gives is what it is made of.
  for (rel_id rel(cx.child(sort, 0)); cx.at(value).kind == kind::column; rel = rel_id(cx.child(rel, 0))) {
    const node& n = cx.at(rel);
    if (n.kind == kind::project && n.b == cx.at(value).b)
      value = cx.child(rel, 1 + static_cast<std::uint32_t>(cx.at(value).a));
    else if (n.kind != kind::filter && n.kind != kind::distinct && n.kind != kind::limit) break;
  }
  return is_indexed(cx, value);
}

}  // namespace quarry::ir
