// database::why: the same for queries of the C++ API, whose words are the literals of the program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <quarry/core/quarry.hpp>

#include "core/query/blog_models.hpp"
#include "support/plugins.hpp"

namespace quarry {
namespace {

using blog::Blog;
using blog::Entry;
using testing::HasSubstr;

class why_of_a_query_set : public testing::Test {
 protected:
  why_of_a_query_set() {
    test::use_built_plugins();
    db_ = database::open("sqlite://:memory:");
    db_->create_tables<blog::blog_schema>();
  }
  std::optional<database> db_;
};

TEST_F(why_of_a_query_set, points_at_the_segment_of_the_path) {
  const explanation told = db_->why(db_->objects<Entry>().filter("blog__name__startswith"_f = "Beatles"));
  ASSERT_EQ(told.items.size(), 2U);
  EXPECT_EQ(told.items[0].form, "FROM");
  EXPECT_EQ(told.items[0].table, "blog_entry");
  const explanation::item& join = told.items[1];
  EXPECT_EQ(join.form, "JOIN");
  EXPECT_EQ(join.name, "b1");
  ASSERT_FALSE(join.notes.empty());
  EXPECT_EQ(join.notes[0].event, "to-one");
  EXPECT_EQ(join.notes[0].rule, "group-relations");
  EXPECT_EQ(join.notes[0].words.source, "blog__name__startswith");
  EXPECT_EQ(join.notes[0].words.span, (ir::source_span{0, 4}));
  EXPECT_THAT(told.text(), HasSubstr("\n        blog__name__startswith\n        ^~~~\n"));
  EXPECT_THAT(told.sql, HasSubstr("JOIN \"blog_blog\" AS \"b1\""));
}

TEST_F(why_of_a_query_set, leaves_the_plan_cache_alone_and_runs_nothing) {
  int statements = 0;
  db_->observe([&](std::string_view, const std::vector<std::string>&) { ++statements; });
  const std::uint64_t misses = db_->plan_cache_misses();
  (void)db_->why(db_->objects<Blog>().filter("entry__rating__gt"_f = 3).distinct());
  EXPECT_EQ(db_->plan_cache_misses(), misses);
  EXPECT_EQ(statements, 0);
}

TEST_F(why_of_a_query_set, says_what_is_not_there) {
  const explanation told = db_->why(db_->objects<Entry>().filter("blog__id"_f = 1));
  ASSERT_EQ(told.gone.size(), 1U);
  EXPECT_EQ(told.gone[0].event, "key-is-near");
  EXPECT_THAT(told.gone[0].text, HasSubstr("blog_id"));
}

TEST_F(why_of_a_query_set, refuses_what_can_t_be_compiled) {
  const auto q = db_->objects<Entry>().filter(runtime("nope") = 1);
  EXPECT_THROW((void)db_->why(q), field_error);
}

}  // namespace
}  // namespace quarry
