// UTF-8, as the text layer needs it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quarry::text {

struct code_point {
  std::uint32_t value = 0;
  std::size_t size = 0;  ///< bytes; 0 when they are not UTF-8
};

/// The code point that starts at `at`: shortest form, no surrogates, at most U+10FFFF.
code_point decode_utf8(std::string_view s, std::size_t at) noexcept;

/// Precondition: a valid code point.
void append_utf8(std::string& out, std::uint32_t value);

/// False for the blanks, quotes, signs and pictures that arrive by copy and paste but can be no part of a name.
/// Values below U+0080 are not asked.
bool may_be_in_a_name(std::uint32_t value) noexcept;

/// "U+00A0".
std::string code_point_name(std::uint32_t value);

}  // namespace quarry::text
