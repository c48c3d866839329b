// The PostgreSQL driver behind a pooler that gives each transaction a server connection of its own choice: with prepare=off all
// works as without the pooler; without it statements are lost now and then, and no answer is wrong.
#include <chrono>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "servers/server.hpp"

namespace quarry::test {
namespace {

using host::error_category;
using ir::scalar;
using namespace std::chrono_literals;

constexpr const char* backend = "SELECT pg_backend_pid()";

// As many transactions at once as the pooler may give server connections: later ones go round all of these.
void open_server_connections() {
  std::vector<server_connection> clients;
  for (int i = 0; i < 4; ++i) {
    server_connection& one = clients.emplace_back("prepare=off");
    one.got(one.raw().begin());
    one.one("SELECT 1", scalar::int64);
  }
  for (server_connection& one : clients) one.got(one.raw().commit());
}

class pooled : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override { open_server_connections(); }
  static bool prepares() { return GetParam() == std::string_view("prepare=on"); }
};

TEST_P(pooled, reads_go_to_several_server_connections) {
  server_connection db(GetParam());
  std::set<std::string> backends;
  for (int i = 0; i < 20; ++i) backends.insert(db.one(backend, scalar::int64));
  EXPECT_GT(backends.size(), 1U);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(db.one("SELECT $1 + 1", scalar::int64, {number(i)}), std::to_string(i + 1));
}

// Statements of equal parameters and results, so that one would pass for the other.
TEST_P(pooled, clients_never_run_the_statements_of_each_other) {
  std::vector<server_connection> clients;
  for (int i = 0; i < 6; ++i) clients.emplace_back(GetParam());
  for (int round = 0; round < 20; ++round)
    for (int i = 0; i < 6; ++i)
      EXPECT_EQ(clients[static_cast<std::size_t>(i)].one("SELECT $1 * 100 + " + std::to_string(i), scalar::int64,
                                                         {number(round)}),
                std::to_string(round * 100 + i));
}

TEST_P(pooled, streams_keep_to_one_server_connection) {
  server_connection db(GetParam()), other(GetParam());
  host::statement s = db.prepare("SELECT g, pg_backend_pid() FROM generate_series(1, 20000) AS g", {},
                                 std::vector{scalar::int64, scalar::int64});
  db.got(s.execute({}));
  std::set<std::string> backends;
  std::size_t count = 0;
  for (;;) {
    const std::vector<row> some = rows_of(db.got(s.next(1000)));
    if (some.empty()) break;
    for (const row& r : some) {
      ASSERT_EQ(r[0], std::to_string(++count));
      backends.insert(r[1]);
    }
    EXPECT_EQ(other.one("SELECT $1", scalar::int64, {number(7)}), "7");
  }
  EXPECT_EQ(count, 20'000U);
  EXPECT_EQ(backends.size(), 1U);
  EXPECT_EQ(db.one("SELECT 8", scalar::int64), "8");
}

TEST_P(pooled, transactions_keep_what_they_commit_and_forget_what_they_roll_back) {
  server_connection db(GetParam()), other(GetParam());
  db.run("DROP TABLE IF EXISTS pooled");
  db.run("CREATE TABLE pooled (x integer)");
  for (int i = 1; i <= 5; ++i) {
    db.got(db.raw().begin());
    const std::string first = db.one("SELECT pg_backend_pid() + 0 * " + std::to_string(i), scalar::int64);
    other.one(backend, scalar::int64);
    db.run("INSERT INTO pooled VALUES (" + std::to_string(i) + ")");
    db.got(db.raw().savepoint(1));
    db.run("INSERT INTO pooled VALUES (" + std::to_string(-i) + ")");
    db.got(db.raw().rollback_to(1));
    EXPECT_EQ(other.one("SELECT count(*) FROM pooled WHERE x = $1", scalar::int64, {number(i)}), "0");
    EXPECT_EQ(db.one("SELECT pg_backend_pid() - 0 * " + std::to_string(i), scalar::int64), first);
    if (i % 2 == 0) {
      db.got(db.raw().rollback());
    } else {
      db.got(db.raw().commit());
    }
    EXPECT_TRUE(db.raw().idle());
  }
  EXPECT_EQ(other.one("SELECT string_agg(x::text, ' ' ORDER BY x) FROM pooled", scalar::text), "1 3 5");
  db.run("DROP TABLE pooled");
}

// A statement that was prepared on one server connection, in a transaction on another.
TEST_P(pooled, a_statement_lost_inside_a_transaction_is_a_clear_error_and_the_next_try_is_right) {
  server_connection db(GetParam());
  const auto in_transaction = [&](const std::string& sql) {
    db.got(db.raw().begin());
    const std::string answer = db.one(sql, scalar::int64);
    db.got(db.raw().commit());
    return answer;
  };
  int lost = 0;
  for (int i = 0; i < 10; ++i) {
    try {
      EXPECT_EQ(in_transaction("SELECT 42"), "42");
    } catch (const failed_call& e) {
      ++lost;
      EXPECT_EQ(e.category, error_category::schema_changed);
      EXPECT_NE(std::string(e.what()).find("prepare=off"), std::string::npos) << e.what();
      db.got(db.raw().rollback());
      EXPECT_EQ(in_transaction("SELECT 42"), "42");
    }
  }
  EXPECT_EQ(lost, prepares() ? 1 : 0);
}

TEST_P(pooled, statements_outlive_a_change_of_the_schema) {
  server_connection db(GetParam()), other(GetParam());
  db.run("DROP TABLE IF EXISTS pooled");
  db.run("CREATE TABLE pooled (x integer)");
  db.run("INSERT INTO pooled VALUES (1)");
  for (const char* type : {"bigint", "numeric", "integer"}) {
    for (int i = 0; i < 6; ++i) EXPECT_EQ(db.one("SELECT x FROM pooled", scalar::int64), "1");
    other.run("ALTER TABLE pooled ALTER x TYPE " + std::string(type));
    for (int i = 0; i < 6; ++i) EXPECT_EQ(db.one("SELECT x FROM pooled", scalar::int64), "1");
    other.run("DEALLOCATE ALL");
  }
  db.run("DROP TABLE pooled");
}

TEST_P(pooled, cancelling_stops_the_statement_of_this_client) {
  server_connection db(GetParam()), neighbour(GetParam());
  std::thread elsewhere([&] { EXPECT_EQ(neighbour.one("SELECT 5 FROM pg_sleep(0.5)", scalar::int64), "5"); });
  std::thread other([&] {
    std::this_thread::sleep_for(200ms);
    EXPECT_TRUE(db.raw().cancel());
  });
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(db.failure_of([&] { db.one("SELECT 1 FROM pg_sleep(30)", scalar::int64); }), error_category::interrupted);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
  other.join();
  elsewhere.join();
  EXPECT_EQ(db.one("SELECT 1", scalar::int64), "1");
}

INSTANTIATE_TEST_SUITE_P(all, pooled, testing::Values("prepare=on", "prepare=off"), [](const auto& name) {
  return std::string(name.param).ends_with("on") ? "kept" : "sent_anew";
});

}  // namespace
}  // namespace quarry::test
