#include "plain_steps.hpp"

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>

namespace quarry::bench {
namespace {

constexpr int steps_between_looks = 1'000'000;

std::uint64_t taken = 0, looks = 0, most_looks = 0;

int on_end(unsigned, void*, void* statement, void*) {
  taken += static_cast<std::uint64_t>(
      sqlite3_stmt_status(static_cast<sqlite3_stmt*>(statement), SQLITE_STMTSTATUS_VM_STEP, 1));
  return 0;
}

int on_look(void*) { return most_looks != 0 && ++looks > most_looks ? 1 : 0; }

int on_open(sqlite3* db, const char**, const void*) {
  sqlite3_trace_v2(db, SQLITE_TRACE_PROFILE, on_end, nullptr);
  sqlite3_progress_handler(db, steps_between_looks, on_look, nullptr);
  return SQLITE_OK;
}

}  // namespace

void watch_steps() {
  // SQLite's own type of this function says nothing of its arguments.
  if (sqlite3_auto_extension(reinterpret_cast<void (*)()>(on_open)) == SQLITE_OK) return;
  std::fprintf(stderr, "plain_steps: SQLite takes no extension\n");
  std::abort();
}

std::uint64_t take_steps() {
  const std::uint64_t out = taken;
  taken = 0;
  looks = 0;
  return out;
}

void limit_steps(std::uint64_t most) {
  most_looks = most / steps_between_looks;
  looks = 0;
}

}  // namespace quarry::bench
