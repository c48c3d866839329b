#include <quarry/plugins/host/registry.hpp>

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include <quarry/plugins/host/loader.hpp>
#include <quarry/plugins/host/url.hpp>

namespace quarry::host {
namespace {

constexpr std::string_view prefix = "quarry-";
constexpr std::string_view suffix = ".so";

std::string file_name(std::string_view scheme) {
  return std::string(prefix) + std::string(scheme) + std::string(suffix);
}

/// The scheme that a file name stands for, or nothing.
std::string_view scheme_of(std::string_view file) noexcept {
  if (file.size() <= prefix.size() + suffix.size() || !file.starts_with(prefix) || !file.ends_with(suffix)) return {};
  const std::string_view scheme = file.substr(prefix.size(), file.size() - prefix.size() - suffix.size());
  return is_scheme(scheme) ? scheme : std::string_view();
}

/// Ignored in a program that runs with more rights than its user.
std::string_view environment_path() noexcept {
#if defined(__GLIBC__)
  const char* value = ::secure_getenv("QUARRY_PLUGIN_PATH");
#else
  const char* value = ::getenv("QUARRY_PLUGIN_PATH");
#endif
  return value != nullptr ? value : "";
}

std::vector<std::string> schemes_in(const std::string& folder) {
  std::vector<std::string> schemes;
  std::error_code failed;
  std::filesystem::directory_iterator at(folder, failed);
  for (; !failed && at != std::filesystem::directory_iterator(); at.increment(failed)) {
    const std::string file = at->path().filename().string();
    if (const std::string_view scheme = scheme_of(file); !scheme.empty()) schemes.emplace_back(scheme);
  }
  std::sort(schemes.begin(), schemes.end());
  return schemes;
}

listed_plugin listed(const std::string& folder, const std::string& scheme) {
  listed_plugin one;
  one.scheme = scheme;
  one.path = (std::filesystem::path(folder) / file_name(scheme)).string();
  std::error_code failed;
  if (std::filesystem::is_symlink(one.path, failed))
    one.target = std::filesystem::read_symlink(one.path, failed).string();
  auto loaded = load(one.path);
  if (loaded) one.plugin = *loaded;
  else one.refusal = std::move(loaded.error());
  return one;
}

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : ", ") + item;
  return out;
}

/// The plugin folder of the prefix that the running program is installed in: a package that was moved finds its own. Empty where
/// there is none.
std::string beside_program() {
#if defined(QUARRY_PLUGINS_FROM_PROGRAM)
  std::error_code failed;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (failed) return {};
  const std::filesystem::path folder = (program.parent_path() / QUARRY_PLUGINS_FROM_PROGRAM).lexically_normal();
  if (std::filesystem::is_directory(folder, failed)) return folder.string();
#endif
  return {};
}

}  // namespace

registry::registry() {
  add_path(environment_path());
  add_folder(beside_program());
#if defined(QUARRY_INSTALL_PLUGIN_DIR)
  add_folder(QUARRY_INSTALL_PLUGIN_DIR);
#endif
#if defined(QUARRY_BUILD_PLUGIN_DIR)
  add_folder(QUARRY_BUILD_PLUGIN_DIR);
#endif
}

registry::registry(const std::vector<std::string>& folders) {
  for (const std::string& f : folders) add_folder(f);
}

void registry::add_path(std::string_view path) {
  while (!path.empty()) {
    const std::size_t end = std::min(path.find(':'), path.size());
    add_folder(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
}

void registry::add_folder(std::string_view folder) {
  if (folder.empty()) return;
  std::string name = std::filesystem::path(folder).lexically_normal().string();
  if (name.size() > 1 && name.back() == '/') name.pop_back();
  std::vector<std::string>& to = name.front() == '/' ? folders_ : ignored_;
  if (std::find(to.begin(), to.end(), name) == to.end()) to.push_back(std::move(name));
}

std::string registry::searched() const {
  std::string out = folders_.empty() ? "any folder: none is set" : joined(folders_);
  if (!ignored_.empty()) out += " (left out, as it is relative: " + joined(ignored_) + ")";
  return out;
}

ir::result<host::plugin> registry::find(std::string_view scheme) const {
  if (!is_scheme(scheme)) return ir::failure{ir::diag::url_invalid, {"its scheme can't be the name of a plugin"}};
  for (const std::string& folder : folders_) {
    const std::filesystem::path path = std::filesystem::path(folder) / file_name(scheme);
    std::error_code failed;
    if (std::filesystem::symlink_status(path, failed).type() != std::filesystem::file_type::not_found && !failed)
      return load(path.string());
  }
  return ir::failure{ir::diag::plugin_not_found, {scheme, searched()}};
}

std::vector<listed_plugin> registry::list() const {
  std::vector<listed_plugin> all;
  std::set<std::string> seen;
  for (const std::string& folder : folders_)
    for (const std::string& scheme : schemes_in(folder)) {
      all.push_back(listed(folder, scheme));
      all.back().hidden = !seen.insert(scheme).second;
    }
  return all;
}

}  // namespace quarry::host
