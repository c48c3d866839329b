// A set of columns (instance, field), kept in one word an instance.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <quarry/ir/match/algebra.hpp>

namespace quarry::ir {

/// Columns of a model beyond the 63rd share a bit: `has` may say yes for one of them though another was added. Whoever
/// must not be told too much adds with `add_exact`. Keeps its memory between runs.
class column_set {
 public:
  void clear(const context& cx) { words_.assign(cx.instance_count(), 0); }
  void add(std::uint32_t instance, std::uint64_t field) {
    if (instance >= words_.size()) words_.resize(std::size_t{instance} + 1, 0);
    words_[instance] |= bit(field);
  }
  void add_exact(std::uint32_t instance, std::uint64_t field) {
    if (field < shared_bit) add(instance, field);
  }
  /// Every column of the instance.
  void add_all(std::uint32_t instance) {
    if (instance >= words_.size()) words_.resize(std::size_t{instance} + 1, 0);
    words_[instance] = ~std::uint64_t{0};
  }
  void remove(std::uint32_t instance, std::uint64_t field) {
    if (instance < words_.size() && field < shared_bit) words_[instance] &= ~bit(field);
  }
  bool has(std::uint32_t instance, std::uint64_t field) const noexcept { return (word(instance) & bit(field)) != 0; }
  bool has_any(std::uint32_t instance) const noexcept { return word(instance) != 0; }
  /// The instance's columns in the set are at most this one.
  bool has_only(std::uint32_t instance, std::uint64_t field) const noexcept {
    return field < shared_bit && (word(instance) & ~bit(field)) == 0;
  }
  /// A column of one of these instances is in the set; yes where the instances are not known.
  bool touches(instance_set instances) const {
    if (!instances.known()) return true;
    bool any = false;
    instances.each([&](std::uint32_t i) { any = any || has_any(i); });
    return any;
  }
  bool empty() const noexcept {
    return std::all_of(words_.begin(), words_.end(), [](std::uint64_t w) { return w == 0; });
  }

 private:
  static constexpr std::uint64_t shared_bit = 63;
  static constexpr std::uint64_t bit(std::uint64_t field) noexcept {
    return std::uint64_t{1} << std::min(field, shared_bit);
  }
  std::uint64_t word(std::uint32_t instance) const noexcept { return instance < words_.size() ? words_[instance] : 0; }
  std::vector<std::uint64_t> words_;
};

}  // namespace quarry::ir
