// expect: not_a_relation ... "headline"
#include "cases.hpp"

auto filtered_relation_of_a_field(const entries& q) {
#ifdef WRONG
  return q.alias("s"_a = quarry::FilteredRelation("headline"_f, "rating"_f = 1));
#else
  return q.alias("s"_a = quarry::FilteredRelation("blog"_f, "rating"_f = 1));
#endif
}
