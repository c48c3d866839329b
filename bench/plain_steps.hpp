// Steps of SQLite's virtual machine: what a statement costs there, the same on every run and every machine.
#pragma once

#include <cstdint>

namespace quarry::bench {

/// Watches every connection that this process opens from now on, also those of a plugin, which uses the same library.
void watch_steps();

/// Of all statements that came to their end since the last call.
std::uint64_t take_steps();

/// A statement that takes more than this is interrupted; 0: none is.
void limit_steps(std::uint64_t most);

}  // namespace quarry::bench
