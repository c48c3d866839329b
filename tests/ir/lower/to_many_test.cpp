// Multi-valued relations: which rows share an instance, and what a negation asks.
#include <gtest/gtest.h>

#include <quarry/ir/legalize/legalize.hpp>
#include <quarry/ir/lower/lower.hpp>
#include <quarry/ir/text/print.hpp>

#include "support/blog_catalog.hpp"
#include "support/surface.hpp"

namespace quarry::ir {
namespace {

class a_to_many_path : public testing::Test {
 protected:
  a_to_many_path() { cx.reset(*test::blog_catalog()); }
  std::string logical(rel_id surface) {
    auto related = lowering_.to_related(cx, surface, {});
    if (!related) return render(related.error());
    const std::string text = print(cx, lowering_.to_logical(cx, *related), stage::logical);
    return text.substr(text.find('\n') + 1, text.rfind('}') - text.find('\n') - 1);
  }
  static std::size_t times(const std::string& text, std::string_view what) {
    std::size_t n = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
    return n;
  }
  std::string excluded(expr_id e) { return logical(s.count(s.filter(s.scan("Blog"), e, true))); }
  context cx;
  test::surface s{cx};
  lowering lowering_;
};

TEST_F(a_to_many_path, shares_its_row_within_one_call) {
  const std::string text = logical(s.count(
      s.filter(s.scan("Blog"),
               s.both(s.lookup("entry__headline__contains", scalar::text), s.lookup("entry__rating", scalar::int64)))));
  EXPECT_EQ(times(text, "scan Entry"), 1U) << text;
  EXPECT_EQ(times(text, "join left b with e on eq(b.id, e.blog_id)"), 1U) << text;
}

TEST_F(a_to_many_path, joins_anew_in_each_further_call) {
  const std::string text =
      logical(s.count(s.filter(s.filter(s.scan("Blog"), s.lookup("entry__headline__contains", scalar::text)),
                               s.lookup("entry__rating", scalar::int64))));
  EXPECT_EQ(times(text, "scan Entry"), 2U) << text;
}

TEST_F(a_to_many_path, takes_f_into_the_call_where_it_stands) {
  const std::string one =
      logical(s.count(s.filter(s.scan("Blog"), s.lookup_of("entry__rating__gt", s.path("entry__comments")))));
  EXPECT_EQ(times(one, "scan Entry"), 1U) << one;
  const std::string two = logical(s.count(s.filter(s.filter(s.scan("Blog"), s.lookup("entry__rating", scalar::int64)),
                                                   s.lookup_of("entry__rating__gt", s.path("entry__comments")))));
  EXPECT_EQ(times(two, "scan Entry"), 2U) << "a chained filter joins anew, its F() with it: " << two;
}

TEST_F(a_to_many_path, orders_by_the_most_recent_of_several_rows) {
  const rel_id q = s.order(s.filter(s.filter(s.scan("Blog"), s.lookup("entry__rating", scalar::int64)),
                                    s.lookup("entry__comments", scalar::int64)),
                           {"entry__pub_date"});
  const std::string text = logical(q);
  EXPECT_EQ(times(text, "scan Entry"), 2U) << text;
  EXPECT_NE(text.find("key e2.pub_date"), std::string::npos) << text;
}

TEST_F(a_to_many_path, of_values_is_joined_where_values_stands) {
  const rel_id before =
      s.filter(s.values(s.scan("Blog"), {"entry__headline"}), s.lookup("entry__rating", scalar::int64));
  EXPECT_EQ(times(logical(before), "scan Entry"), 2U) << "a filter after it joins anew";
  const rel_id after =
      s.values(s.filter(s.scan("Blog"), s.lookup("entry__rating", scalar::int64)), {"entry__headline"});
  EXPECT_EQ(times(logical(after), "scan Entry"), 1U) << "after a filter it reads the filtered row";
  EXPECT_EQ(times(logical(s.count(before)), "scan Entry"), 2U) << "the rows that it repeats are counted";
}

TEST_F(a_to_many_path, is_dropped_with_the_order_that_alone_needed_it) {
  EXPECT_EQ(times(logical(s.count(s.order(s.scan("Blog"), {"entry__pub_date"}))), "scan Entry"), 0U);
}

TEST_F(a_to_many_path, goes_through_the_link_table_of_a_many_to_many_field) {
  const std::string text = logical(s.count(s.filter(s.scan("Entry"), s.lookup("authors__name", scalar::text))));
  EXPECT_NE(text.find("scan Entry_authors"), std::string::npos) << text;
  EXPECT_NE(text.find("scan Author"), std::string::npos) << text;
  const std::string by_key = logical(s.count(s.filter(s.scan("Entry"), s.lookup("authors", scalar::int64))));
  EXPECT_EQ(by_key.find("scan Author"), std::string::npos) << "the link row holds the key: " << by_key;
  EXPECT_NE(logical(s.count(s.filter(s.scan("Author"), s.lookup("entry__headline", scalar::text))))
                .find("scan Entry_authors"),
            std::string::npos);
}

TEST_F(a_to_many_path, asks_whether_there_is_a_row_when_negated) {
  EXPECT_EQ(excluded(s.lookup("entry__rating", scalar::int64)),
            "  b = scan Blog\n"
            "  e = scan Entry\n"
            "  f = filter e where eq(e.blog_id, b.id)\n"
            "  f2 = filter f where eq(e.rating, %0)\n"
            "  f3 = filter b where not(exists f2)\n"
            "  a = aggregate f3 by [] compute [aggregate count_rows []] -> (count: i64!)\n");
}

TEST_F(a_to_many_path, asks_for_each_condition_of_one_exclude_apart) {
  const expr_id rating = s.lookup("entry__rating", scalar::int64);
  const std::string text = excluded(s.both(rating, s.lookup("entry__comments", scalar::int64)));
  EXPECT_EQ(times(text, "scan Entry"), 2U) << text;
  EXPECT_EQ(times(text, "not(and(exists "), 1U) << text;
}

TEST_F(a_to_many_path, keeps_the_boolean_tree_of_a_negation_under_or) {
  const expr_id name = s.lookup("name", scalar::text);
  const std::string text =
      logical(s.count(s.filter(s.scan("Blog"), s.either(name, s.negated(s.lookup("entry__rating", scalar::int64))))));
  EXPECT_EQ(times(text, "or(eq(b.name, %0), not(exists "), 1U) << text;
}

TEST_F(a_to_many_path, asks_also_under_a_double_negation) {
  const std::string text = excluded(s.negated(s.lookup("entry__rating", scalar::int64)));
  EXPECT_EQ(times(text, "not(not(exists "), 1U) << text;
}

TEST_F(a_to_many_path, counts_a_missing_row_as_null) {
  EXPECT_EQ(times(logical(s.count(s.filter(s.scan("Blog"), s.isnull("entry", true)))), "where is_null(e.id)"), 1U);
  const std::string text = excluded(s.isnull("entry", true));
  EXPECT_EQ(times(text, "where not(not(exists "), 1U) << "blogs with an entry: " << text;
  const std::string column = excluded(s.lookup_null("entry__rating"));
  EXPECT_EQ(times(column, "not(or(not(exists "), 1U) << column;
}

TEST_F(a_to_many_path, correlates_with_the_row_where_it_becomes_to_many) {
  const std::string text =
      logical(s.count(s.filter(s.scan("Entry"), s.lookup("blog__entry__rating", scalar::int64), true)));
  EXPECT_EQ(text.find("join"), std::string::npos) << "the key of the row says it all\n" << text;
  EXPECT_NE(text.find("where eq(e2.blog_id, e.blog_id)"), std::string::npos) << text;
}

TEST_F(a_to_many_path, repeats_no_row_under_distinct) {
  const std::string text = logical(s.distinct(s.filter(s.scan("Blog"), s.lookup("entry__rating", scalar::int64))));
  EXPECT_NE(text.find("d = distinct p"), std::string::npos) << text;
}

TEST_F(a_to_many_path, lets_an_order_outside_the_output_join_the_distinct_key) {
  const rel_id q = s.distinct(s.values(s.order(s.scan("Entry"), {"pub_date", "headline"}), {"headline"}));
  EXPECT_EQ(logical(q),
            "  e = scan Entry\n"
            "  p = project e [e.headline, e.pub_date] -> (headline: text(255)!, order_key: date!)\n"
            "  d = distinct p\n"
            "  s = sort d [key p.order_key, key p.headline]\n"
            "  p2 = project s [p.headline] -> (headline: text(255)!)\n");
}

class a_nested_select : public a_to_many_path {
 protected:
  a_nested_select() {
    for (const kind_info& k : all_kinds())
      if (is_public(k.id)) f.allow(k.id);
    for (const op_info& o : all_ops()) f.allow(o.code);
    for (int t = 0; t < 15; ++t) f.allow(static_cast<scalar>(t));
    f.set(fact::nulls_sort, 1);
  }
  statement form(rel_id logical_root) {
    auto legal = legalizer_.legalize(cx, logical_root, f, false);
    EXPECT_TRUE(legal) << (legal ? "" : render(legal.error()));
    auto formed = legalizer_.form(cx, *legal, f);
    EXPECT_TRUE(formed) << (formed ? "" : render(formed.error()));
    return *formed;
  }
  std::string sql(rel_id surface) {
    auto related = lowering_.to_related(cx, surface, {});
    if (!related) return render(related.error());
    const std::string text = print(cx, form(lowering_.to_logical(cx, *related)).root, stage::sql);
    return text.substr(text.find('\n') + 1, text.rfind('}') - text.find('\n') - 1);
  }
  facts f;
  legalizer legalizer_;
};

TEST_F(a_nested_select, names_the_enclosing_table) {
  EXPECT_EQ(sql(s.count(s.filter(s.scan("Blog"), s.lookup("entry__rating", scalar::int64), true))),
            "  s = select\n"
            "      items [item 1]\n"
            "      from (table \"blog_entry\" \"e1\")\n"
            "      where and(eq(e1.blog_id: i64!, b0.id: i64!), eq(e1.rating: i32?, $0))\n"
            "  s2 = select\n"
            "      items [item (aggregate count_rows [])]\n"
            "      from (table \"blog_blog\" \"b0\")\n"
            "      where not(exists s)\n");
}

TEST_F(a_nested_select, counts_distinct_rows_over_all_their_columns) {
  EXPECT_EQ(sql(s.count(s.distinct(s.values(s.scan("Entry"), {"rating", "comments"})))),
            "  s = select distinct\n"
            "      items [item \"c0\" rating: i32?, item \"c1\" comments: i32!]\n"
            "      from (table \"blog_entry\")\n"
            "  s2 = select\n"
            "      items [item (aggregate count_rows [])]\n"
            "      from (derived \"q0\" s)\n");
}

TEST_F(a_nested_select, hides_the_columns_that_only_the_order_needs) {
  auto related =
      lowering_.to_related(cx, s.distinct(s.values(s.order(s.scan("Entry"), {"pub_date"}), {"headline"})), {});
  const statement made = form(lowering_.to_logical(cx, *related));
  EXPECT_EQ(made.visible, 1U);
  EXPECT_EQ(made.columns.size(), 2U);
}

TEST_F(a_nested_select, spells_semi_and_anti_joins_as_exists) {
  const std::uint32_t b = cx.new_instance(0), e = cx.new_instance(2);
  const any_id blog = cx.make(kind::scan, 0, {}, {}, 0, b), entry = cx.make(kind::scan, 0, {}, {}, 2, e);
  const std::uint32_t children[] = {blog.value, entry.value,
                                    cx.make_op(op::eq, {cx.column(e, 1), cx.column(b, 0)}).value};
  const any_id anti = cx.make(kind::join, 0, {}, children, 0, join_kind::anti);
  const output id{cx.names().intern("id"), types::int64};
  const std::uint32_t out = cx.new_computed_instance({&id, 1});
  const std::uint32_t items[] = {anti.value, cx.column(b, 0).value};
  const std::string text = print(cx, form(rel_id(cx.make(kind::project, 0, {}, items, 0, out))).root, stage::sql);
  EXPECT_NE(text.find("where not(exists s)"), std::string::npos) << text;
}

}  // namespace
}  // namespace quarry::ir
