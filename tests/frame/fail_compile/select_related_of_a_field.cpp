// expect: not_a_relation ... "headline" ... of_model ... "Entry"
#include "cases.hpp"

auto select_related_of_a_field(const entries& q) {
#ifdef WRONG
  return q.select_related<"headline">();
#else
  return q.select_related<"blog">();
#endif
}
