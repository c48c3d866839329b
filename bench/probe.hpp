// Instructions and allocations of one step. Without callgrind the step runs all the same, and its allocations are counted.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_ZERO_STATS
#define CALLGRIND_TOGGLE_COLLECT
#define CALLGRIND_DUMP_STATS_AT(name)
#endif

#include "allocations.hpp"

namespace quarry::bench {

/// Prints "name, rounds, allocations of all rounds"; callgrind writes the instructions of all rounds to a dump of that name.
template <class Prepare, class Run>
void probe(const std::string& name, Prepare&& prepare, Run&& run, int rounds = 20,
           std::uint64_t (*counted)() noexcept = allocations) {
  const int warm_up = 2 * rounds;
  for (int i = 0; i < warm_up; ++i) {
    prepare();
    run();
  }
  std::uint64_t allocated = 0;
  CALLGRIND_ZERO_STATS;
  for (int i = 0; i < rounds; ++i) {
    prepare();
    const std::uint64_t before = counted();
    CALLGRIND_TOGGLE_COLLECT;
    run();
    CALLGRIND_TOGGLE_COLLECT;
    allocated += counted() - before;
  }
  CALLGRIND_DUMP_STATS_AT(name.c_str());
  std::printf("%s\t%d\t%llu\n", name.c_str(), rounds, static_cast<unsigned long long>(allocated));
}

}  // namespace quarry::bench
