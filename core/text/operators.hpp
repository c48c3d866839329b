// How tightly the operators bind: one table for reading and for writing.
#pragma once

#include <cstdint>

#include <quarry/core/text/syntax.hpp>

namespace quarry::text {

/// Larger binds tighter.
enum class binding : std::uint8_t { loosest, comparison, bit_or, bit_xor, bit_and, sum, product, sign, power, primary };

constexpr binding binding_of(syntax::op o) noexcept {
  using syntax::op;
  switch (o) {
    case op::invert:
    case op::negate:
    case op::plus: return binding::sign;
    case op::bit_or: return binding::bit_or;
    case op::bit_xor: return binding::bit_xor;
    case op::bit_and: return binding::bit_and;
    case op::add:
    case op::subtract: return binding::sum;
    case op::multiply:
    case op::divide:
    case op::floor_divide:
    case op::modulo: return binding::product;
    case op::power: return binding::power;
    case op::equal:
    case op::not_equal:
    case op::less:
    case op::less_equal:
    case op::greater:
    case op::greater_equal: return binding::comparison;
  }
  return binding::loosest;
}

constexpr bool is_comparison(syntax::op o) noexcept { return binding_of(o) == binding::comparison; }

}  // namespace quarry::text
