// Reads Django's own syntax: statements, and model files.
//
// Both functions take time linear in the size of the source and give a diagnostic, never a crash, for any bytes.
// A diagnostic's span is in bytes of `source`, on the first character that can't be right (after blanks and comments).
#pragma once

#include <cstddef>
#include <string_view>

#include <quarry/core/text/syntax.hpp>
#include <quarry/ir/support/result.hpp>

namespace quarry::text {

/// What lies beyond is refused. A recursive walker of the tree needs as many stack frames as `height` says.
struct parse_limits {
  std::size_t source_bytes = std::size_t{4} << 20U;  ///< at most 4 GiB - 1
  unsigned nesting = 200;                            ///< brackets in brackets, blocks in blocks
  unsigned height = 1000;                            ///< of the tree: also `a.b.c…` and `a | b | c…` count
  std::size_t nodes = 1'000'000;
};

/// Statements, separated by newlines or `;`: expressions, assignments, imports. `await` is accepted, leaving no trace.
ir::result<syntax::tree> parse_statements(std::string_view source, const parse_limits& limits = {});

/// A models.py: classes with assignments and nested classes, module-level assignments, imports. Functions and methods
/// become a syntax::definition, their bodies may hold any Python; decorators, annotations and `pass` leave no trace.
ir::result<syntax::tree> parse_models(std::string_view source, const parse_limits& limits = {});

/// Does the text end inside brackets, a string of several lines, or after a '\\', so that a shell asks for another line?
/// False where no further line could make it right.
bool wants_more(std::string_view source);

}  // namespace quarry::text
