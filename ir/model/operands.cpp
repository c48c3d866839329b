#include <quarry/ir/model/operands.hpp>

namespace quarry::ir {

bool same_family(scalar a, scalar b) noexcept {
  if (a == b || a == scalar::unknown || b == scalar::unknown) return true;
  const auto is_day = [](scalar s) { return s == scalar::date || s == scalar::datetime; };
  return (is_number(a) && is_number(b)) || (is_day(a) && is_day(b));
}

namespace {

bool is_temporal(scalar s) noexcept { return s == scalar::date || s == scalar::time || s == scalar::datetime; }

/// What an operation works on, by its class; `first` is the type of its first operand.
bool works_on(const op_info& o, std::size_t position, scalar s, type first) noexcept {
  if (s == scalar::unknown) return true;
  switch (o.code) {
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
      return position == 0 ||
          (s == scalar::array && (first.kind() == scalar::unknown || first.kind() != scalar::array));
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
    case op::time_diff: return is_temporal(s) && same_family(s, first.kind());
    case op::string_agg: return s == scalar::text;
    case op::lag:
    case op::lead: return position == 1 ? is_integer(s) : same_family(s, first.kind());
    case op::nth_value: return position == 0 || is_integer(s);
    default: break;
  }
  switch (o.group) {
    case op_class::logic: return s == scalar::boolean;
    case op_class::compare:
    case op_class::value: return s != scalar::array && same_family(s, first.kind());
    case op_class::text: return s == scalar::text;
    case op_class::arith: return is_number(s);
    case op_class::temporal: return s == scalar::date || s == scalar::datetime;
    case op_class::aggregate: return o.code == op::min || o.code == op::max || is_number(s) || s == scalar::duration;
    case op_class::window: return true;
  }
  return true;
}

}  // namespace

any_id first_misfit(const context& cx, op o, std::span<const std::uint32_t> args) noexcept {
  const op_info& of = info(o);
  type first = types::null;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const type t = cx.at({args[i]}).type;
    const bool member =
        o != op::in_array || i == 0 || t.kind() != scalar::array || same_family(first.kind(), t.element());
    if (!works_on(of, i, t.kind(), first) || !member) return {args[i]};
    // Operands of one comparison are of one family: the first that has a type says which.
    if (first.kind() == scalar::unknown) first = t;
  }
  return {};
}

}  // namespace quarry::ir
