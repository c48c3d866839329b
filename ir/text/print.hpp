// The text form of the IR: what --print-ir shows and .qir files hold. Deterministic; every stage has it.
#pragma once

#include <string>

#include <quarry/ir/model/context.hpp>

namespace quarry::ir {

/// One statement a relation, innermost first, inside `query(params) { … }`.
std::string print(const context& cx, any_id root, stage s);

/// "text!", "i32?", "decimal(10,2)!": ! is never NULL, ? may be.
std::string print(type t);

}  // namespace quarry::ir
