// expect: function_does_not_take ... "trunc_month" ... "an integer"
#include "cases.hpp"

auto month_of_a_number(const entries& q) {
#ifdef WRONG
  return q.values_list(quarry::TruncMonth("rating"_f));
#else
  return q.values_list(quarry::TruncMonth("pub_date"_f));
#endif
}
