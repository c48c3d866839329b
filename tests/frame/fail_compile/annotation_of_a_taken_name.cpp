// expect: name_is_taken ... "n"
#include "cases.hpp"

auto annotation_of_a_taken_name(const blogs& q) {
#ifdef WRONG
  return q.annotate("n"_a = 1).annotate("n"_a = 2);
#else
  return q.annotate("n"_a = 1).annotate("m"_a = 2);
#endif
}
