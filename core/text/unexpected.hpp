// Tells what was expected and what stands there instead, or that it is Python, but no part of the query language.
#pragma once

#include <cstddef>
#include <string_view>

namespace quarry::text {

/// Python's letters, digits, `_`, and every byte of a character beyond ASCII.
bool is_name_start(char c) noexcept;
bool is_name_character(char c) noexcept;

/// What the place needed, for choosing among the messages.
enum class wanted { name, value, sign, statement };

/// Throws refusal. `at` is the offset of what can't be right, `end` where the statement ends.
[[noreturn]] void refuse_unexpected(std::string_view source, std::size_t at, std::size_t end, wanted need,
                                    std::string_view expected);

}  // namespace quarry::text
