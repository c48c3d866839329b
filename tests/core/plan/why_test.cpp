// Why the SQL is as it is: why.txt holds queries with what people read of them. With QUARRY_BLESS in the environment the file is
// brought up to date, and reviewed by whoever did that.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include <quarry/core/cli/explain.hpp>
#include <quarry/core/errors.hpp>
#include <quarry/ir/passes/pipeline.hpp>
#include <quarry/ir/provenance/provenance.hpp>
#include <quarry/ir/tools/golden.hpp>

#include "support/plugins.hpp"

namespace quarry::cli {
namespace {

constexpr const char* golden = QUARRY_SOURCE_DIR "/tests/core/plan/why.txt";

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string hyphened(std::string_view name) {
  std::string out(name);
  std::replace(out.begin(), out.end(), '_', '-');
  return out;
}

struct why_case {
  std::string heading;  ///< the name, and options in brackets: disable=PASS, aggregates=django_joins, models=SUITE
  std::string query;
  std::string told;
  /// What stands behind `name=` in the heading, or empty.
  std::string option(std::string_view name) const {
    const std::size_t at = heading.find(std::string(name) + "=");
    if (at == std::string::npos) return {};
    const std::size_t begin = at + name.size() + 1;
    return heading.substr(begin, heading.find_first_of(",]", begin) - begin);
  }
  detail::compile_options options() const {
    detail::compile_options out;
    out.disabled_passes = ir::pass_bit(option("disable"));
    if (!option("aggregates").empty()) out.aggregates = detail::aggregate_rule::django_joins;
    return out;
  }
};

std::vector<why_case> cases() {
  std::vector<why_case> out;
  std::istringstream in(content_of(golden));
  bool told = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("=== ")) {
      out.push_back({line.substr(4), {}, {}});
      told = false;
    } else if (line == "---") {
      told = true;
    } else {
      if (told) out.back().told += line + "\n";
      else out.back().query += (out.back().query.empty() ? "" : "\n") + line;
    }
  }
  return out;
}

class why : public testing::Test {
 protected:
  detail::compiler compiler_for(const why_case& c) const { return {dialect, c.options()}; }
  /// Over the models of a suite of queries with known answers.
  text::evaluator& over(const why_case& c) {
    const std::string suite = c.option("models").empty() ? "blog" : c.option("models");
    const auto known = evaluators.find(suite);
    if (known != evaluators.end()) return known->second;
    const std::string models = content_of(QUARRY_SOURCE_DIR "/tests/conformance/" + suite + "/models.py");
    return evaluators.try_emplace(suite, unwrap(text::load_models(models, suite)), session).first->second;
  }
  detail::chain chain_of(const why_case& c) { return unwrap(query_in(over(c), c.query, "why")); }
  std::string told(const why_case& c) {
    std::vector<std::string> prefetched;
    const detail::chain query = unwrap(query_in(over(c), c.query, "why", &prefetched));
    const detail::compiler compiler = compiler_for(c);
    std::ostringstream out;
    out << unwrap(compiler.compile(query, nullptr))->sql << '\n';
    unwrap(explain_why(out, compiler, query, over(c), prefetched));
    return out.str();
  }

  host::dialect dialect = test::offline_dialect("sqlite");
  catching_session session{"why"};
  std::map<std::string, text::evaluator> evaluators;
};

TEST_F(why, is_told_as_people_read_it) {
  std::vector<why_case> all = cases();
  for (why_case& c : all) {
    const std::string now = told(c);
    if (std::getenv("QUARRY_BLESS") == nullptr) {
      EXPECT_EQ(c.told, now) << c.heading;
    }
    c.told = now;
  }
  if (std::getenv("QUARRY_BLESS") == nullptr) return;
  std::ofstream out(golden, std::ios::binary);
  for (const why_case& c : all) out << "=== " << c.heading << '\n' << c.query << "\n---\n" << c.told;
}

TEST_F(why, has_a_query_for_each_event) {
  std::set<std::string> met;
  for (const why_case& c : cases()) {
    const ir::explanation told = unwrap(compiler_for(c).why(chain_of(c)));
    for (const ir::explanation::item& i : told.items)
      for (const ir::explanation::note& n : i.notes) met.insert(n.event);
    for (const ir::explanation::note& n : told.gone) met.insert(n.event);
  }
  const auto add = [&](ir::event e) { met.insert(hyphened(ir::all_events()[static_cast<std::size_t>(e)].name)); };
  // Some happen only to queries that goldens of the IR spell out.
  for (const auto& entry : std::filesystem::recursive_directory_iterator(QUARRY_SOURCE_DIR "/tests/ir")) {
    if (entry.path().extension() != ".qir") continue;
    const ir::result<ir::golden_file> file = ir::parse_golden(content_of(entry.path()));
    if (!file) continue;  // it shows what the parser refuses
    for (const ir::golden_case& c : file->cases) {
      ir::provenance record;
      ir::golden_options how;
      how.record = &record;
      if (!ir::run_case(*file, c, how)) continue;
      for (const ir::provenance::entry& e : record.entries()) add(e.what);
      for (const ir::provenance::block_apart& b : record.apart()) add(b.why);
    }
  }
  for (const ir::event_info& e : ir::all_events()) {
    const std::string name = hyphened(e.name);
    EXPECT_TRUE(met.contains(name)) << name << " is in no query of why.txt";
  }
}

// What a pass did is told wherever its goldens show that it did something.
TEST_F(why, tells_of_each_pass_that_changed_a_query) {
  for (const ir::pass_info& pass : ir::all_passes()) {
    std::string file_name(pass.name);
    std::ranges::replace(file_name, '-', '_');
    const ir::golden_file file =
        unwrap(ir::parse_golden(content_of(QUARRY_SOURCE_DIR "/tests/ir/passes/" + file_name + ".qir")));
    bool told = false;
    std::string silent;
    for (const ir::golden_case& c : file.cases) {
      if (file.part(c.expected).starts_with("noop")) continue;
      ir::provenance record;
      ir::golden_options how;
      how.record = &record;
      unwrap(ir::run_case(file, c, how));
      const bool here = std::ranges::any_of(record.entries(), [&](const ir::provenance::entry& e) {
        const ir::event_info& what = ir::all_events()[static_cast<std::size_t>(e.what)];
        return what.rule.empty() && what.form != ir::event_form::kept;
      });
      told = told || here;
      if (!here) silent += "\n  " + c.name;
    }
    // Where a condition moves to another place that reads the same, and the like, nothing is to be told.
    EXPECT_TRUE(told) << pass.name << " changes queries and tells nothing of it:" << silent;
    if (std::getenv("QUARRY_VERBOSE") != nullptr && !silent.empty()) std::cout << pass.name << silent << '\n';
  }
}

TEST_F(why, names_each_table_of_the_sql_and_what_asked_for_it) {
  for (const why_case& c : cases()) {
    const ir::explanation told = unwrap(compiler_for(c).why(chain_of(c)));
    for (const ir::explanation::item& i : told.items) {
      EXPECT_FALSE(i.notes.empty()) << c.heading << ": " << i.form << ' ' << i.table << ' ' << i.name;
      const bool named = i.name.empty() || told.sql.find("\"" + i.name + "\"") != std::string::npos;
      EXPECT_TRUE(named) << c.heading << ' ' << i.name;
    }
  }
}

TEST_F(why, changes_nothing_in_the_plan) {
  for (const why_case& c : cases()) {
    const detail::chain query = chain_of(c);
    const detail::compiler compiler = compiler_for(c);
    const std::string before = unwrap(compiler.compile(query, nullptr))->sql;
    EXPECT_EQ(unwrap(compiler.why(query)).sql, before) << c.heading;
    EXPECT_EQ(unwrap(compiler.compile(query, nullptr))->sql, before) << c.heading;
  }
}

}  // namespace
}  // namespace quarry::cli
