// The reference interpreter: logical IR over rows in memory, by the definition of each kind and operation, in the simplest way
// that is right. What queries mean is compared with it, so it shares nothing with passes, analyses and legalization, and takes
// no shortcut that they take.
//
// Three-valued logic by the book. Portable semantics: NULLs sort first ascending and last descending, texts compare by code
// point, integers divide towards zero, a division by zero is NULL, and an integer that does not fit its type is an error.
#pragma once

#include <vector>

#include <quarry/ir/model/context.hpp>

#include "support/cells.hpp"

namespace quarry::test {

/// The rows that `root`, a sound tree of the logical stage, gives, in its order. A relation that shows several instances gives
/// the columns of each, from left to right. Throws not_interpreted and query_failed.
std::vector<row> interpret(const ir::context& cx, ir::rel_id root, const table_rows& tables,
                           const param_values& values = {});

}  // namespace quarry::test
