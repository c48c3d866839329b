// The record of a compilation, told along the statement that came out.
#pragma once

#include <quarry/ir/model/context.hpp>
#include <quarry/ir/provenance/explanation.hpp>
#include <quarry/ir/provenance/provenance.hpp>

namespace quarry::ir {

/// `statement`: of the SQL stage, in the context of the compilation; absent where no statement is run. The text of the SQL
/// is left to the caller.
explanation explain(const context& cx, const provenance& record, rel_id statement);

}  // namespace quarry::ir
