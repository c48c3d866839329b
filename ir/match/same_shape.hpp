// Whether two trees of one query compute the same but for the instances that they make.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include <quarry/ir/match/algebra.hpp>

namespace quarry::ir {

/// Keeps its memory. Between calls it remembers which instances stand for each other: parts that belong together are
/// compared one after the other, makers first.
class same_shape {
 public:
  void clear() noexcept { pairs_.clear(); }
  bool compare(const context& cx, any_id a, any_id b);
  /// (made in the first tree, made in the second one in its place)
  std::span<const std::pair<std::uint32_t, std::uint32_t>> instances() const noexcept { return pairs_; }

 private:
  bool stand_for_each_other(std::uint32_t a, std::uint32_t b) const noexcept;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs_;
};

}  // namespace quarry::ir
