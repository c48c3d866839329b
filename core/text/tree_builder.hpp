// What the grammar calls as it recognizes the source: operands go to one stack, operators to another; nodes are made
// as soon as their parts are known. Binary operators are ordered here by how tightly they bind, not by a rule of the
// grammar each: a bracket then costs the grammar one level of recursion instead of ten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <quarry/core/text/parse.hpp>
#include <quarry/core/text/syntax.hpp>

namespace quarry::text {

/// A word that Python reserves: no name of the user's.
bool is_reserved_word(std::string_view word) noexcept;

/// Every function may throw refusal. Spans are of the source, on the words and signs just read.
class tree_builder {
 public:
  tree_builder(std::string_view source, const parse_limits& limits);

  // ---- operands
  /// A name, None, True or False; false for another reserved word, which leaves everything as it was.
  bool word(syntax::span where);
  void number(syntax::span where);
  /// One of several adjacent literals; finish_string joins them.
  void string_piece(syntax::span where);
  void finish_string();
  void ellipsis(syntax::span where);

  // ---- operators
  void open_expression();
  void cancel_expression() noexcept { operators_.pop_back(); }
  void close_expression();
  void prefix(syntax::op sign, syntax::span where);
  void infix(syntax::op sign, syntax::span where);

  // ---- items: everything between open_items and the matching close
  void open_items(syntax::span sign);
  void comma(syntax::span sign);
  void close_call(syntax::span sign);
  void close_subscript(syntax::span sign);
  void close_list(syntax::span sign);
  void close_braces(syntax::span sign);
  void close_parentheses(syntax::span sign);
  /// Of a statement, where a comma alone makes a tuple.
  void open_bare_items() { open_items(syntax::span::none()); }
  void close_bare_items();

  void attribute(syntax::span name);
  void keyword_argument();
  void open_star(syntax::span sign) { stars_.push_back(sign); }
  void star_argument();
  void double_star_argument();
  void dict_entry();
  void slice_part_left_out();
  void slice_colon(syntax::span sign);
  /// Of the last three operands.
  void slice();

  // ---- statements: added to the innermost open class, or to the root
  void expression_statement();
  void assignment();
  /// Drops `: type` and checks what it stands behind.
  void annotation();
  /// `name: type` without a value.
  void annotation_alone() { operands_.pop_back(); }
  void import_keyword(syntax::span where) { import_begin_ = where; }
  void import_module(syntax::span dotted) { import_module_ = dotted; }
  void import_name(syntax::span dotted) { import_name_ = dotted; }
  void import_alias(syntax::span alias) { import_alias_ = alias; }
  void finish_import_name();
  void import_statement();

  void class_name(syntax::span name) { class_name_ = name; }
  void class_bases(syntax::span sign);
  /// After the header, which is `where`.
  void open_class(syntax::span where);
  void close_class();
  void definition(syntax::span where, syntax::span name);

  syntax::tree finish();

  std::string_view source() const noexcept { return source_; }
  std::string_view text(syntax::span where) const noexcept { return source_.substr(where.offset, where.size); }

 private:
  struct operand {
    syntax::node_id id;
    syntax::span where;  ///< with the parentheses around it
    bool in_parentheses = false;
  };
  enum class place : std::uint8_t { boundary, before, between };
  struct pending_operator {
    place position;
    syntax::op sign;
    syntax::span where;
  };
  struct items {
    std::size_t first;  ///< operand
    syntax::span sign;
    std::size_t commas = 0;
    std::uint32_t end = 0;  ///< of the last comma
  };
  struct open_block {
    syntax::span header;
    syntax::span name;
    syntax::node_id bases;
    std::size_t first_statement;
  };

  syntax::node_id add(const syntax::new_node& n, syntax::nodes children);
  void push(const syntax::new_node& n, syntax::nodes children = {});
  operand pop() noexcept;
  items pop_items() noexcept;
  void starred(syntax::kind what);
  void reduce();
  /// One node of all operands since `first`.
  void gather(const syntax::new_node& n, std::size_t first);
  void check_arguments(std::size_t first);
  void check_target(const operand& target, bool may_unpack) const;
  void add_statement(const syntax::new_node& n, syntax::nodes children);

  std::string_view source_;
  const parse_limits& limits_;
  syntax::tree tree_;
  std::vector<operand> operands_;
  std::vector<pending_operator> operators_;
  std::vector<items> items_;
  std::vector<syntax::span> stars_;
  std::vector<syntax::node_id> statements_;
  std::vector<open_block> blocks_;
  std::vector<syntax::node_id> scratch_;
  std::vector<syntax::node_id> import_names_;
  std::string string_;
  syntax::span string_span_;
  bool string_is_bytes_ = false;
  syntax::span import_begin_;
  syntax::span import_module_;
  syntax::span import_name_;
  syntax::span import_alias_;
  syntax::span class_name_;
  syntax::node_id class_bases_;
  std::uint32_t colon_end_ = 0;
};

}  // namespace quarry::text
