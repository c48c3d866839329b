// Counts what operator new hands out. A program that calls this has its operators new and delete replaced, plugins included.
#pragma once

#include <cstdint>

namespace quarry::bench {

/// Allocations of this thread so far.
std::uint64_t allocations() noexcept;

}  // namespace quarry::bench
