// expect: field_is_not_loaded ... "rating" ... of_model ... "Entry"
#include "cases.hpp"

std::int64_t partial_field_that_was_not_loaded(const entries& q) {
#ifdef WRONG
  return q.only<"headline">().get().get<"rating">();
#else
  return q.only<"headline", "rating">().get().get<"rating">();
#endif
}
