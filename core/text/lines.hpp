// The pass before the grammar: cuts a source text into logical lines, as Python does.
//
// It knows strings, comments, brackets and continued lines, nothing else, so that the body of a method may hold any
// Python. After it the text is valid UTF-8, every string ends, and brackets match and nest no deeper than the limit:
// the grammar may recurse on brackets.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <quarry/core/text/parse.hpp>

namespace quarry::text {

/// How far a line is indented, once with tabs to the next multiple of 8 and once with a tab as one column.
struct indentation {
  std::uint32_t wide = 0;
  std::uint32_t narrow = 0;
};

/// From its first character that is no blank to before its newline: may span several lines of text inside brackets, and
/// may end in a comment. Lines that are empty or only a comment are left out.
struct logical_line {
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
  indentation indent;
};

/// Throws refusal.
std::vector<logical_line> split_lines(std::string_view source, const parse_limits& limits);

}  // namespace quarry::text
