// The driver for MariaDB and MySQL on a server.
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
constexpr const char* numbers = "WITH RECURSIVE g(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM g WHERE x < ?) SELECT ";

std::string many(const char* columns) { return std::string(numbers) + columns + " FROM g"; }

// A statement that was told to stream, executed.
host::statement streamed(server_connection& db, std::string_view sql, const std::vector<bound>& binds,
                         const std::vector<scalar>& columns) {
  host::statement s = db.prepare(sql, binds, columns);
  db.got(s.set_fetch_size(100));
  db.got(s.execute(cells_of(binds)));
  return s;
}

std::vector<row> rest(server_connection& db, host::statement& s) {
  std::vector<row> out;
  for (;;) {
    const std::vector<row> some = rows_of(db.got(s.next(1000)));
    if (some.empty()) return out;
    out.insert(out.end(), some.begin(), some.end());
  }
}

std::size_t count_rest(server_connection& db, host::statement& s) {
  std::size_t count = 0;
  while (const std::uint32_t some = db.got(s.next(1000)).size()) count += some;
  return count;
}

// ---------------------------------------------------------------- values

std::vector<bound> samples() {
  return {number(1, scalar::boolean),
          number(-32768, scalar::int16),
          number(2147483647, scalar::int32),
          number(std::numeric_limits<std::int64_t>::min()),
          real(0.1),
          real(0.30000000000000004),
          real(1e-300),
          bytes("12.50", scalar::decimal),
          bytes("-0.0001", scalar::decimal),
          bytes("Zoë ✓ 100%_\\'\"😀"),
          bytes(""),
          bytes(std::string("a\0b", 3)),
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
}

// How a value of the type is kept.
const char* column_of(scalar type) {
  switch (type) {
    case scalar::boolean: return "bool";
    case scalar::int16: return "smallint";
    case scalar::int32: return "integer";
    case scalar::float64: return "double";
    case scalar::decimal: return "decimal(10, 4)";
    case scalar::text: return "varchar(100)";
    case scalar::bytes: return "longblob";
    case scalar::date: return "date";
    case scalar::time: return "time(6)";
    case scalar::datetime: return "datetime(6)";
    case scalar::uuid: return "char(32)";
    case scalar::json: return "json";
    default: return "bigint";
  }
}

TEST(mariadb_values, come_back_as_they_went_by_either_way) {
  server_connection db;
  for (const bound& sample : samples()) {
    const scalar type = sample.type.kind();
    db.run(std::string("CREATE TEMPORARY TABLE v (x ") + column_of(type) + " NULL)");
    db.run("INSERT INTO v VALUES (?), (?)", {sample, null_of(type)});
    const std::vector<quarry_cell> cell = cells_of({&sample, 1});
    std::string wanted = rows_of({cell.data(), 1, 1})[0][0];
    if (type == scalar::decimal) wanted += wanted == "12.50" ? "00" : "";
    EXPECT_EQ(db.one("SELECT x FROM v WHERE x IS NOT NULL", type), wanted);
    EXPECT_EQ(db.one("SELECT x FROM v WHERE x IS NULL", type), "NULL");
    const scalar bare = type == scalar::decimal ? scalar::text : type;  // what it is to be, the dialect writes
    host::statement s = streamed(db, "SELECT x, ? FROM v WHERE x IS NOT NULL", {sample}, {type, bare});
    const std::vector<row> rows = rest(db, s);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0], (row{wanted, bare == type ? wanted : sample.bytes}));
    db.run("DROP TEMPORARY TABLE v");
  }
}

TEST(mariadb_values, are_what_the_host_asked_for_whatever_the_server_chose) {
  server_connection db;
  EXPECT_EQ(db.one("SELECT sum(x) FROM (SELECT 1 AS x UNION ALL SELECT 2) AS t", scalar::int64), "3");
  EXPECT_EQ(db.one("SELECT 7", scalar::float64), "7");
  EXPECT_EQ(db.one("SELECT 1.5", scalar::float64), "1.5");
  EXPECT_EQ(db.one("SELECT 12", scalar::decimal), "12");
  EXPECT_EQ(db.one("SELECT 10000.0001", scalar::decimal), "10000.0001");
  EXPECT_EQ(db.one("SELECT 0.5e0", scalar::decimal), "0.5");
  EXPECT_EQ(db.one("SELECT CAST('2008-06-01' AS DATE)", scalar::datetime), std::to_string(14'031 * day));
  EXPECT_EQ(db.one("SELECT CAST('2008-06-01 00:00' AS DATETIME)", scalar::date), "14031");
  EXPECT_EQ(db.one("SELECT CAST(2.5 AS DECIMAL(10, 4))", scalar::duration), "3");
  EXPECT_EQ(db.one("SELECT 1 = 1", scalar::boolean), "true");
  EXPECT_EQ(db.one("SELECT 18446744073709551615", scalar::decimal), "18446744073709551615");
}

TEST(mariadb_values, that_do_not_fit_are_data_errors) {
  server_connection db;
  const std::vector<std::pair<const char*, scalar>> misfits = {
      {"SELECT 70000", scalar::int16},
      {"SELECT 1.5", scalar::int64},
      {"SELECT 18446744073709551615", scalar::int64},
      {"SELECT 'x'", scalar::int32},
      {"SELECT CAST('2008-06-01 01:00' AS DATETIME)", scalar::date},
      {"SELECT 2", scalar::boolean},
      {"SELECT 'x'", scalar::decimal},
      {"SELECT 'x'", scalar::uuid},
      {"SELECT CAST('25:00:00' AS TIME)", scalar::time},
      {"SELECT '0000-00-00'", scalar::date}};
  for (const auto& [sql, type] : misfits)
    EXPECT_EQ(db.failure_of([&] { db.one(sql, type); }), error_category::data) << sql;
  EXPECT_EQ(db.failure_of([&] { db.one("SELECT ?", scalar::float64, {real(std::nan(""))}); }), error_category::data);
  EXPECT_EQ(db.one("SELECT 1", scalar::int32), "1");
}

// ---------------------------------------------------------------- errors

TEST(mariadb_errors, have_the_category_that_a_program_acts_on) {
  server_connection db;
  db.run("DROP TABLE IF EXISTS wrong_b, wrong_a");
  db.run("CREATE TABLE wrong_a (id integer PRIMARY KEY, n integer NOT NULL CHECK (n > 0), s varchar(3))");
  db.run("CREATE TABLE wrong_b (a integer REFERENCES wrong_a (id))");
  db.run("INSERT INTO wrong_a VALUES (1, 1, 'x')");
  const std::vector<std::pair<const char*, error_category>> wrong = {
      {"INSERT INTO wrong_a VALUES (1, 1, 'x')", error_category::unique},
      {"INSERT INTO wrong_b VALUES (9)", error_category::foreign_key},
      {"INSERT INTO wrong_a VALUES (2, NULL, 'x')", error_category::not_null},
      {"INSERT INTO wrong_a VALUES (2, 0, 'x')", error_category::check},
      {"INSERT INTO wrong_a VALUES (2, 1, 'xxxx')", error_category::data},
      {"SELECT FROM WHERE", error_category::syntax},
      {"SELECT * FROM nowhere", error_category::no_such_object},
      {"SELECT nothing FROM wrong_a", error_category::no_such_object},
      {"SELECT nofunction(1)", error_category::no_such_object},
      {"SELECT 9223372036854775807 + 1", error_category::data}};
  for (const auto& [sql, category] : wrong)
    EXPECT_EQ(db.failure_of([&] {
      db.rows(sql, std::string_view(sql).starts_with("SELECT") ? std::vector{scalar::int64} : std::vector<scalar>{});
    }),
              category)
        << sql;
  db.got(db.raw().begin(host::begin_mode::read_only));
  EXPECT_EQ(db.failure_of([&] { db.run("INSERT INTO wrong_a VALUES (3, 1, 'x')"); }), error_category::read_only);
  db.got(db.raw().rollback());
  db.run("DROP TABLE wrong_b, wrong_a");
}

TEST(mariadb_errors, of_opening_name_the_option) {
  const server_connection any;
  const auto failure = [](const char* options) -> std::string {
    try {
      server_connection db(options);
    } catch (const failed_call& e) {
      return e.what();
    }
    return {};
  };
  EXPECT_NE(failure("read_timeou=1").find("'read_timeou'"), std::string::npos);
  EXPECT_NE(failure("read_timeout=soon").find("'read_timeout'"), std::string::npos);
  EXPECT_EQ(failure("read_timeout=5&connect_timeout=3"), "");
}

// ---------------------------------------------------------------- TLS

TEST(mariadb_tls, is_as_the_url_says) {
  if (tls_folder().empty()) GTEST_SKIP() << "the server has no certificate";
  const auto cipher = [](const std::string& options) {
    return server_connection(options).one(
        "SELECT variable_value FROM information_schema.session_status WHERE variable_name = 'Ssl_cipher'",
        scalar::text);
  };
  EXPECT_NE(cipher("ssl_ca=" + tls_folder() + "/own.pem"), "");
  for (const std::string& refused : {"ssl_ca=" + tls_folder() + "/other.pem", std::string("ssl_ca=/nowhere.pem")})
    EXPECT_THROW(server_connection{refused}, failed_call) << refused;
}

// ---------------------------------------------------------------- transactions

TEST(mariadb_transactions, commit_keeps_and_rollback_forgets) {
  server_connection db;
  db.run("DROP TABLE IF EXISTS kept");
  db.run("CREATE TABLE kept (x integer)");
  db.got(db.raw().begin());
  EXPECT_FALSE(db.raw().idle());
  db.run("INSERT INTO kept VALUES (1)");
  db.got(db.raw().savepoint(1));
  db.run("INSERT INTO kept VALUES (2)");
  db.got(db.raw().rollback_to(1));
  db.got(db.raw().savepoint(2));
  db.run("INSERT INTO kept VALUES (3)");
  db.got(db.raw().release_savepoint(2));
  db.got(db.raw().commit());
  EXPECT_TRUE(db.raw().idle());
  EXPECT_EQ(db.one("SELECT group_concat(x ORDER BY x) FROM kept", scalar::text), "1,3");
  db.got(db.raw().begin());
  db.run("DELETE FROM kept");
  db.got(db.raw().rollback());
  EXPECT_EQ(db.one("SELECT count(*) FROM kept", scalar::int64), "2");
  db.run("DROP TABLE kept");
}

TEST(mariadb_transactions, read_what_their_level_of_isolation_says) {
  server_connection one, two;
  one.run("DROP TABLE IF EXISTS level");
  one.run("CREATE TABLE level (x integer)");
  const auto count = [&] { return one.one("SELECT count(*) FROM level", scalar::int64); };
  one.got(one.raw().begin());
  EXPECT_EQ(count(), "0");
  two.run("INSERT INTO level VALUES (1)");
  EXPECT_EQ(count(), "1");
  one.got(one.raw().rollback());
  one.got(one.raw().begin(host::begin_mode::repeatable_read));
  EXPECT_EQ(count(), "1");
  two.run("INSERT INTO level VALUES (2)");
  EXPECT_EQ(count(), "1");
  one.got(one.raw().commit());
  EXPECT_EQ(count(), "2");
  one.run("DROP TABLE level");
}

TEST(mariadb_transactions, that_load_do_not_check_foreign_keys_and_others_do) {
  server_connection db;
  db.run("DROP TABLE IF EXISTS loaded");
  db.run("CREATE TABLE loaded (id integer PRIMARY KEY, parent integer, FOREIGN KEY (parent) REFERENCES loaded (id))");
  for (const bool keep : {true, false}) {
    db.got(db.raw().begin(host::begin_mode::load));
    db.run("INSERT INTO loaded VALUES (1, 2)");
    db.run("INSERT INTO loaded VALUES (2, NULL)");
    if (keep) db.got(db.raw().commit());
    else db.got(db.raw().rollback());
    EXPECT_EQ(db.failure_of([&] { db.run("INSERT INTO loaded VALUES (3, 9)"); }), error_category::foreign_key);
    EXPECT_EQ(db.one("SELECT count(*) FROM loaded", scalar::int64), keep ? "2" : "0");
    db.run("UPDATE loaded SET parent = NULL");
    db.run("DELETE FROM loaded");
  }
  db.run("DROP TABLE loaded");
}

TEST(mariadb_transactions, that_a_deadlock_ended_refuse_more) {
  server_connection one, two;
  one.run("DROP TABLE IF EXISTS met");
  one.run("CREATE TABLE met (id integer PRIMARY KEY, n integer)");
  one.run("INSERT INTO met VALUES (1, 0), (2, 0)");
  one.got(one.raw().begin());
  two.got(two.raw().begin());
  one.run("UPDATE met SET n = 1 WHERE id = 1");
  two.run("UPDATE met SET n = 2 WHERE id = 2");
  const auto crossed = [](server_connection& db, const char* sql, error_category& how) {
    how = error_category::none;
    try {
      db.run(sql);
    } catch (const failed_call& e) {
      how = e.category;
    }
  };
  error_category first{}, second{};
  std::thread other([&] { crossed(one, "UPDATE met SET n = 1 WHERE id = 2", first); });
  std::this_thread::sleep_for(100ms);
  crossed(two, "UPDATE met SET n = 2 WHERE id = 1", second);
  other.join();
  ASSERT_NE(first == error_category::deadlock, second == error_category::deadlock);
  server_connection& loser = first == error_category::deadlock ? one : two;
  server_connection& winner = first == error_category::deadlock ? two : one;
  EXPECT_NO_THROW(loser.failure_of([&] { loser.run("INSERT INTO met VALUES (3, 3)"); }));
  EXPECT_NO_THROW(loser.failure_of([&] { loser.got(loser.raw().commit()); }));
  loser.got(loser.raw().rollback());
  EXPECT_TRUE(loser.raw().idle());
  winner.got(winner.raw().commit());
  EXPECT_EQ(loser.one("SELECT count(*) FROM met", scalar::int64), "2");
  one.run("DROP TABLE met");
}

// ---------------------------------------------------------------- statements

class mariadb_statements : public testing::TestWithParam<bool> {
 protected:
  host::statement started(server_connection& db, const std::string& sql, const std::vector<bound>& binds,
                          const std::vector<scalar>& columns) {
    host::statement s = db.prepare(sql, binds, columns);
    if (GetParam()) db.got(s.set_fetch_size(100));
    db.got(s.execute(cells_of(binds)));
    return s;
  }
};

TEST_P(mariadb_statements, run_while_another_one_is_read) {
  server_connection db;
  db.run("SET max_recursive_iterations = 10000000");
  const std::vector<bound> binds = {number(5000)};
  host::statement first = started(db, many("x"), binds, {scalar::int64});
  std::vector<row> seen = rows_of(db.got(first.next(10)));
  const host::row_batch kept = db.got(first.next(10));
  EXPECT_EQ(db.one("SELECT 7", scalar::int64), "7");
  EXPECT_EQ(rows_of(kept)[9][0], "20");
  for (const row& r : rows_of(kept)) seen.push_back(r);
  host::statement second = started(db, many("x"), binds, {scalar::int64});
  EXPECT_EQ(rest(db, second).size(), 5000U);
  for (const row& r : rest(db, first)) seen.push_back(r);
  ASSERT_EQ(seen.size(), 5000U);
  for (std::size_t i = 0; i < seen.size(); ++i) ASSERT_EQ(seen[i][0], std::to_string(i + 1));
}

TEST_P(mariadb_statements, that_are_left_half_read_free_the_connection) {
  server_connection db;
  db.run("SET max_recursive_iterations = 10000000");
  {
    const std::vector<bound> binds = {number(100'000)};
    host::statement s = started(db, many("x"), binds, {scalar::int64});
    (void)db.got(s.next(3));
    s.finish();
    db.got(s.execute(cells_of(binds)));
    (void)db.got(s.next(3));
  }
  EXPECT_TRUE(db.raw().idle());
  EXPECT_EQ(db.one("SELECT 7", scalar::int64), "7");
  EXPECT_EQ(db.one("SELECT @quarry_0", scalar::int64), "NULL");
}

TEST_P(mariadb_statements, outlive_a_change_of_the_schema) {
  server_connection db;
  db.run("CREATE TEMPORARY TABLE t (x integer)");
  db.run("INSERT INTO t VALUES (1)");
  const auto read = [&](const std::vector<scalar>& columns) {
    host::statement s = started(db, "SELECT * FROM t", {}, columns);
    return rest(db, s).size();
  };
  EXPECT_EQ(read({scalar::int64}), 1U);
  db.run("ALTER TABLE t MODIFY x bigint");
  EXPECT_EQ(read({scalar::int64}), 1U);
  db.run("ALTER TABLE t ADD y integer");
  EXPECT_EQ(db.failure_of([&] { read({scalar::int64}); }), error_category::schema_changed);
  EXPECT_EQ(read({scalar::int64, scalar::int64}), 1U);
}

TEST_P(mariadb_statements, that_are_wrong_leave_the_connection_usable) {
  server_connection db;
  EXPECT_EQ(db.failure_of([&] { started(db, "SELECT ? FROM nowhere", {number(1)}, {scalar::int64}); }),
            error_category::no_such_object);
  EXPECT_EQ(db.one("SELECT @quarry_0", scalar::int64), "NULL");
  EXPECT_TRUE(db.raw().idle());
}

INSTANTIATE_TEST_SUITE_P(all, mariadb_statements, testing::Bool(),
                         [](const auto& how) { return std::string(how.param ? "streamed" : "prepared"); });

TEST(mariadb_statements, give_the_rows_that_they_made_and_how_many_they_matched) {
  server_connection db;
  db.run("CREATE TEMPORARY TABLE t (id integer AUTO_INCREMENT PRIMARY KEY, x integer)");
  EXPECT_EQ(db.rows("INSERT INTO t (x) VALUES (?), (?) RETURNING id", {scalar::int64}, {number(5), number(6)}),
            (std::vector<row>{{"1"}, {"2"}}));
  EXPECT_EQ(db.run("UPDATE t SET x = 6"), 2);
  EXPECT_EQ(db.run("UPDATE t SET x = 6"), 2);
  EXPECT_EQ(db.run("DELETE FROM t WHERE x = ?", {number(9)}), 0);
}

TEST(mariadb_statements, are_many_more_than_are_kept) {
  server_connection db;
  for (int i = 0; i < 400; ++i) EXPECT_EQ(db.one("SELECT " + std::to_string(i), scalar::int64), std::to_string(i));
  EXPECT_EQ(db.one("SELECT 5", scalar::int64), "5");
}

TEST(mariadb_streams, compare_texts_as_columns_do) {
  server_connection db;
  db.run("CREATE TEMPORARY TABLE t (x varchar(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci)");
  db.run("INSERT INTO t VALUES ('Abc'), ('abc'), ('x')");
  for (const bool in_stream : {false, true}) {
    const std::vector<bound> binds = {bytes("ABC")};
    host::statement s = db.prepare("SELECT x FROM t WHERE x = ?", binds, std::vector{scalar::text});
    if (in_stream) db.got(s.set_fetch_size(10));
    db.got(s.execute(cells_of(binds)));
    EXPECT_EQ(rest(db, s).size(), 2U) << in_stream;
  }
}

// ---------------------------------------------------------------- cancelling, losing the server

TEST(mariadb_cancel, stops_what_runs_and_leaves_the_connection_usable) {
  server_connection db;
  db.run("SET max_recursive_iterations = 100000000");
  std::thread other([&] {
    std::this_thread::sleep_for(200ms);
    EXPECT_TRUE(db.raw().cancel());
  });
  EXPECT_EQ(db.failure_of([&] { db.rows(many("count(*)"), {scalar::int64}, {number(99'000'000)}); }),
            error_category::interrupted);
  other.join();
  EXPECT_EQ(db.one("SELECT 1", scalar::int64), "1");
  db.run("SET max_statement_time = 0.05");
  EXPECT_EQ(db.failure_of([&] { db.rows(many("count(*)"), {scalar::int64}, {number(99'000'000)}); }),
            error_category::timeout);
}

TEST(mariadb_loss, of_a_connection_is_said_as_such) {
  server_connection db, other;
  const std::string id = db.one("SELECT connection_id()", scalar::int64);
  other.run("KILL " + id);
  EXPECT_EQ(db.failure_of([&] { db.one("SELECT 1", scalar::int64); }), error_category::connection_lost);
  EXPECT_TRUE(db.raw().lost());
  EXPECT_FALSE(db.raw().idle());
}

TEST(mariadb_loss, of_the_server_in_the_middle_of_a_stream_and_of_a_commit) {
  if (!owns_server()) GTEST_SKIP() << "the server is not ours to kill";
  server_connection reader, writer;
  writer.run("DROP TABLE IF EXISTS half");
  writer.run("CREATE TABLE half (x integer)");
  reader.run("SET max_recursive_iterations = 10000000");
  const std::vector<bound> binds = {number(1'000'000)};
  host::statement s = streamed(reader, many("repeat('x', 1000)"), binds, {scalar::text});
  (void)reader.got(s.next(10));
  writer.got(writer.raw().begin());
  writer.run("INSERT INTO half VALUES (1)");
  server("kill");
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(reader.failure_of([&] { count_rest(reader, s); }), error_category::connection_lost);
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
