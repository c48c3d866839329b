#include <quarry/core/text/temporal.hpp>

#include <cmath>
#include <random>
#include <string_view>

namespace quarry::text {
namespace {

constexpr std::int64_t first_day = -719162;  // 0001-01-01, in days since 1970
constexpr std::int64_t last_day = 2932896;   // 9999-12-31
constexpr std::int64_t day_length = 86'400'000'000;

}  // namespace

std::optional<date> make_date(std::int64_t year, std::int64_t month, std::int64_t day) noexcept {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  const date d{std::chrono::year(static_cast<int>(year)), std::chrono::month(static_cast<unsigned>(month)),
               std::chrono::day(static_cast<unsigned>(day))};
  return d.ok() ? std::optional(d) : std::nullopt;
}

std::optional<time_of_day> make_time(std::int64_t hour, std::int64_t minute, std::int64_t second,
                                     std::int64_t microsecond) noexcept {
  const auto within = [](std::int64_t v, std::int64_t below) { return v >= 0 && v < below; };
  if (!within(hour, 24) || !within(minute, 60) || !within(second, 60) || !within(microsecond, 1'000'000))
    return std::nullopt;
  return time_of_day{std::chrono::microseconds(((hour * 60 + minute) * 60 + second) * 1'000'000 + microsecond)};
}

std::optional<std::int64_t> part_of_duration(std::int64_t count, std::int64_t unit) noexcept {
  std::int64_t out = 0;
  if (__builtin_mul_overflow(count, unit, &out)) return std::nullopt;
  return out;
}

std::optional<std::int64_t> part_of_duration(double count, std::int64_t unit) noexcept {
  const double out = std::nearbyint(count * static_cast<double>(unit));
  if (!(out >= -0x1p63 && out < 0x1p63)) return std::nullopt;
  return static_cast<std::int64_t>(out);
}

std::int64_t unit_of_duration(std::string_view name) noexcept {
  if (name == "days") return day_length;
  if (name == "seconds") return 1'000'000;
  if (name == "microseconds") return 1;
  if (name == "milliseconds") return 1'000;
  if (name == "minutes") return 60'000'000;
  if (name == "hours") return 3'600'000'000;
  if (name == "weeks") return 7 * day_length;
  return 0;
}

std::optional<datetime> moved(datetime from, duration by) noexcept {
  std::int64_t out = 0;
  if (__builtin_add_overflow(from.time_since_epoch().count(), by.count(), &out)) return std::nullopt;
  if (out < first_day * day_length || out >= (last_day + 1) * day_length) return std::nullopt;
  return datetime(std::chrono::microseconds(out));
}

std::optional<date> moved(date from, duration by) noexcept {
  const std::int64_t days = std::chrono::floor<std::chrono::days>(by).count();
  const std::int64_t out = std::chrono::sys_days(from).time_since_epoch().count() + days;
  if (out < first_day || out > last_day) return std::nullopt;
  return date(std::chrono::sys_days(std::chrono::days(out)));
}

datetime now() {
  return datetime(std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()).time_since_epoch());
}

date today() { return date(std::chrono::floor<std::chrono::days>(now())); }

uuid random_uuid() {
  std::random_device source;
  uuid out;
  for (std::byte& octet : out.octets) octet = static_cast<std::byte>(source() & 0xffU);
  out.octets[6] = (out.octets[6] & std::byte{0x0f}) | std::byte{0x40};  // version 4
  out.octets[8] = (out.octets[8] & std::byte{0x3f}) | std::byte{0x80};  // variant of RFC 4122
  return out;
}

}  // namespace quarry::text
