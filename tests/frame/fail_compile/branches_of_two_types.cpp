// expect: types_do_not_go_together ... "an integer" ... "a text"
#include "cases.hpp"

auto branches_of_two_types(const entries& q) {
#ifdef WRONG
  return q.alias("s"_a = quarry::Case(quarry::When("rating"_f = 1, 1), quarry::When("rating"_f = 2, "x")));
#else
  return q.alias("s"_a = quarry::Case(quarry::When("rating"_f = 1, 1), quarry::When("rating"_f = 2, 2)));
#endif
}
