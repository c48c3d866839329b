// Correlation: a subquery taken apart into rows that need nothing from around it and the condition that ties them to the row at hand.
//   filter (join inner l with e on …) where and(eq(l.author_id, a.id), contains(e.headline, %0))     within a query over `a`
//   ==>   rows: filter (join inner l with e on …) where contains(e.headline, %0)      tie: eq(l.author_id, a.id)
#pragma once

#include <cstdint>
#include <vector>

#include <quarry/ir/match/algebra.hpp>

namespace quarry::ir {

struct correlated_rows {
  enum class obstacle : std::uint8_t {
    nothing,
    too_many_relations,  ///< which instances the subquery makes is not known
    volatile_condition,
    subquery_in_tie,  ///< a condition that reads the row around has a subquery itself
    tied_inside  ///< the row around is read where a condition can't be taken out
  };
  rel_id rows;
  expr_id tie;  ///< absent where nothing around is read
  obstacle why = obstacle::nothing;
};

/// Keeps its memory.
class correlation_splitter {
 public:
  /// The rows whose existence the subquery asks for: its outputs, order, repeats and a limit of at least one don't matter.
  correlated_rows split(context& cx, rel_id query);

 private:
  rel_id untied(rel_id rel);

  context* cx_ = nullptr;
  instance_set made_;
  std::vector<std::uint32_t> ties_, local_;
  correlated_rows::obstacle why_ = correlated_rows::obstacle::nothing;
};

}  // namespace quarry::ir
