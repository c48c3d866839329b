// What may stand at the cursor of a shell: models, fields along relations, lookups, methods, keywords, names.
// Knows nothing of the library that edits the line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <quarry/core/text/models.hpp>

namespace quarry::cli {

/// A variable, as far as completion needs to know its value.
struct known_name {
  enum class form : std::uint8_t { value, query, manager, row };
  std::string name;
  form what = form::value;
  std::uint32_t model = ir::none;  ///< of a query, a manager or a row
};

struct completion {
  std::size_t from = 0;  ///< text[from, cursor) is what the candidates stand for; each starts with it
  std::vector<std::string> candidates;  ///< sorted, each once; a name that only a value can follow ends with '='
};

/// The candidates for what stands before the cursor. `text`: the statement with all its lines, and anything else: what can't be
/// understood has no candidates. `cursor`: offset in bytes; within a character it means the start of that character.
completion complete(std::string_view text, std::size_t cursor, const text::model_set& models,
                    std::span<const known_name> names);

/// The same for a line that starts with a backslash: commands, then what their argument may be.
completion complete_command(std::string_view line, std::size_t cursor, const text::model_set& models,
                            std::span<const known_name> names);

/// What all of them start with, in whole characters.
std::string common_prefix(std::span<const std::string> candidates);

}  // namespace quarry::cli
