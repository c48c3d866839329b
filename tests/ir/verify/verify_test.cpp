// Each thing that the verifier knows to be wrong, and well-formed neighbours of it.
#include <gtest/gtest.h>

#include <array>

#include <quarry/ir/text/parse.hpp>
#include <quarry/ir/text/print.hpp>
#include <quarry/ir/verify/verify.hpp>

#include "support/blog_catalog.hpp"

namespace quarry::ir {
namespace {

class the_verifier : public testing::Test {
 protected:
  the_verifier() { cx.reset(*test::blog_catalog()); }

  std::string found(any_id root, stage s) {
    const auto ok = verify(cx, root, s);
    return ok ? "nothing" : render(ok.error());
  }
  /// What is wrong with these statements of the logical stage.
  std::string wrong_in(std::string_view statements, std::string_view head = "%0: i64!, %1: text!",
                       std::string_view at = "logical") {
    cx.reset(*test::blog_catalog());
    const std::string text =
        "query(" + std::string(head) + ") {  ; stage " + std::string(at) + "\n" + std::string(statements) + "\n}\n";
    auto parsed = parse_query(cx, text);
    if (!parsed) return render(parsed.error());
    return found(parsed->root, parsed->at);
  }
  std::string wrong_with(std::string_view predicate) {
    return wrong_in("e = scan Entry  f = filter e where " + std::string(predicate));
  }
  static std::string error(int id, std::string_view words) {
    return "error[QRY" + std::to_string(id) + "]: malformed IR: " + std::string(words);
  }
  any_id make(kind k, std::vector<std::uint32_t> children, std::uint64_t a = 0, std::uint32_t b = 0, type t = {},
              std::uint16_t flags = 0) {
    return cx.make(k, flags, t, children, a, b);
  }
  std::uint32_t model(std::string_view name) { return cx.schema().find_model(name); }
  context cx;
};

TEST_F(the_verifier, lets_a_sound_query_pass) {
  EXPECT_EQ(wrong_in("b = scan Blog\n"
                     "e = scan Entry optional\n"
                     "j = join left b with e on eq(b.id, e.blog_id)\n"
                     "f = filter j where or(gt(e.rating, %0), contains(e.headline, %1))\n"
                     "g = aggregate f by [b.id] compute [aggregate count [e.id]] -> (id: i64!, n: i64!)\n"
                     "s = sort g [key desc g.n]\n"
                     "p = project s [g.id, add(g.n, 1)] -> (id: i64!, m: i64!)"),
            "nothing");
}

TEST_F(the_verifier, knows_the_kinds_of_each_stage) {
  const any_id scan = make(kind::scan, {}, model("Blog"), cx.new_instance(model("Blog")));
  EXPECT_EQ(found(scan, stage::related), "nothing");
  EXPECT_EQ(found(scan, stage::sql), error(9101, "scan is not legal in the sql stage"));
}

TEST_F(the_verifier, wants_the_children_of_each_kind) {
  const any_id scan = make(kind::scan, {}, model("Blog"), cx.new_instance(model("Blog")));
  const any_id yes = cx.boolean(true);
  EXPECT_EQ(found(make(kind::filter, {scan.value, none}), stage::logical),
            error(9102, "filter has nothing as predicate, where a value is needed"));
  EXPECT_EQ(found(make(kind::filter, {yes.value, yes.value}), stage::logical),
            error(9102, "filter has literal as input, where a relation is needed"));
  EXPECT_EQ(found(make(kind::filter, {scan.value}), stage::logical),
            error(9102, "filter has 1 children as children, where 2 is needed"));
  EXPECT_EQ(found(make(kind::filter, {scan.value, yes.value, yes.value}), stage::logical),
            error(9102, "filter has 3 children as children, where 2 is needed"));
}

TEST_F(the_verifier, wants_words_that_refer_to_something) {
  const std::uint32_t b = cx.new_instance(model("Blog"));
  EXPECT_EQ(found(make(kind::scan, {}, 99, b), stage::logical), error(9103, "scan has no valid model"));
  EXPECT_EQ(found(make(kind::scan, {}, model("Blog"), 99), stage::logical), error(9103, "scan has no valid instance"));
  EXPECT_EQ(found(make(kind::scan, {}, model("Entry"), b), stage::logical),
            error(9103, "scan has no valid instance of its model"));
  EXPECT_EQ(found(make(kind::op, {}, 0, 15, types::boolean), stage::logical), error(9103, "op has no valid code"));
  EXPECT_EQ(found(make(kind::scan, {}, model("Blog"), b, {}, 8), stage::logical),
            error(9103, "scan has no valid flags"));
  const any_id scan = make(kind::scan, {}, model("Blog"), b);
  EXPECT_EQ(found(make(kind::lock_rel, {scan.value}, 0, 17), stage::logical),
            error(9103, "lock has no valid strength"));
  const any_id key = cx.column(b, 0);
  EXPECT_EQ(found(make(kind::relate, {scan.value, key.value}, 99, b), stage::related),
            error(9103, "relate has no valid relation"));
  EXPECT_EQ(found(make(kind::call, {}, 1 << 20), stage::logical), error(9103, "call has no valid function"));
  EXPECT_EQ(
      found(make(kind::aggregate, {none, none}, 0, static_cast<std::uint32_t>(op::eq), types::boolean), stage::logical),
      error(9103, "eq has no valid aggregate"));
}

TEST_F(the_verifier, counts_arguments) {
  EXPECT_EQ(wrong_with("eq(e.id)"), error(9104, "eq takes 2 arguments, not 1"));
  EXPECT_EQ(wrong_with("eq(substr(e.headline), %1)"), error(9104, "substr takes 2 to 3 arguments, not 1"));
  EXPECT_EQ(wrong_with("eq(concat(e.headline), %1)"), error(9104, "concat takes 2 or more arguments, not 1"));
  EXPECT_EQ(wrong_with("and()"), "nothing");
}

TEST_F(the_verifier, wants_operands_that_an_operation_works_on) {
  EXPECT_EQ(wrong_with("eq(e.headline, %0)"), error(9105, "eq does not work on i64!"));
  EXPECT_EQ(wrong_with("contains(e.rating, %1)"), error(9105, "contains does not work on i32?"));
  EXPECT_EQ(wrong_with("and(e.rating, true)"), error(9105, "and_ does not work on i32?"));
  EXPECT_EQ(wrong_with("eq(year(e.headline), %0)"), error(9105, "year does not work on text(255)!"));
  EXPECT_EQ(wrong_with("eq(add(e.headline, %1), %1)"), error(9105, "add does not work on text(255)!"));
  EXPECT_EQ(wrong_with("in_array(e.headline, %0: array(i64)!)"), error(9105, "in_array does not work on array(i64)!"));
  EXPECT_EQ(wrong_with("eq(e.rating, null)"), "nothing") << "NULL has every type";
  EXPECT_EQ(wrong_with("between(e.rating, 1.5, %0)"), "nothing") << "numbers compare";
  EXPECT_EQ(wrong_in("e = scan Entry  l = limit e count \"x\"", "", "logical").substr(0, 5), "error");
  EXPECT_EQ(wrong_in("e = scan Entry  l = limit e count true"),
            error(9105, "the count of limit does not work on bool!"));
}

TEST_F(the_verifier, recomputes_types) {
  EXPECT_EQ(wrong_with("(eq(e.rating, %0)): bool!"),
            "error[QRY2101]: name 'eq' is not defined\n  line 2: e = scan Entry  f = filter e where (eq(e.rating, "
            "%0)): bool!\n                                              ^~");
  EXPECT_EQ(wrong_with("eq(e.rating, %0): bool!"), error(9106, "eq has the type bool!, where its operands make bool?"));
  EXPECT_EQ(wrong_with("eq(e.rating, %0): i32?"), error(9106, "eq has the type i32?, where its operands make bool?"));
  EXPECT_EQ(wrong_with("is_null(e.rating): bool?"),
            error(9106, "is_null has the type bool?, where its operands make bool!"));
  EXPECT_EQ(wrong_with("eq(e.id: i32!, %0)"), error(9106, "column has the type i32!, where its operands make i64!"));
  EXPECT_EQ(wrong_with("eq(div(e.comments, 2): i64!, %0)"),
            error(9106, "div has the type i64!, where its operands make i64?"))
      << "the divisor may be 0";
  EXPECT_EQ(wrong_with("eq(e.comments, %0): bool?"), "nothing") << "more may be NULL than must";
  EXPECT_EQ(wrong_with("not(and(gt(e.rating, 1), is_not_null(gt(e.rating, 1)))): bool!"), "nothing")
      << "where the comparison is NULL, the guard is false";
  EXPECT_EQ(wrong_in("e = scan Entry  p = project e [(case [when gt(e.rating, 1) then 2]): i64!] -> (x: i64?)"),
            error(9106, "case has the type i64!, where its operands make i64?"));
}

TEST_F(the_verifier, wants_truth_values_as_predicates) {
  EXPECT_EQ(wrong_with("e.rating"), error(9107, "the predicate of filter is i32?, not a truth value"));
  EXPECT_EQ(wrong_in("e = scan Entry  b = scan Blog  j = join inner e with b on e.blog_id"),
            error(9107, "the on of join is i64!, not a truth value"));
}

TEST_F(the_verifier, wants_columns_in_scope) {
  EXPECT_EQ(wrong_in("e = scan Entry  b = scan Blog  f = filter e where eq(b.id, e.blog_id)"),
            error(9108, "Blog.id is read where its relation is not in scope"));
  EXPECT_EQ(wrong_in("e = scan Entry  p = project e [e.id] -> (id: i64!)  f = filter p where gt(e.rating, 1)"),
            error(9108, "Entry.rating is read where its relation is not in scope"))
      << "a project hides what it does not compute";
  EXPECT_EQ(wrong_in("e = scan Entry  p = project e [e.id] -> (id: i64!)  f = filter p where gt(p.id, 1)"), "nothing");
}

TEST_F(the_verifier, ends_the_scope_of_a_semi_or_anti_join_at_the_join) {
  for (const std::string form : {"semi", "anti"}) {
    const std::string joined = "b = scan Blog  e = scan Entry  j = join " + form + " b with e on eq(b.id, e.blog_id)  ";
    EXPECT_EQ(wrong_in(joined + "f = filter j where eq(b.name, %1)"), "nothing");
    EXPECT_EQ(wrong_in(joined + "f = filter j where eq(e.headline, %1)"),
              error(9108, "Entry.headline is read where its relation is not in scope"));
  }
}

TEST_F(the_verifier, lets_a_subquery_read_the_relations_around_it) {
  const std::string inner = "b = scan Blog  e = scan Entry  f = filter e where eq(e.blog_id, b.id)  ";
  EXPECT_EQ(wrong_in(inner + "r = filter b where (exists f)"), "nothing");
  EXPECT_EQ(wrong_in(inner), error(9108, "Blog.id is read where its relation is not in scope"));
  EXPECT_EQ(wrong_in(inner + "j = join inner b with f on true"),
            error(9108, "Blog.id is read where its relation is not in scope"))
      << "the two sides of a join do not see each other";
  EXPECT_EQ(wrong_in(inner + "r = filter b where and(exists f, eq(e.id, %0))"),
            error(9108, "Entry.id is read where its relation is not in scope"))
      << "what a subquery makes stays in it";
}

TEST_F(the_verifier, wants_each_instance_once_in_scope) {
  EXPECT_EQ(wrong_in("e = scan Entry  j = join inner e with e on true"),
            error(9109, "join makes an instance of Entry that is in scope already"));
  EXPECT_EQ(wrong_in("e = scan Entry  f = filter e where (exists e)"),
            error(9109, "filter makes an instance of Entry that is in scope already"));
  EXPECT_EQ(wrong_in("b = scan Blog  e = scan Entry  f = filter e where eq(e.blog_id, b.id)  r = filter b where "
                     "or(exists f, not(exists f))"),
            "nothing")
      << "each subquery is a scope of its own";
}

TEST_F(the_verifier, wants_columns_and_parameters_that_there_are) {
  const std::uint32_t b = cx.new_instance(model("Blog"));
  EXPECT_EQ(found(make(kind::column, {}, 99, b, types::int64), stage::logical),
            error(9110, "a column that its relation does not have"));
  EXPECT_EQ(found(make(kind::column, {}, 0, 99, types::int64), stage::logical),
            error(9110, "a column that its relation does not have"));
  EXPECT_EQ(found(cx.param_ref(7, types::int64), stage::logical),
            error(9111, "parameter %7 does not exist in this form"));
  const std::uint32_t one = cx.add_param({});
  EXPECT_EQ(found(cx.param_ref(one, types::int64, 2), stage::logical),
            error(9111, "parameter %0 does not exist in this form"));
}

TEST_F(the_verifier, bounds_nesting) {
  expr_id e = cx.boolean(true);
  for (std::uint32_t i = 1; i < max_tree_depth; ++i) e = cx.make_op(op::not_, {e});
  EXPECT_EQ(found(e, stage::logical), "nothing");
  for (std::uint32_t i = 0; i < 100000; ++i) e = cx.make_op(op::not_, {e});
  EXPECT_EQ(found(e, stage::logical), error(9112, "nested deeper than 4000 levels"));
}

TEST_F(the_verifier, compares_computed_columns_with_what_computes_them) {
  EXPECT_EQ(wrong_in("e = scan Entry  p = project e [e.id] -> (id: i64!, x: i64!)"),
            error(9113, "project computes 1 values, where its columns are 2"));
  EXPECT_EQ(wrong_in("e = scan Entry  p = project e [e.rating] -> (r: i32!)"),
            error(9113, "project computes i32?, where its columns are i32!"));
  EXPECT_EQ(wrong_in("e = scan Entry  g = aggregate e by [e.id] compute [] -> (id: text!)"),
            error(9113, "aggregate computes i64!, where its columns are text!"));
  EXPECT_EQ(wrong_in("r = rows [row [1, 2], row [3]] -> (a: i64!, b: i64!)"),
            error(9113, "rows computes 1 values, where its columns are 2"));
  EXPECT_EQ(wrong_in("b = scan Blog  p = project b [b.id, b.name] -> (id: i64!, name: text(100)!)\n"
                     "e = scan Entry  f = filter e where (in_query e.blog_id in p)"),
            error(9113, "in_query computes 2 values, where its columns are 1"));
}

TEST_F(the_verifier, wants_padded_columns_to_be_nullable) {
  const std::string plain = "b = scan Blog  e = scan Entry  j = join left b with e on eq(b.id, e.blog_id)  ";
  EXPECT_EQ(wrong_in(plain + "p = project j [e.headline] -> (h: text(255)!)"),
            error(9114, "Entry.headline is never NULL, though an outer join may find no row for it"));
  EXPECT_EQ(wrong_in(plain + "p = project j [e.rating] -> (r: i32?)"), "nothing") << "nobody takes it for a value";
  EXPECT_EQ(wrong_in("e = scan Entry  b = scan Blog  j = join left to_one trusted e with b on eq(e.blog_id, b.id)  p = "
                     "project j [b.name] -> (n: text(100)!)"),
            "nothing")
      << "the database enforces the key";
  EXPECT_EQ(wrong_in("e = scan Entry  a = scan Author  j = join left to_one trusted e with a on eq(e.editor_id, a.id)  "
                     "p = project j [a.name] -> (n: text(200)!)"),
            error(9114, "Author.name is never NULL, though an outer join may find no row for it"))
      << "the key may be NULL";
  EXPECT_EQ(wrong_in("b = scan Blog optional  e = scan Entry  j = join full b with e on eq(b.id, e.blog_id)  p = "
                     "project j [e.id] -> (id: i64!)"),
            error(9114, "Entry.id is never NULL, though an outer join may find no row for it"));
}

TEST_F(the_verifier, wants_aggregates_where_rows_are_grouped) {
  EXPECT_EQ(wrong_in("e = scan Entry  f = filter e where gt((aggregate count_rows []), %0)"),
            error(9115, "an aggregate stands in filter, where no rows are grouped"));
  EXPECT_EQ(wrong_in("e = scan Entry  g = aggregate e by [] compute [aggregate sum [(aggregate count_rows [])]: i64?] "
                     "-> (n: i64?)"),
            error(9115, "an aggregate stands in sum, where no rows are grouped"));
  EXPECT_EQ(wrong_in("e = scan Entry  p = project e [(over (aggregate row_number []) window (window))] -> (n: i64!)"),
            "nothing");
}

TEST_F(the_verifier, trusts_nothing_below_a_malformed_node) {
  const std::array kinds = {kind::join,      kind::project,  kind::group,  kind::relate,
                            kind::case_when, kind::in_query, kind::set_op, kind::cte_rel};
  for (const kind k : kinds)
    for (const std::uint32_t count : {0U, 1U, 2U, 3U}) {
      cx.reset(*test::blog_catalog());
      const std::vector<std::uint32_t> children(count, cx.boolean(true).value);
      for (const stage s : {stage::related, stage::logical})
        EXPECT_NE(found(make(k, children, 77, 77), s), "nothing") << info(k).name;
    }
}

}  // namespace
}  // namespace quarry::ir
