// What legalization and the forming of selects make of a query, as text of the SQL stage, for connections with different facts.
#include <gtest/gtest.h>

#include <quarry/ir/legalize/legalize.hpp>
#include <quarry/ir/lower/lower.hpp>
#include <quarry/ir/text/print.hpp>

#include "support/blog_catalog.hpp"
#include "support/surface.hpp"

namespace quarry::ir {
namespace {

facts everything() {
  facts f;
  f.product = "A database";
  f.version = "1.0";
  for (const kind_info& k : all_kinds())
    if (is_public(k.id)) f.allow(k.id);
  for (const op_info& o : all_ops()) f.allow(o.code);
  for (int t = 0; t < 15; ++t) f.allow(static_cast<scalar>(t));
  f.set(fact::nulls_sort, 1);
  f.set(fact::offset_needs_limit, 0);
  f.set(fact::generated_key_outcome, 1);
  return f;
}

class legalized : public testing::Test {
 protected:
  legalized() { cx.reset(*test::blog_catalog()); }
  std::string sql(rel_id surface, bool native = false) {
    auto related = lowering_.to_related(cx, surface, {});
    if (!related) return render(related.error());
    auto legal = legalizer_.legalize(cx, lowering_.to_logical(cx, *related), f, native);
    if (!legal) return render(legal.error());
    auto formed = legalizer_.form(cx, *legal, f);
    if (!formed) return render(formed.error());
    slots = formed->slots.size();
    const std::string text = print(cx, formed->root, stage::sql);
    return text.substr(text.find('\n') + 1, text.rfind('}') - text.find('\n') - 1);
  }
  facts f = everything();
  context cx;
  test::surface s{cx};
  lowering lowering_;
  legalizer legalizer_;
  std::size_t slots = 0;
};

TEST_F(legalized, writes_one_table_without_aliases) {
  EXPECT_EQ(sql(s.filter(s.scan("Blog"), s.lookup("id", scalar::int64))),
            "  s = select\n"
            "      items [item id: i64!, item name: text(100)!, item tagline: text!]\n"
            "      from (table \"blog_blog\")\n"
            "      where eq(id, $0)\n");
}

TEST_F(legalized, forms_one_block_from_filters_joins_order_and_slice) {
  const rel_id q =
      s.slice(s.order(s.filter(s.scan("Entry"),
                               s.both(s.lookup("blog__name", scalar::text), s.lookup("rating__gt", scalar::int64))),
                      {"-pub_date"}),
              true, false);
  EXPECT_EQ(sql(s.values(q, {"headline"})),
            "  s = select\n"
            "      items [item e0.headline: text(255)!]\n"
            "      from (join left (table \"blog_entry\" \"e0\") with (table \"blog_blog\" \"b1\") on eq(e0.blog_id: "
            "i64!, b1.id: i64!))\n"
            "      where and(eq(b1.name: text(100)!, $0), gt(e0.rating: i32?, $1))\n"
            "      order by [key desc e0.pub_date: date!]\n"
            "      limit $2\n");
}

TEST_F(legalized, counts_a_slice_over_a_derived_table) {
  EXPECT_EQ(sql(s.count(s.slice(s.scan("Blog"), true, false))),
            "  s = select\n"
            "      items [item \"one\" 1]\n"
            "      from (table \"blog_blog\")\n"
            "      limit $0\n"
            "  s2 = select\n"
            "      items [item (aggregate count_rows [])]\n"
            "      from (derived \"q0\" s)\n");
}

TEST_F(legalized, orders_nulls_only_where_the_database_would_differ) {
  const auto keys = [&](bool native = false) {
    const std::string text = sql(s.order(s.scan("Entry"), {"rating", "-rating", "comments"}), native);
    const std::size_t at = text.find("order by ");
    return text.substr(at + 9, text.find('\n', at) - at - 9);
  };
  EXPECT_EQ(keys(), "[key rating, key desc rating, key comments]") << "NULLs are the least here already";
  f.set(fact::nulls_sort, 2);
  f.set(fact::null_order_syntax, 1);
  EXPECT_EQ(keys(), "[key nulls_first rating, key desc nulls_last rating, key comments]") << "comments is never NULL";
  EXPECT_EQ(keys(true), "[key rating, key desc rating, key comments]") << "native: as the database likes";
  f.set(fact::null_order_syntax, 0);
  EXPECT_EQ(keys(),
            "[key is_not_null(rating), key rating, key desc is_not_null(rating), key desc rating, key comments]");
}

TEST_F(legalized, binds_a_list_as_one_array_or_as_its_elements) {
  f.set(fact::array_binds, 1);
  f.allow(scalar::array);
  EXPECT_NE(sql(s.filter(s.scan("Blog"), s.lookup_list("id__in", 3))).find("where in_array(id, $0)"),
            std::string::npos);
  EXPECT_EQ(slots, 1U);
  f.set(fact::array_binds, 0);
  EXPECT_NE(sql(s.filter(s.scan("Blog"), s.lookup_list("id__in", 3))).find("where in_list(id, $0, $1, $2)"),
            std::string::npos);
  EXPECT_EQ(slots, 3U);
}

TEST_F(legalized, gives_an_offset_the_limit_that_it_needs) {
  EXPECT_EQ(sql(s.slice(s.scan("Blog"), false, true)).find("limit"), std::string::npos);
  f.set(fact::offset_needs_limit, 1);
  f.set(fact::unlimited_limit, -1);
  EXPECT_NE(sql(s.slice(s.scan("Blog"), false, true)).find("limit -1\n      offset $0"), std::string::npos);
  f.set(fact::unlimited_limit, 0);
  EXPECT_NE(
      sql(s.slice(s.scan("Blog"), false, true)).find("an offset without a limit is not supported by A database 1.0"),
      std::string::npos);
}

TEST_F(legalized, tests_for_truth_in_the_databases_way) {
  lower_options strict;
  strict.strict_exclude = true;
  facts without;
  const rel_id q = s.count(s.filter(s.scan("Entry"), s.lookup("rating", scalar::int64), true));
  const auto where = [&](const facts& which) {
    auto related = lowering_.to_related(cx, q, strict);
    auto legal = legalizer_.legalize(cx, lowering_.to_logical(cx, *related), which, false);
    return print(cx, *legal, stage::logical);
  };
  EXPECT_NE(where(f).find("not(is_true(eq(e.rating, %0)))"), std::string::npos);
  facts lacking = f;
  lacking = facts();
  for (const kind_info& k : all_kinds())
    if (is_public(k.id)) lacking.allow(k.id);
  for (const op_info& o : all_ops())
    if (o.code != op::is_true) lacking.allow(o.code);
  for (int t = 0; t < 15; ++t) lacking.allow(static_cast<scalar>(t));
  EXPECT_NE(where(lacking).find("not(and(eq(e.rating, %0), is_not_null(eq(e.rating, %0))))"), std::string::npos);
}

TEST_F(legalized, refuses_what_the_connection_lacks_by_its_name) {
  f = facts();
  f.product = "Toy";
  f.version = "2";
  EXPECT_EQ(sql(s.filter(s.scan("Entry"), s.lookup("headline__regex", scalar::text))).substr(0, 15), "error[QRY2401]:");
  f = everything();
  facts no_regex;
  no_regex.product = "Toy";
  no_regex.version = "2";
  for (const kind_info& k : all_kinds())
    if (is_public(k.id)) no_regex.allow(k.id);
  for (const op_info& o : all_ops())
    if (o.code != op::regex) no_regex.allow(o.code);
  for (int t = 0; t < 15; ++t) no_regex.allow(static_cast<scalar>(t));
  f = no_regex;
  EXPECT_EQ(sql(s.filter(s.scan("Entry"), s.lookup("headline__regex", scalar::text))),
            "error[QRY2401]: regex is not supported by Toy 2");
}

TEST_F(legalized, refuses_more_values_than_the_statement_takes) {
  f.set(fact::max_binds, 4);
  EXPECT_NE(sql(s.filter(s.scan("Blog"), s.lookup_list("id__in", 6))).find("QRY2403"), std::string::npos);
}

TEST(the_facts, are_conservative_when_nothing_is_said) {
  const facts f;
  EXPECT_FALSE(f.legal(kind::select));
  EXPECT_FALSE(f.legal(op::eq));
  EXPECT_EQ(f[fact::max_binds], 999);
  EXPECT_TRUE(f.has(fact::offset_needs_limit));
}

TEST(the_facts, change_their_hash_with_any_content) {
  const facts base;
  facts a = base, b = base, c = base;
  a.set(fact::savepoints, 1);
  b.allow(op::eq);
  c.version = "3";
  EXPECT_NE(a.hash(), base.hash());
  EXPECT_NE(b.hash(), base.hash());
  EXPECT_NE(c.hash(), base.hash());
  EXPECT_NE(a.hash(), b.hash());
}

}  // namespace
}  // namespace quarry::ir
