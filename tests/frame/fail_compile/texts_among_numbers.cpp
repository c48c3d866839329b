// expect: function_does_not_take ... "in_list" ... "a text"
#include "cases.hpp"

auto texts_among_numbers(const entries& q) {
#ifdef WRONG
  return q.filter(quarry::In("rating"_f, {"a", "b"}));
#else
  return q.filter(quarry::In("rating"_f, {1, 2}));
#endif
}
