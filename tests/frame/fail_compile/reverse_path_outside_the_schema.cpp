// expect: no_field_named ... "chapter" ... of_model ... "Author" ... "authors__chapter__title"
#include "cases.hpp"

// A model that refers to Author, in a schema of its own.
namespace library {
struct Chapter {
  quarry::auto_id id{};
  quarry::foreign_key<blog::Author> author{};
  std::string title{};
};
}  // namespace library
template <>
struct quarry::meta<library::Chapter> {
  static constexpr auto value = quarry::describe("Chapter", quarry::field("id", &library::Chapter::id),
                                                 quarry::field("author", &library::Chapter::author),
                                                 quarry::field("title", &library::Chapter::title));
};

auto reverse_path_outside_the_schema(const entries& q) {
#ifdef WRONG
  return q.filter("authors__chapter__title"_f = "One");
#else
  return q.filter("authors__remarks__text"_f = "One");
#endif
}
