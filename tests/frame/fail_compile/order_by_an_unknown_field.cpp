// expect: no_field_of_this_name_in_the_model
// expect(clang++-19): did_you_mean ... pub_date
// expect: "-pubdate"
#include "cases.hpp"

auto order_by_an_unknown_field(const entries& q) {
#ifdef WRONG
  return q.order_by("-pubdate");
#else
  return q.order_by("-pub_date");
#endif
}
