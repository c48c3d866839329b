#include "outline.hpp"

#include <quarry/core/text/unparse.hpp>

namespace quarry::text::tests {
namespace {

std::string repeated(std::string_view part, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += part;
  return out;
}

std::string nested(std::string_view open, std::string_view close, std::size_t levels) {
  return repeated(open, levels) + "x" + repeated(close, levels);
}

TEST(limits, brackets_nest_200_deep_and_no_deeper) {
  for (const auto& [open, close] : {std::pair{"(", ")"},
                                    {"[", "]"},
                                    {"{", "}"},
                                    {"f(", ")"},
                                    {"x[", "]"},
                                    {"{1:", "}"},
                                    {"f(a=", ")"},
                                    {"x[:", "]"},
                                    {"(1,", ")"},
                                    {"-(", ")"}}) {
    EXPECT_TRUE(parse_statements(nested(open, close, 200))) << open;
    const auto deeper = parse_statements(nested(open, close, 201));
    ASSERT_FALSE(deeper) << open;
    EXPECT_EQ(deeper.error().id, ir::diag::text_too_deep);
    EXPECT_EQ(deeper.error().message, "nested deeper than 200 levels");
  }
  EXPECT_EQ(parse_statements(repeated("(", 1'000'000)).error().id, ir::diag::text_too_deep);
}

TEST(limits, long_chains_are_deep_trees) {
  EXPECT_TRUE(parse_statements("x" + repeated(".a", 900)));
  for (const std::string& chain :
       {"x" + repeated(".a", 100'000), "x" + repeated("()", 100'000), "x" + repeated(" | x", 100'000),
        "x" + repeated(" ** x", 100'000), repeated("~", 100'000) + "x"}) {
    const auto read = parse_statements(chain);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().message, "nested deeper than 1000 levels");
  }
  EXPECT_TRUE(parse_statements(repeated("await ", 10'000) + "x")) << "await leaves no trace";
}

TEST(limits, the_deepest_tree_can_be_written_and_compared) {
  const auto read = parse_statements("x" + repeated(".a", 900));
  ASSERT_TRUE(read);
  const auto again = parse_statements(unparse(*read));
  ASSERT_TRUE(again);
  EXPECT_TRUE(same(*read, *again));
}

TEST(limits, classes_nest_no_deeper_than_brackets) {
  std::string source;
  for (std::size_t i = 0; i <= 200; ++i) source += std::string(i, ' ') + "class A:\n";
  EXPECT_EQ(models_refusal_of(source).message, "nested deeper than 200 levels");
}

TEST(limits, size_of_the_source) {
  const auto read = parse_statements("abcdef", {.source_bytes = 5});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, "larger than the limit of 5 bytes");
  EXPECT_TRUE(parse_statements("abcde", {.source_bytes = 5}));
}

TEST(limits, number_of_nodes) {
  const auto read = parse_statements("[1, 2, 3, 4, 5]", {.nodes = 4});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().id, ir::diag::text_too_large);
  EXPECT_EQ(read.error().message, "larger than the limit of 4 names, values and operators");
  EXPECT_EQ(read.error().span.offset, 13U);
}

TEST(limits, a_tight_limit_is_kept_everywhere) {
  EXPECT_EQ(parse_statements("((1))", {.nesting = 1}).error().message, "nested deeper than 1 levels");
  EXPECT_EQ(parse_statements("a.b.c", {.height = 2}).error().message, "nested deeper than 2 levels");
}

TEST(limits, no_bracket_is_read_twice) {
  // Each level read twice would be 2^200 steps.
  for (const auto& [open, close] : {std::pair{"x[", "]"},
                                    {"x[:", "]"},
                                    {"x[x:", ":]"},
                                    {"(", ",)"},
                                    {"f(x=", ")"},
                                    {"{x:", "}"},
                                    {"{", "}"},
                                    {"f(*", ")"}})
    EXPECT_TRUE(parse_statements(nested(open, close, 200))) << open;
}

}  // namespace
}  // namespace quarry::text::tests
