// expect: no_lookup_named ... "icontains" ... "rating__icontains"
#include "cases.hpp"

auto text_lookup_on_a_number(const entries& q) {
#ifdef WRONG
  return q.filter("rating__icontains"_f = "5");
#else
  return q.filter("headline__icontains"_f = "5");
#endif
}
