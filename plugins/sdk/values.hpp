#ifndef QUARRY_PLUGINS_SDK_VALUES_HPP
#define QUARRY_PLUGINS_SDK_VALUES_HPP

#include <cstdint>
#include <optional>
#include <string_view>

// What drivers need to say of values, and to read of those that their databases keep as texts.
namespace quarry::plugin {

// "a 16-bit integer", for messages. type: QUARRY_TYPE_....
const char* type_words(std::uint32_t type) noexcept;

// The integer that a double stands for; nothing where it has a fraction or lies beyond 64 bits. -2^63 counts as beyond: as a double it is
// what an overflow gives.
std::optional<std::int64_t> whole_number(double value) noexcept;

// A UUID is 32 hexadecimal digits, with hyphens anywhere or none. to: 16 bytes. False: it is none.
bool read_uuid(std::string_view text, char* to) noexcept;
// 32 digits, in lower case; bytes: 16.
void write_uuid(const char* bytes, char* to) noexcept;

}  // namespace quarry::plugin

#endif
