#include <quarry/plugins/mysql/decode.hpp>

#include <charconv>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include <cppconn/datatype.h>
#include <cppconn/resultset_metadata.h>

#include <quarry/plugins/sdk/error.hpp>
#include <quarry/plugins/sdk/temporal.hpp>
#include <quarry/plugins/sdk/values.hpp>

namespace quarry::plugin::mysql {

namespace {

bool is_whole(int kind) noexcept { return kind >= sql::DataType::BIT && kind <= sql::DataType::BIGINT; }
bool is_real(int kind) noexcept { return kind == sql::DataType::REAL || kind == sql::DataType::DOUBLE; }
bool is_decimal(int kind) noexcept { return kind == sql::DataType::DECIMAL || kind == sql::DataType::NUMERIC; }

bool is_integer_or_any(std::uint32_t type) noexcept {
  return type == QUARRY_TYPE_BOOLEAN || type == QUARRY_TYPE_INT16 || type == QUARRY_TYPE_INT32 ||
      type == QUARRY_TYPE_INT64 || type == QUARRY_TYPE_DURATION || type == QUARRY_TYPE_UNKNOWN;
}
bool is_number_or_any(std::uint32_t type) noexcept {
  return (is_integer_or_any(type) && type != QUARRY_TYPE_DURATION) || type == QUARRY_TYPE_FLOAT64 ||
      type == QUARRY_TYPE_DECIMAL;
}

template <class Number>
std::optional<Number> parsed(std::string_view text) noexcept {
  Number value{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

// "12.000": a whole number.
std::optional<std::int64_t> whole_of(std::string_view text) noexcept {
  const std::size_t point = text.find('.');
  if (point != std::string_view::npos) {
    if (text.find_first_not_of('0', point + 1) != std::string_view::npos) return {};
    text = text.substr(0, point);
  }
  return parsed<std::int64_t>(text);
}

}  // namespace

void decoder::begin(sql::ResultSet& rows, bool binary) {
  binary_ = binary;
  kinds_.clear();
  sql::ResultSetMetaData* const columns = rows.getMetaData();
  const unsigned count = columns->getColumnCount();
  for (unsigned i = 1; i <= count; ++i) {
    const int type = columns->getColumnType(i);
    kinds_.push_back({type, type == sql::DataType::BIGINT && !columns->isSigned(i)});
  }
}

void decoder::mismatch(sql::ResultSet& rows, unsigned column, const quarry_type& type) const {
  sql::ResultSetMetaData* const columns = rows.getMetaData();
  throw data_error("column " + std::to_string(column + 1) + " ('" + std::string(columns->getColumnLabel(column + 1)) +
                   "') holds a " + std::string(columns->getColumnTypeName(column + 1)) + " that is not " +
                   type_words(type.type));
}

void decoder::read(sql::ResultSet& rows, unsigned column, const quarry_type& type, quarry_cell& to, arena& texts) {
  to = {};
  to.type = static_cast<std::uint8_t>(type.type);
  const unsigned place = column + 1;
  // What most columns hold. A call of the connector is dear: a NULL reads as zero and as an empty text, and only of such a value is asked
  // whether it is one.
  switch (type.type) {
    case QUARRY_TYPE_INT32:
    case QUARRY_TYPE_INT64:
      if (!is_whole(kinds_[column].type) || kinds_[column].beyond_int64) break;
      to.v.i = rows.getInt64(place);
      if (to.v.i == 0 && rows.isNull(place)) to.flags = QUARRY_CELL_NULL;
      if (type.type == QUARRY_TYPE_INT32 && !std::in_range<std::int32_t>(to.v.i)) mismatch(rows, column, type);
      return;
    case QUARRY_TYPE_TEXT:
    case QUARRY_TYPE_DATE: {
      const sql::SQLString written = rows.getString(place);
      const std::string_view text(written.asStdString());
      if (text.empty() && rows.isNull(place)) {
        to.flags = QUARRY_CELL_NULL;
        return;
      }
      if (type.type == QUARRY_TYPE_TEXT) {
        to.v.p = texts.copy(text.data(), text.size());
        to.len = static_cast<std::uint32_t>(text.size());
        return;
      }
      if (const auto days = parse_date(text)) {
        to.v.i = *days;
        return;
      }
      break;
    }
    default: break;
  }
  read_any(rows, column, type, to, texts);
}

void decoder::read_any(sql::ResultSet& rows, unsigned column, const quarry_type& type, quarry_cell& to, arena& texts) {
  const unsigned place = column + 1;
  const int kind = kinds_[column].type;
  const bool as_integer = is_whole(kind) && !kinds_[column].beyond_int64 && is_integer_or_any(type.type);
  const bool as_real = is_real(kind) && binary_ && is_number_or_any(type.type);
  const std::int64_t whole = as_integer ? rows.getInt64(place) : 0;
  const sql::SQLString written = as_integer || as_real ? sql::SQLString() : rows.getString(place);
  if (whole == 0 && written.length() == 0 && rows.isNull(place)) {
    to.flags = QUARRY_CELL_NULL;
    return;
  }
  const std::string_view text(written.asStdString());
  const auto keep = [&](std::string_view bytes) {
    to.v.p = texts.copy(bytes.data(), bytes.size());
    to.len = static_cast<std::uint32_t>(bytes.size());
  };
  const auto take = [&](std::optional<std::int64_t> value,
                        std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                        std::int64_t most = std::numeric_limits<std::int64_t>::max()) {
    if (!value || *value < least || *value > most) mismatch(rows, column, type);
    to.v.i = *value;
  };
  const auto integer = [&]() -> std::optional<std::int64_t> {
    if (as_integer) return whole;
    if (as_real) return whole_number(static_cast<double>(rows.getDouble(place)));
    if (is_whole(kind)) return parsed<std::int64_t>(text);
    if (is_real(kind)) {
      const auto value = parsed<double>(text);
      return value ? whole_number(*value) : std::nullopt;
    }
    return whole_of(text);
  };
  const auto moment_of = [&](moment_kind wanted) -> std::optional<std::int64_t> {
    // The connector writes the year 1 as 1, or as 01.
    std::string padded;
    const std::size_t year = text.find('-');
    if (year < 4) padded.assign(4 - year, '0').append(text);
    const auto found = parse_moment(year < 4 ? padded : text);
    if (!found) return {};
    if (found->kind == wanted) return found->micros;
    // A date is its midnight, and the date of a midnight is itself.
    if (found->kind == moment_kind::datetime && wanted == moment_kind::date && found->micros % micros_per_day == 0)
      return found->micros;
    if (found->kind == moment_kind::date && wanted == moment_kind::datetime) return found->micros;
    return {};
  };

  switch (type.type) {
    case QUARRY_TYPE_BOOLEAN: take(integer(), 0, 1); break;
    case QUARRY_TYPE_INT16:
      take(integer(), std::numeric_limits<std::int16_t>::min(), std::numeric_limits<std::int16_t>::max());
      break;
    case QUARRY_TYPE_INT32:
      take(integer(), std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max());
      break;
    case QUARRY_TYPE_INT64: take(integer()); break;
    case QUARRY_TYPE_DURATION: {
      if (is_decimal(kind) || is_real(kind)) {  // a mean of durations
        const auto value = parsed<double>(text);
        if (!value) mismatch(rows, column, type);
        to.v.i = static_cast<std::int64_t>(*value < 0 ? *value - 0.5 : *value + 0.5);
        break;
      }
      take(integer());
      break;
    }
    case QUARRY_TYPE_FLOAT64:
      if (as_real) {
        to.v.d = static_cast<double>(rows.getDouble(place));
      } else {
        const auto value = parsed<double>(text);
        if (!value) mismatch(rows, column, type);
        to.v.d = *value;
      }
      break;
    case QUARRY_TYPE_DECIMAL: {
      if (as_real) {
        char digits[64];
        const auto [end, failure] = std::to_chars(digits, digits + sizeof(digits),
                                                  static_cast<double>(rows.getDouble(place)), std::chars_format::fixed);
        if (failure != std::errc()) mismatch(rows, column, type);
        keep({digits, static_cast<std::size_t>(end - digits)});
        break;
      }
      if (!is_real(kind) && !is_decimal(kind) && !is_whole(kind)) mismatch(rows, column, type);
      keep(text);
      break;
    }
    case QUARRY_TYPE_TEXT:
    case QUARRY_TYPE_JSON:
    case QUARRY_TYPE_BYTES: keep(text); break;
    case QUARRY_TYPE_DATE: {
      const auto micros = moment_of(moment_kind::date);
      take(micros ? std::optional(floor_div(*micros, micros_per_day)) : std::nullopt);
      break;
    }
    case QUARRY_TYPE_TIME: take(moment_of(moment_kind::time)); break;
    case QUARRY_TYPE_DATETIME: take(moment_of(moment_kind::datetime)); break;
    case QUARRY_TYPE_UUID: {
      char* const bytes = texts.take(16);
      if (!read_uuid(text, bytes)) mismatch(rows, column, type);
      to.v.p = bytes;
      to.len = 16;
      break;
    }
    case QUARRY_TYPE_UNKNOWN:  // whatever is there
      if (is_whole(kind)) {
        to.type = QUARRY_TYPE_INT64;
        take(integer());
      } else if (is_real(kind)) {
        to.type = QUARRY_TYPE_FLOAT64;
        to.v.d = as_real ? static_cast<double>(rows.getDouble(place)) : parsed<double>(text).value_or(0);
      } else {
        to.type = is_decimal(kind) ? QUARRY_TYPE_DECIMAL : QUARRY_TYPE_TEXT;
        keep(text);
      }
      break;
    default: throw unsupported("a column of type " + std::to_string(type.type));
  }
}

}  // namespace quarry::plugin::mysql
