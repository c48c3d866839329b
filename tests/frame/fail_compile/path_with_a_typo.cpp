// expect: no_field_named ... "nmae" ... of_model ... "Blog" ... did_you_mean ... "name" ... "blog__nmae__startswith"
#include "cases.hpp"

auto path_with_a_typo(const entries& q) {
#ifdef WRONG
  return q.filter("blog__nmae__startswith"_f = "Beatles");
#else
  return q.filter("blog__name__startswith"_f = "Beatles");
#endif
}
