// A chained call costs at most one allocation, whatever it holds.
#include <gtest/gtest.h>

#include "core/query/blog_models.hpp"
#include "core/query/fake_session.hpp"
#include "support/allocations.hpp"

namespace quarry {
namespace {

using blog::Entry;

template <class F>
std::uint64_t count_allocations(F&& f) {
  const std::uint64_t before = test::allocations();
  f();
  return test::allocations() - before;
}

class allocations_of : public testing::Test {
 protected:
  query_set<Entry> entries_ = make_query_set<Entry>(std::make_shared<test::fake_session>());
  std::optional<query_set<Entry>> made_;
  template <class F>
  std::uint64_t making(F&& f) {
    made_.reset();
    return count_allocations([&] { made_.emplace(f()); });
  }
};

TEST_F(allocations_of, a_query_is_one_for_its_start) {
  const auto session = entries_.session();
  (void)catalog_of<blog::blog_schema>();
  EXPECT_EQ(making([&] { return make_query_set<Entry>(session); }), 1U);
}

TEST_F(allocations_of, each_chained_call_is_at_most_one) {
  const std::string text(100, 'x');
  const std::vector<int> ids = {1, 2, 3};
  EXPECT_EQ(making([&] { return entries_.filter("rating__gt"_f = 3); }), 1U);
  EXPECT_EQ(making([&] {
              return entries_.filter("headline"_f = text, "blog__name__startswith"_f = "Beatles", "rating"_f = 1);
            }),
            1U);
  EXPECT_EQ(making([&] { return entries_.exclude("pub_date__year"_f = 2008); }), 1U);
  EXPECT_EQ(making([&] { return entries_.order_by("-pub_date", "headline"); }), 1U);
  EXPECT_EQ(making([&] { return entries_.reverse(); }), 1U);
  EXPECT_EQ(making([&] { return entries_.slice(0, 5); }), 1U);
  EXPECT_EQ(making([&] { return entries_.none(); }), 1U);
  EXPECT_EQ(count_allocations([&] { (void)entries_.values_list<"headline", "blog__name">(); }), 1U);
  EXPECT_EQ(making([&] { return entries_.all(); }), 0U);
}

TEST_F(allocations_of, lists_are_collected_in_memory_that_the_thread_keeps) {
  const std::vector<int> ids = {1, 2, 3};
  making([&] { return entries_.filter("id__in"_f = ids); });
  EXPECT_EQ(making([&] { return entries_.filter("id__in"_f = ids); }), 1U);
  EXPECT_EQ(making([&] { return entries_.filter("id__in"_f = {4, 5, 6}); }), 1U);
}

TEST_F(allocations_of, a_condition_of_a_model_is_made_once_and_used_often) {
  const Q<Entry> good = ("rating__gt"_f = 3) | ("headline"_f = "x");
  EXPECT_EQ(making([&] { return entries_.filter(good); }), 1U);
}

}  // namespace
}  // namespace quarry
