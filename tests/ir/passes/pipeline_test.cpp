// How passes are run; what they make of queries is in pipeline.qir and in a file for each pass.
#include "algebra.hpp"

#include <algorithm>

#include <quarry/ir/verify/verify.hpp>

#include "support/allocations.hpp"

namespace quarry::ir {
namespace {

class pipeline : public algebra {
 protected:
  /// As lowering makes it for a to-many relation.
  rel_id many(rel_id left, rel_id from, rel_id target, std::string_view key) {
    return join(join_kind::left, left, target, eq(col(from, "id"), col(target, key)));
  }
};

TEST_F(pipeline, stops_at_an_empty_query) {
  const rel_id e = scan("Entry"), b = scan("Blog");
  const rel_id q =
      project(filter(to_one(e, e, "blog_id", b), {cx.boolean(false), contains(b, "name")}), {col(e, "id")});
  const rel_id made = runner.run(cx, q);
  EXPECT_EQ(cx.at(made).kind, kind::empty);
  EXPECT_EQ(cx.at(cx.child(made, 0)).kind, kind::project) << "the shape tells the columns";
}

TEST_F(pipeline, runs_again_without_a_change) {
  const rel_id b = scan("Blog"), e = scan("Entry", true);
  const rel_id q = filter(many(b, b, e, "blog_id"), {contains(e, "headline"), no(eq(e, "rating"))});
  const rel_id once = runner.run(cx, distinct(project(q, {col(b, "id")})));
  EXPECT_EQ(runner.run(cx, once), once);
}

TEST_F(pipeline, allocates_nothing_once_it_is_warm) {
#ifndef NDEBUG
  GTEST_SKIP() << "with asserts the verifier runs after each pass, and allocates";
#endif
  const auto once = [&] {
    cx.reset(*test::blog_catalog());
    const rel_id b = scan("Blog"), e = scan("Entry", true), a = scan("Author", true), other = scan("Entry");
    const expr_id has_other = exists(filter(other, eq(col(other, "blog_id"), col(b, "id"))));
    const rel_id filtered = filter(to_one(many(b, b, e, "blog_id"), e, "editor_id", a),
                                   {contains(e, "headline"), no(eq(e, "rating")), no(has_other)});
    const rel_id q = count(distinct(project(sort(filtered, col(b, "name")), {col(b, "id"), col(b, "name")})));
    const std::uint64_t before = test::allocations();
    runner.run(cx, q);
    return test::allocations() - before;
  };
  once();
  EXPECT_EQ(once(), 0U);
}

TEST_F(pipeline, knows_its_passes_by_name) {
  std::uint64_t all = 0;
  for (const pass_info& p : all_passes()) {
    EXPECT_NE(pass_bit(p.name), 0U) << p.name;
    EXPECT_EQ(all & pass_bit(p.name), 0U) << p.name;
    all |= pass_bit(p.name);
  }
  EXPECT_EQ(pass_bit("all"), all);
  EXPECT_EQ(pass_bit("prune-jions"), 0U);
}

TEST_F(pipeline, leaves_out_the_passes_that_are_switched_off) {
  const rel_id e = scan("Entry"), a = scan("Author", true);
  const rel_id q = count(to_one(e, e, "editor_id", a));
  EXPECT_NE(runner.run(cx, q), q);
  EXPECT_EQ(runner.run(cx, q, pass_bit("prune-joins")), q);
  EXPECT_EQ(runner.run(cx, q, pass_bit("all")), q);
}

class recorder : public pass_observer {
 public:
  void after_pass(const context&, const pass_report& report) override { reports.push_back(report); }
  std::vector<pass_report> reports;
};

TEST_F(pipeline, tells_an_observer_what_each_pass_did) {
  const rel_id e = scan("Entry"), a = scan("Author", true);
  recorder seen;
  const rel_id made = runner.run(cx, count(to_one(e, e, "editor_id", a)), pass_bit("canonicalize"), &seen);
  ASSERT_EQ(seen.reports.size(), all_passes().size() - 1);
  for (const pass_report& r : seen.reports) {
    EXPECT_EQ(r.changed, r.name == "prune-joins") << r.name;
    EXPECT_EQ(r.applied, r.name == "prune-joins" ? 1U : 0U) << r.name;
  }
  EXPECT_EQ(seen.reports.back().root, made);
  const auto pruned = std::ranges::find(seen.reports, "prune-joins", &pass_report::name);
  EXPECT_EQ(pruned->matched, 1U);
  EXPECT_GT(pruned->nanoseconds, 0U);
}

TEST_F(pipeline, tells_an_observer_why_a_pass_did_nothing) {
  class reasons : public pass_observer {
   public:
    void after_pass(const context&, const pass_report& report) override {
      for (std::size_t i = 0; i < decline_count; ++i)
        if ((*report.declines)[i] != 0)
          given.push_back(std::string(report.name) + ": " + std::string(all_declines()[i].reason));
    }
    std::vector<std::string> given;
  };
  const rel_id b = scan("Blog"), e = scan("Entry", true);
  const rel_id q = project(many(b, b, e, "blog_id"), {col(b, "id"), col(e, "headline")});
  reasons seen;
  EXPECT_EQ(runner.run(cx, q, 0, &seen), q);
  EXPECT_EQ(seen.given,
            (std::vector<std::string>{"simplify-outer-joins: nothing-asked", "prune-joins: more-than-key-read"}));
}

TEST_F(pipeline, gives_each_reason_to_the_pass_that_has_it) {
  for (const decline_info& d : all_declines()) {
    EXPECT_NE(pass_bit(d.pass), 0U) << d.reason;
    EXPECT_EQ(d.reason.find('_'), std::string_view::npos) << d.reason;
    EXPECT_FALSE(d.doc.empty()) << d.reason;
    EXPECT_EQ(std::count_if(all_declines().begin(), all_declines().end(),
                            [&](const decline_info& o) { return o.pass == d.pass && o.reason == d.reason; }),
              1)
        << d.pass << ": " << d.reason;
  }
}

TEST_F(pipeline, names_the_step_after_which_a_query_is_broken) {
  const rel_id b = scan("Blog"), e = scan("Entry");
  const rel_id broken = filter(b, eq(e, "rating"));
  const auto found = verify_after("form-semijoins", cx, broken, stage::logical);
  ASSERT_FALSE(found);
  const std::string said = render(found.error());
  EXPECT_NE(said.find("malformed IR"), std::string::npos) << said;
  EXPECT_NE(said.find("(after form-semijoins)"), std::string::npos) << said;
  EXPECT_TRUE(verify_after("form-semijoins", cx, b, stage::logical));
}

TEST_F(pipeline, verifies_each_pass_in_builds_with_asserts) {
  const rel_id b = scan("Blog"), e = scan("Entry");
  const rel_id broken = filter(b, eq(e, "rating"));
  EXPECT_EQ(runner.run(cx, broken), broken);
  const auto problem = runner.take_problem();
  EXPECT_EQ(problem.has_value(), verifies_each_step);
  if (problem) {
    const std::string first = "(after " + std::string(all_passes()[0].name) + ")";
    EXPECT_NE(render(**problem).find(first), std::string::npos) << render(**problem);
  }
  EXPECT_FALSE(runner.take_problem()) << "taken once";
  runner.run(cx, filter(b, eq(b, "name")));
  EXPECT_FALSE(runner.take_problem());
}

}  // namespace
}  // namespace quarry::ir
