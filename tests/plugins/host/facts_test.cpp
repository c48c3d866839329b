// Every fact of facts.def goes from a plugin's record to the host by its number, and is conservative where the plugin says nothing.
#include <quarry/plugins/host/facts_reader.hpp>

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace quarry::host::test {
namespace {

struct declared {
  std::uint32_t number;
  ir::fact id;
  std::string name, form;
  std::int64_t initial;
};

const std::vector<declared>& all_facts() {
  static const std::vector<declared> all = {
#define QUARRY_FACT(number, name, type, initial, doc) declared{number, ir::fact::name, #name, #type, initial},
#include <quarry/ir/legalize/facts.def>
#undef QUARRY_FACT
  };
  return all;
}

ir::result<ir::facts> told(const std::vector<quarry_fact_value>& values, std::uint32_t highest = QUARRY_HIGHEST_FACT) {
  quarry_plugin table{};
  table.highest_fact = highest;
  quarry_facts record{};
  record.size = sizeof record;
  record.facts = values.data();
  record.fact_count = static_cast<std::uint32_t>(values.size());
  record.fact_stride = sizeof(quarry_fact_value);
  return read_facts(table, record);
}

/// A value that the default is not.
std::int64_t another(const declared& f) { return f.form == "flag" ? 1 - f.initial : f.initial + 1; }

TEST(facts_of_a_record, come_by_their_numbers_and_touch_no_other) {
  for (const declared& f : all_facts()) {
    const auto got = told({{f.number, 0, another(f)}});
    ASSERT_TRUE(got) << f.name;
    for (const declared& g : all_facts()) EXPECT_EQ((*got)[g.id], g.id == f.id ? another(f) : g.initial) << g.name;
  }
}

TEST(facts_of_a_record, are_conservative_where_nothing_is_said) {
  const auto silent = told({});
  ASSERT_TRUE(silent);
  for (const declared& f : all_facts()) EXPECT_EQ((*silent)[f.id], f.initial) << f.name;
}

TEST(facts_of_a_record, above_what_the_plugin_knows_are_not_believed) {
  for (const declared& f : all_facts()) {
    const auto got = told({{f.number, 0, another(f)}}, f.number - 1);
    ASSERT_TRUE(got) << f.name;
    EXPECT_EQ((*got)[f.id], f.initial) << f.name;
  }
}

TEST(facts_of_a_record, have_values_of_their_form) {
  for (const declared& f : all_facts()) {
    const auto wrong = told({{f.number, 0, f.form == "flag" ? 2 : -2}});
    ASSERT_FALSE(wrong) << f.name;
    EXPECT_NE(ir::render(wrong.error()).find("the fact " + f.name), std::string::npos) << ir::render(wrong.error());
  }
}

TEST(facts_of_a_record, have_a_number_each) {
  std::array<int, QUARRY_HIGHEST_FACT + 1> seen{};
  for (const declared& f : all_facts()) {
    ASSERT_LE(f.number, QUARRY_HIGHEST_FACT) << f.name;
    EXPECT_EQ(++seen[f.number], 1) << f.name;
  }
}

}  // namespace
}  // namespace quarry::host::test
