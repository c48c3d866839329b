// The PostgreSQL driver on a server.
#include <chrono>
#include <cmath>
#include <limits>
#include <thread>

#include <gtest/gtest.h>

#include "servers/server.hpp"

namespace quarry::test {
namespace {

using host::error_category;
using ir::scalar;
using namespace std::chrono_literals;

constexpr std::int64_t day = 86'400'000'000;

// ---------------------------------------------------------------- values

TEST(postgresql_values, come_back_as_they_went) {
  server_connection db;
  const std::vector<bound> samples = {number(1, scalar::boolean),
                                      number(-32768, scalar::int16),
                                      number(2147483647, scalar::int32),
                                      number(std::numeric_limits<std::int64_t>::min()),
                                      real(0.1),
                                      real(-0.0),
                                      bytes("12.50", scalar::decimal),
                                      bytes("-0.0001", scalar::decimal),
                                      bytes("100000000000000000000.5", scalar::decimal),
                                      bytes("Zoë ✓ 100%_\\"),
                                      bytes(""),
                                      bytes(std::string("\0\xff", 2), scalar::bytes),
                                      bytes("", scalar::bytes),
                                      number(14'000, scalar::date),
                                      number(-719'162, scalar::date),
                                      number(86'399'999'999, scalar::time),
                                      number(1, scalar::datetime),
                                      number(-62'135'596'800'000'000, scalar::datetime),
                                      number(-1, scalar::duration),
                                      number(400 * day + 5, scalar::duration),
                                      bytes("0123456789abcdef", scalar::uuid),
                                      bytes(R"({"a": [1, null, "x"]})", scalar::json)};
  for (const bound& sample : samples) {
    const std::vector<quarry_cell> cell = cells_of({&sample, 1});
    EXPECT_EQ(db.one("SELECT $1", sample.type.kind(), {sample}), rows_of({cell.data(), 1, 1})[0][0]);
    EXPECT_EQ(db.one("SELECT $1", sample.type.kind(), {null_of(sample.type.kind())}), "NULL");
  }
  EXPECT_TRUE(std::isnan(std::stod(db.one("SELECT $1", scalar::float64, {real(std::nan(""))}))));
}

TEST(postgresql_values, are_what_the_host_asked_for_whatever_the_server_chose) {
  server_connection db;
  EXPECT_EQ(db.one("SELECT sum(x) FROM (VALUES (1::bigint), (2)) AS t(x)", scalar::int64), "3");
  EXPECT_EQ(db.one("SELECT 7::smallint", scalar::float64), "7");
  EXPECT_EQ(db.one("SELECT 1.5::real", scalar::float64), "1.5");
  EXPECT_EQ(db.one("SELECT avg(x) FROM (VALUES (1), (2)) AS t(x)", scalar::float64), "1.5");
  EXPECT_EQ(db.one("SELECT 12::integer", scalar::decimal), "12");
  EXPECT_EQ(db.one("SELECT 10000.0001::numeric", scalar::decimal), "10000.0001");
  EXPECT_EQ(db.one("SELECT 1e-20::numeric", scalar::decimal), "0.00000000000000000001");
  EXPECT_EQ(db.one("SELECT 0::numeric(5, 2)", scalar::decimal), "0.00");
  EXPECT_EQ(db.one("SELECT -40000000000::numeric", scalar::decimal), "-40000000000");
  EXPECT_EQ(db.one("SELECT DATE '2008-06-01'", scalar::datetime), std::to_string(14'031 * day));
  EXPECT_EQ(db.one("SELECT TIMESTAMP '2008-06-01 00:00'", scalar::date), "14031");
  EXPECT_EQ(db.one("SELECT INTERVAL '1 month 1 day'", scalar::duration), std::to_string(31 * day));
  EXPECT_EQ(db.one("SELECT 'x'::varchar(3)", scalar::text), "x");
  EXPECT_EQ(db.one("SELECT '[1]'::json", scalar::json), "[1]");
}

TEST(postgresql_values, that_do_not_fit_are_data_errors) {
  server_connection db;
  const std::vector<std::pair<const char*, scalar>> misfits = {{"SELECT 70000", scalar::int16},
                                                               {"SELECT 1.5::numeric", scalar::int64},
                                                               {"SELECT 'NaN'::numeric", scalar::decimal},
                                                               {"SELECT 'infinity'::date", scalar::date},
                                                               {"SELECT 'x'", scalar::int32},
                                                               {"SELECT TIMESTAMP '2008-06-01 01:00'", scalar::date},
                                                               {"SELECT 2", scalar::boolean},
                                                               {"SELECT 1", scalar::text}};
  for (const auto& [sql, type] : misfits)
    EXPECT_EQ(db.failure_of([&] { db.one(sql, type); }), error_category::data) << sql;
  EXPECT_EQ(db.failure_of([&] { db.one("SELECT $1", scalar::text, {bytes(std::string("a\0b", 3))}); }),
            error_category::data);
  EXPECT_EQ(db.one("SELECT 1", scalar::int32), "1");
}

TEST(postgresql_values, of_a_list_are_one_array) {
  server_connection db;
  std::vector<quarry_cell> keep;
  const std::vector<bound> numbers = {number(1), null_of(scalar::int64), number(3)};
  EXPECT_EQ(db.one("SELECT count(*) FROM generate_series(1, 5) AS g(x) WHERE x = ANY ($1)", scalar::int64,
                   {array(scalar::int64, numbers, keep)}),
            "2");
  const std::vector<bound> texts = {bytes("a,b"), bytes("{\"}"), bytes("")};
  EXPECT_EQ(db.one("SELECT array_to_string($1, '|')", scalar::text, {array(scalar::text, texts, keep)}), "a,b|{\"}|");
  const std::vector<bound> prices = {bytes("1.50", scalar::decimal), null_of(scalar::decimal)};
  EXPECT_EQ(db.one("SELECT array_to_string($1, '|', '-')", scalar::text, {array(scalar::decimal, prices, keep)}),
            "1.50|-");
  EXPECT_EQ(db.one("SELECT cardinality($1)", scalar::int64, {array(scalar::text, {}, keep)}), "0");
}

// ---------------------------------------------------------------- errors

TEST(postgresql_errors, have_the_category_that_a_program_acts_on) {
  server_connection db;
  db.run("CREATE TEMPORARY TABLE a (id integer PRIMARY KEY, n integer NOT NULL CHECK (n > 0))");
  db.run("CREATE TEMPORARY TABLE b (a integer REFERENCES a)");
  db.run("INSERT INTO a VALUES (1, 1)");
  const std::vector<std::pair<const char*, error_category>> wrong = {
      {"INSERT INTO a VALUES (1, 1)", error_category::unique},
      {"INSERT INTO b VALUES (9)", error_category::foreign_key},
      {"INSERT INTO a VALUES (2, NULL)", error_category::not_null},
      {"INSERT INTO a VALUES (2, 0)", error_category::check},
      {"SELECT FROM WHERE", error_category::syntax},
      {"SELECT * FROM nowhere", error_category::no_such_object},
      {"SELECT nothing FROM a", error_category::no_such_object},
      {"SELECT nofunction(1)", error_category::no_such_object},
      {"SELECT 1 / 0", error_category::data},
      {"SELECT 'x'::integer", error_category::data}};
  for (const auto& [sql, category] : wrong) EXPECT_EQ(db.failure_of([&] { db.run(sql); }), category) << sql;
  db.got(db.raw().begin(host::begin_mode::read_only));
  EXPECT_EQ(db.failure_of([&] { db.run("CREATE TABLE c (x integer)"); }), error_category::read_only);
  db.got(db.raw().rollback());
}

TEST(postgresql_errors, of_opening_name_the_option) {
  const server_connection any;
  const auto failure = [](const char* options) -> std::string {
    try {
      server_connection db(options);
    } catch (const failed_call& e) {
      return e.what();
    }
    return {};
  };
  EXPECT_NE(failure("prepar=off").find("'prepar'"), std::string::npos);
  EXPECT_NE(failure("prepare=perhaps").find("'prepare'"), std::string::npos);
  EXPECT_NE(failure("sslmode=never").find("sslmode"), std::string::npos);
  EXPECT_EQ(failure("sslmode=prefer&application_name=it%27s%20me&connect_timeout=3"), "");
}

TEST(postgresql_errors, of_two_transactions_that_meet_are_told_apart) {
  server_connection one, two;
  one.run("DROP TABLE IF EXISTS met");
  one.run("CREATE TABLE met (id integer PRIMARY KEY, n integer)");
  one.run("INSERT INTO met VALUES (1, 0), (2, 0)");
  one.got(one.raw().begin(host::begin_mode::serializable));
  two.got(two.raw().begin(host::begin_mode::serializable));
  one.one("SELECT sum(n) FROM met", scalar::int64);
  two.one("SELECT sum(n) FROM met", scalar::int64);
  one.run("UPDATE met SET n = 1 WHERE id = 1");
  two.run("UPDATE met SET n = 1 WHERE id = 2");
  one.got(one.raw().commit());
  EXPECT_EQ(two.failure_of([&] { two.got(two.raw().commit()); }), error_category::serialization);
  two.got(two.raw().rollback());
  one.run("DROP TABLE met");
}

// ---------------------------------------------------------------- TLS

TEST(postgresql_tls, is_as_the_url_says) {
  if (tls_folder().empty()) GTEST_SKIP() << "the server has no certificate";
  const std::string own = "sslrootcert=" + tls_folder() + "/own.pem",
                    other = "sslrootcert=" + tls_folder() + "/other.pem";
  const auto encrypted = [](const std::string& options) {
    return server_connection(options).one("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", scalar::boolean);
  };
  EXPECT_EQ(encrypted("sslmode=disable"), "false");
  EXPECT_EQ(encrypted("sslmode=require"), "true");
  EXPECT_EQ(encrypted("sslmode=verify-full&" + own), "true");
  for (const std::string& refused : {"sslmode=verify-full&" + other, "sslmode=verify-ca&" + other,
                                     std::string("sslmode=verify-full&sslrootcert=/nowhere.pem")}) {
    try {
      const server_connection db(refused);
      ADD_FAILURE() << refused;
    } catch (const failed_call& e) {
      EXPECT_EQ(e.category, error_category::none) << "there is no connection to say one";
      EXPECT_NE(std::string(e.what()).find("certificate"), std::string::npos) << e.what();
    }
  }
}

// ---------------------------------------------------------------- transactions

TEST(postgresql_transactions, commit_keeps_and_rollback_forgets) {
  server_connection db;
  db.run("CREATE TEMPORARY TABLE t (x integer)");
  db.got(db.raw().begin());
  EXPECT_FALSE(db.raw().idle());
  db.run("INSERT INTO t VALUES (1)");
  db.got(db.raw().savepoint(1));
  db.run("INSERT INTO t VALUES (2)");
  db.got(db.raw().rollback_to(1));
  db.got(db.raw().savepoint(2));
  db.run("INSERT INTO t VALUES (3)");
  db.got(db.raw().release_savepoint(2));
  db.got(db.raw().commit());
  EXPECT_TRUE(db.raw().idle());
  EXPECT_EQ(db.one("SELECT string_agg(x::text, ' ' ORDER BY x) FROM t", scalar::text), "1 3");
  db.got(db.raw().begin(host::begin_mode::repeatable_read));
  db.run("DELETE FROM t");
  EXPECT_EQ(db.one("SHOW transaction_isolation", scalar::text), "repeatable read");
  db.got(db.raw().rollback());
  EXPECT_EQ(db.one("SELECT count(*) FROM t", scalar::int64), "2");
}

TEST(postgresql_transactions, that_failed_refuse_more_and_do_not_commit) {
  server_connection db;
  db.run("CREATE TEMPORARY TABLE t (x integer)");
  db.got(db.raw().begin());
  db.run("INSERT INTO t VALUES (1)");
  EXPECT_EQ(db.failure_of([&] { db.run("SELECT 1 / 0"); }), error_category::data);
  EXPECT_NO_THROW(db.failure_of([&] { db.run("INSERT INTO t VALUES (2)"); }));
  EXPECT_NO_THROW(db.failure_of([&] { db.got(db.raw().commit()); }));
  EXPECT_TRUE(db.raw().idle());
  EXPECT_EQ(db.one("SELECT count(*) FROM t", scalar::int64), "0");
}

// ---------------------------------------------------------------- prepared statements

// fetch_size: 0 takes all rows at once, another streams them.
void read_beside_another(const char* options, std::uint32_t fetch_size) {
  server_connection db(options);
  host::statement first = db.prepare("SELECT g FROM generate_series(1, 5000) AS g", {}, std::vector{scalar::int64});
  if (fetch_size != 0) db.got(first.set_fetch_size(fetch_size));
  db.got(first.execute({}));
  std::vector<row> seen = rows_of(db.got(first.next(10)));
  const host::row_batch kept = db.got(first.next(10));
  EXPECT_EQ(db.one("SELECT 7", scalar::int64), "7");
  EXPECT_EQ(rows_of(kept)[9][0], "20");
  for (const row& r : rows_of(kept)) seen.push_back(r);
  for (;;) {
    const std::vector<row> some = rows_of(db.got(first.next(1000)));
    if (some.empty()) break;
    seen.insert(seen.end(), some.begin(), some.end());
  }
  ASSERT_EQ(seen.size(), 5000U);
  for (std::size_t i = 0; i < seen.size(); ++i) ASSERT_EQ(seen[i][0], std::to_string(i + 1));
}

void leave_half_read(const char* options, std::uint32_t fetch_size) {
  server_connection db(options);
  {
    host::statement s = db.prepare("SELECT g FROM generate_series(1, 100000) AS g", {}, std::vector{scalar::int64});
    if (fetch_size != 0) db.got(s.set_fetch_size(fetch_size));
    db.got(s.execute({}));
    (void)db.got(s.next(3));
    s.finish();
    db.got(s.execute({}));
    (void)db.got(s.next(3));
  }
  EXPECT_TRUE(db.raw().idle());
  EXPECT_EQ(db.one("SELECT 7", scalar::int64), "7");
}

class postgresql_statements : public testing::TestWithParam<const char*> {};

TEST_P(postgresql_statements, outlive_a_change_of_the_schema) {
  server_connection db(GetParam());
  db.run("CREATE TEMPORARY TABLE t (x integer)");
  db.run("INSERT INTO t VALUES (1)");
  EXPECT_EQ(db.one("SELECT x FROM t", scalar::int64), "1");
  db.run("ALTER TABLE t ALTER x TYPE bigint");
  EXPECT_EQ(db.one("SELECT x FROM t", scalar::int64), "1");
  db.run("DEALLOCATE ALL");
  EXPECT_EQ(db.one("SELECT x FROM t", scalar::int64), "1");
}

TEST_P(postgresql_statements, that_change_inside_a_transaction_end_it_with_the_cause) {
  server_connection db(GetParam());
  db.run("CREATE TEMPORARY TABLE t (x integer)");
  EXPECT_EQ(db.rows("SELECT * FROM t", {scalar::int64}).size(), 0U);
  db.run("ALTER TABLE t ADD y integer");
  db.got(db.raw().begin());
  EXPECT_EQ(db.failure_of([&] { db.rows("SELECT * FROM t", {scalar::int64}); }), error_category::schema_changed);
  db.got(db.raw().rollback());
  EXPECT_EQ(db.rows("SELECT * FROM t", {scalar::int64, scalar::int64}).size(), 0U);
}

TEST_P(postgresql_statements, that_are_gone_inside_a_transaction_end_it_with_the_cause) {
  server_connection db(GetParam());
  const bool kept = GetParam() == std::string_view("prepare=on");
  db.run("CREATE TEMPORARY TABLE t (x integer)");
  host::statement add = db.prepare("INSERT INTO t VALUES ($1)", std::vector{number(1)}, {});
  const auto added = [&](std::int64_t value) {
    const std::vector<bound> values = {number(value)};
    db.got(add.execute(cells_of(values)));
  };
  added(1);
  db.got(db.raw().begin());
  db.run("DEALLOCATE ALL");
  if (kept) {
    EXPECT_EQ(db.failure_of([&] { added(2); }), error_category::schema_changed);
    EXPECT_NO_THROW(db.failure_of([&] { added(3); }));
  } else {
    added(2);
  }
  db.got(db.raw().rollback());
  added(4);
  EXPECT_EQ(db.one("SELECT string_agg(x::text, ' ' ORDER BY x) FROM t", scalar::text), "1 4");
}

TEST_P(postgresql_statements, that_change_things_run_once_when_they_are_prepared_again) {
  server_connection db(GetParam());
  db.run("CREATE TEMPORARY TABLE t (x integer)");
  host::statement add =
      db.prepare("INSERT INTO t VALUES (1) RETURNING *", {}, std::vector{scalar::int64, scalar::int64});
  db.run("ALTER TABLE t ADD y integer");
  db.got(add.execute({}));
  EXPECT_EQ(rows_of(db.got(add.next(10))), (std::vector<row>{{"1", "NULL"}}));
  db.run("DEALLOCATE ALL");
  db.got(add.execute({}));
  db.run("ALTER TABLE t DROP y");
  EXPECT_EQ(db.failure_of([&] { db.got(add.execute({})); }), error_category::schema_changed);
  EXPECT_EQ(db.one("SELECT count(*) FROM t", scalar::int64),
            "3");  // the last one too: it ran, and its answer was not wanted
}

TEST_P(postgresql_statements, run_while_another_one_is_read) {
  for (const std::uint32_t fetch_size : {0U, 100U}) read_beside_another(GetParam(), fetch_size);
}

TEST_P(postgresql_statements, that_are_left_half_read_free_the_connection) {
  for (const std::uint32_t fetch_size : {0U, 100U}) leave_half_read(GetParam(), fetch_size);
}

TEST_P(postgresql_statements, of_one_text_run_at_once_and_are_used_again) {
  server_connection db(GetParam());
  const std::string sql = "SELECT $1 + g FROM generate_series(1, 3) AS g ORDER BY 1";
  for (int round = 0; round < 3; ++round) {
    const std::vector<bound> ten = {number(10)}, twenty = {number(20)};
    host::statement first = db.prepare(sql, ten, std::vector{scalar::int64});
    host::statement second = db.prepare(sql, twenty, std::vector{scalar::int64});
    db.got(first.execute(cells_of(ten)));
    EXPECT_EQ(rows_of(db.got(first.next(1))), (std::vector<row>{{"11"}}));
    db.got(second.execute(cells_of(twenty)));
    EXPECT_EQ(rows_of(db.got(second.next(9))), (std::vector<row>{{"21"}, {"22"}, {"23"}}));
    EXPECT_EQ(rows_of(db.got(first.next(9))), (std::vector<row>{{"12"}, {"13"}}));
    EXPECT_EQ(db.rows(sql, {scalar::float64}, {number(round)}).size(), 3U) << "the same text, read as another type";
  }
}

TEST_P(postgresql_statements, give_the_rows_that_they_changed) {
  server_connection db(GetParam());
  db.run("CREATE TEMPORARY TABLE t (id integer GENERATED BY DEFAULT AS IDENTITY, x integer)");
  EXPECT_EQ(db.rows("INSERT INTO t (x) VALUES ($1), ($2) RETURNING id", {scalar::int64}, {number(5), number(6)}),
            (std::vector<row>{{"1"}, {"2"}}));
  EXPECT_EQ(db.run("UPDATE t SET x = 0"), 2);
  EXPECT_EQ(db.run("DELETE FROM t WHERE x = $1", {number(9)}), 0);
}

INSTANTIATE_TEST_SUITE_P(all, postgresql_statements, testing::Values("prepare=on", "prepare=off"),
                         [](const auto& name) {
                           return std::string(name.param).ends_with("on") ? "kept" : "sent_anew";
                         });

TEST(postgresql_statements, take_other_names_where_theirs_are_taken) {
  server_connection db;
  const std::string name = db.one("SELECT name FROM pg_prepared_statements LIMIT 1", scalar::text);
  const std::size_t number_at = name.rfind('_') + 1;
  db.run("DO $$ BEGIN FOR i IN 1 .. 50 LOOP EXECUTE 'PREPARE " + name.substr(0, number_at) +
         "' || i + 10 || ' AS SELECT 0'; END LOOP; END $$");
  for (int i = 1; i < 60; ++i) EXPECT_EQ(db.one("SELECT " + std::to_string(i), scalar::int64), std::to_string(i));
}

TEST(postgresql_statements, are_many_more_than_are_kept) {
  server_connection db;
  for (int i = 0; i < 600; ++i) EXPECT_EQ(db.one("SELECT " + std::to_string(i), scalar::int64), std::to_string(i));
  EXPECT_LE(std::stoi(db.one("SELECT count(*) FROM pg_prepared_statements", scalar::int64)), 257);
}

// ---------------------------------------------------------------- cancelling, losing the server

TEST(postgresql_cancel, stops_what_runs_and_leaves_the_connection_usable) {
  server_connection db;
  std::thread other([&] {
    std::this_thread::sleep_for(100ms);
    EXPECT_TRUE(db.raw().cancel());
  });
  EXPECT_EQ(db.failure_of([&] { db.one("SELECT 1 FROM pg_sleep(30)", scalar::int64); }), error_category::interrupted);
  other.join();
  EXPECT_EQ(db.one("SELECT 1", scalar::int64), "1");
  db.run("SET statement_timeout = '50ms'");
  EXPECT_EQ(db.failure_of([&] { db.one("SELECT 1 FROM pg_sleep(30)", scalar::int64); }), error_category::timeout);
}

TEST(postgresql_loss, of_a_connection_is_said_as_such) {
  server_connection db, other;
  const std::string pid = db.one("SELECT pg_backend_pid()", scalar::int64);
  other.one("SELECT pg_terminate_backend(" + pid + ")", scalar::boolean);
  EXPECT_EQ(db.failure_of([&] { db.one("SELECT 1", scalar::int64); }), error_category::connection_lost);
  EXPECT_TRUE(db.raw().lost());
  EXPECT_FALSE(db.raw().idle());
}

TEST(postgresql_loss, of_the_server_in_the_middle_of_a_stream_and_of_a_commit) {
  if (!owns_server()) GTEST_SKIP() << "the server is not ours to kill";
  server_connection reader, writer;
  writer.run("SET synchronous_commit = on");
  writer.run("CREATE TABLE half (x integer)");
  host::statement s =
      reader.prepare("SELECT repeat('x', 1000) FROM generate_series(1, 1000000)", {}, std::vector{scalar::text});
  reader.got(s.set_fetch_size(100));
  reader.got(s.execute({}));
  (void)reader.got(s.next(10));
  writer.got(writer.raw().begin());
  writer.run("INSERT INTO half VALUES (1)");
  server("kill");
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(reader.failure_of([&] {
    while (reader.got(s.next(1000)).size() != 0) {
    }
  }),
            error_category::connection_lost);
  EXPECT_EQ(writer.failure_of([&] { writer.got(writer.raw().commit()); }), error_category::connection_lost);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
  EXPECT_THROW(server_connection(), failed_call);
  server("start");
  server_connection again;
  EXPECT_EQ(again.one("SELECT count(*) FROM half", scalar::int64), "0");
  again.run("DROP TABLE half");
}

}  // namespace
}  // namespace quarry::test
