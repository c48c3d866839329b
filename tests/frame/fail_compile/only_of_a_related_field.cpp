// expect: not_a_field_of_the_model_itself ... "blog__name" ... of_model ... "Entry"
#include "cases.hpp"

auto only_of_a_related_field(const entries& q) {
#ifdef WRONG
  return q.only<"headline", "blog__name">();
#else
  return q.only<"headline", "blog">();
#endif
}
