// The context of one compilation: the arena of nodes, interned names, relation instances and parameters.
// A context is used by one thread and used again for the next compilation: after the first ones it allocates nothing.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <span>
#include <vector>

#include <quarry/ir/model/catalog.hpp>
#include <quarry/ir/model/node.hpp>
#include <quarry/ir/support/arena.hpp>
#include <quarry/ir/support/interner.hpp>

namespace quarry::ir {

class provenance;

/// One use of a relation in a query. Columns refer to instances, never to positions.
struct instance {
  std::uint32_t model = none;   ///< of a scan; none for computed rows
  std::uint32_t first = 0;      ///< of its outputs in context::outputs, for computed rows
  std::uint32_t count = 0;
  bool null_extended = false;   ///< stands on the optional side of a left join: each column may be NULL
};

/// A column that project, aggregate, window, rows or set made for one instance.
struct output {
  symbol name;
  ir::type type;
};

/// The shape of one value that the query carries; the value itself never comes here.
struct param {
  enum class form : std::uint8_t { scalar, null, list, constant };
  form what = form::scalar;
  scalar given = scalar::unknown;  ///< what the user wrote
  bool truth = false;              ///< of a boolean: part of the shape
  bool calendar_year = false;      ///< a year, or a list of years, whose first and last day every database knows
  bool has_null = false;           ///< of a list
  std::uint32_t length = 0;        ///< of a list without its NULLs: the class that it was padded to
  symbol text;                     ///< of a constant: what the query itself says, as the name of a key in a path
};

class context {
 public:
  context() = default;
  context(const context&) = delete;
  context& operator=(const context&) = delete;

  /// Forgets everything and starts over with this catalog; keeps the memory.
  void reset(const catalog& c);
  /// The statement runs outside of a transaction: what the database checks on commit holds, as of every row it sees.
  void settle_keys() noexcept { keys_settled_ = true; }
  /// Whether a key that is not NULL may lead to no row: nothing enforces it, or nothing before a commit that is still to come.
  bool may_dangle(const relation& r) const noexcept { return !r.trusted || (r.deferrable && !keys_settled_); }
  const catalog& schema() const noexcept { return *catalog_; }
  interner& names() noexcept { return names_; }
  const interner& names() const noexcept { return names_; }
  std::string_view text(symbol s) const noexcept { return names_.text(s); }

  // --- nodes ---
  /// The node with this content, made if there is none yet. Equal content gives an equal id.
  any_id make(kind k, std::uint16_t flags, type t, std::span<const std::uint32_t> children, std::uint64_t a = 0,
              std::uint32_t b = 0);
  const node& at(any_id id) const noexcept { return nodes_[id.value]; }
  std::span<const std::uint32_t> children(any_id id) const noexcept {
    const node& n = nodes_[id.value];
    return {children_.data() + n.first_child, n.child_count};
  }
  /// The child in a slot, absent where the kind's optional child is.
  any_id child(any_id id, std::uint32_t slot) const noexcept {
    return {children_[nodes_[id.value].first_child + slot]};
  }
  std::size_t node_count() const noexcept { return nodes_.size(); }
  /// Whether a node of this kind was made since the reset: without one, a pass that rewrites only those has nothing to do.
  bool has(kind k) const noexcept {
    return std::any_of(nodes_.begin(), nodes_.end(), [k](const node& n) { return n.kind == k; });
  }

  // --- instances ---
  std::uint32_t new_instance(std::uint32_t model, bool null_extended = false);
  std::uint32_t new_computed_instance(std::span<const output> outputs, bool null_extended = false);
  /// One more of the same model or with the same outputs.
  std::uint32_t copy_instance(std::uint32_t original);
  const instance& instance_at(std::uint32_t i) const noexcept { return instances_[i]; }
  std::span<const output> outputs(std::uint32_t i) const noexcept {
    return {outputs_.data() + instances_[i].first, instances_[i].count};
  }
  std::size_t instance_count() const noexcept { return instances_.size(); }
  /// Type of a column reference, nullability by its instance included.
  type column_type(std::uint32_t i, std::uint32_t field) const noexcept;
  std::string_view column_name(std::uint32_t i, std::uint32_t field) const noexcept;

  // --- parameters ---
  std::uint32_t add_param(const param& p) {
    params_.push_back(p);
    return params_.size() - 1;
  }
  const param& param_at(std::uint32_t i) const noexcept { return params_[i]; }
  std::size_t param_count() const noexcept { return params_.size(); }

  // --- builders ---
  expr_id column(std::uint32_t instance, std::uint32_t field);
  /// `element`: 0 = the value itself, i + 1 = the i-th value of a list.
  expr_id param_ref(std::uint32_t index, type t, std::uint32_t element = 0);
  expr_id boolean(bool value);
  expr_id integer(std::int64_t value, type t = types::int64);
  expr_id null(type t = types::null);
  /// Types and nullability of the result follow ops.def; `given` where its rule says so.
  expr_id make_op(op o, std::span<const std::uint32_t> args, type given = types::null);
  expr_id make_op(op o, std::initializer_list<expr_id> args, type given = types::null);
  part_id list(std::span<const std::uint32_t> items);

  // --- provenance ---
  /// Who is told why the query becomes what it becomes (provenance/provenance.hpp); null, as ever unless somebody asked.
  provenance* why() const noexcept { return why_; }
  void tell_why(provenance* to) noexcept { why_ = to; }

 private:
  friend class child_list;
  [[gnu::cold, gnu::noinline]] void grow();
  const catalog* catalog_ = nullptr;
  bool keys_settled_ = false;
  provenance* why_ = nullptr;
  interner names_;
  arena_array<node> nodes_;
  arena_array<std::uint32_t> children_;
  std::vector<std::uint32_t> slots_;  // open addressing; 0 = empty, else id + 1
  std::uint32_t mask_ = 0;  // of an index into slots_
  arena_array<instance> instances_;
  arena_array<output> outputs_;
  arena_array<param> params_;
  arena_array<type> argument_types_;  // of the operation that is being made
  arena_array<std::uint32_t> unfinished_;  // children of nodes that are being put together
};

/// Collects the children of one node on a stack of the context: nothing is allocated once it has grown. Lists nest: only the
/// innermost one takes children.
class child_list {
 public:
  explicit child_list(context& cx) noexcept : stack_(cx.unfinished_), first_(stack_.size()) {}
  child_list(const child_list&) = delete;
  child_list& operator=(const child_list&) = delete;
  ~child_list() { stack_.truncate(first_); }
  void add(any_id id) { stack_.push_back(id.value); }
  bool empty() const noexcept { return stack_.size() == first_; }
  /// Until the next one is added.
  std::span<const std::uint32_t> ids() const noexcept { return stack_.from(first_); }

 private:
  arena_array<std::uint32_t>& stack_;
  std::uint32_t first_;
};

/// Type of an operation over arguments, by ops.def.
type type_of(op o, std::span<const type> args, type given);

}  // namespace quarry::ir
