// Queries of the logical stage drawn at random: also in shapes that no lowering makes yet.
#pragma once

#include <quarry/ir/model/context.hpp>

#include "support/random_schema.hpp"

namespace quarry::test {

/// Ends in what a caller of the library may ask for: rows, each once, sorted, cut, counted, grouped.
ir::rel_id random_query(ir::context& cx, random_numbers& random, param_values& values);

}  // namespace quarry::test
