// What each rule of the lowering makes of a query, as text IR.
#include <gtest/gtest.h>

#include <quarry/ir/lower/lower.hpp>
#include <quarry/ir/text/print.hpp>

#include "support/blog_catalog.hpp"
#include "support/surface.hpp"

namespace quarry::ir {
namespace {

class lowered : public testing::Test {
 protected:
  lowered() { cx.reset(*test::blog_catalog()); }

  /// The statements of the logical stage without their frame; projections of all columns are cut short.
  std::string logical(rel_id surface, lower_options options = {}) {
    auto related = lowering_.to_related(cx, surface, options);
    if (!related) return render(related.error());
    const std::string text = print(cx, lowering_.to_logical(cx, *related), stage::logical);
    return text.substr(text.find('\n') + 1, text.rfind('}') - text.find('\n') - 1);
  }
  /// Only what a count of the rows needs: a short form for tests of conditions.
  std::string condition(expr_id e, bool exclude = false, lower_options options = {}) {
    const std::string text = logical(s.count(s.filter(s.scan("Entry"), e, exclude)), options);
    const std::size_t at = text.find(" where ");
    return at == std::string::npos ? text : text.substr(at + 7, text.find('\n', at) - at - 7);
  }
  context cx;
  test::surface s{cx};
  lowering lowering_;
};

TEST_F(lowered, selects_every_column_of_the_model) {
  EXPECT_EQ(logical(s.scan("Blog")),
            "  b = scan Blog\n"
            "  p = project b [b.id, b.name, b.tagline] -> (id: i64!, name: text(100)!, tagline: text!)\n");
}

TEST_F(lowered, joins_a_required_relation_with_a_left_join_that_loses_no_row) {
  EXPECT_EQ(logical(s.count(s.filter(s.scan("Entry"), s.lookup("blog__name", scalar::text)))),
            "  e = scan Entry\n"
            "  b = scan Blog\n"
            "  j = join left to_one trusted e with b on eq(e.blog_id, b.id)\n"
            "  f = filter j where eq(b.name, %0)\n"
            "  a = aggregate f by [] compute [aggregate count_rows []] -> (count: i64!)\n");
}

TEST_F(lowered, shares_a_to_one_relation_between_calls_and_orders) {
  const rel_id q = s.order(s.filter(s.filter(s.scan("Entry"), s.lookup("blog__name", scalar::text)),
                                    s.lookup("blog__tagline", scalar::text)),
                           {"blog__name"});
  const std::string text = logical(s.values(q, {"headline", "blog__tagline"}));
  EXPECT_EQ(text.find("scan Blog"), text.rfind("scan Blog")) << text;
}

TEST_F(lowered, reads_the_key_of_a_relation_from_the_local_column) {
  EXPECT_EQ(condition(s.lookup("blog", scalar::int64)), "eq(e.blog_id, %0)");
  EXPECT_EQ(condition(s.lookup("blog__id", scalar::int64)), "eq(e.blog_id, %1)");
  EXPECT_EQ(condition(s.lookup("blog__pk__in",
                               [] {
                                 param p;
                                 p.what = param::form::list;
                                 p.length = 3;
                                 return p;
                               }())),
            "in_array(e.blog_id, %2)");
  EXPECT_EQ(condition(s.isnull("editor", true)), "is_null(e.editor_id)");
}

TEST_F(lowered, compares_with_none_as_is_null) {
  EXPECT_EQ(condition(s.lookup_null("rating")), "is_null(e.rating)");
  EXPECT_EQ(condition(s.lookup_null("rating__exact")), "is_null(e.rating)");
  EXPECT_EQ(condition(s.isnull("rating", false)), "is_not_null(e.rating)");
}

TEST_F(lowered, finds_nothing_in_an_empty_list) { EXPECT_EQ(condition(s.lookup_list("id__in", 0, true)), "false"); }

TEST_F(lowered, keeps_rows_whose_value_is_null_when_it_excludes) {
  EXPECT_EQ(condition(s.lookup("rating__gt", scalar::int64), true),
            "not(and(gt(e.rating, %0), is_not_null(e.rating)))");
  EXPECT_EQ(condition(s.lookup("comments__gt", scalar::int64), true), "not(gt(e.comments, %1))")
      << "the column is never NULL";
  EXPECT_EQ(condition(s.lookup_null("rating"), true), "not(is_null(e.rating))");
  EXPECT_EQ(condition(s.negated(s.lookup("rating", scalar::int64))),
            "not(and(eq(e.rating, %3), is_not_null(e.rating)))");
}

TEST_F(lowered, excludes_by_the_boolean_tree_as_written) {
  const expr_id rating = s.lookup("rating", scalar::int64);
  EXPECT_EQ(condition(s.both(rating, s.lookup("comments", scalar::int64)), true),
            "not(and(and(eq(e.rating, %0), is_not_null(e.rating)), eq(e.comments, %1)))");
}

TEST_F(lowered, does_not_guard_what_is_negated_twice) {
  EXPECT_EQ(condition(s.negated(s.lookup("rating", scalar::int64)), true), "not(not(eq(e.rating, %0)))");
}

TEST_F(lowered, guards_values_of_a_row_that_may_be_missing) {
  EXPECT_EQ(condition(s.lookup("editor__name", scalar::text), true), "not(and(eq(a.name, %0), is_not_null(a.name)))");
}

TEST_F(lowered, excludes_the_exact_complement_in_strict_mode) {
  lower_options strict;
  strict.strict_exclude = true;
  EXPECT_EQ(condition(s.lookup("rating__gt", scalar::int64), true, strict), "not(is_true(gt(e.rating, %0)))");
}

TEST_F(lowered, guards_the_other_column_of_a_comparison_too) {
  EXPECT_EQ(condition(s.lookup_of("comments__gt", s.path("rating")), true),
            "not(and(gt(e.comments, e.rating), is_not_null(e.rating)))");
}

TEST_F(lowered, chooses_text_operations_by_the_semantics) {
  lower_options native;
  native.native = true;
  EXPECT_EQ(condition(s.lookup("headline__contains", scalar::text)), "contains(e.headline, %0)");
  EXPECT_EQ(condition(s.lookup("headline__contains", scalar::text), false, native), "contains_native(e.headline, %1)");
}

TEST_F(lowered, compares_dates_by_their_parts) {
  EXPECT_EQ(condition(s.lookup("pub_date__year__gte", scalar::int64)), "ge(year(e.pub_date), %0)");
}

TEST_F(lowered, orders_last_and_by_the_models_own_order) {
  const std::string text = logical(s.filter(s.order(s.scan("Entry"), {"-editor"}), s.lookup("id", scalar::int64)));
  EXPECT_NE(text.find("f = filter e where eq(e.id, %0)"), std::string::npos) << text;
  EXPECT_NE(text.find("s = sort j [key a.name]"), std::string::npos) << text;
  EXPECT_NE(logical(s.order(s.scan("Entry"), {"-editor_id"})).find("[key desc e.editor_id]"), std::string::npos);
  EXPECT_NE(logical(s.scan("Author")).find("[key desc a.name]"), std::string::npos) << "Meta.ordering";
  EXPECT_NE(logical(s.reverse(s.scan("Author"))).find("[key a.name]"), std::string::npos);
  EXPECT_EQ(logical(s.order(s.scan("Author"), {})).find("sort"), std::string::npos)
      << "order_by() takes the order away";
}

TEST_F(lowered, drops_the_order_under_count_but_not_under_a_slice) {
  EXPECT_EQ(logical(s.count(s.order(s.scan("Entry"), {"blog__name"}))).find("Blog"), std::string::npos);
  EXPECT_NE(logical(s.count(s.slice(s.order(s.scan("Entry"), {"blog__name"}), true, false))).find("sort"),
            std::string::npos);
}

TEST_F(lowered, asks_for_one_row_when_it_only_wants_to_know) {
  EXPECT_EQ(logical(s.exists(s.scan("Blog"))),
            "  b = scan Blog\n"
            "  l = limit b count 1\n"
            "  p = project l [1] -> (found: i64!)\n");
}

TEST_F(lowered, names_the_nearest_field) {
  const std::string text = logical(s.filter(s.scan("Entry"), s.lookup("blog__nmae", scalar::text)));
  EXPECT_EQ(text,
            "error[QRY2107]: Blog has no field 'nmae'\n"
            "  blog__nmae\n"
            "        ^~~~   did you mean 'name'?");
  EXPECT_NE(logical(s.filter(s.scan("Entry"), s.lookup("headlin", scalar::text))).find("did you mean 'headline'?"),
            std::string::npos);
  EXPECT_NE(logical(s.filter(s.scan("Entry"), s.lookup("headline__startwith", scalar::text)))
                .find("did you mean 'startswith'?"),
            std::string::npos);
}

TEST_F(lowered, refuses_what_has_no_meaning) {
  const auto id_of = [&](expr_id e) { return lowering_.to_related(cx, s.filter(s.scan("Entry"), e), {}).error().id; };
  EXPECT_EQ(id_of(s.lookup("rating__isnull", scalar::int64)), diag::isnull_needs_bool);
  EXPECT_EQ(id_of(s.lookup("id__in", scalar::int64)), diag::lookup_needs_list);
  EXPECT_EQ(id_of(s.lookup_null("rating__gt")), diag::none_with_lookup);
  EXPECT_EQ(id_of(s.lookup_list("id__range", 3)), diag::lookup_needs_pair);
  EXPECT_EQ(id_of(s.lookup_list("id", 3)), diag::wrong_argument);
  EXPECT_EQ(id_of(s.lookup("headline__year", scalar::int64)), diag::unknown_lookup);
  EXPECT_EQ(id_of(s.lookup("headline____x", scalar::int64)), diag::empty_path);
  EXPECT_EQ(id_of(s.lookup("id__exact__gt", scalar::int64)), diag::unknown_lookup);
}

}  // namespace
}  // namespace quarry::ir
