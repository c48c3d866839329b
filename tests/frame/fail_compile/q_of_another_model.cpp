// expect: condition_of_another_model ... expects ... "Entry" ... given ... "Blog"
#include "cases.hpp"

auto q_of_another_model(const entries& q) {
#ifdef WRONG
  return q.filter(quarry::Q<blog::Blog>("name"_f = "Beatles Blog"));
#else
  return q.filter(quarry::Q<blog::Entry>("headline"_f = "Beatles Blog"));
#endif
}
