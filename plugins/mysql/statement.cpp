#include <quarry/plugins/mysql/statement.hpp>

#include <algorithm>
#include <sstream>

#include <cppconn/datatype.h>

#include <quarry/plugins/mysql/errors.hpp>
#include <quarry/plugins/sdk/temporal.hpp>
#include <quarry/plugins/sdk/values.hpp>

namespace quarry::plugin::mysql {

namespace {

std::string moment_text(moment_kind kind, std::int64_t micros) {
  const moment m{kind, micros};
  if (!in_range(m))
    throw data_error(kind == moment_kind::time ? "a value is no time of day"
                                               : "a value lies outside the years 1 to 9999");
  char text[longest_moment];
  return {text, write_moment(text, m)};
}

std::string uuid_text(const quarry_cell& cell) {
  if (cell.len != 16) throw data_error("a UUID has not 16 bytes");
  std::string text(32, '0');
  write_uuid(static_cast<const char*>(cell.v.p), text.data());
  return text;
}

std::string variable(std::size_t index) { return "@quarry_" + std::to_string(index); }

}  // namespace

statement::statement(std::shared_ptr<session> owner, std::string_view sql, std::span<const quarry_type> binds,
                     std::span<const quarry_type> results)
    : session_(std::move(owner)),
      sql_(sql),
      bind_types_(binds.begin(), binds.end()),
      result_types_(results.begin(), results.end()) {
  if (sql_.find('\0') != std::string::npos) throw error(QUARRY_ERROR_SYNTAX, "the statement holds a zero byte");
  if (result_types_.empty()) prepared_ = session_->lease(sql_);  // one with rows may yet be told to stream
}

statement::~statement() {
  finish();
  if (prepared_) session_->give_back(sql_, std::move(prepared_));
}

// ---------------------------------------------------------------- values in

void statement::bind(sql::PreparedStatement& to, std::span<const quarry_cell> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const quarry_cell& cell = values[i];
    const auto at = static_cast<unsigned>(i + 1);
    const auto bytes = [&] { return std::string(cell.len == 0 ? "" : static_cast<const char*>(cell.v.p), cell.len); };
    if ((cell.flags & QUARRY_CELL_NULL) != 0) {
      to.setNull(at, sql::DataType::SQLNULL);
      continue;
    }
    switch (cell.type) {
      case QUARRY_TYPE_BOOLEAN:
      case QUARRY_TYPE_INT16:
      case QUARRY_TYPE_INT32:
      case QUARRY_TYPE_INT64:
      case QUARRY_TYPE_DURATION: to.setInt64(at, cell.v.i); break;
      case QUARRY_TYPE_FLOAT64:
        if (cell.v.d != cell.v.d || cell.v.d - cell.v.d != 0) throw data_error("a value is no finite number");
        to.setDouble(at, cell.v.d);
        break;
      case QUARRY_TYPE_DECIMAL:
      case QUARRY_TYPE_TEXT:
      case QUARRY_TYPE_JSON:
      case QUARRY_TYPE_BYTES: to.setString(at, bytes()); break;
      case QUARRY_TYPE_DATE:
        if (cell.v.i < first_day || cell.v.i > last_day) throw data_error("a value lies outside the years 1 to 9999");
        to.setString(at, moment_text(moment_kind::date, cell.v.i * micros_per_day));
        break;
      case QUARRY_TYPE_TIME: to.setString(at, moment_text(moment_kind::time, cell.v.i)); break;
      case QUARRY_TYPE_DATETIME: to.setString(at, moment_text(moment_kind::datetime, cell.v.i)); break;
      case QUARRY_TYPE_UUID: to.setString(at, uuid_text(cell)); break;
      default: throw unsupported("a value of type " + std::to_string(cell.type));
    }
  }
}

// ---------------------------------------------------------------- running

outcome statement::execute(std::span<const quarry_cell> values) {
  if (values.size() != bind_types_.size())
    throw error(QUARRY_ERROR_CONTRACT,
                std::to_string(bind_types_.size()) + " values are wanted, and " + std::to_string(values.size()) +
                    " were given");
  finish();
  session_->check_transaction();
  session_->make_free(this);
  cells_.clear();
  texts_.clear();
  handed_out_ = 0;
  outcome result;
  const bool kept = prepared_ != nullptr || session_->keeps(sql_);
  for (bool again = false;; again = true) {
    try {
      guarded([&] { result = start(values); });
      break;
    } catch (const error& failure) {
      session_->failed(failure);
      close_rows();
      end_stream();
      // It was prepared before the tables changed: once more, as they are now. Inside a transaction its rows would not fit together.
      if (failure.category() != QUARRY_ERROR_SCHEMA_CHANGED) throw;
      prepared_.reset();
      session_->forget(sql_);
      if (again || !kept || session_->in_transaction()) throw;
    }
  }
  if (state_ == state::reading && decoder_.width() != result_types_.size()) {
    finish();
    prepared_.reset();
    throw error(QUARRY_ERROR_SCHEMA_CHANGED,
                "the statement has " + std::to_string(decoder_.width()) + " columns, and " +
                    std::to_string(result_types_.size()) + " were expected");
  }
  return result;
}

outcome statement::start(std::span<const quarry_cell> values) {
  outcome result;
  if (streams_ && !result_types_.empty()) {
    start_stream(values);
    return result;
  }
  if (!prepared_) prepared_ = session_->lease(sql_);
  bind(*prepared_, values);
  if (result_types_.empty()) {
    result.rows_affected = prepared_->executeUpdate();
    state_ = state::done;
    return result;
  }
  rows_.reset(prepared_->executeQuery());
  decoder_.begin(*rows_, true);
  state_ = state::reading;
  return result;
}

// SET @quarry_0 = ?, … ; PREPARE from a variable that holds the text; EXECUTE … USING, whose rows are fetched one by one.
void statement::start_stream(std::span<const quarry_cell> values) {
  std::string set = "SET @quarry_sql = ?", use;
  for (std::size_t i = 0; i < values.size(); ++i) {
    set += ", " + variable(i) + " = ?";
    use += (i == 0 ? " USING " : ", ") + variable(i);
  }
  std::unique_ptr<sql::PreparedStatement> setter = session_->lease(set);
  std::vector<quarry_cell> all(1);
  all[0].type = QUARRY_TYPE_TEXT;
  all[0].v.p = sql_.data();
  all[0].len = static_cast<std::uint32_t>(sql_.size());
  all.insert(all.end(), values.begin(), values.end());
  streaming_.reset(session_->raw().createStatement());  // from here on end_stream() clears the variables
  bind(*setter, all);
  setter->execute();
  session_->give_back(set, std::move(setter));
  session_->run("PREPARE quarry_stream FROM @quarry_sql");
  streaming_->setResultSetType(sql::ResultSet::TYPE_FORWARD_ONLY);
  rows_.reset(streaming_->executeQuery("EXECUTE quarry_stream" + use));
  decoder_.begin(*rows_, false);
  state_ = state::reading;
  session_->now_reading(this);
}

// The variables hold the user's values: they go as soon as nothing reads them.
void statement::end_stream() noexcept {
  if (!streaming_) return;
  streaming_.reset();
  session_->now_reading(nullptr);
  try {
    std::string clear = "SET @quarry_sql = NULL";
    for (std::size_t i = 0; i < bind_types_.size(); ++i) clear += ", " + variable(i) + " = NULL";
    session_->run(clear);
    session_->run("DEALLOCATE PREPARE quarry_stream");
  } catch (...) {  // the connection is gone, and they with it
  }
}

bool statement::read_row() {
  if (!rows_->next()) return false;
  const std::size_t first = cells_.size();
  cells_.resize(first + result_types_.size());
  quarry_cell* to = cells_.data() + first;
  for (unsigned i = 0; i < result_types_.size(); ++i, ++to) decoder_.read(*rows_, i, result_types_[i], *to, texts_);
  return true;
}

rows statement::next(std::uint32_t most) {
  if (state_ == state::idle) throw error(QUARRY_ERROR_CONTRACT, "rows are asked from a statement that does not run");
  const std::uint32_t limit = std::min(most == 0 ? 1u : most, fetch_size_);
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
    guarded([&] {
      while (state_ == state::reading && count < limit && texts_.size() < batch_bytes) {
        if (!read_row()) {
          end_rows();
          state_ = state::done;
          return;
        }
        ++count;
      }
    });
  } catch (...) {
    finish();
    throw;
  }
  return {cells_.data(), count};
}

// Another statement wants the connection. The cells that were handed out last stay where they are until the next call on this
// statement: the rest goes into a vector of its own.
void statement::collect_rest() {
  std::swap(kept_, cells_);
  cells_.clear();
  handed_out_ = 0;
  session_->now_reading(nullptr);
  try {
    guarded([&] {
      while (read_row()) {
      }
      end_rows();
    });
  } catch (...) {
    finish();
    throw;
  }
  state_ = state::collected;
}

// No row came any more. Of a stream the client library gives no sign whether that was its end or an error in its midst.
void statement::end_rows() {
  close_rows();
  if (streaming_) {
    session_->now_reading(nullptr);
    session_->check_last();
  }
  end_stream();
}

void statement::close_rows() noexcept {
  try {
    rows_.reset();
  } catch (...) {  // what was left of a stream could not be read
  }
}

void statement::finish() noexcept {
  close_rows();
  end_stream();
  state_ = state::idle;
}

std::span<const quarry_str> statement::column_names() {
  names_.clear();
  guarded([&] {
    if (!prepared_) prepared_ = session_->lease(sql_);
    sql::ResultSetMetaData* const columns = prepared_->getMetaData();
    const unsigned count = columns == nullptr ? 0 : columns->getColumnCount();
    for (unsigned i = 1; i <= count; ++i) names_.add(columns->getColumnLabel(i).asStdString());
  });
  return names_.all();
}

void statement::execute_many(many_rows& all) {
  for (std::uint32_t i = 0; i < all.count(); ++i) all.executed(execute(all.row(i)));
  finish();
}

}  // namespace quarry::plugin::mysql
