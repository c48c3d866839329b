#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include <quarry/dialects/sqlite/dialect.hpp>

#include "dialects/sqlite/cases.hpp"

namespace quarry::test {
namespace {

const std::string golden_file = std::string(QUARRY_SOURCE_DIR) + "/tests/dialects/sqlite/statements.golden";

// Lines "== name", each followed by the statement.
std::map<std::string, std::string> read_golden() {
  std::map<std::string, std::string> golden;
  std::ifstream file(golden_file);
  std::string name;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("== ")) {
      name = line.substr(3);
    } else if (!name.empty()) {
      golden[name] += line;
    }
  }
  return golden;
}

std::string emitted(const statement_case& one) {
  static const auto dialect = dialect::sqlite::dialect::for_version("3.40.1");
  tree_builder t;
  text_sink sink;
  dialect.emit(t.tree(one.build(t)), sink.raw());
  return sink.text();
}

// After a change that is meant, QUARRY_BLESS=1 writes the file anew; the difference is to be reviewed.
TEST(sqlite_words, writes_each_statement_as_in_the_golden_file) {
  if (std::getenv("QUARRY_BLESS") != nullptr) {
    std::ofstream file(golden_file);
    for (const statement_case& one : statement_cases()) file << "== " << one.name << '\n' << emitted(one) << '\n';
  }
  auto golden = read_golden();
  std::size_t count = 0;
  for (const statement_case& one : statement_cases()) {
    EXPECT_EQ(golden[one.name], emitted(one)) << one.name;
    ++count;
  }
  EXPECT_EQ(golden.size(), count) << "the golden file has statements that no case builds";
}

}  // namespace
}  // namespace quarry::test
