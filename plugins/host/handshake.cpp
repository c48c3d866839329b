#include <quarry/plugins/host/handshake.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>

#include <quarry/plugins/host/error.hpp>

namespace quarry::host {
namespace {

constexpr std::size_t head_size = offsetof(quarry_plugin, describe_offline);
constexpr std::size_t longest_name = 64;

bool is_name(std::string_view s) noexcept {
  return !s.empty() && s.size() <= longest_name &&
      std::all_of(s.begin(), s.end(), [](char c) { return c > ' ' && c < '\x7f' && c != '/'; });
}

ir::failure truncated_table(std::string_view path, std::uint64_t has, abi_version abi, std::size_t needs) {
  return {ir::diag::plugin_table_truncated, {path, std::to_string(has), to_string(abi), std::to_string(needs)}};
}

ir::result<void> check_version(abi_version theirs, abi_version ours, std::string_view path) {
  using ir::diag;
  const bool exact = ours.major == 0;
  diag refusal{};
  if (theirs.major != ours.major)
    refusal = theirs.major < ours.major ? diag::plugin_older_major : diag::plugin_newer_major;
  else if (exact && theirs.minor != ours.minor)
    refusal = theirs.minor < ours.minor ? diag::plugin_older_minor : diag::plugin_newer_minor;
  else return {};
  return ir::failure{refusal, {path, to_string(theirs), to_string(ours)}};
}

ir::result<void> check_functions(const quarry_plugin& t, std::string_view path) {
  struct required {
    std::string_view name;
    bool present;
  };
  const auto check = [&](std::initializer_list<required> functions) -> ir::result<void> {
    for (const required& f : functions)
      if (!f.present) return ir::failure{ir::diag::plugin_function_missing, {path, f.name}};
    return {};
  };
  QUARRY_CHECK(check({{"describe_offline", t.describe_offline != nullptr},
                      {"emit", t.emit != nullptr},
                      {"drop_dialect", t.drop_dialect != nullptr}}));
  if (t.open == nullptr) return {};
  return check({{"close", t.close != nullptr},
                {"describe", t.describe != nullptr},
                {"prepare", t.prepare != nullptr},
                {"execute", t.execute != nullptr},
                {"next", t.next != nullptr},
                {"finish", t.finish != nullptr},
                {"drop", t.drop != nullptr},
                {"begin", t.begin != nullptr},
                {"commit", t.commit != nullptr},
                {"rollback", t.rollback != nullptr}});
}

}  // namespace

std::string to_string(abi_version v) { return std::to_string(v.major) + "." + std::to_string(v.minor); }

ir::result<plugin_head> read_head(const quarry_plugin* table, std::string_view path) {
  if (table == nullptr || table->magic != QUARRY_PLUGIN_MAGIC) return ir::failure{ir::diag::plugin_bad_magic, {path}};
  if (table->size < head_size) return truncated_table(path, table->size, {}, head_size);
  plugin_head head{{table->major, table->minor}, {}, {}};
  if (!is_name(view(table->name))) return bad_answer(path, "its table has no valid name");
  head.name = view(table->name);
  head.version = view(table->version).substr(0, longest_name);
  return head;
}

ir::result<quarry_plugin> shake_hands(const quarry_plugin* table, std::string_view path, abi_version ours) {
  QUARRY_TRY(head, read_head(table, path));
  QUARRY_CHECK(check_version(head.abi, ours, path));
  if (table->size < sizeof(quarry_plugin)) return truncated_table(path, table->size, head.abi, sizeof(quarry_plugin));
  quarry_plugin copy{};
  std::memcpy(&copy, table, sizeof copy);
  QUARRY_CHECK(check_functions(copy, path));
  return copy;
}

}  // namespace quarry::host
