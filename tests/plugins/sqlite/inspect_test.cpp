#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "plugins/sqlite/driver.hpp"

// What a database that exists looks like.
namespace quarry::test::sqlite {
namespace {

constexpr std::uint32_t T = QUARRY_TYPE_TEXT, N = QUARRY_TYPE_INT64, B = QUARRY_TYPE_BOOLEAN;

class sqlite_inspect : public testing::Test {
 protected:
  sqlite_inspect() {
    db.script(R"(
CREATE TABLE blog (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, name varchar(100) NOT NULL UNIQUE COLLATE NOCASE, price decimal(10, 2), seen datetime, key char(32) DEFAULT 'x', hits bigint, flag bool NOT NULL, free);
CREATE TABLE entry (slug text, blog_id bigint NOT NULL REFERENCES blog (id) ON DELETE CASCADE, parent text, parent_blog bigint, PRIMARY KEY (slug, blog_id), FOREIGN KEY (parent, parent_blog) REFERENCES entry ON DELETE SET NULL);
CREATE INDEX entry_by_parent ON entry (parent_blog, parent);
CREATE UNIQUE INDEX blog_seen ON blog (seen);
CREATE VIEW names AS SELECT name FROM blog)");
  }
  std::vector<row> inspect(std::uint32_t what, std::string_view table, const std::vector<std::uint32_t>& columns) {
    quarry_error error{};
    error.size = sizeof error;
    quarry_statement* made = nullptr;
    if (int status = plugin().inspect(db.raw(), what, {table.data(), table.size()}, &made, &error))
      throw failure(status, error);
    std::vector<quarry_type> types;
    for (std::uint32_t type : columns) types.push_back(type_of(type));
    return statement(made, types).all();
  }
  connection db;
};

TEST_F(sqlite_inspect, tables_and_views) {
  EXPECT_EQ(inspect(QUARRY_INSPECT_TABLES, "", {T, T, T}),
            (std::vector<row>{{"main", "blog", "table"}, {"main", "entry", "table"}, {"main", "names", "view"}}));
}

TEST_F(sqlite_inspect, columns_with_their_types) {
  auto number = [](std::uint32_t n) { return std::to_string(n); };
  EXPECT_EQ(
      inspect(QUARRY_INSPECT_COLUMNS, "blog", {T, T, T, N, N, N, B, T, T, B}),
      (std::vector<row>{
          {"blog", "id", "INTEGER", number(QUARRY_TYPE_INT64), "0", "0", "false", "NULL", "BINARY", "true"},
          {"blog", "name", "varchar(100)", number(QUARRY_TYPE_TEXT), "100", "0", "false", "NULL", "NOCASE", "false"},
          {"blog", "price", "decimal(10, 2)", number(QUARRY_TYPE_DECIMAL), "10", "2", "true", "NULL", "BINARY",
           "false"},
          {"blog", "seen", "datetime", number(QUARRY_TYPE_DATETIME), "0", "0", "true", "NULL", "BINARY", "false"},
          {"blog", "key", "char(32)", number(QUARRY_TYPE_UUID), "0", "0", "true", "'x'", "BINARY", "false"},
          {"blog", "hits", "bigint", number(QUARRY_TYPE_INT64), "0", "0", "true", "NULL", "BINARY", "false"},
          {"blog", "flag", "bool", number(QUARRY_TYPE_BOOLEAN), "0", "0", "false", "NULL", "BINARY", "false"},
          {"blog", "free", "", number(QUARRY_TYPE_UNKNOWN), "0", "0", "true", "NULL", "BINARY", "false"}}));
  EXPECT_EQ(inspect(QUARRY_INSPECT_COLUMNS, "", {T, T, T, N, N, N, B, T, T, B}).size(), 13u);
  EXPECT_EQ(inspect(QUARRY_INSPECT_COLUMNS, "no such table", {T, T, T, N, N, N, B, T, T, B}).size(), 0u);
}

TEST_F(sqlite_inspect, constraints_a_row_a_column) {
  EXPECT_EQ(inspect(QUARRY_INSPECT_CONSTRAINTS, "entry", {T, T, N, N, T, T, T, N}),
            (std::vector<row>{{"entry", "entry_pk", "0", "1", "slug", "NULL", "NULL", "0"},
                              {"entry", "entry_pk", "0", "2", "blog_id", "NULL", "NULL", "0"},
                              {"entry", "entry_fk_0", "2", "1", "parent", "entry", "slug", "3"},
                              {"entry", "entry_fk_0", "2", "2", "parent_blog", "entry", "blog_id", "3"},
                              {"entry", "entry_fk_1", "2", "1", "blog_id", "blog", "id", "2"}}));
  EXPECT_EQ(inspect(QUARRY_INSPECT_CONSTRAINTS, "blog", {T, T, N, N, T, T, T, N}),
            (std::vector<row>{{"blog", "blog_pk", "0", "1", "id", "NULL", "NULL", "0"},
                              {"blog", "sqlite_autoindex_blog_1", "1", "1", "name", "NULL", "NULL", "0"}}));
}

TEST_F(sqlite_inspect, indexes) {
  EXPECT_EQ(inspect(QUARRY_INSPECT_INDEXES, "", {T, T, B, N, T}),
            (std::vector<row>{{"blog", "blog_seen", "true", "1", "seen"},
                              {"entry", "entry_by_parent", "false", "1", "parent_blog"},
                              {"entry", "entry_by_parent", "false", "2", "parent"}}));
}

TEST_F(sqlite_inspect, unknown_inspections_are_unsupported) {
  EXPECT_EQ(failed([&] { inspect(99, "", {}); }).status, QUARRY_UNSUPPORTED);
}

}  // namespace
}  // namespace quarry::test::sqlite
