#include <quarry/plugins/mysql/connection.hpp>

#include <string>

#include <quarry/plugins/mysql/errors.hpp>
#include <quarry/plugins/mysql/inspect.hpp>
#include <quarry/plugins/mysql/settings.hpp>

namespace quarry::plugin::mysql {

connection::connection(const url& where) : session_(std::make_shared<session>(read_settings(where))) {}

quarry::dialect::mysql::dialect connection::describe() { return quarry::dialect::mysql::dialect(session_->about()); }

statement_pointer connection::prepare(std::string_view sql, std::span<const quarry_type> binds,
                                      std::span<const quarry_type> results) {
  return std::make_unique<statement>(session_, sql, binds, results);
}

statement_pointer connection::inspect(std::uint32_t what, std::string_view table) {
  const inspection wanted = inspection_of(what, inspections);
  quarry_type text{};
  text.type = QUARRY_TYPE_TEXT;
  const quarry_type binds[] = {text, text};
  statement_pointer made = prepare(wanted.sql, binds, wanted.columns);
  quarry_cell name{};
  name.type = QUARRY_TYPE_TEXT;
  name.v.p = table.data();
  name.len = static_cast<std::uint32_t>(table.size());
  const quarry_cell cells[] = {name, name};
  made->execute(cells);
  return made;
}

// ---------------------------------------------------------------- transactions

void connection::begin(std::uint32_t mode) {
  if ((mode & QUARRY_BEGIN_SERIALIZABLE) != 0) {
    session_->run("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE");
  } else if ((mode & QUARRY_BEGIN_REPEATABLE_READ) != 0) {
    session_->run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  } else if ((mode & QUARRY_BEGIN_READ_COMMITTED) != 0) {
    session_->run("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
  }
  if ((mode & QUARRY_BEGIN_LOAD) != 0) {
    unchecked_ = true;
    session_->run("SET foreign_key_checks = 0");
  }
  session_->run((mode & QUARRY_BEGIN_READ_ONLY) != 0 ? "START TRANSACTION READ ONLY" : "START TRANSACTION");
  session_->transaction(true);
}

void connection::commit() {
  session_->check_transaction();
  session_->run("COMMIT");
  ended();
}

void connection::rollback() {
  session_->run("ROLLBACK");
  ended();
}

void connection::ended() {
  session_->transaction(false);
  if (!unchecked_) return;
  session_->run("SET foreign_key_checks = 1");
  unchecked_ = false;
}

void connection::numbered(const char* verb, std::uint32_t number) {
  session_->check_transaction();
  session_->run(verb + (" quarry_" + std::to_string(number)));
}

void connection::savepoint(std::uint32_t number) { numbered("SAVEPOINT", number); }
void connection::release_savepoint(std::uint32_t number) { numbered("RELEASE SAVEPOINT", number); }
void connection::rollback_to(std::uint32_t number) { numbered("ROLLBACK TO SAVEPOINT", number); }

// A node of a cluster that has lost the others answers SELECT 1, and nothing else.
void connection::ping() {
  const std::string ready = session_->ask("SHOW GLOBAL STATUS LIKE 'wsrep_ready'", 2);
  if (ready == "OFF") throw error(QUARRY_ERROR_OTHER, "the node is not ready: its cluster has no majority");
}

}  // namespace quarry::plugin::mysql
