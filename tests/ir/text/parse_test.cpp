// What the parser accepts and how it says what is wrong.
#include <gtest/gtest.h>

#include <random>

#include <quarry/ir/model/views.hpp>
#include <quarry/ir/text/form.hpp>
#include <quarry/ir/text/parse.hpp>
#include <quarry/ir/text/parse_catalog.hpp>
#include <quarry/ir/text/print.hpp>
#include <quarry/ir/tools/golden.hpp>

#include "support/blog_catalog.hpp"

namespace quarry::ir {
namespace {

class the_parser : public testing::Test {
 protected:
  the_parser() { cx.reset(*test::blog_catalog()); }
  std::string error(std::string_view text) {
    cx.reset(*test::blog_catalog());
    auto parsed = parse_query(cx, text);
    return parsed ? "no mistake" : render(parsed.error());
  }
  /// The mistake in one statement of the logical stage after `e = scan Entry`.
  std::string error_in(std::string_view statement) {
    const std::string all =
        error("query(%0: i64!) {  ; stage logical\n  e = scan Entry\n  " + std::string(statement) + "\n}\n");
    return all.substr(0, all.find('\n'));
  }
  context cx;
};

TEST_F(the_parser, reads_what_a_person_wrote_in_a_form_of_his_own) {
  auto parsed = parse_query(cx,
                            "; a comment\n"
                            "query(%0 from text,\n"
                            "      %1 from list(2, null)) { ; stage surface\n"
                            "  entries = scan Entry   ; all of them\n"
                            "  x=filter entries call=1 (lookup \"headline\" %0)\n"
                            "}");
  ASSERT_TRUE(parsed) << render(parsed.error());
  EXPECT_EQ(print(cx, parsed->root, parsed->at),
            "query(%0 from text) {  ; stage surface\n"
            "  e = scan Entry\n"
            "  f = filter e call=1 (lookup \"headline\" %0)\n"
            "}\n");
  EXPECT_EQ(cx.param_count(), 2U);
  EXPECT_EQ(cx.param_at(1).length, 2U);
  EXPECT_TRUE(cx.param_at(1).has_null);
}

TEST_F(the_parser, reads_columns_of_relations_around_the_query) {
  const std::string text =
      "query(b: Blog optional, x: (n: i64!)) {  ; stage logical\n"
      "  e = scan Entry\n"
      "  f = filter e where and(eq(e.blog_id, b.id), gt(e.comments, x.n))\n"
      "}\n";
  auto parsed = parse_query(cx, text);
  ASSERT_TRUE(parsed) << render(parsed.error());
  EXPECT_EQ(print(cx, parsed->root, parsed->at), text);
}

TEST_F(the_parser, gives_a_statement_the_instance_of_another) {
  auto parsed = parse_query(cx, "query() {  ; stage logical\n  b = scan Blog\n  u = update Blog of b b set []\n}\n");
  ASSERT_TRUE(parsed) << render(parsed.error());
  EXPECT_EQ(cx.instance_count(), 1U);
}

TEST_F(the_parser, takes_an_integer_for_a_floating_point_number_where_the_type_says_so) {
  auto parsed = parse_query(cx, "query() {  ; stage logical\n  = 5: f64!\n}\n");
  ASSERT_TRUE(parsed) << render(parsed.error());
  EXPECT_NE(print(cx, parsed->root, parsed->at).find("= 5.0\n"), std::string::npos);
}

TEST_F(the_parser, points_at_the_mistake) {
  EXPECT_EQ(error("query() {  ; stage logical\n  e = scan Entry\n  f = filter e where eq(e.headlin, 1)\n}\n"),
            "error[QRY2107]: Entry has no field 'headlin'\n"
            "  line 3:   f = filter e where eq(e.headlin, 1)\n"
            "                                    ^~~~~~~   did you mean 'headline'?");
}

TEST_F(the_parser, names_what_it_expects) {
  EXPECT_EQ(error("").substr(0, 37), "error[QRY2001]: expected 'query'");
  EXPECT_EQ(error("query() {\n}").substr(0, 52), "error[QRY2001]: expected '; stage' and surface, rela");
  EXPECT_EQ(error("query() {  ; stage logical\n}").substr(0, 36), "error[QRY2001]: expected a statement");
  EXPECT_EQ(error("query() {  ; stage logical\n  e = scan Entry\n} x").substr(0, 32),
            "error[QRY2001]: expected the end");
  EXPECT_EQ(error_in("f = fliter e where true"), "error[QRY2101]: name 'fliter' is not defined");
  EXPECT_EQ(error_in("f = filter e true"), "error[QRY2001]: expected 'where'");
  EXPECT_EQ(error_in("f = filter g where true"), "error[QRY2101]: name 'g' is not defined");
  EXPECT_EQ(error_in("f = filter e where equals(e.id, 1)"), "error[QRY2101]: name 'equals' is not defined");
  EXPECT_EQ(error_in("f = filter e where e.blog"), "error[QRY2107]: Entry has no field 'blog'");
  EXPECT_EQ(error_in("f = filter e where e.#99"), "error[QRY2001]: expected the number of a column that there is");
  EXPECT_EQ(error_in("f = filter e where eq(e.id, %1)"), "error[QRY2001]: expected a parameter of the head");
  EXPECT_EQ(error_in("f = filter e where exists e"), "error[QRY2001]: expected parentheses around 'exists …'");
  EXPECT_EQ(error_in("e = scan Blog"), "error[QRY2001]: expected a name that is not taken");
  EXPECT_EQ(error_in("desc = scan Blog"), "error[QRY2001]: expected a name that has no meaning of its own");
  EXPECT_EQ(error_in("p = project e [e.id]"), "error[QRY2001]: expected '->' and the columns");
  EXPECT_EQ(error_in("j = join outer e with e on true"), "error[QRY2001]: expected the form");
  EXPECT_EQ(error_in("l = limit e count 99999999999999999999"), "error[QRY2006]: an integer literal is beyond 64 bits");
  EXPECT_EQ(error_in("f = filter e where eq(e.headline, \"x)"), "error[QRY2001]: expected a closing quote");
  EXPECT_EQ(error_in("r = relate e.blog e by e.blog_id"), "error[QRY2101]: name 'relate' is not defined")
      << "not of this stage";
}

TEST_F(the_parser, bounds_nesting_and_size) {
  std::string deep = "query() {  ; stage logical\n  = ";
  for (int i = 0; i < 100000; ++i) deep += "not(";
  EXPECT_EQ(error(deep).substr(0, 40), "error[QRY2003]: nested deeper than 200 l");
  std::string chain = "query() {  ; stage logical\n  f0 = scan Entry\n";
  for (std::uint32_t i = 1; i < max_text_depth + 10; ++i)
    chain += "  f" + std::to_string(i) + " = filter f" + std::to_string(i - 1) + " where true\n";
  EXPECT_EQ(error(chain + "}\n").substr(0, 41), "error[QRY2003]: nested deeper than 1000 l");
  EXPECT_EQ(error(std::string(max_text_size + 1, ' ')).substr(0, 15), "error[QRY2004]:");
}

// The fuzzer's little sister: every prefix, and many texts with a few bytes changed, give a tree or a diagnostic.
TEST_F(the_parser, survives_damaged_texts) {
  const std::string text =
      "query(%0: text! from list(3), b2: Blog) {  ; stage logical\n"
      "  e = scan Entry optional\n"
      "  f = filter e where or(eq(e.headline, %0[1]), not(is_null((cast e.rating): text?)), lt(1.5, -3: i32!))\n"
      "  g = aggregate f by [e.blog_id] compute [aggregate sum distinct filter true [e.rating]: i64?] -> (\"a b\": "
      "i64!, s: i64?)\n"
      "  s = sort g [key desc nulls_last g.\"a b\", key g.#1]\n"
      "}\n";
  auto whole = parse_query(cx, text);
  ASSERT_TRUE(whole) << render(whole.error());
  for (std::size_t size = 0; size < text.size(); ++size) EXPECT_NE(error(text.substr(0, size)), "");
  static constexpr std::string_view bytes = "()[]{}%$#@.,:=;\"\\!?- \nex0\x80";
  std::mt19937 random(1);
  for (int i = 0; i < 5000; ++i) {
    std::string damaged = text;
    for (auto n = 1 + random() % 3; n > 0; --n) damaged[random() % damaged.size()] = bytes[random() % bytes.size()];
    cx.reset(*test::blog_catalog());
    auto parsed = parse_query(cx, damaged);
    EXPECT_TRUE(!parsed || !print(cx, parsed->root, parsed->at).empty());
  }
}

// --- catalogs ---

TEST(a_catalog_in_text, is_what_a_front_end_would_have_declared) {
  auto c = parse_catalog(
      "catalog shop {\n"
      "  model Customer table \"clients\" ordering \"-name\", \"code\" latest \"since\" {\n"
      "    code: text(10)! key\n"
      "    name: text! index default \"?\"\n"
      "    since: date! default today column \"since_day\"\n"
      "    balance: decimal(10,2)? default 1.5\n"
      "    active: bool! default true\n"
      "  }\n"
      "  model Order unique (customer, number) {\n"
      "    number: i32!, customer: fk Customer? related \"orders\" related_query \"order_of\" on_delete set_null\n"
      "    parent: fk self? related \"+\" unenforced\n"
      "    invoice: one Customer to code related \"invoiced\"\n"
      "    watchers: many Customer related \"watched\"\n"
      "  }\n"
      "}\n");
  ASSERT_TRUE(c) << render(c.error());
  const catalog& shop = **c;
  EXPECT_EQ(shop.app(), "shop");
  const model& customer = shop.at(shop.find_model("Customer"));
  EXPECT_EQ(shop.text(customer.table), "clients");
  EXPECT_EQ(customer.ordering, (std::vector<std::string>{"-name", "code"}));
  EXPECT_EQ(customer.get_latest_by, "since");
  EXPECT_EQ(customer.primary_key, 0U);
  EXPECT_TRUE(customer.columns[1].indexed);
  EXPECT_EQ(customer.columns[1].initial.text, "?");
  EXPECT_EQ(shop.text(customer.columns[2].db_name), "since_day");
  EXPECT_EQ(customer.columns[2].initial.what, initial_value::form::today);
  EXPECT_EQ(customer.columns[3].initial.real, 1.5);
  EXPECT_EQ(customer.columns[4].initial.integer, 1);
  const std::uint32_t order_index = shop.find_model("Order");
  const model& order = shop.at(order_index);
  ASSERT_EQ(order.unique_together.size(), 1U);
  EXPECT_EQ(order.columns[order.primary_key].type, types::int64) << "a key was made";
  const relation& by_customer = order.relations[shop.find(order_index, "customer").index];
  EXPECT_TRUE(by_customer.nullable);
  EXPECT_EQ(by_customer.on_delete, referential_action::set_null);
  EXPECT_EQ(shop.find(shop.find_model("Customer"), "order_of").what, catalog::member::form::relation);
  EXPECT_FALSE(order.relations[shop.find(order_index, "parent").index].trusted);
  EXPECT_TRUE(order.columns[shop.find(order_index, "invoice_id").index].unique);
  EXPECT_EQ(order.columns[shop.find(order_index, "invoice_id").index].type.kind(), scalar::text);
  EXPECT_TRUE(order.relations[shop.find(order_index, "watchers").index].many);
}

TEST(a_catalog_in_text, names_its_mistakes) {
  const auto error = [](std::string_view text) {
    auto c = parse_catalog(text);
    return c ? std::string("no mistake") : render(c.error()).substr(0, render(c.error()).find('\n'));
  };
  EXPECT_EQ(error("catalog a { model B { x: integer! } }"), "error[QRY2001]: expected a type");
  EXPECT_EQ(error("catalog a { model B { x: i32! shiny } }"),
            "error[QRY2001]: expected another field, key, generated, unique, index, column, collation or default");
  EXPECT_EQ(error("catalog a { model B { x: many B key } }"),
            "error[QRY2001]: expected another field, or an option of a relation");
  EXPECT_EQ(error("catalog a { model B { x: fk C } }"),
            "error[QRY1004]: B.x refers to 'C', which is no model of this schema");
  EXPECT_EQ(error("catalog a { model B { x: i32!, x: i32! } }"), "error[QRY1002]: B declares the field 'x' twice");
  EXPECT_EQ(error("catalog a { model B { x: i32!"), "error[QRY2001]: expected a name");
}

}  // namespace
}  // namespace quarry::ir
