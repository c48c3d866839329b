// Expressions over values: functions of texts, numbers, dates and times, Case(), Cast(), comparisons. The names and arguments are
// Django's. An argument is a field ("name"_f), another expression, a condition, or a value: "x" is a text here, never a field.
#pragma once

#include <concepts>
#include <cstdint>
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

}  // namespace detail

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
