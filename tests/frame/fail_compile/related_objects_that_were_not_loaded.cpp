// expect: relation_is_not_loaded ... "authors" ... of_model ... "Entry"
#include "cases.hpp"

std::size_t related_objects_that_were_not_loaded(const entries& q) {
#ifdef WRONG
  const auto e = q.prefetch_related<"comment">().get();
#else
  const auto e = q.prefetch_related<"authors">().get();
#endif
  const auto& authors = e.related<"authors">();
  (void)authors;
  return 0;
}
