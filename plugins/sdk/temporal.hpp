#ifndef QUARRY_PLUGINS_SDK_TEMPORAL_HPP
#define QUARRY_PLUGINS_SDK_TEMPORAL_HPP

#include <cstdint>
#include <optional>
#include <string_view>

// Dates and times as texts, as SQLite stores them and MariaDB shows them: '2008-06-01', '12:30:00' or '12:30:00.250000', and both with a blank between.
// The fraction has six digits or is absent, so that texts sort as times do. Years 1 to 9999.
namespace quarry::plugin {

inline constexpr std::int64_t micros_per_second = 1'000'000;
inline constexpr std::int64_t micros_per_day = 86'400 * micros_per_second;
inline constexpr std::int64_t first_day = -719'162;  // 0001-01-01
inline constexpr std::int64_t last_day = 2'932'896;  // 9999-12-31

enum class moment_kind { date, time, datetime };

// micros: since midnight of a time; since 1970-01-01 otherwise, where a date is its midnight.
struct moment {
  moment_kind kind;
  std::int64_t micros;
};

struct civil_date {
  int year;
  unsigned month, day;
};

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

civil_date civil(std::int64_t days) noexcept;
std::int64_t days_of(int year, unsigned month, unsigned day) noexcept;

// Reads any of the three forms; seconds may be missing, the fraction may have any number of digits, 'T' may stand for the blank.
std::optional<moment> parse_moment(std::string_view text) noexcept;
// "2008-06-01" and nothing else, in days since 1970-01-01.
std::optional<std::int64_t> parse_date(std::string_view text) noexcept;

// Longest text: "9999-12-31 23:59:59.999999".
inline constexpr std::size_t longest_moment = 26;
bool in_range(const moment& m) noexcept;
// Writes a moment that is in range; returns the number of characters.
std::size_t write_moment(char* to, const moment& m) noexcept;

}  // namespace quarry::plugin

#endif
