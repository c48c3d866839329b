// From C++ values to operands: nothing is copied, everything is borrowed until the chain takes it.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include <quarry/core/query/chain.hpp>
#include <quarry/core/schema/fields.hpp>

namespace quarry::detail {

/// Room for the elements of a list, taken from a small store of this thread.
class operand_buffer {
 public:
  operand_buffer() noexcept = default;
  operand_buffer(operand_buffer&& o) noexcept
      : items_(std::exchange(o.items_, nullptr)),
        size_(std::exchange(o.size_, 0)),
        capacity_(std::exchange(o.capacity_, 0)) {}
  operand_buffer& operator=(operand_buffer&&) = delete;
  ~operand_buffer() {
    if (items_) give_back();
  }
  void push(const operand& o) {
    if (size_ == capacity_) grow();
    items_[size_++] = o;
  }
  operand as_list() const noexcept { return operand::of_list(items_, size_); }

 private:
  void grow();
  void give_back() noexcept;
  operand* items_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

bool is_calendar_date(date v) noexcept;  ///< years 1 to 9999
[[noreturn]] void raise_invalid_date(std::string_view field);
operand to_operand(date v);                 ///< throws validation_error for a date that no calendar has
operand unsigned_operand(std::uint64_t v);  ///< throws overflow_error beyond 63 bits
inline operand to_operand(std::same_as<bool> auto v) noexcept {
  return operand::of_integer(v ? 1 : 0, ir::scalar::boolean);
}
template <std::integral T>
  requires(!std::same_as<T, bool>)
operand to_operand(T v) {
  if constexpr (std::unsigned_integral<T> && sizeof(T) == 8) return unsigned_operand(v);
  else return operand::of_integer(v);
}
inline operand to_operand(double v) noexcept { return operand::of_real(v); }
inline operand to_operand(std::string_view v) noexcept { return operand::of_text(v); }
inline operand to_operand(const decimal& v) noexcept { return operand::of_text(v.text(), ir::scalar::decimal); }
inline operand bytes_operand(const std::byte* data, std::size_t size, ir::scalar kind) noexcept {
  return operand::of_text({reinterpret_cast<const char*>(data), size}, kind);
}
inline operand to_operand(const bytes& v) noexcept { return bytes_operand(v.data(), v.size(), ir::scalar::bytes); }
inline operand to_operand(const uuid& v) noexcept {
  return bytes_operand(v.octets.data(), v.octets.size(), ir::scalar::uuid);
}
inline operand to_operand(const json& v) noexcept { return operand::of_text(v.text, ir::scalar::json); }
inline operand to_operand(time_of_day v) noexcept {
  return operand::of_integer(v.since_midnight.count(), ir::scalar::time);
}
inline operand to_operand(datetime v) noexcept {
  return operand::of_integer(v.time_since_epoch().count(), ir::scalar::datetime);
}
inline operand to_operand(duration v) noexcept { return operand::of_integer(v.count(), ir::scalar::duration); }
inline operand to_operand(const auto_id& v) { return operand::of_integer(v.value()); }
template <class T, class Key>
operand to_operand(const foreign_key<T, Key>& v) {
  return to_operand(v.id());
}

/// The kind of operand that a C++ value becomes; unknown when it is no scalar. Every integer is an int64: the field
/// decides.
template <class V>
consteval ir::scalar given_scalar() {
  using ir::scalar;
  if constexpr (std::same_as<V, bool>) return scalar::boolean;
  else if constexpr (std::same_as<V, char> || std::same_as<V, wchar_t>)
    return scalar::unknown;  // a text of one letter?
  else if constexpr (std::integral<V> || std::same_as<V, auto_id>) return scalar::int64;
  else if constexpr (std::floating_point<V>) return scalar::float64;
  else if constexpr (std::convertible_to<const V&, std::string_view>) return scalar::text;
  else if constexpr (scalar_of<V>() != scalar::unknown) return scalar_of<V>();
  else if constexpr (std::convertible_to<const V&, date>) return scalar::date;
  else if constexpr (std::convertible_to<const V&, datetime>) return scalar::datetime;
  else if constexpr (std::convertible_to<const V&, duration>) return scalar::duration;
  else return scalar::unknown;
}
template <class V>
inline constexpr ir::scalar given_scalar_of = given_scalar<V>();
template <class T, class Key>
inline constexpr ir::scalar given_scalar_of<foreign_key<T, Key>> = given_scalar<Key>();

template <class V>
operand scalar_operand(const V& v) {
  constexpr ir::scalar kind = given_scalar_of<V>;
  if constexpr (kind == ir::scalar::float64) return to_operand(static_cast<double>(v));
  else if constexpr (kind == ir::scalar::text) return to_operand(std::string_view(v));
  else return to_operand(v);
}

template <class V>
inline constexpr bool is_optional = false;
template <class V>
inline constexpr bool is_optional<std::optional<V>> = true;

template <class V>
concept null_value = std::same_as<V, std::nullptr_t> || std::same_as<V, std::nullopt_t>;

template <class V>
concept list_value = given_scalar_of<V> == ir::scalar::unknown && requires(const V& v) {
  std::begin(v);
  std::end(v);
};

/// The right side of a lookup as the compiler knows it.
enum class given_form : std::uint8_t { single, optional, null, list };
struct given_type {
  given_form form = given_form::single;
  ir::scalar kind = ir::scalar::unknown;
  friend constexpr bool operator==(const given_type&, const given_type&) = default;
};

template <class V>
consteval given_type given_of() {
  if constexpr (null_value<V>) {
    return {given_form::null, ir::scalar::unknown};
  } else if constexpr (is_optional<V>) {
    return {given_form::optional, given_scalar_of<typename V::value_type>};
  } else if constexpr (list_value<V>) {
    using element = std::remove_cvref_t<decltype(*std::begin(std::declval<const V&>()))>;
    if constexpr (is_optional<element>) return {given_form::list, given_scalar_of<typename element::value_type>};
    else return {given_form::list, given_scalar_of<element>};
  } else {
    return {given_form::single, given_scalar_of<V>};
  }
}

/// A list element or a single value, NULL included.
template <class V>
operand element_operand(const V& v) {
  if constexpr (is_optional<V>) return v ? scalar_operand(*v) : operand();
  else return scalar_operand(v);
}

/// The same for the value of a path, which an error then names.
template <class V>
operand element_operand(const path_ref& path, const V& v) {
  if constexpr (given_of<V>().kind == ir::scalar::date && !is_optional<V>)
    if (!is_calendar_date(v)) raise_invalid_date(path.view());
  return element_operand(v);
}

}  // namespace quarry::detail
