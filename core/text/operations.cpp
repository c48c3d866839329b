#include <quarry/core/text/operations.hpp>

#include <array>
#include <cmath>

#include <quarry/core/text/loaded_lists.hpp>
#include <quarry/core/text/queries.hpp>
#include <quarry/core/text/temporal.hpp>

namespace quarry::text {
namespace {

using detail::expression_form;
using ir::diag;
using syntax::op;
using syntax::span;

[[noreturn]] void wrong_operands(environment& e, op sign, span where, const object& a, const object& b) {
  fail(diag::wrong_argument,
       {"'" + std::string(spelling(sign)) + "'", "operands that go together", e.describe(a) + " and " + e.describe(b)},
       where);
}

[[noreturn]] void beyond_64_bits(op sign, span where) {
  fail(diag::value_out_of_range, {spelling(sign), "a 64-bit integer"}, where);
}

// --- conditions ---

object combined(environment& e, op sign, span where, const object& a, const object& b) {
  const formula* x = a.as_formula();
  const formula* y = b.as_formula();
  if (!x || !y || !x->condition || !y->condition) wrong_operands(e, sign, where, a, b);
  // An empty Q is neutral.
  if (!x->tree) return b;
  if (!y->tree) return a;
  const expression_form form = sign == op::bit_and ? expression_form::all_of
      : sign == op::bit_or                         ? expression_form::any_of
                                                   : expression_form::one_of;
  formula out{unwrap(detail::make_condition(form, std::array{x->tree, y->tree})), true, x->late};
  out.late.insert(out.late.end(), y->late.begin(), y->late.end());
  return out;
}

// --- arithmetic inside a query ---

std::optional<ir::op> query_op(op sign) {
  switch (sign) {
    case op::add: return ir::op::add;
    case op::subtract: return ir::op::sub;
    case op::multiply: return ir::op::mul;
    case op::divide: return ir::op::div;
    case op::modulo: return ir::op::mod;
    case op::power: return ir::op::pow;
    default: return std::nullopt;
  }
}

object computed(environment& e, op sign, span where, const object& a, const object& b) {
  const auto operation = query_op(sign);
  if (!operation) wrong_operands(e, sign, where, a, b);
  return formula{
      unwrap(detail::make_operation(*operation, std::array{as_expression(e, a, where), as_expression(e, b, where)})),
      false,
      {}};
}

// --- arithmetic on values ---

std::optional<std::int64_t> integer_of(const object& o) {
  if (const auto* i = o.scalar<std::int64_t>()) return *i;
  if (const auto* b = o.scalar<bool>()) return *b ? 1 : 0;
  return std::nullopt;
}

std::optional<double> real_of(const object& o) {
  if (const auto* d = o.scalar<double>()) return *d;
  const auto i = integer_of(o);
  return i ? std::optional(static_cast<double>(*i)) : std::nullopt;
}

std::int64_t floor_division(std::int64_t a, std::int64_t b) {
  const std::int64_t q = a / b;
  return a % b != 0 && ((a < 0) != (b < 0)) ? q - 1 : q;
}

object integer_power(std::int64_t base, std::int64_t exponent, span where) {
  if (exponent < 0) return value(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
  if (base == 0 || base == 1) return exponent == 0 ? std::int64_t{1} : base;
  if (base == -1) return std::int64_t{exponent % 2 == 0 ? 1 : -1};
  std::int64_t out = 1;
  for (; exponent > 0; --exponent)
    if (__builtin_mul_overflow(out, base, &out)) beyond_64_bits(op::power, where);  // after 63 rounds at most
  return out;
}

object integers(op sign, span where, std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  bool over = false;
  const bool divides = sign == op::divide || sign == op::floor_divide || sign == op::modulo;
  if (divides && b == 0) fail(diag::wrong_number, {spelling(sign), "a divisor that is not zero", "0"}, where);
  switch (sign) {
    case op::add: over = __builtin_add_overflow(a, b, &out); break;
    case op::subtract: over = __builtin_sub_overflow(a, b, &out); break;
    case op::multiply: over = __builtin_mul_overflow(a, b, &out); break;
    case op::divide: return value(static_cast<double>(a) / static_cast<double>(b));
    case op::floor_divide:
      if (b == -1) over = __builtin_sub_overflow(std::int64_t{0}, a, &out);
      else out = floor_division(a, b);
      break;
    case op::modulo: out = b == -1 ? 0 : a - floor_division(a, b) * b; break;
    case op::power: return integer_power(a, b, where);
    case op::bit_and: out = a & b; break;
    case op::bit_or: out = a | b; break;
    case op::bit_xor: out = a ^ b; break;
    default: break;
  }
  if (over) beyond_64_bits(sign, where);
  return out;
}

std::optional<object> reals(op sign, span where, double a, double b) {
  const bool divides = sign == op::divide || sign == op::floor_divide || sign == op::modulo;
  if (divides && b == 0) fail(diag::wrong_number, {spelling(sign), "a divisor that is not zero", "0"}, where);
  switch (sign) {
    case op::add: return value(a + b);
    case op::subtract: return value(a - b);
    case op::multiply: return value(a * b);
    case op::divide: return value(a / b);
    case op::floor_divide: return value(std::floor(a / b));
    case op::modulo: return value(a - std::floor(a / b) * b);
    case op::power: return value(std::pow(a, b));
    default: return std::nullopt;
  }
}

template <class T>
object in_calendar(std::optional<T> moved_to, op sign, span where) {
  if (!moved_to) fail(diag::value_out_of_range, {spelling(sign), "a date: years 1 to 9999"}, where);
  return value(*moved_to);
}

std::int64_t since_1970(const date& d) { return std::chrono::sys_days(d).time_since_epoch().count(); }

std::optional<object> times(op sign, span where, const object& a, const object& b) {
  if (sign != op::add && sign != op::subtract) return std::nullopt;
  const int direction = sign == op::add ? 1 : -1;
  if (const auto* by = b.scalar<duration>()) {
    const duration signed_by(direction * by->count());
    if (const auto* d = a.scalar<date>()) return in_calendar(moved(*d, signed_by), sign, where);
    if (const auto* t = a.scalar<datetime>()) return in_calendar(moved(*t, signed_by), sign, where);
    if (const auto* d = a.scalar<duration>()) return value(*d + signed_by);
  }
  if (const auto* by = a.scalar<duration>(); by && sign == op::add) return times(sign, where, b, value(*by));
  if (sign == op::subtract) {
    if (const auto *x = a.scalar<date>(), *y = b.scalar<date>(); x && y)
      return value(duration(std::chrono::days(since_1970(*x) - since_1970(*y))));
    if (const auto *x = a.scalar<datetime>(), *y = b.scalar<datetime>(); x && y) return value(duration(*x - *y));
  }
  return std::nullopt;
}

object on_values(environment& e, op sign, span where, const object& a, const object& b) {
  if (const auto x = integer_of(a), y = integer_of(b); x && y) return integers(sign, where, *x, *y);
  if (const auto x = real_of(a), y = real_of(b); x && y)
    if (auto r = reals(sign, where, *x, *y)) return *std::move(r);
  if (a.scalar<decimal>() || b.scalar<decimal>()) not_yet("arithmetic with Decimal", where);
  if (auto t = times(sign, where, a, b)) return *std::move(t);
  if (sign == op::add) {
    if (const auto *x = a.scalar<std::string>(), *y = b.scalar<std::string>(); x && y) return *x + *y;
    if (const auto *x = a.items(), *y = b.items(); x && y && x->what == y->what && x->what != collection::set) {
      std::vector<object> items = x->items;
      items.insert(items.end(), y->items.begin(), y->items.end());
      return {x->what, std::move(items)};
    }
  }
  wrong_operands(e, sign, where, a, b);
}

bool is_bitwise(op sign) { return sign == op::bit_and || sign == op::bit_or || sign == op::bit_xor; }

}  // namespace

detail::ref<detail::expression> as_expression(environment& e, const object& o, span where) {
  if (const formula* f = o.as_formula()) {
    const bool ordering = f->tree && f->tree->form == expression_form::ordering;
    const bool computed =
        f->tree && (f->tree->form == expression_form::operation || f->tree->form == expression_form::lookup_on);
    if (!f->tree || ordering || (f->condition && !computed))
      fail(diag::wrong_argument, {"arithmetic", "values and F()", ordering ? "an order" : "a condition"}, where);
    return f->tree;
  }
  if (!o.plain()) fail(diag::wrong_argument, {"arithmetic", "values and F()", e.describe(o)}, where);
  operand_store store;
  return detail::make_constant(store.of(*o.plain()));
}

object apply_binary(environment& e, op sign, span where, const object& left, const object& right) {
  if (left.query() || right.query()) {
    if (left.query() && right.query() && is_bitwise(sign))
      return combine_queries(e, sign, where, left.query(), right.query());
    wrong_operands(e, sign, where, left, right);
  }
  const formula* a = left.as_formula();
  const formula* b = right.as_formula();
  if (is_bitwise(sign) && (a || b)) return combined(e, sign, where, left, right);
  if (a || b) return computed(e, sign, where, left, right);
  return on_values(e, sign, where, left, right);
}

object apply_unary(environment& e, op sign, span where, const object& o) {
  if (const formula* f = o.as_formula()) {
    if (sign == op::invert && f->condition) {
      if (!f->tree) return o;
      return formula{unwrap(detail::make_condition(expression_form::negation, std::array{f->tree})), true, f->late};
    }
    if (sign == op::negate && !f->condition) return computed(e, op::multiply, where, o, std::int64_t{-1});
  }
  if (const auto i = integer_of(o)) {
    if (sign == op::negate) return integers(op::subtract, where, 0, *i);
    return sign == op::invert ? ~*i : *i;
  }
  if (const auto* d = o.scalar<double>(); d && sign != op::invert) return value(sign == op::negate ? -*d : *d);
  if (const auto* d = o.scalar<duration>(); d && sign != op::invert) return value(sign == op::negate ? -*d : *d);
  if (const auto* d = o.scalar<decimal>(); d && sign != op::invert) {
    if (sign == op::plus) return o;
    return value(decimal::unchecked(d->text().starts_with('-') ? d->text().substr(1) : "-" + d->text()));
  }
  fail(diag::wrong_argument, {"'" + std::string(spelling(sign)) + "'", "a number or a condition", e.describe(o)},
       where);
}

object apply_comparison(environment& e, op sign, span where, const object& left, const object& right) {
  if (sign == op::equal) return equal(left, right, *e.catalog());
  if (sign == op::not_equal) return !equal(left, right, *e.catalog());
  const auto c = compare(left, right);
  if (!c) wrong_operands(e, sign, where, left, right);
  switch (sign) {
    case op::less: return *c < 0;
    case op::less_equal: return *c <= 0;
    case op::greater: return *c > 0;
    default: return *c >= 0;
  }
}

bool is_true(environment& e, const object& o) {
  if (const auto q = o.query()) return !rows_of(e, *q).empty();
  if (const auto i = integer_of(o)) return *i != 0;
  if (const auto* d = o.scalar<double>()) return *d != 0;
  if (const auto* d = o.scalar<decimal>()) return std::strtod(d->text().c_str(), nullptr) != 0;
  if (const auto* d = o.scalar<duration>()) return d->count() != 0;
  if (const auto* s = o.scalar<std::string>()) return !s->empty();
  if (const auto* s = o.scalar<bytes>()) return !s->empty();
  if (const auto* s = o.items()) return !s->items.empty();
  if (const auto* d = o.dict()) return !d->entries.empty();
  return !o.is_none();
}

std::vector<object> items_of(environment& e, const object& o, span where) {
  if (const auto q = o.query()) return rows_of(e, *q);
  if (const auto* s = o.items()) return s->items;
  if (const manager* m = o.as_relation()) return loaded_list(*m);
  if (const auto* d = o.dict()) {
    std::vector<object> keys;
    for (const auto& [key, what] : d->entries) keys.push_back(key);
    return keys;
  }
  fail(diag::wrong_argument, {"iteration", "a list or a QuerySet", e.describe(o)}, where);
}

std::size_t index_into(std::size_t size, std::int64_t index, span where) {
  const auto count = static_cast<std::int64_t>(size);
  const std::int64_t at = index < 0 ? index + count : index;
  if (index < -count || at >= count) fail(diag::index_out_of_range, {}, where);
  return static_cast<std::size_t>(at);
}

std::vector<object> sliced(const std::vector<object>& items, const slice_bounds& b, span where) {
  const std::int64_t step = b.step.value_or(1);
  if (step == 0) fail(diag::slice_step, {"other than zero"}, where);
  const auto count = static_cast<std::int64_t>(items.size());
  const auto clamp = [&](std::int64_t i, std::int64_t least, std::int64_t most) {
    const std::int64_t at = i < 0 ? (i < -count ? -1 : i + count) : i;
    return at < least ? least : at > most ? most : at;
  };
  std::vector<object> out;
  const bool forward = step > 0;
  const std::int64_t first = forward ? 0 : -1;
  const std::int64_t last = forward ? count : count - 1;
  std::int64_t at = b.lower ? clamp(*b.lower, first, last) : forward ? 0 : count - 1;
  const std::int64_t end = b.upper ? clamp(*b.upper, first, last) : forward ? count : -1;
  while (forward ? at < end : at > end) {
    out.push_back(items[static_cast<std::size_t>(at)]);
    if (__builtin_add_overflow(at, step, &at)) break;
  }
  return out;
}

}  // namespace quarry::text
