// QuerySets with aggregates as a user reads them, and what they mean by the rules of "Meaning of a query", straight from the
// rows: no IR, no joins, no grouping of ours has a part in it. The lowering is compared with it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <quarry/ir/model/context.hpp>

#include "support/rows.hpp"

namespace quarry::test {

struct plain_query {
  struct path {
    std::vector<std::uint32_t>
        steps;  ///< relations by index, each of the model reached so far; many-to-many as two steps
    std::uint32_t column = 0;  ///< of the last model
    std::string text;  ///< as lookups write it
  };
  struct atom {
    path of;
    ir::op test;  ///< a comparison, or is_null
    std::int64_t value = 0;
  };
  struct filter {
    bool exclude = false;
    bool any = false;  ///< one of the atoms will do
    std::vector<atom> atoms;
  };
  struct total {
    ir::op function;
    bool distinct = false;
    path of;
    std::optional<atom> when;  ///< over the same relations as `of`, or over none that has many rows
  };
  struct condition {
    std::size_t total;
    ir::op test;
    std::int64_t value;
  };

  std::uint32_t model = 0;
  std::vector<filter> before, after;
  std::vector<path> groups;  ///< values() before annotate(); none: each row is a group
  std::vector<total> totals;
  std::vector<condition> having;
  bool whole = false;  ///< aggregate(): one row, without groups, later filters and conditions
};

/// The rows, in no order: the primary key or the values of the group, then the totals.
std::vector<row> meaning(const plain_query& q, const ir::catalog& schema, const table_rows& tables);

/// The same as calls on a QuerySet; the values go to `values`.
ir::rel_id to_surface(const plain_query& q, ir::context& cx, param_values& values);

}  // namespace quarry::test
