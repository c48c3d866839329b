// The models of the suite news.
#pragma once

#include <optional>
#include <string>

#include <quarry/core/quarry.hpp>

namespace news {

struct Reporter {
  quarry::auto_id id{};
  std::string fname{};
  std::string lname{};
};
struct Site {
  quarry::auto_id id{};
  std::string name{};
};
struct Article {
  quarry::auto_id id{};
  std::string headline{};
  quarry::foreign_key<Reporter> reporter{};
  quarry::date pub_date{};
  quarry::many_to_many<Site> sites{};
};
struct Person {
  quarry::auto_id id{};
  std::string first_name{};
  std::string last_name{};
  std::string objects{};
};
struct Author {
  quarry::auto_id id{};
  std::string name{};
};
struct Category {
  quarry::auto_id id{};
  std::string name{};
};
struct Post {
  quarry::auto_id id{};
  std::string title{};
  std::string slug{};
  std::string status = "draft";
  bool active = true;
  int views = 0;
  std::optional<quarry::foreign_key<Author>> author{};
  quarry::many_to_many<Category> categories{};
};

}  // namespace news

template <>
struct quarry::meta<news::Reporter> {
  using model = news::Reporter;
  static constexpr auto value = quarry::describe("Reporter", quarry::field("id", &model::id),
                                                 quarry::field("fname", &model::fname, {.max_length = 30}),
                                                 quarry::field("lname", &model::lname, {.max_length = 30}));
};
template <>
struct quarry::meta<news::Site> {
  using model = news::Site;
  static constexpr auto value = quarry::describe("Site", quarry::field("id", &model::id),
                                                 quarry::field("name", &model::name, {.max_length = 20}));
};
template <>
struct quarry::meta<news::Article> {
  using model = news::Article;
  static constexpr auto value = quarry::describe(
      "Article", {.get_latest_by = "pub_date"}, quarry::field("id", &model::id),
      quarry::field("headline", &model::headline, {.max_length = 50}), quarry::field("reporter", &model::reporter),
      quarry::field("pub_date", &model::pub_date), quarry::field("sites", &model::sites));
};
template <>
struct quarry::meta<news::Person> {
  using model = news::Person;
  static constexpr auto value = quarry::describe(
      "Person", quarry::field("id", &model::id), quarry::field("first_name", &model::first_name, {.max_length = 30}),
      quarry::field("last_name", &model::last_name, {.max_length = 30}), quarry::field("objects", &model::objects));
};
template <>
struct quarry::meta<news::Author> {
  using model = news::Author;
  static constexpr auto value =
      quarry::describe("Author", quarry::field("id", &model::id),
                       quarry::field("name", &model::name, {.max_length = 60, .unique = true}));
};
template <>
struct quarry::meta<news::Category> {
  using model = news::Category;
  static constexpr auto value = quarry::describe("Category", quarry::field("id", &model::id),
                                                 quarry::field("name", &model::name, {.max_length = 40}));
};
template <>
struct quarry::meta<news::Post> {
  using model = news::Post;
  static constexpr auto value =
      quarry::describe("Post", {.ordering = {"-views", "id"}}, quarry::field("id", &model::id),
                       quarry::field("title", &model::title, {.max_length = 100}),
                       quarry::field("slug", &model::slug, {.max_length = 50, .unique = true}),
                       quarry::field("status", &model::status, {.max_length = 20, .default_ = "draft"}),
                       quarry::field("active", &model::active, {.default_ = true}),
                       quarry::field("views", &model::views, {.default_ = 0}),
                       quarry::field("author", &model::author, {.on_delete = quarry::set_null}),
                       quarry::field("categories", &model::categories, {.related_name = "posts"}));
};

namespace news {
QUARRY_SCHEMA(news_schema, Reporter, Site, Article, Person, Author, Category, Post)
}
