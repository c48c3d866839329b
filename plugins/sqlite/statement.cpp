#include <quarry/plugins/sqlite/statement.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <new>
#include <optional>
#include <utility>

#include <quarry/plugins/sqlite/decimal.hpp>
#include <quarry/plugins/sqlite/errors.hpp>
#include <quarry/plugins/sdk/temporal.hpp>
#include <quarry/plugins/sdk/values.hpp>

namespace quarry::plugin::sqlite {

namespace {

// Stands for "no key was generated": no table of ours has this rowid.
constexpr sqlite3_int64 no_key = std::numeric_limits<sqlite3_int64>::min();

bool only_blanks(const char* from, const char* to) noexcept {
  for (; from != to; ++from)
    if (*from != ' ' && *from != '\n' && *from != '\t' && *from != '\r' && *from != ';') return false;
  return true;
}

std::string_view text_of(sqlite3_value* value) {
  auto data = reinterpret_cast<const char*>(sqlite3_value_text(value));
  if (data == nullptr) throw std::bad_alloc();
  return {data, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

const char* storage_words(int storage) noexcept {
  switch (storage) {
    case SQLITE_INTEGER: return "an integer";
    case SQLITE_FLOAT: return "a floating-point number";
    case SQLITE_TEXT: return "a text";
    case SQLITE_BLOB: return "a blob";
    default: return "NULL";
  }
}

}  // namespace

statement::statement(database& db, std::string_view sql, std::size_t hash) : sql_(sql), hash_(hash) {
  if (sql_.find('\0') != std::string::npos) throw error(QUARRY_ERROR_SYNTAX, "the statement holds a zero byte");
  const char* end = nullptr;
  db.begin_call();
  int code = sqlite3_prepare_v3(db.raw(), sql_.c_str(), static_cast<int>(sql_.size()) + 1, SQLITE_PREPARE_PERSISTENT,
                                &stmt_, &end);
  if (code != SQLITE_OK) db.fail(code);
  if (stmt_ == nullptr) throw error(QUARRY_ERROR_SYNTAX, "the text is no statement");
  if (!only_blanks(end, sql_.c_str() + sql_.size())) {
    sqlite3_finalize(stmt_);
    throw error(QUARRY_ERROR_SYNTAX, "the text is more than one statement");
  }
}

statement::~statement() { sqlite3_finalize(stmt_); }

void statement::start(std::shared_ptr<database> db, std::span<const quarry_type> binds,
                      std::span<const quarry_type> results) {
  db_ = std::move(db);
  fetch_size_ = default_fetch_size;
  bind_types_.assign(binds.begin(), binds.end());
  result_types_.assign(results.begin(), results.end());
  if (static_cast<std::size_t>(sqlite3_bind_parameter_count(stmt_)) != binds.size())
    throw error(QUARRY_ERROR_CONTRACT,
                "the statement has " + std::to_string(sqlite3_bind_parameter_count(stmt_)) + " placeholders, and " +
                    std::to_string(binds.size()) + " types were given");
  // No types at all: the caller doesn't want the rows.
  if (!results.empty() && static_cast<std::size_t>(sqlite3_column_count(stmt_)) != results.size())
    throw error(QUARRY_ERROR_CONTRACT,
                "the statement has " + std::to_string(sqlite3_column_count(stmt_)) + " columns, and " +
                    std::to_string(results.size()) + " types were given");
}

void to_cache::operator()(statement* used) const noexcept {
  used->finish();
  std::shared_ptr<database> db = std::move(used->db_);
  db->give_back(used);
}

// ---------------------------------------------------------------- running

void statement::fail(int code) {
  // The message is read before reset changes it.
  try {
    db_->fail(code);
  } catch (...) {
    finish();
    throw;
  }
}

// What ran to its end was reset there.
void statement::finish() noexcept {
  if (is_running()) {
    sqlite3_reset(stmt_);
    db_->statement_ended();
  }
  state_ = state::idle;
}

outcome statement::execute(std::span<const quarry_cell> values) {
  if (values.size() != bind_types_.size())
    throw error(QUARRY_ERROR_CONTRACT,
                std::to_string(bind_types_.size()) + " values are wanted, and " + std::to_string(values.size()) +
                    " were given");
  if (state_ != state::idle) finish();
  bound_.clear();
  for (std::size_t i = 0; i < values.size(); ++i) bind(static_cast<int>(i) + 1, bind_types_[i], values[i]);

  sqlite3* db = db_->raw();
  bool changes = sqlite3_stmt_readonly(stmt_) == 0;
  sqlite3_int64 before = 0;
  if (changes) {
    before = sqlite3_total_changes64(db);
    sqlite3_set_last_insert_rowid(db, no_key);
  }
  db_->begin_call();
  db_->statement_began();
  state_ = state::at_row;
  step();
  if (!result_types_.empty() && static_cast<std::size_t>(sqlite3_column_count(stmt_)) != result_types_.size()) {
    finish();
    throw error(QUARRY_ERROR_SCHEMA_CHANGED, "the statement has other columns than when it was prepared");
  }
  if (changes || result_types_.empty()) collect();

  outcome result;
  if (changes) result.rows_affected = sqlite3_total_changes64(db) == before ? 0 : sqlite3_changes64(db);
  if (changes && sqlite3_last_insert_rowid(db) != no_key) {
    result.has_key = true;
    result.generated_key = sqlite3_last_insert_rowid(db);
  }
  return result;
}

void statement::step() {
  int code = sqlite3_step(stmt_);
  if (code == SQLITE_ROW) {
    state_ = state::row_ready;
  } else if (code == SQLITE_DONE) {
    sqlite3_reset(stmt_);  // lets go of locks at once
    db_->statement_ended();
    state_ = state::done;
  } else {
    fail(code);
  }
}

// Runs to the end. The rows that a change returns are kept: SQLite checks foreign keys behind the last of them, so that a
// statement left before would change what it must not.
void statement::collect() {
  if (state_ == state::done) return;
  begin_batch();
  handed_out_ = 0;
  while (state_ == state::row_ready) {
    read_row();
    step();
  }
  if (read_ != 0) state_ = state::collected;
}

// Cells stay made from one batch to the next: each is written whole when it is read.
void statement::begin_batch() noexcept {
  if (cells_.size() > most_kept_cells) std::vector<quarry_cell>().swap(cells_);
  read_ = 0;
  texts_.clear();
}

void statement::read_row() {
  const std::size_t width = result_types_.size();
  if (cells_.size() < read_ + width) cells_.resize(2 * read_ + width);
  quarry_cell* to = cells_.data() + read_;
  try {
    for (std::size_t i = 0; i < width; ++i, ++to) {
      sqlite3_value* const value = sqlite3_column_value(stmt_, static_cast<int>(i));
      if (!read_plain(value, result_types_[i].type, *to)) read(static_cast<int>(i), value, result_types_[i], *to);
    }
  } catch (...) {
    finish();
    throw;
  }
  read_ += width;
  state_ = state::at_row;
}

rows statement::next(std::uint32_t most) {
  if (state_ == state::idle) throw error(QUARRY_ERROR_CONTRACT, "rows are asked from a statement that does not run");
  std::uint32_t limit = std::min(most == 0 ? 1u : most, fetch_size_);
  if (state_ == state::collected) {
    const quarry_cell* first = cells_.data() + handed_out_;
    std::size_t count = std::min<std::size_t>(limit, (read_ - handed_out_) / result_types_.size());
    handed_out_ += count * result_types_.size();
    return {first, static_cast<std::uint32_t>(count)};
  }
  begin_batch();
  db_->begin_call();
  std::uint32_t count = 0;
  while (count < limit && texts_.size() < batch_bytes) {
    if (state_ == state::at_row) step();
    if (state_ == state::done) break;
    read_row();
    ++count;
  }
  return {cells_.data(), count};
}

std::span<const quarry_str> statement::column_names() {
  names_.clear();
  for (int i = 0; i < sqlite3_column_count(stmt_); ++i) {
    const char* name = sqlite3_column_name(stmt_, i);
    if (name == nullptr) throw std::bad_alloc();
    names_.add(name);
  }
  return names_.all();
}

void statement::execute_many(many_rows& all) {
  for (std::uint32_t i = 0; i < all.count(); ++i) all.executed(execute(all.row(i)));
  finish();
}

// ---------------------------------------------------------------- values in

void statement::bind_text(int index, const char* text, std::size_t size) {
  // Static: the bytes are ours and stay until the next execution.
  int code = sqlite3_bind_text64(stmt_, index, text, size, SQLITE_STATIC, SQLITE_UTF8);
  if (code != SQLITE_OK) fail(code);
}

void statement::bind(int index, const quarry_type& type, const quarry_cell& value) {
  int code = SQLITE_OK;
  auto bytes = static_cast<const char*>(value.v.p);
  auto refuse = [&](const char* why) {
    throw data_error("value " + std::to_string(index) + ", " + type_words(type.type) + ", " + why);
  };
  auto bind_moment = [&](moment_kind kind, std::int64_t micros) {
    moment m{kind, micros};
    if (!in_range(m)) refuse(kind == moment_kind::time ? "is no time of day" : "lies outside the years 1 to 9999");
    char* text = bound_.take(longest_moment);
    bind_text(index, text, write_moment(text, m));
  };
  if ((value.flags & QUARRY_CELL_NULL) != 0) {
    code = sqlite3_bind_null(stmt_, index);
  } else {
    switch (value.type) {
      case QUARRY_TYPE_BOOLEAN:
      case QUARRY_TYPE_INT16:
      case QUARRY_TYPE_INT32:
      case QUARRY_TYPE_INT64:
      case QUARRY_TYPE_DURATION: code = sqlite3_bind_int64(stmt_, index, value.v.i); break;
      case QUARRY_TYPE_FLOAT64:
        if (std::isnan(value.v.d)) refuse("is not a number, which SQLite can't store");
        code = sqlite3_bind_double(stmt_, index, value.v.d);
        break;
      case QUARRY_TYPE_DECIMAL: {
        auto number = decimal::from(std::string_view(bytes, value.len));
        if (!number) refuse(is_decimal({bytes, value.len}) ? "has more than 15 significant digits" : "is no number");
        if (auto whole = number->integer()) {
          code = sqlite3_bind_int64(stmt_, index, *whole);
        } else {
          code = sqlite3_bind_double(stmt_, index, number->real());
        }
        break;
      }
      case QUARRY_TYPE_TEXT:
      case QUARRY_TYPE_JSON: bind_text(index, bound_.copy(bytes, value.len), value.len); break;
      case QUARRY_TYPE_BYTES:
        code = sqlite3_bind_blob64(stmt_, index, bound_.copy(bytes, value.len), value.len, SQLITE_STATIC);
        break;
      case QUARRY_TYPE_DATE:
        if (value.v.i < first_day || value.v.i > last_day) refuse("lies outside the years 1 to 9999");
        bind_moment(moment_kind::date, value.v.i * micros_per_day);
        break;
      case QUARRY_TYPE_TIME: bind_moment(moment_kind::time, value.v.i); break;
      case QUARRY_TYPE_DATETIME: bind_moment(moment_kind::datetime, value.v.i); break;
      case QUARRY_TYPE_UUID: {
        if (value.len != 16) refuse("has not 16 bytes");
        char* text = bound_.take(32);
        write_uuid(bytes, text);
        bind_text(index, text, 32);
        break;
      }
      default: throw unsupported("a value of type " + std::to_string(value.type));
    }
  }
  if (code != SQLITE_OK) fail(code);
}

// ---------------------------------------------------------------- values out

void statement::mismatch(int column, const quarry_type& type) {
  const char* name = sqlite3_column_name(stmt_, column);
  throw data_error("column " + std::to_string(column + 1) + " ('" + (name == nullptr ? "" : name) + "') holds " +
                   storage_words(sqlite3_column_type(stmt_, column)) + " that is not " + type_words(type.type));
}

// What most columns hold: a value stored as its type is stored by us. False: it is something else.
inline bool statement::read_plain(sqlite3_value* value, std::uint16_t type, quarry_cell& to) {
  to = {};
  to.type = static_cast<std::uint8_t>(type);
  const int storage = sqlite3_value_type(value);
  if (storage == SQLITE_INTEGER) {
    to.v.i = sqlite3_value_int64(value);
    return type == QUARRY_TYPE_INT64 || (type == QUARRY_TYPE_INT32 && std::in_range<std::int32_t>(to.v.i));
  }
  if (storage != SQLITE_TEXT || (type != QUARRY_TYPE_TEXT && type != QUARRY_TYPE_DATE)) return false;
  const std::string_view text = text_of(value);
  if (type == QUARRY_TYPE_TEXT) {
    to.v.p = texts_.copy(text.data(), text.size());
    to.len = static_cast<std::uint32_t>(text.size());
    return true;
  }
  const std::optional<std::int64_t> days = parse_date(text);
  if (days) to.v.i = *days;
  return days.has_value();
}

void statement::read(int column, sqlite3_value* value, const quarry_type& type, quarry_cell& to) {
  to = {};
  to.type = static_cast<std::uint8_t>(type.type);
  const int storage = sqlite3_value_type(value);
  if (storage == SQLITE_NULL) {
    to.flags = QUARRY_CELL_NULL;
    return;
  }
  auto text = [&] { return text_of(value); };
  auto bytes = [&](std::string_view from) {
    to.v.p = texts_.copy(from.data(), from.size());
    to.len = static_cast<std::uint32_t>(from.size());
  };
  auto integer = [&](std::int64_t least, std::int64_t most) {
    std::optional<sqlite3_int64> found;
    if (storage == SQLITE_INTEGER) {
      found = sqlite3_value_int64(value);
    } else if (storage == SQLITE_FLOAT) {
      found = whole_number(sqlite3_value_double(value));
    } else if (storage == SQLITE_TEXT) {
      std::string_view digits = text();
      sqlite3_int64 number = 0;
      auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
      if (failure == std::errc() && end == digits.data() + digits.size()) found = number;
    }
    if (!found || *found < least || *found > most) mismatch(column, type);
    to.v.i = *found;
  };
  auto moment_of = [&](moment_kind kind) -> std::int64_t {
    if (storage != SQLITE_TEXT) mismatch(column, type);
    auto found = parse_moment(text());
    if (!found) mismatch(column, type);
    if (found->kind == kind) return found->micros;
    // A date is its midnight, and the date of a midnight is itself.
    bool midnight =
        found->kind == moment_kind::datetime && kind == moment_kind::date && found->micros % micros_per_day == 0;
    if (!midnight && !(found->kind == moment_kind::date && kind == moment_kind::datetime)) mismatch(column, type);
    return found->micros;
  };

  switch (type.type) {
    case QUARRY_TYPE_BOOLEAN: integer(0, 1); break;
    case QUARRY_TYPE_INT16:
      integer(std::numeric_limits<std::int16_t>::min(), std::numeric_limits<std::int16_t>::max());
      break;
    case QUARRY_TYPE_INT32:
      integer(std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max());
      break;
    case QUARRY_TYPE_INT64:
      integer(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
      break;
    case QUARRY_TYPE_DURATION:
      if (storage == SQLITE_FLOAT) {  // a mean of durations
        auto rounded = whole_number(std::round(sqlite3_value_double(value)));
        if (!rounded) mismatch(column, type);
        to.v.i = *rounded;
        break;
      }
      integer(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
      break;
    case QUARRY_TYPE_FLOAT64:
      if (storage == SQLITE_TEXT) {
        std::string_view digits = text();
        auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), to.v.d);
        if (failure != std::errc() || end != digits.data() + digits.size()) mismatch(column, type);
      } else if (storage == SQLITE_BLOB) {
        mismatch(column, type);
      } else {
        to.v.d = sqlite3_value_double(value);
      }
      break;
    case QUARRY_TYPE_DECIMAL: {
      std::optional<decimal> number;
      if (storage == SQLITE_INTEGER) {
        number = decimal::from(static_cast<std::int64_t>(sqlite3_value_int64(value)));
      } else if (storage == SQLITE_FLOAT) {
        double real = sqlite3_value_double(value);
        if (std::isfinite(real)) number = decimal::from(real);
      } else if (storage == SQLITE_TEXT) {
        number = decimal::from(text());
      }
      if (!number) mismatch(column, type);
      char* place = texts_.take(longest_decimal);
      std::size_t size = write_decimal(place, *number, type.precision == 0 ? -1 : type.scale);
      texts_.shrink(longest_decimal - size);
      to.v.p = place;
      to.len = static_cast<std::uint32_t>(size);
      break;
    }
    case QUARRY_TYPE_TEXT:
    case QUARRY_TYPE_JSON:
      if (storage == SQLITE_BLOB) mismatch(column, type);
      bytes(text());
      break;
    case QUARRY_TYPE_BYTES: {
      if (storage != SQLITE_BLOB && storage != SQLITE_TEXT) mismatch(column, type);
      const void* data = sqlite3_value_blob(value);
      bytes({static_cast<const char*>(data), static_cast<std::size_t>(sqlite3_value_bytes(value))});
      break;
    }
    case QUARRY_TYPE_DATE: to.v.i = floor_div(moment_of(moment_kind::date), micros_per_day); break;
    case QUARRY_TYPE_TIME: to.v.i = moment_of(moment_kind::time); break;
    case QUARRY_TYPE_DATETIME: to.v.i = moment_of(moment_kind::datetime); break;
    case QUARRY_TYPE_UUID: {
      char* place = texts_.take(16);
      if (storage == SQLITE_BLOB && sqlite3_value_bytes(value) == 16) {
        std::memcpy(place, sqlite3_value_blob(value), 16);
      } else if (storage != SQLITE_TEXT || !read_uuid(text(), place)) {
        mismatch(column, type);
      }
      to.v.p = place;
      to.len = 16;
      break;
    }
    case QUARRY_TYPE_UNKNOWN:  // whatever is there
      if (storage == SQLITE_INTEGER) {
        to.type = QUARRY_TYPE_INT64;
        to.v.i = sqlite3_value_int64(value);
      } else if (storage == SQLITE_FLOAT) {
        to.type = QUARRY_TYPE_FLOAT64;
        to.v.d = sqlite3_value_double(value);
      } else if (storage == SQLITE_TEXT) {
        to.type = QUARRY_TYPE_TEXT;
        bytes(text());
      } else {
        to.type = QUARRY_TYPE_BYTES;
        const void* data = sqlite3_value_blob(value);
        bytes({static_cast<const char*>(data), static_cast<std::size_t>(sqlite3_value_bytes(value))});
      }
      break;
    default: throw unsupported("a column of type " + std::to_string(type.type));
  }
}

}  // namespace quarry::plugin::sqlite
