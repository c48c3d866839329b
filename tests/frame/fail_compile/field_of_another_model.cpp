// expect: no_field_named ... "tagline" ... of_model ... "Entry"
#include "cases.hpp"

auto field_of_another_model(const entries& q) {
#ifdef WRONG
  return q.filter("tagline"_f = "news");
#else
  return q.filter("blog__tagline"_f = "news");
#endif
}
