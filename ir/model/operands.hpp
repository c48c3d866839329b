// What operations work on: the lowering asks before it makes one and tells the user, the verifier asks again and tells us.
#pragma once

#include <span>

#include <quarry/ir/model/context.hpp>
#include <quarry/ir/model/op_types.hpp>

namespace quarry::ir {

/// The first argument that the operation does not work on; absent when it works on all. How many there are is another question.
any_id first_misfit(const context& cx, op o, std::span<const std::uint32_t> args) noexcept;

}  // namespace quarry::ir
