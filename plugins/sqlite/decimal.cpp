#include <quarry/plugins/sqlite/decimal.hpp>

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace quarry::plugin::sqlite {

namespace {

decimal stripped(decimal value) noexcept {
  if (value.digits == 0) return {};
  while (value.digits % 10 == 0) {
    value.digits /= 10;
    ++value.exponent;
  }
  return value;
}

constexpr std::uint64_t power_of_ten(int exponent) noexcept {
  std::uint64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

struct scanned {
  bool valid = false;
  bool exact = true;  // no more than 15 significant digits
  decimal value;
};

scanned scan(std::string_view text) noexcept {
  scanned result;
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) result.value.negative = text[at++] == '-';
  bool any = false, point = false;
  int zeros = 0;  // seen after the last digit that is not zero
  int kept = 0;
  long exponent = 0;
  for (; at < text.size(); ++at) {
    char c = text[at];
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') break;
    any = true;
    if (point) --exponent;
    if (c == '0') {
      if (result.value.digits != 0) ++zeros;
      continue;
    }
    kept += zeros + 1;
    if (kept > decimal_digits) {
      result.exact = false;
      continue;
    }
    result.value.digits = result.value.digits * power_of_ten(zeros + 1) + static_cast<std::uint64_t>(c - '0');
    zeros = 0;
  }
  if (!any) return result;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    int power = 0;
    const char* first = text.data() + at + 1;
    const char* last = text.data() + text.size();
    if (first != last && *first == '+') ++first;
    auto [end, failure] = std::from_chars(first, last, power);
    if (failure != std::errc() || power > 100'000 || power < -100'000) return result;
    exponent += power;
    at = static_cast<std::size_t>(end - text.data());
  }
  if (at != text.size()) return result;
  result.valid = true;
  exponent += zeros;
  if (result.value.digits == 0) {
    result.value = {};
  } else {
    result.value.exponent = static_cast<int>(exponent);
    result.value = stripped(result.value);
    if (result.value.exponent > 308 || result.value.exponent < -330) result.exact = false;
  }
  return result;
}

}  // namespace

decimal decimal::from(std::int64_t value) noexcept {
  decimal made;
  made.negative = value < 0;
  made.digits = value < 0 ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
  return stripped(made);
}

decimal decimal::from(double value) noexcept {
  char text[40];
  auto end = std::to_chars(text, text + sizeof(text), value, std::chars_format::scientific, decimal_digits - 1).ptr;
  return scan({text, static_cast<std::size_t>(end - text)}).value;
}

std::optional<decimal> decimal::from(std::string_view text) noexcept {
  scanned found = scan(text);
  if (!found.valid || !found.exact) return {};
  return found.value;
}

bool is_decimal(std::string_view text) noexcept { return scan(text).valid; }

int decimal::significant_digits() const noexcept {
  int count = 0;
  for (std::uint64_t rest = digits; rest != 0; rest /= 10) ++count;
  return count;
}

decimal decimal::rounded(int places) const noexcept {
  if (exponent >= -places) return *this;
  int drop = -places - exponent;
  if (drop > 19) return {};
  std::uint64_t power = power_of_ten(drop);
  decimal result = *this;
  result.digits = digits / power + (digits % power >= power - power / 2 ? 1 : 0);
  result.exponent = -places;
  return stripped(result);
}

std::optional<std::int64_t> decimal::integer() const noexcept {
  if (digits == 0) return 0;
  if (exponent < 0 || exponent + significant_digits() > 19) return {};
  std::uint64_t value = digits * power_of_ten(exponent);
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (negative && value == most + 1) return std::numeric_limits<std::int64_t>::min();
  if (value > most) return {};
  auto result = static_cast<std::int64_t>(value);
  return negative ? -result : result;
}

double decimal::real() const noexcept {
  char text[40];
  char* at = std::to_chars(text, text + 24, digits).ptr;
  *at++ = 'e';
  at = std::to_chars(at, text + sizeof(text), exponent).ptr;
  double value = 0;
  auto failure = std::from_chars(text, at, value).ec;
  if (failure == std::errc::result_out_of_range && exponent > 0) value = std::numeric_limits<double>::infinity();
  return negative ? -value : value;
}

std::size_t write_decimal(char* to, const decimal& value, int places) noexcept {
  decimal shown = places >= 0 ? value.rounded(places) : value;
  char figures[24];
  auto count = static_cast<int>(std::to_chars(figures, figures + sizeof(figures), shown.digits).ptr - figures);
  char* at = to;
  if (shown.negative && shown.digits != 0) *at++ = '-';
  int before = count + shown.exponent;  // digits before the point
  if (shown.digits == 0) before = 1;
  if (before <= 0) *at++ = '0';
  for (int i = 0; i < before; ++i) *at++ = i < count ? figures[i] : '0';
  int after = places >= 0 ? places : (shown.exponent < 0 ? -shown.exponent : 0);
  if (after > 0) {
    *at++ = '.';
    for (int i = before; i < before + after; ++i) *at++ = i >= 0 && i < count && shown.digits != 0 ? figures[i] : '0';
  }
  return static_cast<std::size_t>(at - to);
}

}  // namespace quarry::plugin::sqlite
