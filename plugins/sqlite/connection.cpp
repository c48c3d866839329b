#include <quarry/plugins/sqlite/connection.hpp>

#include <string>

#include <quarry/plugins/sqlite/errors.hpp>
#include <quarry/plugins/sqlite/inspect.hpp>

namespace quarry::plugin::sqlite {

connection::connection(const url& where)
    : settings_(read_settings(where)), db_(std::make_shared<database>(settings_)) {}

quarry::dialect::sqlite::dialect connection::describe() {
  quarry::dialect::sqlite::server about;
  about.version = static_cast<std::uint32_t>(sqlite3_libversion_number());
  about.max_binds = sqlite3_limit(db_->raw(), SQLITE_LIMIT_VARIABLE_NUMBER, -1);
  about.json = about.version >= 3'038'000 ? sqlite3_compileoption_used("OMIT_JSON") == 0
                                          : sqlite3_compileoption_used("ENABLE_JSON1") != 0;
  int enforced = 0;
  sqlite3_db_config(db_->raw(), SQLITE_DBCONFIG_ENABLE_FKEY, -1, &enforced);
  about.foreign_keys = enforced != 0;
  about.in_memory = settings_.in_memory();
  return quarry::dialect::sqlite::dialect(about);
}

statement_pointer connection::prepare(std::string_view sql, std::span<const quarry_type> binds,
                                      std::span<const quarry_type> results) {
  statement_pointer found(db_->lease(sql));
  found->start(db_, binds, results);
  return found;
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
  if ((mode & QUARRY_BEGIN_READ_ONLY) != 0) {
    db_->run("BEGIN");
    query_only_ = true;
    db_->run("PRAGMA query_only = on");
    return;
  }
  // Taking the write lock at once means that no later statement can fail for want of it. All isolation levels are serializable.
  db_->run(db_->read_only() ? "BEGIN" : "BEGIN IMMEDIATE");
}

void connection::end_read_only() noexcept {
  if (!query_only_) return;
  sqlite3_exec(db_->raw(), "PRAGMA query_only = off", nullptr, nullptr, nullptr);
  query_only_ = false;
}

void connection::commit() {
  db_->run("COMMIT");
  end_read_only();
}

void connection::rollback() {
  // After some errors SQLite has rolled back by itself.
  if (sqlite3_get_autocommit(db_->raw()) == 0) db_->run("ROLLBACK");
  end_read_only();
}

void connection::numbered(const char* verb, std::uint32_t number) {
  db_->run((verb + (" quarry_" + std::to_string(number))).c_str());
}

void connection::savepoint(std::uint32_t number) {
  // Outside a transaction, SQLite's SAVEPOINT would begin one.
  if (sqlite3_get_autocommit(db_->raw()) != 0) throw error(QUARRY_ERROR_CONTRACT, "a savepoint outside a transaction");
  numbered("SAVEPOINT", number);
}
void connection::release_savepoint(std::uint32_t number) { numbered("RELEASE", number); }
void connection::rollback_to(std::uint32_t number) { numbered("ROLLBACK TO", number); }

void connection::ping() { db_->ask("SELECT 1"); }

bool connection::idle() const noexcept { return sqlite3_get_autocommit(db_->raw()) != 0 && !db_->runs_statements(); }

}  // namespace quarry::plugin::sqlite
