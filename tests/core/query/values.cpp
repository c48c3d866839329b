// Values: what texts are dates, times, decimals and UUIDs; how values become operands.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include <quarry/core/errors.hpp>
#include <quarry/core/query/value.hpp>

namespace quarry {
namespace {

using namespace std::chrono_literals;
using std::chrono::day;
using std::chrono::month;
using std::chrono::year;

TEST(values, a_date_is_read_and_written_in_iso_form) {
  const auto d = parse_date("2008-06-01");
  ASSERT_TRUE(d);
  EXPECT_EQ(*d, date(year{2008}, month{6}, day{1}));
  EXPECT_EQ(to_text(*d), "2008-06-01");
}

TEST(values, the_first_and_the_last_year_are_1_and_9999) {
  for (const char* text : {"0001-01-01", "9999-12-31"}) {
    const auto d = parse_date(text);
    ASSERT_TRUE(d) << text;
    EXPECT_EQ(to_text(*d), text);
  }
  EXPECT_FALSE(parse_date("0000-12-31"));
  EXPECT_FALSE(parse_date("10000-01-01"));
}

TEST(values, what_no_calendar_has_is_no_date) {
  for (const char* text : {"", "2008", "2008-6-1", "2008-06-31", "2008-13-01", "2008-00-10", "2008-06-00", "2007-02-29",
                           "2008-06-01 ", " 2008-06-01", "2008/06/01", "-008-06-01", "2008-06-01T00:00"}) {
    const auto d = parse_date(text);
    ASSERT_FALSE(d) << text;
    EXPECT_EQ(d.error().id, ir::diag::wrong_value);
    EXPECT_EQ(ir::exception_name(d.error()), "ValidationError");
    if (*text != '\0') {
      EXPECT_EQ(d.error().message.find(text), std::string::npos) << "a message never holds the value";
    }
  }
  EXPECT_TRUE(parse_date("2008-02-29"));
}

TEST(values, a_datetime_has_a_T_or_a_blank_and_an_optional_fraction) {
  struct {
    const char* text;
    const char* written;
  } const cases[] = {{"2008-06-01T12:30:05", "2008-06-01T12:30:05"},
                     {"2008-06-01 12:30", "2008-06-01T12:30:00"},
                     {"2008-06-01", "2008-06-01T00:00:00"},
                     {"1969-12-31T23:59:59.999999", "1969-12-31T23:59:59.999999"},
                     {"2008-06-01T12:30:05.5", "2008-06-01T12:30:05.500000"},
                     {"0001-01-01T00:00:00.000001", "0001-01-01T00:00:00.000001"}};
  for (const auto& c : cases) {
    const auto t = parse_datetime(c.text);
    ASSERT_TRUE(t) << c.text;
    EXPECT_EQ(to_text(*t), c.written);
  }
  for (const char* text :
       {"", "2008-06-01T", "2008-06-01T24:00", "2008-06-01T12:60", "2008-06-01T12:30:60", "2008-06-01T12:30:05.",
        "2008-06-01T12:30:05.1234567", "2008-06-01T12:30:05Z", "2008-06-01x12:30", "2008-06-31T12:30"})
    EXPECT_FALSE(parse_datetime(text)) << text;
}

TEST(values, a_moment_before_1970_is_a_negative_number) {
  EXPECT_EQ(parse_datetime("1969-12-31T23:59:59.999999")->time_since_epoch(), -1us);
}

TEST(values, a_time_of_day_is_read_and_written) {
  EXPECT_EQ(parse_time("23:59:59.000001")->since_midnight, 24h - 1s + 1us);
  EXPECT_EQ(to_text(*parse_time("07:05")), "07:05:00");
  EXPECT_EQ(to_text(*parse_time("07:05:09.25")), "07:05:09.250000");
  for (const char* text : {"", "7:05", "24:00", "07:05:", "07:05:09.", "07:05 "})
    EXPECT_FALSE(parse_time(text)) << text;
}

TEST(values, a_decimal_keeps_its_text) {
  for (const char* text : {"0", "-12.50", "007", "1e10", "1.5E-7", "2e+3"}) {
    const auto d = decimal::parse(text);
    ASSERT_TRUE(d) << text;
    EXPECT_EQ(d->text(), text);
  }
  for (const char* text : {"", "-", ".5", "5.", "+1", "1e", "1e+", "NaN", "Infinity", "1,5", " 1", "1 ", "--1", "0x10"})
    EXPECT_FALSE(decimal::parse(text)) << text;
}

TEST(values, a_uuid_is_read_with_and_without_hyphens) {
  const char* const text = "12345678-9abc-def0-1234-56789abcdef0";
  const auto u = uuid::parse(text);
  ASSERT_TRUE(u);
  EXPECT_EQ(u->text(), text);
  EXPECT_EQ(*uuid::parse("123456789ABCDEF0123456789abcdef0"), *u);
  for (const char* wrong : {"", "1234", "12345678-9abc-def0-1234-56789abcdef", "12345678-9abc-def0-1234-56789abcdef01",
                            "123456789-abc-def0-1234-56789abcdef0", "g2345678-9abc-def0-1234-56789abcdef0",
                            "123456789abcdef0123456789abcdef01"})
    EXPECT_FALSE(uuid::parse(wrong)) << wrong;
}

TEST(values, each_value_has_a_name_for_people) {
  EXPECT_EQ(describe(value()), "None");
  EXPECT_EQ(describe(value(nullptr)), "None");
  EXPECT_EQ(describe(value(true)), "a boolean");
  EXPECT_EQ(describe(value(3)), "an integer");
  EXPECT_EQ(describe(value(3LL)), "an integer");
  EXPECT_EQ(describe(value("x")), "a text");
  EXPECT_EQ(describe(value(2.5)), "a float");
  EXPECT_EQ(describe(value(*decimal::parse("1.5"))), "a decimal");
  EXPECT_EQ(describe(value(uuid())), "a UUID");
  EXPECT_EQ(describe(value(json{"{}"})), "a JSON document");
  EXPECT_EQ(describe(value(value_list{1, nullptr})), "a list");
}

TEST(values, an_operand_borrows_what_the_value_holds) {
  std::vector<std::unique_ptr<detail::operand[]>> keep;
  const value text("a text");
  EXPECT_EQ(detail::borrow(text, keep).bytes_view().data(), text.get_if<std::string>()->data());
  const detail::operand d = detail::borrow(value(date(year{1970}, month{1}, day{11})), keep);
  EXPECT_EQ(d.integer, 10);
  EXPECT_EQ(d.type, ir::scalar::date);
  EXPECT_EQ(detail::borrow(value(datetime(5us)), keep).integer, 5);
  EXPECT_EQ(detail::borrow(value(time_of_day{7us}), keep).type, ir::scalar::time);
  EXPECT_EQ(detail::borrow(value(uuid()), keep).size, 16U);
  EXPECT_EQ(detail::borrow(value(), keep).form, detail::operand_form::null);
  EXPECT_TRUE(keep.empty());

  const value list(value_list{1, nullptr, "x"});
  const detail::operand l = detail::borrow(list, keep);
  ASSERT_EQ(l.form, detail::operand_form::list);
  ASSERT_EQ(l.size, 3U);
  EXPECT_EQ(l.items[0].integer, 1);
  EXPECT_EQ(l.items[1].form, detail::operand_form::null);
  EXPECT_EQ(l.items[2].bytes_view(), "x");
}

TEST(values, a_date_that_no_calendar_has_becomes_no_operand) {
  std::vector<std::unique_ptr<detail::operand[]>> keep;
  EXPECT_THROW(detail::borrow(value(date(year{2007}, month{2}, day{29})), keep), validation_error);
}

}  // namespace
}  // namespace quarry
