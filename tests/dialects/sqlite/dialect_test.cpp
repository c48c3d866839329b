#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <quarry/dialects/base/error.hpp>
#include <quarry/dialects/sqlite/dialect.hpp>

#include "dialects/cases.hpp"
#include "support/tree_builder.hpp"

namespace quarry::test {
namespace {

using id = tree_builder::id;
constexpr id none = tree_builder::none;
const quarry_type i32 = plain(QUARRY_TYPE_INT32);

std::optional<std::int64_t> fact(const dialect::sqlite::dialect& of, std::uint32_t number) {
  quarry_facts facts = of.facts();
  for (std::uint32_t i = 0; i < facts.fact_count; ++i)
    if (facts.facts[i].fact == number) return facts.facts[i].value;
  return {};
}

dialect::sqlite::dialect version(std::string_view text) { return dialect::sqlite::dialect::for_version(text); }

std::string written(std::string_view for_version, tree_builder& t, id root) {
  text_sink sink;
  version(for_version).emit(t.tree(root), sink.raw());
  return sink.text();
}

// The node that can't be written.
id refused(std::string_view for_version, tree_builder& t, id root) {
  try {
    written(for_version, t, root);
  } catch (const quarry::dialect::unsupported& e) {
    return e.node();
  }
  ADD_FAILURE() << "it was written";
  return none;
}

TEST(sqlite_words, returning_came_with_3_35) {
  EXPECT_EQ(fact(version("3.34.1"), QUARRY_FACT_INSERT_RETURNING), 0);
  EXPECT_EQ(fact(version("3.35.0"), QUARRY_FACT_INSERT_RETURNING), 1);
  EXPECT_EQ(fact(version("3.35.0"), QUARRY_FACT_CHANGE_RETURNING), 1);
  tree_builder t;
  id returning = t.make(QUARRY_KIND_RETURNING, {t.item(t.integer(1))});
  id insert = t.make(QUARRY_KIND_INSERT, {none, none, none, none, returning}, {.a = t.symbol("blog"), .flags = 1});
  EXPECT_EQ(refused("3.34", t, insert), returning);
  EXPECT_EQ(written("3.35", t, insert), "INSERT INTO \"blog\" DEFAULT VALUES RETURNING 1");
}

TEST(sqlite_words, placeholders_of_long_lists_have_no_numbers_but_where_one_comes_again) {
  tree_builder t;
  std::vector<id> values = {t.column("id", i32)};
  for (int i = 0; i < 103; ++i) values.push_back(t.bind(i32));
  values.push_back(values[102]);
  id query = t.select(
      {.items = t.list({t.item(t.integer(1))}), .where = t.op(QUARRY_OP_IN_LIST, values, plain(QUARRY_TYPE_BOOLEAN))});
  const std::string text = written("", t, query);
  EXPECT_TRUE(text.ends_with("?99, ?100, ?, ?, ?, ?102)")) << text;
}

TEST(sqlite_words, full_join_came_with_3_39) {
  tree_builder t;
  id join = t.join(QUARRY_JOIN_KIND_FULL, t.table("a"), t.table("b"), t.boolean(true));
  id query = t.select({.items = t.list({t.item(t.integer(1))}), .from = join});
  EXPECT_EQ(refused("3.38.5", t, query), join);
  EXPECT_EQ(written("3.39.0", t, query), "SELECT 1 FROM \"a\" FULL JOIN \"b\" ON TRUE");
}

TEST(sqlite_words, json_arrows_came_with_3_38) {
  EXPECT_FALSE(version("3.37").capabilities().kind(QUARRY_KIND_JSON_PATH));
  EXPECT_TRUE(version("3.38").capabilities().kind(QUARRY_KIND_JSON_PATH));
}

TEST(sqlite_words, materialized_is_a_hint_that_older_versions_do_without) {
  tree_builder t;
  id cte = t.make(QUARRY_KIND_CTE, {none, t.select_from("blog", {t.integer(1)})}, {.a = t.symbol("x"), .flags = 1});
  id query = t.select({.with = t.make(QUARRY_KIND_WITH, {cte}), .items = t.list({t.item(t.integer(1))})});
  EXPECT_EQ(written("3.34", t, query), "WITH \"x\" AS (SELECT 1 FROM \"blog\") SELECT 1");
  EXPECT_EQ(written("3.35", t, query), "WITH \"x\" AS MATERIALIZED (SELECT 1 FROM \"blog\") SELECT 1");
}

TEST(sqlite_words, facts_of_a_connection_follow_its_settings) {
  dialect::sqlite::server about;
  about.foreign_keys = false;
  about.in_memory = true;
  about.max_binds = 250'000;
  dialect::sqlite::dialect made(about);
  EXPECT_EQ(fact(made, QUARRY_FACT_ENFORCES_FOREIGN_KEYS), 0);
  EXPECT_EQ(fact(made, QUARRY_FACT_PRIVATE_DATABASE), 1);
  EXPECT_EQ(fact(made, QUARRY_FACT_SCHEMA_IN_MEMORY), 1);
  EXPECT_EQ(fact(made, QUARRY_FACT_MAX_BINDS), 250'000);
  EXPECT_EQ(fact(made, QUARRY_FACT_EXPLAIN_COLUMNS), 4) << "of EXPLAIN QUERY PLAN";
  EXPECT_EQ(fact(made, QUARRY_FACT_EXPLAIN_FORMATS).value_or(0), 0);
  EXPECT_EQ(fact(made, QUARRY_FACT_EXPLAIN_OPTIONS).value_or(0), 0);
  EXPECT_EQ(fact(made, QUARRY_FACT_ROW_LOCKS).value_or(0), 0);
  EXPECT_EQ(fact(version(""), QUARRY_FACT_PRIVATE_DATABASE), 0);
  EXPECT_EQ(fact(version("3.31.1"), QUARRY_FACT_MAX_BINDS), 999);
}

TEST(sqlite_words, version_is_part_of_the_facts) {
  auto made = version("3.39.4");
  quarry_facts facts = made.facts();
  EXPECT_EQ(std::string(facts.product.data, facts.product.size), "SQLite");
  EXPECT_EQ(std::string(facts.version.data, facts.version.size), "3.39.4");
  EXPECT_EQ(fact(made, QUARRY_FACT_SERVER_VERSION), 3'039'004);
}

TEST(sqlite_words, versions_that_are_none_or_too_old_are_refused) {
  for (const char* bad : {"3.30.1", "2", "x", "3.", "3.40.1.2", "3.4000", "-1"})
    EXPECT_THROW(version(bad), quarry::dialect::unsupported) << bad;
}

TEST(sqlite_words, what_sqlite_lacks_is_refused_at_the_node) {
  tree_builder t;
  id lock = t.make(QUARRY_KIND_LOCK, {none}, {.b = QUARRY_LOCK_STRENGTH_UPDATE});
  EXPECT_EQ(refused("", t, t.select({.items = t.list({t.item(t.integer(1))}), .lock = lock})), lock);

  id lateral =
      t.make(QUARRY_KIND_FROM_QUERY, {t.select_from("a", {t.integer(1)}), none}, {.b = t.symbol("l"), .flags = 1});
  EXPECT_EQ(refused("", t, t.select({.items = t.list({t.item(t.integer(1))}), .from = lateral})), lateral);

  id arms = t.select_from("a", {t.integer(1)});
  id all = t.make(QUARRY_KIND_SET_OPERATION, {none, arms, arms}, {.b = QUARRY_SET_KIND_EXCEPT, .flags = 1});
  EXPECT_EQ(refused("", t, all), all);

  id using_ = t.make(QUARRY_KIND_DELETE, {none, t.table("b")}, {.a = t.symbol("a"), .b = QUARRY_NONE});
  EXPECT_EQ(refused("", t, using_), using_);

  id semi = t.join(QUARRY_JOIN_KIND_SEMI, t.table("a"), t.table("b"), t.boolean(true));
  EXPECT_EQ(refused("", t, t.select({.items = t.list({t.item(t.integer(1))}), .from = semi})), semi);

  id array = t.op(QUARRY_OP_IN_ARRAY, {t.integer(1), t.bind(plain(QUARRY_TYPE_ARRAY))});
  EXPECT_EQ(refused("", t, t.select_from("a", {array})), array);

  id ordered = t.make(QUARRY_KIND_AGGREGATE, {none, t.list({t.order(t.integer(1))}), t.integer(1)},
                      {.b = QUARRY_OP_SUM, .type = t.type(plain(QUARRY_TYPE_INT64))});
  EXPECT_EQ(refused("", t, t.select_from("a", {ordered})), ordered);

  id infinite = t.real(std::numeric_limits<double>::infinity());
  EXPECT_EQ(refused("", t, t.select_from("a", {infinite})), infinite);
}

TEST(sqlite_words, a_literal_is_never_a_text) {
  tree_builder t;
  id literal = t.make(QUARRY_KIND_LITERAL, {}, {.a = 5, .type = t.type(text_type())});
  EXPECT_THROW(written("", t, t.select_from("a", {literal})), quarry::dialect::broken_tree);
}

}  // namespace
}  // namespace quarry::test
