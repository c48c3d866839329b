#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <quarry/dialects/base/facts_builder.hpp>

namespace quarry::dialect {
namespace {

TEST(facts_builder, says_what_is_legal_and_nothing_more) {
  facts_builder builder("Toy", "1");
  facts_record facts =
      builder.kinds({QUARRY_KIND_SELECT}).all_ops_but({QUARRY_OP_REGEX}).types({QUARRY_TYPE_TEXT}).build();
  EXPECT_TRUE(facts.kind(QUARRY_KIND_SELECT));
  EXPECT_FALSE(facts.kind(QUARRY_KIND_INSERT));
  EXPECT_TRUE(facts.op(QUARRY_OP_EQ));
  EXPECT_FALSE(facts.op(QUARRY_OP_REGEX));
  EXPECT_FALSE(facts.op(QUARRY_OP_EQ - 1)) << "a number between two groups of operations";
  EXPECT_FALSE(facts.op(QUARRY_HIGHEST_OP + 1));
  EXPECT_FALSE(facts.type(QUARRY_TYPE_JSON));
}

TEST(facts_builder, record_stays_valid_when_it_is_moved) {
  facts_builder builder("Toy", "1");
  facts_record first = builder.fact(QUARRY_FACT_MAX_BINDS, 7).build();
  quarry_facts before = first.record();
  facts_record second = std::move(first);
  quarry_facts after = second.record();
  EXPECT_EQ(before.facts, after.facts);
  EXPECT_EQ(before.product.data, after.product.data);
  EXPECT_EQ(std::string(after.product.data, after.product.size), "Toy");
  EXPECT_EQ(after.facts[0].value, 7);
}

}  // namespace
}  // namespace quarry::dialect
