// Counts what operator new hands out. A test program that calls this has its operators new and delete replaced.
#pragma once

#include <cstdint>

namespace quarry::test {

/// Allocations of this thread so far.
std::uint64_t allocations() noexcept;

}  // namespace quarry::test
