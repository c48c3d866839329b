// However much is chained, a query is compiled or refused; what walks it by recursion never meets more than it can hold.
#include <gtest/gtest.h>

#include <quarry/core/plan/compiler.hpp>

#include "support/blog_catalog.hpp"
#include "support/plugins.hpp"

namespace quarry::detail {
namespace {

class a_long_chain : public testing::Test {
 protected:
  /// What becomes of `count` calls of filter() with this path.
  std::string outcome(int count, std::string_view path) {
    term t;
    t.path = path_ref::text(path);
    t.value = operand::of_text("Lennon");
    chain c = chain::start(catalog, catalog->find_model("Entry"));
    for (int i = 0; i < count; ++i) c = *c.filter({&t, 1});
    const auto plan = compiler(dialect, {}).compile(c, nullptr);
    return plan ? "compiled" : ir::render(plan.error());
  }
  std::shared_ptr<const ir::catalog> catalog = test::blog_catalog();
  host::dialect dialect = test::offline_dialect("sqlite");
};

constexpr std::string_view refused = "error[QRY2313]: the query nests deeper than 600 levels";

TEST_F(a_long_chain, is_compiled_while_it_is_not_too_deep) {
  EXPECT_EQ(outcome(590, "headline"), "compiled");
  EXPECT_EQ(outcome(590, "blog__name"), "compiled");
  EXPECT_EQ(outcome(20, "authors__name"), "compiled");
  EXPECT_NE(outcome(150, "authors__name"), refused) << "it is for the database to say how many tables it joins";
}

TEST_F(a_long_chain, is_refused_when_it_is) {
  EXPECT_EQ(outcome(700, "headline"), refused);
  EXPECT_EQ(outcome(400, "authors__name"), refused) << "by what it becomes";
  EXPECT_EQ(outcome(200000, "headline"), refused);
}

}  // namespace
}  // namespace quarry::detail
