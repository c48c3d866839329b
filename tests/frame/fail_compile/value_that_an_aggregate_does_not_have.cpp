// expect: no_value_named ... "rating__max" ... did_you_mean ... "rating__min"
#include "cases.hpp"

auto value_that_an_aggregate_does_not_have(const entries& q) {
#ifdef WRONG
  return q.aggregate(quarry::Min("rating"_f)).get<"rating__max">();
#else
  return q.aggregate(quarry::Min("rating"_f)).get<"rating__min">();
#endif
}
