// slow_shapes/models.py in C++.
#pragma once

#include <string>

#include <quarry/core/quarry.hpp>

namespace shape_models {

struct Author {
  quarry::auto_id id{};
  std::string name{};
  std::string email{};
};

struct Blog {
  quarry::auto_id id{};
  std::string name{};
  std::string tagline{};
  quarry::many_to_many<Author> subscribers{};
};

struct Entry {
  quarry::auto_id id{};
  quarry::foreign_key<Blog> blog{};
  std::string headline{};
  std::string body_text{};
  quarry::date pub_date{};
  quarry::date mod_date{};
  quarry::many_to_many<Author> authors{};
  int number_of_comments = 0;
  int number_of_pingbacks = 0;
  int rating = 0;
};

}  // namespace shape_models

template <>
struct quarry::meta<shape_models::Author> {
  using model = shape_models::Author;
  static constexpr auto value = quarry::describe("Author", {.table = "author"}, quarry::field("id", &model::id),
                                                 quarry::field("name", &model::name, {.max_length = 200}),
                                                 quarry::field("email", &model::email, {.max_length = 254}));
};

template <>
struct quarry::meta<shape_models::Blog> {
  using model = shape_models::Blog;
  static constexpr auto value =
      quarry::describe("Blog", {.table = "blog"}, quarry::field("id", &model::id),
                       quarry::field("name", &model::name, {.max_length = 100}),
                       quarry::field("tagline", &model::tagline), quarry::field("subscribers", &model::subscribers));
};

template <>
struct quarry::meta<shape_models::Entry> {
  using model = shape_models::Entry;
  static constexpr auto value = quarry::describe(
      "Entry", {.table = "entry"}, quarry::field("id", &model::id),
      quarry::field("blog", &model::blog, {.on_delete = quarry::cascade}),
      quarry::field("headline", &model::headline, {.max_length = 255}), quarry::field("body_text", &model::body_text),
      quarry::field("pub_date", &model::pub_date), quarry::field("mod_date", &model::mod_date),
      quarry::field("authors", &model::authors), quarry::field("number_of_comments", &model::number_of_comments),
      quarry::field("number_of_pingbacks", &model::number_of_pingbacks), quarry::field("rating", &model::rating));
};

namespace shape_models {
QUARRY_SCHEMA(shape_schema, Author, Blog, Entry)
}
