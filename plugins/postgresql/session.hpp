#ifndef QUARRY_PLUGINS_POSTGRESQL_SESSION_HPP
#define QUARRY_PLUGINS_POSTGRESQL_SESSION_HPP

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <libpq-fe.h>

#include <quarry/plugins/abi/quarry_plugin.h>
#include <quarry/plugins/postgresql/settings.hpp>

namespace quarry::plugin::postgresql {

class statement;

struct clear_result {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using result_pointer = std::unique_ptr<PGresult, clear_result>;

// One connection to a server with the names of the statements prepared on it. Kept alive by the connection and by each statement on
// lease, so that it doesn't matter which of them goes first.
//
// A server answers one statement at a time. A statement whose rows are being read while another one wants to run takes what is left
// of its rows into memory first.
//
// Behind a pooler a session is not the only one on its server connection, and may have another one in each transaction. So the names
// of its statements are no other session's, and a statement that is gone makes it send statements without a name from then on.
class session : public std::enable_shared_from_this<session> {
 public:
  // Throws QUARRY_ERROR_CANNOT_OPEN.
  explicit session(const settings& wanted);
  ~session();
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  PGconn* raw() const noexcept { return connection_; }
  bool prepares() const noexcept { return prepares_; }
  bool lost() const noexcept { return PQstatus(connection_) == CONNECTION_BAD; }

  // Runs a statement of our own without parameters; the result of a query is in text form. Throws the database's error.
  result_pointer run(const char* sql);
  // Throws what the result says, if it says that something went wrong.
  void check(const PGresult* result);
  [[noreturn]] void fail(const PGresult* result);

  // A statement of this text and these types that nobody else uses; goes back by give_back.
  statement* lease(std::string_view sql, std::span<const quarry_type> binds, std::span<const quarry_type> results);
  void give_back(statement* used) noexcept;

  // The name under which a text with these parameter types is prepared; prepares it where it isn't. Empty: the one without a name.
  const std::string& prepared(const std::string& sql, std::span<const Oid> types);
  // What a text with these parameter types gives, without running it.
  result_pointer describe(const std::string& sql, std::span<const Oid> types);
  // The server has it in an old form.
  void forget(const std::string& sql, std::span<const Oid> types);
  // How many names were given up so far: one that was looked up since the last of them still stands.
  std::uint64_t names_dropped() const noexcept { return names_dropped_; }
  // The server has it no longer, and nobody says for how long it would keep another one.
  void prepare_no_more() noexcept { prepares_ = false; }

  // From any thread.
  void cancel();
  // A call begins: what was cancelled before is past.
  void begin_call() noexcept { cancelled_.store(false); }

  // The statement whose rows are on their way; null: none.
  void now_reading(statement* reader) noexcept { reading_ = reader; }
  bool reads() const noexcept { return reading_ != nullptr; }
  // Makes the connection free for another statement.
  void make_free(const statement* for_whom = nullptr);

 private:
  struct entry {
    std::string key;
    std::string name;
  };
  using entries = std::list<entry>;

  static std::string key_of(const std::string& sql, std::span<const Oid> types);
  result_pointer prepare_as(const std::string& name, const std::string& sql, std::span<const Oid> types);
  void drop_forgotten();
  void apply_settings();

  static constexpr std::size_t most_prepared = 256;
  static constexpr std::size_t most_idle = 64;

  PGconn* connection_ = nullptr;
  PGcancel* cancel_ = nullptr;
  bool prepares_;
  std::atomic<int> cancelling_{0};  // threads that are telling the server so just now
  std::atomic<bool> cancelled_{false};
  statement* reading_ = nullptr;
  std::string prefix_;  // of the names
  std::uint64_t names_given_ = 0, names_dropped_ = 0;
  entries recent_;  // the most recently used first
  std::unordered_map<std::string_view, entries::iterator> by_key_;
  std::vector<std::string> forgotten_;  // names that the server still has to drop
  std::string unnamed_;
  std::vector<std::unique_ptr<statement>> idle_;  // the most recently used last; without an owner
};

}  // namespace quarry::plugin::postgresql

#endif
