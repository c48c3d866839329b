#include <chrono>
#include <cmath>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "plugins/sqlite/driver.hpp"

// The SQL functions of the plugin.
namespace quarry::test::sqlite {
namespace {

class sqlite_functions : public testing::Test {
 protected:
  std::string is(const std::string& expression) { return db.one("SELECT " + expression); }
  std::uint32_t fails(const std::string& expression) {
    return failed([&] { db.one("SELECT " + expression); }).category;
  }
  connection db;
};

TEST_F(sqlite_functions, case_mapping_is_simple_and_of_unicode) {
  EXPECT_EQ(is("quarry_upper('straße ÄÖ é ñ я ω ﬀ 😀')"), "STRAßE ÄÖ É Ñ Я Ω ﬀ 😀");
  EXPECT_EQ(is("quarry_lower('STRASSE ÄÖ É Ñ Я Ω')"), "strasse äö é ñ я ω");
  EXPECT_EQ(is("quarry_upper('ſ ı ǆ ÿ')"), "S I Ǆ Ÿ");
  EXPECT_EQ(is("quarry_lower('K')"), "k") << "the Kelvin sign";
  EXPECT_EQ(is("quarry_upper(NULL)"), "NULL");
  EXPECT_EQ(is("quarry_upper('')"), "");
  EXPECT_EQ(is("hex(quarry_upper(CAST(x'61ff62' AS TEXT)))"), "41FF42") << "what is no UTF-8 is kept";
}

TEST_F(sqlite_functions, digests_are_of_the_utf_8) {
  EXPECT_EQ(is("quarry_md5('')"), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(is("quarry_md5('é')"), is("quarry_md5(CAST(x'c3a9' AS TEXT))"));
  EXPECT_EQ(is("quarry_sha1('abc')"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(is("quarry_sha224('')"), "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f");
  EXPECT_EQ(is("quarry_sha256('')"), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(is("quarry_sha384('')"),
            "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b");
  EXPECT_EQ(
      is("quarry_sha512('')"),
      "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81"
      "a538327af927da3e");
  EXPECT_EQ(is("quarry_md5(NULL)"), "NULL");
}

TEST_F(sqlite_functions, documents_hold_documents) {
  const auto holds = [&](const std::string& whole, const std::string& part) {
    return is("quarry_json_contains('" + whole + "', '" + part + "')");
  };
  EXPECT_EQ(holds(R"({"a": {"b": [1, {"c": 2}]}})", R"({"a": {"b": [{"c": 2.0}]}})"), "1");
  EXPECT_EQ(holds(R"({"a": 1})", R"({"a": 1, "b": 2})"), "0");
  EXPECT_EQ(holds("[1, 2, 3]", "[3, 1, 1]"), "1");
  EXPECT_EQ(holds("[1, 2]", "2"), "1");
  EXPECT_EQ(holds("[[1, 2]]", "2"), "0");
  EXPECT_EQ(holds("[[1, 2]]", "[2]"), "0") << "a single element counts at the top alone";
  EXPECT_EQ(holds("[[1, 2]]", "[[2]]"), "1");
  EXPECT_EQ(holds("2", "[2]"), "0");
  EXPECT_EQ(holds(R"(["a\"]b"])", R"("a\"]b")"), "1") << "brackets and quotes in texts";
  EXPECT_EQ(holds(R"({"x,}": null})", R"({"x,}": null})"), "1");
  EXPECT_EQ(holds("{}", "[]"), "0");
  EXPECT_EQ(is("quarry_json_contains(NULL, '1')"), "NULL");
  EXPECT_EQ(fails("quarry_json_contains('{', '1')"), QUARRY_ERROR_DATA);
}

TEST_F(sqlite_functions, documents_have_a_least_and_a_greatest) {
  const std::string rows = R"( FROM (VALUES ('7'), ('10'), (NULL), ('"a"'), ('9.5')))";
  EXPECT_EQ(is("quarry_json_min(column1)" + rows), "7");
  EXPECT_EQ(is("quarry_json_max(column1)" + rows), R"("a")") << "numbers before texts";
  EXPECT_EQ(is("quarry_json_max(column1)" + rows + " WHERE column1 <> '\"a\"'"), "10");
  EXPECT_EQ(is("quarry_json_max(column1)" + rows + " WHERE 0"), "NULL");
}

TEST_F(sqlite_functions, values_become_documents) {
  EXPECT_EQ(is("quarry_to_json('a\"b')"), R"("a\"b")");
  EXPECT_EQ(is("quarry_to_json(12)"), "12");
  EXPECT_EQ(is("quarry_to_json(1.5)"), "1.5");
  EXPECT_EQ(is("quarry_to_json(NULL)"), "NULL");
  EXPECT_EQ(is("quarry_json_boolean(1)"), "true");
  EXPECT_EQ(fails("quarry_to_json(x'00')"), QUARRY_ERROR_DATA);
}

TEST_F(sqlite_functions, texts_are_joined_in_an_order) {
  const std::string rows = " FROM (VALUES ('b', 2), ('a', 1), ('c', NULL), ('a', 3), (NULL, 0))";
  EXPECT_EQ(is("quarry_string_agg('a', column1, '-', column2)" + rows), "c-a-b-a");
  EXPECT_EQ(is("quarry_string_agg('A', column1, '-', column2)" + rows), "a-b-a-c");
  EXPECT_EQ(is("quarry_string_agg('d', column1, '-', column2)" + rows), "a-b-a-c");
  EXPECT_EQ(is("quarry_string_agg('D', column1, '-', column2)" + rows), "c-a-b-a");
  EXPECT_EQ(is("quarry_string_agg('u', column1, ', ')" + rows), "a, b, c");
  EXPECT_EQ(is("quarry_string_agg('ud', column1, ', ', column2)" + rows), "a, b, c");
  EXPECT_EQ(is("quarry_string_agg('da', column1, '', length(column1), column2)" + rows), "caba");
  EXPECT_EQ(is("quarry_string_agg('', column1, '+') FILTER (WHERE column2 > 9)" + rows), "NULL");
}

TEST_F(sqlite_functions, durations_are_scaled_to_the_microsecond) {
  EXPECT_EQ(is("quarry_duration_scale(5400000000, 1.5)"), "8100000000");
  EXPECT_EQ(is("quarry_duration_scale(10, 0.25)"), "3");
  EXPECT_EQ(is("quarry_duration_scale(9007199254740993, 1)"), "9007199254740993");
  EXPECT_EQ(fails("quarry_duration_scale(9007199254740993, 100000)"), QUARRY_ERROR_DATA);
  EXPECT_EQ(is("quarry_duration_scale(NULL, 2)"), "NULL");
}

TEST_F(sqlite_functions, the_texts_with_a_prefix_end_before_the_next_one) {
  EXPECT_EQ(is("quarry_prefix_end('ab')"), "ac");
  EXPECT_EQ(is("quarry_prefix_end('Zo\u00eb')"), "Zo\u00ec");
  EXPECT_EQ(is("hex(quarry_prefix_end(char(0x61, 0x7f)))"), "61C280");
  EXPECT_EQ(is("quarry_prefix_end(char(0xd7ff)) = char(0xe000)"), "1");
  EXPECT_EQ(is("quarry_prefix_end(char(0x62, 0x10ffff))"), "c");
  EXPECT_EQ(is("char(0x10ffff, 0x10ffff) < quarry_prefix_end(char(0x10ffff))"), "1");
  EXPECT_EQ(is("char(0x10ffff) < quarry_prefix_end('')"), "1");
  EXPECT_EQ(is("quarry_prefix_end(NULL)"), "NULL");
}

TEST_F(sqlite_functions, prefixes_and_suffixes_go_by_code_point) {
  EXPECT_EQ(is("quarry_startswith('Beatles', 'Bea')"), "1");
  EXPECT_EQ(is("quarry_startswith('Beatles', 'bea')"), "0");
  EXPECT_EQ(is("quarry_startswith('Beatles', '')"), "1");
  EXPECT_EQ(is("quarry_startswith('a%b', 'a%')"), "1");
  EXPECT_EQ(is("quarry_startswith('axb', 'a%')"), "0");
  EXPECT_EQ(is("quarry_endswith('Lennon', 'non')"), "1");
  EXPECT_EQ(is("quarry_endswith('Lennon', '')"), "1");
  EXPECT_EQ(is("quarry_endswith('non', 'Lennon')"), "0");
  EXPECT_EQ(is("quarry_endswith('Lennon', NULL)"), "NULL");
  EXPECT_EQ(is("instr('Lennon', '') > 0"), "1") << "contains of an empty text";
}

TEST_F(sqlite_functions, case_blind_tests_use_the_mapping) {
  EXPECT_EQ(is("quarry_icontains('Der ÄRGER', 'ärg')"), "1");
  EXPECT_EQ(is("quarry_icontains('Der Arger', 'ärg')"), "0");
  EXPECT_EQ(is("quarry_istartswith('Ärger', 'äR')"), "1");
  EXPECT_EQ(is("quarry_iendswith('GRÜN', 'ün')"), "1");
  EXPECT_EQ(is("quarry_icontains('x', NULL)"), "NULL");
  EXPECT_EQ(db.one("SELECT group_concat(quarry_icontains('abc', value)) FROM json_each('[\"A\",\"z\",\"BC\"]')"),
            "1,0,1")
      << "what is looked for may differ from row to row";
}

TEST_F(sqlite_functions, texts_are_filled_and_cut_by_code_point) {
  EXPECT_EQ(is("quarry_lpad('é', 3)"), "  é");
  EXPECT_EQ(is("quarry_lpad('aéb', 2, 'x')"), "aé") << "a longer text is cut at its end, also here";
  EXPECT_EQ(is("quarry_rpad('a', 6, 'éü')"), "aéüéüé");
  EXPECT_EQ(is("quarry_rpad('a', 3, '')"), "a") << "nothing to fill with";
  EXPECT_EQ(is("quarry_rpad('a', -1)"), "");
  EXPECT_EQ(is("quarry_right('aéb', 2)"), "éb");
  EXPECT_EQ(is("quarry_right('ab', 9)"), "ab");
  EXPECT_EQ(is("quarry_right('ab', 0)"), "");
  EXPECT_EQ(is("quarry_reverse('')"), "");
  EXPECT_EQ(is("quarry_repeat('é', -2)"), "");
  EXPECT_EQ(fails("quarry_repeat('0123456789', 1000000000000)"), QUARRY_ERROR_DATA);
  EXPECT_EQ(is("quarry_repeat('a', NULL)"), "NULL");
}

TEST_F(sqlite_functions, mathematics_gives_null_where_it_is_not_defined) {
  EXPECT_EQ(is("quarry_sqrt(-1)"), "NULL");
  EXPECT_EQ(is("quarry_ln(0)"), "NULL");
  EXPECT_EQ(is("quarry_log(1, 5)"), "NULL");
  EXPECT_EQ(is("quarry_asin(2)"), "NULL");
  EXPECT_EQ(is("quarry_exp(1000)"), "NULL");
  EXPECT_EQ(is("quarry_log(2, 8)"), "3");
  EXPECT_EQ(is("typeof(quarry_ceil(3)) || quarry_ceil(2.1)"), "integer3.0");
  EXPECT_EQ(is("quarry_floor(-2.1)"), "-3");
  EXPECT_EQ(is("quarry_sign(-0.5)"), "-1");
  EXPECT_EQ(is("quarry_degrees(quarry_pi())"), "180");
}

TEST_F(sqlite_functions, documents_have_one_normal_form) {
  EXPECT_EQ(is(R"(quarry_json(' { "b" : [1.0, 2e1, -0, 0.5] , "a" : {"x":null} } '))"),
            R"({"a":{"x":null},"b":[1,20,0,0.5]})");
  EXPECT_EQ(is(R"(quarry_json('"\u00e9 \ud83d\ude00 \/ \u0001 \" \n"'))"), R"("é 😀 / \u0001 \" \u000a")");
  EXPECT_EQ(is(R"(quarry_json('{"a": 1, "b": 2, "a": 3}'))"), R"({"a":3,"b":2})") << "the last of a name counts";
  EXPECT_EQ(is(R"(quarry_json('9223372036854775807'))"), "9223372036854775807");
  EXPECT_EQ(is(R"(quarry_json('[]') || quarry_json('{}') || quarry_json('""') || quarry_json('true'))"),
            R"([]{}""true)");
  EXPECT_EQ(is("quarry_json(NULL)"), "NULL");
  for (const char* wrong : {"", "{", "[1,]", "nul", "{1:2}", "\"a", "1 2", "\"\\x\"", "\"\\u12\"", "1.2.3", "-"})
    EXPECT_EQ(fails("quarry_json('" + std::string(wrong) + "')"), QUARRY_ERROR_DATA) << wrong;
  EXPECT_EQ(fails("quarry_json(replace(hex(zeroblob(5000)), '0', '['))"), QUARRY_ERROR_DATA);
}

TEST_F(sqlite_functions, documents_have_an_order_among_numbers_and_among_texts) {
  EXPECT_EQ(is("quarry_json_order('7', '10')"), "-1");
  EXPECT_EQ(is("quarry_json_order('7.5', '7')"), "1");
  EXPECT_EQ(is("quarry_json_order('7', '7.0')"), "0");
  EXPECT_EQ(is(R"(quarry_json_order('"b"', '"a"') > 0)"), "1");
  EXPECT_EQ(is(R"(quarry_json_order('"7"', '7'))"), "NULL");
  EXPECT_EQ(is("quarry_json_order('true', 'false')"), "NULL");
  EXPECT_EQ(is("quarry_json_order('null', 'null')"), "NULL");
}

TEST_F(sqlite_functions, regular_expressions_are_searched_for) {
  EXPECT_EQ(is("quarry_regexp('The Beatles', '^The +[A-Z]')"), "1");
  EXPECT_EQ(is("quarry_regexp('the Beatles', '^The')"), "0");
  EXPECT_EQ(is("quarry_iregexp('ÄRGER', 'ä.ger$')"), "1");
  EXPECT_EQ(is("quarry_regexp('naïve', '^\\w{5}$')"), "1") << "letters of Unicode";
  EXPECT_EQ(is("'abc' REGEXP 'b'"), "1");
  EXPECT_EQ(is("quarry_regexp(NULL, 'b')"), "NULL");
  EXPECT_EQ(db.one("SELECT group_concat(quarry_regexp('abc', value)) FROM json_each('[\"^a\",\"z\",\"c$\"]')"),
            "1,0,1");
}

TEST_F(sqlite_functions, a_bad_regular_expression_is_a_data_error) {
  EXPECT_EQ(fails("quarry_regexp('x', '(')"), QUARRY_ERROR_DATA);
  EXPECT_EQ(fails("quarry_regexp('x', '[a')"), QUARRY_ERROR_DATA);
  EXPECT_EQ(fails("quarry_regexp('x', '\\C')"), QUARRY_ERROR_DATA);
}

TEST_F(sqlite_functions, a_regular_expression_that_never_ends_is_stopped) {
  auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(fails("quarry_regexp(replace(hex(zeroblob(20)), '0', 'a') || 'b', '^(a+)+$')"), QUARRY_ERROR_DATA);
  EXPECT_EQ(fails("quarry_regexp(replace(hex(zeroblob(20)), '0', 'a') || 'b', '^(a|a)*$')"), QUARRY_ERROR_DATA);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
  EXPECT_EQ(is("quarry_regexp('a', 'a')"), "1");
}

TEST_F(sqlite_functions, many_patterns_are_compiled_again) {
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(is("quarry_regexp('x" + std::to_string(i) + "', 'x" + std::to_string(i) + "$')"), "1");
}

TEST_F(sqlite_functions, parts_of_dates) {
  const std::pair<const char*, const char*> parts[] = {
      {"year", "2008"},  {"month", "12"},       {"day", "31"},  {"quarter", "4"}, {"week", "1"},   {"iso_year", "2009"},
      {"week_day", "4"}, {"iso_week_day", "3"}, {"hour", "23"}, {"minute", "59"}, {"second", "58"}};
  for (auto [name, expected] : parts) {
    EXPECT_EQ(is("quarry_" + std::string(name) + "('2008-12-31 23:59:58.999999')"), expected) << name;
    EXPECT_EQ(is("quarry_" + std::string(name) + "(NULL)"), "NULL") << name;
  }
  EXPECT_EQ(is("quarry_week('2005-01-01')"), "53");
  EXPECT_EQ(is("quarry_iso_year('2005-01-01')"), "2004");
  EXPECT_EQ(is("quarry_week_day('2008-06-01')"), "1") << "a Sunday";
  EXPECT_EQ(is("quarry_iso_week_day('2008-06-01')"), "7");
  EXPECT_EQ(is("quarry_iso_week_day('0001-01-01')"), "1");
  EXPECT_EQ(is("quarry_hour('12:30:00')"), "12");
  EXPECT_EQ(fails("quarry_year('12:30:00')"), QUARRY_ERROR_DATA);
  EXPECT_EQ(fails("quarry_year('soon')"), QUARRY_ERROR_DATA);
  EXPECT_EQ(fails("quarry_year(2008)"), QUARRY_ERROR_DATA);
}

TEST_F(sqlite_functions, truncation_keeps_the_kind) {
  const std::pair<const char*, const char*> units[] = {
      {"year", "2008-01-01 00:00:00"},   {"quarter", "2008-07-01 00:00:00"}, {"month", "2008-08-01 00:00:00"},
      {"week", "2008-08-11 00:00:00"},   {"day", "2008-08-17 00:00:00"},     {"hour", "2008-08-17 13:00:00"},
      {"minute", "2008-08-17 13:45:00"}, {"second", "2008-08-17 13:45:59"}};
  for (auto [unit, expected] : units)
    EXPECT_EQ(is("quarry_trunc_" + std::string(unit) + "('2008-08-17 13:45:59.5')"), expected) << unit;
  EXPECT_EQ(is("quarry_trunc_month('2008-08-17')"), "2008-08-01");
  EXPECT_EQ(is("quarry_trunc_hour('13:45:59')"), "13:00:00");
  EXPECT_EQ(is("quarry_trunc_week('1969-12-31')"), "1969-12-29") << "before 1970";
}

TEST_F(sqlite_functions, dates_and_durations_add_up) {
  EXPECT_EQ(is("quarry_datetime_add('2008-02-28 23:59:59', 1000000)"), "2008-02-29 00:00:00");
  EXPECT_EQ(is("quarry_datetime_add('1970-01-01', -1)"), "1969-12-31 23:59:59.999999");
  EXPECT_EQ(is("quarry_date_add('2008-02-28', 86400000000)"), "2008-02-29");
  EXPECT_EQ(is("quarry_time_add('23:30:00', 3600000000)"), "00:30:00");
  EXPECT_EQ(is("quarry_time_add('00:30:00', -3600000000)"), "23:30:00");
  EXPECT_EQ(is("quarry_time_diff('2008-03-01', '2008-02-28')"), "172800000000");
  EXPECT_EQ(is("quarry_time_diff('10:00:00', '10:00:00.5')"), "-500000");
  EXPECT_EQ(is("quarry_datetime_add(NULL, 1)"), "NULL");
  EXPECT_EQ(fails("quarry_datetime_add('9999-12-31 23:59:59', 1000000)"), QUARRY_ERROR_DATA);
  EXPECT_EQ(fails("quarry_datetime_add('2008-01-01', 9223372036854775807)"), QUARRY_ERROR_DATA);
  EXPECT_EQ(fails("quarry_time_diff('10:00:00', '2008-01-01')"), QUARRY_ERROR_DATA);
}

TEST_F(sqlite_functions, parts_become_whole) {
  EXPECT_EQ(is("quarry_date('2008-06-01 10:00:00')"), "2008-06-01");
  EXPECT_EQ(is("quarry_time('2008-06-01 10:00:00.25')"), "10:00:00.250000");
  EXPECT_EQ(is("quarry_datetime('2008-06-01')"), "2008-06-01 00:00:00");
  EXPECT_EQ(is("quarry_datetime('2008-06-01T10:00')"), "2008-06-01 10:00:00");
  EXPECT_EQ(is("quarry_uuid('{00112233-4455-6677-8899-AABBCCDDEEFF}')"), "00112233445566778899aabbccddeeff");
  EXPECT_EQ(fails("quarry_uuid('0011')"), QUARRY_ERROR_DATA);
}

TEST_F(sqlite_functions, rounding_is_half_away_from_zero_in_decimal) {
  EXPECT_EQ(is("quarry_round(2.5)"), "3");
  EXPECT_EQ(is("quarry_round(-2.5)"), "-3");
  EXPECT_EQ(is("quarry_round(1.005, 2)"), "1.01");
  EXPECT_EQ(is("quarry_round(2.675, 2)"), "2.68");
  EXPECT_EQ(is("quarry_round(1234, -2)"), "1200");
  EXPECT_EQ(is("quarry_round(1250, -2)"), "1300");
  EXPECT_EQ(is("quarry_round(49, -2)"), "0");
  EXPECT_EQ(is("quarry_round(9223372036854775807, 2)"), "9223372036854775807");
  EXPECT_EQ(fails("quarry_round(9223372036854775807, -1)"), QUARRY_ERROR_DATA);
  EXPECT_EQ(is("quarry_round(0.5, NULL)"), "NULL");
}

TEST_F(sqlite_functions, arithmetic_of_decimals_gives_decimals) {
  EXPECT_EQ(is("0.1 + 0.2 = 0.3"), "0") << "what SQLite says by itself";
  EXPECT_EQ(is("quarry_decimal(0.1 + 0.2) = 0.3"), "1");
  EXPECT_EQ(is("quarry_decimal(1.1 * 1.1) = 1.21"), "1");
  EXPECT_EQ(is("quarry_decimal(0.3 - 0.1) = 0.2"), "1");
  EXPECT_EQ(is("quarry_decimal(9007199254740993)"), "9007199254740993") << "integers are exact already";
  EXPECT_EQ(fails("quarry_decimal(1e308 * 10)"), QUARRY_ERROR_DATA);
}

TEST_F(sqlite_functions, remainders_powers_and_bits) {
  EXPECT_EQ(is("quarry_mod(5.5, 0.1)"), "0");
  EXPECT_EQ(is("quarry_mod(-7.5, 2)"), "-1.5");
  EXPECT_EQ(is("quarry_mod(7.5, -2)"), "1.5");
  EXPECT_EQ(is("quarry_mod(1, 0)"), "NULL");
  EXPECT_EQ(is("quarry_power(2, 10)"), "1024");
  EXPECT_EQ(fails("quarry_power(-1, 0.5)"), QUARRY_ERROR_DATA);
  EXPECT_EQ(is("quarry_bit_xor(12, 10)"), "6");
  EXPECT_EQ(is("quarry_decimal_text(12.5, 2)"), "12.50");
}

TEST_F(sqlite_functions, random_numbers_lie_between_0_and_1_and_differ) {
  EXPECT_EQ(
      db.one("WITH RECURSIVE n (x, r) AS (VALUES (1, quarry_random()) UNION ALL SELECT x + 1, quarry_random() FROM n "
             "WHERE x < 1000) "
             "SELECT min(r) >= 0 AND max(r) < 1 AND count(DISTINCT r) = 1000 AND avg(r) BETWEEN 0.4 AND 0.6 FROM n"),
      "1");
}

std::string over(const std::string& aggregate, const std::string& values) {
  connection db;
  return db.one("SELECT " + aggregate + " FROM (VALUES " + values + ")", {}, QUARRY_TYPE_DECIMAL);
}

TEST(sqlite_aggregates, sums_of_decimals_are_exact) {
  EXPECT_EQ(over("quarry_decimal_sum(column1)", "(0.1), (0.2), (0.3)"), "0.6");
  EXPECT_EQ(over("quarry_decimal_sum(column1) = 0.6", "(0.1), (0.2), (0.3)"), "1");
  EXPECT_EQ(over("quarry_decimal_sum(column1)", "(9999999999999.99), (0.01)"), "10000000000000");
  EXPECT_EQ(over("quarry_decimal_sum(column1)", "(1e15), (0.1), (-1e15)"), "0.1") << "doubles would lose the 0.1";
  EXPECT_EQ(over("quarry_decimal_sum(column1)", "(NULL), (1.5)"), "1.5");
  EXPECT_EQ(over("quarry_decimal_sum(column1)", "(NULL)"), "NULL");
  EXPECT_EQ(over("quarry_decimal_sum(DISTINCT column1)", "(1.5), (1.5)"), "1.5");
  EXPECT_EQ(over("quarry_decimal_sum(column1)", "(9223372036854775807)"), "9223372036854775807");
}

TEST(sqlite_aggregates, a_sum_beyond_15_digits_is_an_error_not_a_wrong_number) {
  failure f = failed([] { over("quarry_decimal_sum(column1)", "(99999999999999.9), (0.01)"); });
  EXPECT_EQ(f.category, QUARRY_ERROR_DATA);
}

TEST(sqlite_aggregates, a_sum_of_rounded_results_is_rounded) {
  EXPECT_EQ(over("quarry_computed_sum(column1)", "(33.3333333333333), (0.333333333333333)"), "33.6666666666666");
  failure f = failed([] { over("quarry_decimal_sum(column1)", "(33.3333333333333), (0.333333333333333)"); });
  EXPECT_EQ(f.category, QUARRY_ERROR_DATA);
  f = failed([] { over("quarry_computed_sum(column1)", "(9999999999999.9), (0.001)"); });
  EXPECT_EQ(f.category, QUARRY_ERROR_DATA);
}

TEST(sqlite_aggregates, means_of_decimals) {
  EXPECT_EQ(over("quarry_decimal_avg(column1)", "(0.1), (0.2)"), "0.15");
  EXPECT_EQ(over("quarry_decimal_avg(column1)", "(1), (1), (2)"), "1.33333333333333");
  EXPECT_EQ(over("quarry_decimal_avg(column1)", "(NULL)"), "NULL");
}

TEST(sqlite_aggregates, spread_is_sound_for_large_values) {
  connection db;
  auto spread = [&](const std::string& name, const std::string& values) {
    return db.one("SELECT quarry_round(quarry_" + name + "(column1), 6) FROM (VALUES " + values + ")");
  };
  EXPECT_EQ(spread("var_pop", "(1000000000.1), (1000000000.2), (1000000000.3)"), "0.006667");
  EXPECT_EQ(spread("var_samp", "(2), (4), (4), (4), (5), (5), (7), (9)"), "4.571429");
  EXPECT_EQ(spread("stddev_pop", "(2), (4), (4), (4), (5), (5), (7), (9)"), "2");
  EXPECT_EQ(spread("stddev_samp", "(5)"), "NULL");
  EXPECT_EQ(spread("stddev_pop", "(5), (NULL)"), "0");
  EXPECT_EQ(spread("var_pop", "(NULL)"), "NULL");
}

TEST(sqlite_aggregates, move_with_a_window) {
  connection db;
  auto moving = [&](const std::string& function) {
    return db.one("SELECT group_concat(v, ' ') FROM (SELECT quarry_round(" + function +
                  "(column1) OVER (ORDER BY column1 ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), 4) AS v "
                  "FROM (VALUES (1), (2.5), (4)))");
  };
  EXPECT_EQ(moving("quarry_decimal_sum"), "1 3.5 6.5");
  EXPECT_EQ(moving("quarry_decimal_avg"), "1.0 1.75 3.25");
  EXPECT_EQ(moving("quarry_var_pop"), "0.0 0.5625 0.5625");
}

TEST(sqlite_json, paths_hold_keys_and_positions) {
  connection db;
  auto at = [&](const std::string& path) {
    return db.one("SELECT '{\"a\": {\"b.c\": [10, 20], \"1\": \"one\"}, \"\\\\\": 5}' ->> quarry_json_path(" + path +
                  ")");
  };
  EXPECT_EQ(at("'a', 'b.c', 1"), "20");
  EXPECT_EQ(at("'a', 'b.c', -1"), "20");
  EXPECT_EQ(at("'a', '1'"), "one");
  EXPECT_EQ(at("'\\'"), "5");
  EXPECT_EQ(at("'$'"), "NULL");
  EXPECT_EQ(failed([&] { at("'a\"b'"); }).category, QUARRY_ERROR_DATA);
}

}  // namespace
}  // namespace quarry::test::sqlite
