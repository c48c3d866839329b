// Queries drawn at random, from fixed seeds, mean the same optimized and not. A seed that fails is shown as small as it can be.
#include <gtest/gtest.h>

#include <iostream>

#include "support/random_pairs.hpp"

namespace quarry::test {
namespace {

constexpr std::uint64_t groups = 8;
// Under AddressSanitizer a pair costs about eight times as much: there a part of them has to do.
#ifdef __SANITIZE_ADDRESS__
constexpr std::uint64_t pairs_of_a_group = 500;
#else
constexpr std::uint64_t pairs_of_a_group = 2500;
#endif

class random_queries : public testing::TestWithParam<std::uint64_t> {};

TEST_P(random_queries, mean_the_same_optimized_and_not) {
  random_pairs pairs;
  int wrong = 0;
  for (std::uint64_t i = 0; i < pairs_of_a_group && wrong < 3; ++i) {
    const std::string what = pairs.check(GetParam() * 2500 + i);
    if (!what.empty()) ++wrong, ADD_FAILURE() << what;
  }
  std::cout << pairs.summary() << "\n";
  // What only a count of all rows but some asks for is rare: related_groups_test.cpp has it.
  // A part of the pairs need not have what a pass looks for.
#ifndef __SANITIZE_ADDRESS__
  EXPECT_EQ(pairs.passes.never_fired({"count-complement"}), "");
#endif
  EXPECT_GT(pairs.lowered, pairs_of_a_group / 5);
  EXPECT_GT(pairs.plain, pairs_of_a_group / 12);
  EXPECT_LT(pairs.undecided, 2);
  for (const std::string_view kind : {"group", "window_rel", "set_op", "distinct", "sort", "limit"})
    EXPECT_GT(pairs.drawn[kind], pairs_of_a_group / 40) << kind;
  EXPECT_GT(pairs.partitions, pairs_of_a_group / 20);
  EXPECT_GT(pairs.in_database, pairs_of_a_group / 20);
  EXPECT_LT(pairs.failing, pairs_of_a_group / 20);
}

INSTANTIATE_TEST_SUITE_P(of_group, random_queries, testing::Range(std::uint64_t{0}, groups));

}  // namespace
}  // namespace quarry::test
