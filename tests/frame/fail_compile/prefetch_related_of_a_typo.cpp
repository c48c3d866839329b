// expect: no_field_named ... "auhtors" ... did_you_mean ... "authors"
#include "cases.hpp"

auto prefetch_related_of_a_typo(const entries& q) {
#ifdef WRONG
  return q.prefetch_related<"auhtors">();
#else
  return q.prefetch_related<"authors">();
#endif
}
