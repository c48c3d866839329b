// Dates, times and durations from the numbers that a constructor was given: `date(2008, 6, 1)`, `timedelta(days=3)`.
#pragma once

#include <cstdint>
#include <optional>

#include <quarry/core/query/value.hpp>

namespace quarry::text {

/// Absent for a day that the calendar does not have; years 1 to 9999.
std::optional<date> make_date(std::int64_t year, std::int64_t month, std::int64_t day) noexcept;
std::optional<time_of_day> make_time(std::int64_t hour, std::int64_t minute, std::int64_t second,
                                     std::int64_t microsecond) noexcept;

/// One part of a duration in microseconds; absent beyond 64 bits. `unit` is the length of one in microseconds.
std::optional<std::int64_t> part_of_duration(std::int64_t count, std::int64_t unit) noexcept;
std::optional<std::int64_t> part_of_duration(double count, std::int64_t unit) noexcept;
/// Microseconds of "days", "hours", …, or 0 for a name that timedelta() does not have.
std::int64_t unit_of_duration(std::string_view name) noexcept;

/// The moment `by` after (or before) another; absent outside the years 1 to 9999.
std::optional<datetime> moved(datetime from, duration by) noexcept;
std::optional<date> moved(date from, duration by) noexcept;

date today();
datetime now();
uuid random_uuid();

}  // namespace quarry::text
