// A type is one 32-bit word: scalar kind, nullability, text collation class, and two parameters. No table, no look-up.
#pragma once

#include <cstdint>

#include <quarry/ir/model/kinds.hpp>

namespace quarry::ir {

/// How a text column compares, as far as the catalog knows.
enum class collation_class : std::uint8_t {
  unknown,     ///< assume that it differs from ours
  code_point,  ///< ours: what our own DDL makes
  named        ///< known by name in the catalog
};

class type {
 public:
  constexpr type() noexcept = default;
  /// `p`: precision of a decimal, length of a text (0 = no limit), element kind of an array. `s`: scale of a decimal.
  constexpr type(scalar kind, bool nullable, std::uint32_t p = 0, std::uint32_t s = 0) noexcept
      : bits_(static_cast<std::uint32_t>(kind) | (nullable ? nullable_bit : 0U) | (p & length_mask) << length_shift) {
    if (kind == scalar::decimal) bits_ = (bits_ & low_mask) | (p & 0x7fU) << length_shift | (s & 0x3fU) << scale_shift;
  }
  static constexpr type from_bits(std::uint32_t bits) noexcept {
    type t;
    t.bits_ = bits;
    return t;
  }
  static constexpr type array_of(scalar element) noexcept {
    return {scalar::array, false, static_cast<std::uint32_t>(element)};
  }

  constexpr std::uint32_t bits() const noexcept { return bits_; }
  constexpr scalar kind() const noexcept { return static_cast<scalar>(bits_ & kind_mask); }
  constexpr bool nullable() const noexcept { return (bits_ & nullable_bit) != 0; }
  constexpr collation_class collation() const noexcept {
    return static_cast<collation_class>((bits_ >> collation_shift) & 3U);
  }
  constexpr std::uint32_t length() const noexcept { return bits_ >> length_shift; }
  constexpr std::uint32_t precision() const noexcept { return (bits_ >> length_shift) & 0x7fU; }
  constexpr std::uint32_t scale() const noexcept { return (bits_ >> scale_shift) & 0x3fU; }
  constexpr scalar element() const noexcept { return static_cast<scalar>(bits_ >> length_shift); }

  constexpr type with_nullable(bool nullable) const noexcept {
    return from_bits(nullable ? bits_ | nullable_bit : bits_ & ~nullable_bit);
  }
  constexpr type with_collation(collation_class c) const noexcept {
    return from_bits((bits_ & ~(3U << collation_shift)) | static_cast<std::uint32_t>(c) << collation_shift);
  }
  friend constexpr bool operator==(type, type) = default;

 private:
  static constexpr std::uint32_t kind_mask = 0x1f;
  static constexpr std::uint32_t nullable_bit = 1U << 5U;
  static constexpr std::uint32_t collation_shift = 6;
  static constexpr std::uint32_t length_shift = 8;
  static constexpr std::uint32_t length_mask = 0xffffff;
  static constexpr std::uint32_t scale_shift = 16;
  static constexpr std::uint32_t low_mask = 0xff;
  std::uint32_t bits_ = 0;
};

namespace types {
inline constexpr type boolean{scalar::boolean, false};
inline constexpr type int32{scalar::int32, false};
inline constexpr type int64{scalar::int64, false};
inline constexpr type float64{scalar::float64, false};
inline constexpr type null{scalar::unknown, true};
}  // namespace types

constexpr bool is_integer(scalar s) noexcept { return s == scalar::int16 || s == scalar::int32 || s == scalar::int64; }
constexpr bool is_number(scalar s) noexcept { return is_integer(s) || s == scalar::float64 || s == scalar::decimal; }

}  // namespace quarry::ir
