// Spelling of semi joins, anti joins and exists, where the connection finds few matching rows faster than it asks for each outer row.
#pragma once

#include <vector>

#include <quarry/ir/match/correlation.hpp>

namespace quarry::ir {

/// One query at a time; keeps its memory.
class membership_speller {
 public:
  /// The same rows, with in_query for what is better found once than looked up for each outer row.
  rel_id run(context& cx, rel_id root);

 private:
  rel_id relation(rel_id id, bool stops_early);
  rel_id filtering_join(rel_id id, bool stops_early);
  rel_id filter(rel_id id, bool stops_early);
  /// The rows around a question: how narrow they are, and whether their reader stops when it has enough.
  struct outer_rows {
    std::uint32_t narrowing;
    bool stops_early;
  };
  any_id expression(any_id e, outer_rows outer);
  expr_id membership(const correlated_rows& inner, outer_rows outer, bool two_valued);

  context* cx_ = nullptr;
  correlation_splitter splitter_;
  std::vector<std::uint32_t> stack_;  // children of nodes being rebuilt
  std::uint32_t correlated_ = 0;  // subqueries around that are asked for each row of another
};

}  // namespace quarry::ir
