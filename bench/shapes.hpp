// The shapes S1 to S8 of slow_shapes, as an application writes them. S2 is none of them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <quarry/core/query/chain.hpp>

namespace quarry::bench {

struct shape {
  std::string_view name;
  /// The same query with one of two sets of values: 0 or 1.
  detail::chain (*make)(int values);
  bool from_text = false;  ///< the C++ API has no words for it yet: `make` reads Django's
};

std::span<const shape> shapes() noexcept;

/// What an expression in Django's words asks for, over slow_shapes/models.py. Throws quarry::error.
detail::chain chain_of(std::string_view expression);

}  // namespace quarry::bench
