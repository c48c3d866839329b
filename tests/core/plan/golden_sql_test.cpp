// The SQL before and after, in the goldens that ask for it (a line `sql`): what a dialect writes for the query as it is, and for what
// the passes make of it. With QUARRY_BLESS in the environment the files are brought up to date, and reviewed by whoever did that.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <quarry/ir/legalize/legalize.hpp>
#include <quarry/ir/tools/golden.hpp>

#include "support/plugins.hpp"

namespace quarry::ir {
namespace {

const std::filesystem::path root = QUARRY_SOURCE_DIR "/tests/ir";

class sql_writer {
 public:
  result<std::string> operator()(context& cx, rel_id logical) {
    if (cx.at(logical).kind == kind::empty) return std::string("-- no statement is run");
    QUARRY_TRY(legal, legalizer_.legalize(cx, logical, dialect_.facts(), false));
    QUARRY_TRY(formed, legalizer_.form(cx, legal, dialect_.facts()));
    QUARRY_CHECK(dialect_.emit(cx, formed.root, buffer_));
    return buffer_.text;
  }

 private:
  host::dialect dialect_ = test::offline_dialect("sqlite");
  legalizer legalizer_;
  host::emit_buffer buffer_;
};

std::string content_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

/// Files with a case that asks for SQL.
std::vector<std::string> files() {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root))
    if (entry.path().extension() == ".qir" && content_of(entry.path()).find("\nsql") != std::string::npos)
      out.push_back(std::filesystem::relative(entry.path(), root).generic_string());
  std::sort(out.begin(), out.end());
  return out;
}

class golden_sql : public testing::TestWithParam<std::string> {};

TEST_P(golden_sql, is_what_the_dialect_writes) {
  auto file = parse_golden(content_of(root / GetParam()));
  ASSERT_TRUE(file) << render(file.error());
  golden_options how;
  sql_writer writer;
  how.write_sql = [&](context& cx, rel_id logical) { return writer(cx, logical); };
  std::vector<golden_outcome> outcomes;
  for (const golden_case& c : file->cases) {
    outcomes.push_back({std::string(file->part(c.expected)), std::string(file->part(c.sql)), {}});
    if (!c.wants_sql) continue;
    auto outcome = run_case(*file, c, how);
    ASSERT_TRUE(outcome) << c.name << "\n" << render(outcome.error());
    if (std::getenv("QUARRY_BLESS") == nullptr) {
      EXPECT_EQ(file->part(c.sql), outcome->sql)
          << "case " << c.name << "\n"
          << line_difference(file->part(c.sql), outcome->sql) << "if this is right: run this test with QUARRY_BLESS=1";
    }
    outcomes.back().sql = std::move(outcome->sql);
  }
  if (std::getenv("QUARRY_BLESS") != nullptr)
    std::ofstream(root / GetParam(), std::ios::binary) << blessed(*file, outcomes);
}

INSTANTIATE_TEST_SUITE_P(of_the_ir, golden_sql, testing::ValuesIn(files()), [](const auto& file) {
  std::string name = file.param.substr(0, file.param.rfind('.'));
  std::replace_if(name.begin(), name.end(), [](char c) { return c == '/' || c == '-'; }, '_');
  return name;
});

}  // namespace
}  // namespace quarry::ir
