// The grammar over one logical line, behind a wall: parse.cpp alone pays for compiling it.
#pragma once

#include <quarry/core/text/tree_builder.hpp>

namespace quarry::text {

/// `statement; statement; …` to the end of `line`. Throws refusal.
void parse_simple_statements(tree_builder& build, syntax::span line);

/// `class name(bases):` at the start of `line`, told to the builder; gives the offset behind the colon. Throws refusal.
std::size_t parse_class_header(tree_builder& build, syntax::span line);

}  // namespace quarry::text
