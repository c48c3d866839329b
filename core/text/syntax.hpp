// The syntax tree of Django's query language: what the user wrote, before any name is looked up.
//
// A tree owns flat vectors; a node is named by its 32-bit id. Every node knows the bytes it was read from (`where`) and
// the word or sign that a caret should point at (`word`). A walker asks for the kind and takes the typed view:
//
//   tree.visit(id, overloaded{[&](syntax::call c) { … c.callee, c.arguments … },
//                             [&](syntax::name n) { … n.text … },
//                             [&](auto) { … }});
//   if (auto path = tree.try_as<syntax::attribute>(id)) …
//
// Views and the string_views in them are valid until the tree is changed or destroyed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <quarry/ir/support/diagnostic.hpp>

namespace quarry::text::syntax {

using span = ir::source_span;

/// Every kind of node; each has a view of the same name below.
#define QUARRY_SYNTAX_KINDS(X) \
  X(none_literal)              \
  X(boolean)                   \
  X(integer)                   \
  X(floating)                  \
  X(string)                    \
  X(bytes)                     \
  X(ellipsis)                  \
  X(name)                      \
  X(attribute)                 \
  X(call)                      \
  X(keyword_argument)          \
  X(star_argument)             \
  X(double_star_argument)      \
  X(subscript)                 \
  X(slice)                     \
  X(list)                      \
  X(tuple)                     \
  X(set)                       \
  X(dict)                      \
  X(dict_entry)                \
  X(unary)                     \
  X(binary)                    \
  X(comparison)                \
  X(expression_statement)      \
  X(assignment)                \
  X(import_statement)          \
  X(import_name)               \
  X(class_definition)          \
  X(class_bases)               \
  X(definition)                \
  X(statement_list)

enum class kind : std::uint8_t {
#define QUARRY_SYNTAX_KIND(name) name,
  QUARRY_SYNTAX_KINDS(QUARRY_SYNTAX_KIND)
#undef QUARRY_SYNTAX_KIND
};

/// The kind in words for messages: "a call", "a list".
std::string_view describe(kind k) noexcept;

enum class op : std::uint8_t {
  invert,
  negate,
  plus,
  bit_or,
  bit_xor,
  bit_and,
  add,
  subtract,
  multiply,
  divide,
  floor_divide,
  modulo,
  power,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal
};

/// As written: "~", "**", "==".
std::string_view spelling(op o) noexcept;

class node_id {
 public:
  constexpr node_id() noexcept = default;
  constexpr explicit node_id(std::uint32_t index) noexcept : index_(index) {}
  constexpr std::uint32_t index() const noexcept { return index_; }
  /// False for a part that was left out, such as the bound of a slice.
  constexpr bool present() const noexcept { return index_ != absent; }
  friend constexpr bool operator==(node_id, node_id) = default;

 private:
  static constexpr std::uint32_t absent = 0xffffffffU;
  std::uint32_t index_ = absent;
};

using nodes = std::span<const node_id>;

class tree;

// ---- typed views ----------------------------------------------------------------------------------------------------

struct none_literal {
  static none_literal view(const tree& t, node_id id);
};

struct boolean {
  bool value;
  static boolean view(const tree& t, node_id id);
};

/// A literal without sign. `text` is decimal when `magnitude` is there, else the digits as written.
struct integer {
  std::string_view text;
  std::optional<std::uint64_t> magnitude;  ///< absent beyond 64 bits
  static integer view(const tree& t, node_id id);
};

/// `text` is the shortest decimal form that reads back as `value`.
struct floating {
  std::string_view text;
  double value;
  static floating view(const tree& t, node_id id);
};

/// Decoded: escapes resolved, adjacent literals joined, UTF-8.
struct string {
  std::string_view value;
  static string view(const tree& t, node_id id);
};

struct bytes {
  std::string_view value;
  static bytes view(const tree& t, node_id id);
};

struct ellipsis {
  static ellipsis view(const tree& t, node_id id);
};

struct name {
  std::string_view text;
  static name view(const tree& t, node_id id);
};

struct attribute {
  node_id object;
  std::string_view name;
  span name_span;
  static attribute view(const tree& t, node_id id);
};

/// Arguments are expressions, keyword_argument, star_argument or double_star_argument, in the order written.
struct call {
  node_id callee;
  nodes arguments;
  static call view(const tree& t, node_id id);
};

struct keyword_argument {
  std::string_view name;
  span name_span;
  node_id value;
  static keyword_argument view(const tree& t, node_id id);
};

struct star_argument {
  node_id value;
  static star_argument view(const tree& t, node_id id);
};

struct double_star_argument {
  node_id value;
  static double_star_argument view(const tree& t, node_id id);
};

/// `index` is an expression, a slice, or a tuple of these.
struct subscript {
  node_id object;
  node_id index;
  static subscript view(const tree& t, node_id id);
};

struct slice {
  node_id lower, upper, step;  ///< each may be absent
  static slice view(const tree& t, node_id id);
};

struct list {
  nodes items;
  static list view(const tree& t, node_id id);
};

struct tuple {
  nodes items;
  static tuple view(const tree& t, node_id id);
};

struct set {
  nodes items;
  static set view(const tree& t, node_id id);
};

struct dict {
  nodes entries;  ///< dict_entry each
  static dict view(const tree& t, node_id id);
};

struct dict_entry {
  node_id key, value;
  static dict_entry view(const tree& t, node_id id);
};

/// `~ - +`
struct unary {
  op sign;
  span sign_span;
  node_id operand;
  static unary view(const tree& t, node_id id);
};

/// `| ^ & + - * / // % **`
struct binary {
  op sign;
  span sign_span;
  node_id left, right;
  static binary view(const tree& t, node_id id);
};

/// `== != < <= > >=`; never chained.
struct comparison {
  op sign;
  span sign_span;
  node_id left, right;
  static comparison view(const tree& t, node_id id);
};

struct expression_statement {
  node_id value;
  static expression_statement view(const tree& t, node_id id);
};

/// `target` is a name, an attribute, or a tuple of these.
struct assignment {
  node_id target, value;
  static assignment view(const tree& t, node_id id);
};

/// `import a.b as c` (`from_module` empty) or `from module import name as alias, …`; changes nothing by itself.
struct import_statement {
  bool is_from;
  std::string_view from_module;  ///< with the leading dots of a relative import
  nodes names;  ///< import_name each
  static import_statement view(const tree& t, node_id id);
};

struct import_name {
  std::string_view name;  ///< dotted in `import a.b`; "*" in `from m import *`
  std::string_view alias;  ///< the name that it is known by: `name` without `as`
  bool renamed;
  static import_name view(const tree& t, node_id id);
};

struct class_definition {
  std::string_view name;
  span name_span;
  nodes bases;  ///< like the arguments of a call
  nodes body;  ///< statements
  static class_definition view(const tree& t, node_id id);
};

/// Holds the bases of a class; class_definition::bases shows them.
struct class_bases {
  nodes arguments;
  static class_bases view(const tree& t, node_id id);
};

/// A method or function; its parameters and body were skipped.
struct definition {
  std::string_view name;
  span name_span;
  static definition view(const tree& t, node_id id);
};

/// The root.
struct statement_list {
  nodes statements;
  static statement_list view(const tree& t, node_id id);
};

/// What `kind_of<View>` is for a view type.
template <class View> struct view_traits;
#define QUARRY_SYNTAX_KIND(name)                   \
  template <> struct view_traits<syntax::name> {   \
    static constexpr kind of = syntax::kind::name; \
  };
QUARRY_SYNTAX_KINDS(QUARRY_SYNTAX_KIND)
#undef QUARRY_SYNTAX_KIND

template <class View> inline constexpr kind kind_of = view_traits<View>::of;

/// For tree::visit: one lambda a kind, `[](auto)` for the rest.
template <class... F> struct overloaded : F... {
  using F::operator()...;
};
template <class... F> overloaded(F...) -> overloaded<F...>;

// ---- the tree -------------------------------------------------------------------------------------------------------

/// What add() needs to know of a new node.
struct new_node {
  kind what;
  span where;
  span word = span::none();  ///< the name or sign inside `where`
  std::string_view text = {};
  std::uint8_t detail = 0;  ///< the op, the boolean, or whether an import is a `from`
};

class tree {
 public:
  kind what(node_id id) const noexcept { return at(id).what; }
  /// The bytes of the whole node.
  span where(node_id id) const noexcept { return at(id).where; }
  /// The name or sign that a caret should point at; the whole node where there is none.
  span word(node_id id) const noexcept { return at(id).word.present() ? at(id).word : at(id).where; }
  std::string_view text(node_id id) const noexcept { return {chars_.data() + at(id).text_offset, at(id).text_size}; }
  std::uint8_t detail(node_id id) const noexcept { return at(id).detail; }
  nodes children(node_id id) const noexcept { return nodes(edges_).subspan(at(id).first_child, at(id).child_count); }
  /// 1 for a leaf; a recursive walker goes no deeper than this.
  unsigned height(node_id id) const noexcept { return at(id).height; }

  template <class View> bool is(node_id id) const noexcept { return what(id) == kind_of<View>; }
  /// Precondition: is<View>(id).
  template <class View> View as(node_id id) const { return View::view(*this, id); }
  template <class View> std::optional<View> try_as(node_id id) const {
    return is<View>(id) ? std::optional<View>(View::view(*this, id)) : std::nullopt;
  }
  template <class Visitor> decltype(auto) visit(node_id id, Visitor&& f) const {
    switch (what(id)) {
#define QUARRY_SYNTAX_KIND(name) \
  case kind::name: return f(syntax::name::view(*this, id));
      QUARRY_SYNTAX_KINDS(QUARRY_SYNTAX_KIND)
#undef QUARRY_SYNTAX_KIND
    }
    __builtin_unreachable();
  }

  node_id root() const noexcept { return root_; }
  /// The statements of the root.
  nodes statements() const noexcept { return root_.present() ? children(root_) : nodes(); }
  std::size_t size() const noexcept { return nodes_.size(); }

  // For whoever makes a tree: children before their parents, the root last.
  node_id add(const new_node& n, nodes children);
  node_id add(const new_node& n, std::initializer_list<node_id> children) {
    return add(n, nodes(children.begin(), children.size()));
  }
  node_id add(const new_node& n) { return add(n, nodes()); }
  void set_root(node_id id) noexcept { root_ = id; }
  void reserve_for_source(std::size_t bytes);

 private:
  struct node {
    kind what;
    std::uint8_t detail;
    std::uint16_t height;
    std::uint32_t child_count;
    std::uint32_t first_child;
    std::uint32_t text_offset;
    std::uint32_t text_size;
    span where;
    span word;
  };
  const node& at(node_id id) const noexcept { return nodes_[id.index()]; }

  std::vector<node> nodes_;
  std::vector<node_id> edges_;
  std::vector<char> chars_;
  node_id root_;
};

/// Equal structure, names and values; places in the source don't count.
bool same(const tree& a, node_id in_a, const tree& b, node_id in_b);
bool same(const tree& a, const tree& b);

}  // namespace quarry::text::syntax
