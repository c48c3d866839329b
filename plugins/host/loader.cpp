// The only file that uses Boost.DLL.
#include <quarry/plugins/host/loader.hpp>

#include <boost/dll/shared_library.hpp>

#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>

#include <quarry/plugins/host/elf_check.hpp>
#include <quarry/plugins/host/error.hpp>

namespace quarry::host {
namespace {

constexpr const char* entry_name = "quarry_plugin_entry";

/// A library whose code has run in this process: a plugin, or the reason why it is none.
struct library {
  std::string path;
  boost::dll::shared_library code;
  std::optional<detail::loaded_plugin> accepted;
  ir::diagnostic refusal;
};

/// Leaked on purpose: the destructors of plugins' users may run after those of static objects.
struct process_list {
  std::mutex lock;
  std::deque<library> libraries;  // elements never move
  std::deque<detail::loaded_plugin> adopted;
};

process_list& plugins_of_process() {
  static auto* list = new process_list;
  return *list;
}

/// Boost's message is "… (dlerror system message: TEXT): errno text", where the errno text means nothing, and TEXT begins
/// with the path again.
std::string reason_of(const std::system_error& e, const std::string& path) {
  std::string text = e.what();
  constexpr std::string_view before = "dlerror system message: ";
  if (const std::size_t at = text.find(before); at != std::string::npos) {
    text.erase(0, at + before.size());
    if (const std::size_t end = text.rfind("): "); end != std::string::npos) text.resize(end);
  }
  if (text.rfind(path + ": ", 0) == 0) text.erase(0, path.size() + 2);
  return text;
}

ir::result<boost::dll::shared_library> open_library(const std::string& path) {
  namespace dll = boost::dll;
  try {
    return dll::shared_library(std::filesystem::path(path), dll::load_mode::rtld_now | dll::load_mode::rtld_local);
  } catch (const std::system_error& e) {
    return ir::failure{ir::diag::plugin_load_failed, {path, reason_of(e, path)}};
  }
}

ir::result<detail::loaded_plugin> ask(entry_function entry, const std::string& path) {
  const quarry_plugin* table = entry(QUARRY_ABI_MAJOR, QUARRY_ABI_MINOR);
  QUARRY_TRY(copy, shake_hands(table, path));
  return detail::loaded_plugin{path, std::string(view(copy.name)), std::string(view(copy.version)), copy};
}

ir::result<detail::loaded_plugin> ask(library& l) {
  if (!l.code.has(entry_name)) return ir::failure{ir::diag::plugin_no_entry, {l.path}};
  return ask(l.code.get<const quarry_plugin*(std::uint32_t, std::uint32_t)>(entry_name), l.path);
}

ir::result<plugin> answer(const library& l) {
  if (!l.accepted) return l.refusal;
  return plugin(*l.accepted);
}

}  // namespace

ir::result<plugin> load(const std::string& path) {
  std::error_code failed;
  const std::string real = std::filesystem::canonical(path, failed).string();
  if (failed) return ir::failure{ir::diag::plugin_not_a_library, {path, failed.message()}};

  process_list& list = plugins_of_process();
  const std::scoped_lock guard(list.lock);
  for (const library& l : list.libraries)
    if (l.path == real) return answer(l);

  QUARRY_CHECK(check_elf_file(real));
  QUARRY_TRY(code, open_library(real));
  library& l = list.libraries.emplace_back(library{real, std::move(code), std::nullopt, {}});
  auto accepted = ask(l);
  if (accepted) l.accepted = std::move(*accepted);
  else l.refusal = std::move(accepted.error());
  return answer(l);
}

ir::result<plugin> adopt(entry_function entry) {
  QUARRY_TRY(accepted, ask(entry, "the built-in plugin"));
  accepted.path.clear();
  process_list& list = plugins_of_process();
  const std::scoped_lock guard(list.lock);
  return plugin(list.adopted.emplace_back(std::move(accepted)));
}

}  // namespace quarry::host
