// expect: no_field_of_this_name_in_the_model
#include "cases.hpp"

auto order_by_an_unknown_annotation(const blogs& q) {
#ifdef WRONG
  return q.alias("total"_a = quarry::Count("entry"_f)).order_by("-totals_of_all");
#else
  return q.alias("total"_a = quarry::Count("entry"_f)).order_by("-total");
#endif
}
