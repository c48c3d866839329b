// expect: no_field_named ... "tagline" ... of_model ... "Entry"
#include "cases.hpp"

auto f_of_another_model(const entries& q) {
#ifdef WRONG
  return q.filter("headline"_f = quarry::F("tagline"_f));
#else
  return q.filter("headline"_f = quarry::F("blog__tagline"_f));
#endif
}
