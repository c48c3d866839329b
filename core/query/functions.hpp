// Expressions over values: functions of texts, numbers, dates and times, Case(), Cast(), comparisons. The names and arguments are
// Django's. An argument is a field ("name"_f), another expression, a condition, or a value: "x" is a text here, never a field.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include <quarry/core/query/q.hpp>

namespace quarry {
namespace detail {

/// A function of the database with Least to Most arguments.
template <ir::op Op, std::size_t Least, std::size_t Most = Least>
struct function {
  template <argument... A>
  auto operator()(A&&... arguments) const {
    static_assert(sizeof...(A) >= Least, "quarry: this function has more arguments");
    static_assert(sizeof...(A) <= Most, "quarry: this function has fewer arguments");
    return called<Op>(as_argument(std::forward<A>(arguments))...);
  }
};

constexpr std::size_t any_number = 64;

tree cast_tree(const tree& what, ir::type to);
tree typed_tree(const tree& what, ir::type as);
tree numeric_tree(const tree& what);
/// A lookup of what is computed: `lookup` must live as long as the program.
tree lookup_tree(const tree& what, std::string_view lookup, const tree& with);
/// The same of several values: constants alone are a list.
tree lookup_tree(const tree& what, std::string_view lookup, std::span<const tree> with);
tree lookup_tree(const tree& what, std::string_view lookup, const operand& with);
tree when_tree(const tree& condition, const tree& value);
tree case_tree(std::span<const tree> branches);

template <class T, std::uint32_t Size, std::uint32_t Places, class Shape>
auto cast_as(const quarry::expression<Shape>& what) {
  constexpr ir::scalar kind = scalar_of<T>();
  static_assert(kind != ir::scalar::unknown, "quarry: no value of a database has this C++ type");
  static_assert(Size == 0 || kind == ir::scalar::decimal || kind == ir::scalar::text,
                "quarry: only decimals and texts have a size");
  return quarry::expression<cast_shape<kind, Shape>>(cast_tree(what.tree(), ir::type(kind, false, Size, Places)));
}

/// A comparison as a function of two values: the lookup of its name.
template <ir::op Op, fixed_string Lookup>
struct comparison {
  template <argument A, argument B>
  auto operator()(A&& left, B&& right) const {
    const auto a = as_argument(std::forward<A>(left));
    const auto b = as_argument(std::forward<B>(right));
    using shape = operation_shape<Op, typename std::remove_cvref_t<decltype(a)>::shape,
                                  typename std::remove_cvref_t<decltype(b)>::shape>;
    return quarry::expression<shape>(lookup_tree(a.tree(), Lookup.view(), b.tree()));
  }
};

/// A unit by Django's name: the part of that name, and the start of such a unit where one is cut to.
struct time_unit {
  std::string_view name;
  ir::op part;
  std::optional<ir::op> start;
};
inline constexpr std::array time_units = {
    time_unit{"year", ir::op::year, ir::op::trunc_year},
    time_unit{"iso_year", ir::op::iso_year, {}},
    time_unit{"quarter", ir::op::quarter, ir::op::trunc_quarter},
    time_unit{"month", ir::op::month, ir::op::trunc_month},
    time_unit{"week", ir::op::week, ir::op::trunc_week},
    time_unit{"week_day", ir::op::week_day, {}},
    time_unit{"iso_week_day", ir::op::iso_week_day, {}},
    time_unit{"day", ir::op::day, ir::op::trunc_day},
    time_unit{"hour", ir::op::hour, ir::op::trunc_hour},
    time_unit{"minute", ir::op::minute, ir::op::trunc_minute},
    time_unit{"second", ir::op::second, ir::op::trunc_second},
};
constexpr std::optional<time_unit> time_unit_named(std::string_view name) noexcept {
  for (const time_unit& u : time_units)
    if (u.name == name) return u;
  return std::nullopt;
}

// Not constexpr on purpose: the compiler names them when a unit is wrong.
inline void no_unit_of_this_name() {}
inline void no_moment_is_cut_to_this_unit() {}
/// Throw value_error.
ir::op part_named(std::string_view unit);
ir::op start_named(std::string_view unit);

/// What a function of a unit gives, which is of one type for each of its units: that of `Like`.
template <ir::op Like, fixed_string Name, class Arg>
struct by_unit_shape {
  static constexpr bool is_condition = false;
  static constexpr bool of_windows = false;
  template <class Scope>
  static constexpr value_shape in = operation_value(Like, std::array{Arg::template in<Scope>});
  template <class Scope>
  static void check() {
    Arg::template check<Scope>();
    constexpr ir::scalar kind = Arg::template in<Scope>.kind;
    constexpr bool moment = kind == ir::scalar::date || kind == ir::scalar::time || kind == ir::scalar::datetime ||
        kind == ir::scalar::unknown;
    if constexpr (!moment) (void)sizeof(function_does_not_take<Name, given<QUARRY_TEXT(words_for(kind))>>);
  }
};

}  // namespace detail

/// A unit of Extract(): "year", "iso_year", "quarter", "month", "week", "week_day", "iso_week_day", "day", "hour", "minute" or "second".
class extract_unit {
 public:
  template <std::size_t N>
  consteval extract_unit(const char (&name)[N]) : operation(named({name, N - 1})) {}  // NOLINT: a name is a unit
  extract_unit(const runtime& name) : operation(detail::part_named(name.path().view())) {}  // NOLINT
  ir::op operation;

 private:
  static consteval ir::op named(std::string_view name) {
    const std::optional<detail::time_unit> unit = detail::time_unit_named(name);
    if (!unit) detail::no_unit_of_this_name();
    return unit->part;
  }
};
/// A unit of Trunc(): "year", "quarter", "month", "week", "day", "hour", "minute" or "second".
class trunc_unit {
 public:
  template <std::size_t N>
  consteval trunc_unit(const char (&name)[N]) : operation(named({name, N - 1})) {}  // NOLINT: a name is a unit
  trunc_unit(const runtime& name) : operation(detail::start_named(name.path().view())) {}  // NOLINT
  ir::op operation;

 private:
  static consteval ir::op named(std::string_view name) {
    const std::optional<detail::time_unit> unit = detail::time_unit_named(name);
    if (!unit) detail::no_unit_of_this_name();
    else if (!unit->start) detail::no_moment_is_cut_to_this_unit();
    return *unit->start;
  }
};

// --- texts ---

inline constexpr detail::function<ir::op::lower, 1> Lower{};
inline constexpr detail::function<ir::op::upper, 1> Upper{};
inline constexpr detail::function<ir::op::length, 1> Length{};
inline constexpr detail::function<ir::op::trim, 1> Trim{};
inline constexpr detail::function<ir::op::ltrim, 1> LTrim{};
inline constexpr detail::function<ir::op::rtrim, 1> RTrim{};
inline constexpr detail::function<ir::op::reverse, 1> Reverse{};
inline constexpr detail::function<ir::op::chr, 1> Chr{};
inline constexpr detail::function<ir::op::ord, 1> Ord{};
inline constexpr detail::function<ir::op::md5, 1> MD5{};  ///< digests, in hexadecimal digits
inline constexpr detail::function<ir::op::sha1, 1> SHA1{};
inline constexpr detail::function<ir::op::sha224, 1> SHA224{};
inline constexpr detail::function<ir::op::sha256, 1> SHA256{};
inline constexpr detail::function<ir::op::sha384, 1> SHA384{};
inline constexpr detail::function<ir::op::sha512, 1> SHA512{};
inline constexpr detail::function<ir::op::repeat, 2> Repeat{};  ///< text, number
inline constexpr detail::function<ir::op::right, 2> Right{};  ///< text, length
inline constexpr detail::function<ir::op::position, 2>
    StrIndex{};  ///< text, what to look for; 1-based, 0 where it is not
inline constexpr detail::function<ir::op::substr, 2, 3> Substr{};  ///< text, 1-based position, length
inline constexpr detail::function<ir::op::lpad, 2, 3> LPad{};  ///< text, length, what to fill up with
inline constexpr detail::function<ir::op::rpad, 2, 3> RPad{};
inline constexpr detail::function<ir::op::concat, 2, detail::any_number> Concat{};  ///< NULLs are empty texts

/// The first characters of a text. Throws value_error for a length below 1.
template <detail::argument A, detail::argument B>
auto Left(A&& text, B&& length) {
  const auto number = detail::as_argument(std::forward<B>(length));
  detail::require_at_least("Left", number.tree(), 1);
  return detail::called<ir::op::substr>(detail::as_argument(std::forward<A>(text)), detail::as_expression(1), number);
}
/// Every occurrence of a text by another, or by nothing.
template <detail::argument A, detail::argument B, detail::argument C>
auto Replace(A&& text, B&& what, C&& by) {
  return detail::called<ir::op::replace>(detail::as_argument(std::forward<A>(text)),
                                         detail::as_argument(std::forward<B>(what)),
                                         detail::as_argument(std::forward<C>(by)));
}
template <detail::argument A, detail::argument B>
auto Replace(A&& text, B&& what) {
  return Replace(std::forward<A>(text), std::forward<B>(what), "");
}

// --- numbers ---

inline constexpr detail::function<ir::op::abs, 1> Abs{};
inline constexpr detail::function<ir::op::ceil, 1> Ceil{};
inline constexpr detail::function<ir::op::floor, 1> Floor{};
inline constexpr detail::function<ir::op::sign, 1> Sign{};
inline constexpr detail::function<ir::op::round, 1, 2> Round{};  ///< number, places
inline constexpr detail::function<ir::op::sqrt, 1> Sqrt{};
inline constexpr detail::function<ir::op::exp, 1> Exp{};
inline constexpr detail::function<ir::op::ln, 1> Ln{};
inline constexpr detail::function<ir::op::log, 2> Log{};  ///< base, number
inline constexpr detail::function<ir::op::pow, 2> Power{};  ///< also Django's F("x") ** 2
inline constexpr detail::function<ir::op::degrees, 1> Degrees{};
inline constexpr detail::function<ir::op::radians, 1> Radians{};
inline constexpr detail::function<ir::op::pi, 0> Pi{};
inline constexpr detail::function<ir::op::sin, 1> Sin{};
inline constexpr detail::function<ir::op::cos, 1> Cos{};
inline constexpr detail::function<ir::op::tan, 1> Tan{};
inline constexpr detail::function<ir::op::cot, 1> Cot{};
inline constexpr detail::function<ir::op::asin, 1> ASin{};
inline constexpr detail::function<ir::op::acos, 1> ACos{};
inline constexpr detail::function<ir::op::atan, 1> ATan{};
inline constexpr detail::function<ir::op::atan2, 2> ATan2{};
inline constexpr detail::function<ir::op::random, 0> Random{};

/// The remainder, of integers as a double: Django's Mod(). The sign % keeps the type of its operands.
template <detail::argument A, detail::argument B>
auto Mod(A&& number, B&& by) {
  const auto made = detail::called<ir::op::mod>(detail::as_argument(std::forward<A>(number)),
                                                detail::as_argument(std::forward<B>(by)));
  using shape = typename std::remove_cvref_t<decltype(made)>::shape;
  return expression<detail::numeric_shape<shape>>(detail::numeric_tree(made.tree()));
}

// --- dates and times ---

inline constexpr detail::function<ir::op::now, 0> Now{};
inline constexpr detail::function<ir::op::year, 1> ExtractYear{};
inline constexpr detail::function<ir::op::iso_year, 1> ExtractIsoYear{};
inline constexpr detail::function<ir::op::quarter, 1> ExtractQuarter{};
inline constexpr detail::function<ir::op::month, 1> ExtractMonth{};
inline constexpr detail::function<ir::op::week, 1> ExtractWeek{};
inline constexpr detail::function<ir::op::week_day, 1> ExtractWeekDay{};
inline constexpr detail::function<ir::op::iso_week_day, 1> ExtractIsoWeekDay{};
inline constexpr detail::function<ir::op::day, 1> ExtractDay{};
inline constexpr detail::function<ir::op::hour, 1> ExtractHour{};
inline constexpr detail::function<ir::op::minute, 1> ExtractMinute{};
inline constexpr detail::function<ir::op::second, 1> ExtractSecond{};
inline constexpr detail::function<ir::op::trunc_year, 1> TruncYear{};
inline constexpr detail::function<ir::op::trunc_quarter, 1> TruncQuarter{};
inline constexpr detail::function<ir::op::trunc_month, 1> TruncMonth{};
inline constexpr detail::function<ir::op::trunc_week, 1> TruncWeek{};
inline constexpr detail::function<ir::op::trunc_day, 1> TruncDay{};
inline constexpr detail::function<ir::op::trunc_hour, 1> TruncHour{};
inline constexpr detail::function<ir::op::trunc_minute, 1> TruncMinute{};
inline constexpr detail::function<ir::op::trunc_second, 1> TruncSecond{};
inline constexpr detail::function<ir::op::date_of, 1> TruncDate{};
inline constexpr detail::function<ir::op::time_of, 1> TruncTime{};

/// Extract<"year">("pub_date"_f) is ExtractYear("pub_date"_f).
template <fixed_string Unit, detail::argument A>
auto Extract(A&& moment) {
  constexpr std::optional<detail::time_unit> unit = detail::time_unit_named(Unit.view());
  static_assert(
      unit.has_value(),
      "quarry: the units of Extract() are year, iso_year, quarter, month, week, week_day, iso_week_day, day, hour, "
      "minute and second");
  return detail::called<unit->part>(detail::as_argument(std::forward<A>(moment)));
}
/// Trunc<"month">("pub_date"_f) is TruncMonth("pub_date"_f).
template <fixed_string Unit, detail::argument A>
auto Trunc(A&& moment) {
  constexpr std::optional<detail::time_unit> unit = detail::time_unit_named(Unit.view());
  static_assert(unit && unit->start,
                "quarry: the units of Trunc() are year, quarter, month, week, day, hour, minute and second");
  return detail::called<*unit->start>(detail::as_argument(std::forward<A>(moment)));
}
/// The part of a date, time or datetime that the unit names: a literal, which the compiler checks, or runtime(…), for which a name
/// that is none throws value_error. Whether the value has such a part is checked when the query is compiled.
template <detail::argument A>
auto Extract(A&& moment, extract_unit unit) {
  const auto value = detail::as_argument(std::forward<A>(moment));
  using shape = typename std::remove_cvref_t<decltype(value)>::shape;
  return expression<detail::by_unit_shape<ir::op::year, "Extract", shape>>(
      detail::operation_tree(unit.operation, std::array{value.tree()}));
}
/// The first moment of the unit that a date, time or datetime lies in.
template <detail::argument A>
auto Trunc(A&& moment, trunc_unit unit) {
  const auto value = detail::as_argument(std::forward<A>(moment));
  using shape = typename std::remove_cvref_t<decltype(value)>::shape;
  return expression<detail::by_unit_shape<ir::op::trunc_day, "Trunc", shape>>(
      detail::operation_tree(unit.operation, std::array{value.tree()}));
}

// --- any values ---

inline constexpr detail::function<ir::op::coalesce, 2, detail::any_number> Coalesce{};  ///< the first that is not NULL
inline constexpr detail::function<ir::op::nullif, 2> NullIf{};  ///< NULL when both are equal, else the first
inline constexpr detail::function<ir::op::greatest, 2, detail::any_number> Greatest{};  ///< NULL when one of them is
inline constexpr detail::function<ir::op::least, 2, detail::any_number> Least{};

// Comparisons as conditions of their own; true, false, or NULL as a value.
inline constexpr detail::comparison<ir::op::eq, "exact"> Exact{};
inline constexpr detail::comparison<ir::op::gt, "gt"> GreaterThan{};
inline constexpr detail::comparison<ir::op::ge, "gte"> GreaterThanOrEqual{};
inline constexpr detail::comparison<ir::op::lt, "lt"> LessThan{};
inline constexpr detail::comparison<ir::op::le, "lte"> LessThanOrEqual{};
inline constexpr detail::comparison<ir::op::iexact, "iexact"> IExact{};
inline constexpr detail::comparison<ir::op::contains, "contains"> Contains{};
inline constexpr detail::comparison<ir::op::icontains, "icontains"> IContains{};
inline constexpr detail::comparison<ir::op::startswith, "startswith"> StartsWith{};
inline constexpr detail::comparison<ir::op::istartswith, "istartswith"> IStartsWith{};
inline constexpr detail::comparison<ir::op::endswith, "endswith"> EndsWith{};
inline constexpr detail::comparison<ir::op::iendswith, "iendswith"> IEndsWith{};
inline constexpr detail::comparison<ir::op::regex, "regex"> Regex{};
inline constexpr detail::comparison<ir::op::iregex, "iregex"> IRegex{};
/// Range(x, low, high): whether low <= x <= high.
template <detail::argument A, detail::argument B, detail::argument C>
auto Range(A&& what, B&& low, C&& high) {
  const auto value = detail::as_argument(std::forward<A>(what));
  using shape = detail::operation_shape<ir::op::between, typename std::remove_cvref_t<decltype(value)>::shape,
                                        detail::shape_of_argument<B>, detail::shape_of_argument<C>>;
  const std::array ends{detail::as_argument(std::forward<B>(low)).tree(),
                        detail::as_argument(std::forward<C>(high)).tree()};
  return expression<shape>(detail::lookup_tree(value.tree(), "range", ends));
}
/// In(x, a, b, …): whether it is one of these values and expressions. A NULL among them is equal to nothing.
template <detail::argument A, detail::argument... B>
  requires(sizeof...(B) > 0)
auto In(A&& what, B&&... among) {
  const auto value = detail::as_argument(std::forward<A>(what));
  using shape = detail::operation_shape<ir::op::in_list, typename std::remove_cvref_t<decltype(value)>::shape,
                                        detail::shape_of_argument<B>...>;
  const std::array<detail::tree, sizeof...(B)> values{detail::as_argument(std::forward<B>(among)).tree()...};
  return expression<shape>(detail::lookup_tree(value.tree(), "in", values));
}
/// In(x, list): whether it is one of the elements of a container. Of none it is false.
template <detail::argument A, detail::list_value V>
  requires(!detail::is_query_set<V>)
auto In(A&& what, const V& list) {
  constexpr ir::scalar kind = detail::given_of<V>().kind;
  static_assert(kind != ir::scalar::unknown, "quarry: no value of a database has the C++ type of these elements");
  const auto value = detail::as_argument(std::forward<A>(what));
  detail::operand_buffer elements;
  detail::fill(elements, value.tree()->path, std::begin(list), std::end(list));
  using shape = detail::operation_shape<ir::op::in_list, typename std::remove_cvref_t<decltype(value)>::shape,
                                        detail::constant_shape<kind, false>>;
  return expression<shape>(detail::lookup_tree(value.tree(), "in", elements.as_list()));
}
template <detail::argument A, class V>
auto In(A&& what, std::initializer_list<V> list) {
  return In<A, std::initializer_list<V>>(std::forward<A>(what), list);
}
/// IsNull(x, false): whether it is a value.
template <detail::argument A>
auto IsNull(A&& what, bool truth = true) {
  const auto of = detail::as_argument(std::forward<A>(what));
  using shape = typename std::remove_cvref_t<decltype(of)>::shape;
  return expression<detail::operation_shape<ir::op::is_null, shape>>(
      detail::lookup_tree(of.tree(), "isnull", detail::as_expression(truth).tree()));
}

/// The value as one of the C++ type T: Cast<double>("rating"_f), Cast<decimal, 10, 2>("price"_f) with precision and scale,
/// Cast<std::string, 20>("name"_f) with a length.
template <class T, std::uint32_t Size = 0, std::uint32_t Places = 0, detail::argument A>
auto Cast(A&& what) {
  return detail::cast_as<T, Size, Places>(detail::as_argument(std::forward<A>(what)));
}
/// What the expression gives, read as the C++ type T: a number stays what it is in the database.
template <class T, std::uint32_t Size = 0, std::uint32_t Places = 0, detail::argument A>
auto ExpressionWrapper(A&& what) {
  constexpr ir::scalar kind = detail::scalar_of<T>();
  const auto value = detail::as_argument(std::forward<A>(what));
  using shape = typename std::remove_cvref_t<decltype(value)>::shape;
  return expression<detail::cast_shape<kind, shape>>(
      detail::typed_tree(value.tree(), ir::type(kind, false, Size, Places)));
}

/// The text at a place of a JSON document: KT("data__owner__name"_f).
template <fixed_string Path>
auto KT(field_path<Path>) {
  return expression<detail::key_text_shape<Path>>(
      detail::cast_tree(detail::make_path(detail::path_of<Path>), ir::type(ir::scalar::text, false)));
}

// --- Case ---

/// A branch of Case(); made by When().
template <class Shape>
class branch {
 public:
  explicit branch(detail::tree tree) noexcept : tree_(std::move(tree)) {}
  const detail::tree& tree() const noexcept { return tree_; }

 private:
  detail::tree tree_;
};

namespace detail {

template <class... Needs, class Shape>
auto branch_of(needs_list<Needs...>, const tree& condition, const quarry::expression<Shape>& value) {
  return branch<when_shape<condition_shape<Needs...>, Shape>>(when_tree(condition, value.tree()));
}

}  // namespace detail

/// `value` where the condition holds: When("rating__gte"_f = 4, "good").
template <class Condition, detail::argument Value>
auto When(Condition&& condition, Value&& value) {
  using needs = detail::needs_of_condition<Condition>;
  return detail::branch_of(needs(), detail::as_truth(std::forward<Condition>(condition)).tree(),
                           detail::as_argument(std::forward<Value>(value)));
}

/// What Case() makes: NULL for rows for which no condition holds, until default_() names another value for them.
template <class... When>
class case_expression : public expression<detail::case_shape<void, When...>> {
 public:
  explicit case_expression(std::span<const detail::tree> branches)
      : expression<detail::case_shape<void, When...>>(detail::case_tree(branches)) {}
  template <detail::argument A>
  auto default_(A&& value) const {
    const auto otherwise = detail::as_argument(std::forward<A>(value));
    using value_for_others = typename std::remove_cvref_t<decltype(otherwise)>::shape;
    return expression<detail::case_shape<value_for_others, When...>>(with_default(otherwise.tree()));
  }

 private:
  detail::tree with_default(const detail::tree& value) const {
    std::array<detail::tree, sizeof...(When) + 1> all;
    std::size_t n = 0;
    for (const detail::expression* child : this->tree()->all_children()) all[n++] = detail::tree::share(child);
    all[n] = value;
    return detail::case_tree(all);
  }
};

/// The value of the first branch whose condition holds: Case(When(…), When(…)).default_("-").
template <class... When>
case_expression<When...> Case(const branch<When>&... branches) {
  static_assert(sizeof...(When) > 0, "quarry: Case() has branches: Case(When(condition, value), …)");
  const std::array<detail::tree, sizeof...(When)> trees{branches.tree()...};
  return case_expression<When...>(trees);
}

}  // namespace quarry
