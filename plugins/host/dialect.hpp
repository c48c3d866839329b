// A dialect: what a connection or server version can do, and the writer of its SQL.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <quarry/ir/legalize/facts.hpp>
#include <quarry/ir/model/context.hpp>
#include <quarry/plugins/host/error.hpp>
#include <quarry/plugins/host/plugin.hpp>
#include <quarry/plugins/host/tree_writer.hpp>

namespace quarry::host {

/// What `emit` writes, and memory that it uses again. One a thread.
struct emit_buffer {
  tree_buffer tree;
  std::string text;
  /// The slot of each placeholder, by its number less one: the order of the bind program.
  std::vector<std::uint32_t> binds;
  /// While it is written: the number of the placeholder of each slot, or 0.
  std::vector<std::uint32_t> numbers;
};

struct dialect_dropper {
  plugin owner;
  void operator()(quarry_dialect* d) const noexcept { owner.table().drop_dialect(d); }
};
using dialect_handle = std::unique_ptr<quarry_dialect, dialect_dropper>;

/// Immutable: any number of threads may use one at once. Move-only; independent of the connection that it describes.
class dialect {
 public:
  dialect(dialect_handle handle, ir::facts facts) noexcept : handle_(std::move(handle)), facts_(std::move(facts)) {}

  const host::plugin& plugin() const noexcept { return handle_.get_deleter().owner; }
  const ir::facts& facts() const noexcept { return facts_; }

  /// Writes the statement `root`, a finished tree of the SQL stage, to out.text and out.binds.
  ir::result<void> emit(const ir::context& cx, ir::any_id root, emit_buffer& out) const;

 private:
  dialect_handle handle_;
  ir::facts facts_;
};

/// The answer of describe or describe_offline, checked.
ir::result<dialect> make_dialect(dialect_handle handle, const quarry_facts& record);

/// Room for a capability record, and for what a plugin with a longer one might write behind it.
struct facts_record {
  quarry_facts facts{};
  unsigned char spare[128] = {};
  facts_record() noexcept { facts.size = sizeof facts; }
};

}  // namespace quarry::host
