#include <quarry/plugins/sdk/temporal.hpp>

#include <chrono>

namespace quarry::plugin {

namespace {

bool digits(std::string_view text, std::size_t at, std::size_t count, int& value) noexcept {
  if (at + count > text.size()) return false;
  value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    value = value * 10 + (text[i] - '0');
  }
  return true;
}

bool is(std::string_view text, std::size_t at, char c) noexcept { return at < text.size() && text[at] == c; }

// The first ten characters.
std::optional<std::int64_t> parse_leading_date(std::string_view text) noexcept {
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return {};
  bool good = true;
  const auto two_digits = [&](std::size_t at) {
    const unsigned tens = static_cast<unsigned>(text[at]) - '0', ones = static_cast<unsigned>(text[at + 1]) - '0';
    good = good & (tens <= 9) & (ones <= 9);
    return tens * 10 + ones;
  };
  const unsigned year = two_digits(0) * 100 + two_digits(2), month = two_digits(5), day = two_digits(8);
  if (!good || year == 0 || month == 0 || month > 12 || day == 0) return {};
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (day > 28 && !date.ok()) return {};
  return std::chrono::sys_days(date).time_since_epoch().count();
}

std::optional<std::int64_t> parse_time(std::string_view text) noexcept {
  int hour = 0, minute = 0, second = 0;
  if (!digits(text, 0, 2, hour) || !is(text, 2, ':') || !digits(text, 3, 2, minute)) return {};
  std::int64_t fraction = 0;
  if (text.size() > 5) {
    if (!is(text, 5, ':') || !digits(text, 6, 2, second)) return {};
    if (text.size() > 8) {
      if (text[8] != '.' || text.size() == 9) return {};
      std::int64_t place = micros_per_second;
      for (char c : text.substr(9)) {
        if (c < '0' || c > '9') return {};
        place /= 10;
        fraction += (c - '0') * place;
      }
    }
  }
  if (hour > 23 || minute > 59 || second > 59) return {};
  return ((hour * 60 + minute) * 60 + second) * micros_per_second + fraction;
}

char* put(char* to, std::int64_t value, int width) noexcept {
  for (int i = width - 1; i >= 0; --i, value /= 10) to[i] = static_cast<char>('0' + value % 10);
  return to + width;
}

char* put_date(char* to, std::int64_t days) noexcept {
  civil_date date = civil(days);
  to = put(to, date.year, 4);
  *to++ = '-';
  to = put(to, date.month, 2);
  *to++ = '-';
  return put(to, date.day, 2);
}

char* put_time(char* to, std::int64_t micros) noexcept {
  std::int64_t seconds = micros / micros_per_second;
  to = put(to, seconds / 3600, 2);
  *to++ = ':';
  to = put(to, seconds / 60 % 60, 2);
  *to++ = ':';
  to = put(to, seconds % 60, 2);
  if (std::int64_t fraction = micros % micros_per_second) {
    *to++ = '.';
    to = put(to, fraction, 6);
  }
  return to;
}

}  // namespace

civil_date civil(std::int64_t days) noexcept {
  std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
  return {static_cast<int>(date.year()), static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day())};
}

std::int64_t days_of(int year, unsigned month, unsigned day) noexcept {
  std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  return std::chrono::sys_days(date).time_since_epoch().count();
}

std::optional<std::int64_t> parse_date(std::string_view text) noexcept {
  if (text.size() != 10) return {};
  return parse_leading_date(text);
}

std::optional<moment> parse_moment(std::string_view text) noexcept {
  if (text.size() > 2 && text[2] == ':') {
    auto micros = parse_time(text);
    if (!micros) return {};
    return moment{moment_kind::time, *micros};
  }
  auto days = parse_leading_date(text);
  if (!days) return {};
  if (text.size() == 10) return moment{moment_kind::date, *days * micros_per_day};
  if (text[10] != ' ' && text[10] != 'T') return {};
  auto micros = parse_time(text.substr(11));
  if (!micros) return {};
  return moment{moment_kind::datetime, *days * micros_per_day + *micros};
}

bool in_range(const moment& m) noexcept {
  if (m.kind == moment_kind::time) return m.micros >= 0 && m.micros < micros_per_day;
  std::int64_t days = floor_div(m.micros, micros_per_day);
  return days >= first_day && days <= last_day;
}

std::size_t write_moment(char* to, const moment& m) noexcept {
  char* at = to;
  if (m.kind == moment_kind::time) return static_cast<std::size_t>(put_time(at, m.micros) - to);
  std::int64_t days = floor_div(m.micros, micros_per_day);
  at = put_date(at, days);
  if (m.kind == moment_kind::datetime) {
    *at++ = ' ';
    at = put_time(at, m.micros - days * micros_per_day);
  }
  return static_cast<std::size_t>(at - to);
}

}  // namespace quarry::plugin
