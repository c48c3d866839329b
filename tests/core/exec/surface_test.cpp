// SQL text of the application, EXPLAIN, locks and other databases, in C++ on a real database.
#include <gtest/gtest.h>

#include <quarry/core/exec/core.hpp>
#include <quarry/core/quarry.hpp>

#include "core/query/blog_models.hpp"
#include "support/plugins.hpp"

namespace {

using blog::Blog;
using quarry::operator""_f;

class a_query : public testing::Test {
 protected:
  a_query() {
    quarry::test::use_built_plugins();
    db.emplace(opened());
    for (const char* name : {"Beatles Blog", "Cheddar Talk", "Pop Music"})
      db->objects<Blog>().create({.name = name, .tagline = "news"});
  }
  static quarry::database opened() {
    const quarry::database made = quarry::database::open("sqlite://:memory:");
    made.create_tables<blog::blog_schema>();
    return made;
  }
  static std::vector<std::int64_t> ids(const quarry::query_set<Blog>& q) {
    std::vector<std::int64_t> out;
    for (const Blog& b : q) out.push_back(b.id.value());
    return out;
  }
  using list = std::vector<std::int64_t>;
  std::optional<quarry::database> db;
};

TEST_F(a_query, takes_sql_text_with_values_beside_it) {
  EXPECT_EQ(ids(db->objects<Blog>().unsafe_where("name = %s OR id > %s", "Beatles Blog", 2).order_by("id")),
            (list{1, 3}));
  EXPECT_EQ(ids(db->objects<Blog>().unsafe_where("name = %s", "x' OR 1 = 1 --")), list{});
  EXPECT_EQ(ids(db->objects<Blog>().unsafe_where("name LIKE 'Ch%%'")), list{2});
  EXPECT_EQ(ids(db->objects<Blog>().unsafe_order_by("id % %s, id", quarry::direction::ascending, 3)), (list{3, 1, 2}));
  EXPECT_EQ(ids(db->objects<Blog>().filter("id__gt"_f = 1).unsafe_order_by("id", quarry::direction::descending)),
            (list{3, 2}));
  EXPECT_THROW(db->objects<Blog>().unsafe_where("id = %s"), quarry::type_error);
  EXPECT_THROW(db->objects<Blog>().unsafe_where("id = 1", 2), quarry::type_error);
  EXPECT_THROW(ids(db->objects<Blog>().unsafe_where("no such thing")), quarry::database_error);
  EXPECT_THROW(db->objects<Blog>().slice(0, 1).unsafe_where("id = 1"), quarry::type_error);
}

TEST_F(a_query, shares_a_plan_only_with_the_same_sql_text) {
  const auto by = [&](const char* sql, int value) { return ids(db->objects<Blog>().unsafe_where(sql, value)); };
  EXPECT_EQ(by("id = %s", 1), list{1});
  const std::uint64_t misses = db->plan_cache_misses();
  EXPECT_EQ(by("id = %s", 2), list{2});
  EXPECT_EQ(db->plan_cache_misses(), misses) << "values are no part of it";
  EXPECT_EQ(by("id < %s", 2), list{1});
  EXPECT_EQ(by("id = %s", 3), list{3});
}

TEST_F(a_query, gives_objects_of_a_whole_statement) {
  const auto all = db->objects<Blog>();
  const auto by_name = all.unsafe_raw("SELECT * FROM blog_blog WHERE name <> %s ORDER BY id DESC", "x' OR 1 = 1 --");
  EXPECT_EQ(by_name.size(), 3U);
  EXPECT_EQ(by_name.at(0).name, all.get("id"_f = 3).name);
  EXPECT_THROW(by_name.at(3), quarry::index_error);
  const auto parts = all.unsafe_raw<"name">("SELECT name, id FROM blog_blog WHERE id = %s", 2);
  EXPECT_EQ(parts.begin()->get<"id">(), 2);
  EXPECT_EQ(parts.begin()->get<"name">(), "Cheddar Talk");
  const auto counted = all.unsafe_raw<"name">("SELECT id, name AS called, id * 2 AS twice FROM blog_blog WHERE id < 3")
                           .translate("called", "name")
                           .annotate<"twice", std::optional<int>>();
  EXPECT_EQ(counted.at(1).get<"twice">(), 4);
  EXPECT_EQ(counted.at(1).get<"name">(), "Cheddar Talk");
  EXPECT_THROW((void)all.unsafe_raw("SELECT id, name FROM blog_blog").rows(), quarry::field_error);
  EXPECT_THROW((void)all.unsafe_raw<"name">("SELECT name FROM blog_blog").rows(), quarry::field_error);
  EXPECT_THROW(all.unsafe_raw("SELECT * FROM blog_blog WHERE id = %s"), quarry::type_error);
  EXPECT_THROW((void)all.unsafe_raw("no such thing").rows(), quarry::database_error);
  EXPECT_TRUE(all.unsafe_raw("SELECT * FROM blog_blog WHERE id > 10").empty());
  const std::uint64_t misses = db->plan_cache_misses();
  for (const int id : {1, 2, 3})
    EXPECT_EQ(all.unsafe_raw("SELECT * FROM blog_blog WHERE id = %s", id).at(0).id, id) << "one plan";
  EXPECT_EQ(db->plan_cache_misses(), misses + 1);
}

TEST_F(a_query, is_explained_by_the_database) {
  EXPECT_NE(db->objects<Blog>().filter("id"_f = 1).explain().find("SEARCH"), std::string::npos);
  EXPECT_NE(db->objects<Blog>().explain().find("SCAN"), std::string::npos);
  EXPECT_EQ(db->objects<Blog>().none().explain(), "");
  EXPECT_THROW(db->objects<Blog>().explain({.format = "json"}), quarry::value_error);
  EXPECT_THROW(db->objects<Blog>().explain({.format = {}, .options = {{"analyze", "true"}}}), quarry::value_error);
  db->atomic([](quarry::transaction& tx) { EXPECT_NE(tx.objects<Blog>().explain(), ""); });
}

TEST_F(a_query, can_not_lock_rows_where_the_database_has_no_such_locks) {
  EXPECT_THROW(ids(db->objects<Blog>().select_for_update()), quarry::not_supported_error);
  EXPECT_THROW(
      db->atomic([](quarry::transaction& tx) { (void)ids(tx.objects<Blog>().select_for_update({.nowait = true})); }),
      quarry::not_supported_error);
}

TEST_F(a_query, runs_on_another_database) {
  const quarry::database other = opened();
  const quarry::query_set<Blog> all = db->objects<Blog>().order_by("id");
  EXPECT_EQ(ids(all), (list{1, 2, 3}));
  EXPECT_EQ(ids(all.using_(other)), list{});
  db->atomic([&](quarry::transaction& tx) { EXPECT_EQ(ids(all.using_(tx)), (list{1, 2, 3})); });
}

TEST_F(a_query, has_the_rows_of_exactly_one_of_two) {
  const auto all = db->objects<Blog>();
  EXPECT_EQ(ids((all.filter("id__lt"_f = 3) ^ all.filter("id__gt"_f = 1)).order_by("id")), (list{1, 3}));
  EXPECT_THROW(all.slice(0, 1) & all, quarry::type_error);
}

TEST_F(a_query, with_a_step_takes_every_second_row) {
  EXPECT_EQ(db->objects<Blog>().order_by("id").slice(0, std::nullopt, 2).size(), 2U);
  EXPECT_THROW(db->objects<Blog>().slice(0, 2, 0), quarry::value_error);
}

}  // namespace
