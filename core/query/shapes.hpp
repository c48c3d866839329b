// What the compiler knows of the values that a query computes: for each form of an expression its kind and whether it can be NULL,
// in the scope in which it stands. The rules are those of the lowering, ir/model/op_types.hpp.
//
// A shape has  check<Scope>()     compiles iff the expression has a meaning there
//              in<Scope>          its value_shape
//              is_condition       whether & | ~ join it with conditions
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <type_traits>

#include <quarry/core/query/scope.hpp>
#include <quarry/core/schema/fields.hpp>
#include <quarry/ir/model/op_types.hpp>

namespace quarry::detail {

/// The C++ type of a value: optional where a NULL can come, quarry::value where only the database knows what comes.
template <ir::scalar Kind, bool Nullable>
struct cpp_value {
  using plain = typename value_type<Kind>::type;
  using type = std::conditional_t<Nullable, std::optional<plain>, plain>;
};
template <bool Nullable>
struct cpp_value<ir::scalar::unknown, Nullable> {
  using type = quarry::value;
};
/// Of an expression in a scope.
template <class Shape, class Scope>
struct cpp_type {
  static constexpr value_shape what = Shape::template in<Scope>;
  using type = typename cpp_value<what.kind, what.nullable>::type;
};

/// The C++ type in which a path is read.
template <class Scope, fixed_string Path>
struct column_type {
  static constexpr const resolved_path& r = resolved<Scope, Path, path_use::column>;
  static constexpr ir::scalar kind = r.fault == path_fault::none ? r.kind : ir::scalar::unknown;
  using type = typename cpp_value<kind, r.nullable>::type;
};

// --- operations ---

constexpr std::size_t no_misfit = static_cast<std::size_t>(-1);

/// Dates, times and durations among the operands of an arithmetic sign: a date and a duration make a datetime.
struct temporal_result {
  bool applies = false;
  ir::scalar kind = ir::scalar::unknown;  ///< unknown: the sign has no meaning there
};
constexpr temporal_result temporal_arithmetic(ir::op o, ir::scalar left, ir::scalar right) noexcept {
  using ir::op;
  using ir::scalar;
  const bool computes = o == op::add || o == op::sub || o == op::mul || o == op::div || o == op::mod || o == op::pow;
  if (!computes || (!ir::is_temporal(left) && !ir::is_temporal(right))) return {};
  const bool swapped = o == op::add && left == scalar::duration && right != scalar::duration;
  const scalar from = swapped ? right : left;
  const scalar by = swapped ? left : right;
  const auto has_date = [](scalar s) { return s == scalar::date || s == scalar::datetime; };
  if ((o == op::add || o == op::sub) && ir::is_temporal(from) && by == scalar::duration)
    return {true, from == scalar::date ? scalar::datetime : from};
  if (o == op::sub && ((has_date(from) && has_date(by)) || (from == scalar::time && by == scalar::time)))
    return {true, scalar::duration};
  const bool scaled = (o == op::mul || o == op::div) && left == scalar::duration && ir::is_number(right);
  if (scaled || (o == op::mul && right == scalar::duration && ir::is_number(left))) return {true, scalar::duration};
  return {true, scalar::unknown};
}

/// The first operand that the operation does not work on.
template <std::size_t N>
constexpr std::size_t misfit(ir::op o, const std::array<value_shape, N>& of) noexcept {
  const ir::op_class group = ir::typing_of(o).group;
  if constexpr (N == 2) {
    const bool told = of[0].kind != ir::scalar::unknown && of[1].kind != ir::scalar::unknown;
    if (const temporal_result t = temporal_arithmetic(o, of[0].kind, of[1].kind); t.applies)
      return told && t.kind == ir::scalar::unknown ? ir::is_temporal(of[0].kind) ? 0 : 1 : no_misfit;
  }
  ir::scalar first = ir::scalar::unknown;
  for (std::size_t i = 0; i < N; ++i) {
    ir::scalar kind = of[i].kind;
    if (ir::takes_text(o, i)) kind = ir::scalar::text;
    if (o == ir::op::date_of && kind == ir::scalar::date) kind = ir::scalar::datetime;
    if (!ir::works_on(o, group, i, kind, first)) return i;
    if (first == ir::scalar::unknown) first = kind;
  }
  return no_misfit;
}

template <std::size_t N>
constexpr value_shape operation_value(ir::op o, const std::array<value_shape, N>& of) noexcept {
  using ir::op;
  const ir::op_typing by = ir::typing_of(o);
  std::array<ir::type, N> types{};
  bool told = true, moments = false, aggregate = false;
  for (std::size_t i = 0; i < N; ++i) {
    types[i] = ir::type(ir::takes_text(o, i) ? ir::scalar::text : of[i].kind, of[i].nullable);
    told = told && types[i].kind() != ir::scalar::unknown;
    moments = moments || types[i].kind() == ir::scalar::datetime;
    aggregate = aggregate || of[i].aggregate;
  }
  const ir::type made = ir::type_of(o, by, types, {});
  value_shape out{made.kind(), made.nullable(), aggregate, value_shape::no_model};
  if (o == op::concat) out.nullable = false;  // a NULL is an empty text here
  const bool chooses = o == op::coalesce || o == op::greatest || o == op::least || o == op::nullif;
  if (chooses && moments && out.kind == ir::scalar::date) out.kind = ir::scalar::datetime;
  if constexpr (N == 2)
    if (const temporal_result t = temporal_arithmetic(o, of[0].kind, of[1].kind); t.applies)
      return {t.kind, of[0].nullable || of[1].nullable, aggregate, value_shape::no_model};
  bool decimals = false;
  for (std::size_t i = 0; i < N; ++i) decimals = decimals || of[i].kind == ir::scalar::decimal;
  if (ir::gives_real(o) && decimals) out.kind = ir::scalar::decimal;
  const bool by_operands = by.result == ir::op_result::arg0 || by.result == ir::op_result::promote;
  if (by_operands && !told) return {ir::scalar::unknown, true, aggregate, value_shape::no_model};
  return out;
}

/// `over_window`: a value of each row, computed over rows beside it.
constexpr value_shape aggregate_value(ir::op o, value_shape of, bool over_window) noexcept {
  using ir::scalar;
  const bool counts = o == ir::op::count || o == ir::op::count_rows;
  // Of truth values the number of those that are true is summed.
  if (ir::adds_up(o) && of.kind == scalar::boolean) of.kind = scalar::int64;
  ir::type made = ir::type_of_aggregate(o, {of.kind, of.nullable});
  if (ir::is_spread(o) && of.kind == scalar::decimal && !over_window) made = {scalar::decimal, true};
  const bool told = counts || of.kind != scalar::unknown;
  return {told ? made.kind() : scalar::unknown, made.nullable(), !over_window, value_shape::no_model};
}

// --- shapes ---

/// A value of a field.
template <fixed_string Path>
struct path_shape {
  static constexpr bool is_condition = false;
  template <class Scope>
  static constexpr value_shape in = [] {
    constexpr const resolved_path& r = resolved<Scope, Path, path_use::column>;
    return r.fault == path_fault::none ? value_shape{r.kind, r.nullable, r.aggregate, value_shape::no_model}
                                       : value_shape{};
  }();
  template <class Scope>
  static void check() {
    require_path<Scope, Path, path_use::column>();
  }
};

/// A value that the user gave.
template <ir::scalar Kind, bool Nullable>
struct constant_shape {
  static constexpr bool is_condition = false;
  template <class Scope>
  static constexpr value_shape in{Kind, Nullable, false, value_shape::no_model};
  template <class Scope>
  static void check() {}
};

/// What is checked, and gets its type, when the query is compiled.
struct runtime_shape {
  static constexpr bool is_condition = false;
  template <class Scope>
  static constexpr value_shape in{};
  template <class Scope>
  static void check() {}
};

constexpr bool is_truth(ir::op o) noexcept { return ir::typing_of(o).result == ir::op_result::boolean; }

/// A function, an arithmetic sign or a comparison over values.
template <ir::op Op, class... Arg>
struct operation_shape {
  static constexpr bool is_condition = is_truth(Op);
  static constexpr bool of_windows = ir::typing_of(Op).group == ir::op_class::window;
  template <class Scope>
  static constexpr std::array<value_shape, sizeof...(Arg)> operands{Arg::template in<Scope>...};
  template <class Scope>
  static constexpr value_shape in = operation_value(Op, operands<Scope>);
  template <class Scope>
  static void check() {
    if constexpr (of_windows) (void)sizeof(needs_a_window<QUARRY_TEXT(word_of(Op))>);
    else check_operands<Scope>();
  }
  template <class Scope>
  static void check_operands() {
    (Arg::template check<Scope>(), ...);
    constexpr std::size_t odd = misfit(Op, operands<Scope>);
    if constexpr (odd != no_misfit) {
      constexpr std::string_view what = words_for(operands<Scope>[odd].kind);
      (void)sizeof(function_does_not_take<QUARRY_TEXT(word_of(Op)), given<QUARRY_TEXT(what)>>);
    }
  }
};

/// An aggregate, with what its filter needs.
template <ir::op Op, class Arg, class... Needs>
struct aggregate_shape {
  static constexpr bool is_condition = false;
  static constexpr bool of_windows = true;
  static constexpr ir::op function = Op;
  using argument = Arg;
  template <class... More>
  using filtered = aggregate_shape<Op, Arg, Needs..., More...>;
  template <class Scope>
  static constexpr value_shape in = aggregate_value(Op, Arg::template in<Scope>, false);
  template <class Scope>
  static constexpr value_shape over_window = aggregate_value(Op, Arg::template in<Scope>, true);
  template <class Scope>
  static void check() {
    check_operands<Scope>();
    if constexpr (requires { Arg::function; }) (void)sizeof(aggregate_of_an_aggregate<QUARRY_TEXT(word_of(Op))>);
  }
  template <class Scope>
  static void check_operands() {
    Arg::template check<Scope>();
    (Needs::template check<Scope>(), ...);
    constexpr ir::scalar kind = Arg::template in<Scope>.kind;
    constexpr bool sums_truth = ir::adds_up(Op) && kind == ir::scalar::boolean;
    if constexpr (!sums_truth && !ir::works_on(Op, ir::op_class::aggregate, 0, kind, ir::scalar::unknown))
      (void)sizeof(function_does_not_take<QUARRY_TEXT(word_of(Op)), given<QUARRY_TEXT(words_for(kind))>>);
  }
};

/// All rows, as what Count() counts.
struct rows_shape : constant_shape<ir::scalar::int64, false> {};

/// A number as Django's mathematical functions give it: of integers a double.
template <class Arg>
struct numeric_shape {
  static constexpr bool is_condition = false;
  static constexpr bool of_windows = false;
  template <class Scope>
  static constexpr value_shape of(value_shape known) noexcept {
    if (ir::is_integer(known.kind)) known.kind = ir::scalar::float64;
    return known;
  }
  template <class Scope>
  static constexpr value_shape in = of<Scope>(Arg::template in<Scope>);
  template <class Scope>
  static void check() {
    Arg::template check<Scope>();
  }
};

/// A value as one of another type.
template <ir::scalar Kind, class Arg>
struct cast_shape {
  static constexpr bool is_condition = Arg::is_condition;
  template <class Scope>
  static constexpr value_shape in{Kind, Arg::template in<Scope>.nullable, Arg::template in<Scope>.aggregate,
                                  value_shape::no_model};
  template <class Scope>
  static void check() {
    Arg::template check<Scope>();
  }
};

/// The text at a place of a document.
template <fixed_string Path>
struct key_text_shape : cast_shape<ir::scalar::text, path_shape<Path>> {
  template <class Scope>
  static void check() {
    require_path<Scope, Path, path_use::column>();
    constexpr const resolved_path& r = resolved<Scope, Path, path_use::column>;
    if constexpr (r.fault == path_fault::none && !r.inside_json) (void)sizeof(not_a_path_into_a_document<Path>);
  }
};

/// A condition as a value: true, false, or NULL where one of its lookups may be.
template <class... Needs>
struct condition_shape {
  static constexpr bool is_condition = true;
  template <class Scope>
  static constexpr value_shape in{ir::scalar::boolean, (Needs::template nullable<Scope> || ... || false), false,
                                  value_shape::no_model};
  template <class Scope>
  static void check() {
    (Needs::template check<Scope>(), ...);
  }
};

/// One branch of a Case().
template <class Condition, class Value>
struct when_shape {
  using condition = Condition;
  using value = Value;
};

/// The first branch whose condition holds; `Else` is void where no value is left for the other rows.
template <class Else, class... When>
struct case_shape {
  static constexpr bool is_condition = false;
  template <class Scope>
  static constexpr auto values = [] {
    if constexpr (std::is_void_v<Else>) return std::array{When::value::template in<Scope>...};
    else return std::array{When::value::template in<Scope>..., Else::template in<Scope>};
  }();
  template <class Scope>
  static constexpr value_shape in = [] {
    value_shape out = operation_value(ir::op::coalesce, values<Scope>);
    out.nullable = std::is_void_v<Else>;
    for (const value_shape& v : values<Scope>) out.nullable = out.nullable || v.nullable;
    return out;
  }();
  template <class Scope>
  static void check() {
    (When::condition::template check<Scope>(), ...);
    (When::value::template check<Scope>(), ...);
    if constexpr (!std::is_void_v<Else>) Else::template check<Scope>();
    constexpr std::size_t odd = misfit(ir::op::coalesce, values<Scope>);
    if constexpr (odd != no_misfit) {
      constexpr std::string_view one = words_for(values<Scope>[0].kind), other = words_for(values<Scope>[odd].kind);
      (void)sizeof(types_do_not_go_together<given<QUARRY_TEXT(one)>, given<QUARRY_TEXT(other)>>);
    }
  }
};

/// The one value of a query, NULL where it has no row.
template <ir::scalar Kind>
struct subquery_shape : constant_shape<Kind, true> {};
/// Whether a query has rows.
struct exists_shape : constant_shape<ir::scalar::boolean, false> {
  static constexpr bool is_condition = true;
};

/// A value of the query around, whose scope nothing here knows. `Outer` is its model, where the user said it.
template <fixed_string Path, class Outer>
struct outer_shape {
  static constexpr bool is_condition = false;
  template <class Scope>
  static constexpr value_shape in = path_shape<Path>::template in<Outer>;
  template <class Scope>
  static void check() {
    require_path<Outer, Path, path_use::column>();
  }
};

/// A function over the rows of a window.
template <class Function, class... Part>
struct window_shape_of {
  static constexpr bool is_condition = false;
  template <class... More>
  using with = window_shape_of<Function, Part..., More...>;
  template <class Scope>
  static constexpr value_shape in = [] {
    if constexpr (requires { Function::template over_window<Scope>; }) return Function::template over_window<Scope>;
    else return Function::template in<Scope>;
  }();
  template <class Scope>
  static void check() {
    Function::template check_operands<Scope>();
    (Part::template check<Scope>(), ...);
  }
};

/// Related rows that satisfy a condition.
template <fixed_string Path, class... Needs>
struct relation_shape {
  static constexpr bool is_condition = false;
  template <class Scope>
  static constexpr value_shape in{ir::scalar::unknown, true, false, resolved<Scope, Path, path_use::column>.model};
  template <class Scope>
  static void check() {
    require_path<Scope, Path, path_use::column>();
    constexpr const resolved_path& r = resolved<Scope, Path, path_use::column>;
    if constexpr (r.fault == path_fault::none && !r.relation)
      (void)sizeof(not_a_relation<Path, of_model<QUARRY_TEXT(schema_view_of<model_in<Scope>>.models[r.model].name)>>);
    (Needs::template check<Scope>(), ...);
  }
};

}  // namespace quarry::detail
