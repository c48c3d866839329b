#ifndef QUARRY_PLUGINS_POSTGRESQL_WIRE_HPP
#define QUARRY_PLUGINS_POSTGRESQL_WIRE_HPP

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <libpq-fe.h>

// PostgreSQL's binary forms of values: big-endian, dates and times counted from 2000-01-01.
namespace quarry::plugin::postgresql {

// Numbers of types that are fixed for good (pg_type.dat of the server's source).
enum type_oid : Oid {
  oid_bool = 16,
  oid_bytea = 17,
  oid_char = 18,
  oid_name = 19,
  oid_int8 = 20,
  oid_int2 = 21,
  oid_int4 = 23,
  oid_text = 25,
  oid_oid = 26,
  oid_json = 114,
  oid_float4 = 700,
  oid_float8 = 701,
  oid_unknown = 705,
  oid_bpchar = 1042,
  oid_varchar = 1043,
  oid_date = 1082,
  oid_time = 1083,
  oid_timestamp = 1114,
  oid_timestamptz = 1184,
  oid_interval = 1186,
  oid_numeric = 1700,
  oid_uuid = 2950,
  oid_jsonb = 3802,
};

inline constexpr std::int64_t epoch_days = 10'957;  // from 1970-01-01 to 2000-01-01
inline constexpr std::int64_t micros_per_day = 86'400'000'000;
inline constexpr std::int64_t epoch_micros = epoch_days * micros_per_day;

template <class Integer>
Integer read_big(const char* from) noexcept {
  std::make_unsigned_t<Integer> value;
  std::memcpy(&value, from, sizeof(value));
  if constexpr (std::endian::native == std::endian::little) {
    if constexpr (sizeof(value) == 2) value = __builtin_bswap16(value);
    if constexpr (sizeof(value) == 4) value = __builtin_bswap32(value);
    if constexpr (sizeof(value) == 8) value = __builtin_bswap64(value);
  }
  return static_cast<Integer>(value);
}

template <class Integer>
void write_big(char* to, Integer value) noexcept {
  auto bits = static_cast<std::uint64_t>(static_cast<std::make_unsigned_t<Integer>>(value));
  for (std::size_t i = sizeof(Integer); i-- > 0; bits >>= 8U) to[i] = static_cast<char>(bits & 0xffU);
}

}  // namespace quarry::plugin::postgresql

#endif
