#include <quarry/plugins/mysql/session.hpp>

#include <algorithm>

#include <cppconn/driver.h>

#include <quarry/plugins/mysql/errors.hpp>
#include <quarry/plugins/mysql/statement.hpp>

namespace quarry::plugin::mysql {

namespace {

// The client library keeps memory for each thread that uses it.
sql::Driver& driver() {
  static sql::Driver* const one = ::get_driver_instance();
  struct attached {
    attached() { one->threadInit(); }
    ~attached() { one->threadEnd(); }
  };
  static thread_local const attached here;
  return *one;
}

std::unique_ptr<sql::Connection> connect(const settings& wanted) {
  sql::ConnectOptionsMap options;
  options["hostName"] = sql::SQLString(wanted.host_name);
  options["userName"] = sql::SQLString(wanted.user);
  options["password"] = sql::SQLString(wanted.password);
  options["schema"] = sql::SQLString(wanted.database);
  options["OPT_CHARSET_NAME"] = sql::SQLString("utf8mb4");
  options["CLIENT_FOUND_ROWS"] = true;  // an UPDATE counts the rows that it matched
  for (const auto& [key, value] : wanted.numbers) options[key] = value;
  for (const auto& [key, value] : wanted.texts) {
    options[key] = sql::SQLString(value);
    options["sslEnforce"] = true;  // who names a certificate or a cipher wants no connection without
    if (key == "sslCA" || key == "sslCAPath") options["sslVerify"] = true;
  }
  try {
    return std::unique_ptr<sql::Connection>(driver().connect(options));
  } catch (const sql::SQLException& e) {
    throw mapped(e, true);
  }
}

}  // namespace

session::session(const settings& wanted) : settings_(wanted), connection_(connect(wanted)) {
  about_ = quarry::dialect::mysql::parse_server(ask("SELECT version()"));
  id_ = ask("SELECT connection_id()");
  // Times without a zone, strict values, joined texts of any length, and Django's isolation. Texts that come from no column compare by code point; what a column says
  // of its own collation goes before that.
  run("SET SESSION time_zone = '+00:00', collation_connection = " + std::string(about_.code_point_collation()) +
      ", group_concat_max_len = 4294967295, sql_mode = concat_ws(',', @@sql_mode, 'STRICT_TRANS_TABLES', "
      "'NO_ENGINE_SUBSTITUTION')");
  run("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
}

void session::run(const std::string& sql) {
  driver();
  make_free();
  guarded([&] {
    const std::unique_ptr<sql::Statement> one(connection_->createStatement());
    one->execute(sql);
  });
}

std::string session::ask(const std::string& sql, unsigned column) {
  driver();
  make_free();
  return guarded([&]() -> std::string {
    const std::unique_ptr<sql::Statement> one(connection_->createStatement());
    const std::unique_ptr<sql::ResultSet> rows(one->executeQuery(sql));
    return rows->next() ? std::string(rows->getString(column)) : std::string();
  });
}

void session::check_last() {
  driver();
  guarded([&] {
    const std::unique_ptr<sql::Statement> one(connection_->createStatement());
    const std::unique_ptr<sql::ResultSet> errors(one->executeQuery("SHOW ERRORS LIMIT 1"));
    if (errors->next()) throw sql::SQLException(errors->getString(3), "HY000", errors->getInt(2));
  });
}

std::unique_ptr<sql::PreparedStatement> session::lease(const std::string& sql) {
  driver();
  const auto found = std::ranges::find(idle_, sql, &entry::sql);
  if (found != idle_.end()) {
    std::unique_ptr<sql::PreparedStatement> kept = std::move(found->statement);
    idle_.erase(found);
    return kept;
  }
  make_free();
  return guarded([&] { return std::unique_ptr<sql::PreparedStatement>(connection_->prepareStatement(sql)); });
}

void session::give_back(const std::string& sql, std::unique_ptr<sql::PreparedStatement> used) noexcept {
  try {
    idle_.push_front({sql, std::move(used)});
    if (idle_.size() > most_idle) {
      make_free();
      idle_.pop_back();
    }
  } catch (...) {  // it goes; the next one of its text is prepared anew
  }
}

bool session::keeps(const std::string& sql) const noexcept {
  return std::ranges::find(idle_, sql, &entry::sql) != idle_.end();
}

void session::forget(const std::string& sql) noexcept {
  idle_.remove_if([&](const entry& one) { return one.sql == sql; });
}

void session::cancel() {
  const std::unique_ptr<sql::Connection> other = connect(settings_);
  guarded([&] {
    const std::unique_ptr<sql::Statement> one(other->createStatement());
    one->execute("KILL QUERY " + id_);
  });
}

void session::make_free(const statement* for_whom) {
  statement* const reader = reading_;
  if (reader != nullptr && reader != for_whom) reader->collect_rest();
}

void session::check_transaction() const {
  if (ended_by_error_)
    throw error(QUARRY_ERROR_OTHER, "the server has rolled the transaction back: nothing runs before rollback()")
        .sqlstate("25P02");
}

void session::failed(const error& what) noexcept {
  if (in_transaction_ && what.category() == QUARRY_ERROR_DEADLOCK) ended_by_error_ = true;
}

}  // namespace quarry::plugin::mysql
