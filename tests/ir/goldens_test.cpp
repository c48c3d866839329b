// Every .qir file below this folder: each case gives what the file expects, each tree on the way is well formed, and each survives
// its own text.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <quarry/ir/text/parse.hpp>
#include <quarry/ir/text/print.hpp>
#include <quarry/ir/text/same_tree.hpp>
#include <quarry/ir/tools/golden.hpp>
#include <quarry/ir/verify/verify.hpp>

namespace quarry::ir {
namespace {

const std::filesystem::path root = QUARRY_SOURCE_DIR "/tests/ir";

std::vector<std::string> golden_files() {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root))
    if (entry.path().extension() == ".qir")
      out.push_back(std::filesystem::relative(entry.path(), root).generic_string());
  std::sort(out.begin(), out.end());
  return out;
}

std::string content_of(const std::string& name) {
  std::ifstream in(root / name, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

class goldens : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    auto parsed = parse_golden(content_of(GetParam()));
    ASSERT_TRUE(parsed) << render(parsed.error());
    file = std::move(*parsed);
  }
  golden_file file;
};

TEST_P(goldens, give_what_they_expect) {
  ASSERT_FALSE(file.cases.empty());
  golden_options careful;
  careful.verify = careful.reparse = true;
  for (const golden_case& c : file.cases) {
    auto outcome = run_case(file, c, careful);
    ASSERT_TRUE(outcome) << c.name << "\n" << render(outcome.error());
    EXPECT_EQ(file.part(c.expected), outcome->actual) << "case " << c.name << "\n"
                                                      << line_difference(file.part(c.expected), outcome->actual)
                                                      << "if this is right: quarry-opt --bless tests/ir/" << GetParam();
  }
}

TEST_P(goldens, read_back_what_they_expect) {
  for (const golden_case& c : file.cases) {
    const std::string_view expected = file.part(c.expected);
    if (!expected.starts_with("query")) continue;
    context cx, again;
    cx.reset(*file.schema);
    again.reset(*file.schema);
    auto first = parse_query(cx, file.text, c.expected.begin, c.expected.end);
    ASSERT_TRUE(first) << c.name << "\n" << render(first.error());
    const std::string text = print(cx, first->root, first->at);
    EXPECT_TRUE(expected.starts_with(text)) << c.name << "\n" << line_difference(expected, text);
    auto second = parse_query(again, text);
    ASSERT_TRUE(second) << c.name << "\n" << render(second.error());
    EXPECT_EQ(tree_difference(cx, first->root, again, second->root), "") << c.name;
    const auto verified = verify(cx, first->root, first->at);
    EXPECT_TRUE(verified) << c.name << "\n" << render(verified.error());
  }
}

INSTANTIATE_TEST_SUITE_P(of_the_ir, goldens, testing::ValuesIn(golden_files()), [](const auto& file) {
  std::string name = file.param.substr(0, file.param.rfind('.'));
  std::replace_if(name.begin(), name.end(), [](char c) { return c == '/' || c == '-'; }, '_');
  return name;
});

constexpr std::string_view small_file =
    "; a comment\n"
    "catalog blog {\n"
    "  model Blog { name: text(100)! }\n"
    "}\n"
    "run logical\n"
    "\n"
    "case all blogs\n"
    "query() {  ; stage surface\n"
    "  b = scan Blog\n"
    "  v = values b [\"name\"]\n"
    "}\n"
    "\n"
    "; between\n"
    "case an unknown field\n"
    "query() {  ; stage surface\n"
    "  b = scan Blog\n"
    "  v = values b [\"nmae\"]\n"
    "}\n"
    "==>\n"
    "something old\n"
    "\n"
    "case nothing to do\n"
    "query() {  ; stage logical\n"
    "  b = scan Blog\n"
    "}\n";

TEST(a_golden_file, is_blessed_without_losing_what_stands_around) {
  auto file = parse_golden(std::string(small_file));
  ASSERT_TRUE(file) << render(file.error());
  ASSERT_EQ(file->cases.size(), 3U);
  EXPECT_EQ(file->cases[0].name, "all blogs");
  std::vector<golden_outcome> outcomes;
  for (const golden_case& c : file->cases) outcomes.push_back(*run_case(*file, c, {}));
  EXPECT_EQ(outcomes[2].actual, "noop\n");
  const std::string once = blessed(*file, outcomes);
  EXPECT_NE(once.find("}\n==>\nquery() {  ; stage logical\n  b = scan Blog\n  p = project b [b.name] -> (name: "
                      "text(100)!)\n}\n\n; between\n"),
            std::string::npos)
      << once;
  EXPECT_NE(once.find("==>\nerror[QRY2107]: Blog has no field 'nmae'\n"), std::string::npos) << once;
  EXPECT_EQ(once.find("something old"), std::string::npos);
  auto again = parse_golden(once);
  ASSERT_TRUE(again) << render(again.error());
  for (std::size_t i = 0; i < outcomes.size(); ++i)
    EXPECT_EQ(again->part(again->cases[i].expected), outcomes[i].actual);
  EXPECT_EQ(blessed(*again, outcomes), once);
}

TEST(a_golden_file, names_the_line_of_a_mistake) {
  const auto mistake = [](std::string text, std::string_view old, std::string_view with) {
    text.replace(text.find(old), old.size(), with);
    auto file = parse_golden(text);
    if (!file) return render(file.error());
    for (const golden_case& c : file->cases)
      if (auto outcome = run_case(*file, c, {}); !outcome) return render(outcome.error());
    return std::string("no mistake");
  };
  const std::string text(small_file);
  EXPECT_EQ(mistake(text, "text(100)!", "text(100)"),
            "error[QRY2001]: expected '!' or '?'\n  line 3:   model Blog { name: text(100) }\n                         "
            "                ^");
  EXPECT_EQ(mistake(text, "run logical", "run logic"),
            "error[QRY2101]: name 'logic' is not defined; did you mean 'logical'?");
  EXPECT_EQ(mistake(text, "b = scan Blog", "b = scan Blgo"),
            "error[QRY1003]: no model is named 'Blgo'\n  line 9:   b = scan Blgo\n                     ^~~~   did you "
            "mean 'Blog'?");
  EXPECT_EQ(mistake(text, "; between", "between").substr(0, 59),
            "error[QRY2001]: expected catalog, facts, run or case\n  line");
}

constexpr std::string_view reasoned_file =
    "catalog blog {\n"
    "  model Blog { name: text(100)! }\n"
    "}\n"
    "run trim-order\n"
    "\n"
    "case an order that is seen\n"
    "because order-seen\n"
    "query() {  ; stage logical\n"
    "  b = scan Blog\n"
    "  s = sort b [key b.name]\n"
    "}\n"
    "==>\n"
    "noop\n"
    "sql before\n"
    "SELECT 1\n"
    "sql after\n"
    "SELECT 2\n"
    "\n"
    "case no order at all\n"
    "because nothing\n"
    "query() {  ; stage logical\n"
    "  b = scan Blog\n"
    "}\n"
    "==>\n"
    "noop\n";

TEST(a_golden_file, holds_a_pass_to_the_reason_that_it_gives) {
  const auto outcome_of = [](std::string_view old, std::string_view with, std::size_t which) {
    std::string text(reasoned_file);
    if (!old.empty()) text.replace(text.find(old), old.size(), with);
    auto file = parse_golden(text);
    if (!file) return render(file.error());
    auto outcome = run_case(*file, file->cases[which], {});
    return outcome ? outcome->actual : render(outcome.error());
  };
  EXPECT_EQ(outcome_of("", "", 0), "noop\n");
  EXPECT_EQ(outcome_of("", "", 1), "noop\n");
  EXPECT_EQ(outcome_of("order-seen", "order-sene", 0),
            "error[QRY2001]: expected the reason 'order-sene' in case 'an order that is seen', which gives order-seen; "
            "did you mean 'order-seen'?");
  EXPECT_EQ(outcome_of("because nothing", "because order-seen", 1),
            "error[QRY2001]: expected the reason 'order-seen' in case 'no order at all', which gives none");
  EXPECT_EQ(outcome_of("because order-seen", "because nothing", 0),
            "error[QRY2001]: expected the reason 'nothing' in case 'an order that is seen', which gives order-seen");
}

TEST(a_golden_file, carries_the_sql_of_a_dialect_that_it_does_not_know) {
  auto file = parse_golden(std::string(reasoned_file));
  ASSERT_TRUE(file) << render(file.error());
  const golden_case& c = file->cases[0];
  EXPECT_EQ(file->part(c.expected), "noop\n");
  EXPECT_EQ(file->part(c.sql), "sql before\nSELECT 1\nsql after\nSELECT 2\n");
  EXPECT_FALSE(file->cases[1].wants_sql);
  std::vector<golden_outcome> outcomes;
  for (const golden_case& one : file->cases) outcomes.push_back(*run_case(*file, one, {}));
  EXPECT_EQ(blessed(*file, outcomes), reasoned_file) << "without a writer the SQL stays as it is";
  golden_options how;
  how.write_sql = [](context& cx, rel_id q) -> result<std::string> { return std::string(info(cx.at(q).kind).text); };
  outcomes[0] = *run_case(*file, c, how);
  EXPECT_EQ(outcomes[0].sql, "sql before\nsort\nsql after\nsort\n");
  EXPECT_NE(blessed(*file, outcomes).find("noop\nsql before\nsort\nsql after\nsort\n\ncase no"), std::string::npos);
}

TEST(a_golden_file, says_what_the_connection_can_do) {
  std::string text(small_file);
  text.insert(text.find("run logical"), "facts \"Toy\" \"2\" { without text, exists max_binds = 7 }\n");
  auto file = parse_golden(text);
  ASSERT_TRUE(file) << render(file.error());
  ASSERT_EQ(file->facts.size(), 1U);
  const facts& f = file->facts[0];
  EXPECT_EQ(f.product + f.version, "Toy2");
  EXPECT_EQ(f[fact::max_binds], 7);
  EXPECT_FALSE(f.legal(scalar::text));
  EXPECT_FALSE(f.legal(kind::exists));
  EXPECT_TRUE(f.legal(op::regex));
  text.replace(text.find("max_binds"), 9, "max_bind");
  auto wrong = parse_golden(text);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().suggestion, "max_binds");
}

TEST(a_difference_of_lines, marks_what_is_gone_and_what_is_new) {
  EXPECT_EQ(line_difference("a\nb\nc\n", "a\nc\nd\n"), " a\n-b\n c\n+d\n");
  EXPECT_EQ(line_difference("", "a\n"), "+a\n");
}

}  // namespace
}  // namespace quarry::ir
