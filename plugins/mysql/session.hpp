#ifndef QUARRY_PLUGINS_MYSQL_SESSION_HPP
#define QUARRY_PLUGINS_MYSQL_SESSION_HPP

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include <cppconn/connection.h>
#include <cppconn/prepared_statement.h>
#include <cppconn/resultset.h>
#include <cppconn/statement.h>

#include <quarry/dialects/mysql/dialect.hpp>
#include <quarry/plugins/mysql/settings.hpp>

namespace quarry::plugin::mysql {

class statement;

// One connection with its prepared statements. Kept alive by the connection and by each statement on lease: the connector wants a
// result to go before its statement, and a statement before its connection.
//
// A server answers one statement at a time. A statement whose rows are being streamed while another one wants to run takes what is left
// of its rows into memory first.
class session : public std::enable_shared_from_this<session> {
 public:
  // Throws QUARRY_ERROR_CANNOT_OPEN.
  explicit session(const settings& wanted);
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  sql::Connection& raw() noexcept { return *connection_; }
  const quarry::dialect::mysql::server& about() const noexcept { return about_; }

  // Runs statements of our own, without values. Throws the database's error.
  void run(const std::string& sql);
  // The value of the first row; empty where there is none.
  std::string ask(const std::string& sql, unsigned column = 1);

  // Throws what the server says went wrong in the last statement, as far as the client library did not say so.
  void check_last();

  // A prepared statement of this text that nobody else uses; goes back by give_back.
  std::unique_ptr<sql::PreparedStatement> lease(const std::string& sql);
  void give_back(const std::string& sql, std::unique_ptr<sql::PreparedStatement> used) noexcept;

  // Is there one that waits for its next use, prepared some time ago?
  bool keeps(const std::string& sql) const noexcept;
  // Drops those that wait: they no longer fit the tables.
  void forget(const std::string& sql) noexcept;

  // From any thread: a second connection tells the server to stop what this one runs.
  void cancel();

  void now_reading(statement* reader) noexcept { reading_ = reader; }
  bool reads() const noexcept { return reading_ != nullptr; }
  void make_free(const statement* for_whom = nullptr);

  // A transaction is open; the server has ended it because of an error (a deadlock), which the program has not answered yet.
  bool in_transaction() const noexcept { return in_transaction_; }
  void transaction(bool open) noexcept { in_transaction_ = open, ended_by_error_ = false; }
  // A statement wants to run: refused where the server has ended the transaction that it belongs to.
  void check_transaction() const;
  // Looks whether an error has ended the transaction.
  void failed(const error& what) noexcept;

 private:
  struct entry {
    std::string sql;
    std::unique_ptr<sql::PreparedStatement> statement;
  };
  static constexpr std::size_t most_idle = 128;

  settings settings_;
  std::unique_ptr<sql::Connection> connection_;
  quarry::dialect::mysql::server about_;
  std::string id_;
  std::list<entry> idle_;  // the most recently used first
  statement* reading_ = nullptr;
  bool in_transaction_ = false;
  bool ended_by_error_ = false;
};

}  // namespace quarry::plugin::mysql

#endif
