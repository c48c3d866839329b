// Nullability after outer joins went: columns are typed when they are made, so that what no outer join pads any more is
// made again.
#pragma once

#include <array>
#include <vector>

#include <quarry/ir/match/algebra.hpp>

namespace quarry::ir {

/// Keeps its memory.
class nullability_refiner {
 public:
  /// The same query in which relations that no outer join pads have their own columns' nullability again, and what is
  /// computed from them follows. Relations that change are new instances; a query with a recursive part is left alone.
  rel_id run(context& cx, rel_id root);

 private:
  rel_id relation(rel_id id, bool padded);
  rel_id scan(rel_id id, bool padded);
  rel_id join(rel_id id, bool padded);
  rel_id computed(rel_id before, rel_id rebuilt, bool padded);
  any_id expression(any_id e);
  any_id compound(any_id e);
  any_id column(any_id e);
  rel_id over(rel_id id, bool padded);

  struct renaming {
    std::uint32_t old, made;
  };
  /// A subquery that stands twice in the query is one node: what it makes is made again once.
  template <class F>
  std::uint32_t renamed(std::uint32_t old, F&& make);

  context* cx_ = nullptr;
  std::vector<renaming> names_;
  std::vector<std::uint32_t> stack_;  // children of nodes being rebuilt, from the first one that differs
  std::vector<output> outputs_;
};

}  // namespace quarry::ir
