#include "outline.hpp"

#include <cstdint>

namespace quarry::text::tests {
namespace {

using namespace std::string_literals;

/// What the only string in `source` stands for.
std::string value(std::string_view source) {
  const auto read = parse_statements(source);
  if (!read) return "refused: " + read.error().message;
  return std::string(read->text(read->as<syntax::expression_statement>(read->statements()[0]).value));
}

syntax::integer integer(const ir::result<syntax::tree>& read) {
  return read->as<syntax::integer>(read->as<syntax::expression_statement>(read->statements()[0]).value);
}

TEST(literals, strings_in_all_quotes) {
  EXPECT_EQ(value("'it is'"), "it is");
  EXPECT_EQ(value("\"it's\""), "it's");
  EXPECT_EQ(value("'''a 'b' \"c\"\nd'''"), "a 'b' \"c\"\nd");
  EXPECT_EQ(value("\"\"\"a\"b\"\"\""), "a\"b");
  EXPECT_EQ(value("''"), "");
  EXPECT_EQ(value("\"\"\"\"\"\""), "");
  EXPECT_EQ(value("'# no comment ; ('"), "# no comment ; (");
}

TEST(literals, escapes) {
  EXPECT_EQ(value(R"('\n\t\\\'\"\r\a\b\f\v')"), "\n\t\\'\"\r\a\b\f\v");
  EXPECT_EQ(value(R"('a\0b')"), "a\0b"s);
  EXPECT_EQ(value(R"('\x41\xe9\u20AC\U0001F600')"), "A\u00e9\u20ac\U0001F600");
  EXPECT_EQ(value(R"('\101\7')"), "A\x07");
  EXPECT_EQ(value("'one \\\nline'"), "one line");
  EXPECT_EQ(value(R"("\d+\.")"), R"(\d+\.)") << "an unknown escape keeps its backslash, as patterns expect";
  EXPECT_EQ(value("'''a\r\nb\rc'''"), "a\nb\nc");
}

TEST(literals, prefixes) {
  EXPECT_EQ(value(R"(r'\d\n')"), R"(\d\n)");
  EXPECT_EQ(value(R"(R"\"")"), R"(\")");
  EXPECT_EQ(value("u'x'"), "x");
  EXPECT_EQ(statements(R"(b'a\x00\xff')"), "b'a\0\xff'"s);
  EXPECT_EQ(statements(R"(rb'\x')"), R"(b'\x')");
  EXPECT_EQ(refusal_of("f'{x}'"), (refused{"an f-string is not part of the query language", "f", "", 0}));
  EXPECT_EQ(refusal_of("f(rF'{x}')").message, "an f-string is not part of the query language");
  EXPECT_EQ(refusal_of("zz'x'"), (refused{"expected no 'zz' before a string", "zz", "", 0}));
}

TEST(literals, adjacent_strings_are_one) {
  EXPECT_EQ(statements("f('a' \"b\"\n  r'\\c')"), "(call f 'ab\\c')");
  EXPECT_EQ(statements("b'a' b'b'"), "b'ab'");
  EXPECT_EQ(refusal_of("'a' b'b'"),
            (refused{"expected adjacent literals to be all strings or all bytes", "b'b'", "", 4}));
}

TEST(literals, text_of_any_language_stays_as_it_is) {
  EXPECT_EQ(value("'Zoë 日本 \U0001F600'"), "Zoë 日本 \U0001F600");
}

TEST(literals, wrong_escapes_point_at_themselves) {
  EXPECT_EQ(refusal_of(R"('ab\xg1')"), (refused{"expected 2 hexadecimal digits in this escape", R"(\x)", "", 3}));
  EXPECT_EQ(refusal_of(R"('\u12')").message, "expected 4 hexadecimal digits in this escape");
  EXPECT_EQ(refusal_of(R"('\ud800')"),
            (refused{"expected a Unicode character, which U+D800 is not", R"(\ud800)", "", 1}));
  EXPECT_EQ(refusal_of(R"('\U00110000')").message, "expected a Unicode character, which U+110000 is not");
  EXPECT_EQ(refusal_of(R"('\N{DASH}')").message, "the escape \\N{…} is not part of the query language");
  EXPECT_EQ(refusal_of("b'\u00e9'").message, "expected only ASCII characters and escapes in a bytes literal");
}

TEST(literals, strings_must_end) {
  EXPECT_EQ(refusal_of("f('abc)\nx"), (refused{"expected a closing ' for this string", "'", "", 2}));
  EXPECT_EQ(refusal_of("x = \"\"\"abc\n"), (refused{"expected a closing \"\"\" for this string", "\"\"\"", "", 4}));
  EXPECT_EQ(refusal_of("'abc\\"), (refused{"expected a closing ' for this string", "'", "", 0}));
}

TEST(literals, integers) {
  EXPECT_EQ(statements("[0, 7, 1_000, 0x1F, 0o17, 0b101, 00]"), "(list 0 7 1000 31 15 5 0)");
  const auto largest = parse_statements("18446744073709551615");
  EXPECT_EQ(integer(largest).magnitude, UINT64_MAX);
  EXPECT_EQ(refusal_of("007"), (refused{"expected a number without leading zeros", "007", "", 0}));
  EXPECT_EQ(refusal_of("1__0").message, "expected a digit on both sides of '_'");
  EXPECT_EQ(refusal_of("1_").message, "expected a digit on both sides of '_'");
  EXPECT_EQ(refusal_of("0b12").message, "expected digits of base 2 in this number");
  EXPECT_EQ(refusal_of("0x").message, "expected digits of base 16 in this number");
  EXPECT_EQ(refusal_of("3rd"), (refused{"expected a blank or a sign after this number, found 'rd'", "rd", "", 1}));
}

TEST(literals, integers_beyond_64_bits_keep_their_digits) {
  const auto read = parse_statements("123_456_789_012_345_678_901");
  ASSERT_TRUE(read);
  EXPECT_EQ(integer(read).text, "123456789012345678901");
  EXPECT_FALSE(integer(read).magnitude);
  EXPECT_EQ(statements("0xFFFF_FFFF_FFFF_FFFF_F"), "0xfffffffffffffffff");
}

TEST(literals, floats) {
  EXPECT_EQ(statements("[1.5, .5, 5., 1e3, 1E-3, 1_0.2_5, 0.1, 0.30000000000000004]"),
            "(list 1.5 0.5 5.0 1000.0 0.001 10.25 0.1 0.30000000000000004)");
  EXPECT_EQ(statements("1e-999"), "0.0");
  EXPECT_EQ(refusal_of("1e999"), (refused{"expected a float that 64 bits can hold", "1e999", "", 0}));
  const auto read = parse_statements("2.5e10");
  ASSERT_TRUE(read);
  const auto number = read->as<syntax::expression_statement>(read->statements()[0]).value;
  EXPECT_EQ(read->as<syntax::floating>(number).value, 2.5e10);
}

TEST(literals, constants) { EXPECT_EQ(statements("[None, True, False, ...]"), "(list None True False ...)"); }

}  // namespace
}  // namespace quarry::text::tests
