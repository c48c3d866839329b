#include <quarry/dialects/base/tree.hpp>

#include <cstddef>

namespace quarry::dialect {

namespace {

template <class T>
void check_array(const void* data, std::uint32_t count, std::uint32_t stride, const char* what) {
  if (count == 0) return;
  if (data == nullptr || stride < sizeof(T) || stride % alignof(T) != 0)
    throw broken_tree(std::string("the array of ") + what + " is missing or its stride is wrong", QUARRY_NONE);
}

template <class T>
const T& element(const T* data, std::uint32_t index, std::uint32_t stride) noexcept {
  auto bytes = reinterpret_cast<const std::byte*>(data) + static_cast<std::size_t>(index) * stride;
  return *reinterpret_cast<const T*>(bytes);
}

}  // namespace

tree::tree(const quarry_tree& raw) : raw_{} {
  if (raw.size < sizeof(quarry_tree)) throw broken_tree("the tree's record is too small", QUARRY_NONE);
  raw_ = raw;
  check_array<quarry_node>(raw.nodes, raw.node_count, raw.node_stride, "nodes");
  check_array<quarry_type>(raw.types, raw.type_count, raw.type_stride, "types");
  check_array<quarry_str>(raw.names, raw.name_count, raw.name_stride, "names");
  check_array<quarry_slot>(raw.slots, raw.slot_count, raw.slot_stride, "slots");
  if (raw.child_count != 0 && raw.children == nullptr) throw broken_tree("the array of children is missing", QUARRY_NONE);
}

node tree::at(std::uint32_t index) const {
  if (index >= raw_.node_count) throw broken_tree("a child lies outside the tree", QUARRY_NONE);
  node found(*this, element(raw_.nodes, index, raw_.node_stride), index);
  const quarry_node& raw = element(raw_.nodes, index, raw_.node_stride);
  if (raw.child_count > raw_.child_count || raw.first_child > raw_.child_count - raw.child_count)
    found.broken("its children lie outside the tree");
  return found;
}

node tree::root() const { return at(raw_.root); }

const quarry_type& tree::type(std::uint32_t index, std::uint32_t user) const {
  if (index >= raw_.type_count) throw broken_tree("a type lies outside the tree", user);
  return element(raw_.types, index, raw_.type_stride);
}

std::string_view tree::name(std::uint64_t symbol, std::uint32_t user) const {
  if (symbol >= raw_.name_count) throw broken_tree("a name lies outside the tree", user);
  const quarry_str& text = element(raw_.names, static_cast<std::uint32_t>(symbol), raw_.name_stride);
  if (text.size != 0 && text.data == nullptr) throw broken_tree("a name has no text", user);
  return {text.data, static_cast<std::size_t>(text.size)};
}

const quarry_slot& tree::slot(std::uint64_t index, std::uint32_t user) const {
  if (index >= raw_.slot_count) throw broken_tree("a bind slot lies outside the tree", user);
  return element(raw_.slots, static_cast<std::uint32_t>(index), raw_.slot_stride);
}

node node::optional(std::uint32_t slot) const {
  if (slot >= raw_->child_count) return {};
  std::uint32_t index = tree_->child(raw_->first_child + slot);
  if (index == QUARRY_NONE) return {};
  return tree_->at(index);
}

node node::required(std::uint32_t slot) const {
  node found = optional(slot);
  if (!found) broken("child " + std::to_string(slot) + " is missing");
  return found;
}

std::string_view node::symbol(std::uint64_t word) const {
  if (!has_symbol(word)) return {};
  return tree_->name(word, id_);
}

void node::broken(std::string_view why) const {
  throw broken_tree("node " + std::to_string(id_) + " of kind " + std::to_string(raw_->kind) + ": " + std::string(why), id_);
}

}  // namespace quarry::dialect
