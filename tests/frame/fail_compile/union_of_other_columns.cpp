// expect: these queries have rows of other columns
#include "cases.hpp"

auto union_of_other_columns(const entries& q) {
#ifdef WRONG
  return q.values_list<"rating">().union_(q.values_list<"headline">());
#else
  return q.values_list<"rating">().union_(q.values_list<"id">());
#endif
}
