// Chains: equal queries have equal shapes, whatever their values; what changes the plan changes the shape.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include <quarry/core/errors.hpp>
#include <quarry/core/query/chain.hpp>

#include "core/query/blog_models.hpp"

namespace quarry::detail {
namespace {

chain entries() { return chain::start(catalog_of<blog::blog_schema>(), position_of<blog::Entry>); }

term is(std::string_view path, const operand& o) { return {path_ref::text(path), o, nullptr}; }
term is(std::string_view path, std::int64_t v) { return is(path, operand::of_integer(v)); }
term is(std::string_view path, std::string_view v) { return is(path, operand::of_text(v)); }
term truth(std::string_view path, bool v) { return is(path, operand::of_integer(v ? 1 : 0, ir::scalar::boolean)); }

chain filtered(const chain& c, const term& t) { return unwrap(c.filter({&t, 1})); }
chain ordered(const chain& c, std::string_view name) {
  const path_ref p = path_ref::text(name);
  return unwrap(c.order_by({&p, 1}));
}

/// Integers, with NULL for each -1.
class list {
 public:
  explicit list(std::initializer_list<int> values) {
    for (const int v : values) items_.push_back(v == -1 ? operand() : operand::of_integer(v));
  }
  explicit list(std::size_t n) : items_(n, operand::of_integer(7)) {}
  operator operand() const { return operand::of_list(items_.data(), items_.size()); }  // NOLINT

 private:
  std::vector<operand> items_;
};

/// Both by fingerprint and by structure.
bool same_shape(const chain& a, const chain& b) {
  const bool structure = matches_shape(a, encode_shape(b));
  EXPECT_EQ(structure, matches_shape(b, encode_shape(a)));
  EXPECT_EQ(structure, a.shape() == b.shape()) << "fingerprint and structure disagree";
  return structure;
}

TEST(chains, equal_queries_with_other_values_have_one_shape) {
  EXPECT_TRUE(same_shape(filtered(entries(), is("rating__gt", 3)), filtered(entries(), is("rating__gt", 4))));
  EXPECT_TRUE(
      same_shape(filtered(entries(), is("headline", "a")), filtered(entries(), is("headline", "a longer text"))));
  EXPECT_TRUE(same_shape(unwrap(entries().slice(5, 10)), unwrap(entries().slice(6, 20))));
}

TEST(chains, a_path_of_the_program_and_one_of_a_text_are_the_same) {
  static constexpr path_ref literal = path_ref::literal("rating__gt");
  const term t{literal, operand::of_integer(3), nullptr};
  EXPECT_TRUE(same_shape(filtered(entries(), t), filtered(entries(), is(std::string("rating") + "__gt", 3))));
}

TEST(chains, what_is_asked_changes_the_shape) {
  const chain base = filtered(entries(), is("rating", 3));
  const term t = is("rating", 3);
  EXPECT_FALSE(same_shape(base, entries()));
  EXPECT_FALSE(same_shape(base, filtered(entries(), is("id", 3))));
  EXPECT_FALSE(same_shape(base, filtered(entries(), is("rating__gt", 3))));
  EXPECT_FALSE(same_shape(base, unwrap(entries().exclude({&t, 1}))));
  EXPECT_FALSE(same_shape(base, filtered(chain::start(catalog_of<blog::blog_schema>(), position_of<blog::Blog>), t)));
  EXPECT_FALSE(same_shape(ordered(entries(), "rating"), ordered(entries(), "-rating")));
  EXPECT_FALSE(same_shape(unwrap(entries().count()), unwrap(entries().exists())));
}

TEST(chains, two_arguments_of_one_call_are_not_two_calls) {
  const std::array both = {is("rating", 3), is("id", 3)};
  EXPECT_FALSE(same_shape(unwrap(entries().filter(both)), filtered(filtered(entries(), both[0]), both[1])));
}

TEST(chains, the_kind_of_a_value_is_shape) {
  const chain base = filtered(entries(), is("rating", 3));
  EXPECT_FALSE(same_shape(base, filtered(entries(), is("rating", "3"))));
  EXPECT_FALSE(same_shape(base, filtered(entries(), is("rating", operand::of_real(3)))));
  EXPECT_FALSE(same_shape(base, filtered(entries(), truth("rating", true))));
  EXPECT_FALSE(same_shape(base, filtered(entries(), is("rating", operand()))));
}

TEST(chains, the_truth_of_isnull_is_shape_and_that_of_a_boolean_field_is_not) {
  EXPECT_FALSE(same_shape(filtered(entries(), truth("rating__isnull", true)),
                          filtered(entries(), truth("rating__isnull", false))));
  EXPECT_TRUE(same_shape(filtered(entries(), truth("active", true)), filtered(entries(), truth("active", false))));
  EXPECT_TRUE(
      same_shape(filtered(entries(), truth("notisnull", true)), filtered(entries(), truth("notisnull", false))));
}

TEST(chains, lists_of_one_length_class_share_a_shape) {
  const auto in = [](const list& l) { return filtered(entries(), is("id__in", l)); };
  EXPECT_TRUE(same_shape(in(list({1, 2, 3})), in(list({7, 8, 9}))));
  EXPECT_FALSE(same_shape(in(list({1, 2})), in(list({1, 2, 3}))));
  EXPECT_TRUE(same_shape(in(list(7U)), in(list(8U))));
  EXPECT_FALSE(same_shape(in(list(8U)), in(list(9U))));
  EXPECT_FALSE(same_shape(in(list({1, 2, -1})), in(list({1, 2})))) << "a None inside a list is shape";
  EXPECT_TRUE(same_shape(in(list({1, -1, 2})), in(list({-1, 1, 2}))));
  EXPECT_FALSE(same_shape(in(list({})), in(list({1})))) << "an empty list is shape";
  EXPECT_FALSE(same_shape(in(list({-1})), in(list({}))));
}

TEST(chains, slice_bounds_that_are_zero_or_absent_are_shape) {
  const auto slice = [](std::int64_t low, std::optional<std::int64_t> high) {
    return unwrap(entries().slice(low, high));
  };
  EXPECT_FALSE(same_shape(slice(0, 5), slice(1, 5)));
  EXPECT_FALSE(same_shape(slice(1, 5), slice(1, std::nullopt)));
  EXPECT_FALSE(same_shape(slice(0, 0), slice(0, 5)));
  EXPECT_TRUE(same_shape(slice(3, 3), slice(7, 4))) << "both are empty";
  EXPECT_FALSE(same_shape(slice(3, 3), slice(3, 4)));
  EXPECT_FALSE(same_shape(entries(), slice(0, std::nullopt)));
}

TEST(chains, no_value_is_in_a_shape) {
  const list values({271828, 314159});
  const std::array terms = {is("headline", "hidden value"), is("id__in", operand(values)), is("rating", 161803)};
  const chain c = unwrap(unwrap(entries().filter(terms)).slice(577215, 662607));
  const std::string shape = encode_shape(c);
  EXPECT_EQ(shape.find("hidden"), std::string::npos);
  for (const std::int64_t number : {271828, 314159, 161803, 577215, 662607}) {
    const std::string bytes(reinterpret_cast<const char*>(&number), sizeof number);
    EXPECT_EQ(shape.find(bytes), std::string::npos) << number;
  }
}

TEST(chains, a_shape_is_matched_as_a_whole) {
  const chain c = filtered(entries(), is("rating", 3));
  const std::string shape = encode_shape(c);
  EXPECT_FALSE(matches_shape(c, shape + "x"));
  EXPECT_FALSE(matches_shape(c, std::string_view(shape).substr(0, shape.size() - 1)));
  EXPECT_FALSE(matches_shape(c, ""));
}

TEST(chains, values_come_in_the_order_of_the_query_and_slice_bounds_last) {
  const std::array terms = {is("rating__gt", 3), is("headline", "x")};
  const chain c = unwrap(filtered(unwrap(entries().filter(terms)), is("id", 9)).slice(2, 7));
  std::vector<std::string> seen;
  for_each_value(c, [&](const path_ref& p, const operand& o) {
    seen.push_back(std::string(p.view()) + "=" +
                   (o.type == ir::scalar::text ? std::string(o.bytes_view()) : std::to_string(o.integer)));
  });
  EXPECT_EQ(seen, (std::vector<std::string>{"rating__gt=3", "headline=x", "id=9", "slice bound=5", "slice bound=2"}));
}

TEST(chains, slices_compose) {
  const auto bounds = [](const chain& c) {
    const link& l = c.last();
    return std::array<std::int64_t, 2>{l.low, l.has_high ? l.high : -1};
  };
  const chain ten = unwrap(entries().slice(10, 20));
  EXPECT_EQ(bounds(unwrap(ten.slice(2, 5))), (std::array<std::int64_t, 2>{12, 15}));
  EXPECT_EQ(bounds(unwrap(ten.slice(5, std::nullopt))), (std::array<std::int64_t, 2>{15, 20}));
  EXPECT_EQ(bounds(unwrap(ten.slice(5, 50))), (std::array<std::int64_t, 2>{15, 20}));
  EXPECT_EQ(bounds(unwrap(ten.slice(50, 60))), (std::array<std::int64_t, 2>{20, 20}));
  const chain open = unwrap(entries().slice(3, std::nullopt));
  EXPECT_EQ(bounds(unwrap(open.slice(4, 6))), (std::array<std::int64_t, 2>{7, 9}));
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(bounds(unwrap(open.slice(most, std::nullopt)))[0], most);
}

TEST(chains, what_a_slice_does_not_allow) {
  const chain c = unwrap(entries().slice(0, 5));
  const term t = is("rating", 3);
  EXPECT_FALSE(c.filter({&t, 1}));
  EXPECT_FALSE(c.exclude({&t, 1}));
  EXPECT_FALSE(c.order_by(std::span<const path_ref>()));
  EXPECT_FALSE(c.reverse());
  EXPECT_FALSE(entries().slice(-1, 5));
  EXPECT_FALSE(entries().slice(0, -5));
  EXPECT_EQ(c.filter({&t, 1}).error().message, "filter() after a slice would change which rows there are");
}

TEST(chains, copies_share_and_a_new_call_leaves_the_old_chain_alone) {
  const chain base = filtered(entries(), is("rating", 3));
  const chain copy = base;
  EXPECT_EQ(&copy.last(), &base.last());
  const ir::fingerprint before = base.shape();
  const chain longer = filtered(base, is("id", 1));
  EXPECT_EQ(longer.last().previous, &base.last());
  EXPECT_EQ(base.shape(), before);
  EXPECT_EQ(base.last().length, 2U);
}

TEST(chains, a_chain_owns_its_values_and_paths) {
  chain c;
  {
    std::string path = "headline__contains";
    std::string text = "a text that is long enough to be allocated somewhere";
    std::vector<operand> items = {operand::of_text(text), operand::of_text("b")};
    const std::array terms = {is(path, text), is("headline__in", operand::of_list(items.data(), items.size()))};
    c = unwrap(entries().filter(terms));
    path.assign(path.size(), '?');
    text.assign(text.size(), '?');
    items.clear();
  }
  EXPECT_EQ(c.last().all_terms()[0].path.view(), "headline__contains");
  EXPECT_EQ(c.last().all_terms()[0].value.bytes_view(), "a text that is long enough to be allocated somewhere");
  EXPECT_EQ(c.last().all_terms()[1].value.items[0].bytes_view(),
            "a text that is long enough to be allocated somewhere");
}

TEST(chains, a_hundred_thousand_links_go_without_recursion) {
  chain c = entries();
  const term t = is("rating", 3);
  for (int i = 0; i < 100'000; ++i) c = unwrap(c.filter({&t, 1}));
  EXPECT_EQ(c.last().length, 100'001U);
  EXPECT_TRUE(matches_shape(c, encode_shape(c)));
}

TEST(chains, an_or_of_a_thousand_conditions_is_flat) {
  ref<expression> any = make_lookup(path_ref::text("rating"), operand::of_integer(0));
  for (int i = 1; i < 1000; ++i) {
    const std::array both = {any, make_lookup(path_ref::text("rating"), operand::of_integer(i))};
    any = unwrap(make_condition(expression_form::any_of, both));
  }
  EXPECT_EQ(any->depth, 2);
  EXPECT_EQ(any->child_count, 1000U);
}

TEST(chains, a_condition_grows_by_a_loop_in_proportion_to_its_length) {
  ref<expression> all = make_lookup(path_ref::text("rating"), operand::of_integer(0));
  for (int i = 1; i < 200'000; ++i) {
    const std::array both = {all, make_lookup(path_ref::text("rating"), operand::of_integer(i))};
    all = unwrap(make_condition(expression_form::all_of, both));
  }
  EXPECT_EQ(all->child_count, 200'000U);
  EXPECT_EQ(all->children[199'999]->constant.integer, 199'999);
}

TEST(chains, conditions_that_begin_alike_grow_apart) {
  const auto lookup = [](std::string_view path, int value) {
    return make_lookup(path_ref::text(path), operand::of_integer(value));
  };
  const auto with = [](const ref<expression>& tree) { return filtered(entries(), term{{}, {}, tree.get()}); };
  std::vector<ref<expression>> parts;
  for (int i = 0; i < 20; ++i) parts.push_back(lookup("rating", i));
  ref<expression> start = unwrap(make_condition(expression_form::any_of, std::span(parts).first(10)));
  for (int i = 10; i < 20; ++i) start = unwrap(make_condition(expression_form::any_of, std::array{start, parts[i]}));
  EXPECT_TRUE(same_shape(with(start), with(unwrap(make_condition(expression_form::any_of, parts)))));

  std::vector<ref<expression>> branches;
  for (int i = 0; i < 3; ++i)
    branches.push_back(unwrap(make_condition(expression_form::any_of, std::array{start, lookup("id", 100 + i)})));
  const auto pair = unwrap(make_condition(expression_form::any_of, std::array{lookup("id", 1), lookup("id", 2)}));
  const auto longer = unwrap(make_condition(expression_form::any_of, std::array{branches[0], pair}));
  EXPECT_EQ(start->child_count, 20U);
  EXPECT_EQ(longer->child_count, 23U);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(branches[i]->child_count, 21U);
    EXPECT_EQ(branches[i]->children[20]->constant.integer, 100 + i);
    EXPECT_EQ(branches[i]->children[0]->constant.integer, 0);
  }
  start = {};
  branches.resize(1);
  EXPECT_EQ(longer->children[22]->constant.integer, 2);
}

TEST(chains, nesting_beyond_the_limit_is_an_error) {
  ref<expression> e = make_lookup(path_ref::text("rating"), operand::of_integer(0));
  ir::result<ref<expression>> next = e;
  int levels = 0;
  while (next) {
    e = *next;
    next = make_condition(expression_form::negation, {&e, 1});
    ++levels;
  }
  EXPECT_EQ(levels, depth_limit);
  EXPECT_EQ(next.error().id, ir::diag::query_too_deep);
}

TEST(chains, conditions_differ_by_form_and_order) {
  const auto lookup = [](std::string_view path) { return make_lookup(path_ref::text(path), operand::of_integer(1)); };
  const auto with = [](const ref<expression>& tree) { return filtered(entries(), term{{}, {}, tree.get()}); };
  const std::array ab = {lookup("rating"), lookup("id")};
  const std::array ba = {lookup("id"), lookup("rating")};
  const chain all = with(unwrap(make_condition(expression_form::all_of, ab)));
  EXPECT_FALSE(same_shape(all, with(unwrap(make_condition(expression_form::any_of, ab)))));
  EXPECT_FALSE(same_shape(all, with(unwrap(make_condition(expression_form::all_of, ba)))));
  EXPECT_FALSE(same_shape(with(lookup("rating")),
                          with(unwrap(make_condition(expression_form::negation, std::array{lookup("rating")})))));
  EXPECT_TRUE(same_shape(all, with(unwrap(make_condition(expression_form::all_of, ab)))));
}

TEST(chains, an_expression_as_a_value_is_shape) {
  const ref<expression> other = make_path(path_ref::text("number_of_comments"));
  const ref<expression> another = make_path(path_ref::text("number_of_pingbacks"));
  const chain c = filtered(entries(), is("rating__gt", operand::of_expression(other.get())));
  EXPECT_FALSE(same_shape(c, filtered(entries(), is("rating__gt", 3))));
  EXPECT_FALSE(same_shape(c, filtered(entries(), is("rating__gt", operand::of_expression(another.get())))));
}

}  // namespace
}  // namespace quarry::detail
