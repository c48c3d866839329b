// Text builds the chains that hand-written C++ builds: equal fingerprints, and equal structure. Queries as the typed C++ API writes
// them, with expressions of every form, stand in typed_queries.cpp.
#include <array>

#include <quarry/core/query/verbs.hpp>

#include "evaluation.hpp"

namespace quarry::text::tests {
namespace {

using detail::chain;
using detail::operand;
using detail::path_ref;
using detail::term;

/// Never asked.
class no_session final : public detail::session {
 public:
  detail::cursor run(const chain&) override { throw std::logic_error("a query was run"); }
  std::int64_t insert(const std::shared_ptr<const ir::catalog>&, std::uint32_t,
                      std::span<const detail::assignment>) override {
    return 0;
  }
  std::int64_t update(const std::shared_ptr<const ir::catalog>&, std::uint32_t, const operand&,
                      std::span<const detail::assignment>) override {
    return 0;
  }
  std::string sql(const chain&, bool) override { return ""; }
};

class a_text : public testing::Test {
 protected:
  model_set models = blog_models();
  no_session session;
  evaluator text{models, session};

  chain read(std::string_view source) { return unwrap(text.run(source)).query()->chain; }
  chain start(std::string_view model = "Entry") const {
    return chain::start(models.catalog, models.catalog->find_model(model));
  }
  static void expect_same(const chain& a, const chain& b) {
    EXPECT_EQ(a.shape(), b.shape());
    EXPECT_EQ(detail::encode_shape(a), detail::encode_shape(b));
  }
  static term lookup(std::string_view path, const operand& value) { return {path_ref::text(path), value, nullptr}; }
  static detail::ref<detail::expression> condition(std::string_view path, std::int64_t value) {
    return detail::make_lookup(path_ref::text(path), operand::of_integer(value));
  }
};

TEST_F(a_text, of_keywords_is_one_call_of_terms_in_their_order) {
  const std::array terms = {lookup("blog__name", operand::of_text("x")), lookup("rating__gt", operand::of_integer(3))};
  const path_ref order = path_ref::text("-pub_date");
  expect_same(read("Entry.objects.filter(blog__name='y', rating__gt=9).order_by('-pub_date')[:5]"),
              unwrap(unwrap(unwrap(start().filter(terms)).order_by({&order, 1})).slice(0, 7)));
}

TEST_F(a_text, of_one_chained_call_after_the_other_keeps_each) {
  const term first = lookup("rating", operand::of_integer(1));
  const term second = lookup("headline__isnull", operand::of_integer(1, ir::scalar::boolean));
  expect_same(read("Entry.objects.filter(rating=1).exclude(headline__isnull=True).reverse()"),
              unwrap(unwrap(unwrap(start().filter({&first, 1})).exclude({&second, 1})).reverse()));
}

TEST_F(a_text, with_q_is_a_tree) {
  const auto tree = unwrap(detail::make_condition(
      detail::expression_form::any_of,
      std::array{
          condition("rating", 1),
          unwrap(detail::make_condition(detail::expression_form::negation, std::array{condition("id__lt", 2)}))}));
  const term t{{}, {}, tree.get()};
  expect_same(read("Entry.objects.filter(Q(rating=5) | ~Q(id__lt=6))"), unwrap(start().filter({&t, 1})));
}

TEST_F(a_text, with_two_lookups_in_a_q_is_their_conjunction) {
  const auto both = unwrap(
      detail::make_condition(detail::expression_form::all_of, std::array{condition("rating", 1), condition("id", 2)}));
  const term t{{}, {}, both.get()};
  expect_same(read("Entry.objects.filter(Q(rating=1, id=2))"), unwrap(start().filter({&t, 1})));
  expect_same(read("Entry.objects.filter(Q(rating=1) & Q(id=2))"), unwrap(start().filter({&t, 1})));
}

TEST_F(a_text, with_f_computes_with_columns) {
  const auto product = unwrap(detail::make_operation(
      ir::op::mul, std::array{detail::make_path(path_ref::text("id")), detail::make_constant(operand::of_integer(2))}));
  const term t = lookup("rating__gt", operand::of_expression(product.get()));
  expect_same(read("Entry.objects.filter(rating__gt=F('id') * 7)"), unwrap(start().filter({&t, 1})));
}

TEST_F(a_text, with_an_empty_q_says_nothing) {
  expect_same(read("Entry.objects.filter(Q())"), unwrap(start().filter({})));
  expect_same(read("Entry.objects.filter(~Q(), Q() & Q())"), unwrap(start().filter({})));
  const term t = lookup("rating", operand::of_integer(1));
  expect_same(read("Entry.objects.filter(Q(), rating=1)"), unwrap(start().filter({&t, 1})));
}

TEST_F(a_text, with_lists_has_their_length_class) {
  const std::array five = {operand::of_integer(1), operand::of_integer(2), operand::of_integer(3),
                           operand::of_integer(4), operand::of_integer(5)};
  const term t = lookup("id__in", operand::of_list(five.data(), 5));
  expect_same(read("Entry.objects.filter(id__in=[1, 2, 3, 4, 5, 6])"), unwrap(start().filter({&t, 1})));
  expect_same(read("Entry.objects.filter(id__in=(9, 8, 7, 6, 5))"), unwrap(start().filter({&t, 1})));
  EXPECT_NE(read("Entry.objects.filter(id__in=[1, 2, 3])").shape(), unwrap(start().filter({&t, 1})).shape());
}

TEST_F(a_text, of_a_value_differs_from_none_and_from_another_kind) {
  const chain integer = read("Entry.objects.filter(editor=1)");
  EXPECT_EQ(integer.shape(), read("Entry.objects.filter(editor=2)").shape());
  EXPECT_NE(integer.shape(), read("Entry.objects.filter(editor=None)").shape());
  EXPECT_NE(integer.shape(), read("Entry.objects.filter(editor='2')").shape());
  EXPECT_NE(read("Entry.objects.filter(editor__isnull=True)").shape(),
            read("Entry.objects.filter(editor__isnull=False)").shape());
  EXPECT_NE(read("Entry.objects.filter(id=1)").shape(), read("Entry.objects.filter(Q(id=1))").shape())
      << "a keyword is a term, a Q is a tree: two plans for one meaning, never one plan for two";
}

TEST_F(a_text, of_values_chooses_columns) {
  const std::array names = {path_ref::text("id"), path_ref::text("blog__name")};
  const chain chosen = unwrap(start().values_list(names));
  expect_same(read("Entry.objects.values_list('id', 'blog__name')"), chosen);
  expect_same(read("Entry.objects.values('id', 'blog__name')"), chosen);
}

TEST_F(a_text, with_only_and_defer_loads_the_columns_that_the_typed_calls_load) {
  const auto columns = [&](std::initializer_list<std::string_view> names) {
    std::vector<std::uint32_t> out;
    const std::uint32_t entry = models.catalog->find_model("Entry");
    for (const std::string_view name : names) out.push_back(models.catalog->find(entry, name).index);
    return out;
  };
  const auto some = columns({"id", "blog_id", "headline"});
  expect_same(read("Entry.objects.only('headline', 'blog')"), detail::with_columns(start(), some));
  expect_same(read("Entry.objects.only('rating').only('headline', 'blog')"),
              detail::with_columns(detail::with_columns(start(), columns({"id", "rating"})), some));
  std::vector<std::uint32_t> rest;
  const ir::model& entry = models.catalog->at(models.catalog->find_model("Entry"));
  for (std::uint32_t c = 0; c < entry.columns.size(); ++c)
    if (models.catalog->text(entry.columns[c].name) != "headline") rest.push_back(c);
  expect_same(read("Entry.objects.defer('headline')"), detail::with_columns(start(), rest));
  expect_same(read("Entry.objects.defer('id')"), start().select_related({}));
}

TEST_F(a_text, knows_where_each_path_stands) {
  unwrap(text.run("first = 1"));  // offsets go on over all texts
  const chain c = read("Entry.objects.filter(rating=1)");
  EXPECT_EQ(c.last().terms[0].path.offset, 10U + 21U);
}

}  // namespace
}  // namespace quarry::text::tests
