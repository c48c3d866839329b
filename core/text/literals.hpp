// What the characters of a string or number literal mean.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <quarry/core/text/syntax.hpp>

namespace quarry::text {

/// The letters before a quote; `valid` is false when Python knows no such prefix.
struct string_prefix {
  bool raw = false;
  bool bytes = false;
  bool formatted = false;
  bool valid = true;
};
string_prefix read_prefix(std::string_view letters) noexcept;

/// Appends what one literal, prefix and quotes included, stands for: UTF-8, or raw bytes for b"…". `offset` is where it
/// starts in the source. Throws refusal.
void decode_string(std::string_view literal, std::uint32_t offset, std::string& out);

/// A number as the tree keeps it: see syntax::integer and syntax::floating. Throws refusal.
struct number_literal {
  syntax::kind what = syntax::kind::integer;
  std::string text;
};
number_literal decode_number(std::string_view literal, std::uint32_t offset);

/// The shortest decimal text that reads back as `value`, with a '.' or an exponent in it.
std::string float_text(double value);

}  // namespace quarry::text
