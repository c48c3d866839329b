// expect: no_unit_of_this_name
#include "cases.hpp"

auto unit_of_time_that_is_none(const entries& q) {
#ifdef WRONG
  return q.values_list(quarry::Extract("pub_date"_f, "fortnight"));
#else
  return q.values_list(quarry::Extract("pub_date"_f, "week"));
#endif
}
