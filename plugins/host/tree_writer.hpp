// The SQL stage as a plugin sees it: a compact copy of the nodes that a statement reaches, with tables of its own.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <quarry/ir/model/context.hpp>
#include <quarry/ir/support/result.hpp>
#include <quarry/plugins/abi/quarry_plugin.h>

namespace quarry::host {

/// An array that is written from the start again and again, and grows when it must. Its elements are not initialised.
template <class T>
class reused_array {
 public:
  /// Room for `count` elements; keeps the first `used`.
  T* room(std::size_t count, std::size_t used = 0) {
    if (capacity_ < count) grow(count, used);
    return data_.get();
  }
  const T* data() const noexcept { return data_.get(); }
  const T& operator[](std::size_t i) const noexcept { return data_[i]; }
  std::size_t capacity() const noexcept { return capacity_; }

 private:
  void grow(std::size_t count, std::size_t used) {
    const std::size_t wanted = std::max<std::size_t>({64, capacity_ * 2, count});
    auto larger = std::make_unique_for_overwrite<T[]>(wanted);
    std::copy_n(data_.get(), used, larger.get());
    data_ = std::move(larger);
    capacity_ = wanted;
  }
  std::unique_ptr<T[]> data_;
  std::size_t capacity_ = 0;
};

/// A set of kinds, operations or types, by number.
class number_set {
 public:
  static constexpr std::uint32_t limit = 256;
  /// Numbers from the limit on are not kept; there are none.
  void insert(std::uint32_t n) noexcept { words_[n / 64 % words_.size()] |= std::uint64_t{1} << n % 64; }
  /// Calls f(number) for each.
  template <class F>
  void each(F&& f) const {
    for (std::uint32_t w = 0; w < words_.size(); ++w)
      for (std::uint64_t rest = words_[w]; rest != 0; rest &= rest - 1)
        f(w * 64 + static_cast<std::uint32_t>(std::countr_zero(rest)));
  }

 private:
  std::array<std::uint64_t, limit / 64> words_{};
};

/// Memory for one statement at a time, used again and again: after the first statements nothing is allocated.
/// What `tree()` refers to lives until the next `write`, and as long as the context's names do.
class tree_buffer {
 public:
  tree_buffer() = default;
  tree_buffer(const tree_buffer&) = delete;
  tree_buffer& operator=(const tree_buffer&) = delete;
  tree_buffer(tree_buffer&&) = default;
  tree_buffer& operator=(tree_buffer&&) = default;

  /// Copies what `root` reaches. The root becomes node 0; a node reached twice is copied once.
  ir::result<void> write(const ir::context& cx, ir::any_id root);

  const quarry_tree& tree() const noexcept { return tree_; }
  /// Type of the values of a slot; unknown where no node binds it.
  std::span<const ir::type> slot_types() const noexcept { return {slot_types_.data(), tree_.slot_count}; }
  /// What the statement is made of: a plugin must have declared each of these legal.
  const number_set& kinds() const noexcept { return kinds_; }
  const number_set& ops() const noexcept { return ops_; }
  const number_set& types() const noexcept { return scalars_; }
  /// The words for node `i` of the tree in a message: "the operation 'regex'".
  std::string describe(std::uint32_t i) const;

 private:
  class copier;
  /// An index that counts only while its mark is that of the present statement: nothing has to be cleared.
  struct marked {
    std::uint32_t mark = 0;
    std::uint32_t index = 0;
  };
  /// Where a type stands, in a table that forgets one type for another of the same place.
  struct known_type {
    std::uint32_t mark = 0;
    std::uint32_t bits = 0;
    std::uint32_t index = 0;
  };
  static constexpr std::uint32_t type_places = 32;
  void start(const ir::context& cx);

  std::uint32_t mark_ = 0;
  std::vector<marked> node_marks_;                 // by node id of the context
  std::vector<marked> name_marks_;                 // by symbol
  std::array<known_type, type_places> type_marks_{};  // by some bits of the type
  reused_array<std::uint32_t> sources_;            // node id of each copied node
  reused_array<quarry_node> nodes_;
  reused_array<std::uint32_t> children_;
  reused_array<quarry_type> types_;
  reused_array<quarry_str> names_;
  reused_array<quarry_slot> slots_;
  reused_array<ir::type> slot_types_;
  number_set kinds_, ops_, scalars_;
  quarry_tree tree_{};
};

/// A type in the plugin's form.
quarry_type to_c(ir::type t) noexcept;

}  // namespace quarry::host
