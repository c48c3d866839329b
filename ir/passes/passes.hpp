// The optional passes. Each takes a query of the logical stage and gives one with the same rows.
#pragma once

#include <quarry/ir/passes/pass_context.hpp>

namespace quarry::ir {

#define QUARRY_PASS(name, function, ...) rel_id function(pass_context& px, rel_id root);
#include <quarry/ir/passes/pipeline.def>
#undef QUARRY_PASS

}  // namespace quarry::ir
