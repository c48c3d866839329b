// From query object to rows, beside the same through the database's own C API. Read the rows in pairs.
#include <benchmark/benchmark.h>

#include "allocations.hpp"
#include "executed.hpp"
#include "plain_sqlite.hpp"

namespace quarry::bench {
namespace {

template <class F>
void repeat(benchmark::State& state, F&& once) {
  once(0);  // plans and statements are made
  std::int64_t i = 0;
  const std::uint64_t before = allocations();
  for (auto _ : state) once(i++);
  state.counters["allocations"] =
      benchmark::Counter(static_cast<double>(allocations() - before), benchmark::Counter::kAvgIterations);
}

std::int64_t key(std::int64_t i) { return i % row_count + 1; }

const database& ours() {
  static const database made = filled_database();
  return made;
}
plain_database& plain() {
  static plain_database made(row_count);
  return made;
}

void pk_get(benchmark::State& state) {
  repeat(state, [](std::int64_t i) { benchmark::DoNotOptimize(get_entry(ours(), key(i))); });
}
void pk_get_plain(benchmark::State& state) {
  repeat(state, [](std::int64_t i) { benchmark::DoNotOptimize(plain().get(key(i))); });
}
void pk_get_plain_prepared_anew(benchmark::State& state) {
  repeat(state, [](std::int64_t i) { benchmark::DoNotOptimize(plain().prepare_and_get(key(i))); });
}
void stream(benchmark::State& state) {
  repeat(state, [](std::int64_t) { benchmark::DoNotOptimize(read_all(ours())); });
  state.SetItemsProcessed(state.iterations() * row_count);
}
void stream_plain(benchmark::State& state) {
  repeat(state, [](std::int64_t) { benchmark::DoNotOptimize(plain().read_all()); });
  state.SetItemsProcessed(state.iterations() * row_count);
}

BENCHMARK(pk_get)->Name("execute/pk-get");
BENCHMARK(pk_get_plain)->Name("execute/pk-get/plain");
BENCHMARK(pk_get_plain_prepared_anew)->Name("execute/pk-get/plain, prepared anew");
BENCHMARK(stream)->Name("execute/stream");
BENCHMARK(stream_plain)->Name("execute/stream/plain");

}  // namespace
}  // namespace quarry::bench
