#include <quarry/ir/analysis/keys.hpp>
#include <quarry/ir/analysis/multiplicity.hpp>
#include <quarry/ir/analysis/nullness.hpp>

#include "ir/passes/algebra.hpp"

namespace quarry::ir {
namespace {

class keys : public algebra {
 protected:
  bool differ(rel_id rel) { return analysis.rows_differ(cx, rel); }
  key_analysis analysis;
  rel_id blog = scan("Blog"), entry = scan("Entry"), link = scan("Entry_authors");
};

TEST_F(keys, of_a_table) {
  EXPECT_TRUE(differ(blog));
  EXPECT_TRUE(differ(project(blog, {col(blog, "name"), col(blog, "id")})));
  EXPECT_FALSE(differ(project(blog, {col(blog, "name"), col(blog, "tagline")})));
  EXPECT_TRUE(differ(project(link, {col(link, "author_id"), col(link, "entry_id")}))) << "unique together";
  EXPECT_FALSE(differ(project(link, {col(link, "author_id")})));
}

TEST_F(keys, of_what_keeps_the_rows_apart) {
  EXPECT_TRUE(differ(limit(sort(filter(blog, contains(blog, "name")), col(blog, "name")), 3)));
  EXPECT_TRUE(differ(project(limit(entry, 1), {col(entry, "headline")}))) << "one row";
  EXPECT_TRUE(differ(distinct(project(entry, {col(entry, "headline")}))));
  const rel_id inner = distinct(project(entry, {col(entry, "headline"), col(entry, "rating")}));
  EXPECT_FALSE(differ(project(inner, {col(instance_of(rel_id(cx.child(inner, 0))), "rating")})));
}

TEST_F(keys, of_joins) {
  const expr_id on = eq(col(blog, "id"), col(entry, "blog_id"));
  EXPECT_TRUE(differ(project(to_one(entry, entry, "blog_id", blog), {col(entry, "id")})));
  EXPECT_FALSE(differ(project(join(join_kind::inner, blog, entry, on), {col(blog, "id")})));
  EXPECT_TRUE(differ(project(join(join_kind::inner, blog, entry, on), {col(blog, "id"), col(entry, "id")})));
  EXPECT_TRUE(differ(project(join(join_kind::left, blog, entry, on), {col(blog, "id"), col(entry, "id")})));
  EXPECT_TRUE(differ(project(join(join_kind::anti, blog, entry, on), {col(blog, "id")})));
  EXPECT_FALSE(differ(join(join_kind::full, blog, entry, on)));
}

TEST_F(keys, of_aggregates_and_set_operations) {
  const rel_id g = group(entry, {col(entry, "blog_id"), col(entry, "rating")}, {aggregate(op::count_rows)});
  EXPECT_TRUE(differ(g));
  EXPECT_FALSE(differ(project(g, {col(g, "k0"), col(g, "a2")})));
  EXPECT_TRUE(differ(project(count(entry), {cx.integer(1)})));
  const rel_id p = project(entry, {col(entry, "headline")}), q = project(blog, {col(blog, "name")});
  EXPECT_TRUE(differ(set(set_kind::union_, false, p, q)));
  EXPECT_FALSE(differ(set(set_kind::union_, true, p, q)));
}

TEST_F(keys, that_a_condition_fixes) {
  const auto fixes = [&](rel_id right, expr_id on) { return analysis.fixes_a_key(cx, right, on); };
  EXPECT_TRUE(fixes(blog, eq(col(entry, "blog_id"), col(blog, "id"))));
  EXPECT_FALSE(fixes(entry, eq(col(entry, "blog_id"), col(blog, "id"))));
  EXPECT_FALSE(fixes(blog, is(op::ge, {col(entry, "blog_id"), col(blog, "id")})));
  EXPECT_TRUE(fixes(link, is(op::and_, {eq(link, "author_id"), eq(col(entry, "id"), col(link, "entry_id"))})));
  EXPECT_FALSE(fixes(link, eq(col(link, "id"), col(link, "entry_id")))) << "both sides are its own";
}

TEST_F(keys, that_a_nullable_unique_column_is_not) {
  model_spec shop;
  shop.name = "Shop";
  shop.fields = {test::field("code", {scalar::int32, true}), test::field("number", {scalar::int32, false})};
  shop.fields[0].unique = shop.fields[1].unique = true;
  const auto c = *catalog::build("shops", {shop});
  cx.reset(*c);
  const rel_id s = scan("Shop");
  EXPECT_FALSE(differ(project(s, {col(s, "code")}))) << "NULLs are equal to distinct, and not to UNIQUE";
  EXPECT_TRUE(differ(project(s, {col(s, "number")})));
  EXPECT_TRUE(analysis.fixes_a_key(cx, s, eq(s, "code"))) << "an equality is not TRUE for NULL";
}

class join_multiplicity : public keys {
 protected:
  std::string of(rel_id join) {
    const multiplicity m = multiplicity_of(cx, as<view::join>(cx, join), analysis);
    return std::string(m.drops ? "drops " : "") + (m.repeats ? "repeats" : "");
  }
};

TEST_F(join_multiplicity, follows_from_form_key_and_trust) {
  EXPECT_EQ(of(to_one(entry, entry, "blog_id", blog)), "");
  EXPECT_EQ(of(to_one(entry, entry, "blog_id", blog, join_kind::inner)), "");
  EXPECT_EQ(of(to_one(entry, entry, "blog_id", blog, join_kind::inner, false)), "drops ");
  EXPECT_EQ(of(to_one(entry, entry, "editor_id", scan("Author"), join_kind::inner)), "drops ") << "the key may be NULL";
  const expr_id on = eq(col(blog, "id"), col(entry, "blog_id"));
  EXPECT_EQ(of(join(join_kind::left, blog, entry, on)), "repeats");
  EXPECT_EQ(of(join(join_kind::inner, blog, entry, on)), "drops repeats");
  EXPECT_EQ(of(join(join_kind::semi, blog, entry, on)), "drops ");
  EXPECT_EQ(of(join(join_kind::anti, blog, entry, on)), "drops ");
  EXPECT_EQ(of(join(join_kind::full, blog, entry, on)), "drops repeats");
  EXPECT_EQ(of(join(join_kind::left, entry, blog, on)), "") << "the condition fixes the key";
}

class nullness : public keys {};

TEST_F(nullness, of_columns_below_outer_joins) {
  const auto never_null = [&](rel_id rel, rel_id of, std::string_view name) {
    const node n = cx.at(col(of, name));
    return never_null_in(cx, rel, n.b, static_cast<std::uint32_t>(n.a));
  };
  const expr_id on = eq(col(blog, "id"), col(entry, "blog_id"));
  const rel_id padded = join(join_kind::left, blog, entry, on), inner = join(join_kind::inner, blog, entry, on);
  EXPECT_TRUE(never_null(entry, entry, "id"));
  EXPECT_FALSE(never_null(entry, entry, "rating"));
  EXPECT_FALSE(never_null(padded, entry, "id"));
  EXPECT_TRUE(never_null(padded, blog, "id"));
  EXPECT_TRUE(never_null(sort(inner, col(blog, "id")), entry, "id"));
  EXPECT_FALSE(never_null(join(join_kind::full, blog, entry, on), blog, "id"));
  EXPECT_FALSE(never_null(join(join_kind::semi, blog, entry, on), entry, "id")) << "not to be seen from there";
}

TEST_F(nullness, that_a_true_condition_implies) {
  const auto implied = [&](expr_id on) {
    return implies_not_null(cx, on, instance_of(entry), 0 + static_cast<std::uint32_t>(cx.at(col(entry, "rating")).a));
  };
  EXPECT_TRUE(implied(eq(entry, "rating")));
  EXPECT_TRUE(
      implied(is(op::and_, {contains(entry, "headline"), is(op::lt, {col(blog, "id"), col(entry, "rating")})})));
  EXPECT_FALSE(implied(is(op::or_, {eq(entry, "rating"), contains(entry, "headline")})));
  EXPECT_FALSE(implied(is(op::not_distinct, {col(entry, "rating"), col(blog, "id")})));
  EXPECT_FALSE(implied(is(op::in_list, {col(blog, "id"), col(entry, "rating"), param()})))
      << "another element may be equal";
  EXPECT_TRUE(implied(is(op::between, {col(entry, "rating"), param(), param()})));
}

}  // namespace
}  // namespace quarry::ir
