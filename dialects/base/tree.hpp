#ifndef QUARRY_DIALECTS_BASE_TREE_HPP
#define QUARRY_DIALECTS_BASE_TREE_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <quarry/dialects/base/error.hpp>
#include <quarry/plugins/abi/quarry_plugin.h>

namespace quarry::dialect {

class node;

// A read-only view of a quarry_tree. Every index is checked where it is used, so that a broken tree ends in broken_tree.
class tree {
 public:
  // Throws broken_tree when the record or a stride is smaller than this version of the header says.
  explicit tree(const quarry_tree& raw);

  // Inline, as what follows in this file: emitting a statement is mostly this.
  node at(std::uint32_t index) const;
  node root() const;

  std::uint32_t child(std::uint32_t index) const noexcept { return raw_.children[index]; }
  std::uint32_t child_count() const noexcept { return raw_.child_count; }
  const quarry_type& type(std::uint32_t index, std::uint32_t user) const;
  std::string_view name(std::uint64_t symbol, std::uint32_t user) const;
  const quarry_slot& slot(std::uint64_t index, std::uint32_t user) const;

 private:
  template <class T>
  static const T& element(const T* data, std::uint32_t index, std::uint32_t stride) noexcept {
    auto bytes = reinterpret_cast<const std::byte*>(data) + static_cast<std::size_t>(index) * stride;
    return *reinterpret_cast<const T*>(bytes);
  }
  [[noreturn]] static void outside(const char* what, std::uint32_t user);

  quarry_tree raw_;
};

// One node, or nothing: an absent optional child is a node that converts to false.
class node {
 public:
  node() = default;
  node(const tree& owner, const quarry_node& raw, std::uint32_t id) noexcept : tree_(&owner), raw_(&raw), id_(id) {}

  explicit operator bool() const noexcept { return raw_ != nullptr; }
  std::uint32_t id() const noexcept { return id_; }
  std::uint32_t kind() const noexcept { return raw_->kind; }
  bool is(std::uint32_t kind) const noexcept { return raw_ != nullptr && raw_->kind == kind; }
  bool flag(std::uint32_t bit) const noexcept { return (raw_->flags & bit) != 0; }
  std::uint64_t a() const noexcept { return raw_->a; }
  std::uint32_t b() const noexcept { return raw_->b; }

  bool has_type() const noexcept { return raw_->type != QUARRY_NONE; }
  // The type of a value; throws where the node has none.
  const quarry_type& type() const { return tree_->type(raw_->type, id_); }
  // QUARRY_TYPE_... of a value, QUARRY_TYPE_UNKNOWN where the node has no type.
  std::uint32_t type_code() const { return has_type() ? type().type : QUARRY_TYPE_UNKNOWN; }

  std::uint32_t child_count() const noexcept { return raw_->child_count; }
  // The child in a slot; absent when it is QUARRY_NONE or lies behind the last one.
  node optional(std::uint32_t slot) const;
  // The same, and throws when it is absent.
  node required(std::uint32_t slot) const;

  // Texts of symbols; empty when absent.
  std::string_view symbol(std::uint64_t word) const;
  bool has_symbol(std::uint64_t word) const noexcept { return static_cast<std::uint32_t>(word) != QUARRY_NONE; }

  const tree& owner() const noexcept { return *tree_; }
  [[noreturn]] void broken(std::string_view why) const;

 private:
  [[noreturn]] void missing(std::uint32_t slot) const;

  const tree* tree_ = nullptr;
  const quarry_node* raw_ = nullptr;
  std::uint32_t id_ = QUARRY_NONE;
};

// The children of a node from a slot on, for range-for.
class tail {
 public:
  tail(const node& of, std::uint32_t from) noexcept
      : of_(of), from_(from < of.child_count() ? from : of.child_count()), size_(of.child_count() - from_) {}

  class iterator {
   public:
    iterator(const node* of, std::uint32_t slot) noexcept : of_(of), slot_(slot) {}
    node operator*() const { return of_->required(slot_); }
    iterator& operator++() noexcept {
      ++slot_;
      return *this;
    }
    bool operator==(const iterator& other) const noexcept { return slot_ == other.slot_; }

   private:
    const node* of_;
    std::uint32_t slot_;
  };

  iterator begin() const noexcept { return {&of_, from_}; }
  iterator end() const noexcept { return {&of_, from_ + size_}; }
  std::uint32_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  node operator[](std::uint32_t index) const { return of_.required(from_ + index); }

 private:
  node of_;
  std::uint32_t from_;
  std::uint32_t size_;
};

inline node tree::at(std::uint32_t index) const {
  if (index >= raw_.node_count) outside("a child", QUARRY_NONE);
  const quarry_node& raw = element(raw_.nodes, index, raw_.node_stride);
  if (raw.child_count > raw_.child_count || raw.first_child > raw_.child_count - raw.child_count)
    outside("a child of this node", index);
  return {*this, raw, index};
}

inline const quarry_type& tree::type(std::uint32_t index, std::uint32_t user) const {
  if (index >= raw_.type_count) outside("a type", user);
  return element(raw_.types, index, raw_.type_stride);
}

inline std::string_view tree::name(std::uint64_t symbol, std::uint32_t user) const {
  if (symbol >= raw_.name_count) outside("a name", user);
  const quarry_str& text = element(raw_.names, static_cast<std::uint32_t>(symbol), raw_.name_stride);
  if (text.size != 0 && text.data == nullptr) outside("the text of a name", user);
  return {text.data, static_cast<std::size_t>(text.size)};
}

inline const quarry_slot& tree::slot(std::uint64_t index, std::uint32_t user) const {
  if (index >= raw_.slot_count) outside("a bind slot", user);
  return element(raw_.slots, static_cast<std::uint32_t>(index), raw_.slot_stride);
}

inline node node::optional(std::uint32_t slot) const {
  if (slot >= raw_->child_count) return {};
  std::uint32_t index = tree_->child(raw_->first_child + slot);
  if (index == QUARRY_NONE) return {};
  return tree_->at(index);
}

inline node node::required(std::uint32_t slot) const {
  node found = optional(slot);
  if (!found) missing(slot);
  return found;
}

inline std::string_view node::symbol(std::uint64_t word) const {
  return has_symbol(word) ? tree_->name(word, id_) : std::string_view();
}

}  // namespace quarry::dialect

#endif
