// Reads the text form of print.hpp. No input crashes it: nesting and size are bounded, and a mistake is a diagnostic with its line.
#pragma once

#include <cstddef>
#include <string_view>

#include <quarry/ir/model/context.hpp>
#include <quarry/ir/support/result.hpp>
#include <quarry/ir/text/lexer.hpp>

namespace quarry::ir {

struct parsed_query {
  any_id root;
  stage at;
};

/// Parses one `query(…) { … }` into a context that was reset to its catalog and has no instance and no parameter yet.
/// What it makes has the right form only; whether it has a meaning, the verifier says.
result<parsed_query> parse_query(context& cx, std::string_view text);
/// The same for a part of a text: diagnostics count the lines of the whole.
result<parsed_query> parse_query(context& cx, std::string_view text, std::size_t begin, std::size_t end);

/// "text(255)!" and all else that print(type) writes.
result<type> parse_type(std::string_view text);
result<type> parse_type(token_stream& in);

}  // namespace quarry::ir
