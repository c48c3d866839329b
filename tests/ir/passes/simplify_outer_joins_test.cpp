#include "algebra.hpp"

namespace quarry::ir {
namespace {

class simplify_outer_joins_pass : public algebra {
 protected:
  static constexpr std::string_view pass = "simplify-outer-joins";
  bool inner(rel_id root) { return after(pass, root).find("join inner") != std::string::npos; }
  rel_id entry = scan("Entry");
  rel_id editor = scan("Author", true);
  rel_id edited = to_one(entry, entry, "editor_id", editor);
};

TEST_F(simplify_outer_joins_pass, makes_an_inner_join_where_a_condition_rejects_missing_rows) {
  EXPECT_EQ(after(pass, count(filter(edited, contains(editor, "name")))),
            "  e = scan Entry\n"
            "  a = scan Author\n"
            "  j = join inner to_one trusted e with a on eq(e.editor_id, a.id)\n"
            "  f = filter j where contains(a.name, %0)\n"
            "  a2 = aggregate f by [] compute [(aggregate count_rows [])] -> (a0: i64!)\n");
}

TEST_F(simplify_outer_joins_pass, keeps_the_join_where_a_missing_row_may_pass) {
  EXPECT_TRUE(noop(pass, count(filter(edited, no(is(op::is_true, {contains(editor, "name")}))))));
  EXPECT_TRUE(noop(pass, count(filter(edited, is(op::or_, {contains(editor, "name"), eq(entry, "comments")})))));
  EXPECT_TRUE(noop(pass, count(filter(edited, is(op::not_distinct, {col(editor, "name"), col(entry, "headline")})))));
  EXPECT_TRUE(noop(pass, project(edited, {col(editor, "name")})));
  EXPECT_TRUE(noop(pass, count(filter(edited, eq(is(op::coalesce, {col(editor, "name"), col(entry, "headline")}), param(scalar::text))))));
}

TEST_F(simplify_outer_joins_pass, sees_both_sides_of_an_or) {
  EXPECT_TRUE(inner(count(filter(edited, is(op::or_, {contains(editor, "name"), contains(editor, "email")})))));
}

TEST_F(simplify_outer_joins_pass, sees_the_condition_of_a_join_above) {
  const rel_id blog = scan("Blog");
  const rel_id above = join(join_kind::inner, edited, blog, eq(col(editor, "name"), col(blog, "name")));
  EXPECT_NE(after(pass, count(above)).find("join inner to_one"), std::string::npos);
  const rel_id other = scan("Blog", true);
  EXPECT_TRUE(noop(pass, count(join(join_kind::left, edited, other, eq(col(editor, "name"), col(other, "name"))))))
      << "a left join above keeps the row whatever its condition says";
}

TEST_F(simplify_outer_joins_pass, goes_on_through_a_join_that_became_inner) {
  const rel_id blog = scan("Blog", true);
  const rel_id above = join(join_kind::left, edited, blog, eq(col(editor, "name"), col(blog, "name")));
  const std::string made = after(pass, count(filter(above, contains(blog, "tagline"))));
  EXPECT_EQ(made.find("join left"), std::string::npos) << made;
}

TEST_F(simplify_outer_joins_pass, looks_through_what_gives_each_row_by_itself) {
  EXPECT_TRUE(inner(count(filter(sort(edited, col(entry, "id")), contains(editor, "name")))));
  EXPECT_TRUE(inner(count(filter(distinct(edited), contains(editor, "name")))));
  const rel_id p = project(edited, {col(entry, "id"), is(op::upper, {col(editor, "name")})});
  EXPECT_TRUE(inner(count(filter(p, is(op::contains, {col(p, "v1"), param(scalar::text)})))));
  const rel_id semi = scan("Blog");
  EXPECT_TRUE(inner(count(filter(join(join_kind::semi, edited, semi, eq(col(entry, "blog_id"), col(semi, "id"))), contains(editor, "name")))));
}

TEST_F(simplify_outer_joins_pass, keeps_the_join_where_the_project_hides_the_null) {
  const rel_id p = project(edited, {is(op::coalesce, {col(editor, "name"), col(entry, "headline")})});
  EXPECT_TRUE(noop(pass, count(filter(p, is(op::contains, {col(p, "v0"), param(scalar::text)})))));
}

TEST_F(simplify_outer_joins_pass, does_not_look_through_a_limit_a_window_or_distinct_on) {
  EXPECT_TRUE(noop(pass, count(filter(limit(edited, 3), contains(editor, "name")))));
  EXPECT_TRUE(noop(pass, count(filter(distinct_on(edited, col(entry, "blog_id")), contains(editor, "name")))));
  EXPECT_TRUE(noop(pass, count(filter(window(edited), contains(editor, "name")))));
}

TEST_F(simplify_outer_joins_pass, uses_conditions_on_the_keys_of_groups_only) {
  const rel_id g = group(edited, {col(editor, "name")}, {aggregate(op::count_rows)});
  EXPECT_TRUE(inner(project(filter(g, is(op::contains, {col(g, "k0"), param(scalar::text)})), {col(g, "k0")})));
  const rel_id counted = group(edited, {col(entry, "id")}, {aggregate(op::count, col(editor, "id"))});
  EXPECT_TRUE(noop(pass, project(filter(counted, is(op::gt, {col(counted, "a1"), param()})), {col(counted, "k0")})));
}

TEST_F(simplify_outer_joins_pass, keeps_the_padded_side_of_a_join_that_stays) {
  // Above, NULL editors pass; below, the inner join's own condition decides for the right side only.
  const rel_id blog = scan("Blog");
  const rel_id right = to_one(entry, entry, "editor_id", editor);
  const rel_id above = join(join_kind::left, blog, right, is(op::and_, {eq(col(blog, "id"), col(entry, "blog_id")), contains(editor, "name")}));
  const std::string made = after(pass, project(above, {col(blog, "id"), col(editor, "name")}));
  EXPECT_NE(made.find("join inner to_one trusted e"), std::string::npos) << made;
  EXPECT_NE(made.find("join left b"), std::string::npos) << made;
}

TEST_F(simplify_outer_joins_pass, makes_an_inner_join_of_a_key_that_always_finds_its_row) {
  const rel_id b = scan("Blog");
  EXPECT_TRUE(inner(project(to_one(entry, entry, "blog_id", b), {col(b, "name")})));
  const rel_id c = scan("Blog", true);
  EXPECT_TRUE(noop(pass, project(to_one(entry, entry, "blog_id", c, join_kind::left, false), {col(c, "name")}))) << "not enforced";
  EXPECT_TRUE(noop(pass, project(edited, {col(editor, "name")}))) << "the key may be NULL";
}

TEST_F(simplify_outer_joins_pass, makes_an_anti_join_where_only_missing_rows_are_kept) {
  const rel_id b = scan("Blog"), e = scan("Entry", true);
  const rel_id j = join(join_kind::left, b, e, eq(col(b, "id"), col(e, "blog_id")));
  EXPECT_EQ(after(pass, project(filter(j, is_null(col(e, "id"))), {col(b, "name")})),
            "  b = scan Blog\n"
            "  e = scan Entry\n"
            "  j = join anti b with e on eq(b.id, e.blog_id)\n"
            "  p = project j [b.name] -> (name: text(100)!)\n");
  EXPECT_EQ(after(pass, project(filter(j, {contains(b, "name"), is_null(col(e, "id")), is_null(col(e, "rating"))}), {col(b, "name")})),
            "  b = scan Blog\n"
            "  e = scan Entry\n"
            "  j = join anti b with e on eq(b.id, e.blog_id)\n"
            "  f = filter j where contains(b.name, %0)\n"
            "  p = project f [b.name] -> (name: text(100)!)\n");
}

TEST_F(simplify_outer_joins_pass, takes_a_column_that_the_condition_compares_for_one_that_is_not_null) {
  const rel_id a = scan("Author"), e = scan("Entry", true);
  const rel_id j = join(join_kind::left, a, e, eq(col(a, "id"), col(e, "editor_id")));
  EXPECT_NE(after(pass, count(filter(j, is_null(col(e, "editor_id"))))).find("join anti"), std::string::npos);
  EXPECT_TRUE(noop(pass, count(filter(j, is_null(col(e, "rating")))))) << "NULL also in rows that are there";
}

TEST_F(simplify_outer_joins_pass, keeps_the_join_whose_right_side_is_read_elsewhere) {
  const rel_id b = scan("Blog"), e = scan("Entry", true);
  const rel_id j = join(join_kind::left, b, e, eq(col(b, "id"), col(e, "blog_id")));
  EXPECT_TRUE(noop(pass, project(filter(j, is_null(col(e, "id"))), {col(e, "headline")})));
  EXPECT_TRUE(noop(pass, project(sort(filter(j, is_null(col(e, "id"))), col(e, "rating")), {col(b, "id")})));
  EXPECT_TRUE(noop(pass, filter(j, is_null(col(e, "id"))))) << "the query itself gives the columns of both";
}

TEST_F(simplify_outer_joins_pass, keeps_the_join_where_the_test_for_null_stands_too_far_above) {
  const rel_id b = scan("Blog"), e = scan("Entry", true);
  const rel_id j = join(join_kind::left, b, e, eq(col(b, "id"), col(e, "blog_id")));
  EXPECT_TRUE(noop(pass, count(filter(limit(j, 3), is_null(col(e, "id"))))));
  EXPECT_TRUE(noop(pass, count(filter(j, is(op::or_, {is_null(col(e, "id")), contains(b, "name")})))));
}

TEST_F(simplify_outer_joins_pass, works_inside_subqueries) {
  const rel_id b = scan("Blog");
  const rel_id inside = filter(edited, {eq(col(entry, "blog_id"), col(b, "id")), contains(editor, "name")});
  EXPECT_TRUE(inner(count(filter(b, exists(inside)))));
}

}  // namespace
}  // namespace quarry::ir
