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

}  // namespace

tree::tree(const quarry_tree& raw) : raw_{} {
  if (raw.size < sizeof(quarry_tree)) throw broken_tree("the tree's record is too small", QUARRY_NONE);
  raw_ = raw;
  check_array<quarry_node>(raw.nodes, raw.node_count, raw.node_stride, "nodes");
  check_array<quarry_type>(raw.types, raw.type_count, raw.type_stride, "types");
  check_array<quarry_str>(raw.names, raw.name_count, raw.name_stride, "names");
  check_array<quarry_slot>(raw.slots, raw.slot_count, raw.slot_stride, "slots");
  if (raw.child_count != 0 && raw.children == nullptr)
    throw broken_tree("the array of children is missing", QUARRY_NONE);
}

node tree::root() const { return at(raw_.root); }

void tree::outside(const char* what, std::uint32_t user) {
  throw broken_tree(std::string(what) + " lies outside the tree", user);
}

void node::missing(std::uint32_t slot) const { broken("child " + std::to_string(slot) + " is missing"); }

void node::broken(std::string_view why) const {
  throw broken_tree("node " + std::to_string(id_) + " of kind " + std::to_string(raw_->kind) + ": " + std::string(why),
                    id_);
}

}  // namespace quarry::dialect
