#ifndef QUARRY_PLUGINS_SQLITE_DECIMAL_HPP
#define QUARRY_PLUGINS_SQLITE_DECIMAL_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// Decimals in a database that has integers and doubles only: a double holds any decimal of 15 significant digits and gives it
// back unchanged. A number of this kind is (-1)^negative * digits * 10^exponent, with no zero at the end of digits.
namespace quarry::plugin::sqlite {

inline constexpr int decimal_digits = 15;

struct decimal {
  bool negative = false;
  std::uint64_t digits = 0;
  int exponent = 0;

  static decimal from(std::int64_t value) noexcept;
  // The shortest decimal of at most 15 digits that is nearest. The value is finite.
  static decimal from(double value) noexcept;
  // Empty when the text is no decimal number, or one of more than 15 significant digits.
  static std::optional<decimal> from(std::string_view text) noexcept;

  int significant_digits() const noexcept;
  // Rounded half away from zero to so many decimal places; negative ones round before the point.
  decimal rounded(int places) const noexcept;
  // The integer, where it is one that fits.
  std::optional<std::int64_t> integer() const noexcept;
  double real() const noexcept;
};

bool is_decimal(std::string_view text) noexcept;

inline constexpr std::size_t longest_decimal = 400;
// Plain notation, without exponent. places: so many digits after the point, rounded or filled with zeros; below 0: as many as
// there are.
std::size_t write_decimal(char* to, const decimal& value, int places) noexcept;

}  // namespace quarry::plugin::sqlite

#endif
