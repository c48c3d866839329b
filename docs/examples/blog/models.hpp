// The models of the example: plain aggregates, described beside their declaration.
#pragma once

#include <optional>
#include <string>

#include <quarry/quarry.hpp>

struct Blog {
  quarry::auto_id id{};
  std::string name{};
  std::string tagline{};
};

struct Author {
  quarry::auto_id id{};
  std::string name{};
  std::string email{};
};

struct Entry {
  quarry::auto_id id{};
  quarry::foreign_key<Blog> blog{};
  std::string headline{};
  quarry::date pub_date{};
  std::optional<int> rating{};  // nullable column
  quarry::many_to_many<Author> authors{};
};

template <>
struct quarry::meta<Blog> {
  static constexpr auto value =
      quarry::describe("Blog", quarry::field("id", &Blog::id), quarry::field("name", &Blog::name, {.max_length = 100}),
                       quarry::field("tagline", &Blog::tagline));
};

template <>
struct quarry::meta<Author> {
  static constexpr auto value = quarry::describe("Author", quarry::field("id", &Author::id),
                                                 quarry::field("name", &Author::name, {.max_length = 200}),
                                                 quarry::field("email", &Author::email, {.max_length = 254}));
};

template <>
struct quarry::meta<Entry> {
  static constexpr auto value = quarry::describe(
      "Entry", quarry::field("id", &Entry::id), quarry::field("blog", &Entry::blog, {.on_delete = quarry::cascade}),
      quarry::field("headline", &Entry::headline, {.max_length = 255}), quarry::field("pub_date", &Entry::pub_date),
      quarry::field("rating", &Entry::rating), quarry::field("authors", &Entry::authors));
};

QUARRY_SCHEMA(blog_schema, Blog, Author, Entry)
