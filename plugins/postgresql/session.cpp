#include <quarry/plugins/postgresql/session.hpp>

#include <cstring>
#include <random>

#include <quarry/plugins/postgresql/errors.hpp>
#include <quarry/plugins/postgresql/statement.hpp>

namespace quarry::plugin::postgresql {

namespace {

// What the server says beside its answers (a table that exists already, …) is nobody's error.
void no_notice(void*, const PGresult*) noexcept {}

std::string new_prefix() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::random_device random;
  std::string prefix = "quarry_";
  for (int words = 0; words < 2; ++words)
    for (std::uint32_t bits = random(), i = 0; i < 8; ++i, bits >>= 4U) prefix += digits[bits & 15U];
  return prefix + '_';
}

}  // namespace

session::session(const settings& wanted) : prepares_(wanted.prepare), prefix_(new_prefix()) {
  std::vector<const char*> keys, values;
  for (const auto& [key, value] : wanted.parameters) {
    keys.push_back(key.c_str());
    values.push_back(value.c_str());
  }
  keys.push_back(nullptr);
  values.push_back(nullptr);
  connection_ = PQconnectdbParams(keys.data(), values.data(), 0);
  if (connection_ == nullptr) throw std::bad_alloc();
  try {
    if (PQstatus(connection_) != CONNECTION_OK) throw connection_error(connection_, QUARRY_ERROR_CANNOT_OPEN);
    PQsetNoticeReceiver(connection_, no_notice, nullptr);
    cancel_ = PQgetCancel(connection_);
    apply_settings();
  } catch (...) {
    PQfreeCancel(cancel_);
    PQfinish(connection_);
    throw;
  }
}

session::~session() {
  PQfreeCancel(cancel_);
  PQfinish(connection_);
}

// Set by a statement, not at start-up: poolers pass on few start-up options.
void session::apply_settings() {
  const char* zone = PQparameterStatus(connection_, "TimeZone");
  if (zone == nullptr || std::strcmp(zone, "UTC") != 0) run("SET TIME ZONE 'UTC'");
  const char* strings = PQparameterStatus(connection_, "standard_conforming_strings");
  if (strings == nullptr || std::strcmp(strings, "on") != 0) run("SET standard_conforming_strings = on");
}

result_pointer session::run(const char* sql) {
  make_free();
  begin_call();
  result_pointer result(PQexec(connection_, sql));
  check(result.get());
  return result;
}

void session::check(const PGresult* result) {
  switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_SINGLE_TUPLE: return;
    default: fail(result);
  }
}

void session::fail(const PGresult* result) {
  error made = result_error(connection_, result);
  // The server says the same of a statement that it was told to stop and of one that ran too long.
  if (made.category() == QUARRY_ERROR_TIMEOUT && std::strcmp(made.sqlstate(), "57014") == 0 &&
      (cancelling_.load() != 0 || cancelled_.load()))
    throw error(QUARRY_ERROR_INTERRUPTED, made.server_text()).sqlstate("57014");
  throw made;
}

void session::cancel() {
  // It may hit a call that begins only meanwhile.
  ++cancelling_;
  char message[256] = {};
  const bool told = cancel_ == nullptr || PQcancel(cancel_, message, sizeof(message)) != 0;
  cancelled_.store(true);
  --cancelling_;
  if (!told) throw error(QUARRY_ERROR_OTHER, message);
}

void session::make_free(const statement* for_whom) {
  statement* reader = reading_;
  if (reader != nullptr && reader != for_whom) reader->collect_rest();
}

// ---------------------------------------------------------------- prepared statements

statement* session::lease(std::string_view sql, std::span<const quarry_type> binds,
                          std::span<const quarry_type> results) {
  for (auto one = idle_.rbegin(); one != idle_.rend(); ++one) {
    if (!(*one)->is(sql, binds, results)) continue;
    statement* const kept = one->release();
    idle_.erase(std::next(one).base());
    kept->session_ = shared_from_this();
    kept->set_fetch_size(0);
    return kept;
  }
  return new statement(shared_from_this(), sql, binds, results);
}

void session::give_back(statement* used) noexcept {
  std::unique_ptr<statement> one(used);
  if (!one->is_small()) return;
  try {
    if (idle_.size() >= most_idle) idle_.erase(idle_.begin());
    idle_.push_back(std::move(one));
  } catch (...) {  // it goes; the next one of its text is made anew
  }
}

std::string session::key_of(const std::string& sql, std::span<const Oid> types) {
  std::string key = sql;
  key += '\0';
  key.append(reinterpret_cast<const char*>(types.data()), types.size_bytes());
  return key;
}

const std::string& session::prepared(const std::string& sql, std::span<const Oid> types) {
  if (!prepares_) return unnamed_;
  std::string key = key_of(sql, types);
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    recent_.splice(recent_.begin(), recent_, found->second);
    return recent_.front().name;
  }
  make_free();
  drop_forgotten();
  begin_call();
  std::string name = prefix_ + std::to_string(++names_given_);
  result_pointer result = prepare_as(name, sql, types);
  if (says(result.get(), state_statement_exists) && PQtransactionStatus(connection_) == PQTRANS_IDLE) {
    prefix_ = new_prefix();
    name = prefix_ + std::to_string(names_given_);
    result = prepare_as(name, sql, types);
  }
  check(result.get());
  if (recent_.size() >= most_prepared) {
    by_key_.erase(recent_.back().key);
    forgotten_.push_back(std::move(recent_.back().name));
    recent_.pop_back();
    ++names_dropped_;
  }
  recent_.push_front({std::move(key), std::move(name)});
  by_key_.emplace(recent_.front().key, recent_.begin());
  return recent_.front().name;
}

result_pointer session::prepare_as(const std::string& name, const std::string& sql, std::span<const Oid> types) {
  return result_pointer(
      PQprepare(connection_, name.c_str(), sql.c_str(), static_cast<int>(types.size()), types.data()));
}

result_pointer session::describe(const std::string& sql, std::span<const Oid> types) {
  make_free();
  const auto ask = [&](const std::string& name) {
    begin_call();
    result_pointer result(PQdescribePrepared(connection_, name.c_str()));
    check(result.get());
    return result;
  };
  if (prepares_) return ask(prepared(sql, types));
  // Statements without names are for servers behind a pooler: only within a transaction is the next answer of the same one.
  const bool alone = PQtransactionStatus(connection_) == PQTRANS_IDLE;
  if (alone) run("BEGIN");
  result_pointer described;
  try {
    begin_call();
    check(result_pointer(PQprepare(connection_, "", sql.c_str(), static_cast<int>(types.size()), types.data())).get());
    described = ask("");
  } catch (...) {
    if (alone && !lost()) run("ROLLBACK");
    throw;
  }
  if (alone) run("ROLLBACK");
  return described;
}

void session::forget(const std::string& sql, std::span<const Oid> types) {
  const auto found = by_key_.find(key_of(sql, types));
  if (found == by_key_.end()) return;
  const entries::iterator old = found->second;
  by_key_.erase(found);
  forgotten_.push_back(std::move(old->name));
  recent_.erase(old);
  ++names_dropped_;
}

// Between transactions, for one that failed refuses. The server may not have them any more: no name is given twice.
void session::drop_forgotten() {
  if (forgotten_.empty() || reading_ != nullptr || PQtransactionStatus(connection_) != PQTRANS_IDLE) return;
  for (const std::string& name : forgotten_) PQclear(PQexec(connection_, ("DEALLOCATE " + name).c_str()));
  forgotten_.clear();
}

}  // namespace quarry::plugin::postgresql
