// The handshake: may this program use that plugin's table? Every reason against it has a diagnostic of its own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <quarry/ir/support/result.hpp>
#include <quarry/plugins/abi/quarry_plugin.h>

namespace quarry::host {

struct abi_version {
  std::uint32_t major = QUARRY_ABI_MAJOR;
  std::uint32_t minor = QUARRY_ABI_MINOR;
  friend constexpr bool operator==(abi_version, abi_version) = default;
};

std::string to_string(abi_version v);

/// What a plugin says of itself in the part of its table that is frozen for good: readable even where the plugin is refused.
struct plugin_head {
  abi_version abi;
  std::string name;
  std::string version;
};

/// Reads the head alone. `path` names the plugin in diagnostics.
ir::result<plugin_head> read_head(const quarry_plugin* table, std::string_view path);

/// A copy of the table, as large as this program knows it: functions that the plugin does not have are NULL.
/// `ours` is the version that this program speaks; tests give another.
ir::result<quarry_plugin> shake_hands(const quarry_plugin* table, std::string_view path, abi_version ours = {});

}  // namespace quarry::host
