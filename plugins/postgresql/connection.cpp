#include <quarry/plugins/postgresql/connection.hpp>

#include <cstring>
#include <string>

#include <quarry/plugins/postgresql/inspect.hpp>
#include <quarry/plugins/postgresql/settings.hpp>

namespace quarry::plugin::postgresql {

connection::connection(const url& where) : session_(std::make_shared<session>(read_settings(where))) {}

// PQserverVersion gives 150004 for 15.4.
quarry::dialect::postgresql::dialect connection::describe() {
  quarry::dialect::postgresql::server about;
  const auto version = static_cast<std::uint32_t>(PQserverVersion(session_->raw()));
  about.version = version / 10'000 * 1'000'000 + version % 10'000 * 1000;
  // Collations that map case by code point; which of them there is depends on the version and on the operating system.
  const result_pointer found = session_->run(
      "SELECT collname FROM pg_collation WHERE collname IN ('pg_c_utf8', 'C.utf8', 'C.UTF-8') AND collencoding IN (-1, "
      "6) "
      "ORDER BY collname = 'pg_c_utf8' DESC, collname LIMIT 1");
  about.case_mapping = PQntuples(found.get()) == 1 ? PQgetvalue(found.get(), 0, 0) : "und-x-icu";
  return quarry::dialect::postgresql::dialect(about);
}

statement_pointer connection::prepare(std::string_view sql, std::span<const quarry_type> binds,
                                      std::span<const quarry_type> results) {
  return statement_pointer(session_->lease(sql, binds, results));
}

statement_pointer connection::inspect(std::uint32_t what, std::string_view table) {
  inspection wanted = inspection_of(what, inspections);
  quarry_type text{};
  text.type = QUARRY_TYPE_TEXT;
  statement_pointer made = prepare(wanted.sql, {&text, 1}, wanted.columns);
  quarry_cell name{};
  name.type = QUARRY_TYPE_TEXT;
  name.v.p = table.data();
  name.len = static_cast<std::uint32_t>(table.size());
  made->execute({&name, 1});
  return made;
}

// ---------------------------------------------------------------- transactions

void connection::begin(std::uint32_t mode) {
  std::string sql = "BEGIN";
  if ((mode & QUARRY_BEGIN_SERIALIZABLE) != 0) {
    sql += " ISOLATION LEVEL SERIALIZABLE";
  } else if ((mode & QUARRY_BEGIN_REPEATABLE_READ) != 0) {
    sql += " ISOLATION LEVEL REPEATABLE READ";
  } else if ((mode & QUARRY_BEGIN_READ_COMMITTED) != 0) {
    sql += " ISOLATION LEVEL READ COMMITTED";
  }
  if ((mode & QUARRY_BEGIN_READ_ONLY) != 0) sql += " READ ONLY";
  session_->run(sql.c_str());
}

void connection::commit() {
  const result_pointer result = session_->run("COMMIT");
  if (std::strcmp(PQcmdStatus(result.get()), "ROLLBACK") == 0)
    throw error(QUARRY_ERROR_OTHER, "the transaction was rolled back, because a statement in it had failed")
        .sqlstate("25P02");
}

void connection::rollback() {
  if (PQtransactionStatus(session_->raw()) == PQTRANS_IDLE) return;
  session_->run("ROLLBACK");
}

void connection::numbered(const char* verb, std::uint32_t number) {
  session_->run((verb + (" quarry_" + std::to_string(number))).c_str());
}

void connection::savepoint(std::uint32_t number) { numbered("SAVEPOINT", number); }
void connection::release_savepoint(std::uint32_t number) { numbered("RELEASE SAVEPOINT", number); }
void connection::rollback_to(std::uint32_t number) { numbered("ROLLBACK TO SAVEPOINT", number); }

void connection::ping() { session_->run("SELECT 1"); }

bool connection::idle() const noexcept {
  return !session_->lost() && !session_->reads() && PQtransactionStatus(session_->raw()) == PQTRANS_IDLE;
}

}  // namespace quarry::plugin::postgresql
