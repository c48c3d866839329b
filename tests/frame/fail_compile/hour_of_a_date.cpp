// expect: function_does_not_take ... "hour" ... "a date"
#include "cases.hpp"

auto hour_of_a_date(const entries& q) {
#ifdef WRONG
  return q.values_list(quarry::Extract<"hour">("pub_date"_f));
#else
  return q.values_list(quarry::Extract<"day">("pub_date"_f));
#endif
}
