#include <quarry/plugins/postgresql/statement.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>

#include <quarry/plugins/postgresql/errors.hpp>

namespace quarry::plugin::postgresql {

namespace {

bool starts(std::string_view text, std::string_view with) noexcept { return text.substr(0, with.size()) == with; }

// Statements come from emit, which writes keywords in capitals and nothing before them. A WITH may end in a change.
bool may_change(std::string_view sql) noexcept {
  return !starts(sql, "SELECT") && !starts(sql, "(") && !starts(sql, "VALUES") &&
      !(starts(sql, "WITH") && sql.find("INSERT INTO") == std::string_view::npos &&
        sql.find("UPDATE ") == std::string_view::npos && sql.find("DELETE FROM") == std::string_view::npos);
}

std::int64_t affected(PGresult* result) noexcept {
  const std::string_view text = PQcmdTuples(result);
  std::int64_t count = -1;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

constexpr int binary = 1;

constexpr const char* pooler_hint =
    "; behind a pooler that gives each transaction another connection, the URL says prepare=off";

}  // namespace

statement::statement(std::shared_ptr<session> owner, std::string_view sql, std::span<const quarry_type> binds,
                     std::span<const quarry_type> results)
    : session_(std::move(owner)),
      sql_(sql),
      bind_types_(binds.begin(), binds.end()),
      result_types_(results.begin(), results.end()),
      changes_(may_change(sql)) {
  if (sql_.find('\0') != std::string::npos) throw error(QUARRY_ERROR_SYNTAX, "the statement holds a zero byte");
  for (const quarry_type& type : bind_types_) oids_.push_back(oid_of(type));
  prepared_name();
}

statement::~statement() { finish(); }

void to_cache::operator()(statement* used) const noexcept {
  used->finish();
  const std::shared_ptr<session> from = std::move(used->session_);
  from->give_back(used);
}

bool statement::is(std::string_view sql, std::span<const quarry_type> binds,
                   std::span<const quarry_type> results) const noexcept {
  const auto same = [](const quarry_type& a, const quarry_type& b) {
    return a.type == b.type && a.element == b.element;
  };
  return sql_ == sql && std::ranges::equal(bind_types_, binds, same) &&
      std::ranges::equal(result_types_, results, same);
}

const std::string& statement::prepared_name() {
  if (name_.empty() || names_dropped_ != session_->names_dropped()) {
    name_ = session_->prepared(sql_, oids_);
    names_dropped_ = session_->names_dropped();
  }
  return name_;
}

void statement::check_columns(const PGresult* result) const {
  // No types at all: the caller doesn't want the rows.
  if (result_types_.empty() || static_cast<std::size_t>(PQnfields(result)) == result_types_.size()) return;
  throw error(QUARRY_ERROR_SCHEMA_CHANGED,
              "the statement has " + std::to_string(PQnfields(result)) + " columns, and " +
                  std::to_string(result_types_.size()) + " were expected");
}

// ---------------------------------------------------------------- running

void statement::send() {
  const std::string& name = prepared_name();
  session_->make_free();
  session_->begin_call();
  PGconn* const to = session_->raw();
  const int sent = session_->prepares()
      ? PQsendQueryPrepared(to, name.c_str(), values_.count(), values_.values(), values_.lengths(), values_.formats(),
                            binary)
      : PQsendQueryParams(to, sql_.c_str(), values_.count(), oids_.data(), values_.values(), values_.lengths(),
                          values_.formats(), binary);
  if (sent == 0) throw connection_error(to, session_->lost() ? QUARRY_ERROR_CONNECTION_LOST : QUARRY_ERROR_OTHER);
  if (streams_ && !changes_ && !result_types_.empty()) PQsetSingleRowMode(to);
}

result_pointer statement::first_result() {
  result_pointer result(PQgetResult(session_->raw()));
  try {
    session_->check(result.get());
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) check_columns(result.get());
  } catch (...) {
    drain();
    throw;
  }
  return result;
}

// Did the server refuse a statement that was prepared, before it did anything? (Wrong columns show only after it ran.)
bool statement::outdated(const error& failure) const {
  return failure.category() == QUARRY_ERROR_SCHEMA_CHANGED && *failure.sqlstate() != '\0' && session_->prepares();
}

outcome statement::execute(std::span<const quarry_cell> values) {
  if (values.size() != bind_types_.size())
    throw error(QUARRY_ERROR_CONTRACT,
                std::to_string(bind_types_.size()) + " values are wanted, and " + std::to_string(values.size()) +
                    " were given");
  finish();
  values_.set(bind_types_, values);
  rows_affected_ = -1;
  const bool alone = PQtransactionStatus(session_->raw()) == PQTRANS_IDLE || session_->reads();
  // At most once with another plan, and once without a name.
  for (int tries = 0;; ++tries) {
    try {
      send();
      take(first_result());
      break;
    } catch (const error& failure) {
      if (!outdated(failure) || tries == 2) throw;
      const bool gone = failure.sqlstate() == state_no_statement;
      if (gone) session_->prepare_no_more();
      session_->forget(sql_, oids_);
      // Inside a transaction the failure has ended it; outside nothing has happened yet.
      if (!alone || PQtransactionStatus(session_->raw()) != PQTRANS_IDLE)
        throw error(QUARRY_ERROR_SCHEMA_CHANGED, failure.server_text() + (gone ? pooler_hint : ""))
            .sqlstate(failure.sqlstate());
    }
  }
  outcome result;
  result.rows_affected = rows_affected_;
  return result;
}

// Single rows come as results of their own, and behind them an empty one that says that all is well.
void statement::take(result_pointer result) {
  cells_.clear();
  texts_.clear();
  handed_out_ = 0;
  if (!result_types_.empty()) decoder_.begin(result.get(), result_types_);
  if (PQresultStatus(result.get()) == PGRES_SINGLE_TUPLE) {
    result_ = std::move(result);
    state_ = state::reading;
    session_->now_reading(this);
    return;
  }
  if (changes_) rows_affected_ = affected(result.get());
  drain();
  state_ = state::done;
  if (result_types_.empty() || PQntuples(result.get()) == 0) return;
  result_ = std::move(result);
  state_ = state::whole;
}

void statement::read_row(const PGresult* result) {
  const std::size_t first = cells_.size();
  cells_.resize(first + result_types_.size());
  decoder_.read(result, 0, result_types_, cells_.data() + first, &texts_, texts_);
}

rows statement::next(std::uint32_t most) {
  if (state_ == state::idle) throw error(QUARRY_ERROR_CONTRACT, "rows are asked from a statement that does not run");
  const std::uint32_t limit = std::min(most == 0 ? 1u : most, fetch_size_);
  if (state_ == state::whole) return next_of_whole(limit);
  if (state_ == state::collected) {
    const quarry_cell* first = cells_.data() + handed_out_;
    const std::size_t count = std::min<std::size_t>(limit, (cells_.size() - handed_out_) / result_types_.size());
    handed_out_ += count * result_types_.size();
    return {first, static_cast<std::uint32_t>(count)};
  }
  cells_.clear();
  texts_.clear();
  std::uint32_t count = 0;
  try {
    while (state_ == state::reading && count < limit && texts_.size() < batch_bytes) {
      read_row(result_.get());
      ++count;
      result_.reset(PQgetResult(session_->raw()));
      session_->check(result_.get());
      if (PQresultStatus(result_.get()) == PGRES_SINGLE_TUPLE) continue;
      drain();
      state_ = state::done;
    }
  } catch (...) {
    drain();
    state_ = state::idle;
    throw;
  }
  return {cells_.data(), count};
}

// The cells point into the result, which stays as it is until the next execution.
rows statement::next_of_whole(std::uint32_t limit) {
  const std::size_t width = result_types_.size();
  const auto left = static_cast<std::size_t>(PQntuples(result_.get())) - handed_out_;
  const std::size_t count = std::min<std::size_t>(limit, left);
  if (cells_.size() < count * width) cells_.resize(count * width);
  texts_.clear();
  for (std::size_t i = 0; i < count; ++i)
    decoder_.read(result_.get(), static_cast<int>(handed_out_ + i), result_types_, cells_.data() + i * width, nullptr,
                  texts_);
  handed_out_ += count;
  return {cells_.data(), static_cast<std::uint32_t>(count)};
}

// Another statement wants the connection. The cells that were handed out last stay where they are until the next call on this
// statement: the rest goes into a vector of its own.
void statement::collect_rest() {
  std::swap(kept_, cells_);
  cells_.clear();
  handed_out_ = 0;
  try {
    while (state_ == state::reading) {
      read_row(result_.get());
      result_.reset(PQgetResult(session_->raw()));
      session_->check(result_.get());
      if (PQresultStatus(result_.get()) == PGRES_SINGLE_TUPLE) continue;
      drain();
      state_ = state::collected;
    }
  } catch (...) {
    drain();
    state_ = state::idle;
    throw;
  }
}

void statement::drain() noexcept {
  result_.reset();
  while (PGresult* more = PQgetResult(session_->raw())) PQclear(more);
  session_->now_reading(nullptr);
}

void statement::finish() noexcept {
  if (state_ == state::reading) drain();
  result_.reset();
  state_ = state::idle;
}

std::span<const quarry_str> statement::column_names() {
  const result_pointer described = session_->describe(sql_, oids_);
  names_.clear();
  for (int i = 0; i < PQnfields(described.get()); ++i) names_.add(PQfname(described.get(), i));
  return names_.all();
}

void statement::execute_many(many_rows& all) {
  for (std::uint32_t i = 0; i < all.count(); ++i) all.executed(execute(all.row(i)));
  finish();
}

}  // namespace quarry::plugin::postgresql
