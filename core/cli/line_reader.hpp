// Lines from stdin: edited, with history and completion, where a person types them; plain ones otherwise.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <quarry/core/cli/completion.hpp>

namespace quarry::cli {

class line_reader {
 public:
  /// What may stand at the cursor of the line that is being typed.
  using completion_source = std::function<completion(std::string_view line, std::size_t cursor)>;

  virtual ~line_reader() = default;
  /// Are there people to talk to?
  virtual bool interactive() const noexcept = 0;
  /// The next line without its newline; nothing at the end of input.
  virtual std::optional<std::string> read(const char* prompt) = 0;
  /// Did the user give up the last line (and with it the statement that it belongs to)?
  virtual bool cancelled() const noexcept { return false; }
};

/// Editing needs a terminal on both sides and a build with libedit.
std::unique_ptr<line_reader> open_line_reader(line_reader::completion_source complete);

}  // namespace quarry::cli
