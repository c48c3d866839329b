#include <quarry/core/text/syntax.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace quarry::text::syntax {

std::string_view describe(kind k) noexcept {
  switch (k) {
    case kind::none_literal: return "None";
    case kind::boolean: return "a boolean";
    case kind::integer: return "an integer";
    case kind::floating: return "a float";
    case kind::string: return "a string";
    case kind::bytes: return "a bytes literal";
    case kind::ellipsis: return "'...'";
    case kind::name: return "a name";
    case kind::attribute: return "an attribute";
    case kind::call: return "a call";
    case kind::keyword_argument: return "a keyword argument";
    case kind::star_argument: return "a '*' argument";
    case kind::double_star_argument: return "a '**' argument";
    case kind::subscript: return "a subscript";
    case kind::slice: return "a slice";
    case kind::list: return "a list";
    case kind::tuple: return "a tuple";
    case kind::set: return "a set";
    case kind::dict: return "a dict";
    case kind::dict_entry: return "a dict entry";
    case kind::unary:
    case kind::binary: return "an operation";
    case kind::comparison: return "a comparison";
    case kind::expression_statement: return "an expression";
    case kind::assignment: return "an assignment";
    case kind::import_statement: return "an import";
    case kind::import_name: return "an imported name";
    case kind::class_definition: return "a class";
    case kind::class_bases: return "the bases of a class";
    case kind::definition: return "a function";
    case kind::statement_list: return "a list of statements";
  }
  return "";
}

std::string_view spelling(op o) noexcept {
  constexpr std::array<std::string_view, 19> signs = {"~",  "-", "+",  "|",  "^",  "&", "+",  "-", "*", "/",
                                                      "//", "%", "**", "==", "!=", "<", "<=", ">", ">="};
  return signs[static_cast<std::size_t>(o)];
}

// ---- views ----------------------------------------------------------------------------------------------------------

none_literal none_literal::view(const tree&, node_id) { return {}; }
boolean boolean::view(const tree& t, node_id id) { return {t.detail(id) != 0}; }

integer integer::view(const tree& t, node_id id) {
  const std::string_view digits = t.text(id);
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || stop != digits.data() + digits.size()) return {digits, std::nullopt};
  return {digits, value};
}

floating floating::view(const tree& t, node_id id) {
  const std::string_view digits = t.text(id);
  double value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return {digits, value};
}

string string::view(const tree& t, node_id id) { return {t.text(id)}; }
bytes bytes::view(const tree& t, node_id id) { return {t.text(id)}; }
ellipsis ellipsis::view(const tree&, node_id) { return {}; }
name name::view(const tree& t, node_id id) { return {t.text(id)}; }
attribute attribute::view(const tree& t, node_id id) { return {t.children(id)[0], t.text(id), t.word(id)}; }
call call::view(const tree& t, node_id id) { return {t.children(id)[0], t.children(id).subspan(1)}; }
keyword_argument keyword_argument::view(const tree& t, node_id id) {
  return {t.text(id), t.word(id), t.children(id)[0]};
}
star_argument star_argument::view(const tree& t, node_id id) { return {t.children(id)[0]}; }
double_star_argument double_star_argument::view(const tree& t, node_id id) { return {t.children(id)[0]}; }
subscript subscript::view(const tree& t, node_id id) { return {t.children(id)[0], t.children(id)[1]}; }
slice slice::view(const tree& t, node_id id) {
  const nodes parts = t.children(id);
  return {parts[0], parts[1], parts[2]};
}
list list::view(const tree& t, node_id id) { return {t.children(id)}; }
tuple tuple::view(const tree& t, node_id id) { return {t.children(id)}; }
set set::view(const tree& t, node_id id) { return {t.children(id)}; }
dict dict::view(const tree& t, node_id id) { return {t.children(id)}; }
dict_entry dict_entry::view(const tree& t, node_id id) { return {t.children(id)[0], t.children(id)[1]}; }
unary unary::view(const tree& t, node_id id) { return {static_cast<op>(t.detail(id)), t.word(id), t.children(id)[0]}; }
binary binary::view(const tree& t, node_id id) {
  return {static_cast<op>(t.detail(id)), t.word(id), t.children(id)[0], t.children(id)[1]};
}
comparison comparison::view(const tree& t, node_id id) {
  return {static_cast<op>(t.detail(id)), t.word(id), t.children(id)[0], t.children(id)[1]};
}
expression_statement expression_statement::view(const tree& t, node_id id) { return {t.children(id)[0]}; }
assignment assignment::view(const tree& t, node_id id) { return {t.children(id)[0], t.children(id)[1]}; }
import_statement import_statement::view(const tree& t, node_id id) {
  return {t.detail(id) != 0, t.text(id), t.children(id)};
}
import_name import_name::view(const tree& t, node_id id) {
  const nodes alias = t.children(id);
  return {t.text(id), alias.empty() ? t.text(id) : t.text(alias[0]), !alias.empty()};
}
class_definition class_definition::view(const tree& t, node_id id) {
  const nodes parts = t.children(id);
  return {t.text(id), t.word(id), t.children(parts[0]), parts.subspan(1)};
}
class_bases class_bases::view(const tree& t, node_id id) { return {t.children(id)}; }
definition definition::view(const tree& t, node_id id) { return {t.text(id), t.word(id)}; }
statement_list statement_list::view(const tree& t, node_id id) { return {t.children(id)}; }

// ---- the tree -------------------------------------------------------------------------------------------------------

node_id tree::add(const new_node& n, nodes children) {
  unsigned height = 1;
  for (const node_id child : children)
    if (child.present()) height = std::max(height, this->height(child) + 1);
  node made{};
  made.what = n.what;
  made.detail = n.detail;
  made.height = static_cast<std::uint16_t>(std::min(height, 0xffffU));
  made.child_count = static_cast<std::uint32_t>(children.size());
  made.first_child = static_cast<std::uint32_t>(edges_.size());
  made.text_offset = static_cast<std::uint32_t>(chars_.size());
  made.text_size = static_cast<std::uint32_t>(n.text.size());
  made.where = n.where;
  made.word = n.word;
  edges_.insert(edges_.end(), children.begin(), children.end());
  chars_.insert(chars_.end(), n.text.begin(), n.text.end());
  nodes_.push_back(made);
  return node_id(static_cast<std::uint32_t>(nodes_.size() - 1));
}

void tree::reserve_for_source(std::size_t bytes) {
  // Dense queries have a node for about every five bytes; beyond a page or two growing costs nothing that matters.
  const std::size_t expected = std::min<std::size_t>(bytes, 4096) / 5 + 4;
  nodes_.reserve(expected);
  edges_.reserve(expected);
  chars_.reserve(std::min<std::size_t>(bytes, 4096));
}

bool same(const tree& a, node_id in_a, const tree& b, node_id in_b) {
  if (in_a.present() != in_b.present()) return false;
  if (!in_a.present()) return true;
  if (a.what(in_a) != b.what(in_b) || a.detail(in_a) != b.detail(in_b) || a.text(in_a) != b.text(in_b)) return false;
  const nodes left = a.children(in_a);
  const nodes right = b.children(in_b);
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [&](node_id l, node_id r) { return same(a, l, b, r); });
}

bool same(const tree& a, const tree& b) { return same(a, a.root(), b, b.root()); }

}  // namespace quarry::text::syntax
