#include "algebra.hpp"

namespace quarry::ir {
namespace {

class prune_joins_pass : public algebra {};

TEST_F(prune_joins_pass, drops_a_relation_that_nobody_reads) {
  const rel_id e = scan("Entry"), b = scan("Blog");
  EXPECT_EQ(after("prune-joins", count(to_one(e, e, "blog_id", b))),
            "  e = scan Entry\n"
            "  a = aggregate e by [] compute [(aggregate count_rows [])] -> (a0: i64!)\n");
}

TEST_F(prune_joins_pass, drops_a_chain_of_relations_at_once) {
  const rel_id l = scan("Entry_authors"), e = scan("Entry"), b = scan("Blog", true);
  const rel_id q = to_one(to_one(l, l, "entry_id", e), e, "blog_id", b);
  EXPECT_EQ(after("prune-joins", project(q, {col(l, "id")})),
            "  e = scan Entry_authors\n"
            "  p = project e [e.id] -> (id: i64!)\n");
}

TEST_F(prune_joins_pass, keeps_a_relation_that_is_read) {
  const rel_id e = scan("Entry"), b = scan("Blog");
  EXPECT_TRUE(noop("prune-joins", project(to_one(e, e, "blog_id", b), {col(b, "name")})));
  EXPECT_TRUE(noop("prune-joins", count(filter(to_one(e, e, "blog_id", b), contains(b, "name")))));
  EXPECT_TRUE(noop("prune-joins", project(sort(to_one(e, e, "blog_id", b), col(b, "name")), {col(e, "id")})));
}

TEST_F(prune_joins_pass, keeps_a_relation_that_a_subquery_reads) {
  const rel_id e = scan("Entry"), b = scan("Blog"), other = scan("Blog");
  const rel_id q = filter(to_one(e, e, "blog_id", b), exists(filter(other, eq(col(other, "name"), col(b, "name")))));
  EXPECT_TRUE(noop("prune-joins", count(q)));
}

TEST_F(prune_joins_pass, keeps_a_relation_that_repeats_rows) {
  const rel_id b = scan("Blog"), e = scan("Entry", true);
  EXPECT_TRUE(noop("prune-joins", count(join(join_kind::left, b, e, eq(col(b, "id"), col(e, "blog_id"))))));
}

TEST_F(prune_joins_pass, drops_one_that_repeats_rows_where_repeats_are_ignored) {
  const rel_id b = scan("Blog"), e = scan("Entry", true);
  const rel_id q = join(join_kind::left, b, e, eq(col(b, "id"), col(e, "blog_id")));
  EXPECT_EQ(after("prune-joins", distinct(project(q, {col(b, "name")}))),
            "  b = scan Blog\n"
            "  p = project b [b.name] -> (name: text(100)!)\n"
            "  d = distinct p on []\n");
}

TEST_F(prune_joins_pass, knows_one_match_by_the_key_that_the_condition_fixes) {
  const rel_id b = scan("Blog"), l = scan("Entry_authors", true);
  const expr_id both = is(op::and_, {eq(col(l, "entry_id"), col(b, "id")), eq(l, "author_id")});
  EXPECT_EQ(after("prune-joins", count(join(join_kind::left, b, l, both))).find("Entry_authors"), std::string::npos);
  const rel_id m = scan("Entry_authors", true);
  EXPECT_TRUE(noop("prune-joins", count(join(join_kind::left, b, m, eq(col(m, "entry_id"), col(b, "id"))))));
}

TEST_F(prune_joins_pass, drops_an_inner_join_only_over_a_trusted_key) {
  const rel_id e = scan("Entry"), b = scan("Blog");
  EXPECT_EQ(after("prune-joins", count(to_one(e, e, "blog_id", b, join_kind::inner))).find("Blog"), std::string::npos);
  const rel_id c = scan("Blog");
  EXPECT_TRUE(noop("prune-joins", count(to_one(e, e, "blog_id", c, join_kind::inner, false)))) << "the database does not enforce it";
}

TEST_F(prune_joins_pass, keeps_an_inner_join_that_filters) {
  const rel_id e = scan("Entry"), b = scan("Blog");
  const rel_id some = filter(b, contains(b, "name"));
  EXPECT_TRUE(noop("prune-joins", count(join(join_kind::inner, e, some, eq(col(e, "blog_id"), col(b, "id")), true, true))));
  const rel_id c = scan("Blog");
  const expr_id more = is(op::and_, {eq(col(e, "blog_id"), col(c, "id")), contains(c, "name")});
  EXPECT_TRUE(noop("prune-joins", count(join(join_kind::inner, e, c, more, true, true))));
}

TEST_F(prune_joins_pass, says_in_a_filter_that_an_inner_join_dropped_null_keys) {
  const rel_id e = scan("Entry"), a = scan("Author");
  EXPECT_EQ(after("prune-joins", count(to_one(e, e, "editor_id", a, join_kind::inner))),
            "  e = scan Entry\n"
            "  f = filter e where is_not_null(e.editor_id)\n"
            "  a = aggregate f by [] compute [(aggregate count_rows [])] -> (a0: i64!)\n");
}

TEST_F(prune_joins_pass, sees_a_key_that_an_outer_join_pads) {
  // The link may be missing, and with it its key, though the column is never NULL in the table.
  const rel_id b = scan("Blog"), l = scan("Entry_authors", true), a = scan("Author");
  const rel_id left = join(join_kind::left, b, l, eq(col(l, "entry_id"), col(b, "id")));
  const std::string made = after("prune-joins", count(to_one(left, l, "author_id", a, join_kind::inner)));
  EXPECT_NE(made.find("where is_not_null(e.author_id)"), std::string::npos) << made;
}

TEST_F(prune_joins_pass, reads_the_key_beyond_a_foreign_key_from_the_near_side) {
  const rel_id e = scan("Entry"), b = scan("Blog");
  EXPECT_EQ(after("prune-joins", project(filter(to_one(e, e, "blog_id", b), is(op::gt, {col(b, "id"), param()})), {col(e, "id"), col(b, "id")})),
            "  e = scan Entry\n"
            "  f = filter e where gt(e.blog_id, %0)\n"
            "  p = project f [e.id, e.blog_id] -> (id: i64!, id: i64!)\n");
}

TEST_F(prune_joins_pass, reads_the_key_from_the_nearest_side_of_a_chain) {
  const rel_id l = scan("Entry_authors"), e = scan("Entry"), b = scan("Blog", true);
  const rel_id q = to_one(to_one(l, l, "entry_id", e), e, "blog_id", b);
  EXPECT_EQ(after("prune-joins", project(q, {col(e, "id")})),
            "  e = scan Entry_authors\n"
            "  p = project e [e.entry_id] -> (id: i64!)\n");
  EXPECT_NE(after("prune-joins", project(q, {col(b, "id")})).find("project j [e2.blog_id]"), std::string::npos);
}

TEST_F(prune_joins_pass, leaves_the_far_key_where_a_dangling_one_may_point_nowhere) {
  const rel_id e = scan("Entry"), b = scan("Blog", true);
  EXPECT_TRUE(noop("prune-joins", project(to_one(e, e, "blog_id", b, join_kind::left, false), {col(b, "id")})));
}

TEST_F(prune_joins_pass, leaves_the_far_key_where_more_is_read) {
  const rel_id e = scan("Entry"), b = scan("Blog");
  EXPECT_TRUE(noop("prune-joins", project(to_one(e, e, "blog_id", b), {col(b, "id"), col(b, "name")})));
}

TEST_F(prune_joins_pass, leaves_the_far_key_where_the_database_may_take_different_texts_for_equal) {
  const rel_id a = scan("Author"), b = scan("Blog", true);
  EXPECT_TRUE(noop("prune-joins", project(join(join_kind::left, a, b, eq(col(a, "name"), col(b, "name")), true, true), {col(b, "name")})));
}

TEST_F(prune_joins_pass, prunes_inside_subqueries) {
  const rel_id b = scan("Blog"), e = scan("Entry"), a = scan("Author", true);
  const rel_id inside = filter(to_one(e, e, "editor_id", a), eq(col(e, "blog_id"), col(b, "id")));
  EXPECT_EQ(after("prune-joins", count(filter(b, exists(inside)))).find("Author"), std::string::npos);
}

TEST_F(prune_joins_pass, keeps_what_a_distinct_compares) {
  const rel_id e = scan("Entry"), b = scan("Blog");
  EXPECT_TRUE(noop("prune-joins", count(distinct(to_one(e, e, "blog_id", b)))));
}

TEST_F(prune_joins_pass, keeps_a_full_join) {
  const rel_id e = scan("Entry", true), b = scan("Blog", true);
  EXPECT_TRUE(noop("prune-joins", count(to_one(e, e, "blog_id", b, join_kind::full))));
}

}  // namespace
}  // namespace quarry::ir
