// expect: no_field_named ... "entires" ... of_model ... "Blog" ... did_you_mean ... "entries"
#include "cases.hpp"

auto annotation_that_nobody_made(const blogs& q) {
#ifdef WRONG
  return q.annotate("entries"_a = quarry::Count("entry"_f)).filter("entires__gt"_f = 2);
#else
  return q.annotate("entries"_a = quarry::Count("entry"_f)).filter("entries__gt"_f = 2);
#endif
}
