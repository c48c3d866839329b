// The lines that a user typed, kept in a file from one session to the next.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace quarry::cli {

/// $XDG_STATE_HOME/quarry/history, or ~/.local/state/quarry/history; empty when neither leads to an absolute path.
std::filesystem::path history_path();

/// A line of the file is a line that was typed. A file that can't be read or written is no error: nothing is kept then.
class line_history {
 public:
  static constexpr std::size_t most_lines = 2000;

  explicit line_history(std::filesystem::path file) : file_(std::move(file)) {}
  /// The lines of earlier sessions, oldest first; a file with more than twice the lines that are kept is cut.
  std::vector<std::string> load() const;
  /// Written at once, readable by the user alone.
  void add(std::string_view line) const;

 private:
  std::filesystem::path file_;
};

}  // namespace quarry::cli
