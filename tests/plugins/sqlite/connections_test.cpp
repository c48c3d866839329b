#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "plugins/sqlite/driver.hpp"

// Opening, transactions, locks, cancelling.
namespace quarry::test::sqlite {
namespace {

using clock = std::chrono::steady_clock;

std::int64_t fact(connection& db, std::uint32_t number) {
  quarry_facts facts{};
  quarry_dialect* dialect = nullptr;
  quarry_error error{};
  error.size = sizeof error;
  if (plugin().describe(db.raw(), &facts, &dialect, &error) != QUARRY_OK) throw failure(QUARRY_FAILED, error);
  std::int64_t found = -999;
  for (std::uint32_t i = 0; i < facts.fact_count; ++i)
    if (facts.facts[i].fact == number) found = facts.facts[i].value;
  plugin().drop_dialect(dialect);
  return found;
}

TEST(sqlite_open, a_file_is_made_and_kept_in_wal) {
  temporary_file file;
  {
    connection db(file.path());
    db.run("CREATE TABLE t (x)");
    db.run("INSERT INTO t VALUES (1)");
    EXPECT_EQ(db.one("PRAGMA journal_mode"), "wal");
    EXPECT_EQ(db.one("PRAGMA foreign_keys"), "1");
    EXPECT_EQ(fact(db, QUARRY_FACT_PRIVATE_DATABASE), 0);
  }
  EXPECT_EQ(connection(file.path()).one("SELECT x FROM t"), "1");
}

TEST(sqlite_open, options_are_obeyed) {
  temporary_file file;
  EXPECT_EQ(failed([&] { connection db(file.path(), {{"mode", "rw"}}); }).category, QUARRY_ERROR_CANNOT_OPEN);
  {
    connection db(file.path(), {{"journal_mode", "delete"}, {"foreign_keys", "off"}, {"synchronous", "off"}});
    EXPECT_EQ(db.one("PRAGMA journal_mode"), "delete");
    EXPECT_EQ(db.one("PRAGMA synchronous"), "0");
    EXPECT_EQ(db.one("PRAGMA foreign_keys"), "0");
    EXPECT_EQ(fact(db, QUARRY_FACT_ENFORCES_FOREIGN_KEYS), 0);
    db.run("CREATE TABLE t (x)");
  }
  connection reader(file.path(), {{"mode", "ro"}});
  EXPECT_EQ(reader.one("SELECT count(*) FROM t"), "0");
  reader.begin();
  EXPECT_EQ(failed([&] { reader.run("INSERT INTO t VALUES (1)"); }).category, QUARRY_ERROR_READ_ONLY);
  reader.rollback();
}

TEST(sqlite_open, unknown_options_and_values_are_named) {
  failure f = failed([] { connection db(":memory:", {{"mod", "ro"}}); });
  EXPECT_EQ(f.category, QUARRY_ERROR_CANNOT_OPEN);
  EXPECT_NE(f.text.find("'mod'"), std::string::npos) << f.text;
  for (auto [key, wrong] : {std::pair{"mode", "x"},
                            {"busy_timeout", "-1"},
                            {"busy_timeout", "1s"},
                            {"foreign_keys", "yes"},
                            {"journal_mode", "wal; DROP TABLE t"},
                            {"synchronous", ""}}) {
    failure g = failed([&] { connection db(":memory:", {{key, wrong}}); });
    EXPECT_NE(g.text.find("'" + std::string(key) + "'"), std::string::npos) << g.text;
  }
}

TEST(sqlite_open, what_is_no_database_is_refused) {
  temporary_file file;
  std::ofstream(file.path()) << std::string(4096, 'x');
  EXPECT_EQ(failed([&] { connection db(file.path()); }).category, QUARRY_ERROR_CANNOT_OPEN);
  EXPECT_EQ(failed([&] { connection db("/nowhere/at/all.db"); }).category, QUARRY_ERROR_CANNOT_OPEN);
  EXPECT_EQ(failed([&] { connection db(""); }).category, QUARRY_ERROR_CANNOT_OPEN);
}

TEST(sqlite_open, a_relative_name_is_a_file_whatever_it_looks_like) {
  temporary_file file;
  auto before = std::filesystem::current_path();
  std::filesystem::current_path(std::filesystem::path(file.path()).parent_path());
  {
    connection("file:x?mode=memory").run("CREATE TABLE t (x)");
  }
  bool made = std::filesystem::exists("file:x?mode=memory");
  std::filesystem::current_path(before);
  EXPECT_TRUE(made);
}

TEST(sqlite_open, memory_is_private) {
  connection a, b;
  a.run("CREATE TABLE t (x)");
  EXPECT_EQ(failed([&] { b.run("SELECT * FROM t"); }).category, QUARRY_ERROR_NO_SUCH_OBJECT);
  EXPECT_EQ(fact(a, QUARRY_FACT_PRIVATE_DATABASE), 1);
  EXPECT_GE(fact(a, QUARRY_FACT_MAX_BINDS), 32766);
}

TEST(sqlite_transactions, commit_keeps_and_rollback_forgets) {
  temporary_file file;
  connection db(file.path()), other(file.path());
  db.run("CREATE TABLE t (x)");
  db.begin();
  EXPECT_FALSE(db.idle());
  db.run("INSERT INTO t VALUES (1)");
  EXPECT_EQ(other.one("SELECT count(*) FROM t"), "0");
  db.commit();
  EXPECT_TRUE(db.idle());
  EXPECT_EQ(other.one("SELECT count(*) FROM t"), "1");
  db.begin();
  db.run("DELETE FROM t");
  db.run("CREATE TABLE u (x)");
  db.rollback();
  EXPECT_EQ(db.one("SELECT count(*) FROM t"), "1");
  EXPECT_EQ(db.one("SELECT count(*) FROM sqlite_master WHERE name = 'u'"), "0") << "DDL is transactional";
}

TEST(sqlite_transactions, savepoints_nest) {
  connection db;
  db.run("CREATE TABLE t (x)");
  EXPECT_EQ(failed([&] { db.savepoint(1); }).category, QUARRY_ERROR_CONTRACT);
  db.begin();
  db.run("INSERT INTO t VALUES (1)");
  db.savepoint(1);
  db.run("INSERT INTO t VALUES (2)");
  db.savepoint(2);
  db.run("INSERT INTO t VALUES (3)");
  db.rollback_to(2);
  db.release(2);
  EXPECT_EQ(db.one("SELECT group_concat(x) FROM t"), "1,2");
  db.rollback_to(1);
  db.release(1);
  db.commit();
  EXPECT_EQ(db.one("SELECT group_concat(x) FROM t"), "1");
}

TEST(sqlite_transactions, a_writer_takes_its_lock_at_once) {
  temporary_file file;
  connection first(file.path()), second(file.path(), {{"busy_timeout", "50"}});
  first.run("CREATE TABLE t (x)");
  first.begin();
  auto start = clock::now();
  failure f = failed([&] { second.begin(); });
  EXPECT_EQ(f.category, QUARRY_ERROR_TIMEOUT);
  EXPECT_GE(clock::now() - start, std::chrono::milliseconds(45));
  EXPECT_TRUE(second.idle());
  second.begin(QUARRY_BEGIN_READ_ONLY);
  EXPECT_EQ(second.one("SELECT count(*) FROM t"), "0") << "readers are not stopped by a writer";
  second.commit();
  first.commit();
  second.begin();
  second.rollback();
}

TEST(sqlite_transactions, a_waiting_writer_gets_the_lock_when_it_is_free) {
  temporary_file file;
  connection first(file.path()), second(file.path(), {{"busy_timeout", "20000"}});
  first.begin();
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
    first.commit();
  });
  EXPECT_NO_THROW(second.begin());
  later.join();
  second.rollback();
}

TEST(sqlite_transactions, a_read_only_one_writes_nothing) {
  connection db;
  db.run("CREATE TABLE t (x)");
  db.begin(QUARRY_BEGIN_READ_ONLY);
  EXPECT_EQ(failed([&] { db.run("INSERT INTO t VALUES (1)"); }).category, QUARRY_ERROR_READ_ONLY);
  db.rollback();
  EXPECT_EQ(db.run("INSERT INTO t VALUES (1)").rows_affected, 1) << "and the next one writes again";
}

TEST(sqlite_transactions, rollback_after_sqlite_rolled_back_itself_is_fine) {
  connection db;
  db.script("CREATE TABLE t (x UNIQUE);\nINSERT INTO t VALUES (1)");
  db.begin();
  EXPECT_THROW(db.run("INSERT OR ROLLBACK INTO t VALUES (1)"), failure);
  EXPECT_NO_THROW(db.rollback());
  EXPECT_TRUE(db.idle());
}

TEST(sqlite_transactions, a_statement_with_unread_rows_is_not_idle) {
  connection db;
  statement read = db.prepare("SELECT value FROM json_each('[1,2,3]')", std::vector<value>{}, {QUARRY_TYPE_INT64});
  read.execute();
  EXPECT_FALSE(db.idle());
  read.finish();
  EXPECT_TRUE(db.idle());
}

// A query that runs until it is stopped.
constexpr const char* endless =
    "WITH RECURSIVE n (x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n";

TEST(sqlite_cancel, stops_a_running_query_and_leaves_the_connection_usable) {
  connection db;
  std::atomic<bool> done{false};
  std::thread other([&] {
    quarry_error error{};
    error.size = sizeof error;
    while (!done.load()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      plugin().cancel(db.raw(), &error);
    }
  });
  failure f = failed([&] { db.one(endless); });
  done = true;
  other.join();
  EXPECT_EQ(f.category, QUARRY_ERROR_INTERRUPTED);
  EXPECT_TRUE(db.idle());
  EXPECT_EQ(db.one("SELECT 1"), "1");
}

TEST(sqlite_cancel, stops_waiting_for_a_lock) {
  temporary_file file;
  connection holder(file.path()), waiting(file.path(), {{"busy_timeout", "60000"}});
  holder.begin();
  std::atomic<bool> done{false};
  std::thread other([&] {
    quarry_error error{};
    error.size = sizeof error;
    while (!done.load()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      plugin().cancel(waiting.raw(), &error);
    }
  });
  auto start = clock::now();
  failure f = failed([&] { waiting.begin(); });
  done = true;
  other.join();
  EXPECT_EQ(f.category, QUARRY_ERROR_INTERRUPTED);
  EXPECT_LT(clock::now() - start, std::chrono::seconds(10));
}

TEST(sqlite_plugin, table_is_complete) {
  const quarry_plugin& p = plugin();
  EXPECT_EQ(p.size, sizeof(quarry_plugin));
  EXPECT_EQ(p.magic, QUARRY_PLUGIN_MAGIC);
  EXPECT_EQ(p.highest_kind, QUARRY_HIGHEST_KIND);
  EXPECT_EQ(std::string(p.name.data, p.name.size), "sqlite");
  EXPECT_NE(p.savepoint, nullptr);
  EXPECT_NE(p.execute_many, nullptr);
  EXPECT_NE(p.set_fetch_size, nullptr);
  EXPECT_NE(p.cancel, nullptr);
  EXPECT_NE(p.ping, nullptr);
  EXPECT_NE(p.inspect, nullptr);
  EXPECT_NE(p.idle, nullptr);
  EXPECT_NE(p.column_names, nullptr);
  EXPECT_EQ(p.submit, nullptr);
}

TEST(sqlite_plugin, describes_versions_without_a_connection) {
  quarry_facts facts{};
  quarry_dialect* dialect = nullptr;
  quarry_error error{};
  error.size = sizeof error;
  ASSERT_EQ(plugin().describe_offline({"3.35.4", 6}, &facts, &dialect, &error), QUARRY_OK);
  EXPECT_EQ(std::string(facts.version.data, facts.version.size), "3.35.4");
  plugin().drop_dialect(dialect);
  ASSERT_EQ(plugin().describe_offline({nullptr, 0}, &facts, &dialect, &error), QUARRY_OK);
  plugin().drop_dialect(dialect);
  EXPECT_EQ(plugin().describe_offline({"2.8", 3}, &facts, &dialect, &error), QUARRY_UNSUPPORTED);
}

}  // namespace
}  // namespace quarry::test::sqlite
