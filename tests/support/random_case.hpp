// A catalog, rows that its constraints allow and a query over them, all drawn from one seed: the same on every machine.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <quarry/ir/model/context.hpp>

#include "support/plain_query.hpp"
#include "support/rows.hpp"

namespace quarry::test {

struct random_case {
  std::shared_ptr<const ir::catalog> schema;
  table_rows tables;
  param_values values;
  ir::rel_id query;  ///< of the logical stage, sound, in the context that it was made in
  bool lowered = false;  ///< from calls on a QuerySet
  std::string calls;  ///< these calls
  std::optional<plain_query> plain;  ///< the same as plain data, where its meaning is known without lowering
};

/// Two to four models, with keys and foreign keys of every sort, and a query of the shapes that the optional passes look for.
/// `cx` is reset to the catalog of the case.
random_case make_random_case(ir::context& cx, std::uint64_t seed);

/// The calls as lowering makes a query of them; absent where it refuses them, and then `values` are none.
ir::rel_id lower_plain_query(ir::context& cx, const plain_query& q, param_values& values, std::string& calls);

/// Rows that the database would not take: a trusted key without its row. Without `dangling` no key may lack its row.
bool breaks_a_key(const ir::catalog& schema, const table_rows& tables, bool dangling = true);

}  // namespace quarry::test
