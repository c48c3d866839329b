// expect: function_does_not_take ... "add" ... "a text"
#include "cases.hpp"

auto text_added_to_a_number(const entries& q) {
#ifdef WRONG
  return q.alias("n"_a = quarry::F("rating"_f) + "x");
#else
  return q.alias("n"_a = quarry::F("rating"_f) + 1);
#endif
}
