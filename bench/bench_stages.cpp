// The time of each stage, and of a whole query cold and warm.
#include <benchmark/benchmark.h>

#include <chrono>
#include <memory>
#include <string>

#include "allocations.hpp"
#include "passes.hpp"
#include "stages.hpp"

namespace quarry::bench {
namespace {

/// What comes before a stage is not timed; the clock itself costs some 20 ns, which the row "nothing" shows.
template <class Prepare, class Run>
void time(benchmark::State& state, Prepare&& prepare, Run&& run) {
  for (int warm_up = 0; warm_up < 5; ++warm_up) {
    prepare();
    run();
  }
  std::uint64_t allocated = 0;
  for (auto _ : state) {
    prepare();
    const std::uint64_t before = allocations();
    const auto start = std::chrono::steady_clock::now();
    run();
    const auto end = std::chrono::steady_clock::now();
    allocated += allocations() - before;
    state.SetIterationTime(std::chrono::duration<double>(end - start).count());
  }
  state.counters["allocations"] =
      benchmark::Counter(static_cast<double>(allocated), benchmark::Counter::kAvgIterations);
}

const host::dialect& dialect() {
  static const host::dialect made = built_dialect();
  return made;
}

bool register_rows() {
  const auto add = [](const std::string& name, auto&& row) {
    benchmark::RegisterBenchmark(name.c_str(), row)->UseManualTime();
  };
  add("nothing", [](benchmark::State& state) { time(state, [] {}, [] {}); });
  for (const query q : queries)
    for (const stage s : all_stages)
      add(std::string(name_of(q)) + "/" + std::string(name_of(s)), [q, s](benchmark::State& state) {
        staged_query staged(dialect(), q);
        time(state, [&] { staged.prepare(s); }, [&] { staged.run(s); });
      });
  for (const pass_row& row : pass_rows)
    for (const bool fires : {true, false})
      add("pass/" + std::string(row.pass) + (fires ? "/fires" : "/stays"), [&row, fires](benchmark::State& state) {
        staged_pass staged(row, fires);
        time(state, [&] { staged.prepare(); }, [&] { staged.run(); });
      });
  return true;
}

[[maybe_unused]] const bool registered = register_rows();

}  // namespace
}  // namespace quarry::bench
