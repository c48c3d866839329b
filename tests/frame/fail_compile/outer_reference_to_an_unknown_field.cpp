// expect: no_field_named ... "titel" ... of_model ... "Blog"
#include "cases.hpp"

auto outer_reference_to_an_unknown_field(const entries& q) {
#ifdef WRONG
  return q.filter("headline"_f = quarry::OuterRef<blog::Blog>("titel"_f));
#else
  return q.filter("headline"_f = quarry::OuterRef<blog::Blog>("name"_f));
#endif
}
