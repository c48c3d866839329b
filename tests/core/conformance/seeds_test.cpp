// The documentation's examples, written in C++: the seed cases of the suites that only read, and a few others, with the answers that the
// cases expect. A readable seed case has a C++ form, or a reason why it has none.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include <quarry/core/cli/cases.hpp>
#include <quarry/core/cli/fixture.hpp>
#include <quarry/core/exec/core.hpp>

#include "core/conformance/answers.hpp"
#include "support/plugins.hpp"

namespace quarry::test {
namespace {

namespace js = boost::json;

std::string read_file(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw std::runtime_error("no file " + path);
  return text.str();
}

std::string file_of(std::string_view suite, std::string_view name) {
  return read_file(std::string(QUARRY_SOURCE_DIR) + "/tests/conformance/" + std::string(suite) + "/" +
                   std::string(name));
}

bool has_tag(const cli::conformance_case& c, std::string_view wanted) {
  const js::array& tags = c.fields.at("tags").as_array();
  return std::any_of(tags.begin(), tags.end(),
                     [&](const js::value& t) { return std::string_view(t.get_string()) == wanted; });
}

/// Does the case only read? Some that save have no tag that says so.
bool is_readable_seed(const cli::conformance_case& c) {
  if (!has_tag(c, "seed")) return false;
  for (const char* tag : {"write", "update", "delete"})
    if (has_tag(c, tag)) return false;
  std::string text = c.expression;
  for (const std::string& step : c.steps) text += "\n" + step;
  constexpr std::array writes = {".save(",         ".create(",          ".add(",        ".update(",
                                 ".delete(",       ".remove(",          ".set(",        ".clear(",
                                 "get_or_create(", "update_or_create(", "bulk_create(", "refresh_from_db("};
  return std::none_of(writes.begin(), writes.end(),
                      [&](const char* word) { return text.find(word) != std::string::npos; });
}

/// One suite on a database in memory: the cases only read, so that all of them share its rows.
struct loaded_suite {
  suite what;
  std::vector<cli::conformance_case> cases;
  std::optional<database> db;

  explicit loaded_suite(suite s) : what(std::move(s)) {
    cases = unwrap(cli::read_cases(file_of(what.name, "cases.jsonl")));
  }
  const database& rows() {
    if (!db) {
      use_built_plugins();
      database made = database::open("sqlite://:memory:");
      made.create_tables(*what.catalog);
      unwrap(cli::load_fixture(made.core(), what.catalog, file_of(what.name, "fixture.json")));
      db = made;
    }
    return *db;
  }
};

std::vector<loaded_suite>& all_suites() {
  static std::vector<loaded_suite> all = [] {
    std::vector<loaded_suite> out;
    for (auto* make : {blog_suite, news_suite, proxy_suite}) out.emplace_back(make());
    return out;
  }();
  return all;
}

struct seed_case {
  loaded_suite* from;
  const cli::conformance_case* what;
};

void PrintTo(const seed_case& c, std::ostream* out) { *out << c.what->id; }

bool has_form(const suite& s, std::string_view id) {
  return std::ranges::any_of(s.seeds, [&](const spelled_seed& form) { return form.id == id; });
}

std::vector<seed_case> readable_seeds() {
  std::vector<seed_case> out;
  for (loaded_suite& s : all_suites())
    for (const cli::conformance_case& c : s.cases)
      if (is_readable_seed(c) || has_form(s.what, c.id)) out.push_back({&s, &c});
  return out;
}

std::string name_of(const testing::TestParamInfo<seed_case>& info) {
  std::string name = info.param.what->id;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

class seed_in_cpp : public testing::TestWithParam<seed_case> {};

TEST_P(seed_in_cpp, gives_the_answer_of_the_case) {
  const auto [from, c] = GetParam();
  if (const auto known = from->what.unspelled.find(c->id); known != from->what.unspelled.end())
    GTEST_SKIP() << known->second;
  const std::vector<spelled_seed>& seeds = from->what.seeds;
  const auto seed = std::find_if(seeds.begin(), seeds.end(), [&](const spelled_seed& s) { return s.id == c->id; });
  ASSERT_NE(seed, seeds.end()) << "no C++ form of: " << c->expression;
  cli::judge judge{"sqlite", {}};
  if (judge.skips(*c)) GTEST_SKIP() << "the case is not one for this database";
  js::value given;
  try {
    given = seed->answer(from->rows());
  } catch (const error& e) {
    given = js::object{{"$error", e.exception_name()}};
  }
  EXPECT_TRUE(judge.accepts(*c, given)) << c->expression << "\n  gives    " << given << "\n  expected "
                                        << *judge.expected(*c);
}

INSTANTIATE_TEST_SUITE_P(all, seed_in_cpp, testing::ValuesIn(readable_seeds()), name_of);

TEST(seeds_in_cpp, are_cases_of_their_suites) {
  for (loaded_suite& s : all_suites()) {
    const auto is_readable = [&](std::string_view id) {
      return std::any_of(s.cases.begin(), s.cases.end(),
                         [&](const cli::conformance_case& c) { return c.id == id && is_readable_seed(c); });
    };
    for (const spelled_seed& seed : s.what.seeds) {
      EXPECT_TRUE(std::ranges::any_of(s.cases, [&](const auto& c) { return c.id == seed.id; })) << seed.id;
      EXPECT_FALSE(s.what.unspelled.contains(seed.id)) << seed.id;
    }
    for (const auto& [id, reason] : s.what.unspelled) EXPECT_TRUE(is_readable(id) && !reason.empty()) << id;
  }
}

}  // namespace
}  // namespace quarry::test
