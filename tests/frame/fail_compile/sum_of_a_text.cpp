// expect: function_does_not_take ... "sum" ... "a text"
#include "cases.hpp"

auto sum_of_a_text(const entries& q) {
#ifdef WRONG
  return q.alias("n"_a = quarry::Sum("headline"_f));
#else
  return q.alias("n"_a = quarry::Sum("rating"_f));
#endif
}
