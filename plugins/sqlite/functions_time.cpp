#include <cstdint>

#include <quarry/plugins/sqlite/functions.hpp>
#include <quarry/plugins/sdk/temporal.hpp>

namespace quarry::plugin::sqlite {

namespace {

moment moment_of(sqlite3_value* value) {
  if (sqlite3_value_type(value) != SQLITE_TEXT) throw data_error("not a date or time");
  auto found = parse_moment(text_of(value));
  if (!found) throw data_error("not a date or time");
  return *found;
}

moment dated(sqlite3_value* value) {
  moment m = moment_of(value);
  if (m.kind == moment_kind::time) throw data_error("a time has no date");
  return m;
}

// A time, or a datetime; the time of a date is midnight.
moment timed(sqlite3_value* value) { return moment_of(value); }

void give(sqlite3_context* to, moment m) {
  if (!in_range(m)) throw data_error("a date outside the years 1 to 9999");
  char text[longest_moment];
  result_text(to, {text, write_moment(text, m)});
}

std::int64_t day_number(moment m) { return floor_div(m.micros, micros_per_day); }
std::int64_t of_day(moment m) { return m.micros - day_number(m) * micros_per_day; }
int iso_week_day(std::int64_t days) {
  return static_cast<int>(floor_div(days + 3, 7) * -7 + days + 3) + 1;
}  // 1970-01-01 is a Thursday

struct iso_week {
  int year;
  int week;
};

// A week belongs to the year of its Thursday.
iso_week week_of(std::int64_t days) {
  std::int64_t thursday = days - iso_week_day(days) + 4;
  int year = civil(thursday).year;
  return {year, static_cast<int>((thursday - days_of(year, 1, 1)) / 7) + 1};
}

int year_of(moment m) { return civil(day_number(m)).year; }
int month_of(moment m) { return static_cast<int>(civil(day_number(m)).month); }
int day_of(moment m) { return static_cast<int>(civil(day_number(m)).day); }
int quarter_of(moment m) { return (month_of(m) + 2) / 3; }
int iso_year_of(moment m) { return week_of(day_number(m)).year; }
int week_number_of(moment m) { return week_of(day_number(m)).week; }
int iso_week_day_of(moment m) { return iso_week_day(day_number(m)); }
int week_day_of(moment m) { return iso_week_day_of(m) % 7 + 1; }
int hour_of(moment m) { return static_cast<int>(of_day(m) / (3600 * micros_per_second)); }
int minute_of(moment m) { return static_cast<int>(of_day(m) / (60 * micros_per_second) % 60); }
int second_of(moment m) { return static_cast<int>(of_day(m) / micros_per_second % 60); }

template <moment (*Read)(sqlite3_value*), int (*Part)(moment)>
void part(sqlite3_context* to, arguments args) {
  sqlite3_result_int(to, Part(Read(args[0])));
}

// The first moment of the unit; a date stays a date, a time a time.
moment midnight_of(moment m, std::int64_t days) {
  m.micros = days * micros_per_day;
  return m;
}
moment to_year(moment m) { return midnight_of(m, days_of(year_of(m), 1, 1)); }
moment to_quarter(moment m) {
  return midnight_of(m, days_of(year_of(m), static_cast<unsigned>(quarter_of(m) * 3 - 2), 1));
}
moment to_month(moment m) { return midnight_of(m, days_of(year_of(m), static_cast<unsigned>(month_of(m)), 1)); }
moment to_week(moment m) { return midnight_of(m, day_number(m) - iso_week_day_of(m) + 1); }
moment to_day(moment m) { return midnight_of(m, day_number(m)); }
template <std::int64_t Unit>
moment to_unit(moment m) {
  m.micros = floor_div(m.micros, Unit) * Unit;
  return m;
}

template <moment (*Read)(sqlite3_value*), moment (*Cut)(moment)>
void truncate(sqlite3_context* to, arguments args) {
  give(to, Cut(Read(args[0])));
}

void date(sqlite3_context* to, arguments args) {
  moment m = dated(args[0]);
  give(to, {moment_kind::date, day_number(m) * micros_per_day});
}

void time(sqlite3_context* to, arguments args) { give(to, {moment_kind::time, of_day(moment_of(args[0]))}); }
void datetime(sqlite3_context* to, arguments args) { give(to, {moment_kind::datetime, dated(args[0]).micros}); }

std::int64_t duration_of(sqlite3_value* value) {
  int type = sqlite3_value_numeric_type(value);
  if (type == SQLITE_INTEGER) return sqlite3_value_int64(value);
  double real = sqlite3_value_double(value);
  if (type != SQLITE_FLOAT || !(real > -9e18 && real < 9e18)) throw data_error("not a duration");
  return static_cast<std::int64_t>(real < 0 ? real - 0.5 : real + 0.5);
}

std::int64_t sum(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  if (__builtin_add_overflow(a, b, &result)) throw data_error("a date outside the years 1 to 9999");
  return result;
}

void datetime_add(sqlite3_context* to, arguments args) {
  give(to, {moment_kind::datetime, sum(dated(args[0]).micros, duration_of(args[1]))});
}

// The day on which the sum lies.
void date_add(sqlite3_context* to, arguments args) {
  std::int64_t micros = sum(dated(args[0]).micros, duration_of(args[1]));
  give(to, {moment_kind::date, floor_div(micros, micros_per_day) * micros_per_day});
}

// Goes round at midnight.
void time_add(sqlite3_context* to, arguments args) {
  std::int64_t step = duration_of(args[1]) % micros_per_day;
  std::int64_t micros = (of_day(timed(args[0])) + step + micros_per_day) % micros_per_day;
  give(to, {moment_kind::time, micros});
}

void time_diff(sqlite3_context* to, arguments args) {
  moment a = moment_of(args[0]);
  moment b = moment_of(args[1]);
  if ((a.kind == moment_kind::time) != (b.kind == moment_kind::time))
    throw data_error("a time and a date have no difference");
  sqlite3_result_int64(to, a.micros - b.micros);
}

}  // namespace

void register_time_functions(sqlite3* db) {
  define(db, "quarry_year", 1, strict<part<dated, year_of>>);
  define(db, "quarry_iso_year", 1, strict<part<dated, iso_year_of>>);
  define(db, "quarry_month", 1, strict<part<dated, month_of>>);
  define(db, "quarry_day", 1, strict<part<dated, day_of>>);
  define(db, "quarry_week", 1, strict<part<dated, week_number_of>>);
  define(db, "quarry_week_day", 1, strict<part<dated, week_day_of>>);
  define(db, "quarry_iso_week_day", 1, strict<part<dated, iso_week_day_of>>);
  define(db, "quarry_quarter", 1, strict<part<dated, quarter_of>>);
  define(db, "quarry_hour", 1, strict<part<timed, hour_of>>);
  define(db, "quarry_minute", 1, strict<part<timed, minute_of>>);
  define(db, "quarry_second", 1, strict<part<timed, second_of>>);

  define(db, "quarry_trunc_year", 1, strict<truncate<dated, to_year>>);
  define(db, "quarry_trunc_quarter", 1, strict<truncate<dated, to_quarter>>);
  define(db, "quarry_trunc_month", 1, strict<truncate<dated, to_month>>);
  define(db, "quarry_trunc_week", 1, strict<truncate<dated, to_week>>);
  define(db, "quarry_trunc_day", 1, strict<truncate<dated, to_day>>);
  define(db, "quarry_trunc_hour", 1, strict<truncate<timed, to_unit<3600 * micros_per_second>>>);
  define(db, "quarry_trunc_minute", 1, strict<truncate<timed, to_unit<60 * micros_per_second>>>);
  define(db, "quarry_trunc_second", 1, strict<truncate<timed, to_unit<micros_per_second>>>);

  define(db, "quarry_date", 1, strict<date>);
  define(db, "quarry_time", 1, strict<time>);
  define(db, "quarry_datetime", 1, strict<datetime>);
  define(db, "quarry_date_add", 2, strict<date_add>);
  define(db, "quarry_time_add", 2, strict<time_add>);
  define(db, "quarry_datetime_add", 2, strict<datetime_add>);
  define(db, "quarry_time_diff", 2, strict<time_diff>);
}

}  // namespace quarry::plugin::sqlite
