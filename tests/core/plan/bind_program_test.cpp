#include <gtest/gtest.h>

#include <quarry/core/plan/bind_program.hpp>

namespace quarry::detail {
namespace {

using ir::scalar;

class a_bind_program : public testing::Test {
 protected:
  /// What a value becomes for a column of this type, as text; or the id of the diagnostic.
  std::string bound(const operand& o, scalar wanted) {
    plan p;
    p.params = 1;
    p.binds = {{0, 0, ir::recipe::value, ir::type(wanted, false)}};
    const path_ref path = path_ref::literal("field");
    const bound_value v{&path, &o};
    auto done = buffer.bind(p, std::span<const bound_value>(&v, 1));
    if (!done) return std::string(ir::info(done.error().id).name);
    EXPECT_EQ(buffer.cells()[0].type, static_cast<std::uint8_t>(wanted));
    return to_text(buffer.cells()[0]);
  }
  std::string bound_as(const operand& o, ir::recipe how, std::uint32_t element, scalar wanted) {
    plan p;
    p.params = 1;
    p.binds = {{0, element, how, ir::type(wanted, false)}};
    const path_ref path = path_ref::literal("field");
    const bound_value v{&path, &o};
    auto done = buffer.bind(p, std::span<const bound_value>(&v, 1));
    return done ? to_text(buffer.cells()[0]) : std::string(ir::info(done.error().id).name);
  }
  std::string bound(std::string_view text, scalar wanted) { return bound(operand::of_text(text), wanted); }
  std::string bound(std::int64_t n, scalar wanted) { return bound(operand::of_integer(n), wanted); }
  bind_buffer buffer;
};

TEST_F(a_bind_program, takes_what_a_number_column_can_hold) {
  EXPECT_EQ(bound(5, scalar::int32), "5");
  EXPECT_EQ(bound("5", scalar::int32), "5");
  EXPECT_EQ(bound(" -7 ", scalar::int64), "-7");
  EXPECT_EQ(bound(operand::of_real(5.0), scalar::int64), "5");
  EXPECT_EQ(bound(operand::of_integer(1, scalar::boolean), scalar::int32), "1");
  EXPECT_EQ(bound("5.5", scalar::float64), "5.5");
  EXPECT_EQ(bound(3, scalar::decimal), "3");
  EXPECT_EQ(bound("12.50", scalar::decimal), "12.50") << "a decimal keeps its scale";
}

TEST_F(a_bind_program, takes_the_edges_of_years_and_days) {
  const auto edge = [&](const operand& o, ir::recipe which, scalar wanted) { return bound_as(o, which, 0, wanted); };
  const operand year = operand::of_integer(2009);
  EXPECT_EQ(edge(year, ir::recipe::year_first, scalar::date), "2009-01-01");
  EXPECT_EQ(edge(year, ir::recipe::year_last, scalar::date), "2009-12-31");
  EXPECT_EQ(edge(year, ir::recipe::iso_year_first, scalar::date), "2008-12-29");
  EXPECT_EQ(edge(year, ir::recipe::iso_year_last, scalar::date), "2010-01-03");
  EXPECT_EQ(edge(year, ir::recipe::year_first, scalar::datetime), "2009-01-01T00:00:00");
  EXPECT_EQ(edge(year, ir::recipe::year_last, scalar::datetime), "2009-12-31T23:59:59.999999");
  EXPECT_EQ(edge(operand::of_integer(1), ir::recipe::iso_year_first, scalar::date), "0001-01-01");
  EXPECT_EQ(edge(operand::of_integer(9998), ir::recipe::iso_year_last, scalar::date), "9999-01-03");
  const operand day = operand::of_text("2008-02-29");
  EXPECT_EQ(edge(day, ir::recipe::day_first, scalar::datetime), "2008-02-29T00:00:00");
  EXPECT_EQ(edge(day, ir::recipe::day_last, scalar::datetime), "2008-02-29T23:59:59.999999");
  EXPECT_EQ(edge(operand::of_text("2008-02-30"), ir::recipe::day_last, scalar::datetime), "wrong_value");
}

TEST_F(a_bind_program, takes_the_edges_of_each_element_of_a_list) {
  const operand years[] = {operand::of_integer(2008), operand(), operand::of_integer(2010)};
  const operand list = operand::of_list(years, 3);
  EXPECT_EQ(bound_as(list, ir::recipe::year_first, 0, scalar::date), "2008-01-01");
  EXPECT_EQ(bound_as(list, ir::recipe::year_last, 1, scalar::date), "2010-12-31");
  EXPECT_EQ(bound_as(list, ir::recipe::iso_year_last, 0, scalar::date), "2008-12-28");
  EXPECT_EQ(bound_as(list, ir::recipe::year_first, 5, scalar::date), "2010-01-01")
      << "behind the end the last one again";
  const operand days[] = {operand::of_text("2008-02-29"), operand::of_text("today")};
  EXPECT_EQ(bound_as(operand::of_list(days, 2), ir::recipe::day_last, 0, scalar::datetime),
            "2008-02-29T23:59:59.999999");
  EXPECT_EQ(bound_as(operand::of_list(days, 2), ir::recipe::day_last, 1, scalar::datetime), "wrong_value");
}

TEST_F(a_bind_program, refuses_what_it_would_have_to_change) {
  EXPECT_EQ(bound(operand::of_real(5.5), scalar::int64), "wrong_number");
  EXPECT_EQ(bound(operand::of_real(1e30), scalar::int64), "wrong_number");
  EXPECT_EQ(bound("five", scalar::int32), "wrong_number");
  EXPECT_EQ(bound("", scalar::int32), "wrong_number");
  EXPECT_EQ(bound(40000, scalar::int16), "value_out_of_range");
  EXPECT_EQ(bound("2008-13-01", scalar::date), "wrong_value");
  EXPECT_EQ(bound(5, scalar::date), "wrong_value");
  EXPECT_EQ(bound("perhaps", scalar::boolean), "wrong_value");
  EXPECT_EQ(bound("not a uuid", scalar::uuid), "wrong_value");
  EXPECT_EQ(bound(operand::of_list(nullptr, 0), scalar::int64), "wrong_argument");
}

TEST_F(a_bind_program, reads_dates_and_times) {
  EXPECT_EQ(bound("2008-06-01", scalar::date), "2008-06-01");
  EXPECT_EQ(bound("2008-06-01 12:30:00", scalar::datetime), "2008-06-01T12:30:00");
  EXPECT_EQ(bound(operand::of_integer(14031, scalar::date), scalar::datetime), "2008-06-01T00:00:00")
      << "a date is its midnight";
  EXPECT_EQ(bound(operand::of_integer(-1, scalar::datetime), scalar::date), "1969-12-31") << "the day before the epoch";
  EXPECT_EQ(bound("12:30", scalar::time), "12:30:00");
}

TEST_F(a_bind_program, writes_texts_as_people_would) {
  EXPECT_EQ(bound(5, scalar::text), "\"5\"");
  EXPECT_EQ(bound(operand::of_integer(1, scalar::boolean), scalar::text), "\"True\"");
  EXPECT_EQ(bound(operand::of_integer(14031, scalar::date), scalar::text), "\"2008-06-01\"");
}

TEST_F(a_bind_program, passes_null_through) { EXPECT_EQ(bound(operand(), scalar::int32), "NULL"); }

TEST_F(a_bind_program, pads_a_list_with_its_last_value_and_skips_none) {
  const operand items[] = {operand::of_integer(4), operand(), operand::of_integer(6)};
  const operand list = operand::of_list(items, 3);
  plan p;
  p.params = 1;
  for (std::uint32_t i = 0; i < 4; ++i) p.binds.push_back({0, i, ir::recipe::element, ir::types::int64});
  const path_ref path = path_ref::literal("id__in");
  const bound_value v{&path, &list};
  ASSERT_TRUE(buffer.bind(p, std::span<const bound_value>(&v, 1)));
  std::vector<std::int64_t> got;
  for (const quarry_cell& c : buffer.cells()) got.push_back(c.v.i);
  EXPECT_EQ(got, (std::vector<std::int64_t>{4, 6, 6, 6}));
}

TEST_F(a_bind_program, finds_elements_in_any_order) {
  const operand items[] = {operand::of_integer(4), operand::of_integer(5), operand(), operand::of_integer(6)};
  const operand list = operand::of_list(items, 4);
  plan p;
  p.params = 1;
  for (const std::uint32_t i : {2U, 0U, 1U, 2U}) p.binds.push_back({0, i, ir::recipe::element, ir::types::int64});
  const path_ref path = path_ref::literal("id__in");
  const bound_value v{&path, &list};
  ASSERT_TRUE(buffer.bind(p, std::span<const bound_value>(&v, 1)));
  std::vector<std::int64_t> got;
  for (const quarry_cell& c : buffer.cells()) got.push_back(c.v.i);
  EXPECT_EQ(got, (std::vector<std::int64_t>{6, 4, 5, 6}));
}

TEST_F(a_bind_program, makes_an_array_of_a_list) {
  const operand items[] = {operand::of_integer(4), operand(), operand::of_text("6")};
  const operand list = operand::of_list(items, 3);
  plan p;
  p.params = 1;
  p.binds = {{0, 0, ir::recipe::array, ir::type::array_of(scalar::int64)}};
  const path_ref path = path_ref::literal("id__in");
  const bound_value v{&path, &list};
  ASSERT_TRUE(buffer.bind(p, std::span<const bound_value>(&v, 1)));
  EXPECT_EQ(to_text(buffer.cells()[0]), "[4, 6]");
}

}  // namespace
}  // namespace quarry::detail
