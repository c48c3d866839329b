#include "plain_sqlite.hpp"

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "plain_client.hpp"

namespace quarry::bench {

std::chrono::year_month_day plain_date(std::string_view text) {
  const auto number = [&](std::size_t at, std::size_t count) {
    unsigned n = 0;
    for (const char c : text.substr(at, count)) n = n * 10 + static_cast<unsigned>(c - '0');
    return n;
  };
  return {std::chrono::year(static_cast<int>(number(0, 4))), std::chrono::month(number(5, 2)),
          std::chrono::day(number(8, 2))};
}

namespace {

const std::string by_key = std::string(entry_columns) + " WHERE id = ?1 LIMIT ?2";

void check(bool good, sqlite3* db) {
  if (good) return;
  std::fprintf(stderr, "plain_sqlite: %s\n", sqlite3_errmsg(db));
  std::abort();
}

void run(sqlite3* db, const std::string& sql) {
  check(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK, db);
}

sqlite3_stmt* prepare(sqlite3* db, const std::string& sql) {
  sqlite3_stmt* s = nullptr;
  check(sqlite3_prepare_v2(db, sql.c_str(), static_cast<int>(sql.size()), &s, nullptr) == SQLITE_OK, db);
  return s;
}

std::string_view text(sqlite3_stmt* s, int column) {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(s, column));
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(s, column))};
}

plain_entry row(sqlite3_stmt* s) {
  return {sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 1), std::string(text(s, 2)),
          std::string(text(s, 3)),    plain_date(text(s, 4)),     plain_date(text(s, 5)),
          sqlite3_column_int(s, 6),   sqlite3_column_int(s, 7),   sqlite3_column_int(s, 8)};
}

plain_entry only_row(sqlite3* db, sqlite3_stmt* s, std::int64_t id) {
  sqlite3_bind_int64(s, 1, id);
  sqlite3_bind_int64(s, 2, 21);
  check(sqlite3_step(s) == SQLITE_ROW, db);
  plain_entry e = row(s);
  check(sqlite3_step(s) == SQLITE_DONE, db);
  return e;
}

}  // namespace

struct plain_database::state {
  sqlite3* db = nullptr;
  sqlite3_stmt* get = nullptr;
  sqlite3_stmt* all = nullptr;
};

plain_database::plain_database(int entries, plain_locking locking) : state_(std::make_unique<state>()) {
  sqlite3*& db = state_->db;
  const int mutex = locking == plain_locking::none ? SQLITE_OPEN_NOMUTEX : SQLITE_OPEN_FULLMUTEX;
  check(sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | mutex, nullptr) == SQLITE_OK, db);
  run(db,
      "CREATE TABLE blog_blog (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, tagline TEXT NOT NULL);"
      "CREATE TABLE blog_entry (id INTEGER PRIMARY KEY AUTOINCREMENT, blog_id INTEGER NOT NULL REFERENCES blog_blog "
      "(id),"
      " headline TEXT NOT NULL, body_text TEXT NOT NULL, pub_date TEXT NOT NULL, mod_date TEXT NOT NULL,"
      " number_of_comments INTEGER NOT NULL, number_of_pingbacks INTEGER NOT NULL, rating INTEGER NOT NULL);"
      "CREATE INDEX blog_entry_blog_id ON blog_entry (blog_id);"
      "INSERT INTO blog_blog (name, tagline) VALUES ('Beatles Blog', 'All the latest Beatles news.');");
  run(db,
      "WITH RECURSIVE n (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < " + std::to_string(entries) +
          ") INSERT INTO blog_entry (blog_id, headline, body_text, pub_date, mod_date, number_of_comments, "
          "number_of_pingbacks, "
          "rating) SELECT 1, 'Entry ' || i, 'What is said in entry ' || i, '2008-06-01', '2008-06-02', 12, 3, i % 6 "
          "FROM n");
  state_->get = prepare(db, by_key);
  state_->all = prepare(db, entry_columns);
}

plain_database::~plain_database() {
  sqlite3_finalize(state_->get);
  sqlite3_finalize(state_->all);
  sqlite3_close(state_->db);
}

plain_entry plain_database::get(std::int64_t id) {
  plain_entry e = only_row(state_->db, state_->get, id);
  sqlite3_reset(state_->get);
  return e;
}

plain_entry plain_database::prepare_and_get(std::int64_t id) const {
  sqlite3_stmt* s = prepare(state_->db, by_key);
  plain_entry e = only_row(state_->db, s, id);
  sqlite3_finalize(s);
  return e;
}

std::int64_t plain_database::read_all() {
  std::int64_t sum = 0;
  while (sqlite3_step(state_->all) == SQLITE_ROW) sum += row(state_->all).rating;
  sqlite3_reset(state_->all);
  return sum;
}

std::vector<plain_entry> plain_database::all() {
  std::vector<plain_entry> made;
  while (sqlite3_step(state_->all) == SQLITE_ROW) made.push_back(row(state_->all));
  sqlite3_reset(state_->all);
  return made;
}

namespace {

class sqlite_client final : public plain_client {
 public:
  sqlite_client(int entries, plain_locking locking) : rows_(entries, locking), locking_(locking) {}
  const char* name() const override { return locking_ == plain_locking::none ? "sqlite3 nomutex" : "sqlite3"; }
  plain_entry get(std::int64_t id) override { return rows_.get(id); }
  std::vector<plain_entry> all() override { return rows_.all(); }
  std::int64_t stream() override { return rows_.read_all(); }

 private:
  plain_database rows_;
  plain_locking locking_;
};

}  // namespace

std::unique_ptr<plain_client> plain_sqlite_client(int entries, plain_locking locking) {
  return std::make_unique<sqlite_client>(entries, locking);
}

}  // namespace quarry::bench
