// expect: not_a_function_of_windows ... "rating"
#include "cases.hpp"

auto window_over_no_function(const entries& q) {
#ifdef WRONG
  return q.alias("n"_a = quarry::Window(quarry::F("rating"_f)));
#else
  return q.alias("n"_a = quarry::Window(quarry::Sum("rating"_f)));
#endif
}
