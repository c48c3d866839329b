#ifndef QUARRY_PLUGINS_SQLITE_DATABASE_HPP
#define QUARRY_PLUGINS_SQLITE_DATABASE_HPP

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <sqlite3.h>

#include <quarry/plugins/sqlite/settings.hpp>

namespace quarry::plugin::sqlite {

class statement;

// One sqlite3 connection with its prepared statements. Kept alive by the connection and by each statement on lease, so that it
// doesn't matter which of them goes first.
class database : public std::enable_shared_from_this<database> {
 public:
  explicit database(const settings& wanted);
  ~database();
  database(const database&) = delete;
  database& operator=(const database&) = delete;

  sqlite3* raw() const noexcept { return db_; }
  // Runs a statement of our own that gives no rows. Throws the database's error.
  void run(const char* sql);
  // The first column of the first row, as text.
  std::string ask(const char* sql);
  [[noreturn]] void fail(int code);
  bool read_only() const noexcept { return sqlite3_db_readonly(db_, "main") == 1; }

  // From any thread.
  void cancel() noexcept;
  // A call begins: what was cancelled before is past.
  void begin_call() noexcept { cancelled_.store(false, std::memory_order_relaxed); }

  // Statements that were begun and have not come to an end.
  void statement_began() noexcept { ++running_; }
  void statement_ended() noexcept { --running_; }
  bool runs_statements() const noexcept { return running_ != 0; }

  // An idle statement of this text, or a new one; never one that is on lease.
  statement* lease(std::string_view sql);
  void give_back(statement* used) noexcept;

 private:
  static int busy(void* self, int attempts) noexcept;
  void apply(const settings& wanted);
  void forget(statement* one) noexcept;

  static constexpr std::uint32_t most_idle = 128;

  sqlite3* db_ = nullptr;
  std::atomic<bool> cancelled_{false};
  int busy_timeout_ = 0;
  std::uint32_t running_ = 0;
  std::int64_t waiting_since_ = 0;
  statement* idle_ = nullptr;  // the most recently used first
  statement* last_idle_ = nullptr;
  std::uint32_t idle_count_ = 0;
};

}  // namespace quarry::plugin::sqlite

#endif
