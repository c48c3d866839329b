// Lowering and legalization work in memory that the compilations before have left: after the first rounds nothing is allocated.
#include <gtest/gtest.h>

#include <quarry/ir/legalize/legalize.hpp>
#include <quarry/ir/lower/lower.hpp>

#include "support/allocations.hpp"
#include "support/blog_catalog.hpp"
#include "support/surface.hpp"

namespace quarry::ir {
namespace {

facts everything() {
  facts f;
  for (const kind_info& k : all_kinds())
    if (is_public(k.id)) f.allow(k.id);
  for (const op_info& o : all_ops()) f.allow(o.code);
  for (int t = 0; t < 15; ++t) f.allow(static_cast<scalar>(t));
  return f;
}

class compiling_again : public testing::Test {
 protected:
  template <class Surface>
  std::uint64_t allocations_of(Surface&& surface) {
    cx.reset(*catalog_);
    test::surface s(cx);
    const rel_id written = surface(s);
    const std::uint64_t before = test::allocations();
    auto related = lowering_.to_related(cx, written, {});
    EXPECT_TRUE(related);
    auto legal = legalizer_.legalize(cx, lowering_.to_logical(cx, *related), f, false);
    EXPECT_TRUE(legal);
    EXPECT_TRUE(legalizer_.form(cx, *legal, f));
    return test::allocations() - before;
  }
  template <class Surface>
  void expect_none(Surface&& surface) {
    for (int warm_up = 0; warm_up < 3; ++warm_up) allocations_of(surface);
    EXPECT_EQ(allocations_of(surface), 0U);
  }

  std::shared_ptr<const catalog> catalog_ = test::blog_catalog();
  facts f = everything();
  context cx;
  lowering lowering_;
  legalizer legalizer_;
};

TEST_F(compiling_again, allocates_at_first) {
  EXPECT_GT(allocations_of([](test::surface& s) { return s.scan("Blog"); }), 0U);
}

TEST_F(compiling_again, a_get_by_key_allocates_nothing) {
  expect_none(
      [](test::surface& s) { return s.slice(s.filter(s.scan("Entry"), s.lookup("pk", scalar::int64)), true, false); });
}

TEST_F(compiling_again, a_filter_over_a_foreign_key_allocates_nothing) {
  expect_none([](test::surface& s) {
    const expr_id condition = s.both(s.lookup("blog__name", scalar::text), s.lookup("rating__gt", scalar::int64));
    return s.slice(s.order(s.filter(s.scan("Entry"), condition), {"-pub_date"}), true, false);
  });
}

TEST_F(compiling_again, a_list_that_becomes_many_binds_allocates_nothing) {
  ASSERT_FALSE(f.has(fact::array_binds));
  expect_none([](test::surface& s) { return s.filter(s.scan("Entry"), s.lookup_list("rating__in", 12)); });
}

}  // namespace
}  // namespace quarry::ir
