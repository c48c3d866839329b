#include "outline.hpp"

#include <chrono>

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

/// Seconds, the best of three.
template <class Parse>
double seconds(Parse parse) {
  double best = 1e9;
  for (int i = 0; i < 3; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    parse();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  return best;
}

TEST(limits, time_grows_with_the_size_and_no_faster) {
  // Sixteen times the text takes about sixteen times as long, or 256 times if something is quadratic: 80 leaves room
  // for a busy machine.
  const auto grows_evenly = [](std::string_view head, std::string_view part, std::string_view tail) {
    const std::size_t few = 4000 / part.size();
    const auto text = [&](std::size_t times) { return std::string(head) + repeated(part, times) + std::string(tail); };
    const std::string small = text(few);
    const std::string large = text(few * 16);
    const double slope =
        seconds([&] { (void)parse_statements(large); }) / seconds([&] { (void)parse_statements(small); });
    EXPECT_LT(slope, 80) << head << part << part << tail;
  };
  grows_evenly("f(pk__in=[", "12345, ", "])");
  grows_evenly("f(", " ", ")");
  grows_evenly("f(", "# comment\n", ")");
  grows_evenly("f('", "x", "')");
  grows_evenly("", "'x' ", "");
  grows_evenly("f(", "a+b, ", ")");
  grows_evenly("{", "a: [b], ", "}");
  grows_evenly("", "Entry.objects.filter(a=1)[:5]\n", "");
  grows_evenly("", "x = (1,); ", "");
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
