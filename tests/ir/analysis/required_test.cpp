#include <quarry/ir/analysis/required.hpp>

#include "ir/passes/algebra.hpp"

namespace quarry::ir {
namespace {

class required : public algebra {
 protected:
  /// What the child in `slot` is asked, by a parent of which everything is asked unless told otherwise.
  std::string asks(any_id parent, std::uint32_t slot = 0, demand above = {}) {
    const demand d = demand_below(cx, parent, slot, above);
    return std::string(d.duplicates ? "repeats " : "") + (d.order ? "order" : "");
  }
  static constexpr demand nothing{false, false};
  rel_id blog = scan("Blog"), entry = scan("Entry");
  expr_id on = eq(col(blog, "id"), col(entry, "blog_id"));
};

TEST_F(required, repeats_and_order_pass_through_rows) {
  EXPECT_EQ(asks(filter(blog, contains(blog, "name"))), "repeats order");
  EXPECT_EQ(asks(filter(blog, contains(blog, "name")), 0, nothing), "");
  EXPECT_EQ(asks(project(blog, {col(blog, "id")}), 0, nothing), "");
  EXPECT_EQ(asks(sort(blog, col(blog, "id"))), "repeats ");
  EXPECT_EQ(asks(limit(blog, 3), 0, nothing), "repeats order") << "both decide which rows there are";
  EXPECT_EQ(asks(window(blog), 0, nothing), "repeats order");
  EXPECT_EQ(asks(distinct(blog)), "order");
  EXPECT_EQ(asks(distinct_on(blog, col(blog, "name")), 0, nothing), "repeats order");
}

TEST_F(required, joins_see_no_order_and_filtering_sides_no_repeats) {
  EXPECT_EQ(asks(join(join_kind::inner, blog, entry, on), 0), "repeats ");
  EXPECT_EQ(asks(join(join_kind::inner, blog, entry, on), 1, nothing), "");
  EXPECT_EQ(asks(join(join_kind::semi, blog, entry, on), 0), "repeats ");
  EXPECT_EQ(asks(join(join_kind::semi, blog, entry, on), 1), "");
  EXPECT_EQ(asks(join(join_kind::anti, blog, entry, on), 1), "");
}

TEST_F(required, aggregates_and_set_operations) {
  EXPECT_EQ(asks(count(blog)), "repeats ");
  EXPECT_EQ(asks(group(blog, {col(blog, "name")}, {})), "");
  EXPECT_EQ(asks(group(blog, {}, {aggregate(op::max, col(blog, "id")), aggregate(op::count, col(blog, "id"), true)})),
            "");
  EXPECT_EQ(asks(group(blog, {}, {aggregate(op::any_value, col(blog, "id"))})), "order");
  const rel_id p = project(blog, {col(blog, "name")}), q = project(entry, {col(entry, "headline")});
  EXPECT_EQ(asks(set(set_kind::union_, false, p, q)), "");
  EXPECT_EQ(asks(set(set_kind::union_, true, p, q)), "repeats ");
  EXPECT_EQ(asks(set(set_kind::union_, true, p, q), 0, nothing), "");
  EXPECT_EQ(asks(set(set_kind::except, true, p, q), 1, nothing), "repeats ") << "as many are taken away";
  EXPECT_EQ(asks(exists(blog)), "");
}

TEST_F(required, columns_read_so_far) {
  required_columns r;
  r.clear(cx);
  EXPECT_TRUE(r.reads_nothing());
  r.read(cx, is(op::and_, {eq(blog, "name"), exists(filter(entry, eq(col(entry, "blog_id"), col(blog, "id"))))}));
  const std::uint32_t b = instance_of(blog), e = instance_of(entry);
  EXPECT_TRUE(r.reads(b, cx.at(col(blog, "name")).a));
  EXPECT_TRUE(r.reads(b, cx.at(col(blog, "id")).a)) << "a subquery reads it";
  EXPECT_FALSE(r.reads(b, cx.at(col(blog, "tagline")).a));
  EXPECT_TRUE(r.reads_only(e, cx.at(col(entry, "blog_id")).a));
  EXPECT_FALSE(r.reads_only(b, cx.at(col(blog, "id")).a));
  EXPECT_FALSE(r.reads_any(e + 1));
}

TEST_F(required, a_model_with_more_columns_than_bits) {
  column_set s;
  s.clear(cx);
  s.add(0, 70);
  EXPECT_TRUE(s.has(0, 70));
  EXPECT_TRUE(s.has(0, 80)) << "shares the bit";
  EXPECT_FALSE(s.has(0, 5));
  EXPECT_FALSE(s.has_only(0, 70));
  s.clear(cx);
  s.add_exact(0, 70);
  EXPECT_FALSE(s.has(0, 70)) << "rather too little than too much";
}

TEST_F(required, more_instances_than_bits) {
  instance_set few, many, all;
  few.add(3);
  many.add(3);
  many.add(70);
  all.add(3);
  all.add(4);
  EXPECT_TRUE(few.within(all));
  EXPECT_FALSE(many.within(many)) << "not known to be";
  EXPECT_TRUE(many.touches(few));
  EXPECT_FALSE(few.touches([] {
    instance_set s;
    s.add(70);
    return s;
  }()));
  EXPECT_FALSE(many.known());
}

}  // namespace
}  // namespace quarry::ir
