// expect: a lookup borrows its value
// expect: quarry::Q<Model>
#include "cases.hpp"

auto kept_lookup(const entries& q) {
#ifdef WRONG
  auto good = "rating__gt"_f = 3;
#else
  const quarry::Q<blog::Entry> good = "rating__gt"_f = 3;
#endif
  return q.filter(good);
}
