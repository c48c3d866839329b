// expect: not_a_path_into_a_document ... "name"
#include "cases.hpp"

auto key_text_of_a_field(const dogs& q) {
#ifdef WRONG
  return q.alias("s"_a = quarry::KT("name"_f));
#else
  return q.alias("s"_a = quarry::KT("data__name"_f));
#endif
}
