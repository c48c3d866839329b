// The models of the suite proxy.
#pragma once

#include <optional>
#include <string>

#include <quarry/core/quarry.hpp>

namespace proxy {

struct Author {
  quarry::auto_id id{};
  std::string name{};
  std::optional<int> rating{};
};
struct Category {
  quarry::auto_id id{};
  std::string name{};
  std::optional<int> priority{};
  std::optional<std::string> color{};
};
struct Post {
  quarry::auto_id id{};
  std::string title{};
  std::string slug{};
  std::optional<std::string> body{};
  std::optional<int> views = 0;
  std::optional<bool> active = true;
  std::optional<quarry::foreign_key<Author>> author{};
  quarry::many_to_many<Category> categories{};
};
struct PostCategory {
  quarry::auto_id id{};
  quarry::foreign_key<Post> post{};
  quarry::foreign_key<Category> category{};
  std::optional<int> sort_order{};
  std::optional<std::string> param_name = "Name";
};
struct Album {
  quarry::auto_id id{};
  std::string name{};
  std::optional<int> year{};
  std::optional<bool> best_seller{};
};
struct Track {
  quarry::auto_id id{};
  std::optional<quarry::foreign_key<Album>> album{};
  std::string title{};
  int position = 0;
  std::optional<int> play_count{};
  std::optional<quarry::decimal> price{};
};

}  // namespace proxy

template <>
struct quarry::meta<proxy::Author> {
  using model = proxy::Author;
  static constexpr auto value = quarry::describe("Author", quarry::field("id", &model::id),
                                                 quarry::field("name", &model::name, {.max_length = 60}),
                                                 quarry::field("rating", &model::rating));
};
template <>
struct quarry::meta<proxy::Category> {
  using model = proxy::Category;
  static constexpr auto value = quarry::describe(
      "Category", quarry::field("id", &model::id), quarry::field("name", &model::name, {.max_length = 40}),
      quarry::field("priority", &model::priority), quarry::field("color", &model::color, {.max_length = 20}));
};
template <>
struct quarry::meta<proxy::Post> {
  using model = proxy::Post;
  static constexpr auto value = quarry::describe(
      "Post", quarry::field("id", &model::id), quarry::field("title", &model::title, {.max_length = 100}),
      quarry::field("slug", &model::slug, {.max_length = 50, .unique = true}), quarry::field("body", &model::body),
      quarry::field("views", &model::views, {.default_ = 0}),
      quarry::field("active", &model::active, {.default_ = true}),
      quarry::field("author", &model::author, {.on_delete = quarry::set_null, .related_name = "posts"}),
      quarry::field("categories", &model::categories, {.related_name = "posts", .through = "PostCategory"}));
};
template <>
struct quarry::meta<proxy::PostCategory> {
  using model = proxy::PostCategory;
  static constexpr auto value =
      quarry::describe("PostCategory", {.unique_together = {{{"post", "category"}}}}, quarry::field("id", &model::id),
                       quarry::field("post", &model::post), quarry::field("category", &model::category),
                       quarry::field("sort_order", &model::sort_order),
                       quarry::field("param_name", &model::param_name, {.max_length = 200, .default_ = "Name"}));
};
template <>
struct quarry::meta<proxy::Album> {
  using model = proxy::Album;
  static constexpr auto value = quarry::describe(
      "Album", quarry::field("id", &model::id), quarry::field("name", &model::name, {.max_length = 100}),
      quarry::field("year", &model::year), quarry::field("best_seller", &model::best_seller));
};
template <>
struct quarry::meta<proxy::Track> {
  using model = proxy::Track;
  static constexpr auto value =
      quarry::describe("Track", quarry::field("id", &model::id),
                       quarry::field("album", &model::album, {.on_delete = quarry::set_null, .related_name = "tracks"}),
                       quarry::field("title", &model::title, {.max_length = 100}),
                       quarry::field("position", &model::position), quarry::field("play_count", &model::play_count),
                       quarry::field("price", &model::price, {.max_digits = 6, .decimal_places = 2}));
};

namespace proxy {
QUARRY_SCHEMA(proxy_schema, Author, Category, Post, PostCategory, Album, Track)
}
