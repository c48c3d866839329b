// Writes a syntax tree as source text, one statement a line, in one canonical layout: parsing it gives an equal tree.
#pragma once

#include <string>

#include <quarry/core/text/syntax.hpp>

namespace quarry::text {

/// The whole tree. Classes are indented by four blanks; a definition comes out without parameters and body.
std::string unparse(const syntax::tree& t);

/// One expression or statement; no newline at the end.
std::string unparse(const syntax::tree& t, syntax::node_id id);

}  // namespace quarry::text
