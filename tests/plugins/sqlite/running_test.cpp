#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "plugins/sqlite/driver.hpp"

// Prepared statements: outcomes, streams of rows, the cache, schema changes, many rows at once.
namespace quarry::test::sqlite {
namespace {

constexpr const char* thousand =
    "WITH RECURSIVE n (x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n WHERE x < 1000) SELECT x, 'row ' || x FROM n";

TEST(sqlite_running, outcomes_count_rows_and_tell_keys) {
  connection db;
  db.run("CREATE TABLE t (id integer PRIMARY KEY AUTOINCREMENT, x UNIQUE)");
  quarry_outcome outcome = db.run("INSERT INTO t (x) VALUES (1), (2), (3)");
  EXPECT_EQ(outcome.rows_affected, 3);
  EXPECT_NE(outcome.has_key, 0u);
  EXPECT_EQ(outcome.generated_key, 3);
  outcome = db.run("UPDATE t SET x = x WHERE x < 3");
  EXPECT_EQ(outcome.rows_affected, 2) << "matched rows count, changed or not";
  EXPECT_EQ(outcome.has_key, 0u);
  EXPECT_EQ(db.run("DELETE FROM t WHERE x = 99").rows_affected, 0);
  outcome = db.run("INSERT INTO t (x) VALUES (1) ON CONFLICT DO NOTHING");
  EXPECT_EQ(outcome.rows_affected, 0);
  EXPECT_EQ(outcome.has_key, 0u) << "the key of an earlier insert is not this one's";
  EXPECT_EQ(db.run("DELETE FROM t").rows_affected, 3);
  EXPECT_EQ(db.run("CREATE TABLE u (x)").rows_affected, 0) << "not the count of the statement before";
}

TEST(sqlite_running, returning_gives_rows_of_a_change) {
  connection db;
  db.run("CREATE TABLE t (id integer PRIMARY KEY, x)");
  EXPECT_EQ(db.rows("INSERT INTO t (x) VALUES ('a'), ('b') RETURNING id, x", {QUARRY_TYPE_INT64, QUARRY_TYPE_TEXT}),
            (std::vector<row>{{"1", "a"}, {"2", "b"}}));
  EXPECT_EQ(db.rows("DELETE FROM t WHERE id = 1 RETURNING x", {QUARRY_TYPE_TEXT}), (std::vector<row>{{"a"}}));
}

TEST(sqlite_running, a_change_that_returns_rows_is_complete_whoever_reads_them) {
  connection db;
  db.script(
      "CREATE TABLE blog (id integer PRIMARY KEY);\nCREATE TABLE entry (id integer PRIMARY KEY, blog_id int REFERENCES "
      "blog (id))");
  statement insert =
      db.prepare("INSERT INTO entry (blog_id) VALUES (?1), (?1) RETURNING id", {integer(1)}, {QUARRY_TYPE_INT64});
  EXPECT_EQ(failed([&] { insert.execute({integer(99)}); }).category, QUARRY_ERROR_FOREIGN_KEY);
  EXPECT_EQ(db.one("SELECT count(*) FROM entry"), "0");
  db.run("INSERT INTO blog VALUES (1)");
  db.begin();
  EXPECT_EQ(insert.execute({integer(1)}).rows_affected, 2);
  EXPECT_EQ(insert.next(1), (std::vector<row>{{"1"}}));
  db.commit();
  EXPECT_EQ(insert.next(5), (std::vector<row>{{"2"}}));
  EXPECT_TRUE(insert.next(5).empty());
  EXPECT_EQ(db.one("SELECT count(*) FROM entry"), "2");
}

TEST(sqlite_running, rows_stream_in_batches) {
  connection db;
  statement read = db.prepare(thousand, std::vector<value>{}, {QUARRY_TYPE_INT64, QUARRY_TYPE_TEXT});
  read.execute();
  EXPECT_EQ(read.next(1), (std::vector<row>{{"1", "row 1"}}));
  std::vector<row> batch = read.next(300);
  ASSERT_EQ(batch.size(), 300u);
  EXPECT_EQ(batch.front(), (row{"2", "row 2"}));
  EXPECT_EQ(batch.back(), (row{"301", "row 301"}));
  EXPECT_EQ(read.all().size(), 699u);
  EXPECT_TRUE(read.next(10).empty()) << "the end stays the end";
  read.execute();
  EXPECT_EQ(read.next(2).size(), 2u) << "executed again, it starts anew";
}

TEST(sqlite_running, a_batch_is_bounded_by_the_fetch_size_and_by_bytes) {
  connection db;
  statement read = db.prepare(thousand, std::vector<value>{}, {QUARRY_TYPE_INT64, QUARRY_TYPE_TEXT});
  quarry_error error{};
  error.size = sizeof error;
  ASSERT_EQ(plugin().set_fetch_size(read.raw(), 10, &error), QUARRY_OK);
  read.execute();
  EXPECT_EQ(read.next(500).size(), 10u);
  statement large = db.prepare("SELECT zeroblob(600000) FROM json_each('[1,2,3,4,5,6,7,8,9]')", std::vector<value>{},
                               {QUARRY_TYPE_BYTES});
  large.execute();
  EXPECT_EQ(large.next(100).size(), 2u) << "a megabyte is enough for one batch";
  EXPECT_EQ(large.all().size(), 7u);
}

TEST(sqlite_running, names_the_columns_of_a_statement_before_it_runs) {
  connection db;
  const auto names = [&](const char* sql) {
    statement unread = db.prepare(sql, std::vector<value>{}, {});
    const quarry_str* found = nullptr;
    std::uint32_t count = 0;
    quarry_error error{};
    error.size = sizeof error;
    EXPECT_EQ(plugin().column_names(unread.raw(), &found, &count, &error), QUARRY_OK);
    std::vector<std::string> out;
    for (std::uint32_t i = 0; i < count; ++i) out.emplace_back(found[i].data, found[i].size);
    return out;
  };
  EXPECT_EQ(names("SELECT 1 AS one, 'x' AS \"two words\", 3 AS one"),
            (std::vector<std::string>{"one", "two words", "one"}));
  EXPECT_TRUE(names("CREATE TABLE t (a)").empty());
}

TEST(sqlite_running, all_cells_of_a_batch_live_until_the_next_call) {
  connection db;
  statement read = db.prepare(thousand, std::vector<value>{}, {QUARRY_TYPE_INT64, QUARRY_TYPE_TEXT});
  read.execute();
  const quarry_cell* cells = nullptr;
  std::uint32_t count = 0;
  quarry_error error{};
  error.size = sizeof error;
  ASSERT_EQ(plugin().next(read.raw(), 1000, &cells, &count, &error), QUARRY_OK);
  ASSERT_EQ(count, 1000u);
  for (std::uint32_t i = 0; i < count; ++i)
    ASSERT_EQ(shown(cells[i * 2 + 1]), "row " + std::to_string(cells[i * 2].v.i)) << i;
}

TEST(sqlite_cache, a_statement_in_use_is_not_handed_out_again) {
  connection db;
  statement first = db.prepare(thousand, std::vector<value>{}, {QUARRY_TYPE_INT64, QUARRY_TYPE_TEXT});
  first.execute();
  first.next(5);
  statement second = db.prepare(thousand, std::vector<value>{}, {QUARRY_TYPE_INT64, QUARRY_TYPE_TEXT});
  EXPECT_NE(first.raw(), second.raw());
  second.execute();
  EXPECT_EQ(second.next(1).at(0).at(0), "1");
  EXPECT_EQ(first.next(1).at(0).at(0), "6");
}

TEST(sqlite_cache, a_statement_given_back_is_used_again_with_new_types) {
  connection db;
  quarry_statement* before = nullptr;
  {
    statement first = db.prepare("SELECT ?1", {integer(1)}, {QUARRY_TYPE_INT64});
    first.execute({integer(5)});
    before = first.raw();
  }
  EXPECT_TRUE(db.idle()) << "an unfinished statement that is given back holds no lock";
  statement second = db.prepare("SELECT ?1", {text("")}, {QUARRY_TYPE_TEXT});
  EXPECT_EQ(second.raw(), before);
  EXPECT_EQ(failed([&] { second.next(1); }).category, QUARRY_ERROR_CONTRACT)
      << "it does not go on where the last user stopped";
  second.execute({text("five")});
  EXPECT_EQ(second.all().at(0).at(0), "five");
}

TEST(sqlite_cache, forgets_what_was_not_used_for_long) {
  connection db;
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(db.one("SELECT " + std::to_string(i)), std::to_string(i));
  EXPECT_EQ(db.one("SELECT 3"), "3");
}

TEST(sqlite_cache, statements_may_outlive_their_connection) {
  std::optional<statement> read;
  {
    connection db;
    read.emplace(db.prepare(thousand, std::vector<value>{}, {QUARRY_TYPE_INT64, QUARRY_TYPE_TEXT}));
    read->execute();
  }
  EXPECT_EQ(read->next(1).size(), 1u);
}

TEST(sqlite_schema_change, a_cached_statement_follows_the_schema) {
  connection db;
  db.script("CREATE TABLE t (x);\nINSERT INTO t VALUES (1)");
  statement read = db.prepare("SELECT x FROM t", std::vector<value>{}, {QUARRY_TYPE_INT64});
  read.execute();
  EXPECT_EQ(read.all().size(), 1u);
  db.run("ALTER TABLE t ADD COLUMN y");
  db.run("CREATE INDEX t_x ON t (x)");
  read.execute();
  EXPECT_EQ(read.all().size(), 1u);
  db.run("DROP TABLE t");
  EXPECT_EQ(failed([&] { read.execute(); }).category, QUARRY_ERROR_NO_SUCH_OBJECT);
}

TEST(sqlite_schema_change, other_columns_than_prepared_are_an_error) {
  connection db;
  db.script("CREATE TABLE t (x);\nINSERT INTO t VALUES (1)");
  statement read = db.prepare("SELECT * FROM t", std::vector<value>{}, {QUARRY_TYPE_INT64});
  db.run("ALTER TABLE t ADD COLUMN y");
  EXPECT_EQ(failed([&] { read.execute(); }).category, QUARRY_ERROR_SCHEMA_CHANGED);
  EXPECT_TRUE(db.idle());
}

TEST(sqlite_schema_change, another_connection_may_change_it) {
  temporary_file file;
  connection a(file.path()), b(file.path());
  a.script("CREATE TABLE t (x);\nINSERT INTO t VALUES (1)");
  EXPECT_EQ(b.one("SELECT x FROM t"), "1");
  a.script("DROP TABLE t;\nCREATE TABLE t (y, x);\nINSERT INTO t VALUES (8, 9)");
  EXPECT_EQ(b.one("SELECT x FROM t"), "9");
}

TEST(sqlite_execute_many, tells_how_far_it_got) {
  connection db;
  db.run("CREATE TABLE t (id integer PRIMARY KEY, x UNIQUE)");
  statement insert = db.prepare("INSERT INTO t (x) VALUES (?1)", {integer(0)}, {});
  std::vector<quarry_cell> cells;
  for (std::int64_t x : {10, 20, 10, 30}) cells.push_back(integer(x).cell);
  std::vector<quarry_outcome> outcomes(4);
  for (auto& o : outcomes) o.size = sizeof o;
  std::uint32_t done = 99;
  quarry_error error{};
  error.size = sizeof error;
  EXPECT_EQ(plugin().execute_many(insert.raw(), cells.data(), 4, 1, outcomes.data(), &done, &error), QUARRY_FAILED);
  EXPECT_EQ(error.category, QUARRY_ERROR_UNIQUE);
  EXPECT_EQ(done, 2u);
  EXPECT_EQ(outcomes[1].generated_key, 2);
  EXPECT_EQ(outcomes[2].generated_key, 0);
  EXPECT_EQ(db.one("SELECT group_concat(x) FROM t"), "10,20");
}

}  // namespace
}  // namespace quarry::test::sqlite
