// Years and days as ranges: each comparison, range and list, plain and under `not`, of each column with values at and around the edges of
// years, weeks and days, over rows that lie there too. Optimized and not, in the interpreter and in a database, a query gives the same rows.
#include <gtest/gtest.h>

#include <array>
#include <chrono>

#include <quarry/ir/text/parse_catalog.hpp>

#include "support/checked_passes.hpp"
#include "support/interpreter.hpp"
#include "support/logical_builder.hpp"
#include "support/scratch_database.hpp"

namespace quarry::test {
namespace {

using namespace ir;

constexpr std::int64_t day_length = 86'400'000'000;

std::shared_ptr<const catalog> schema() {
  static const auto made = *parse_catalog(R"(catalog blog {
    model Entry { published: date?, changed: datetime? }
  })");
  return made;
}

std::int64_t day(int year, unsigned month, unsigned of_month) {
  using namespace std::chrono;
  return sys_days(std::chrono::year(year) / month / of_month).time_since_epoch().count();
}

/// Days around which something changes: the ends of the calendar, of a leap year, of years whose weeks begin in another year.
std::vector<std::int64_t> days() {
  return {day(1, 1, 1),      day(1, 12, 31),  day(2, 1, 1),     day(1969, 12, 31), day(1970, 1, 1),   day(2004, 12, 31),
          day(2005, 1, 1),   day(2005, 1, 2), day(2005, 1, 3),  day(2008, 2, 29),  day(2008, 12, 28), day(2008, 12, 29),
          day(2008, 12, 31), day(2009, 1, 1), day(2010, 1, 3),  day(2010, 1, 4),   day(9998, 12, 31), day(9999, 1, 1),
          day(9999, 1, 3),   day(9999, 1, 4), day(9999, 12, 31)};
}

table_rows rows() {
  std::vector<row> entries = {{std::int64_t{1}, null, null}};
  const auto add = [&](cell published, cell changed) {
    entries.push_back({static_cast<std::int64_t>(entries.size() + 1), std::move(published), std::move(changed)});
  };
  for (const std::int64_t d : days()) {
    add(d, d * day_length);
    add(d, d * day_length + 1);
    add(null, d * day_length + day_length - 1);
    add(d, d * day_length + day_length / 2);
  }
  table_rows out;
  out.of = {entries};
  return out;
}

class date_ranges : public testing::Test {
 protected:
  date_ranges() : tables_(rows()), database_(schema()) { database_.load(tables_); }

  void check(op part, const char* column, op comparison, std::int64_t value, bool negated) {
    cx_.reset(*schema());
    logical_builder make(cx_);
    param shape;
    shape.given = part == op::date_of ? scalar::date : scalar::int64;
    shape.calendar_year = part != op::date_of && is_calendar_year(value);
    const type given = part == op::date_of ? type(scalar::date, false) : types::int32;
    const expr_id wanted = cx_.param_ref(cx_.add_param(shape), given);
    const rel_id entry = make.scan("Entry");
    expr_id condition = cx_.make_op(comparison, {cx_.make_op(part, {make.col(entry, column)}), wanted});
    if (negated) condition = make.negated(condition);
    compare(entry, condition, {{value}});
  }

  /// Between the two values, or among all of them: `comparison` says which.
  void check_list(op part, const char* column, op comparison, const std::vector<cell>& values, bool negated) {
    cx_.reset(*schema());
    logical_builder make(cx_);
    const bool by_day = part == op::date_of;
    const type element = by_day ? type(scalar::date, false) : types::int32;
    param shape;
    shape.what = param::form::list;
    shape.calendar_year = !by_day;
    for (const cell& v : values) {
      if (is_null(v)) shape.has_null = true;
      else ++shape.length;
      if (!by_day && !is_null(v) && !is_calendar_year(std::get<std::int64_t>(v))) shape.calendar_year = false;
    }
    const std::uint32_t given = cx_.add_param(shape);
    const rel_id entry = make.scan("Entry");
    const expr_id of = cx_.make_op(part, {make.col(entry, column)});
    expr_id condition = comparison == op::between
        ? cx_.make_op(op::between, {of, cx_.param_ref(given, element, 1), cx_.param_ref(given, element, 2)})
        : cx_.make_op(op::in_array, {of, cx_.param_ref(given, type::array_of(element.kind()))});
    if (negated) condition = make.negated(condition);
    compare(entry, condition, {values});
  }

  static bool is_calendar_year(std::int64_t value) { return value >= 1 && value <= 9998; }

  /// The entries that satisfy it, optimized and not, in the interpreter and in the database.
  void compare(rel_id entry, expr_id condition, const param_values& values) {
    logical_builder make(cx_);
    const rel_id query = make.project(make.filter(entry, condition), {make.col(entry, "id")});
    const std::vector<row> expected = interpret(cx_, query, tables_, values);
    const rel_id optimized = passes_.run(cx_, query);
    for (const rel_id tree : {query, optimized}) {
      const std::vector<row> here = interpret(cx_, tree, tables_, values), there = database_.run(cx_, tree, values);
      EXPECT_TRUE(same_rows(here, expected, false))
          << to_text(values[0]) << '\n'
          << print(cx_, tree, stage::logical) << to_text(here) << to_text(expected);
      EXPECT_TRUE(same_rows(there, expected, false))
          << to_text(values[0]) << '\n'
          << print(cx_, tree, stage::logical) << database_.sql() << to_text(there) << to_text(expected);
    }
    ++count_;
  }

  void check_all(op part, const char* column, const std::vector<std::int64_t>& values) {
    for (const op comparison : {op::eq, op::ne, op::lt, op::le, op::gt, op::ge})
      for (const std::int64_t value : values)
        for (const bool negated : {false, true})
          if (!HasFailure()) check(part, column, comparison, value, negated);
  }

  context cx_;
  table_rows tables_;
  scratch_database database_;
  checked_passes passes_;
  std::uint64_t count_ = 0;
};

TEST_F(date_ranges, hold_the_years_that_the_parts_of_dates_are_of) {
  const std::vector<std::int64_t> years = {-1, 0, 1, 2, 1969, 1970, 2004, 2005, 2008, 2009, 2010, 9998, 9999, 10000};
  for (const char* column : {"published", "changed"})
    for (const op part : {op::year, op::iso_year}) check_all(part, column, years);
  // Of the fourteen years, -1, 0, 9999 and 10000 have no first or last day that every database knows.
  EXPECT_EQ(passes_.fired().at("range-dates"), count_ / 14 * 10);
}

TEST_F(date_ranges, hold_the_moments_of_a_day) {
  check_all(op::date_of, "changed", days());
  EXPECT_EQ(passes_.fired().at("range-dates"), count_);
}

TEST_F(date_ranges, hold_what_lies_between_years_and_between_days) {
  const std::vector<std::int64_t> years = {0, 1, 2004, 2008, 2009, 9998, 9999};
  std::uint64_t of_the_calendar = 0;
  for (const op part : {op::year, op::iso_year})
    for (const std::int64_t from : years)
      for (const std::int64_t to : years)
        for (const bool negated : {false, true}) {
          if (HasFailure()) return;
          check_list(part, part == op::year ? "changed" : "published", op::between, {from, to}, negated);
          of_the_calendar += is_calendar_year(from) && is_calendar_year(to) ? 1 : 0;
        }
  EXPECT_EQ(passes_.fired().at("range-dates"), of_the_calendar);
  for (const std::int64_t from : days())
    for (const std::int64_t to : {day(1, 1, 1), day(2005, 1, 1), day(2009, 1, 1), day(9999, 12, 31)})
      if (!HasFailure()) check_list(op::date_of, "changed", op::between, {from, to}, false);
  EXPECT_EQ(passes_.fired().at("range-dates"), of_the_calendar + 4 * days().size());
}

TEST_F(date_ranges, hold_each_year_and_day_of_a_short_list) {
  const std::int64_t beyond = 10000;
  const std::vector<std::vector<cell>> years = {{2008},          {2008, 2009},
                                                {2008, null},    {2004, 2004, 1},
                                                {9998, 1970, 2}, {1, 2, 3, 4, 5, 6, 7, 2008},
                                                {2008, beyond},  {1, 2, 3, 4, 5, 6, 7, 8, 2009}};
  for (const op part : {op::year, op::iso_year})
    for (const std::vector<cell>& list : years)
      for (const bool negated : {false, true})
        if (!HasFailure()) check_list(part, part == op::year ? "published" : "changed", op::in_array, list, negated);
  EXPECT_EQ(passes_.fired().at("range-dates"), 2 * 2 * (years.size() - 2)) << "not beyond the calendar, nor of nine";
  const std::vector<std::int64_t> all = days();
  for (std::size_t i = 0; i + 3 <= all.size(); ++i)
    if (!HasFailure())
      check_list(op::date_of, "changed", op::in_array, {all[i], null, all[i + 1], all[i + 2]}, i % 2 == 0);
}

}  // namespace
}  // namespace quarry::test
