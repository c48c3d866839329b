#include <quarry/plugins/sqlite/database.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>

#include <quarry/plugins/sqlite/errors.hpp>
#include <quarry/plugins/sqlite/functions.hpp>
#include <quarry/plugins/sqlite/statement.hpp>

namespace quarry::plugin::sqlite {

namespace {

std::int64_t now_ms() noexcept {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

int open_flags(open_mode mode) {
  // The border gives a connection to one thread at a time, so it needs no mutex of its own.
  int flags = SQLITE_OPEN_NOMUTEX;
  switch (mode) {
    case open_mode::read_only: return flags | SQLITE_OPEN_READONLY;
    case open_mode::read_write: return flags | SQLITE_OPEN_READWRITE;
    case open_mode::create: break;
  }
  return flags | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
}

// A relative path gets "./" in front: a name like "file:x" or ":memory:2" shall mean a file.
std::string file_name(const settings& wanted) {
  if (wanted.in_memory() || wanted.file.front() == '/') return wanted.file;
  return "./" + wanted.file;
}

}  // namespace

database::database(const settings& wanted) : busy_timeout_(wanted.busy_timeout) {
  int code = sqlite3_open_v2(file_name(wanted).c_str(), &db_, open_flags(wanted.mode), nullptr);
  if (code != SQLITE_OK) {
    error failure = db_ == nullptr ? mapped(code, sqlite3_errstr(code)) : last_error(db_);
    sqlite3_close_v2(db_);
    throw error(QUARRY_ERROR_CANNOT_OPEN, failure.server_text()).native_code(failure.native_code());
  }
  try {
    sqlite3_extended_result_codes(db_, 1);
    sqlite3_busy_handler(db_, busy, this);
    register_functions(db_);
    apply(wanted);
  } catch (...) {
    sqlite3_close_v2(db_);
    throw;
  }
}

database::~database() {
  while (idle_ != nullptr) {
    statement* one = idle_;
    forget(one);
    delete one;
  }
  sqlite3_close_v2(db_);
}

void database::apply(const settings& wanted) {
  sqlite3_db_config(db_, SQLITE_DBCONFIG_ENABLE_FKEY, wanted.foreign_keys ? 1 : 0, nullptr);
  // A misspelt "name" shall be an error, not a text.
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  run("PRAGMA schema_version");  // reads the file: whether it is a database shows here

  std::string mode = wanted.journal_mode;
  if (mode.empty() && !wanted.in_memory() && !read_only() && ask("PRAGMA journal_mode") != "wal") {
    // The wish is ours, so it is no error where it can't be had: another connection is at work, or the disk can't do it.
    sqlite3_exec(db_, "PRAGMA journal_mode = wal", nullptr, nullptr, nullptr);
  } else if (!mode.empty() && ask(("PRAGMA journal_mode = " + mode).c_str()) != mode) {
    throw error(QUARRY_ERROR_CANNOT_OPEN, "journal_mode '" + mode + "' can't be had for this database");
  }
  if (!wanted.synchronous.empty()) run(("PRAGMA synchronous = " + wanted.synchronous).c_str());
}

void database::fail(int code) {
  bool stopped = cancelled_.load(std::memory_order_relaxed) && (code & 0xff) == SQLITE_BUSY;
  if (stopped) throw error(QUARRY_ERROR_INTERRUPTED, "interrupted while waiting for a lock").native_code(code);
  throw last_error(db_);
}

void database::run(const char* sql) {
  begin_call();
  int code = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

std::string database::ask(const char* sql) {
  begin_call();
  std::string answer;
  int code = sqlite3_exec(
      db_, sql,
      [](void* to, int, char** values, char**) {
        if (values[0] != nullptr) *static_cast<std::string*>(to) = values[0];
        return 0;
      },
      &answer, nullptr);
  if (code != SQLITE_OK) fail(code);
  return answer;
}

void database::cancel() noexcept {
  cancelled_.store(true, std::memory_order_relaxed);
  sqlite3_interrupt(db_);
}

// SQLite's own busy timeout can't be interrupted; this one can.
int database::busy(void* self, int attempts) noexcept {
  auto& db = *static_cast<database*>(self);
  std::int64_t now = now_ms();
  if (attempts == 0) db.waiting_since_ = now;
  std::int64_t left = db.waiting_since_ + db.busy_timeout_ - now;
  if (left <= 0 || db.cancelled_.load(std::memory_order_relaxed)) return 0;
  std::int64_t pause = std::min<std::int64_t>({1 + attempts * std::int64_t{2}, 25, left});
  std::this_thread::sleep_for(std::chrono::milliseconds(pause));
  return 1;
}

// ---------------------------------------------------------------- the cache

statement* database::lease(std::string_view sql) {
  std::size_t hash = std::hash<std::string_view>()(sql);
  for (statement* one = idle_; one != nullptr; one = one->next_) {
    if (one->hash_ == hash && one->sql_ == sql) {
      forget(one);
      return one;
    }
  }
  return new statement(*this, sql, hash);
}

void database::give_back(statement* used) noexcept {
  used->previous_ = nullptr;
  used->next_ = idle_;
  (idle_ == nullptr ? last_idle_ : idle_->previous_) = used;
  idle_ = used;
  if (++idle_count_ > most_idle) {
    statement* oldest = last_idle_;
    forget(oldest);
    delete oldest;
  }
}

void database::forget(statement* one) noexcept {
  (one->previous_ == nullptr ? idle_ : one->previous_->next_) = one->next_;
  (one->next_ == nullptr ? last_idle_ : one->next_->previous_) = one->previous_;
  one->previous_ = one->next_ = nullptr;
  --idle_count_;
}

}  // namespace quarry::plugin::sqlite
