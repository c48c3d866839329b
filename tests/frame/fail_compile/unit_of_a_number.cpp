// expect: function_does_not_take ... "Trunc" ... "an integer"
#include "cases.hpp"

auto unit_of_a_number(const entries& q) {
#ifdef WRONG
  return q.values_list(quarry::Trunc("rating"_f, "month"));
#else
  return q.values_list(quarry::Trunc("pub_date"_f, "month"));
#endif
}
