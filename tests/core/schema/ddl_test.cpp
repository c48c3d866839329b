// What CREATE TABLE says of a foreign key, and what is left when one of several tables can't be made.
#include <gtest/gtest.h>

#include <filesystem>

#include <quarry/core/exec/core.hpp>
#include <quarry/core/quarry.hpp>
#include <quarry/core/schema/ddl.hpp>
#include <quarry/ir/text/print.hpp>

#include "core/query/blog_models.hpp"
#include "core/schema/company_models.hpp"
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
/// A word is compared as its column says, and so is what refers to it.
namespace words {
struct Word {
  std::string text{};
  std::string plain{};
};
struct Use {
  quarry::auto_id id{};
  quarry::foreign_key<Word, std::string> word{};
};
}  // namespace words
template <>
struct quarry::meta<words::Word> {
  static constexpr auto value = quarry::describe(
      "Word",
      quarry::field("text", &words::Word::text, {.primary_key = true, .max_length = 20, .db_collation = "NOCASE"}),
      quarry::field("plain", &words::Word::plain, {.max_length = 20}));
};
template <>
struct quarry::meta<words::Use> {
  static constexpr auto value =
      quarry::describe("Use", quarry::field("id", &words::Use::id), quarry::field("word", &words::Use::word));
};
namespace words {
QUARRY_SCHEMA(words_schema, Word, Use)
}
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

template <class Statements>
std::string printed(const ir::catalog& catalog, Statements&& statements) {
  ir::context cx;
  cx.reset(catalog);
  std::string out;
  for (const ir::rel_id statement : statements(cx)) out += ir::print(cx, statement, ir::stage::sql);
  return out;
}

std::string tables(const ir::facts& facts, const ir::catalog& catalog = *test::blog_catalog()) {
  return printed(catalog, [&](ir::context& cx) { return detail::creation_statements(cx, facts, true); });
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

std::size_t count(const std::string& text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

// Departments have a manager, and managers a department.
TEST(a_created_table, has_columns_with_the_collation_of_their_field) {
  const std::string made = tables(ir::facts(), *catalog_of<words::words_schema>());
  EXPECT_EQ(count(made, "NOCASE"), 2U) << made;
  test::use_built_plugins();
  const database db = database::open("sqlite://:memory:", {.compile = {.semantics = semantics::native}});
  db.create_tables<words::words_schema>();
  db.objects<words::Word>().create({.text = "Word", .plain = "Word"});
  db.objects<words::Use>().create({.word = words::Word{.text = "WORD"}});
  EXPECT_EQ(db.objects<words::Word>().filter("text"_f = "word").count(), 1);
  EXPECT_EQ(db.objects<words::Word>().filter("plain"_f = "word").count(), 0);
  EXPECT_EQ(db.objects<words::Use>().filter("word"_f = "word").count(), 1);
}

TEST(a_collation, is_that_of_a_text_and_has_a_plain_name) {
  const auto refused = [](ir::field_spec field) {
    field.name = "f";
    ir::model_spec model;
    model.name = "M";
    model.fields = {std::move(field)};
    auto built = ir::catalog::build("app", {std::move(model)});
    return built ? std::string("(accepted)") : built.error().message;
  };
  ir::field_spec text;
  text.type = ir::type(ir::scalar::text, false, 20);
  for (const char* name : {"C.utf8", "und-x-icu", "utf8mb4_general_ci"}) {
    text.collation = name;
    EXPECT_EQ(refused(text), "(accepted)") << name;
  }
  for (const char* name : {"a b", "a\"b", "a`b", "a'b", "a;b", "a(b", "\x01"}) {
    text.collation = name;
    EXPECT_NE(refused(text).find("'db_collation' of field 'M.f' is not valid: a collation has a plain name"),
              std::string::npos)
        << name;
  }
  text.collation = std::string(64, 'a');
  EXPECT_NE(refused(text), "(accepted)");
  ir::field_spec number;
  number.type = ir::types::int64;
  number.collation = "NOCASE";
  EXPECT_NE(refused(number).find("only texts have a collation"), std::string::npos) << refused(number);
}

TEST(a_created_table, gets_a_key_to_a_later_table_when_that_exists) {
  const ir::catalog& company = *catalog_of<company::company_schema>();
  ir::facts facts;
  facts.set(ir::fact::forward_references, 1);
  const std::string at_once = tables(facts, company);
  EXPECT_EQ(count(at_once, "add_constraint"), 0U);
  facts.set(ir::fact::forward_references, 0);
  const std::string later = tables(facts, company);
  EXPECT_EQ(count(later, "add_constraint"), 1U) << later;
  EXPECT_EQ(count(at_once, "references"), count(later, "references"));
  EXPECT_GT(later.find("add_constraint"), later.rfind("create_table"));
  const auto removal = [&](ir::context& cx) { return detail::removal_statements(cx, facts); };
  const std::string removed = printed(company, removal);
  EXPECT_EQ(count(removed, "drop_constraint"), 1U) << removed;
  EXPECT_LT(removed.find("drop_constraint"), removed.find("drop \""));
}

TEST(rows_that_are_loaded, are_not_checked_where_they_cannot_be_checked_later) {
  ir::facts facts;
  facts.set(ir::fact::unchecked_load, 0);
  EXPECT_EQ(detail::load_mode(facts), host::begin_mode::normal);
  facts.set(ir::fact::unchecked_load, 1);
  EXPECT_EQ(detail::load_mode(facts), host::begin_mode::load);
}

TEST(generated_keys, go_on_behind_given_ones_where_the_database_does_not_see_to_it) {
  ir::facts facts = test::offline_dialect("postgresql").facts();
  const auto restart = [&](ir::context& cx) { return detail::key_restart_statements(cx, facts); };
  facts.set(ir::fact::generated_keys_follow, 0);
  EXPECT_EQ(count(printed(*test::blog_catalog(), restart), "restart_key"), count(tables(facts), "generated"));
  facts.set(ir::fact::generated_keys_follow, 1);
  EXPECT_EQ(printed(*test::blog_catalog(), restart), "");
}

TEST(an_index, has_nulls_where_portable_order_wants_them) {
  ir::facts facts;
  facts.set(ir::fact::null_order_syntax, 1);
  facts.set(ir::fact::nulls_sort, static_cast<std::int64_t>(ir::null_order::last));
  const ir::catalog& company = *catalog_of<company::company_schema>();
  EXPECT_NE(tables(facts, company).find("nulls_first"), std::string::npos);
  facts.set(ir::fact::nulls_sort, static_cast<std::int64_t>(ir::null_order::first));
  EXPECT_EQ(tables(facts, company).find("nulls_first"), std::string::npos);
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
