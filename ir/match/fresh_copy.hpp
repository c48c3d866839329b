// A relation that stands twice in one query stands there as two copies: each instance that it makes is made anew.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <quarry/ir/match/rewrite.hpp>

namespace quarry::ir {

/// Copies a relation, subqueries in its conditions included. Keeps its memory for the next run.
class fresh_copy {
 public:
  rel_id run(context& cx, rel_id rel);
  /// What an expression over the original's columns is over those of the last copy.
  expr_id of(context& cx, expr_id e);
  /// The copy's instance that stands for one of the original's; other instances stay what they are.
  std::uint32_t of(std::uint32_t instance) const noexcept {
    return instance < copies_.size() && copies_[instance] != none ? copies_[instance] : instance;
  }

  /// The instances that the last copy made anew.
  std::span<const std::uint32_t> originals() const noexcept { return made_; }

 private:
  void find_makers(const context& cx, any_id id);
  any_id rebuilt(context& cx, any_id root);

  std::vector<std::uint32_t> copies_;  // by original instance
  std::vector<std::uint8_t> seen_;     // by node
  std::vector<std::uint32_t> made_;    // instances of the original, in the order in which they are made
  std::vector<std::uint32_t> children_;
  rewriter rewriter_;
};

}  // namespace quarry::ir
