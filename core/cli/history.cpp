#include <quarry/core/cli/history.hpp>

#include <cstdlib>
#include <fstream>

#include <fcntl.h>
#include <unistd.h>

namespace quarry::cli {
namespace {

namespace fs = std::filesystem;

fs::path absolute_path_in(const char* variable) {
  const char* value = std::getenv(variable);
  const fs::path path = value ? value : "";
  return path.is_absolute() ? path : fs::path();
}

/// The file with these bytes at its end, or with them alone.
void write(const fs::path& file, std::string_view content, int how) {
  const int to = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | how, 0600);
  if (to < 0) return;
  while (!content.empty()) {
    const ssize_t written = ::write(to, content.data(), content.size());
    if (written <= 0) break;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  ::close(to);
}

}  // namespace

fs::path history_path() {
  fs::path folder = absolute_path_in("XDG_STATE_HOME");
  if (folder.empty()) {
    const fs::path home = absolute_path_in("HOME");
    if (home.empty()) return {};
    folder = home / ".local" / "state";
  }
  return folder / "quarry" / "history";
}

std::vector<std::string> line_history::load() const {
  std::vector<std::string> lines;
  if (file_.empty()) return lines;
  std::ifstream in(file_);
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) lines.push_back(std::move(line));
  const std::size_t found = lines.size();
  if (found <= most_lines) return lines;
  lines.erase(lines.begin(), lines.end() - most_lines);
  if (found <= 2 * most_lines) return lines;
  std::string content;
  for (const std::string& line : lines) content += line + '\n';
  write(file_, content, O_TRUNC);
  return lines;
}

void line_history::add(std::string_view line) const {
  if (file_.empty() || line.empty() || line.find('\n') != std::string_view::npos) return;
  std::error_code ignored;
  fs::create_directories(file_.parent_path(), ignored);
  write(file_, std::string(line) + '\n', O_APPEND);
}

}  // namespace quarry::cli
