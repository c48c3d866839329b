#ifndef QUARRY_DIALECTS_BASE_NODES_HPP
#define QUARRY_DIALECTS_BASE_NODES_HPP

#include <bit>
#include <cstdint>
#include <string_view>

#include <quarry/dialects/base/tree.hpp>

// Typed views: one struct a kind, its slots, flags and words under the names that quarry_plugin.h gives them.
namespace quarry::dialect {

template <std::uint32_t Kind>
struct view : node {
  static constexpr std::uint32_t number = Kind;
  explicit view(const node& n) : node(n) {
    if (!n.is(Kind)) wrong(n);
  }

 private:
  [[noreturn]] static void wrong(const node& n) {
    if (!n) throw broken_tree("a node is missing", QUARRY_NONE);
    n.broken("a node of kind " + std::to_string(Kind) + " is expected here");
  }
};

struct list_node : view<QUARRY_KIND_LIST> {
  using view::view;
  tail items() const { return {*this, 0}; }
};

struct literal_node : view<QUARRY_KIND_LITERAL> {
  using view::view;
  bool null() const { return flag(1); }
  std::int64_t integer() const { return static_cast<std::int64_t>(a()); }
  double real() const { return std::bit_cast<double>(a()); }
};

struct op_node : view<QUARRY_KIND_OP> {
  using view::view;
  std::uint32_t code() const { return b(); }
  tail args() const { return {*this, 0}; }
};

struct call_node : view<QUARRY_KIND_CALL> {
  using view::view;
  std::string_view function() const { return symbol(a()); }
  tail args() const { return {*this, 0}; }
};

struct collate_node : view<QUARRY_KIND_COLLATE> {
  using view::view;
  std::string_view collation() const { return symbol(a()); }
  std::uint32_t collation_class() const { return b(); }
  node operand() const { return required(0); }
};

struct row_node : view<QUARRY_KIND_ROW> {
  using view::view;
  tail items() const { return {*this, 0}; }
};

struct raw_node : view<QUARRY_KIND_RAW> {
  using view::view;
  tail pieces() const { return {*this, 0}; }
};

struct explain_node : view<QUARRY_KIND_EXPLAIN> {
  using view::view;
  std::string_view format() const { return symbol(a()); }
  node statement() const { return required(0); }
  tail options() const { return {*this, 1}; }
};
struct explain_option_node : view<QUARRY_KIND_EXPLAIN_OPTION> {
  using view::view;
  std::string_view name() const { return symbol(a()); }
  std::string_view value() const { return symbol(b()); }
};
struct raw_text_node : view<QUARRY_KIND_RAW_TEXT> {
  using view::view;
  std::string_view text() const { return symbol(a()); }
};

struct case_node : view<QUARRY_KIND_CASE_WHEN> {
  using view::view;
  node otherwise() const { return optional(0); }
  tail branches() const { return {*this, 1}; }
};

struct when_node : view<QUARRY_KIND_WHEN> {
  using view::view;
  node condition() const { return required(0); }
  node value() const { return required(1); }
};

struct cast_node : view<QUARRY_KIND_CAST> {
  using view::view;
  // What the database's own CAST gives, where it differs: of a number to an integer.
  bool native() const { return flag(1); }
  node operand() const { return required(0); }
};

struct aggregate_node : view<QUARRY_KIND_AGGREGATE> {
  using view::view;
  std::uint32_t code() const { return b(); }
  bool distinct() const { return flag(1); }
  node condition() const { return optional(0); }
  node order() const { return optional(1); }
  tail args() const { return {*this, 2}; }
};

struct window_call_node : view<QUARRY_KIND_WINDOW_CALL> {
  using view::view;
  node function() const { return required(0); }
  node window() const { return required(1); }
};

struct window_spec_node : view<QUARRY_KIND_WINDOW_SPEC> {
  using view::view;
  std::string_view window_name() const { return symbol(a()); }
  bool named() const { return has_symbol(a()); }
  node partition() const { return optional(0); }
  node order() const { return optional(1); }
  node frame() const { return optional(2); }
};

struct frame_node : view<QUARRY_KIND_FRAME> {
  using view::view;
  std::uint32_t unit() const { return b(); }
  bool exclude_current() const { return flag(1); }
  bool exclude_group() const { return flag(2); }
  bool exclude_ties() const { return flag(4); }
  node start() const { return required(0); }
  node end() const { return required(1); }
};

struct frame_bound_node : view<QUARRY_KIND_FRAME_BOUND> {
  using view::view;
  std::uint32_t edge() const { return b(); }
  node offset() const { return required(0); }
};

struct exists_node : view<QUARRY_KIND_EXISTS> {
  using view::view;
  node query() const { return required(0); }
};

struct scalar_of_node : view<QUARRY_KIND_SCALAR_OF> {
  using view::view;
  node query() const { return required(0); }
};

struct in_query_node : view<QUARRY_KIND_IN_QUERY> {
  using view::view;
  node operand() const { return required(0); }
  node query() const { return required(1); }
};

struct json_path_node : view<QUARRY_KIND_JSON_PATH> {
  using view::view;
  bool as_text() const { return flag(1); }
  node document() const { return required(0); }
  tail keys() const { return {*this, 1}; }
};

struct bind_node : view<QUARRY_KIND_BIND> {
  using view::view;
  // Throws when the slot lies outside the tree.
  std::uint32_t slot() const {
    owner().slot(a(), id());
    return static_cast<std::uint32_t>(a());
  }
};

struct name_ref_node : view<QUARRY_KIND_NAME_REF> {
  using view::view;
  bool qualified() const { return has_symbol(a()); }
  std::string_view qualifier() const { return symbol(a()); }
  std::string_view name() const { return symbol(b()); }
};

struct select_node : view<QUARRY_KIND_SELECT> {
  using view::view;
  bool distinct() const { return flag(1); }
  node with() const { return optional(0); }
  node distinct_on() const { return optional(1); }
  node items() const { return required(2); }
  node from() const { return optional(3); }
  node where() const { return optional(4); }
  node grouping() const { return optional(5); }
  node having() const { return optional(6); }
  node windows() const { return optional(7); }
  node order() const { return optional(8); }
  node limit() const { return optional(9); }
  node offset() const { return optional(10); }
  node lock() const { return optional(11); }
};

struct from_table_node : view<QUARRY_KIND_FROM_TABLE> {
  using view::view;
  std::string_view table() const { return symbol(a()); }
  std::string_view alias() const { return symbol(b()); }
};

struct from_query_node : view<QUARRY_KIND_FROM_QUERY> {
  using view::view;
  std::string_view alias() const { return symbol(b()); }
  bool lateral() const { return flag(1); }
  node query() const { return required(0); }
  node columns() const { return optional(1); }
};

struct from_cte_node : view<QUARRY_KIND_FROM_CTE> {
  using view::view;
  std::string_view cte() const { return symbol(a()); }
  std::string_view alias() const { return symbol(b()); }
};

struct from_function_node : view<QUARRY_KIND_FROM_FUNCTION> {
  using view::view;
  std::string_view function() const { return symbol(a()); }
  std::string_view alias() const { return symbol(b()); }
  tail args() const { return {*this, 0}; }
};

struct joined_table_node : view<QUARRY_KIND_JOINED_TABLE> {
  using view::view;
  std::uint32_t join() const { return b(); }
  node left() const { return required(0); }
  node right() const { return required(1); }
  node on() const { return optional(2); }
};

struct select_item_node : view<QUARRY_KIND_SELECT_ITEM> {
  using view::view;
  std::string_view name() const { return symbol(a()); }
  node value() const { return required(0); }
};

struct order_item_node : view<QUARRY_KIND_ORDER_ITEM> {
  using view::view;
  bool descending() const { return flag(1); }
  bool nulls_first() const { return flag(2); }
  bool nulls_last() const { return flag(4); }
  node value() const { return required(0); }
};

struct grouping_node : view<QUARRY_KIND_GROUPING> {
  using view::view;
  tail keys() const { return {*this, 0}; }
};

struct set_operation_node : view<QUARRY_KIND_SET_OPERATION> {
  using view::view;
  std::uint32_t operation() const { return b(); }
  bool all() const { return flag(1); }
  node with() const { return optional(0); }
  node left() const { return required(1); }
  node right() const { return required(2); }
  node order() const { return optional(3); }
  node limit() const { return optional(4); }
  node offset() const { return optional(5); }
};

struct with_node : view<QUARRY_KIND_WITH> {
  using view::view;
  bool recursive() const { return flag(1); }
  tail ctes() const { return {*this, 0}; }
};

struct cte_node : view<QUARRY_KIND_CTE> {
  using view::view;
  std::string_view name() const { return symbol(a()); }
  bool materialized() const { return flag(1); }
  bool not_materialized() const { return flag(2); }
  node columns() const { return optional(0); }
  node query() const { return required(1); }
};

struct values_node : view<QUARRY_KIND_VALUES> {
  using view::view;
  tail rows() const { return {*this, 0}; }
};

struct insert_node : view<QUARRY_KIND_INSERT> {
  using view::view;
  std::string_view table() const { return symbol(a()); }
  bool defaults() const { return flag(1); }
  node with() const { return optional(0); }
  node columns() const { return optional(1); }
  node source() const { return optional(2); }
  node conflict() const { return optional(3); }
  node returning() const { return optional(4); }
};

struct update_node : view<QUARRY_KIND_UPDATE> {
  using view::view;
  std::string_view table() const { return symbol(a()); }
  std::string_view alias() const { return symbol(b()); }
  node with() const { return optional(0); }
  node assignments() const { return required(1); }
  node from() const { return optional(2); }
  node where() const { return optional(3); }
  node returning() const { return optional(4); }
};

struct assignment_node : view<QUARRY_KIND_ASSIGNMENT> {
  using view::view;
  std::string_view column() const { return symbol(a()); }
  node value() const { return required(0); }
};

struct delete_node : view<QUARRY_KIND_DELETE> {
  using view::view;
  std::string_view table() const { return symbol(a()); }
  std::string_view alias() const { return symbol(b()); }
  node with() const { return optional(0); }
  node using_() const { return optional(1); }
  node where() const { return optional(2); }
  node returning() const { return optional(3); }
};

struct conflict_node : view<QUARRY_KIND_CONFLICT> {
  using view::view;
  std::uint32_t action() const { return b(); }
  node targets() const { return optional(0); }
  node assignments() const { return optional(1); }
  node where() const { return optional(2); }
};

struct returning_node : view<QUARRY_KIND_RETURNING> {
  using view::view;
  tail items() const { return {*this, 0}; }
};

struct lock_node : view<QUARRY_KIND_LOCK> {
  using view::view;
  std::uint32_t strength() const { return b(); }
  bool nowait() const { return flag(1); }
  bool skip_locked() const { return flag(2); }
  node tables() const { return optional(0); }
};

struct name_node : view<QUARRY_KIND_NAME> {
  using view::view;
  std::string_view text() const { return symbol(a()); }
};

struct create_table_node : view<QUARRY_KIND_CREATE_TABLE> {
  using view::view;
  std::string_view table() const { return symbol(a()); }
  bool if_not_exists() const { return flag(1); }
  node columns() const { return required(0); }
  node constraints() const { return optional(1); }
};

struct column_def_node : view<QUARRY_KIND_COLUMN_DEF> {
  using view::view;
  std::string_view name() const { return symbol(a()); }
  std::string_view collation() const { return symbol(b()); }
  bool primary_key() const { return flag(1); }
  bool generated() const { return flag(2); }
  bool unique() const { return flag(4); }
  node initial() const { return optional(0); }
};

struct constraint_node : view<QUARRY_KIND_CONSTRAINT> {
  using view::view;
  std::string_view name() const { return symbol(a()); }
  std::uint32_t constraint() const { return b(); }
  bool deferred() const { return flag(1); }
  node columns() const { return optional(0); }
  node check() const { return optional(1); }
  node references() const { return optional(2); }
};

struct references_node : view<QUARRY_KIND_REFERENCES> {
  using view::view;
  std::string_view table() const { return symbol(a()); }
  std::uint32_t on_delete() const { return b(); }
  node columns() const { return required(0); }
};

struct create_index_node : view<QUARRY_KIND_CREATE_INDEX> {
  using view::view;
  std::string_view name() const { return symbol(a()); }
  std::string_view table() const { return symbol(b()); }
  bool unique() const { return flag(1); }
  bool if_not_exists() const { return flag(2); }
  node keys() const { return required(0); }
  node where() const { return optional(1); }
};

struct drop_node : view<QUARRY_KIND_DROP> {
  using view::view;
  std::string_view name() const { return symbol(a()); }
  std::uint32_t object() const { return b(); }
  bool if_exists() const { return flag(1); }
  bool cascade() const { return flag(2); }
};

struct add_constraint_node : view<QUARRY_KIND_ADD_CONSTRAINT> {
  using view::view;
  std::string_view table() const { return symbol(a()); }
  node constraint() const { return required(0); }
};

struct drop_constraint_node : view<QUARRY_KIND_DROP_CONSTRAINT> {
  using view::view;
  std::string_view table() const { return symbol(a()); }
  std::string_view name() const { return symbol(b()); }
  bool if_exists() const { return flag(1); }
};

struct restart_key_node : view<QUARRY_KIND_RESTART_KEY> {
  using view::view;
  std::string_view table() const { return symbol(a()); }
  std::string_view column() const { return symbol(b()); }
};

}  // namespace quarry::dialect

#endif
