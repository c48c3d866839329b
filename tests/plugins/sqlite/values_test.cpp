#include <cmath>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "plugins/sqlite/driver.hpp"

// Values on their way into SQLite and back.
namespace quarry::test::sqlite {
namespace {

constexpr std::int64_t day_2008_06_01 = 14031;
constexpr std::int64_t noon = 12LL * 3600 * 1'000'000;
constexpr std::int64_t micros_a_day = 86'400'000'000;

// A value through a bind and back, asked for in a type.
std::string there_and_back(const value& v, std::uint32_t type) {
  connection db;
  return db.one("SELECT ?1", {v}, type);
}

std::string stored(const value& v) {
  connection db;
  return db.one("SELECT typeof(?1) || ' ' || ?1", {v}, QUARRY_TYPE_TEXT);
}

quarry_type decimal_type(std::uint16_t precision, std::uint16_t scale) {
  quarry_type type = type_of(QUARRY_TYPE_DECIMAL);
  type.precision = precision;
  type.scale = scale;
  return type;
}

std::string read_decimal(std::string_view sql, std::uint16_t precision, std::uint16_t scale,
                         const std::vector<value>& values = {}) {
  connection db;
  std::vector<quarry_type> binds;
  for (const value& v : values) binds.push_back(type_of(v.cell.type));
  statement read = db.prepare(sql, binds, {decimal_type(precision, scale)});
  read.execute(values);
  return read.all().at(0).at(0);
}

std::uint32_t refused(std::string_view expression, std::uint32_t type) {
  connection db;
  return failed([&] { db.one("SELECT " + std::string(expression), {}, type); }).category;
}

TEST(sqlite_values, every_type_comes_back_as_it_went) {
  EXPECT_EQ(there_and_back(integer(1, QUARRY_TYPE_BOOLEAN), QUARRY_TYPE_BOOLEAN), "true");
  EXPECT_EQ(there_and_back(integer(-7, QUARRY_TYPE_INT16), QUARRY_TYPE_INT16), "-7");
  EXPECT_EQ(there_and_back(integer(INT64_MIN), QUARRY_TYPE_INT64), "-9223372036854775808");
  EXPECT_EQ(there_and_back(real(0.1), QUARRY_TYPE_FLOAT64), "0.1");
  EXPECT_EQ(there_and_back(text("naïve 😀"), QUARRY_TYPE_TEXT), "naïve 😀");
  EXPECT_EQ(there_and_back(text(std::string("a\0b", 3)), QUARRY_TYPE_TEXT), std::string("a\0b", 3));
  EXPECT_EQ(there_and_back(text(""), QUARRY_TYPE_TEXT), "");
  EXPECT_EQ(there_and_back(text(std::string("\0\xff", 2), QUARRY_TYPE_BYTES), QUARRY_TYPE_BYTES), "00ff");
  EXPECT_EQ(there_and_back(text("", QUARRY_TYPE_BYTES), QUARRY_TYPE_BYTES), "");
  EXPECT_EQ(there_and_back(text("{\"a\": 1}", QUARRY_TYPE_JSON), QUARRY_TYPE_JSON), "{\"a\": 1}");
  EXPECT_EQ(there_and_back(text("0123456789abcdef", QUARRY_TYPE_UUID), QUARRY_TYPE_UUID),
            "30313233343536373839616263646566");
  EXPECT_EQ(there_and_back(integer(-719162, QUARRY_TYPE_DATE), QUARRY_TYPE_DATE), "-719162");
  EXPECT_EQ(there_and_back(integer(noon + 1, QUARRY_TYPE_TIME), QUARRY_TYPE_TIME), std::to_string(noon + 1));
  EXPECT_EQ(there_and_back(integer(-1, QUARRY_TYPE_DATETIME), QUARRY_TYPE_DATETIME), "-1");
  EXPECT_EQ(there_and_back(integer(-5, QUARRY_TYPE_DURATION), QUARRY_TYPE_DURATION), "-5");
  EXPECT_EQ(there_and_back(null(), QUARRY_TYPE_DATE), "NULL");
}

TEST(sqlite_values, are_stored_as_django_stores_them) {
  EXPECT_EQ(stored(integer(1, QUARRY_TYPE_BOOLEAN)), "integer 1");
  EXPECT_EQ(stored(integer(day_2008_06_01, QUARRY_TYPE_DATE)), "text 2008-06-01");
  EXPECT_EQ(stored(integer(noon, QUARRY_TYPE_TIME)), "text 12:00:00");
  EXPECT_EQ(stored(integer(noon + 250'000, QUARRY_TYPE_TIME)), "text 12:00:00.250000");
  EXPECT_EQ(stored(integer(day_2008_06_01 * micros_a_day + noon, QUARRY_TYPE_DATETIME)), "text 2008-06-01 12:00:00");
  EXPECT_EQ(stored(integer(60'000'000, QUARRY_TYPE_DURATION)), "integer 60000000");
  EXPECT_EQ(stored(text("0123456789abcdef", QUARRY_TYPE_UUID)), "text 30313233343536373839616263646566");
  EXPECT_EQ(stored(text("12.50", QUARRY_TYPE_DECIMAL)), "real 12.5");
  EXPECT_EQ(stored(text("12.00", QUARRY_TYPE_DECIMAL)), "integer 12");
  EXPECT_EQ(stored(text("-1E+3", QUARRY_TYPE_DECIMAL)), "integer -1000");
}

TEST(sqlite_values, decimals_are_exact_to_15_digits_and_refused_beyond) {
  connection db;
  db.run("CREATE TABLE p (price decimal(20, 6))");
  db.run("INSERT INTO p VALUES (?1)", {text("123456789.012345", QUARRY_TYPE_DECIMAL)});
  statement read = db.prepare("SELECT price FROM p", {}, {decimal_type(20, 6)});
  read.execute();
  EXPECT_EQ(read.all().at(0).at(0), "123456789.012345");
  failure f = failed([&] { db.run("INSERT INTO p VALUES (?1)", {text("1234567890.123456", QUARRY_TYPE_DECIMAL)}); });
  EXPECT_EQ(f.category, QUARRY_ERROR_DATA);
  EXPECT_EQ(f.text.find("1234567890"), std::string::npos) << "the value is not told: " << f.text;
  EXPECT_EQ(failed([&] { db.run("INSERT INTO p VALUES (?1)", {text("12,5", QUARRY_TYPE_DECIMAL)}); }).category,
            QUARRY_ERROR_DATA);
  EXPECT_EQ(failed([&] { db.run("INSERT INTO p VALUES (?1)", {text("", QUARRY_TYPE_DECIMAL)}); }).category,
            QUARRY_ERROR_DATA);
  EXPECT_EQ(db.one("SELECT count(*) FROM p"), "1");
}

TEST(sqlite_values, decimals_are_read_with_the_scale_that_is_asked) {
  EXPECT_EQ(read_decimal("SELECT 12", 10, 2), "12.00");
  EXPECT_EQ(read_decimal("SELECT 12.5", 10, 2), "12.50");
  EXPECT_EQ(read_decimal("SELECT 0.1 + 0.2", 10, 2), "0.30");
  EXPECT_EQ(read_decimal("SELECT 0.1 + 0.2", 0, 0), "0.3");
  EXPECT_EQ(read_decimal("SELECT -0.005", 10, 2), "-0.01");
  EXPECT_EQ(read_decimal("SELECT -0.004", 10, 2), "0.00");
  EXPECT_EQ(read_decimal("SELECT 99.995", 10, 2), "100.00");
  EXPECT_EQ(read_decimal("SELECT 1e20", 0, 0), "100000000000000000000");
  EXPECT_EQ(read_decimal("SELECT 1e-7", 0, 0), "0.0000001");
  EXPECT_EQ(read_decimal("SELECT 9223372036854775807", 0, 0), "9223372036854775807");
  EXPECT_EQ(read_decimal("SELECT '1.250'", 10, 2), "1.25");
  EXPECT_EQ(read_decimal("SELECT 0", 10, 3), "0.000");
}

TEST(sqlite_values, compare_as_numbers_where_they_are_decimals) {
  connection db;
  db.script("CREATE TABLE p (price decimal);\nINSERT INTO p VALUES (9), (10.5), (100)");
  EXPECT_EQ(db.one("SELECT group_concat(price) FROM (SELECT price FROM p WHERE price > ?1 ORDER BY price)",
                   {text("9.5", QUARRY_TYPE_DECIMAL)}),
            "10.5,100");
  EXPECT_EQ(db.one("SELECT count(*) FROM p WHERE price * 2 = ?1", {text("21.0", QUARRY_TYPE_DECIMAL)}), "1");
}

TEST(sqlite_values, integers_that_do_not_fit_are_an_error) {
  EXPECT_EQ(refused("40000", QUARRY_TYPE_INT16), QUARRY_ERROR_DATA);
  EXPECT_EQ(refused("3000000000", QUARRY_TYPE_INT32), QUARRY_ERROR_DATA);
  EXPECT_EQ(refused("9223372036854775807 + 1", QUARRY_TYPE_INT64), QUARRY_ERROR_DATA) << "SQLite makes a double of it";
  EXPECT_EQ(refused("-9223372036854775807 - 2", QUARRY_TYPE_INT64), QUARRY_ERROR_DATA);
  EXPECT_EQ(refused("1.5", QUARRY_TYPE_INT64), QUARRY_ERROR_DATA);
  EXPECT_EQ(refused("2", QUARRY_TYPE_BOOLEAN), QUARRY_ERROR_DATA);
}

TEST(sqlite_values, what_is_no_value_of_the_type_is_named) {
  connection db;
  failure f = failed([&] { db.one("SELECT 'soon' AS pub_date", {}, QUARRY_TYPE_DATE); });
  EXPECT_EQ(f.category, QUARRY_ERROR_DATA);
  EXPECT_EQ(f.text, "column 1 ('pub_date') holds a text that is not a date");
  EXPECT_EQ(refused("'2008-02-30'", QUARRY_TYPE_DATE), QUARRY_ERROR_DATA);
  EXPECT_EQ(refused("'2008-02-03 24:00:00'", QUARRY_TYPE_DATETIME), QUARRY_ERROR_DATA);
  EXPECT_EQ(refused("'2008-02-03 10:00:00'", QUARRY_TYPE_DATE), QUARRY_ERROR_DATA);
  EXPECT_EQ(refused("5", QUARRY_TYPE_DATE), QUARRY_ERROR_DATA);
  EXPECT_EQ(refused("'x'", QUARRY_TYPE_INT32), QUARRY_ERROR_DATA);
  EXPECT_EQ(refused("'x'", QUARRY_TYPE_FLOAT64), QUARRY_ERROR_DATA);
  EXPECT_EQ(refused("x'00'", QUARRY_TYPE_TEXT), QUARRY_ERROR_DATA);
  EXPECT_EQ(refused("'xyz'", QUARRY_TYPE_UUID), QUARRY_ERROR_DATA);
  EXPECT_EQ(refused("'1.5.2'", QUARRY_TYPE_DECIMAL), QUARRY_ERROR_DATA);
  EXPECT_EQ(refused("9e999", QUARRY_TYPE_DECIMAL), QUARRY_ERROR_DATA);
}

TEST(sqlite_values, other_ways_of_writing_are_understood) {
  connection db;
  EXPECT_EQ(db.one("SELECT '2008-06-01'", {}, QUARRY_TYPE_DATETIME), std::to_string(day_2008_06_01 * micros_a_day));
  EXPECT_EQ(db.one("SELECT '2008-06-01T12:00'", {}, QUARRY_TYPE_DATETIME),
            std::to_string(day_2008_06_01 * micros_a_day + noon));
  EXPECT_EQ(db.one("SELECT '2008-06-01 00:00:00'", {}, QUARRY_TYPE_DATE), std::to_string(day_2008_06_01));
  EXPECT_EQ(db.one("SELECT '12:00:00.1234567'", {}, QUARRY_TYPE_TIME), std::to_string(noon + 123'456));
  EXPECT_EQ(db.one("SELECT '00112233-4455-6677-8899-AABBCCDDEEFF'", {}, QUARRY_TYPE_UUID),
            "00112233445566778899aabbccddeeff");
  EXPECT_EQ(db.one("SELECT 5", {}, QUARRY_TYPE_TEXT), "5");
  EXPECT_EQ(db.one("SELECT 5.0", {}, QUARRY_TYPE_INT32), "5");
  EXPECT_EQ(db.one("SELECT 2.5", {}, QUARRY_TYPE_DURATION), "3") << "a mean of durations";
}

TEST(sqlite_values, an_unknown_type_takes_what_is_there) {
  connection db;
  std::vector<std::uint32_t> any(5, QUARRY_TYPE_UNKNOWN);
  EXPECT_EQ(db.rows("SELECT 1, 1.5, 'x', x'01', NULL", any), (std::vector<row>{{"1", "1.5", "x", "01", "NULL"}}));
}

TEST(sqlite_values, what_sqlite_cannot_hold_is_refused_on_the_way_in) {
  connection db;
  auto category = [&](const value& v) { return failed([&] { db.one("SELECT ?1", {v}); }).category; };
  EXPECT_EQ(category(real(std::numeric_limits<double>::quiet_NaN())), QUARRY_ERROR_DATA);
  EXPECT_EQ(category(integer(2'932'897, QUARRY_TYPE_DATE)), QUARRY_ERROR_DATA) << "the year 10000";
  EXPECT_EQ(category(integer(INT64_MAX, QUARRY_TYPE_DATE)), QUARRY_ERROR_DATA);
  EXPECT_EQ(category(integer(INT64_MIN, QUARRY_TYPE_DATETIME)), QUARRY_ERROR_DATA);
  EXPECT_EQ(category(integer(micros_a_day, QUARRY_TYPE_TIME)), QUARRY_ERROR_DATA);
  EXPECT_EQ(category(text("short", QUARRY_TYPE_UUID)), QUARRY_ERROR_DATA);
  value array = integer(0, QUARRY_TYPE_ARRAY);
  EXPECT_EQ(category(array), QUARRY_ERROR_UNSUPPORTED);
}

// The values of an execution are only valid during the call; rows that come later still depend on them.
TEST(sqlite_values, binds_are_kept_until_the_rows_are_read) {
  connection db;
  statement read =
      db.prepare("SELECT ?1 || value FROM json_each('[1,2,3]')", std::vector<value>{text("")}, {QUARRY_TYPE_TEXT});
  {
    std::vector<value> values{text("a text that lives on the heap and goes away ")};
    read.execute(values);
    values[0].bytes.assign(values[0].bytes.size(), '#');
  }
  EXPECT_EQ(read.next(1).at(0).at(0), "a text that lives on the heap and goes away 1");
  EXPECT_EQ(read.next(5).at(1).at(0), "a text that lives on the heap and goes away 3");
}

}  // namespace
}  // namespace quarry::test::sqlite
