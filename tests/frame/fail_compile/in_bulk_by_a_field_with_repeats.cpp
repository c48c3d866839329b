// expect: field_is_not_unique ... "rating" ... of_model ... "Entry"
#include "cases.hpp"

auto in_bulk_by_a_field_with_repeats(const entries& q) {
#ifdef WRONG
  return q.in_bulk<"rating">({5});
#else
  return q.in_bulk<"id">({5});
#endif
}
