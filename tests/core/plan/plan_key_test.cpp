// The plan key: two queries that differ in one thing that the SQL or its binds depend on never share a plan, with a warm cache and
// in both orders; two that differ only in their values always do.
#include <gtest/gtest.h>

#include <functional>

#include <quarry/core/plan/bind_program.hpp>
#include <quarry/core/plan/compiler.hpp>

#include "support/blog_catalog.hpp"
#include "support/plugins.hpp"

namespace quarry::detail {
namespace {

operand number(std::int64_t n) { return operand::of_integer(n); }
operand text(std::string_view s) { return operand::of_text(s); }
operand truth(bool b) { return operand::of_integer(b ? 1 : 0, ir::scalar::boolean); }

term lookup(std::string_view path, const operand& o) {
  term t;
  t.path = path_ref::text(path);
  t.value = o;
  return t;
}

class the_plan_cache : public testing::Test {
 protected:
  chain entries() { return chain::start(catalog, catalog->find_model("Entry")); }
  chain where(std::string_view path, const operand& o) {
    const term t = lookup(path, o);
    return *entries().filter({&t, 1});
  }
  chain in(std::string_view path, std::vector<operand> items) {
    const term t = lookup(path, operand::of_list(items.data(), items.size()));
    return *entries().filter({&t, 1});
  }
  std::shared_ptr<const plan> plan_of(compiler& c, const chain& q) {
    auto p = c.plan_for(q);
    EXPECT_TRUE(p) << (p ? "" : ir::render(p.error()));
    return p ? *p : nullptr;
  }

  /// Both orders, each with a cache that knows the other query: two plans, and each query keeps its own.
  void expect_apart(const chain& a, const chain& b) {
    for (const bool swapped : {false, true}) {
      compiler c(dialect, {});
      const auto first = plan_of(c, swapped ? b : a);
      const auto second = plan_of(c, swapped ? a : b);
      EXPECT_NE(first, second);
      EXPECT_EQ(plan_of(c, swapped ? b : a), first);
      EXPECT_EQ(plan_of(c, swapped ? a : b), second);
    }
  }
  void expect_shared(const chain& a, const chain& b) {
    compiler c(dialect, {});
    EXPECT_EQ(plan_of(c, a), plan_of(c, b));
    EXPECT_EQ(c.cache().hits(), 1U);
  }
  /// The same with two values of the key, where no query of today differs in them.
  void expect_keys_apart(const std::function<void(plan_key&)>& change) {
    const plan_key base = compiler(dialect, {}).key_of(1, {2, 3}, 4);
    plan_key other = base;
    change(other);
    for (const bool swapped : {false, true}) {
      plan_cache cache;
      const auto put = [&](const plan_key& k) {
        auto p = std::make_shared<plan>();
        p->key = k;
        p->shape = "the same shape";
        cache.insert(p);
        return p;
      };
      const auto get = [&](const plan_key& k) {
        return cache.find(k, [](std::string_view s) { return s == "the same shape"; });
      };
      const plan_key& first = swapped ? other : base;
      const plan_key& second = swapped ? base : other;
      const auto kept = put(first);
      EXPECT_EQ(get(second), nullptr);
      const auto both = put(second);
      EXPECT_EQ(get(first), kept);
      EXPECT_EQ(get(second), both);
    }
  }

  std::shared_ptr<const ir::catalog> catalog = test::blog_catalog();
  host::dialect dialect = test::offline_dialect("sqlite");
};

TEST_F(the_plan_cache, shares_plans_between_values) {
  expect_shared(where("rating", number(3)), where("rating", number(4)));
  expect_shared(where("headline", text("a")), where("headline", text("something much longer")));
  expect_shared(*entries().slice(0, 5), *entries().slice(0, 7));
  expect_shared(
      in("id", {}).shape() == in("id__in", {number(1)}).shape() ? entries() : in("id__in", {number(1), number(2)}),
      in("id__in", {number(7), number(9)}));
}

TEST_F(the_plan_cache, tells_years_that_have_a_range_of_dates_from_others) {
  expect_shared(where("pub_date__year", number(2008)), where("pub_date__year", number(1)));
  expect_shared(where("pub_date__year__gte", number(0)), where("pub_date__year__gte", number(9999)));
  for (const char* path : {"pub_date__year", "pub_date__year__lt", "pub_date__iso_year__exact"})
    for (const std::int64_t beyond : {0, -5, 9999, 123456})
      expect_apart(where(path, number(2008)), where(path, number(beyond)));
  expect_shared(where("rating", number(3)), where("rating", number(0)));
  expect_shared(in("pub_date__year__in", {number(2008), number(2009)}),
                in("pub_date__year__in", {number(1), number(9998)}));
  for (const char* path : {"pub_date__year__in", "pub_date__iso_year__range"})
    expect_apart(in(path, {number(2008), number(2009)}), in(path, {number(2008), number(9999)}));
  expect_shared(in("rating__in", {number(2008), number(2009)}), in("rating__in", {number(2008), number(9999)}));
}

TEST_F(the_plan_cache, tells_catalogs_apart) {
  ir::model_spec m;
  m.name = "Entry";
  m.fields = {test::field("rating", ir::types::int32)};
  const auto other = *ir::catalog::build("shop",
                                         {m,
                                          m =
                                              [] {
                                                ir::model_spec b;
                                                b.name = "B";
                                                return b;
                                              }(),
                                          [] {
                                            ir::model_spec c;
                                            c.name = "C";
                                            return c;
                                          }()});
  const term t = lookup("rating", number(3));
  expect_apart(*chain::start(catalog, 0).filter({}), *chain::start(other, 0).filter({}));
  expect_keys_apart([](plan_key& k) { k.catalog = 99; });
  (void)t;
}

TEST_F(the_plan_cache, tells_epochs_of_the_schema_apart) {
  compiler c(dialect, {});
  const chain q = where("rating", number(3));
  const auto before = *c.plan_for(q, 1), after = *c.plan_for(q, 2);
  EXPECT_NE(before, after);
  EXPECT_EQ(*c.plan_for(q, 1), before);
}

TEST_F(the_plan_cache, tells_a_statement_alone_from_one_in_a_transaction) {
  compiler c(dialect, {});
  const chain q = where("rating", number(3));
  const auto alone = *c.plan_for(q, 1), within = *c.plan_for(q, 1, running::in_transaction);
  EXPECT_NE(alone, within);
  EXPECT_EQ(*c.plan_for(q, 1, running::in_transaction), within);
  EXPECT_EQ(*c.plan_for(q, 1), alone);
  expect_keys_apart([](plan_key& k) { k.where = running::in_transaction; });
}

TEST_F(the_plan_cache, tells_paths_and_calls_apart) {
  expect_apart(where("rating", number(3)), where("comments", number(3)));
  const term t = lookup("rating", number(3));
  expect_apart(where("rating", number(3)), *entries().exclude({&t, 1}));
  expect_apart(*entries().count(), *entries().exists());
}

TEST_F(the_plan_cache, tells_kinds_of_values_apart) {
  expect_apart(where("rating", number(3)), where("rating", operand::of_real(3.5)));
  expect_apart(where("rating", number(3)), where("rating", text("3")));
}

TEST_F(the_plan_cache, tells_none_from_a_value) {
  expect_apart(where("rating", operand()), where("rating", number(3)));
}

TEST_F(the_plan_cache, tells_the_truth_of_isnull) {
  expect_apart(where("rating__isnull", truth(true)), where("rating__isnull", truth(false)));
}

TEST_F(the_plan_cache, tells_length_classes_of_lists_apart) {
  const std::vector<operand> two(2, number(1)), three(3, number(1)), nine(9, number(1)), ten(10, number(1));
  expect_apart(in("id__in", two), in("id__in", three));
  expect_shared(in("id__in", nine), in("id__in", ten));
  expect_apart(in("id__in", {}), in("id__in", two));
}

TEST_F(the_plan_cache, tells_a_none_inside_a_list) {
  expect_apart(in("id__in", {number(1), operand()}), in("id__in", {number(1)}));
  expect_apart(in("id__in", {operand()}), in("id__in", {}));
}

TEST_F(the_plan_cache, tells_absent_bounds_of_slices_apart) {
  expect_apart(*entries().slice(0, 5), *entries().slice(2, 5));
  expect_apart(*entries().slice(0, 5), entries());
  expect_apart(*entries().slice(2, std::nullopt), *entries().slice(2, 5));
  expect_apart(*entries().slice(0, 0), *entries().slice(0, 5));
}

TEST_F(the_plan_cache, tells_an_expression_from_a_value) {
  const ref<expression> f = make_path(path_ref::text("comments"));
  const ref<expression> g = make_path(path_ref::text("id"));
  expect_apart(where("rating", operand::of_expression(f.get())), where("rating", number(3)));
  expect_apart(where("rating", operand::of_expression(f.get())), where("rating", operand::of_expression(g.get())));
}

TEST_F(the_plan_cache, tells_queries_as_values_apart) {
  const auto among = [&](const chain& q) { return where("blog__in", query_operand(q)); };
  const auto named = [&](std::string_view path, std::string_view name) {
    const term t = lookup(path, text(name));
    return *chain::start(catalog, catalog->find_model("Blog")).filter({&t, 1});
  };
  const chain all = chain::start(catalog, catalog->find_model("Blog"));
  expect_apart(among(all), among(named("name", "a")));
  expect_apart(among(named("name", "a")), among(named("tagline", "a")));
  expect_apart(among(named("name", "a")), where("blog__in", operand::of_list(nullptr, 0)));
  expect_apart(among(*named("name", "a").slice(0, 2)), among(*named("name", "a").slice(1, 3)));
  expect_shared(among(named("name", "a")), among(named("name", "b")));
  expect_shared(among(*named("name", "a").slice(0, 2)), among(*named("name", "b").slice(0, 3)));
}

TEST_F(the_plan_cache, tells_a_slice_of_one_row_apart) {
  expect_apart(*entries().slice(0, 1), *entries().slice(0, 2));
  expect_shared(*entries().slice(2, 3), *entries().slice(4, 5));
}

TEST_F(the_plan_cache, tells_what_is_asked_of_a_query_value_apart) {
  const chain blogs = chain::start(catalog, catalog->find_model("Blog"));
  const path_ref name = path_ref::text("name");
  expect_apart(where("blog__in", query_operand(blogs)),
               where("headline__in", query_operand(*blogs.values_list(std::span(&name, 1)))));
}

TEST_F(the_plan_cache, tells_combined_queries_apart) {
  const chain a = where("rating", number(1)), b = where("comments", number(2));
  expect_apart(*a.combine(link_form::either, b), *a.combine(link_form::both, b));
  expect_apart(*a.combine(link_form::either, b), *a.combine(link_form::either, where("comments", operand())));
  expect_shared(*a.combine(link_form::either, b), *a.combine(link_form::either, where("comments", number(3))));
}

TEST_F(the_plan_cache, tells_orders_of_an_expression_apart) {
  const ref<expression> key = make_path(path_ref::text("rating"));
  const auto by = [&](order_flags how) {
    const ref<expression> ordering = *make_ordering(key, how);
    const term t{{}, {}, ordering.get()};
    return *entries().order_by(std::span(&t, 1));
  };
  const path_ref name = path_ref::text("rating");
  expect_apart(by({}), by({true, false, false}));
  expect_apart(by({}), by({false, true, false}));
  expect_apart(by({false, true, false}), by({false, false, true}));
  expect_apart(by({}), *entries().order_by(std::span(&name, 1)));
}

TEST_F(the_plan_cache, tells_what_is_loaded_apart) {
  const path_ref id = path_ref::text("id"), blog = path_ref::text("blog");
  expect_apart(entries().load(std::span(&id, 1)), entries());
  expect_apart(entries().load(std::span(&id, 1)), *entries().values_list(std::span(&id, 1)));
  expect_apart(entries().select_related(std::span(&blog, 1)), entries());
}

TEST_F(the_plan_cache, tells_semantics_aggregates_and_exclude_modes_apart) {
  expect_keys_apart([](plan_key& k) { k.options.semantics = semantics::native; });
  expect_keys_apart([](plan_key& k) { k.options.aggregates = aggregate_rule::django_joins; });
  expect_keys_apart([](plan_key& k) { k.options.exclude = exclude_rule::strict; });
}

TEST_F(the_plan_cache, tells_disabled_passes_apart) {
  expect_keys_apart([](plan_key& k) { k.options.disabled_passes = 1; });
}

TEST_F(the_plan_cache, tells_plugins_and_facts_apart) {
  expect_keys_apart([](plan_key& k) { k.plugin ^= 1; });
  expect_keys_apart([](plan_key& k) { k.facts ^= 1; });
  const host::dialect old = test::offline_dialect("sqlite", "3.31.0");
  EXPECT_FALSE(compiler(dialect, {}).key_of(1, {}, 1) == compiler(old, {}).key_of(1, {}, 1))
      << "a server version is part of the key";
}

TEST_F(the_plan_cache, never_trusts_a_fingerprint_alone) {
  plan_cache cache;
  auto p = std::make_shared<plan>();
  p->key = compiler(dialect, {}).key_of(1, {2, 3}, 4);
  p->shape = encode_shape(where("rating", number(3)));
  cache.insert(p);
  const chain collides = where("comments", number(3));
  EXPECT_EQ(cache.find(p->key, [&](std::string_view s) { return matches_shape(collides, s); }), nullptr);
}

TEST_F(the_plan_cache, stays_within_its_bound) {
  plan_cache cache(8);
  for (std::uint64_t i = 0; i < 100; ++i) {
    auto p = std::make_shared<plan>();
    p->key = compiler(dialect, {}).key_of(i, {}, 1);
    cache.insert(p);
    EXPECT_LE(cache.size(), 8U);
    EXPECT_NE(cache.find(p->key, [](std::string_view) { return true; }), nullptr) << "the newest plan is there";
  }
}

TEST_F(the_plan_cache, refuses_a_wrong_value_on_hit_and_miss_alike) {
  compiler c(dialect, {});
  const auto outcome = [&](const chain& q) {
    auto p = c.plan_for(q);
    if (!p) return ir::render(p.error());
    bind_buffer b;
    auto bound = b.bind(**p, q);
    return bound ? std::string("bound") : ir::render(bound.error());
  };
  const chain wrong = where("pub_date", text("no date")), right = where("pub_date", text("2008-06-01"));
  const std::string miss = outcome(wrong);
  EXPECT_EQ(outcome(right), "bound");
  const std::uint64_t hits = c.cache().hits();
  EXPECT_EQ(outcome(wrong), miss);
  EXPECT_EQ(c.cache().hits(), hits + 1) << "the second time the plan came from the cache";
  EXPECT_EQ(miss,
            "error[QRY2202]: 'pub_date' expects a date, not a text\n"
            "  pub_date\n"
            "  ^~~~~~~~");
}

}  // namespace
}  // namespace quarry::detail
