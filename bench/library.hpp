// Models for queries over three relations: books, their publishers, and their authors, where these are known.
#pragma once

#include <optional>
#include <string>

#include <quarry/core/quarry.hpp>

namespace library {

struct Publisher {
  quarry::auto_id id{};
  std::string name{};
  std::string city{};
};

struct Author {
  quarry::auto_id id{};
  std::string name{};
};

struct Book {
  quarry::auto_id id{};
  quarry::foreign_key<Publisher> publisher{};
  std::optional<quarry::foreign_key<Author>> author{};
  std::string title{};
  int pages = 0;
};

}  // namespace library

template <>
struct quarry::meta<library::Publisher> {
  static constexpr auto value = quarry::describe("Publisher", quarry::field("id", &library::Publisher::id),
                                                 quarry::field("name", &library::Publisher::name, {.max_length = 100}),
                                                 quarry::field("city", &library::Publisher::city, {.max_length = 100}));
};

template <>
struct quarry::meta<library::Author> {
  static constexpr auto value = quarry::describe("Author", quarry::field("id", &library::Author::id),
                                                 quarry::field("name", &library::Author::name, {.max_length = 100}));
};

template <>
struct quarry::meta<library::Book> {
  static constexpr auto value =
      quarry::describe("Book", quarry::field("id", &library::Book::id),
                       quarry::field("publisher", &library::Book::publisher, {.on_delete = quarry::cascade}),
                       quarry::field("author", &library::Book::author, {.on_delete = quarry::set_null}),
                       quarry::field("title", &library::Book::title, {.max_length = 200}),
                       quarry::field("pages", &library::Book::pages));
};

namespace library {
QUARRY_SCHEMA(library_schema, Publisher, Author, Book)
}
