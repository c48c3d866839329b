// Connections and statements. Every function may throw: quarry::plugin::error says what the database said.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <quarry/plugins/sdk/plugin.hpp>

#include "dialect.hpp"

namespace template_plugin {

class statement final : public quarry::plugin::handle {
 public:
  statement(std::string_view sql, std::span<const quarry_type> binds, std::span<const quarry_type> results);

  /// Binds these cells (they live during the call only) and runs; a statement that ran before starts again.
  quarry::plugin::outcome execute(std::span<const quarry_cell> binds);
  /// Up to `most` rows, cells in the types told to prepare; they live until the next call on this statement. None: the end.
  quarry::plugin::rows next(std::uint32_t most);
  void finish() noexcept;

 private:
  std::vector<quarry_type> results_;
  std::vector<quarry_cell> cells_;
};

class connection final : public quarry::plugin::handle {
 public:
  explicit connection(const quarry::plugin::url& where);

  /// What this very server can do: ask it for its version and settings.
  dialect describe();
  std::unique_ptr<statement> prepare(std::string_view sql, std::span<const quarry_type> binds,
                                     std::span<const quarry_type> results);

  void begin(std::uint32_t mode);
  void commit();
  void rollback();
  // What else the SDK understands, once you write it: savepoint, release_savepoint, rollback_to, cancel, ping, idle, inspect.
};

}  // namespace template_plugin
