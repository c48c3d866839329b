// expect: not_a_condition ... "an integer"
#include "cases.hpp"

auto number_as_a_condition(const entries& q) {
#ifdef WRONG
  return q.filter(quarry::F("rating"_f));
#else
  return q.filter(quarry::GreaterThan("rating"_f, 1));
#endif
}
