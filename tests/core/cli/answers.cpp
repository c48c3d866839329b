// When two answers are the same, and which answer of a case is right.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <quarry/core/cli/answers.hpp>
#include <quarry/core/cli/cases.hpp>

namespace quarry::cli {
namespace {

bool same(const char* expected, const char* actual, bool ordered = true) {
  return same_answer(boost::json::parse(expected), boost::json::parse(actual), ordered);
}

TEST(same_answers, keep_types_apart) {
  EXPECT_TRUE(same("1", "1.0"));
  EXPECT_FALSE(same("1", "true"));
  EXPECT_FALSE(same("true", "1"));
  EXPECT_FALSE(same("1", "\"1\""));
  EXPECT_FALSE(same("null", "0"));
  EXPECT_FALSE(same("null", "false"));
  EXPECT_TRUE(same("null", "null"));
  EXPECT_FALSE(same(R"({"$date": "2008-06-01"})", R"("2008-06-01")"));
  EXPECT_FALSE(same(R"({"$date": "2008-06-01"})", R"({"$datetime": "2008-06-01"})"));
}

TEST(same_answers, forgive_the_last_digits_of_numbers) {
  EXPECT_TRUE(same("0.3", "0.30000000000000004"));
  EXPECT_TRUE(same("1e12", "1000000000000.5"));
  EXPECT_FALSE(same("1e12", "1000000002000"));
  EXPECT_TRUE(same("0", "1e-10"));
  EXPECT_FALSE(same("0", "1e-8"));
  EXPECT_FALSE(same("9007199254740993", "9107199254740993"));
}

TEST(same_answers, compare_decimals_and_durations_by_value) {
  EXPECT_TRUE(same(R"({"$decimal": "12.50"})", R"({"$decimal": "12.5"})"));
  EXPECT_FALSE(same(R"({"$decimal": "12.50"})", R"({"$decimal": "12.51"})"));
  EXPECT_FALSE(same(R"({"$decimal": "12.50"})", "12.5"));
  EXPECT_FALSE(same(R"({"$decimal": "12.50"})", R"({"$decimal": "12.5x"})"));
  EXPECT_TRUE(same(R"({"$duration": 3})", R"({"$duration": 3.0000004})"));
  EXPECT_FALSE(same(R"({"$duration": 3})", R"({"$duration": 3.00001})"));
}

TEST(same_answers, have_the_same_keys_in_any_order) {
  EXPECT_TRUE(same(R"({"a": 1, "b": [2]})", R"({"b": [2], "a": 1})"));
  EXPECT_FALSE(same(R"({"a": 1})", R"({"a": 1, "b": null})"));
  EXPECT_FALSE(same(R"({"a": 1, "b": null})", R"({"a": 1})"));
  EXPECT_TRUE(same(R"({"$error": "FieldError"})", R"({"$error": "FieldError"})"));
  EXPECT_FALSE(same(R"({"$error": "FieldError"})", R"({"$error": "TypeError"})"));
}

TEST(same_answers, are_multisets_only_on_the_outside) {
  EXPECT_FALSE(same("[1, 2]", "[2, 1]"));
  EXPECT_TRUE(same("[1, 2, 2]", "[2, 1, 2]", false));
  EXPECT_FALSE(same("[1, 2, 2]", "[1, 1, 2]", false));
  EXPECT_FALSE(same("[1, 2]", "[1, 2, 2]", false));
  EXPECT_FALSE(same("[[1, 2], [3]]", "[[3], [2, 1]]", false));
  EXPECT_TRUE(same("[[1, 2], [3]]", "[[3], [1, 2]]", false));
}

conformance_case one_case(std::string_view line) {
  auto cases = read_cases(line);
  EXPECT_TRUE(cases && cases->size() == 1);
  return cases->front();
}

judge judge_of(std::string database, semantics s, aggregate_rule a = aggregate_rule::per_relation) {
  judge out{std::move(database), {}};
  out.rules.semantics = s;
  out.rules.aggregates = a;
  return out;
}

bool accepts(const judge& j, const conformance_case& c, const char* actual) {
  return j.accepts(c, boost::json::parse(actual));
}

TEST(a_case, has_the_answer_of_its_database_and_semantics) {
  const conformance_case c =
      one_case(R"({"id": "a", "expr": "1", "expect": 1, "expect_abc": 2, "expect_portable": 3, "django_expect": 4})");
  EXPECT_TRUE(accepts(judge_of("abc", semantics::native), c, "2"));
  EXPECT_TRUE(accepts(judge_of("xyz", semantics::native), c, "1"));
  EXPECT_TRUE(accepts(judge_of("abc", semantics::portable), c, "3"));
  EXPECT_FALSE(accepts(judge_of("abc", semantics::portable), c, "2"));
  EXPECT_TRUE(accepts(judge_of("abc", semantics::portable, aggregate_rule::django_joins), c, "4"));
}

TEST(a_case, is_skipped_where_it_says_so) {
  const conformance_case c = one_case(R"({"id": "a", "expr": "1", "expect": 1, "skip": {"abc": "no such type"}})");
  EXPECT_TRUE(judge_of("abc", semantics::portable).skips(c));
  EXPECT_FALSE(judge_of("xyz", semantics::portable).skips(c));
}

TEST(a_case, takes_the_finer_value_where_a_server_rounds) {
  const conformance_case c =
      one_case(R"({"id": "a", "expr": "1", "expect": 1.25, "expect_abc": 1.3, "rounding": ["abc"]})");
  for (const semantics s : {semantics::native, semantics::portable}) {
    EXPECT_TRUE(accepts(judge_of("abc", s), c, "1.25"));
    EXPECT_TRUE(accepts(judge_of("abc", s), c, "1.3"));
    EXPECT_FALSE(accepts(judge_of("abc", s), c, "1.2"));
  }
  EXPECT_FALSE(accepts(judge_of("xyz", semantics::native), c, "1.3"));
}

TEST(a_case, without_an_answer_is_not_judged) {
  EXPECT_TRUE(accepts(judge_of("abc", semantics::native), one_case(R"({"id": "a", "expr": "1"})"), "17"));
}

TEST(cases, stand_one_a_line) {
  const auto cases = read_cases(
      "{\"id\": \"a\", \"expr\": \"1\"}\n\n{\"id\": \"b\", \"expr\": \"2\", \"steps\": "
      "[\"x = 1\"], \"ordered\": false}\r\n");
  ASSERT_TRUE(cases);
  ASSERT_EQ(cases->size(), 2U);
  EXPECT_TRUE((*cases)[0].ordered);
  EXPECT_FALSE((*cases)[1].ordered);
  EXPECT_EQ((*cases)[1].steps, std::vector<std::string>{"x = 1"});
}

TEST(cases, that_cannot_be_read_name_their_line) {
  for (const char* wrong : {"\n[1]", "\n{\"id\": 1, \"expr\": \"1\"}", "\n{\"id\": \"a\"}", "\n{",
                            "\n{\"id\": \"a\", \"expr\": \"1\", \"steps\": [1]}"}) {
    const auto cases = read_cases(wrong);
    ASSERT_FALSE(cases) << wrong;
    EXPECT_NE(ir::render(cases.error()).find("line 2 of the cases"), std::string::npos) << ir::render(cases.error());
  }
}

}  // namespace
}  // namespace quarry::cli
