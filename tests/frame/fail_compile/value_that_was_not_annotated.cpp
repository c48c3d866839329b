// expect: no_value_named ... "m"
#include "cases.hpp"

auto value_that_was_not_annotated(const blogs& q) {
#ifdef WRONG
  return q.annotate("total"_a = quarry::Count("entry"_f)).at(0).get<"m">();
#else
  return q.annotate("total"_a = quarry::Count("entry"_f)).at(0).get<"total">();
#endif
}
