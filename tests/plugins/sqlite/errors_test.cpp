#include <string>

#include <gtest/gtest.h>

#include "plugins/sqlite/driver.hpp"

// What goes wrong in the database, as the border tells it.
namespace quarry::test::sqlite {
namespace {

class sqlite_errors : public testing::Test {
 protected:
  sqlite_errors() {
    db.script(R"(
CREATE TABLE blog (id integer PRIMARY KEY, name text NOT NULL UNIQUE, year int CONSTRAINT year_is_late CHECK (year > 1990), code text);
CREATE UNIQUE INDEX blog_code ON blog (upper(code));
CREATE TABLE entry (id integer PRIMARY KEY, blog_id int NOT NULL REFERENCES blog (id), slug text, day text, UNIQUE (slug, day));
CREATE TABLE late (blog_id int REFERENCES blog (id) DEFERRABLE INITIALLY DEFERRED);
INSERT INTO blog VALUES (1, 'Pop', 2000, 'a');
INSERT INTO entry VALUES (1, 1, 's', 'd'))");
  }
  failure fails(std::string_view sql) {
    return failed([&] { db.run(sql); });
  }
  connection db;
};

TEST_F(sqlite_errors, a_unique_violation_names_its_columns) {
  failure f = fails("INSERT INTO blog VALUES (2, 'Pop', 2000, 'b')");
  EXPECT_EQ(f.status, QUARRY_FAILED);
  EXPECT_EQ(f.category, QUARRY_ERROR_UNIQUE);
  EXPECT_EQ(f.constraint, "blog.name");
  EXPECT_EQ(f.native_code, 2067);
  EXPECT_EQ(fails("INSERT INTO entry VALUES (2, 1, 's', 'd')").constraint, "entry.slug, entry.day");
}

TEST_F(sqlite_errors, a_primary_key_counts_as_unique) {
  failure f = fails("INSERT INTO blog VALUES (1, 'Jazz', 2000, 'b')");
  EXPECT_EQ(f.category, QUARRY_ERROR_UNIQUE);
  EXPECT_EQ(f.constraint, "blog.id");
}

TEST_F(sqlite_errors, an_index_on_expressions_is_named_itself) {
  failure f = fails("INSERT INTO blog VALUES (2, 'Jazz', 2000, 'A')");
  EXPECT_EQ(f.category, QUARRY_ERROR_UNIQUE);
  EXPECT_EQ(f.constraint, "blog_code");
}

TEST_F(sqlite_errors, not_null_and_check_are_told_apart) {
  failure f = fails("INSERT INTO blog VALUES (2, NULL, 2000, 'b')");
  EXPECT_EQ(f.category, QUARRY_ERROR_NOT_NULL);
  EXPECT_EQ(f.constraint, "blog.name");
  f = fails("INSERT INTO blog VALUES (2, 'Jazz', 1980, 'b')");
  EXPECT_EQ(f.category, QUARRY_ERROR_CHECK);
  EXPECT_EQ(f.constraint, "year_is_late");
}

TEST_F(sqlite_errors, foreign_keys_hold_at_once_or_at_commit) {
  EXPECT_EQ(fails("INSERT INTO entry VALUES (2, 99, NULL, NULL)").category, QUARRY_ERROR_FOREIGN_KEY);
  EXPECT_EQ(fails("DELETE FROM blog").category, QUARRY_ERROR_FOREIGN_KEY);
  db.begin();
  db.run("INSERT INTO late VALUES (99)");
  EXPECT_EQ(failed([&] { db.commit(); }).category, QUARRY_ERROR_FOREIGN_KEY);
  db.rollback();
  EXPECT_TRUE(db.idle());
  EXPECT_EQ(db.one("SELECT count(*) FROM late"), "0");
}

TEST_F(sqlite_errors, unknown_names_and_wrong_words_are_told_apart) {
  EXPECT_EQ(fails("SELECT * FROM blogs").category, QUARRY_ERROR_NO_SUCH_OBJECT);
  EXPECT_EQ(fails("SELECT nam FROM blog").category, QUARRY_ERROR_NO_SUCH_OBJECT);
  EXPECT_EQ(fails("SELECT sqr(1)").category, QUARRY_ERROR_NO_SUCH_OBJECT);
  EXPECT_EQ(fails("INSERT INTO blog (nam) VALUES (1)").category, QUARRY_ERROR_NO_SUCH_OBJECT);
  EXPECT_EQ(fails("SELEC 1").category, QUARRY_ERROR_SYNTAX);
  EXPECT_EQ(fails("SELECT 1; SELECT 2").category, QUARRY_ERROR_SYNTAX);
  EXPECT_EQ(fails("  -- nothing\n").category, QUARRY_ERROR_SYNTAX);
  EXPECT_EQ(fails("SELECT \"nam\" FROM blog").category, QUARRY_ERROR_NO_SUCH_OBJECT) << "a quoted name is never a text";
}

TEST_F(sqlite_errors, an_integer_sum_that_overflows_is_a_data_error) {
  EXPECT_EQ(fails("SELECT sum(x) FROM (SELECT 9223372036854775807 AS x UNION ALL SELECT 1)").category,
            QUARRY_ERROR_DATA);
}

TEST_F(sqlite_errors, the_number_of_values_must_be_right) {
  EXPECT_EQ(failed([&] { db.prepare("SELECT ?1, ?2", {integer(1)}, {}); }).category, QUARRY_ERROR_CONTRACT);
  EXPECT_EQ(failed([&] { db.prepare("SELECT 1, 2", std::vector<value>{}, {QUARRY_TYPE_INT64}); }).category,
            QUARRY_ERROR_CONTRACT);
  statement one = db.prepare("SELECT ?1", {integer(1)}, {QUARRY_TYPE_INT64});
  EXPECT_EQ(failed([&] { one.execute({}); }).category, QUARRY_ERROR_CONTRACT);
  EXPECT_EQ(failed([&] { one.next(1); }).category, QUARRY_ERROR_CONTRACT);
}

TEST_F(sqlite_errors, a_failed_statement_can_be_executed_again) {
  statement insert = db.prepare("INSERT INTO blog (id, name) VALUES (?1, ?2)", {integer(1), text("")}, {});
  EXPECT_EQ(failed([&] { insert.execute({integer(2), text("Pop")}); }).category, QUARRY_ERROR_UNIQUE);
  EXPECT_EQ(insert.execute({integer(2), text("Jazz")}).rows_affected, 1);
}

// The texts of an error belong to its handle: another connection's error doesn't touch them.
TEST_F(sqlite_errors, texts_live_until_the_next_call_on_the_same_handle) {
  connection other;
  quarry_error error{}, second{};
  error.size = second.size = sizeof error;
  quarry_statement* made = nullptr;
  ASSERT_NE(plugin().prepare(db.raw(), {"SELEC", 5}, nullptr, 0, nullptr, 0, &made, &error), QUARRY_OK);
  ASSERT_NE(plugin().prepare(other.raw(), {"INSER", 5}, nullptr, 0, nullptr, 0, &made, &second), QUARRY_OK);
  EXPECT_NE(std::string(error.server_text.data, error.server_text.size).find("SELEC"), std::string::npos);
}

// A host that knows a shorter record is not overrun.
TEST_F(sqlite_errors, an_older_error_record_is_respected) {
  struct {
    quarry_error error;
    std::uint32_t after;
  } record{};
  record.error.size = offsetof(quarry_error, server_text);
  record.error.constraint = {"untouched", 9};
  record.error.node = 77;
  quarry_statement* made = nullptr;
  ASSERT_NE(plugin().prepare(db.raw(), {"SELEC", 5}, nullptr, 0, nullptr, 0, &made, &record.error), QUARRY_OK);
  EXPECT_EQ(record.error.category, QUARRY_ERROR_SYNTAX);
  EXPECT_EQ(record.error.constraint.size, 9u);
  EXPECT_EQ(record.error.node, 77u);
}

}  // namespace
}  // namespace quarry::test::sqlite
