// expect: aggregate_of_an_aggregate ... "sum"
#include "cases.hpp"

auto aggregate_of_an_aggregate(const blogs& q) {
#ifdef WRONG
  return q.alias("n"_a = quarry::Sum(quarry::Count("entry"_f)));
#else
  return q.alias("n"_a = quarry::Sum("entry__rating"_f));
#endif
}
