// What operations work on: the lowering asks before it makes one and tells the user, the verifier asks again and tells us.
#pragma once

#include <span>

#include <quarry/ir/model/context.hpp>

namespace quarry::ir {

/// Whether values of the two kinds may be compared: numbers with numbers, dates with datetimes, anything with what has no type.
bool same_family(scalar a, scalar b) noexcept;

/// The first argument that the operation does not work on; absent when it works on all. How many there are is another question.
any_id first_misfit(const context& cx, op o, std::span<const std::uint32_t> args) noexcept;

}  // namespace quarry::ir
