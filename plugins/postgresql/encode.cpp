#include <quarry/plugins/postgresql/encode.hpp>

#include <bit>
#include <limits>
#include <string>

#include <quarry/plugins/postgresql/wire.hpp>
#include <quarry/plugins/sdk/error.hpp>

namespace quarry::plugin::postgresql {

namespace {

constexpr int as_text = 0, as_binary = 1;

struct encoded {
  const char* bytes;
  std::size_t size;
  int format;
};

Oid scalar_oid(std::uint32_t type) {
  switch (type) {
    case QUARRY_TYPE_UNKNOWN: return 0;
    case QUARRY_TYPE_BOOLEAN: return oid_bool;
    case QUARRY_TYPE_INT16: return oid_int2;
    case QUARRY_TYPE_INT32: return oid_int4;
    case QUARRY_TYPE_INT64: return oid_int8;
    case QUARRY_TYPE_FLOAT64: return oid_float8;
    case QUARRY_TYPE_DECIMAL: return oid_numeric;
    case QUARRY_TYPE_TEXT: return oid_text;
    case QUARRY_TYPE_BYTES: return oid_bytea;
    case QUARRY_TYPE_DATE: return oid_date;
    case QUARRY_TYPE_TIME: return oid_time;
    case QUARRY_TYPE_DATETIME: return oid_timestamp;
    case QUARRY_TYPE_DURATION: return oid_interval;
    case QUARRY_TYPE_UUID: return oid_uuid;
    case QUARRY_TYPE_JSON: return oid_jsonb;
    default: throw unsupported("a value of type " + std::to_string(type));
  }
}

// Arrays have types of their own, fixed as well.
Oid array_oid(std::uint32_t element) {
  switch (element) {
    case QUARRY_TYPE_BOOLEAN: return 1000;
    case QUARRY_TYPE_INT16: return 1005;
    case QUARRY_TYPE_INT32: return 1007;
    case QUARRY_TYPE_INT64: return 1016;
    case QUARRY_TYPE_FLOAT64: return 1022;
    case QUARRY_TYPE_DECIMAL: return 1231;
    case QUARRY_TYPE_TEXT: return 1009;
    case QUARRY_TYPE_BYTES: return 1001;
    case QUARRY_TYPE_DATE: return 1182;
    case QUARRY_TYPE_TIME: return 1183;
    case QUARRY_TYPE_DATETIME: return 1115;
    case QUARRY_TYPE_DURATION: return 1187;
    case QUARRY_TYPE_UUID: return 2951;
    case QUARRY_TYPE_JSON: return 3807;
    default: throw unsupported("an array of type " + std::to_string(element));
  }
}

template <class Integer>
encoded integer(arena& to, std::int64_t value) {
  if (value < std::numeric_limits<Integer>::min() || value > std::numeric_limits<Integer>::max())
    throw data_error("a value is out of the range of its type");
  char* at = to.take(sizeof(Integer));
  write_big(at, static_cast<Integer>(value));
  return {at, sizeof(Integer), as_binary};
}

encoded text_of(const quarry_cell& cell, int format) {
  // libpq takes a null pointer for NULL: an empty text needs an address.
  return {cell.len == 0 ? "" : static_cast<const char*>(cell.v.p), cell.len, format};
}

// A length of time keeps whole days apart, as other clients of the database expect of what they read.
encoded interval(arena& to, std::int64_t micros) {
  char* at = to.take(16);
  write_big(at, micros % micros_per_day);
  write_big(at + 8, static_cast<std::int32_t>(micros / micros_per_day));
  write_big(at + 12, std::int32_t{0});
  return {at, 16, as_binary};
}

encoded scalar(arena& to, std::uint32_t type, const quarry_cell& cell) {
  switch (type) {
    case QUARRY_TYPE_BOOLEAN: {
      char* at = to.take(1);
      *at = cell.v.i != 0 ? '\1' : '\0';
      return {at, 1, as_binary};
    }
    case QUARRY_TYPE_INT16: return integer<std::int16_t>(to, cell.v.i);
    case QUARRY_TYPE_INT32: return integer<std::int32_t>(to, cell.v.i);
    case QUARRY_TYPE_INT64: return integer<std::int64_t>(to, cell.v.i);
    case QUARRY_TYPE_FLOAT64: return integer<std::int64_t>(to, std::bit_cast<std::int64_t>(cell.v.d));
    case QUARRY_TYPE_TEXT: return text_of(cell, as_binary);
    case QUARRY_TYPE_BYTES: return text_of(cell, as_binary);
    case QUARRY_TYPE_DATE: return integer<std::int32_t>(to, cell.v.i - epoch_days);
    case QUARRY_TYPE_TIME: return integer<std::int64_t>(to, cell.v.i);
    case QUARRY_TYPE_DATETIME: return integer<std::int64_t>(to, cell.v.i - epoch_micros);
    case QUARRY_TYPE_DURATION: return interval(to, cell.v.i);
    case QUARRY_TYPE_UUID:
      if (cell.len != 16) throw data_error("a UUID has not 16 bytes");
      return text_of(cell, as_binary);
    case QUARRY_TYPE_JSON: {  // a version, then the text
      char* at = to.take(cell.len + std::size_t{1});
      *at = '\1';
      if (cell.len != 0) std::memcpy(at + 1, cell.v.p, cell.len);
      return {at, cell.len + std::size_t{1}, as_binary};
    }
    case QUARRY_TYPE_UNKNOWN:  // a text, which the server reads as what the statement needs there
      if (cell.type != QUARRY_TYPE_TEXT) throw unsupported("a value of unknown type that is no text");
      [[fallthrough]];
    case QUARRY_TYPE_DECIMAL: {  // its digits, as a text that ends in a zero byte
      char* at = to.take(cell.len + std::size_t{1});
      if (cell.len != 0) std::memcpy(at, cell.v.p, cell.len);
      at[cell.len] = '\0';
      return {at, cell.len, as_text};
    }
    default: throw unsupported("a value of type " + std::to_string(type));
  }
}

// Decimals have no binary form here, and an array has one form only: an array of them is a text.
encoded decimal_array(arena& to, std::span<const quarry_cell> items) {
  std::string text = "{";
  for (const quarry_cell& item : items) {
    if (text.size() > 1) text += ',';
    if ((item.flags & QUARRY_CELL_NULL) != 0) {
      text += "NULL";
    } else {
      text.append(static_cast<const char*>(item.v.p), item.len);
    }
  }
  text += '}';
  return {to.copy(text.c_str(), text.size() + 1), text.size(), as_text};
}

// Dimensions, whether there are NULLs, the type of an element; size and first place of the one dimension; then each element with
// its length, -1 for NULL.
encoded array(arena& to, const quarry_type& type, const quarry_cell& cell) {
  const std::span items(static_cast<const quarry_cell*>(cell.v.p), cell.len);
  if (type.element == QUARRY_TYPE_DECIMAL) return decimal_array(to, items);
  constexpr std::size_t head = 12, dimension = 8;
  std::string made(items.empty() ? head : head + dimension, '\0');
  bool nulls = false;
  arena parts;
  for (const quarry_cell& item : items) {
    char length[4];
    if ((item.flags & QUARRY_CELL_NULL) != 0) {
      nulls = true;
      write_big(length, std::int32_t{-1});
      made.append(length, sizeof(length));
      continue;
    }
    const encoded part = scalar(parts, type.element, item);
    write_big(length, static_cast<std::int32_t>(part.size));
    made.append(length, sizeof(length));
    made.append(part.bytes, part.size);
    parts.clear();
  }
  write_big(made.data(), static_cast<std::int32_t>(items.empty() ? 0 : 1));
  write_big(made.data() + 4, static_cast<std::int32_t>(nulls ? 1 : 0));
  write_big(made.data() + 8, static_cast<std::uint32_t>(scalar_oid(type.element)));
  if (!items.empty()) {
    write_big(made.data() + head, static_cast<std::int32_t>(items.size()));
    write_big(made.data() + head + 4, std::int32_t{1});
  }
  return {to.copy(made.data(), made.size()), made.size(), as_binary};
}

}  // namespace

Oid oid_of(const quarry_type& type) {
  return type.type == QUARRY_TYPE_ARRAY ? array_oid(type.element) : scalar_oid(type.type);
}

void parameters::set(std::span<const quarry_type> types, std::span<const quarry_cell> cells) {
  bytes_.clear();
  values_.clear();
  lengths_.clear();
  formats_.clear();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    encoded one{nullptr, 0, as_binary};
    if ((cells[i].flags & QUARRY_CELL_NULL) == 0) {
      one = types[i].type == QUARRY_TYPE_ARRAY ? array(bytes_, types[i], cells[i])
                                               : scalar(bytes_, types[i].type, cells[i]);
      if (one.size > static_cast<std::size_t>(std::numeric_limits<int>::max()))
        throw data_error("value " + std::to_string(i + 1) + " is too large");
    }
    values_.push_back(one.bytes);
    lengths_.push_back(static_cast<int>(one.size));
    formats_.push_back(one.format);
  }
}

}  // namespace quarry::plugin::postgresql
