// The library on a server: streams, the pool of connections, and a server that dies. The same on every product.
#include <atomic>
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include <quarry/core/exec/core.hpp>
#include <quarry/core/quarry.hpp>

#include "core/query/blog_models.hpp"
#include "servers/server.hpp"
#include "support/plugins.hpp"
#include "support/visits.hpp"

namespace quarry::test {
namespace {

using namespace std::chrono_literals;
using blog::Blog;
using clock = std::chrono::steady_clock;

/// More than anybody waits for an error of a server that is gone.
constexpr auto long_time = 10s;

database opened(const database_options& options = {}) {
  use_built_plugins();
  return database::open(server_url(), options);
}

TEST(a_database_on_a_server, streams_a_million_rows_in_the_memory_of_a_batch) {
  const database db = opened();
  constexpr std::int64_t rows = 1'000'000;
  make_visits(db, rows);
  const streamed_visits seen = stream_visits(db);
  drop_visits(db);
  EXPECT_EQ(seen.rows, rows);
  EXPECT_EQ(seen.notes, rows / 2);
  EXPECT_LT(seen.memory_growth, 16U << 20U);
  RecordProperty("memory_growth_kib", static_cast<int>(seen.memory_growth >> 10U));
}

// ---------------------------------------------------------------- the server dies

class a_server_that_dies : public testing::Test {
 protected:
  void SetUp() override {
    if (!owns_server()) GTEST_SKIP() << "the server is not ours to kill";
    // What is committed outlives the server, whatever the settings for other tests: from the next connection on.
    if (const database db = opened(); db.product().starts_with("PostgreSQL"))
      run_sql(db, "ALTER ROLE quarry SET synchronous_commit = on");
    opened().create_tables<blog::blog_schema>();
  }
  void TearDown() override {
    if (!owns_server()) return;
    const database db = opened();
    unwrap(detail::drop_tables(db.core(), *catalog_of<blog::blog_schema>()));
    if (db.product().starts_with("PostgreSQL")) run_sql(db, "ALTER ROLE quarry RESET synchronous_commit");
  }
  /// What it says when it fails.
  template <class F>
  static ir::diag failure_of(F&& f) {
    const auto start = clock::now();
    try {
      f();
    } catch (const error& e) {
      EXPECT_LT(clock::now() - start, long_time);
      return e.id();
    }
    ADD_FAILURE() << "it did not fail";
    return ir::diag::internal_error;
  }
  /// Opens this many connections of the pool; gives them back.
  static void warm(const database& db, std::size_t connections) {
    std::vector<detail::lease> held;
    while (held.size() < connections) held.push_back(unwrap(db.core()->take()));
  }
  static Blog named(const std::string& name) { return {.name = name, .tagline = ""}; }
};

TEST_F(a_server_that_dies, ends_a_stream_with_its_error_and_serves_the_next_query_when_it_is_back) {
  const database db = opened();
  make_visits(db, 10'000'000);
  warm(db, 5);
  std::int64_t rows = 0;
  EXPECT_EQ(failure_of([&] {
              for (const visits::Visit& v : db.objects<visits::Visit>().stream()) {
                if (++rows == 1000) server("kill");
                EXPECT_EQ(v.id.value(), rows);
              }
            }),
            ir::diag::database_connection_lost);
  EXPECT_GE(rows, 1000);
  EXPECT_EQ(failure_of([&] { db.objects<Blog>().count(); }), ir::diag::database_cannot_open);
  server("start");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(db.objects<Blog>().count(), 0) << i;
  EXPECT_TRUE(db.objects<visits::Visit>().filter("id"_f = 5).exists());
  drop_visits(db);
}

TEST_F(a_server_that_dies, undoes_the_transaction_that_was_open) {
  const database db = opened();
  EXPECT_EQ(failure_of([&] {
              db.atomic([&](transaction& tx) {
                tx.objects<Blog>().create(named("one"));
                server("kill");
              });
            }),
            ir::diag::database_connection_lost)
      << "at the commit";
  server("start");
  EXPECT_EQ(db.objects<Blog>().count(), 0);
  EXPECT_EQ(failure_of([&] {
              db.atomic([&](transaction& tx) {
                tx.objects<Blog>().create(named("one"));
                tx.atomic([&](transaction& inner) {
                  server("kill");
                  inner.objects<Blog>().create(named("two"));
                });
              });
            }),
            ir::diag::database_connection_lost)
      << "at a statement within a savepoint";
  server("start");
  EXPECT_EQ(db.objects<Blog>().count(), 0);
  EXPECT_EQ(failure_of([&] {
              db.atomic([&](transaction& tx) {
                EXPECT_EQ(failure_of([&] {
                            tx.atomic([&](transaction& inner) {
                              server("kill");
                              inner.objects<Blog>().create(named("two"));
                            });
                          }),
                          ir::diag::database_connection_lost);
                EXPECT_EQ(failure_of([&] { tx.objects<Blog>().count(); }), ir::diag::transaction_broken)
                    << "no savepoint is left";
                EXPECT_EQ(failure_of([&] { tx.atomic([](transaction&) {}); }), ir::diag::transaction_broken);
              });
            }),
            ir::diag::transaction_undone)
      << "of a function that hid the loss";
  server("start");
  EXPECT_EQ(db.objects<Blog>().count(), 0);
  db.atomic([&](transaction& tx) { tx.objects<Blog>().create(named("one")); });
  EXPECT_EQ(db.objects<Blog>().count(), 1);
}

// Commits follow one another while the server is killed: wherever that hits, each transaction is there as a whole or not at all.
TEST_F(a_server_that_dies, leaves_no_commit_half_done) {
  const database db = opened();
  for (int round = 0; round < 3; ++round) {
    std::atomic<int> committed{0};
    std::thread writer([&] {
      EXPECT_EQ(failure_of([&] {
                  for (int n = 1;; ++n) {
                    db.atomic([&](transaction& tx) {
                      const std::string name = std::to_string(round) + "/" + std::to_string(n);
                      for (int i = 0; i < 2; ++i) tx.objects<Blog>().create(named(name));
                    });
                    committed = n;
                  }
                }),
                ir::diag::database_connection_lost);
    });
    while (committed < 20) std::this_thread::sleep_for(1ms);
    server("kill");
    writer.join();
    server("start");
    const auto of_round = db.objects<Blog>().filter("name__startswith"_f = std::to_string(round) + "/");
    const std::int64_t rows = of_round.count();
    EXPECT_TRUE(rows == 2 * committed || rows == 2 * (committed + 1)) << rows << " rows, " << committed << " commits";
    for (int n = 1; n <= committed; ++n)
      EXPECT_EQ(of_round.filter("name"_f = std::to_string(round) + "/" + std::to_string(n)).count(), 2);
  }
}

TEST_F(a_server_that_dies, is_not_noticed_by_a_program_that_slept_meanwhile) {
  const database db = opened();
  warm(db, 5);
  server("kill");
  server("start");
  std::this_thread::sleep_for(600ms);  // connections that were used just now are not asked whether they live
  EXPECT_EQ(db.objects<Blog>().count(), 0);
  std::this_thread::sleep_for(600ms);
  db.atomic([&](transaction& tx) { tx.objects<Blog>().create(named("one")); });
  EXPECT_EQ(db.objects<Blog>().count(), 1);
}

TEST_F(a_server_that_dies, fails_all_threads_on_the_pool_and_serves_them_again) {
  constexpr std::uint32_t connections = 3;
  const database db = opened({.compile = {}, .connections = connections});
  warm(db, connections);
  enum class phase { alive, dead, back };
  std::atomic<phase> now{phase::alive};
  std::atomic<int> failures{0}, answers{0}, finished{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t)
    threads.emplace_back([&] {
      const auto end = clock::now() + 60s;
      int good = 0;  // since the server is back
      while (good < 20 && clock::now() < end) {
        const phase then = now;
        try {
          EXPECT_EQ(db.objects<Blog>().count(), 0);
          ++answers;
          if (then == phase::back) ++good;
        } catch (const operational_error&) {
          ++failures;
          EXPECT_NE(now, phase::alive) << "a failure while the server lives";
          std::this_thread::sleep_for(5ms);
        }
      }
      finished += good == 20 ? 1 : 0;
    });
  while (answers < 100) std::this_thread::sleep_for(1ms);
  now = phase::dead;
  server("kill");
  while (failures < 50) std::this_thread::sleep_for(1ms);
  server("start");
  now = phase::back;
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(finished, 16);
  server_connection other;
  const bool postgresql = db.product().starts_with("PostgreSQL");
  const std::string open = other.one(postgresql ? "SELECT count(*) FROM pg_stat_activity WHERE usename = 'quarry' AND "
                                                  "pid <> pg_backend_pid() AND backend_type = 'client backend'"
                                                : "SELECT count(*) FROM information_schema.processlist WHERE user = "
                                                  "'quarry' AND id <> connection_id()",
                                     ir::scalar::int64);
  EXPECT_LE(std::stoi(open), static_cast<int>(connections));
}

}  // namespace
}  // namespace quarry::test
