#include <gtest/gtest.h>

#include <quarry/ir/model/catalog.hpp>

#include "support/blog_catalog.hpp"

namespace quarry::ir {
namespace {

using test::field;
using test::foreign_key;

const catalog& blog() { return *test::blog_catalog(); }

std::uint32_t model_named(std::string_view name) { return blog().find_model(name); }

std::string_view column_name(std::uint32_t m, std::uint32_t c) { return blog().text(blog().at(m).columns[c].db_name); }

TEST(a_catalog, names_tables_and_columns_as_django_does) {
  const model& entry = blog().at(model_named("Entry"));
  EXPECT_EQ(blog().text(entry.table), "blog_entry");
  EXPECT_EQ(column_name(model_named("Entry"), 0), "id");
  EXPECT_EQ(column_name(model_named("Entry"), 1), "blog_id");
  EXPECT_EQ(entry.label, "blog.Entry");
}

TEST(a_catalog, makes_a_key_where_the_model_declares_none) {
  const model& b = blog().at(model_named("Blog"));
  ASSERT_EQ(b.primary_key, 0U);
  EXPECT_TRUE(b.columns[0].generated);
  EXPECT_EQ(b.columns[0].type, types::int64);
}

TEST(a_catalog, finds_fields_relations_and_pk) {
  const std::uint32_t entry = model_named("Entry");
  EXPECT_EQ(blog().find(entry, "blog").what, catalog::member::form::relation);
  EXPECT_EQ(blog().find(entry, "blog_id").what, catalog::member::form::column);
  EXPECT_EQ(blog().find(entry, "pk").index, blog().at(entry).primary_key);
  EXPECT_EQ(blog().find(entry, "nothing").what, catalog::member::form::absent);
  EXPECT_EQ(blog().find(entry, "tagline").what, catalog::member::form::absent) << "a name of another model";
}

TEST(a_catalog, knows_relations_from_both_sides) {
  const auto reverse = blog().find(model_named("Blog"), "entry");
  ASSERT_EQ(reverse.what, catalog::member::form::relation);
  const relation& r = blog().at(model_named("Blog")).relations[reverse.index];
  EXPECT_TRUE(r.many);
  EXPECT_EQ(blog().text(r.accessor), "entry_set");
  EXPECT_EQ(blog().find(model_named("Author"), "edited").what, catalog::member::form::relation)
      << "the related_name names the lookup";
}

TEST(a_catalog, makes_a_link_table_for_a_many_to_many_field) {
  const std::uint32_t link = model_named("Entry_authors");
  ASSERT_NE(link, none);
  EXPECT_EQ(blog().text(blog().at(link).table), "blog_entry_authors");
  EXPECT_EQ(column_name(link, 1), "entry_id");
  EXPECT_EQ(column_name(link, 2), "author_id");
  ASSERT_EQ(blog().at(link).unique_together.size(), 1U);
}

TEST(a_catalog, takes_the_type_of_a_key_from_its_target) {
  model_spec country, city;
  country.name = "Country";
  country.fields = {field("code", {scalar::text, false, 2})};
  country.fields[0].primary_key = true;
  city.name = "City";
  city.fields = {foreign_key("country", "Country", true)};
  const auto built = catalog::build("geo", {city, country});
  ASSERT_TRUE(built);
  const column& key = (*built)->at(0).columns[1];
  EXPECT_EQ(key.type.kind(), scalar::text);
  EXPECT_EQ(key.type.length(), 2U);
  EXPECT_TRUE(key.type.nullable());
}

TEST(a_catalog, refuses_an_unknown_target_and_suggests_the_nearest) {
  model_spec entry;
  entry.name = "Entry";
  entry.fields = {foreign_key("blog", "Entri")};
  const auto built = catalog::build("blog", {entry});
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().id, diag::relation_target_unknown);
  EXPECT_EQ(built.error().suggestion, "Entry");
}

TEST(a_catalog, refuses_what_is_declared_twice) {
  model_spec m;
  m.name = "Blog";
  EXPECT_EQ(catalog::build("blog", {m, m}).error().id, diag::model_redefined);
  m.fields = {field("name", {scalar::text, false}), field("name", {scalar::text, false})};
  EXPECT_EQ(catalog::build("blog", {m}).error().id, diag::field_redefined);
  m.fields = {field("a", types::int64), field("b", types::int64)};
  m.fields[0].primary_key = m.fields[1].primary_key = true;
  EXPECT_EQ(catalog::build("blog", {m}).error().id, diag::several_primary_keys);
}

TEST(a_catalog, refuses_two_reverse_relations_of_one_name) {
  model_spec blog_model, entry;
  blog_model.name = "Blog";
  entry.name = "Entry";
  entry.fields = {foreign_key("blog", "Blog"), foreign_key("second_blog", "Blog")};
  EXPECT_EQ(catalog::build("blog", {blog_model, entry}).error().id, diag::relation_name_clash);
}

TEST(a_catalog, has_an_id_of_its_own) {
  model_spec m;
  m.name = "Blog";
  EXPECT_NE((*catalog::build("blog", {m}))->id(), (*catalog::build("blog", {m}))->id());
}

}  // namespace
}  // namespace quarry::ir
