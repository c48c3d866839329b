// A loaded plugin. Plugins are never unloaded: this is a name for one, copied freely, valid until the process ends.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <quarry/ir/support/result.hpp>
#include <quarry/plugins/abi/quarry_plugin.h>
#include <quarry/plugins/host/handshake.hpp>

namespace quarry::host {

class dialect;
class connection;
class url;

namespace detail {
/// Lives in the process-wide list of plugins.
struct loaded_plugin {
  std::string path;  ///< of the file, links resolved; empty for one that is part of the program
  std::string name;
  std::string version;
  quarry_plugin table;
};
}  // namespace detail

class plugin {
 public:
  explicit plugin(const detail::loaded_plugin& record) noexcept : record_(&record) {}

  std::string_view name() const noexcept { return record_->name; }
  std::string_view version() const noexcept { return record_->version; }
  std::string_view path() const noexcept { return record_->path; }
  abi_version abi() const noexcept { return {record_->table.major, record_->table.minor}; }
  /// The plugin's table as far as this program knows it; what the plugin lacks is NULL.
  const quarry_plugin& table() const noexcept { return record_->table; }
  bool has_driver() const noexcept { return record_->table.open != nullptr; }
  /// Whether emitted texts may be kept and used again.
  bool plans_cacheable() const noexcept { return (record_->table.flags & QUARRY_PLUGIN_PLANS_CACHEABLE) != 0; }

  /// Capabilities of a server version ("3.40.1"; empty: the newest that the plugin knows), without a server.
  ir::result<dialect> describe_offline(std::string_view server_version = {}) const;
  ir::result<connection> open(const url& u) const;

  friend bool operator==(plugin a, plugin b) noexcept { return a.record_ == b.record_; }

 private:
  const detail::loaded_plugin* record_;
};

}  // namespace quarry::host
