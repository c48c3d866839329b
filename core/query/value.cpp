#include <quarry/core/query/value.hpp>

#include <algorithm>
#include <optional>

#include <quarry/core/query/operands.hpp>

namespace quarry {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Reads a text from the left; every step says whether it succeeded.
class scanner {
 public:
  explicit scanner(std::string_view text) noexcept : rest_(text) {}
  bool at_end() const noexcept { return rest_.empty(); }
  bool skip(char c) noexcept {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// Exactly `count` digits.
  bool number(std::size_t count, int& out) noexcept {
    if (rest_.size() < count) return false;
    int n = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(rest_[i])) return false;
      n = n * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    out = n;
    return true;
  }
  /// As many digits as there are, at least one; gives how many.
  std::size_t digits() noexcept {
    std::size_t n = 0;
    while (n < rest_.size() && is_digit(rest_[n])) ++n;
    rest_.remove_prefix(n);
    return n;
  }
  bool calendar_date(date& out) noexcept {
    int y = 0;
    int m = 0;
    int d = 0;
    if (!number(4, y) || !skip('-') || !number(2, m) || !skip('-') || !number(2, d)) return false;
    out = date{std::chrono::year{y}, std::chrono::month{static_cast<unsigned>(m)},
               std::chrono::day{static_cast<unsigned>(d)}};
    return y >= 1 && out.ok();
  }
  /// HH:MM[:SS[.f…]], up to six digits of a fraction.
  bool clock(microseconds& out) noexcept {
    int h = 0;
    int m = 0;
    int s = 0;
    if (!number(2, h) || !skip(':') || !number(2, m) || h > 23 || m > 59) return false;
    out = hours{h} + minutes{m};
    if (!skip(':')) return true;
    if (!number(2, s) || s > 59) return false;
    out += seconds{s};
    return !skip('.') || fraction(out);
  }

 private:
  bool fraction(microseconds& out) noexcept {
    const std::string_view before = rest_;
    const std::size_t n = digits();
    if (n == 0 || n > 6) return false;
    std::int64_t f = 0;
    for (std::size_t i = 0; i < 6; ++i) f = f * 10 + (i < n ? before[i] - '0' : 0);
    out += microseconds{f};
    return true;
  }
  std::string_view rest_;
};

void append_number(std::string& out, std::int64_t n, std::size_t width) {
  const std::string digits = std::to_string(n < 0 ? -n : n);
  if (n < 0) out += '-';
  out.append(width > digits.size() ? width - digits.size() : 0, '0');
  out += digits;
}

/// The caller knows the name of the field: its place stays empty.
ir::failure not_a(std::string_view expected) { return {ir::diag::wrong_value, {"", expected, "this text"}}; }

std::optional<unsigned> hex_digit(char c) noexcept {
  if (is_digit(c)) return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10U;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10U;
  return std::nullopt;
}

}  // namespace

ir::result<decimal> decimal::parse(std::string_view text) {
  scanner s(text);
  s.skip('-');
  bool valid = s.digits() > 0;
  if (valid && s.skip('.')) valid = s.digits() > 0;
  if (valid && (s.skip('e') || s.skip('E'))) {
    if (!s.skip('+')) s.skip('-');
    valid = s.digits() > 0;
  }
  if (!valid || !s.at_end()) return not_a("a decimal number");
  return unchecked(std::string(text));
}

ir::result<uuid> uuid::parse(std::string_view text) {
  const bool hyphens = text.size() == 36;
  uuid out;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (hyphens && (i == 8 || i == 13 || i == 18 || i == 23)) {
      if (text[i] != '-') return not_a("a UUID");
      continue;
    }
    const std::optional<unsigned> d = hex_digit(text[i]);
    if (!d || digits == 32) return not_a("a UUID");
    std::byte& octet = out.octets[digits / 2];
    octet = octet << 4U | std::byte{static_cast<unsigned char>(*d)};
    ++digits;
  }
  if (digits != 32) return not_a("a UUID");
  return out;
}

std::string uuid::text() const {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += hex[std::to_integer<unsigned>(octets[i] >> 4U)];
    out += hex[std::to_integer<unsigned>(octets[i] & std::byte{15})];
  }
  return out;
}

std::string_view describe(const value& v) noexcept {
  // In the order of value::storage.
  constexpr std::array<std::string_view, std::variant_size_v<value::storage>> names = {
      "None",   "a boolean", "an integer", "a float",    "a decimal", "a text",          "bytes",
      "a date", "a time",    "a datetime", "a duration", "a UUID",    "a JSON document", "a list"};
  return names[v.data().index()];
}

std::string to_text(date d) {
  std::string out;
  append_number(out, static_cast<int>(d.year()), 4);
  out += '-';
  append_number(out, static_cast<unsigned>(d.month()), 2);
  out += '-';
  append_number(out, static_cast<unsigned>(d.day()), 2);
  return out;
}

std::string to_text(time_of_day t) {
  const std::chrono::hh_mm_ss parts(t.since_midnight);
  std::string out;
  append_number(out, parts.hours().count(), 2);
  out += ':';
  append_number(out, parts.minutes().count(), 2);
  out += ':';
  append_number(out, parts.seconds().count(), 2);
  if (parts.subseconds().count() != 0) {
    out += '.';
    append_number(out, parts.subseconds().count(), 6);
  }
  return out;
}

std::string to_text(datetime t) {
  const local_days day = std::chrono::floor<days>(t);
  return to_text(date{day}) + 'T' + to_text(time_of_day{t - day});
}

ir::result<date> parse_date(std::string_view text) {
  scanner s(text);
  date out;
  if (!s.calendar_date(out) || !s.at_end()) return not_a("a date");
  return out;
}

ir::result<time_of_day> parse_time(std::string_view text) {
  scanner s(text);
  time_of_day out;
  if (!s.clock(out.since_midnight) || !s.at_end()) return not_a("a time");
  return out;
}

ir::result<datetime> parse_datetime(std::string_view text) {
  scanner s(text);
  date day;
  microseconds clock{};
  if (!s.calendar_date(day)) return not_a("a datetime");
  if (!s.at_end() && ((!s.skip('T') && !s.skip(' ')) || !s.clock(clock) || !s.at_end())) return not_a("a datetime");
  return datetime{local_days{day}} + clock;
}

namespace detail {
namespace {

/// Makes an operand of each alternative of a value.
struct borrower {
  std::vector<std::unique_ptr<operand[]>>& keep;

  operand operator()(std::monostate) const { return {}; }
  template <class T>
  operand operator()(const T& v) const {
    return to_operand(v);
  }
  operand operator()(const value_list& v) const {
    auto items = std::make_unique<operand[]>(v.size());
    for (std::size_t i = 0; i < v.size(); ++i) items[i] = borrow(v[i], keep);
    const operand list = operand::of_list(items.get(), v.size());
    keep.push_back(std::move(items));
    return list;
  }
};

}  // namespace

std::string json_text(std::string_view s) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : s) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (code < 0x20) {
      out += "\\u00";
      out += hex[code >> 4U];
      out += hex[code & 15U];
    } else {
      out += c;
    }
  }
  return out + '"';
}

operand borrow(const value& v, std::vector<std::unique_ptr<operand[]>>& keep) {
  return std::visit(borrower{keep}, v.data());
}

}  // namespace detail
}  // namespace quarry
