#include <quarry/plugins/postgresql/decode.hpp>

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>

#include <quarry/plugins/postgresql/numeric.hpp>
#include <quarry/plugins/postgresql/wire.hpp>
#include <quarry/plugins/sdk/error.hpp>
#include <quarry/plugins/sdk/values.hpp>

namespace quarry::plugin::postgresql {

namespace {

constexpr Oid no_type = 0;

// One column of one row.
struct field {
  Oid type;
  std::string_view bytes;

  template <class Integer>
  Integer as() const noexcept {
    return read_big<Integer>(bytes.data());
  }
};

template <class Real, class Bits>
double real_of(const field& from) noexcept {
  return static_cast<double>(std::bit_cast<Real>(from.as<Bits>()));
}

std::optional<std::int64_t> integer_of(const field& from, std::string& digits) {
  switch (from.type) {
    case oid_bool: return from.bytes[0] != 0;
    case oid_int2: return from.as<std::int16_t>();
    case oid_int4: return from.as<std::int32_t>();
    case oid_oid: return from.as<std::uint32_t>();
    case oid_int8: return from.as<std::int64_t>();
    case oid_float4: return whole_number(real_of<float, std::uint32_t>(from));
    case oid_float8: return whole_number(real_of<double, std::uint64_t>(from));
    case oid_numeric: {
      digits.clear();
      if (!append_numeric(from.bytes, digits)) return {};
      const std::size_t point = digits.find('.');
      if (point != std::string::npos) {
        if (digits.find_first_not_of('0', point + 1) != std::string::npos) return {};
        digits.resize(point);
      }
      std::int64_t value = 0;
      const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
      if (failure != std::errc() || end != digits.data() + digits.size()) return {};
      return value;
    }
    default: return {};
  }
}

std::optional<double> float_of(const field& from, std::string& digits) {
  switch (from.type) {
    case oid_float4: return real_of<float, std::uint32_t>(from);
    case oid_float8: return real_of<double, std::uint64_t>(from);
    case oid_numeric: {
      digits.clear();
      if (!append_numeric(from.bytes, digits)) return {};
      double value = 0;
      std::from_chars(digits.data(), digits.data() + digits.size(), value);
      return value;
    }
    default:
      if (const auto value = integer_of(from, digits)) return static_cast<double>(*value);
      return {};
  }
}

bool decimal_of(const field& from, std::string& digits) {
  digits.clear();
  if (from.type == oid_numeric) return append_numeric(from.bytes, digits);
  char text[400];  // the greatest double has 309 digits before its point
  std::to_chars_result written{};
  if (from.type == oid_float4 || from.type == oid_float8) {
    const double value = *float_of(from, digits);
    if (!std::isfinite(value)) return false;
    written = std::to_chars(text, text + sizeof(text), value, std::chars_format::fixed);
    if (written.ec != std::errc()) return false;
  } else {
    const auto value = integer_of(from, digits);
    if (!value) return false;
    written = std::to_chars(text, text + sizeof(text), *value);
  }
  digits.assign(text, written.ptr);
  return true;
}

bool is_text(Oid type) noexcept {
  return type == oid_text || type == oid_varchar || type == oid_bpchar || type == oid_name || type == oid_unknown ||
      type == oid_char;
}

// The ends of time have numbers of their own.
template <class Integer>
std::optional<std::int64_t> finite(Integer value) noexcept {
  if (value == std::numeric_limits<Integer>::min() || value == std::numeric_limits<Integer>::max()) return {};
  return value;
}

std::optional<std::int64_t> date_of(const field& from) noexcept {
  if (from.type == oid_date) {
    const auto days = finite(from.as<std::int32_t>());
    if (!days) return {};
    return *days + epoch_days;
  }
  if (from.type != oid_timestamp && from.type != oid_timestamptz) return {};
  const auto micros = finite(from.as<std::int64_t>());
  if (!micros || *micros % micros_per_day != 0) return {};  // the date of a midnight is itself
  return *micros / micros_per_day + epoch_days;
}

std::optional<std::int64_t> datetime_of(const field& from) noexcept {
  if (from.type == oid_date) {
    const auto days = date_of(from);
    if (!days) return {};
    return *days * micros_per_day;
  }
  if (from.type != oid_timestamp && from.type != oid_timestamptz) return {};
  const auto micros = finite(from.as<std::int64_t>());
  if (!micros) return {};
  return *micros + epoch_micros;
}

std::optional<std::int64_t> duration_of(const field& from) noexcept {
  if (from.type == oid_int8) return from.as<std::int64_t>();
  if (from.type != oid_interval) return {};
  const auto days = read_big<std::int32_t>(from.bytes.data() + 8);
  const auto months = read_big<std::int32_t>(from.bytes.data() + 12);  // of 30 days, as PostgreSQL itself counts them
  return from.as<std::int64_t>() + (std::int64_t{months} * 30 + days) * micros_per_day;
}

std::optional<std::string_view> json_of(const field& from) noexcept {
  if (from.type == oid_jsonb && !from.bytes.empty() && from.bytes[0] == 1) return from.bytes.substr(1);
  if (from.type == oid_json || is_text(from.type)) return from.bytes;
  return {};
}

// What is there, where nothing is known of it.
std::uint8_t natural_type(Oid type) noexcept {
  switch (type) {
    case oid_bool: return QUARRY_TYPE_BOOLEAN;
    case oid_int2:
    case oid_int4:
    case oid_oid:
    case oid_int8: return QUARRY_TYPE_INT64;
    case oid_float4:
    case oid_float8: return QUARRY_TYPE_FLOAT64;
    case oid_numeric: return QUARRY_TYPE_DECIMAL;
    case oid_bytea: return QUARRY_TYPE_BYTES;
    case oid_date: return QUARRY_TYPE_DATE;
    case oid_time: return QUARRY_TYPE_TIME;
    case oid_timestamp:
    case oid_timestamptz: return QUARRY_TYPE_DATETIME;
    case oid_interval: return QUARRY_TYPE_DURATION;
    case oid_uuid: return QUARRY_TYPE_UUID;
    case oid_json:
    case oid_jsonb: return QUARRY_TYPE_JSON;
    default: return QUARRY_TYPE_TEXT;
  }
}

}  // namespace

void decoder::begin(const PGresult* result, std::span<const quarry_type> types) {
  columns_.resize(types.size(), {no_type, way::any});
  for (std::size_t i = 0; i < types.size(); ++i) {
    const Oid from = PQftype(result, static_cast<int>(i));
    if (from != columns_[i].type) columns_[i] = {from, way_of(from, types[i].type)};
  }
}

decoder::way decoder::way_of(Oid from, std::uint32_t to) noexcept {
  switch (to) {
    case QUARRY_TYPE_BOOLEAN: return from == oid_bool ? way::boolean : way::any;
    case QUARRY_TYPE_INT16: return from == oid_int2 ? way::int16 : way::any;
    case QUARRY_TYPE_INT32: return from == oid_int2 ? way::int16 : from == oid_int4 ? way::int32 : way::any;
    case QUARRY_TYPE_INT64:
      return from == oid_int2 ? way::int16 : from == oid_int4 ? way::int32 : from == oid_int8 ? way::int64 : way::any;
    case QUARRY_TYPE_FLOAT64: return from == oid_float8 ? way::float64 : way::any;
    case QUARRY_TYPE_TEXT: return is_text(from) ? way::text : way::any;
    case QUARRY_TYPE_DATE: return from == oid_date ? way::date : way::any;
    case QUARRY_TYPE_DATETIME: return from == oid_timestamp || from == oid_timestamptz ? way::datetime : way::any;
    default: return way::any;
  }
}

void decoder::mismatch(const PGresult* result, int column, const quarry_type& type) {
  throw data_error("column " + std::to_string(column + 1) + " ('" + PQfname(result, column) +
                   "') holds a value of type " + std::to_string(PQftype(result, column)) + " that is not " +
                   type_words(type.type));
}

void decoder::read(const PGresult* result, int row, std::span<const quarry_type> types, quarry_cell* to, arena* texts,
                   arena& made) {
  const int count = static_cast<int>(types.size());
  const column_way* column = columns_.data();
  const quarry_type* type = types.data();
  for (int i = 0; i < count; ++i, ++to, ++column, ++type) {
    const int length = PQgetlength(result, row, i);  // 0 for NULL
    const bool null = length == 0 && PQgetisnull(result, row, i) != 0;
    *to = quarry_cell{
        {}, 0, static_cast<std::uint8_t>(type->type), static_cast<std::uint8_t>(null ? QUARRY_CELL_NULL : 0), 0};
    if (null) continue;
    const char* const value = PQgetvalue(result, row, i);
    switch (column->how) {
      case way::int16: to->v.i = read_big<std::int16_t>(value); break;
      case way::int32: to->v.i = read_big<std::int32_t>(value); break;
      case way::int64: to->v.i = read_big<std::int64_t>(value); break;
      case way::float64: to->v.d = std::bit_cast<double>(read_big<std::uint64_t>(value)); break;
      case way::boolean: to->v.i = *value != 0 ? 1 : 0; break;
      case way::text:
        to->len = static_cast<std::uint32_t>(length);
        to->v.p = texts != nullptr ? texts->copy(value, to->len) : value;
        break;
      case way::date: {
        const auto days = finite(read_big<std::int32_t>(value));
        if (!days) mismatch(result, i, *type);
        to->v.i = *days + epoch_days;
        break;
      }
      case way::datetime: {
        const auto micros = finite(read_big<std::int64_t>(value));
        if (!micros) mismatch(result, i, *type);
        to->v.i = *micros + epoch_micros;
        break;
      }
      case way::any: read_any(result, row, i, *type, *to, texts, made); break;
    }
  }
}

void decoder::read_any(const PGresult* result, int row, int column, const quarry_type& type, quarry_cell& to,
                       arena* texts, arena& made) {
  const field from{columns_[static_cast<std::size_t>(column)].type,
                   {PQgetvalue(result, row, column), static_cast<std::size_t>(PQgetlength(result, row, column))}};
  if (type.type == QUARRY_TYPE_UNKNOWN) to.type = natural_type(from.type);

  const auto mismatch = [&]() { decoder::mismatch(result, column, type); };
  const auto take = [&](std::optional<std::int64_t> value) {
    if (!value) return mismatch();
    to.v.i = *value;
  };
  const auto within = [&](std::int64_t least, std::int64_t most) {
    take(integer_of(from, digits_));
    if (to.v.i < least || to.v.i > most) mismatch();
  };
  const auto keep = [&](std::string_view bytes, arena* where) {
    to.v.p = where != nullptr ? where->copy(bytes.data(), bytes.size()) : bytes.data();
    to.len = static_cast<std::uint32_t>(bytes.size());
  };

  switch (to.type) {
    case QUARRY_TYPE_BOOLEAN: within(0, 1); break;
    case QUARRY_TYPE_INT16:
      within(std::numeric_limits<std::int16_t>::min(), std::numeric_limits<std::int16_t>::max());
      break;
    case QUARRY_TYPE_INT32:
      within(std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max());
      break;
    case QUARRY_TYPE_INT64: take(integer_of(from, digits_)); break;
    case QUARRY_TYPE_FLOAT64: {
      const auto value = float_of(from, digits_);
      if (!value) return mismatch();
      to.v.d = *value;
      break;
    }
    case QUARRY_TYPE_DECIMAL:
      if (!decimal_of(from, digits_)) return mismatch();
      keep(digits_, &made);
      break;
    case QUARRY_TYPE_TEXT:
      if (!is_text(from.type) && type.type != QUARRY_TYPE_UNKNOWN) return mismatch();
      keep(from.bytes, texts);
      break;
    case QUARRY_TYPE_BYTES:
      if (from.type != oid_bytea) return mismatch();
      keep(from.bytes, texts);
      break;
    case QUARRY_TYPE_DATE: take(date_of(from)); break;
    case QUARRY_TYPE_TIME:
      if (from.type != oid_time) return mismatch();
      to.v.i = from.as<std::int64_t>();
      break;
    case QUARRY_TYPE_DATETIME: take(datetime_of(from)); break;
    case QUARRY_TYPE_DURATION: take(duration_of(from)); break;
    case QUARRY_TYPE_UUID:
      if (from.type != oid_uuid) return mismatch();
      keep(from.bytes, texts);
      break;
    case QUARRY_TYPE_JSON: {
      const auto text = json_of(from);
      if (!text) return mismatch();
      keep(*text, texts);
      break;
    }
    default: throw unsupported("a column of type " + std::to_string(type.type));
  }
}

}  // namespace quarry::plugin::postgresql
