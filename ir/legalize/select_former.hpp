// form-selects, assign-aliases, layout-binds: the algebra becomes as few select blocks as it can.
//
// Relations are absorbed bottom-up into a block: a FROM tree with predicates, keys, order and limit. Where SQL's fixed order of
// evaluation would change the meaning (a filter above a limit, a group above a limit, a join above either), the block so far
// becomes a derived table; it exports a column only when something above asks for it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <quarry/ir/legalize/legalize.hpp>
#include <quarry/ir/model/views.hpp>

namespace quarry::ir {

class select_former {
 public:
  result<statement> run(context& cx, rel_id root, const facts& f);

 private:
  /// A table or a derived table in FROM; `next` chains what is joined to it.
  struct from_item {
    std::uint32_t instance = none;  ///< of a table
    std::uint32_t block = none;  ///< of a derived table
    code join = join_kind::inner;
    expr_id on;
    expr_id sql_on;  ///< translated
  };
  struct named_value {
    symbol name;
    expr_id value;
    std::uint32_t sql = none;
    symbol ordered_by = {};  // by which an order of the same block names it
  };
  struct block {
    std::vector<from_item> from;
    std::vector<expr_id> where;
    std::vector<expr_id> having;
    std::vector<std::uint32_t> keys;  // of GROUP BY
    std::vector<std::uint32_t> order;
    std::vector<std::uint32_t> distinct_on;
    std::vector<named_value> items;  // SELECT
    std::vector<named_value> exports;  // asked for by an outer block
    std::uint32_t computed = none;  // instance whose outputs `items` are
    std::vector<named_value> group_items;  // the outputs of the grouping, which HAVING and what stands above it name
    std::uint32_t group_instance = none;
    std::vector<named_value>
        apart_items;  // window functions and keys of a group around, which are no outputs of this block
    std::vector<std::uint32_t> window_instances;
    std::uint32_t left = none, right = none;  // arms of a set operation, in place of FROM
    code set_operation = set_kind::union_;
    bool set_all = false, arm = false;
    expr_id limit, offset;
    rel_id lock;
    bool grouped = false, limited = false, distinct = false;
    std::uint32_t visible = none;  // only so many first items are asked for, the others serve the order
    symbol alias;
    std::uint32_t outer = none;  // the block that this one is a derived table of
    std::uint32_t scope = none;  // the block in whose expression this one stands
    bool is_set() const noexcept { return left != none; }
    bool windowed() const noexcept { return !window_instances.empty(); }
    /// Which rows there are is decided: what narrows or joins them stands around this block.
    bool settled() const noexcept { return windowed() || !distinct_on.empty(); }
    void clear();
  };
  /// Blocks stay where they are when more are added.
  class block_list {
   public:
    block& operator[](std::size_t i) const noexcept { return *all_[i]; }
    std::size_t size() const noexcept { return all_.size(); }
    void add() { all_.push_back(std::make_unique<block>()); }

   private:
    std::vector<std::unique_ptr<block>> all_;
  };
  struct place {
    std::uint32_t block = none;  // where the instance is produced
    symbol alias;  // of a table
  };

  std::uint32_t new_block();
  result<std::uint32_t> build(rel_id rel);
  std::uint32_t derive(std::uint32_t inner);
  std::uint32_t derive_in_order(std::uint32_t inner);
  result<std::uint32_t> with_outputs(std::uint32_t b, rel_id rel);
  bool joins_on_what_reads_no_row(std::uint32_t b) const;
  result<std::uint32_t> build_join(rel_id rel);
  result<std::uint32_t> build_project(rel_id rel);
  result<std::uint32_t> build_distinct(rel_id rel);
  result<std::uint32_t> build_set(rel_id rel);
  result<std::uint32_t> build_window(rel_id rel);
  std::vector<std::uint32_t> keys_once_a_row(const view::group& g, std::uint32_t& b);
  result<rel_id> emit_set(std::uint32_t b);
  std::uint32_t scope_of(std::uint32_t b) const;
  bool visible_from(std::uint32_t home, std::uint32_t b) const;
  /// Whether a filter may still become HAVING: one without a subquery, in which an aggregate would be the subquery's own.
  bool is_grouping(std::uint32_t b) const {
    const block& of = blocks_[b];
    return of.grouped && !of.limited && !of.distinct && of.computed == of.group_instance;
  }
  bool asked_in_subquery(any_id e, std::uint32_t instance) const;
  bool asks_for_window(std::uint32_t b, std::span<const std::uint32_t> expressions) const;
  bool may_replace_groups(std::uint32_t b, std::span<const std::uint32_t> items) const;
  /// Distinct rows give all items, or they would be distinct by something else; without keys a grouping is one row by its
  /// aggregates, also if nobody asks for them.
  bool comes_whole(std::uint32_t b) const {
    return blocks_[b].is_set() || blocks_[b].distinct || (blocks_[b].grouped && blocks_[b].keys.empty());
  }
  /// Rows that are distinct by what they are ordered by, too, have columns that nobody asked for.
  bool shows_more(std::uint32_t b) const { return blocks_[b].visible != none && comes_whole(b); }
  bool is_derived(std::uint32_t b) const { return blocks_[b].outer != none; }
  bool has_several_tables(rel_id root);
  void produce(std::uint32_t instance, std::uint32_t block);
  void assign_aliases(std::uint32_t root);
  void tell_apart(std::uint32_t b);
  void tell_formed(any_id select, std::uint32_t b);

  result<expr_id> order_key(expr_id key, std::uint32_t b);
  result<rel_id> emit(std::uint32_t b);
  result<std::uint32_t> from_tree(std::uint32_t b);
  result<std::uint32_t> build_lock(rel_id rel);
  std::uint32_t lock_clause(std::uint32_t b);
  result<std::uint32_t> predicate(std::uint32_t b, const std::vector<expr_id>& all);
  result<expr_id> translate(expr_id e, std::uint32_t b);
  result<expr_id> translate_query(expr_id e, std::uint32_t b);
  result<expr_id> column(const node& n, std::uint32_t b);
  expr_id exported(const node& n, std::uint32_t child);
  expr_id bind(expr_id param);
  result<rel_id> form_insert(rel_id root, statement& out);
  result<rel_id> form_update(rel_id root);

  context* cx_ = nullptr;
  const facts* facts_ = nullptr;
  block_list blocks_;
  std::uint32_t used_ = 0;
  std::vector<place> places_;  // by instance
  std::vector<bind_slot> slots_;
  std::vector<std::uint32_t> bound_;  // by node of a parameter: the bind that it became
  std::vector<type> columns_;
  std::vector<std::uint32_t> stack_;
  std::vector<std::uint8_t> seen_;
  std::uint32_t top_ = none;
  bool qualified_ = true;
  std::uint32_t tables_ = 0;  // built so far
  std::uint32_t alias_count_ = 0;
};

}  // namespace quarry::ir
