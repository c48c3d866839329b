// expect: Subquery() wants a query of one column
#include "cases.hpp"

auto subquery_of_objects(const entries& q) {
#ifdef WRONG
  return q.alias("s"_a = quarry::Subquery(q));
#else
  return q.alias("s"_a = quarry::Subquery(q.values_list<"id">().slice(0, 1)));
#endif
}
