#include <quarry/ir/analysis/truth.hpp>

#include "ir/passes/algebra.hpp"

namespace quarry::ir {
namespace {

/// Letters of what a condition can be when the editor of the entry is missing: T, F, U.
class truth_of : public algebra {
 protected:
  std::string of(expr_id e) {
    null_row row;
    row.nulls.add(instance_of(editor));
    row.makers = makers;
    const truth_set v = possible_values(cx, e, row);
    return std::string(v.can_be_true() ? "T" : "") + (v.can_be_false() ? "F" : "") + (v.can_be_null() ? "U" : "");
  }
  rel_id entry = scan("Entry"), editor = scan("Author", true);
  std::vector<std::uint32_t> makers;
  expr_id missing = contains(editor, "name");     // only UNKNOWN
  expr_id sure = contains(entry, "headline");     // TRUE or FALSE
  expr_id perhaps = eq(entry, "rating");          // anything
  expr_id yes = cx.boolean(true), never = cx.boolean(false);
};

TEST_F(truth_of, values_and_comparisons) {
  EXPECT_EQ(of(missing), "U");
  EXPECT_EQ(of(sure), "TF");
  EXPECT_EQ(of(perhaps), "TFU");
  EXPECT_EQ(of(yes), "T");
  EXPECT_EQ(of(never), "F");
  EXPECT_EQ(of(cx.null(types::boolean)), "U");
  EXPECT_EQ(of(is(op::lt, {col(editor, "id"), col(entry, "rating")})), "U");
  EXPECT_EQ(of(eq(is(op::div, {col(editor, "id"), col(entry, "comments")}), param())), "TFU")
      << "its policy promises nothing";
}

TEST_F(truth_of, and_or_not) {
  EXPECT_EQ(of(is(op::and_, {missing, sure})), "FU");
  EXPECT_EQ(of(is(op::and_, {missing, never})), "F");
  EXPECT_EQ(of(is(op::and_, {missing, yes})), "U");
  EXPECT_EQ(of(is(op::or_, {missing, sure})), "TU");
  EXPECT_EQ(of(is(op::or_, {missing, missing})), "U");
  EXPECT_EQ(of(is(op::or_, {missing, yes})), "T");
  EXPECT_EQ(of(is(op::and_, std::initializer_list<expr_id>{})), "T");
  EXPECT_EQ(of(is(op::or_, std::initializer_list<expr_id>{})), "F");
  EXPECT_EQ(of(no(missing)), "U");
  EXPECT_EQ(of(no(is(op::and_, {missing, sure}))), "TU");
  EXPECT_EQ(of(is(op::xor_, {missing, sure})), "U");
}

TEST_F(truth_of, tests_for_null_and_truth) {
  EXPECT_EQ(of(is_null(col(editor, "name"))), "T");
  EXPECT_EQ(of(is(op::is_not_null, {col(editor, "name")})), "F");
  EXPECT_EQ(of(is_null(col(entry, "rating"))), "TF");
  EXPECT_EQ(of(is_null(col(entry, "headline"))), "F");
  EXPECT_EQ(of(is(op::is_true, {missing})), "F");
  EXPECT_EQ(of(is(op::is_true, {perhaps})), "TF");
  EXPECT_EQ(of(is(op::is_true, {yes})), "T");
  EXPECT_EQ(of(is(op::not_distinct, {col(editor, "id"), col(editor, "id")})), "T");
  EXPECT_EQ(of(is(op::not_distinct, {col(editor, "id"), col(entry, "id")})), "F");
  EXPECT_EQ(of(is(op::not_distinct, {col(entry, "rating"), col(editor, "id")})), "TF");
}

TEST_F(truth_of, lists_and_ranges) {
  EXPECT_EQ(of(is(op::in_list, {col(editor, "id"), param(), param()})), "U");
  EXPECT_EQ(of(is(op::in_list, {col(entry, "id"), col(editor, "id"), param()})), "TFU");
  EXPECT_EQ(of(is(op::in_list, {col(entry, "id"), col(editor, "id")})), "U");
  EXPECT_EQ(of(is(op::in_list, {col(editor, "id")})), "F") << "nothing is in an empty list";
  EXPECT_EQ(of(is(op::in_array, {col(editor, "id"), param()})), "FU");
  EXPECT_EQ(of(is(op::between, {col(editor, "id"), param(), param()})), "U");
  EXPECT_EQ(of(is(op::between, {col(entry, "id"), col(editor, "id"), param()})), "FU");
  EXPECT_EQ(of(is(op::between, {col(entry, "id"), col(editor, "id"), col(editor, "id")})), "U");
  EXPECT_EQ(of(is(op::between, {col(entry, "id"), param(), param()})), "TF");
}

TEST_F(truth_of, values_that_stand_in_for_null) {
  EXPECT_EQ(of(eq(is(op::coalesce, {col(editor, "name"), param(scalar::text)}), param(scalar::text))), "TF");
  EXPECT_EQ(of(eq(is(op::coalesce, {col(editor, "name"), col(editor, "email")}), param(scalar::text))), "U");
  EXPECT_EQ(of(eq(is(op::coalesce, {col(editor, "id"), col(entry, "rating")}), param())), "TFU");
  const std::uint32_t of_name[] = {col(editor, "name").value};
  EXPECT_EQ(of(expr_id(cx.make(kind::cast, 0, {scalar::boolean, true}, of_name))), "U");
}

TEST_F(truth_of, choices) {
  const auto choice = [&](expr_id condition, expr_id then, expr_id otherwise) {
    const std::uint32_t branch[] = {condition.value, then.value};
    const std::uint32_t all[] = {otherwise.value, cx.make(kind::when, 0, {}, branch).value};
    return expr_id(cx.make(kind::case_when, 0, types::boolean.with_nullable(true), all));
  };
  EXPECT_EQ(of(choice(missing, yes, never)), "F") << "a condition that is not true chooses nothing";
  EXPECT_EQ(of(choice(sure, yes, missing)), "TU");
  EXPECT_EQ(of(choice(yes, missing, yes)), "U");
  EXPECT_EQ(of(choice(sure, never, {})), "FU") << "no else is NULL";
}

TEST_F(truth_of, subqueries) {
  const rel_id other = scan("Entry"), third = scan("Blog");
  EXPECT_EQ(of(exists(other)), "TF");
  const rel_id tied = filter(other, eq(col(other, "editor_id"), col(editor, "id")));
  EXPECT_EQ(of(exists(tied)), "F") << "no row is tied to a missing one";
  EXPECT_EQ(of(exists(project(limit(sort(tied, col(other, "id")), 3), {col(other, "id")}))), "F");
  EXPECT_EQ(of(exists(join(join_kind::inner, third, tied, eq(col(third, "id"), col(other, "blog_id"))))), "F");
  EXPECT_EQ(of(exists(join(join_kind::left, third, tied, eq(col(third, "id"), col(other, "blog_id"))))), "TF");
  EXPECT_EQ(of(exists(join(join_kind::semi, third, other, eq(col(editor, "id"), col(other, "blog_id"))))), "F");
  EXPECT_EQ(of(exists(count(tied))), "TF") << "an aggregate without keys gives a row over nothing";
  EXPECT_EQ(of(in_query(col(editor, "id"), project(other, {col(other, "id")}))), "FU");
  EXPECT_EQ(of(in_query(col(entry, "id"), project(other, {col(other, "id")}))), "TFU");
}

TEST_F(truth_of, computed_columns) {
  const rel_id p = project(entry, {is(op::upper, {col(editor, "name")}), col(entry, "headline")});
  const expr_id upper = is_null(col(p, "v0")), plain = is_null(col(p, "headline"));
  EXPECT_EQ(of(upper), "TF") << "what computes it is not known";
  makers.assign(cx.instance_count(), none);
  makers[instance_of(p)] = p.value;
  EXPECT_EQ(of(upper), "T");
  EXPECT_EQ(of(plain), "F");
  const rel_id g = group(entry, {col(editor, "id")}, {aggregate(op::count_rows)});
  makers.resize(cx.instance_count(), none);
  makers[instance_of(g)] = g.value;
  EXPECT_EQ(of(is_null(col(g, "k0"))), "T");
  EXPECT_EQ(of(is_null(col(g, "a1"))), "TF");
}

}  // namespace
}  // namespace quarry::ir
