#include <quarry/core/text/tree_builder.hpp>

#include <algorithm>
#include <array>

#include <quarry/core/text/literals.hpp>
#include <quarry/core/text/operators.hpp>
#include <quarry/core/text/refusal.hpp>

namespace quarry::text {

using ir::diag;
using syntax::kind;
using syntax::new_node;
using syntax::node_id;
using syntax::nodes;
using syntax::span;

bool is_reserved_word(std::string_view word) noexcept {
  static constexpr std::array<std::string_view, 35> words = {
      "False", "None",     "True",  "and",    "as",   "assert", "async",  "await",    "break",
      "class", "continue", "def",   "del",    "elif", "else",   "except", "finally",  "for",
      "from",  "global",   "if",    "import", "in",   "is",     "lambda", "nonlocal", "not",
      "or",    "pass",     "raise", "return", "try",  "while",  "with",   "yield"};
  static_assert(std::is_sorted(words.begin(), words.end()));
  return word.size() <= 8 && std::binary_search(words.begin(), words.end(), word);
}

tree_builder::tree_builder(std::string_view source, const parse_limits& limits) : source_(source), limits_(limits) {
  tree_.reserve_for_source(source.size());
  operands_.reserve(16);
  operators_.reserve(16);
  items_.reserve(8);
}

// ---- the two stacks -------------------------------------------------------------------------------------------------

node_id tree_builder::add(const new_node& n, nodes children) {
  if (tree_.size() >= limits_.nodes)
    refuse(diag::text_too_large, {std::to_string(limits_.nodes) + " names, values and operators"}, n.where);
  const node_id id = tree_.add(n, children);
  if (tree_.height(id) > limits_.height) refuse(diag::text_too_deep, {std::to_string(limits_.height)}, tree_.word(id));
  return id;
}

void tree_builder::push(const new_node& n, nodes children) { operands_.push_back({add(n, children), n.where}); }

tree_builder::operand tree_builder::pop() noexcept {
  const operand top = operands_.back();
  operands_.pop_back();
  return top;
}

tree_builder::items tree_builder::pop_items() noexcept {
  const items top = items_.back();
  items_.pop_back();
  return top;
}

void tree_builder::gather(const new_node& n, std::size_t first) {
  scratch_.clear();
  for (std::size_t i = first; i < operands_.size(); ++i) scratch_.push_back(operands_[i].id);
  operands_.resize(first);
  push(n, scratch_);
}

void tree_builder::open_expression() { operators_.push_back({place::boundary, {}, {}}); }

void tree_builder::close_expression() {
  while (operators_.back().position != place::boundary) reduce();
  operators_.pop_back();
}

void tree_builder::prefix(syntax::op sign, span where) { operators_.push_back({place::before, sign, where}); }

void tree_builder::infix(syntax::op sign, span where) {
  const binding mine = binding_of(sign);
  for (; operators_.back().position != place::boundary; reduce()) {
    const binding other = binding_of(operators_.back().sign);
    if (other < mine || (other == mine && mine == binding::power)) break;
    if (other == mine && mine == binding::comparison)
      refuse(diag::syntax_unsupported, {"a chain of comparisons"}, where);
  }
  operators_.push_back({place::between, sign, where});
}

void tree_builder::reduce() {
  const pending_operator top = operators_.back();
  operators_.pop_back();
  const auto detail = static_cast<std::uint8_t>(top.sign);
  const operand right = pop();
  if (top.position == place::before) {
    const std::array parts = {right.id};
    push({.what = kind::unary, .where = span_over(top.where, right.where), .word = top.where, .detail = detail}, parts);
    return;
  }
  const operand left = pop();
  const std::array parts = {left.id, right.id};
  push({.what = is_comparison(top.sign) ? kind::comparison : kind::binary,
        .where = span_over(left.where, right.where),
        .word = top.where,
        .detail = detail},
       parts);
}

// ---- operands -------------------------------------------------------------------------------------------------------

bool tree_builder::word(span where) {
  const std::string_view s = text(where);
  if (!is_reserved_word(s)) {
    push({.what = kind::name, .where = where, .text = s});
  } else if (s == "None") {
    push({.what = kind::none_literal, .where = where});
  } else if (s == "True" || s == "False") {
    push({.what = kind::boolean, .where = where, .detail = s == "True"});
  } else {
    return false;
  }
  return true;
}

void tree_builder::number(span where) {
  const number_literal read = decode_number(text(where), where.offset);
  push({.what = read.what, .where = where, .text = read.text});
}

void tree_builder::string_piece(span where) {
  const std::string_view literal = text(where);
  const std::string_view letters = literal.substr(0, literal.find_first_of("'\""));
  const string_prefix prefix = read_prefix(letters);
  const span letters_span = span_between(where.offset, where.offset + letters.size());
  if (!prefix.valid) refuse(diag::syntax_error, {"no '" + std::string(letters) + "' before a string"}, letters_span);
  if (prefix.formatted) refuse(diag::syntax_unsupported, {"an f-string"}, letters_span);
  if (!string_span_.present()) {
    string_is_bytes_ = prefix.bytes;
    string_span_ = where;
  } else if (string_is_bytes_ != prefix.bytes) {
    refuse(diag::syntax_error, {"adjacent literals to be all strings or all bytes"}, where);
  }
  string_span_ = span_over(string_span_, where);
  decode_string(literal, where.offset, string_);
}

void tree_builder::finish_string() {
  push({.what = string_is_bytes_ ? kind::bytes : kind::string, .where = string_span_, .text = string_});
  string_.clear();
  string_span_ = span::none();
}

void tree_builder::ellipsis(span where) { push({.what = kind::ellipsis, .where = where}); }

// ---- items ----------------------------------------------------------------------------------------------------------

void tree_builder::open_items(span sign) { items_.push_back({operands_.size(), sign}); }

void tree_builder::comma(span sign) {
  ++items_.back().commas;
  items_.back().end = end_of(sign);
}

void tree_builder::close_call(span sign) {
  const items closed = pop_items();
  check_arguments(closed.first);
  const span callee = operands_[closed.first - 1].where;
  gather({.what = kind::call, .where = span_over(callee, sign)}, closed.first - 1);
}

void tree_builder::close_subscript(span sign) {
  const items closed = pop_items();
  if (closed.commas > 0)
    gather({.what = kind::tuple, .where = span_between(end_of(closed.sign), sign.offset)}, closed.first);
  const span object = operands_[closed.first - 1].where;
  gather({.what = kind::subscript, .where = span_over(object, sign), .word = span_over(closed.sign, sign)},
         closed.first - 1);
}

void tree_builder::close_list(span sign) {
  const items closed = pop_items();
  gather({.what = kind::list, .where = span_over(closed.sign, sign)}, closed.first);
}

void tree_builder::close_braces(span sign) {
  const items closed = pop_items();
  const auto is_entry = [&](std::size_t i) { return tree_.is<syntax::dict_entry>(operands_[i].id); };
  const bool dict = operands_.size() == closed.first || is_entry(closed.first);
  for (std::size_t i = closed.first; i < operands_.size(); ++i)
    if (is_entry(i) != dict)
      refuse(diag::syntax_error,
             {dict ? "':' and a value after this key" : "a value without ':', as before in this set"},
             operands_[i].where);
  gather({.what = dict ? kind::dict : kind::set, .where = span_over(closed.sign, sign)}, closed.first);
}

void tree_builder::close_parentheses(span sign) {
  const items closed = pop_items();
  const span where = span_over(closed.sign, sign);
  if (operands_.size() == closed.first + 1 && closed.commas == 0) {
    operands_.back().where = where;
    operands_.back().in_parentheses = true;
    return;
  }
  gather({.what = kind::tuple, .where = where}, closed.first);
}

void tree_builder::close_bare_items() {
  const items closed = pop_items();
  if (closed.commas == 0) return;
  const std::uint32_t end = std::max(closed.end, end_of(operands_.back().where));
  gather({.what = kind::tuple, .where = span_between(operands_[closed.first].where.offset, end)}, closed.first);
}

void tree_builder::attribute(span name) {
  const operand object = pop();
  const std::array parts = {object.id};
  push({.what = kind::attribute, .where = span_over(object.where, name), .word = name, .text = text(name)}, parts);
}

void tree_builder::keyword_argument() {
  const operand value = pop();
  const operand name = pop();
  if (!tree_.is<syntax::name>(name.id) || name.in_parentheses)
    refuse(diag::syntax_error, {"a plain name before '='"}, name.where);
  const std::array parts = {value.id};
  push({.what = kind::keyword_argument,
        .where = span_over(name.where, value.where),
        .word = name.where,
        .text = text(name.where)},
       parts);
}

void tree_builder::starred(kind what) {
  const operand value = pop();
  const span sign = stars_.back();
  stars_.pop_back();
  const std::array parts = {value.id};
  push({.what = what, .where = span_over(sign, value.where), .word = sign}, parts);
}

void tree_builder::star_argument() { starred(kind::star_argument); }
void tree_builder::double_star_argument() { starred(kind::double_star_argument); }

void tree_builder::dict_entry() {
  const operand value = pop();
  const operand key = pop();
  const std::array parts = {key.id, value.id};
  push({.what = kind::dict_entry, .where = span_over(key.where, value.where)}, parts);
}

void tree_builder::slice_part_left_out() { operands_.push_back({node_id(), {colon_end_, 0}}); }

void tree_builder::slice_colon(span sign) {
  if (!operands_.back().id.present()) operands_.back().where = sign;
  colon_end_ = end_of(sign);
}

void tree_builder::slice() {
  const operand step = pop();
  const operand upper = pop();
  const operand lower = pop();
  const std::uint32_t end = std::max(end_of(upper.where), end_of(step.where));
  const std::array parts = {lower.id, upper.id, step.id};
  push({.what = kind::slice, .where = span_between(lower.where.offset, end)}, parts);
}

void tree_builder::check_arguments(std::size_t first) {
  bool named = false;
  std::vector<node_id>& keywords = scratch_;
  keywords.clear();
  for (std::size_t i = first; i < operands_.size(); ++i) {
    const kind what = tree_.what(operands_[i].id);
    if (what == kind::keyword_argument) keywords.push_back(operands_[i].id);
    named = named || what == kind::keyword_argument || what == kind::double_star_argument;
    if (named && what != kind::keyword_argument && what != kind::double_star_argument && what != kind::star_argument)
      refuse(diag::syntax_error, {"positional arguments before keyword arguments"}, operands_[i].where);
  }
  if (keywords.size() < 2) return;
  std::sort(keywords.begin(), keywords.end(), [&](node_id a, node_id b) {
    const int order = tree_.text(a).compare(tree_.text(b));
    return order != 0 ? order < 0 : a.index() < b.index();
  });
  const auto twice = std::adjacent_find(keywords.begin(), keywords.end(),
                                        [&](node_id a, node_id b) { return tree_.text(a) == tree_.text(b); });
  if (twice != keywords.end())
    refuse(diag::syntax_error, {"the keyword '" + std::string(tree_.text(*twice)) + "' only once"},
           tree_.word(*(twice + 1)));
}

// ---- statements -----------------------------------------------------------------------------------------------------

void tree_builder::add_statement(const new_node& n, nodes children) { statements_.push_back(add(n, children)); }

void tree_builder::expression_statement() {
  const operand value = pop();
  const std::array parts = {value.id};
  add_statement({.what = kind::expression_statement, .where = value.where}, parts);
}

void tree_builder::check_target(const operand& target, bool may_unpack) const {
  const kind what = tree_.what(target.id);
  if (what == kind::name || what == kind::attribute) return;
  if (what == kind::tuple && may_unpack && !tree_.children(target.id).empty()) {
    for (const node_id part : tree_.children(target.id)) check_target({part, tree_.where(part)}, false);
    return;
  }
  refuse(diag::syntax_error,
         {std::string(may_unpack ? "a name, an attribute or several of them" : "a name or an attribute") +
          " before '=', found " + std::string(syntax::describe(what))},
         target.where);
}

void tree_builder::assignment() {
  const operand value = pop();
  const operand target = pop();
  check_target(target, true);
  const std::array parts = {target.id, value.id};
  add_statement({.what = kind::assignment, .where = span_over(target.where, value.where)}, parts);
}

void tree_builder::annotation() {
  pop();
  check_target(operands_.back(), false);
}

void tree_builder::finish_import_name() {
  const bool renamed = import_alias_.present();
  std::array<node_id, 1> alias;
  if (renamed) alias[0] = add({.what = kind::name, .where = import_alias_, .text = text(import_alias_)}, {});
  import_names_.push_back(add({.what = kind::import_name,
                               .where = span_over(import_name_, renamed ? import_alias_ : import_name_),
                               .word = import_name_,
                               .text = text(import_name_)},
                              nodes(alias).first(renamed ? 1 : 0)));
  import_alias_ = span::none();
}

void tree_builder::import_statement() {
  const bool is_from = import_module_.present();
  add_statement({.what = kind::import_statement,
                 .where = span_over(import_begin_, tree_.where(import_names_.back())),
                 .word = import_module_,
                 .text = is_from ? text(import_module_) : std::string_view(),
                 .detail = is_from},
                import_names_);
  import_names_.clear();
  import_module_ = span::none();
}

// ---- classes --------------------------------------------------------------------------------------------------------

void tree_builder::class_bases(span sign) {
  const items closed = pop_items();
  check_arguments(closed.first);
  gather({.what = kind::class_bases, .where = span_over(closed.sign, sign)}, closed.first);
  class_bases_ = pop().id;
}

void tree_builder::open_class(span where) {
  if (!class_bases_.present()) class_bases_ = add({.what = kind::class_bases, .where = {end_of(class_name_), 0}}, {});
  blocks_.push_back({where, class_name_, class_bases_, statements_.size()});
  class_bases_ = node_id();
}

void tree_builder::close_class() {
  const open_block block = blocks_.back();
  blocks_.pop_back();
  scratch_.clear();
  scratch_.push_back(block.bases);
  scratch_.insert(scratch_.end(), statements_.begin() + static_cast<std::ptrdiff_t>(block.first_statement),
                  statements_.end());
  statements_.resize(block.first_statement);
  const span last = scratch_.size() > 1 ? tree_.where(scratch_.back()) : block.header;
  add_statement({.what = kind::class_definition,
                 .where = span_over(block.header, last),
                 .word = block.name,
                 .text = text(block.name)},
                scratch_);
}

void tree_builder::definition(span where, span name) {
  add_statement({.what = kind::definition, .where = where, .word = name, .text = text(name)}, {});
}

syntax::tree tree_builder::finish() {
  const span whole = span_between(0, source_.size());
  tree_.set_root(add({.what = kind::statement_list, .where = whole}, statements_));
  return std::move(tree_);
}

}  // namespace quarry::text
