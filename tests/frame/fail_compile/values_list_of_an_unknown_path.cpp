// expect: no_field_named ... "titel" ... of_model ... "Blog" ... "blog__titel"
#include "cases.hpp"

auto values_list_of_an_unknown_path(const entries& q) {
#ifdef WRONG
  return q.values_list<"id", "blog__titel">();
#else
  return q.values_list<"id", "blog__tagline">();
#endif
}
