// The models of the benchmarks: the blog of Django's documentation, without what no benchmark asks for.
#pragma once

#include <string>

#include <quarry/core/quarry.hpp>

namespace blog {

struct Blog {
  quarry::auto_id id{};
  std::string name{};
  std::string tagline{};
};

struct Entry {
  quarry::auto_id id{};
  quarry::foreign_key<Blog> blog{};
  std::string headline{};
  std::string body_text{};
  quarry::date pub_date{};
  quarry::date mod_date{};
  int number_of_comments = 0;
  int number_of_pingbacks = 0;
  int rating = 0;
};

}  // namespace blog

template <>
struct quarry::meta<blog::Blog> {
  static constexpr auto value = quarry::describe("Blog", quarry::field("id", &blog::Blog::id),
                                                 quarry::field("name", &blog::Blog::name, {.max_length = 100}),
                                                 quarry::field("tagline", &blog::Blog::tagline));
};

template <>
struct quarry::meta<blog::Entry> {
  static constexpr auto value = quarry::describe(
      "Entry", quarry::field("id", &blog::Entry::id),
      quarry::field("blog", &blog::Entry::blog, {.on_delete = quarry::cascade}),
      quarry::field("headline", &blog::Entry::headline, {.max_length = 255}),
      quarry::field("body_text", &blog::Entry::body_text), quarry::field("pub_date", &blog::Entry::pub_date),
      quarry::field("mod_date", &blog::Entry::mod_date),
      quarry::field("number_of_comments", &blog::Entry::number_of_comments),
      quarry::field("number_of_pingbacks", &blog::Entry::number_of_pingbacks),
      quarry::field("rating", &blog::Entry::rating));
};

namespace blog {
QUARRY_SCHEMA(blog_schema, Blog, Entry)
}
