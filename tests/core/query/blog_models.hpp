// The blog of Django's documentation, as the tests of the C++ API use it.
#pragma once

#include <optional>
#include <string>

#include <quarry/core/quarry.hpp>

namespace blog {

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
  std::string body_text{};
  quarry::date pub_date{};
  quarry::date mod_date{};
  quarry::many_to_many<Author> authors{};
  int number_of_comments = 0;
  int number_of_pingbacks = 0;
  int rating = 5;
};

struct EntryDetail {
  quarry::auto_id id{};
  quarry::one_to_one<Entry> entry{};
  std::optional<std::string> details{};
};

struct Comment {
  quarry::auto_id id{};
  std::optional<quarry::foreign_key<Entry>> entry{};
  std::optional<quarry::foreign_key<Author>> author{};
  std::optional<quarry::foreign_key<Comment>> parent{};
  std::optional<std::string> text{};
  std::optional<int> score{};
  std::optional<quarry::datetime> posted{};
};

struct Poll {
  quarry::auto_id id{};
  std::string question{};
  quarry::date pub_date{};
};

struct Dog {
  quarry::auto_id id{};
  std::string name{};
  std::optional<quarry::json> data{};
};

}  // namespace blog

template <>
struct quarry::meta<blog::Blog> {
  static constexpr auto value = quarry::describe("Blog", quarry::field("id", &blog::Blog::id),
                                                 quarry::field("name", &blog::Blog::name, {.max_length = 100}),
                                                 quarry::field("tagline", &blog::Blog::tagline));
};
template <>
struct quarry::meta<blog::Author> {
  static constexpr auto value = quarry::describe("Author", quarry::field("id", &blog::Author::id),
                                                 quarry::field("name", &blog::Author::name, {.max_length = 200}),
                                                 quarry::field("email", &blog::Author::email, {.max_length = 254}));
};
template <>
struct quarry::meta<blog::Entry> {
  static constexpr auto value = quarry::describe(
      "Entry", quarry::field("id", &blog::Entry::id),
      quarry::field("blog", &blog::Entry::blog, {.on_delete = quarry::cascade}),
      quarry::field("headline", &blog::Entry::headline, {.max_length = 255}),
      quarry::field("body_text", &blog::Entry::body_text), quarry::field("pub_date", &blog::Entry::pub_date),
      quarry::field("mod_date", &blog::Entry::mod_date, {.default_ = quarry::today}),
      quarry::field("authors", &blog::Entry::authors),
      quarry::field("number_of_comments", &blog::Entry::number_of_comments, {.default_ = 0}),
      quarry::field("number_of_pingbacks", &blog::Entry::number_of_pingbacks, {.default_ = 0}),
      quarry::field("rating", &blog::Entry::rating, {.default_ = 5}));
};
template <>
struct quarry::meta<blog::EntryDetail> {
  static constexpr auto value = quarry::describe("EntryDetail", quarry::field("id", &blog::EntryDetail::id),
                                                 quarry::field("entry", &blog::EntryDetail::entry),
                                                 quarry::field("details", &blog::EntryDetail::details));
};
template <>
struct quarry::meta<blog::Comment> {
  static constexpr auto value = quarry::describe(
      "Comment", quarry::field("id", &blog::Comment::id),
      quarry::field("entry", &blog::Comment::entry, {.on_delete = quarry::set_null}),
      quarry::field("author", &blog::Comment::author, {.on_delete = quarry::set_null, .related_name = "remarks"}),
      quarry::field("parent", &blog::Comment::parent, {.on_delete = quarry::cascade, .related_name = "replies"}),
      quarry::field("text", &blog::Comment::text, {.max_length = 200}), quarry::field("score", &blog::Comment::score),
      quarry::field("posted", &blog::Comment::posted));
};
template <>
struct quarry::meta<blog::Poll> {
  static constexpr auto value = quarry::describe("Poll", quarry::field("id", &blog::Poll::id),
                                                 quarry::field("question", &blog::Poll::question, {.max_length = 200}),
                                                 quarry::field("pub_date", &blog::Poll::pub_date));
};
template <>
struct quarry::meta<blog::Dog> {
  static constexpr auto value = quarry::describe("Dog", quarry::field("id", &blog::Dog::id),
                                                 quarry::field("name", &blog::Dog::name, {.max_length = 200}),
                                                 quarry::field("data", &blog::Dog::data));
};

namespace blog {
QUARRY_SCHEMA(blog_schema, Blog, Author, Entry, EntryDetail, Comment, Poll, Dog)
}
