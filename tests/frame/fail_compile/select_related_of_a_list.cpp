// expect: leads_to_many_objects ... "authors" ... of_model ... "Entry" ... "entry__authors"
#include "cases.hpp"

auto select_related_of_a_list(const quarry::query_set<blog::Comment>& q) {
#ifdef WRONG
  return q.select_related<"entry__authors">();
#else
  return q.prefetch_related<"entry__authors">();
#endif
}
