// Values as applications hold them, and operands: the compact, borrowed form in which a query chain stores them.
#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <quarry/ir/model/kinds.hpp>
#include <quarry/ir/support/result.hpp>

namespace quarry {

using date = std::chrono::year_month_day;
/// A point in time without zone, in microseconds.
using datetime = std::chrono::local_time<std::chrono::microseconds>;
using duration = std::chrono::microseconds;
using bytes = std::vector<std::byte>;

/// Time of day.
struct time_of_day {
  std::chrono::microseconds since_midnight{};
  friend auto operator<=>(const time_of_day&, const time_of_day&) = default;
};

/// An exact decimal number, kept as its text ("-12.50"): nothing is rounded on the way to the database and back.
class decimal {
 public:
  decimal() = default;
  /// Text of the form [-]digits[.digits][e[+-]digits]; anything else is a wrong_value diagnostic from `parse`.
  static ir::result<decimal> parse(std::string_view text);
  /// For texts that a database or parse() has checked.
  static decimal unchecked(std::string text) {
    decimal d;
    d.text_ = std::move(text);
    return d;
  }
  const std::string& text() const noexcept { return text_; }
  friend bool operator==(const decimal&, const decimal&) = default;

 private:
  std::string text_ = "0";
};

struct uuid {
  std::array<std::byte, 16> octets{};
  /// 32 hexadecimal digits, with or without hyphens.
  static ir::result<uuid> parse(std::string_view text);
  std::string text() const;
  friend auto operator<=>(const uuid&, const uuid&) = default;
};

/// A JSON document as text.
struct json {
  std::string text;
  friend bool operator==(const json&, const json&) = default;
};

class value;
using value_list = std::vector<value>;

/// Any value that a row can hold or a condition can compare with.
class value {
 public:
  using storage = std::variant<std::monostate, bool, std::int64_t, double, decimal, std::string, bytes, date,
                               time_of_day, datetime, duration, uuid, json, value_list>;
  value() = default;  ///< NULL
  template <class T>
    requires(!std::is_same_v<std::remove_cvref_t<T>, value> &&
             std::is_constructible_v<storage, std::in_place_type_t<std::remove_cvref_t<T>>, T>)
  value(T&& v)
      : data_(std::in_place_type<std::remove_cvref_t<T>>, std::forward<T>(v)) {}  // NOLINT: any of the alternatives
  template <std::signed_integral T>
    requires(!std::is_same_v<T, std::int64_t>)
  value(T v) : data_(std::int64_t{v}) {}                                                   // NOLINT
  value(std::nullptr_t) {}                                                                 // NOLINT: NULL
  value(const char* v) : data_(std::string(v)) {}                                          // NOLINT
  value(std::string_view v) : data_(std::string(v)) {}                                     // NOLINT
  bool is_null() const noexcept { return data_.index() == 0; }
  template <class T>
  const T* get_if() const noexcept {
    return std::get_if<T>(&data_);
  }
  const storage& data() const noexcept { return data_; }
  friend bool operator==(const value&, const value&) = default;

 private:
  storage data_;
};

/// What people call the type of a value: "an integer", "a text", "None".
std::string_view describe(const value& v) noexcept;

std::string to_text(date d);         ///< 2008-06-01
std::string to_text(datetime t);     ///< 2008-06-01T12:30:00[.ffffff]
std::string to_text(time_of_day t);  ///< 12:30:00[.ffffff]
ir::result<date> parse_date(std::string_view text);
/// Accepts 'T' or a blank between date and time, and a date alone (midnight).
ir::result<datetime> parse_datetime(std::string_view text);
ir::result<time_of_day> parse_time(std::string_view text);

namespace detail {

struct expression;
struct link;

enum class operand_form : std::uint8_t { scalar, null, list, expression, query };

/// A value inside a chain: 16 bytes, pointing into the chain's own memory. A scalar's encoding is that of a cell of the
/// plugin border: bool and integers, date (days), time, datetime and duration (µs) by value; text, bytes, decimal,
/// json, uuid by pointer.
struct operand {
  union {
    std::int64_t integer;
    double real;
    const char* text;
    const operand* items;
    const struct expression* expr;
    const link* query;
  };
  std::uint32_t size = 0;  ///< bytes of a text, elements of a list
  ir::scalar type = ir::scalar::unknown;
  operand_form form = operand_form::null;

  constexpr operand() noexcept : integer(0) {}
  static operand of_integer(std::int64_t v, ir::scalar t = ir::scalar::int64) noexcept {
    operand o;
    o.integer = v;
    o.type = t;
    o.form = operand_form::scalar;
    return o;
  }
  static operand of_real(double v) noexcept {
    operand o;
    o.real = v;
    o.type = ir::scalar::float64;
    o.form = operand_form::scalar;
    return o;
  }
  static operand of_text(std::string_view v, ir::scalar t = ir::scalar::text) noexcept {
    operand o;
    o.text = v.data();
    o.size = static_cast<std::uint32_t>(v.size());
    o.type = t;
    o.form = operand_form::scalar;
    return o;
  }
  static operand of_list(const operand* items, std::size_t count) noexcept {
    operand o;
    o.items = items;
    o.size = static_cast<std::uint32_t>(count);
    o.form = operand_form::list;
    return o;
  }
  static operand of_expression(const struct expression* e) noexcept {
    operand o;
    o.expr = e;
    o.form = operand_form::expression;
    return o;
  }
  std::string_view bytes_view() const noexcept { return {text, size}; }
};
static_assert(sizeof(operand) == 16);

/// A text as a JSON document, quotes included. UTF-8 stays as it is.
std::string json_text(std::string_view s);

/// Borrows a value as an operand; `keep` owns what the operand points to (list elements).
operand borrow(const value& v, std::vector<std::unique_ptr<operand[]>>& keep);

}  // namespace detail
}  // namespace quarry
