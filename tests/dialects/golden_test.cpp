#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include <quarry/dialects/base/error.hpp>
#include <quarry/dialects/mysql/dialect.hpp>
#include <quarry/dialects/postgresql/dialect.hpp>
#include <quarry/dialects/sqlite/dialect.hpp>

#include "dialects/cases.hpp"

// The words that each dialect has for the same trees.
namespace quarry::test {
namespace {

// The name of a dialect's folder, and what stands behind it in the name of the file.
std::string golden_file(const std::string& dialect) {
  const std::string folder = dialect.substr(0, dialect.find('/'));
  const std::string file = dialect == folder ? "statements" : dialect.substr(folder.size() + 1);
  return std::string(QUARRY_SOURCE_DIR) + "/tests/dialects/" + folder + "/" + file + ".golden";
}

// Lines "== name", each followed by the statement.
std::map<std::string, std::string> read_golden(const std::string& dialect) {
  std::map<std::string, std::string> golden;
  std::ifstream file(golden_file(dialect));
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

template <class Dialect>
std::string emitted(const Dialect& dialect, const statement_case& one) {
  tree_builder t;
  text_sink sink;
  try {
    dialect.emit(t.tree(one.build(t)), sink.raw());
  } catch (const dialect::unsupported& refusal) {
    return std::string("refused: ") + refusal.what();
  }
  return sink.text();
}

// After a change that is meant, QUARRY_BLESS=1 writes the file anew; the difference is to be reviewed.
template <class Dialect>
void compare(const std::string& name, const Dialect& dialect) {
  if (std::getenv("QUARRY_BLESS") != nullptr) {
    std::ofstream file(golden_file(name));
    for (const statement_case& one : statement_cases())
      file << "== " << one.name << '\n' << emitted(dialect, one) << '\n';
  }
  auto golden = read_golden(name);
  std::size_t count = 0;
  for (const statement_case& one : statement_cases()) {
    EXPECT_EQ(golden[one.name], emitted(dialect, one)) << one.name;
    ++count;
  }
  EXPECT_EQ(golden.size(), count) << "the golden file has statements that no case builds";
}

TEST(words_of_dialects, sqlite) { compare("sqlite", dialect::sqlite::dialect::for_version("3.40.1")); }
TEST(words_of_dialects, postgresql) { compare("postgresql", dialect::postgresql::dialect::for_version("15")); }
TEST(words_of_dialects, mariadb) { compare("mysql", dialect::mysql::dialect::for_version("mariadb-10.11")); }
// Never run here: there is no server to run it on.
TEST(words_of_dialects, mysql) {
  compare("mysql/statements_mysql_8", dialect::mysql::dialect::for_version("mysql-8.0.36"));
}

}  // namespace
}  // namespace quarry::test
