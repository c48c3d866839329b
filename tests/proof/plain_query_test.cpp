// What QuerySets with aggregates mean, straight from the rows: every expected number is written by hand.
#include <gtest/gtest.h>

#include <quarry/ir/text/parse_catalog.hpp>

#include "support/plain_query.hpp"

namespace quarry::test {
namespace {

using rows = std::vector<row>;

class plain_queries : public testing::Test {
 protected:
  plain_queries()
      : schema_(*ir::parse_catalog(R"(catalog blog {
          model Blog { stars: i32! }
          model Entry { blog: fk Blog, rating: i32? }
          model Fan { blog: fk Blog, age: i32! }
        })")) {
    // Two entries and three fans of the first blog, one fan of the second, nothing of the third.
    tables_.of = {
        {{1, 5}, {2, 5}, {3, 1}}, {{1, 1, 4}, {2, 1, null}}, {{1, 1, 20}, {2, 1, 30}, {3, 1, 30}, {4, 2, 40}}};
  }

  plain_query::path path(std::string_view text) const {
    plain_query::path out;
    out.text = text;
    std::uint32_t model = 0;
    for (std::size_t end = text.find("__"); end != std::string_view::npos; end = text.find("__")) {
      const std::vector<ir::relation>& all = schema_->at(model).relations;
      for (std::uint32_t r = 0; r < all.size(); ++r)
        if (schema_->text(all[r].name) == text.substr(0, end)) {
          out.steps.push_back(r);
          model = all[r].target;
          break;
        }
      text.remove_prefix(end + 2);
    }
    while (schema_->text(schema_->at(model).columns[out.column].name) != text) ++out.column;
    return out;
  }
  plain_query::total total(ir::op function, std::string_view of, bool distinct = false) const {
    return {function, distinct, path(of), {}};
  }
  plain_query::filter filter(std::string_view of, ir::op test, std::int64_t value, bool exclude = false) const {
    return {exclude, false, {{path(of), test, value}}};
  }
  rows meaning(const plain_query& q) const { return test::meaning(q, *schema_, tables_); }

  std::shared_ptr<const ir::catalog> schema_;
  table_rows tables_;
};

TEST_F(plain_queries, each_aggregate_sees_its_own_relation) {
  plain_query q;
  q.totals = {total(ir::op::count, "entry__id"), total(ir::op::sum, "fan__age"),
              total(ir::op::count, "fan__age", true)};
  EXPECT_EQ(meaning(q), (rows{{1, 2, 80, 2}, {2, 0, 40, 1}, {3, 0, null, 0}}));
}

TEST_F(plain_queries, an_earlier_filter_narrows_its_own_relation_and_repeats_none) {
  plain_query q;
  q.before = {filter("fan__age", ir::op::ge, 30)};
  q.totals = {total(ir::op::count, "fan__id"), total(ir::op::count, "entry__id"), total(ir::op::count, "stars")};
  EXPECT_EQ(meaning(q), (rows{{1, 2, 2, 2}, {2, 1, 0, 1}})) << "the blog's own column is counted for each of its rows";
}

TEST_F(plain_queries, a_later_filter_only_selects) {
  plain_query q;
  q.totals = {total(ir::op::count, "fan__id")};
  q.after = {filter("fan__age", ir::op::gt, 25)};
  EXPECT_EQ(meaning(q), (rows{{1, 3}, {2, 1}}));
  q.groups = {path("stars")};
  EXPECT_EQ(meaning(q), (rows{{5, 4}}));
}

TEST_F(plain_queries, values_group_and_nulls_are_one_group) {
  plain_query q;
  q.groups = {path("entry__rating")};
  q.totals = {total(ir::op::count, "id"), total(ir::op::sum, "fan__age")};
  EXPECT_EQ(meaning(q), (rows{{null, 3, 120}, {4, 1, 80}}));
  q.having = {{1, ir::op::gt, 100}};
  EXPECT_EQ(meaning(q), (rows{{null, 3, 120}}));
}

TEST_F(plain_queries, excluded_is_who_has_such_a_row) {
  plain_query q;
  q.before = {filter("entry__rating", ir::op::eq, 4, true)};
  q.totals = {total(ir::op::max, "fan__age")};
  q.whole = true;
  EXPECT_EQ(meaning(q), (rows{{40}}));
}

TEST_F(plain_queries, an_aggregate_has_a_condition) {
  plain_query q;
  q.totals = {total(ir::op::count, "fan__id")};
  q.totals[0].when = plain_query::atom{path("fan__age"), ir::op::lt, 30};
  q.before = {filter("stars", ir::op::eq, 5)};
  EXPECT_EQ(meaning(q), (rows{{1, 1}, {2, 0}}));
}

}  // namespace
}  // namespace quarry::test
