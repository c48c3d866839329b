// Rows with values that the query computed: their types, how they are read, and what the compiler knows about their names. That they
// are the chains of text stands in core/text/typed_queries.cpp.
#include <gtest/gtest.h>

#include <type_traits>

#include "core/query/blog_models.hpp"
#include "core/query/fake_session.hpp"

namespace quarry {
namespace {

using blog::Blog;
using blog::Comment;
using blog::Entry;
using test::integer_cell;
using test::null_cell;
using test::text_cell;

quarry_cell real_cell(double v) {
  quarry_cell c{};
  c.v.d = v;
  c.type = static_cast<std::uint8_t>(ir::scalar::float64);
  return c;
}

class annotations : public testing::Test {
 protected:
  template <class Model>
  query_set<Model> all() const {
    return make_query_set<Model>(session_);
  }
  std::shared_ptr<test::fake_session> session_ = std::make_shared<test::fake_session>();
};

TEST_F(annotations, an_object_has_the_values_beside_its_members) {
  session_->answer({{integer_cell(1), text_cell("Beatles"), text_cell("news"), integer_cell(3), null_cell()}});
  const auto q = all<Blog>().annotate("n"_a = Count("entry"_f), "best"_a = Max("entry__rating"_f));
  const auto& row = q.rows().front();
  EXPECT_EQ(row.name, "Beatles");
  EXPECT_EQ(row.get<"n">(), 3);
  EXPECT_EQ(row.get<"best">(), std::nullopt);
  static_assert(std::same_as<decltype(row.get<"n">()), const std::int64_t&>);
  static_assert(std::same_as<decltype(row.get<"best">()), const std::optional<int>&>);
  const Blog& as_object = row;
  EXPECT_EQ(as_object.id, 1);
}

TEST_F(annotations, go_with_fields_left_out) {
  const auto q = all<Comment>().annotate("four"_a = 4).only<"text">();
  session_->answer({{integer_cell(1), text_cell("x"), integer_cell(4)}});
  EXPECT_EQ(q.rows().front().get<"text">(), "x");
  EXPECT_EQ(q.rows().front().get<"four">(), 4);
}

TEST_F(annotations, a_related_object_stands_before_the_values) {
  const auto q = all<Comment>().annotate("four"_a = 4).select_related<"author">();
  session_->answer({{integer_cell(1), null_cell(), integer_cell(7), null_cell(), text_cell("x"), null_cell(),
                     null_cell(), integer_cell(7), text_cell("Ann"), text_cell("a@x.example"), integer_cell(4)}});
  const auto& row = q.rows().front();
  ASSERT_TRUE(row.author.has_value());
  EXPECT_EQ((*row.author)->name, "Ann");
  EXPECT_EQ(row.related<"author">()->name, "Ann");
  EXPECT_EQ(row.get<"four">(), 4);
}

TEST_F(annotations, add_to_the_values_of_groups) {
  session_->answer({{integer_cell(2), integer_cell(5)}});
  const auto groups = all<Entry>().values<"blog">().annotate(Count("id"_f));
  EXPECT_EQ(groups.rows().front().get<"blog">(), 2);
  EXPECT_EQ(groups.rows().front().get<"id__count">(), 5);
  const auto [blog, n] = groups.rows().front().values();
  EXPECT_EQ(blog + n, 7);
  session_->answer({{integer_cell(2), integer_cell(5)}});
  EXPECT_EQ(all<Entry>().values_list<"blog">().annotate("n"_a = Count("id"_f)).rows().front(),
            (std::tuple<std::int64_t, std::int64_t>(2, 5)));
}

TEST_F(annotations, aliases_are_no_values_of_the_rows) {
  session_->answer({{integer_cell(1), text_cell("Beatles"), text_cell("news")}});
  const auto q = all<Blog>().alias("n"_a = Count("entry"_f)).filter("n__gt"_f = 2);
  static_assert(std::same_as<std::remove_cvref_t<decltype(q)>::value_type, Blog>);
  EXPECT_EQ(q.rows().front().name, "Beatles");
}

TEST_F(annotations, an_aggregate_is_a_record) {
  session_->answer({{integer_cell(3), real_cell(4.5), null_cell()}});
  const auto r = all<Entry>().aggregate("n"_a = Count("id"_f), Avg("rating"_f), "last"_a = Max("pub_date"_f));
  EXPECT_EQ(r.get<"n">(), 3);
  EXPECT_EQ(r.get<"rating__avg">(), 4.5);
  EXPECT_FALSE(r.get<"last">());
  static_assert(std::same_as<decltype(r.get<"last">()), const std::optional<date>&>);
}

TEST_F(annotations, values_of_paths_made_at_run_time_are_read_by_name) {
  session_->answer({{integer_cell(3), text_cell("x"), null_cell()}});
  const std::string path = "blog__name";
  const auto q = all<Entry>().values("id"_f, runtime(path), "n"_a = F("rating"_f));
  const dynamic_row& row = q.rows().front();
  EXPECT_EQ(row.names(), (std::vector<std::string>{"id", "blog__name", "n"}));
  EXPECT_EQ(row["blog__name"], value("x"));
  EXPECT_TRUE(row["n"].is_null());
  EXPECT_EQ(row.at(0), value(3));
  EXPECT_THROW((void)row.at(3), index_error);
  try {
    (void)row["nmae"];
    FAIL();
  } catch (const field_error& e) {
    EXPECT_EQ(e.id(), ir::diag::no_value_of_name);
    EXPECT_EQ(e.message(), "the row has no value 'nmae'");
  }
}

TEST_F(annotations, a_name_made_at_run_time_makes_rows_without_a_type) {
  session_->answer({{integer_cell(1), text_cell("Beatles"), text_cell("news"), integer_cell(3)}});
  const auto q = all<Blog>().annotate(runtime("n") = Count("entry"_f)).filter(runtime("n__gt") = 1);
  EXPECT_EQ(q.rows().front()["n"], value(3));
  EXPECT_EQ(q.rows().front()["name"], value("Beatles"));
  session_->answer({{integer_cell(3)}});
  EXPECT_EQ(all<Blog>().aggregate(runtime("n") = Count("entry"_f))["n"], value(3));
  EXPECT_THROW(all<Blog>().annotate(runtime("n") = 3), type_error);
}

TEST_F(annotations, streams_give_the_names_too) {
  session_->answer({{integer_cell(3)}});
  for (const dynamic_row& row : all<Entry>().values(runtime("id")).stream()) EXPECT_EQ(row["id"], value(3));
}

TEST_F(annotations, the_flat_values_of_a_path) {
  session_->answer({{null_cell()}, {integer_cell(4)}});
  const auto q = all<Comment>().values_flat<"score">();
  EXPECT_EQ(q.rows(), (std::vector<std::optional<int>>{std::nullopt, 4}));
}

TEST_F(annotations, rows_of_another_width_are_an_error) {
  session_->answer({{integer_cell(1)}});
  const auto two = all<Entry>().values<"id", "rating">();
  EXPECT_THROW((void)two.rows(), error);
  session_->answer({{null_cell()}});
  EXPECT_THROW((void)all<Entry>().values<"id">().rows(), error) << "a NULL that the schema excludes";
}

TEST_F(annotations, numbers_that_make_no_sense_are_errors_before_any_query) {
  EXPECT_THROW(Left("headline"_f, 0), value_error);
  EXPECT_THROW(Substr("headline"_f, 0), value_error);
  EXPECT_THROW(Repeat("headline"_f, -1), value_error);
  EXPECT_THROW(Lag("rating"_f, 0), value_error);
  EXPECT_THROW(Ntile(0), value_error);
  EXPECT_THROW(NthValue("rating"_f, 0), value_error);
  EXPECT_THROW(RowRange(3, 1), value_error);
  EXPECT_THROW(Extract("pub_date"_f, runtime("fortnight")), value_error);
  EXPECT_THROW(Trunc("pub_date"_f, runtime("week_day")), value_error);
  EXPECT_THROW(When(Q<Entry>(), 1), value_error);
  EXPECT_NO_THROW(Repeat("headline"_f, 0));
  EXPECT_TRUE(session_->ran.empty());
}

TEST_F(annotations, a_unit_of_time_is_a_name_that_the_compiler_or_the_program_checks) {
  const std::string_view unit = "month";
  const auto q =
      all<Entry>().values("y"_a = Extract<"year">("pub_date"_f), "m"_a = Extract("pub_date"_f, runtime(unit)),
                          "w"_a = Extract("pub_date"_f, "iso_week_day"), "s"_a = Trunc<"month">("pub_date"_f),
                          "t"_a = Trunc("pub_date"_f, "quarter"));
  const auto by_name = all<Entry>().values("y"_a = ExtractYear("pub_date"_f), "m"_a = ExtractMonth("pub_date"_f),
                                           "w"_a = ExtractIsoWeekDay("pub_date"_f), "s"_a = TruncMonth("pub_date"_f),
                                           "t"_a = TruncQuarter("pub_date"_f));
  EXPECT_EQ(q.chain().shape(), by_name.chain().shape());
  static_assert(std::same_as<std::remove_cvref_t<decltype(q.at(0).get<"m">())>, std::int32_t>);
  static_assert(std::same_as<std::remove_cvref_t<decltype(q.at(0).get<"t">())>, date>);
}

TEST_F(annotations, a_condition_of_the_model_is_a_value_of_its_rows) {
  const Q<Entry> good = ("rating__gt"_f = 3) | Exists(all<Comment>().filter("entry"_f = OuterRef("pk"_f)));
  const auto q = all<Entry>().annotate("good"_a = good).filter("good"_f = true);
  static_assert(std::same_as<decltype(q.at(0).get<"good">()), const std::optional<bool>&>);
  EXPECT_EQ(q.chain().last().all_terms()[0].path.view(), "good");
}

}  // namespace
}  // namespace quarry
