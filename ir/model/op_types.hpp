// What operations work on, and what they give, from the types of their operands alone. Constant functions: lowering and the
// verifier ask them, and so does the C++ compiler of an application about the columns of its queries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <quarry/ir/model/type.hpp>

namespace quarry::ir {

/// The part of op_info that decides about types.
struct op_typing {
  op_class group;
  null_policy nulls;
  op_result result;
};

constexpr op_typing typing_of(op o) noexcept {
  switch (o) {
#define QUARRY_OP(number, name, group, least, most, nulls, result, doc) \
  case op::name: return {op_class::group, null_policy::nulls, op_result::result};
#include <quarry/ir/model/ops.def>
#undef QUARRY_OP
  }
  return {op_class::value, null_policy::may, op_result::given};
}

/// Whether values of the two kinds may be compared: numbers with numbers, dates with datetimes, anything with what has no type.
constexpr bool same_family(scalar a, scalar b) noexcept {
  if (a == b || a == scalar::unknown || b == scalar::unknown) return true;
  const auto is_day = [](scalar s) { return s == scalar::date || s == scalar::datetime; };
  return (is_number(a) && is_number(b)) || (is_day(a) && is_day(b));
}

constexpr bool is_temporal(scalar s) noexcept {
  return s == scalar::date || s == scalar::time || s == scalar::datetime || s == scalar::duration;
}

/// What an operation works on, by its class; `first` is the kind of its first operand that has one.
constexpr bool works_on(op o, op_class group, std::size_t position, scalar s, scalar first) noexcept {
  if (s == scalar::unknown) return true;
  switch (o) {
    case op::is_null:
    case op::is_not_null:
    case op::count:
    case op::any_value: return true;
    case op::json_array:
    case op::to_json: return s != scalar::array;
    case op::json_object: return position % 2 == 0 ? s == scalar::text : s != scalar::array;
    case op::json_contains: return s == scalar::json;
    case op::duration_scale: return position == 0 ? s == scalar::duration : is_number(s);
    case op::in_array:
      return position == 0 || (s == scalar::array && (first == scalar::unknown || first != scalar::array));
    case op::substr:
    case op::repeat:
    case op::right: return position == 0 ? s == scalar::text : is_integer(s);
    case op::lpad:
    case op::rpad: return position == 1 ? is_integer(s) : s == scalar::text;
    case op::chr: return is_integer(s);
    case op::bit_and:
    case op::bit_or:
    case op::bit_xor:
    case op::bit_not:
    case op::shift_left:
    case op::shift_right:
    case op::ntile: return is_integer(s);
    case op::abs:
    case op::neg: return is_number(s) || s == scalar::duration;
    case op::round:
    case op::round_native: return position == 0 ? is_number(s) : is_integer(s);
    case op::hour:
    case op::minute:
    case op::second:
    case op::trunc_hour:
    case op::trunc_minute:
    case op::trunc_second: return s == scalar::time || s == scalar::datetime;
    case op::date_of:
    case op::time_of: return s == scalar::datetime;
    case op::time_add:
    case op::time_sub: return s == scalar::duration || (position == 0 && is_temporal(s));
    case op::time_diff: return is_temporal(s) && s != scalar::duration && same_family(s, first);
    case op::string_agg: return s == scalar::text;
    case op::lag:
    case op::lead: return position == 1 ? is_integer(s) : same_family(s, first);
    case op::nth_value: return position == 0 || is_integer(s);
    default: break;
  }
  switch (group) {
    case op_class::logic: return s == scalar::boolean;
    case op_class::compare:
    case op_class::value: return s != scalar::array && same_family(s, first);
    case op_class::text: return s == scalar::text;
    case op_class::arith: return is_number(s);
    case op_class::temporal: return s == scalar::date || s == scalar::datetime;
    case op_class::aggregate: return o == op::min || o == op::max || is_number(s) || s == scalar::duration;
    case op_class::window: return true;
  }
  return true;
}

namespace op_types {

constexpr int rank_of(scalar s) noexcept {
  switch (s) {
    case scalar::int16: return 1;
    case scalar::int32: return 2;
    case scalar::int64: return 3;
    case scalar::decimal: return 4;
    case scalar::float64: return 5;
    default: return 0;
  }
}

constexpr type promote(std::span<const type> args) noexcept {
  type widest = types::null;
  for (const type t : args) {
    if (t.kind() == scalar::unknown) continue;
    if (widest.kind() == scalar::unknown || rank_of(t.kind()) > rank_of(widest.kind())) widest = t;
  }
  return widest;
}

/// Products and quotients of decimals have more places than their operands, and so have sums of unlike ones.
constexpr bool keeps_places(op o, std::span<const type> args, type widest) noexcept {
  if (o != op::add && o != op::sub) return false;
  for (const type t : args)
    if (!is_integer(t.kind()) && !(t.kind() == scalar::decimal && t.scale() == widest.scale())) return false;
  return true;
}

constexpr type result_kind(op_result rule, std::span<const type> args, type given) noexcept {
  switch (rule) {
    case op_result::boolean: return types::boolean;
    case op_result::arg0: return args.empty() ? types::null : args[0];
    case op_result::promote: return promote(args);
    case op_result::int32: return types::int32;
    case op_result::int64: return types::int64;
    case op_result::float64: return types::float64;
    case op_result::text: return {scalar::text, false};
    case op_result::date: return {scalar::date, false};
    case op_result::time: return {scalar::time, false};
    case op_result::datetime: return {scalar::datetime, false};
    case op_result::duration: return {scalar::duration, false};
    case op_result::given: return given;
  }
  return types::null;
}

}  // namespace op_types

/// The type of an operation over operands of these types; `given` is that of one whose node says it.
constexpr type type_of(op o, op_typing by, std::span<const type> args, type given) noexcept {
  bool some_null = false, every_null = true;
  for (const type t : args) {
    some_null = some_null || t.nullable();
    every_null = every_null && t.nullable();
  }
  bool nullable = false;
  switch (by.nulls) {
    case null_policy::strict:
    case null_policy::kleene: nullable = some_null; break;
    case null_policy::never: nullable = false; break;
    case null_policy::all: nullable = every_null; break;
    case null_policy::may: nullable = true; break;
  }
  const type made = op_types::result_kind(by.result, args, given);
  if (made.kind() == scalar::decimal && by.result == op_result::promote && by.group == op_class::arith &&
      !op_types::keeps_places(o, args, made))
    return {scalar::decimal, nullable};
  return made.with_nullable(nullable);
}

constexpr bool is_spread(op o) noexcept {
  return o == op::stddev_pop || o == op::stddev_samp || o == op::var_pop || o == op::var_samp;
}
constexpr bool adds_up(op o) noexcept { return o == op::sum || o == op::avg || is_spread(o); }

/// The type of an aggregate over values of this type; NULL over no value, but for counts.
constexpr type type_of_aggregate(op o, type argument) noexcept {
  const scalar s = argument.kind();
  switch (o) {
    case op::count_rows:
    case op::count: return types::int64;
    case op::sum: return (is_integer(s) ? types::int64 : argument).with_nullable(true);
    case op::avg:
      // A mean of decimals has more places than they have.
      if (s == scalar::decimal) return {scalar::decimal, true};
      return (is_integer(s) ? types::float64 : argument).with_nullable(true);
    case op::min:
    case op::max:
    case op::any_value: return argument.with_nullable(true);
    case op::string_agg: return {scalar::text, true};
    default: return types::float64.with_nullable(true);
  }
}

/// Functions that give a float of integers, and a decimal of decimals.
constexpr bool gives_real(op o) noexcept {
  const op_typing by = typing_of(o);
  return by.group == op_class::arith && by.result == op_result::float64 && o != op::pi;
}

/// Functions of texts: any value serves as the text that it is written as.
constexpr bool takes_text(op o, std::size_t position) noexcept {
  switch (o) {
    case op::upper:
    case op::lower:
    case op::length:
    case op::trim:
    case op::ltrim:
    case op::rtrim:
    case op::replace:
    case op::reverse:
    case op::position:
    case op::ord:
    case op::md5:
    case op::sha1:
    case op::sha224:
    case op::sha256:
    case op::sha384:
    case op::sha512:
    case op::concat: return true;
    case op::json_object: return position % 2 == 0;
    case op::substr:
    case op::right:
    case op::repeat: return position == 0;
    case op::lpad:
    case op::rpad: return position != 1;
    default: return false;
  }
}

}  // namespace quarry::ir
