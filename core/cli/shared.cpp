#include <quarry/core/cli/commands.hpp>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>

namespace quarry::cli {

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream content;
  if (in && in.peek() != std::ifstream::traits_type::eof()) content << in.rdbuf();
  if (!in.is_open() || in.bad()) {
    std::cerr << "quarry: can't read " << path << ": " << std::strerror(errno) << '\n';
    return std::nullopt;
  }
  return content.str();
}

std::optional<text::model_set> read_models(const models_option& o, int& exit_code) {
  const std::optional<std::string> source = read_file(o.path);
  exit_code = wrong_usage;
  if (!source) return std::nullopt;
  auto models = text::load_models(*source, o.app.empty() ? text::app_label(o.path) : o.app);
  if (models) return std::move(*models);
  exit_code = failed;
  std::cerr << o.path << ": ";
  print_error(models.error());
  return std::nullopt;
}

void print_error(const ir::diagnostic& d, bool server_text) {
  std::cerr << ir::render(d) << '\n';
  if (server_text && !d.server_text.empty()) std::cerr << "  the database says: " << d.server_text << '\n';
}

}  // namespace quarry::cli
