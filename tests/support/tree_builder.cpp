#include "support/tree_builder.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace quarry::test {

std::uint32_t tree_builder::symbol(std::string_view text) {
  for (std::size_t i = 0; i < texts_.size(); ++i)
    if (texts_[i] == text) return static_cast<std::uint32_t>(i);
  const std::string& kept = texts_.emplace_back(text);
  names_.push_back({kept.data(), kept.size()});
  return static_cast<std::uint32_t>(names_.size() - 1);
}

std::uint32_t tree_builder::type(const quarry_type& of) {
  for (std::size_t i = 0; i < types_.size(); ++i)
    if (std::memcmp(&types_[i], &of, sizeof of) == 0) return static_cast<std::uint32_t>(i);
  types_.push_back(of);
  return static_cast<std::uint32_t>(types_.size() - 1);
}

tree_builder::id tree_builder::make(std::uint32_t kind, const std::vector<id>& children, const node_words& w) {
  quarry_node node{};
  node.kind = static_cast<std::uint16_t>(kind);
  node.flags = w.flags;
  node.type = w.type;
  node.first_child = static_cast<std::uint32_t>(children_.size());
  node.child_count = static_cast<std::uint32_t>(children.size());
  node.a = w.a;
  node.b = w.b;
  children_.insert(children_.end(), children.begin(), children.end());
  nodes_.push_back(node);
  return static_cast<id>(nodes_.size() - 1);
}

tree_builder::id tree_builder::null() {
  return make(QUARRY_KIND_LITERAL, {}, {.a = 0, .flags = 1, .type = type(plain(QUARRY_TYPE_UNKNOWN, true))});
}
tree_builder::id tree_builder::boolean(bool value) {
  return make(QUARRY_KIND_LITERAL, {}, {.a = value ? 1u : 0u, .type = type(plain(QUARRY_TYPE_BOOLEAN))});
}
tree_builder::id tree_builder::integer(std::int64_t value, std::uint32_t of) {
  return make(QUARRY_KIND_LITERAL, {}, {.a = static_cast<std::uint64_t>(value), .type = type(plain(of))});
}
tree_builder::id tree_builder::real(double value) {
  return make(QUARRY_KIND_LITERAL, {},
              {.a = std::bit_cast<std::uint64_t>(value), .type = type(plain(QUARRY_TYPE_FLOAT64))});
}

tree_builder::id tree_builder::bind(const quarry_type& of) {
  slots_.push_back({type(of), 0});
  return make(QUARRY_KIND_BIND, {}, {.a = slots_.size() - 1, .type = type(of)});
}
tree_builder::id tree_builder::bind_again(id earlier) {
  return make(QUARRY_KIND_BIND, {}, {.a = nodes_[earlier].a, .type = nodes_[earlier].type});
}

tree_builder::id tree_builder::column(std::string_view table, std::string_view name, const quarry_type& of) {
  std::uint64_t qualifier = table.empty() ? std::uint64_t{QUARRY_NONE} : symbol(table);
  return make(QUARRY_KIND_NAME_REF, {}, {.a = qualifier, .b = symbol(name), .type = type(of)});
}

tree_builder::id tree_builder::op(std::uint32_t code, const std::vector<id>& args, const quarry_type& of) {
  return make(QUARRY_KIND_OP, args, {.b = code, .type = type(of)});
}

tree_builder::id tree_builder::aggregate(std::uint32_t code, const std::vector<id>& args, const quarry_type& of,
                                         id condition, bool distinct, id order) {
  std::vector<id> children{condition, order};
  children.insert(children.end(), args.begin(), args.end());
  return make(QUARRY_KIND_AGGREGATE, children,
              {.b = code, .flags = static_cast<std::uint16_t>(distinct), .type = type(of)});
}

tree_builder::id tree_builder::call(std::string_view function, const std::vector<id>& args, const quarry_type& of) {
  return make(QUARRY_KIND_CALL, args, {.a = symbol(function), .type = type(of)});
}

tree_builder::id tree_builder::names(const std::vector<std::string_view>& texts) {
  std::vector<id> items;
  for (std::string_view text : texts) items.push_back(name(text));
  return list(items);
}

tree_builder::id tree_builder::item(id value, std::string_view name) {
  std::uint64_t word = name.empty() ? std::uint64_t{QUARRY_NONE} : symbol(name);
  return make(QUARRY_KIND_SELECT_ITEM, {value}, {.a = word});
}

tree_builder::id tree_builder::table(std::string_view table, std::string_view alias) {
  return make(QUARRY_KIND_FROM_TABLE, {}, {.a = symbol(table), .b = alias.empty() ? QUARRY_NONE : symbol(alias)});
}

tree_builder::id tree_builder::derived(id query, std::string_view alias, id columns) {
  return make(QUARRY_KIND_FROM_QUERY, {query, columns}, {.b = symbol(alias)});
}

tree_builder::id tree_builder::column_def(std::string_view name, const quarry_type& of, std::uint16_t flags,
                                          id initial) {
  return make(QUARRY_KIND_COLUMN_DEF, {initial},
              {.a = symbol(name), .b = QUARRY_NONE, .flags = flags, .type = type(of)});
}

tree_builder::id tree_builder::select(const select_parts& p) {
  return make(QUARRY_KIND_SELECT,
              {p.with, p.distinct_on, p.items, p.from, p.where, p.grouping, p.having, p.windows, p.order, p.limit,
               p.offset, p.lock},
              {.flags = p.flags});
}

tree_builder::id tree_builder::select_from(std::string_view from, const std::vector<id>& values, id where) {
  std::vector<id> items;
  for (id value : values) items.push_back(item(value));
  return select({.items = list(items), .from = from.empty() ? none : table(from), .where = where});
}

const quarry_tree& tree_builder::tree(id root) {
  tree_.size = sizeof tree_;
  tree_.root = root;
  tree_.nodes = nodes_.data();
  tree_.node_count = static_cast<std::uint32_t>(nodes_.size());
  tree_.node_stride = sizeof(quarry_node);
  tree_.children = children_.data();
  tree_.child_count = static_cast<std::uint32_t>(children_.size());
  tree_.types = types_.data();
  tree_.type_count = static_cast<std::uint32_t>(types_.size());
  tree_.type_stride = sizeof(quarry_type);
  tree_.names = names_.data();
  tree_.name_count = static_cast<std::uint32_t>(names_.size());
  tree_.name_stride = sizeof(quarry_str);
  tree_.slots = slots_.data();
  tree_.slot_count = static_cast<std::uint32_t>(slots_.size());
  tree_.slot_stride = sizeof(quarry_slot);
  return tree_;
}

text_sink::text_sink(bool reuse) : reuse_(reuse) { sink_ = {sizeof sink_, 0, this, write, bind}; }

int text_sink::write(void* self, const char* text, std::uint64_t size) {
  auto& sink = *static_cast<text_sink*>(self);
  if (sink.left_ == 0) return 1;
  if (sink.left_ > 0) --sink.left_;
  sink.text_.append(text, size);
  return 0;
}

int text_sink::bind(void* self, std::uint32_t slot, std::uint32_t* number) {
  auto& sink = *static_cast<text_sink*>(self);
  if (sink.left_ == 0) return 1;
  if (sink.left_ > 0) --sink.left_;
  auto known = std::find(sink.slots_.begin(), sink.slots_.end(), slot);
  if (!sink.reuse_ || known == sink.slots_.end()) {
    sink.slots_.push_back(slot);
    *number = static_cast<std::uint32_t>(sink.slots_.size());
  } else {
    *number = static_cast<std::uint32_t>(known - sink.slots_.begin()) + 1;
  }
  return 0;
}

}  // namespace quarry::test
