// expect: needs_a_window ... "rank"
#include "cases.hpp"

auto rank_without_a_window(const entries& q) {
#ifdef WRONG
  return q.alias("n"_a = quarry::Rank());
#else
  return q.alias("n"_a = quarry::Window(quarry::Rank()).order_by("id"_f));
#endif
}
