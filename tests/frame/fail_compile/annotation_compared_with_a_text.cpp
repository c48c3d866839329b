// expect: wrong_value ... "an integer" ... "a text" ... "n"
#include "cases.hpp"

auto annotation_compared_with_a_text(const blogs& q) {
#ifdef WRONG
  return q.annotate("n"_a = quarry::Count("entry"_f)).filter("n"_f = "x");
#else
  return q.annotate("n"_a = quarry::Count("entry"_f)).filter("n"_f = 3);
#endif
}
