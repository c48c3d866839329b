// Decorrelation: the conditions by which the rows of a subquery are tied to the rows around it.
#pragma once

#include <vector>

#include <quarry/ir/passes/pass_context.hpp>

namespace quarry::ir {

struct untied_rows {
  rel_id rows;                 ///< reads nothing from outside, where it fits
  std::vector<expr_id> ties;   ///< conjuncts that read rows and something outside, without subqueries
  bool fits = false;
};

/// Takes the ties out of filters that stand at the top of `query` or on sides of inner joins, where a filter might as well
/// stand above. Outputs, order and repeats of `query` itself are left out: what is asked is which rows there are. Doesn't
/// fit where something else reads the outside, a tie is volatile or holds a subquery, or the number of rows is limited.
untied_rows untie(pass_context& px, rel_id query);

/// The first rows by an order, of which one column is given.
struct first_rows {
  rel_id rows;
  rel_id order;  ///< a sort; absent: in no order
  expr_id value;  ///< a column
  expr_id count, offset;

  /// (project (limit (sort rows …) …) [value]), the project being anywhere among them. False where it is something else.
  bool read(const context& cx, rel_id query);
};

}  // namespace quarry::ir
