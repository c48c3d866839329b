// expect: wrong_value ... expects ... "an integer" ... given ... "a text" ... "rating__gt"
#include "cases.hpp"

auto value_of_the_wrong_type(const entries& q) {
#ifdef WRONG
  return q.filter("rating__gt"_f = "five");
#else
  return q.filter("rating__gt"_f = 5);
#endif
}
