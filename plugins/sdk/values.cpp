#include <quarry/plugins/sdk/values.hpp>

#include <cmath>
#include <cstddef>

#include <quarry/plugins/abi/quarry_plugin.h>

namespace quarry::plugin {

const char* type_words(std::uint32_t type) noexcept {
  switch (type) {
    case QUARRY_TYPE_BOOLEAN: return "a boolean";
    case QUARRY_TYPE_INT16: return "a 16-bit integer";
    case QUARRY_TYPE_INT32: return "a 32-bit integer";
    case QUARRY_TYPE_INT64: return "a 64-bit integer";
    case QUARRY_TYPE_FLOAT64: return "a number";
    case QUARRY_TYPE_DECIMAL: return "a decimal";
    case QUARRY_TYPE_TEXT: return "a text";
    case QUARRY_TYPE_BYTES: return "bytes";
    case QUARRY_TYPE_DATE: return "a date";
    case QUARRY_TYPE_TIME: return "a time";
    case QUARRY_TYPE_DATETIME: return "a datetime";
    case QUARRY_TYPE_DURATION: return "a duration";
    case QUARRY_TYPE_UUID: return "a UUID";
    case QUARRY_TYPE_JSON: return "JSON";
    default: return "a value";
  }
}

std::optional<std::int64_t> whole_number(double value) noexcept {
  if (!(value > -9223372036854775808.0 && value < 9223372036854775808.0) || value != std::trunc(value)) return {};
  return static_cast<std::int64_t>(value);
}

namespace {

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

bool read_uuid(std::string_view text, char* to) noexcept {
  std::size_t at = 0;
  for (char c : text) {
    if (c == '-') continue;
    const int digit = hex_digit(c);
    if (digit < 0 || at == 32) return false;
    char& byte = to[at / 2];
    byte = static_cast<char>(at % 2 == 0 ? digit << 4 : (static_cast<unsigned char>(byte) | digit));
    ++at;
  }
  return at == 32;
}

void write_uuid(const char* bytes, char* to) noexcept {
  constexpr char digits[] = "0123456789abcdef";
  for (int i = 0; i < 16; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    *to++ = digits[byte >> 4];
    *to++ = digits[byte & 15];
  }
}

}  // namespace quarry::plugin
