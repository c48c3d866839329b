// Parts of dates and times, by the calendar of the standard library.
#include <chrono>

#include <quarry/ir/model/type.hpp>

#include "support/cells.hpp"

namespace quarry::test {

using namespace quarry::ir;

namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::int64_t second = 1'000'000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;

std::int64_t floored(std::int64_t a, std::int64_t by) { return (a >= 0 ? a : a - by + 1) / by; }

std::int64_t number(sys_days d) { return d.time_since_epoch().count(); }

/// The Thursday of an ISO week lies in the week's year.
sys_days thursday_of(sys_days d) { return d - days(std::chrono::weekday(d).iso_encoding() - 1) + days(3); }

sys_days first_of(op o, sys_days d) {
  const year_month_day ymd(d);
  switch (o) {
    case op::trunc_year: return ymd.year() / std::chrono::January / 1;
    case op::trunc_quarter:
      return ymd.year() / std::chrono::month((static_cast<unsigned>(ymd.month()) - 1) / 3 * 3 + 1) / 1;
    case op::trunc_month: return ymd.year() / ymd.month() / 1;
    case op::trunc_week: return d - days(std::chrono::weekday(d).iso_encoding() - 1);
    default: return d;
  }
}

std::int64_t part_of_day(op o, sys_days d) {
  const year_month_day ymd(d);
  const std::chrono::weekday wd(d);
  switch (o) {
    case op::year: return static_cast<int>(ymd.year());
    case op::iso_year: return static_cast<int>(year_month_day(thursday_of(d)).year());
    case op::month: return static_cast<unsigned>(ymd.month());
    case op::day: return static_cast<unsigned>(ymd.day());
    case op::quarter: return (static_cast<unsigned>(ymd.month()) + 2) / 3;
    case op::week_day: return wd.c_encoding() + 1;
    case op::iso_week_day: return wd.iso_encoding();
    case op::week: {
      const sys_days thursday = thursday_of(d);
      const sys_days january = year_month_day(thursday).year() / std::chrono::January / 1;
      return (thursday - january).count() / 7 + 1;
    }
    default: unknown("the operation", info(o).name);
  }
}

}  // namespace

cell of_times(op o, const row& args, scalar first) {
  const auto* const given = std::get_if<std::int64_t>(&args[0]);
  if (given == nullptr || args.size() != 1) unknown("over " + to_text(args) + " the operation", info(o).name);
  const std::int64_t date = first == scalar::date ? *given : floored(*given, day);
  const std::int64_t time = first == scalar::date ? 0 : *given - date * day;
  const auto moment = [&](std::int64_t of_date, std::int64_t of_time) {
    return first == scalar::date ? of_date : of_date * day + of_time;
  };
  const sys_days d{days(date)};
  switch (o) {
    case op::date_of: return date;
    case op::time_of: return time;
    case op::hour: return time / hour;
    case op::minute: return time / minute % 60;
    case op::second: return time / second % 60;
    case op::trunc_hour: return moment(date, time / hour * hour);
    case op::trunc_minute: return moment(date, time / minute * minute);
    case op::trunc_second: return moment(date, time / second * second);
    case op::trunc_year:
    case op::trunc_quarter:
    case op::trunc_month:
    case op::trunc_week:
    case op::trunc_day: return moment(number(first_of(o, d)), 0);
    default: return part_of_day(o, d);
  }
}

// Searched for, day by day, by what of_times() says of each.
cell edge_of_period(op part, const cell& given, bool last, scalar type) {
  const std::int64_t wanted = std::get<std::int64_t>(given);
  std::int64_t date = wanted;
  if (part != op::date_of) {
    const auto part_of = [&](std::int64_t d) { return std::get<std::int64_t>(of_times(part, {d}, scalar::date)); };
    date = (wanted - 1970) * 365 + (wanted - 1970) / 4;  // near it
    while (part_of(date) < wanted) ++date;
    while (part_of(date) > wanted) --date;
    for (const std::int64_t step : {30, 1})
      while (part_of(last ? date + step : date - step) == wanted) date += last ? step : -step;
  }
  return type == scalar::date ? date : date * day + (last ? day - 1 : 0);
}

}  // namespace quarry::test
