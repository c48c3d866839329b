// What CREATE TABLE says of a foreign key, and what is left when one of several tables can't be made.
#include <gtest/gtest.h>

#include <filesystem>

#include <quarry/core/quarry.hpp>
#include <quarry/core/schema/ddl.hpp>
#include <quarry/ir/text/print.hpp>

#include "core/query/blog_models.hpp"
#include "support/blog_catalog.hpp"
#include "support/plugins.hpp"

/// Two of the blog's tables, each a schema of its own.
namespace authors_alone {
struct Author {
  quarry::auto_id id{};
};
}  // namespace authors_alone
namespace blogs_alone {
struct Blog {
  quarry::auto_id id{};
};
}  // namespace blogs_alone
template <>
struct quarry::meta<authors_alone::Author> {
  static constexpr auto value = quarry::describe("Author", quarry::field("id", &authors_alone::Author::id));
};
template <>
struct quarry::meta<blogs_alone::Blog> {
  static constexpr auto value = quarry::describe("Blog", quarry::field("id", &blogs_alone::Blog::id));
};
namespace authors_alone {
QUARRY_SCHEMA(blog_schema, Author)
}
namespace blogs_alone {
QUARRY_SCHEMA(blog_schema, Blog)
}

namespace quarry {
namespace {

std::string tables(const ir::facts& facts) {
  ir::context cx;
  cx.reset(*test::blog_catalog());
  std::string out;
  for (const ir::rel_id statement : detail::creation_statements(cx, facts, true))
    out += ir::print(cx, statement, ir::stage::sql);
  return out;
}

TEST(a_created_table, defers_its_foreign_keys_where_the_database_can) {
  ir::facts facts;
  facts.set(ir::fact::deferrable_foreign_keys, 0);
  const std::string checked_at_once = tables(facts);
  facts.set(ir::fact::deferrable_foreign_keys, 1);
  const std::string checked_at_commit = tables(facts);
  EXPECT_EQ(checked_at_once.find("deferred"), std::string::npos) << checked_at_once;
  EXPECT_NE(checked_at_commit.find("deferred"), std::string::npos) << checked_at_commit;
}

TEST(a_created_table, keeps_its_names_within_what_the_database_takes) {
  ir::facts facts;
  facts.set(ir::fact::max_identifier, 63);
  EXPECT_NE(tables(facts).find("\"blog_entry_authors_entry_id_author_id_uniq\""), std::string::npos) << tables(facts);
  facts.set(ir::fact::max_identifier, 30);
  EXPECT_EQ(tables(facts).find("\"blog_entry_authors_entry_id_author_id_uniq\""), std::string::npos);
}

TEST(a_created_table, goes_again_with_the_others_where_ddl_can_be_rolled_back) {
  ASSERT_TRUE(test::offline_dialect("sqlite").facts().has(ir::fact::transactional_ddl));
  test::use_built_plugins();
  const database db = database::open("sqlite://:memory:");
  db.create_tables<authors_alone::blog_schema>();
  EXPECT_THROW(db.create_tables<blog::blog_schema>(), error) << "there are authors already";
  EXPECT_NO_THROW(db.create_tables<blogs_alone::blog_schema>()) << "the blogs went with the authors that could not be";
}

}  // namespace
}  // namespace quarry
