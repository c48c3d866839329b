// A catalog, rows that its constraints allow and a query over them, all drawn from one seed: the same on every machine.
#pragma once

#include <cstdint>
#include <memory>

#include <quarry/ir/model/context.hpp>

#include "support/rows.hpp"

namespace quarry::test {

struct random_case {
  std::shared_ptr<const ir::catalog> schema;
  table_rows tables;
  param_values values;
  ir::rel_id query;  ///< of the logical stage, sound, in the context that it was made in
  bool lowered = false;  ///< from calls on a QuerySet
};

/// Two to four models, with keys and foreign keys of every sort, and a query of the shapes that the optional passes look for.
/// `cx` is reset to the catalog of the case.
random_case make_random_case(ir::context& cx, std::uint64_t seed);

/// Rows that the database would not take: a trusted key without its row.
bool breaks_a_key(const ir::catalog& schema, const table_rows& tables);

}  // namespace quarry::test
