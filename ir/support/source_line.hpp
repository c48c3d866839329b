// A line of the user's text with a caret below the words that are meant.
#pragma once

#include <string>
#include <string_view>

#include <quarry/ir/support/diagnostic.hpp>

namespace quarry::ir {

/// Two lines, without a line end behind the second: the line of `source` in which the span begins (its number before it
/// where there are several), and `^~~~` below the span. Texts in quotes show as `…`: values stay out of logs. `names`: the
/// one that the span lies in is known to be a name, and is shown.
std::string source_line(std::string_view source, source_span span, std::size_t indent, bool names = false);

}  // namespace quarry::ir
