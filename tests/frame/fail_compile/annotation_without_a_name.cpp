// expect: this value needs a name
#include "cases.hpp"

auto annotation_without_a_name(const blogs& q) {
#ifdef WRONG
  return q.annotate(quarry::Lower("name"_f));
#else
  return q.annotate(quarry::Max("name"_f));
#endif
}
