// QuerySets drawn at random: chained calls as a caller writes them, lowered to the logical stage.
#pragma once

#include <string>

#include <quarry/ir/model/context.hpp>

#include "support/random_schema.hpp"

namespace quarry::test {

/// A query of the logical stage as lowering makes it, or none where lowering refuses the calls. `text`: the calls, or why not.
ir::rel_id random_query_set(ir::context& cx, random_numbers& random, param_values& values, std::string& text);

}  // namespace quarry::test
