// expect: no_lookup_named ... "startwith" ... did_you_mean ... "startswith" ... "headline__startwith"
#include "cases.hpp"

auto unknown_lookup(const entries& q) {
#ifdef WRONG
  return q.filter("headline__startwith"_f = "What");
#else
  return q.filter("headline__startswith"_f = "What");
#endif
}
