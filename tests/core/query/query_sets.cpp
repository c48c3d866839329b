// QuerySets: when they run, what they fetch, what copies share; rows to objects and back.
#include <gtest/gtest.h>

#include <ranges>
#include <type_traits>

#include "core/query/blog_models.hpp"
#include "core/query/fake_session.hpp"

namespace quarry {
namespace {

using blog::Blog;
using blog::Comment;
using blog::Entry;
using detail::link_form;
using test::integer_cell;
using test::null_cell;
using test::row;
using test::text_cell;

row blog_row(std::int64_t id, std::string_view name) { return {integer_cell(id), text_cell(name), text_cell("tag")}; }

class query_sets : public testing::Test {
 protected:
  template <class Model>
  query_set<Model> all() {
    return make_query_set<Model>(session_);
  }
  std::vector<link_form> forms(std::size_t run) const {
    std::vector<link_form> out;
    detail::for_each_link(session_->ran.at(run), [&](const detail::link& l) { out.push_back(l.form); });
    return out;
  }
  std::shared_ptr<test::fake_session> session_ = std::make_shared<test::fake_session>();
};

TEST_F(query_sets, nothing_runs_before_rows_are_asked_for) {
  const auto q = all<Blog>().filter("name"_f = "x").order_by("name").slice(0, 5);
  EXPECT_TRUE(session_->ran.empty());
  EXPECT_EQ(q.sql(), "select");
  EXPECT_TRUE(session_->ran.empty());
}

TEST_F(query_sets, iterating_gives_objects) {
  session_->answer({blog_row(1, "Beatles"), blog_row(2, "Pop")});
  std::vector<std::string> names;
  for (const Blog& b : all<Blog>()) names.push_back(b.name + std::to_string(b.id.value()));
  EXPECT_EQ(names, (std::vector<std::string>{"Beatles1", "Pop2"}));
}

TEST_F(query_sets, a_query_set_is_a_range) {
  static_assert(std::ranges::random_access_range<const query_set<Blog>>);
  static_assert(std::ranges::input_range<row_stream<Blog>>);
}

TEST_F(query_sets, copies_share_their_rows_and_fetch_them_once) {
  session_->answer({blog_row(1, "Beatles")});
  const auto q = all<Blog>();
  const auto copy = q;
  EXPECT_EQ(q.rows().size(), 1U);
  EXPECT_EQ(&copy.rows(), &q.rows());
  EXPECT_EQ(copy.count(), 1);
  EXPECT_TRUE(copy.exists());
  EXPECT_EQ(copy.at(0).name, "Beatles");
  EXPECT_EQ(session_->ran.size(), 1U);
  EXPECT_TRUE(q.all().rows().empty()) << "all() is evaluated anew";
  EXPECT_EQ(session_->ran.size(), 2U);
}

TEST_F(query_sets, a_copy_of_an_evaluated_query_set_has_its_rows) {
  session_->answer({blog_row(1, "Beatles")});
  auto q = all<Blog>();
  EXPECT_EQ(q.rows().size(), 1U);
  auto other = all<Blog>();
  other = q;
  const auto moved = std::move(q);
  EXPECT_EQ(other.rows().size(), 1U);
  EXPECT_EQ(&moved.rows(), &other.rows());
  EXPECT_EQ(session_->ran.size(), 1U);
}

TEST_F(query_sets, a_stream_reads_one_row_at_a_time_and_keeps_none) {
  session_->answer({blog_row(1, "a"), blog_row(2, "b"), blog_row(3, "c")});
  const auto q = all<Blog>();
  for (const Blog& b : q.stream())
    if (b.id == 2) break;
  EXPECT_EQ(session_->fetched, 2U);
  EXPECT_TRUE(q.rows().empty()) << "a second run, for which nothing is prepared";
}

TEST_F(query_sets, get_takes_the_one_row) {
  session_->answer({blog_row(1, "Beatles")});
  EXPECT_EQ(all<Blog>().order_by("name").get("name"_f = "Beatles").id, 1);
  EXPECT_EQ(
      forms(0),
      (std::vector{link_form::root, link_form::order_by, link_form::filter, link_form::order_by, link_form::slice}));
  EXPECT_EQ(session_->ran[0].last().high, 21);
}

TEST_F(query_sets, get_wants_exactly_one_row) {
  try {
    all<Blog>().get("name"_f = "x");
    FAIL();
  } catch (const does_not_exist& e) {
    EXPECT_EQ(e.exception_name(), "Blog.DoesNotExist");
    EXPECT_EQ(e.message(), "no Blog matches the query");
  }
  session_->answer({blog_row(1, "a"), blog_row(2, "b")});
  EXPECT_THROW(all<Blog>().get(), multiple_objects_returned);
}

TEST_F(query_sets, first_and_last_order_by_key_where_there_is_no_order) {
  EXPECT_EQ(all<Blog>().first(), std::nullopt);
  EXPECT_EQ(forms(0), (std::vector{link_form::root, link_form::order_by, link_form::slice}));
  EXPECT_EQ(session_->ran[0].last().previous->all_terms()[0].path.view(), "pk");
  (void)all<Blog>().last();
  EXPECT_EQ(session_->ran[1].last().previous->all_terms()[0].path.view(), "-pk");
  (void)all<Blog>().order_by("name").first();
  EXPECT_EQ(forms(2), (std::vector{link_form::root, link_form::order_by, link_form::slice}));
  (void)all<Blog>().order_by("name").last();
  EXPECT_EQ(forms(3), (std::vector{link_form::root, link_form::order_by, link_form::reverse, link_form::slice}));
  (void)all<Blog>().order_by("name").order_by().first();
  EXPECT_EQ(session_->ran[4].last().previous->all_terms()[0].path.view(), "pk");
}

TEST_F(query_sets, at_fetches_one_row) {
  session_->answer({blog_row(4, "x")});
  EXPECT_EQ(all<Blog>().order_by("name").at(3).id, 4);
  EXPECT_EQ(session_->ran[0].last().low, 3);
  EXPECT_EQ(session_->ran[0].last().high, 4);
  EXPECT_THROW(all<Blog>().at(3), index_error);
  EXPECT_THROW(all<Blog>().at(-1), value_error);
}

TEST_F(query_sets, at_on_fetched_rows_keeps_the_same_errors) {
  session_->answer({blog_row(1, "x")});
  const auto q = all<Blog>();
  (void)q.rows();
  EXPECT_THROW(q.at(1), index_error);
  EXPECT_THROW(q.at(-1), value_error);
  EXPECT_EQ(session_->ran.size(), 1U);
}

TEST_F(query_sets, count_and_exists_are_one_number) {
  session_->answer({{integer_cell(42)}});
  EXPECT_EQ(all<Blog>().filter("name"_f = "x").count(), 42);
  session_->answer({{integer_cell(1)}});
  EXPECT_TRUE(all<Blog>().exists());
  EXPECT_FALSE(all<Blog>().exists());
  EXPECT_EQ(forms(0).back(), link_form::count);
  EXPECT_EQ(forms(1).back(), link_form::exists);
}

TEST_F(query_sets, a_call_after_a_slice_that_would_change_the_rows_throws) {
  EXPECT_THROW(all<Blog>().slice(0, 5).filter("name"_f = "x"), type_error);
  EXPECT_THROW(all<Blog>().slice(0, 5).order_by("name"), type_error);
  EXPECT_THROW(all<Blog>().slice(-1), value_error);
}

TEST_F(query_sets, values_list_gives_tuples_with_the_types_of_the_paths) {
  const auto q = all<Entry>()
                     .values_list<"headline", "rating", "blog", "blog__name", "entrydetail__details", "pub_date__year",
                                  "comment__score">();
  using expected = std::tuple<std::string, std::int32_t, std::int64_t, std::string, std::optional<std::string>,
                              std::int32_t, std::optional<std::int32_t>>;
  static_assert(std::is_same_v<decltype(q)::value_type, expected>);
  session_->answer({{text_cell("h"), integer_cell(5, ir::scalar::int32), integer_cell(1), text_cell("b"), null_cell(),
                     integer_cell(2008, ir::scalar::int32), integer_cell(3, ir::scalar::int32)}});
  EXPECT_EQ(q.rows().at(0), (expected{"h", 5, 1, "b", std::nullopt, 2008, 3}));
  EXPECT_EQ(q.filter("rating"_f = 1).slice(0, 1).rows().size(), 0U);
}

TEST_F(query_sets, an_object_has_every_member_from_its_column) {
  session_->answer({{integer_cell(1), integer_cell(9), null_cell(), integer_cell(4), text_cell("hello"), null_cell(),
                     integer_cell(86'400'000'000, ir::scalar::datetime)}});
  const Comment c = all<Comment>().rows().at(0);
  EXPECT_EQ(c.entry->id(), 9);
  EXPECT_FALSE(c.entry->loaded());
  EXPECT_THROW((void)c.entry->get(), relation_not_loaded);
  EXPECT_FALSE(c.author.has_value());
  EXPECT_EQ(c.parent->id(), 4);
  EXPECT_EQ(c.text, "hello");
  EXPECT_EQ(c.score, std::nullopt);
  EXPECT_EQ(to_text(*c.posted), "1970-01-02T00:00:00");
}

TEST_F(query_sets, a_row_that_its_object_cannot_hold_is_an_error_that_names_the_column) {
  session_->answer({{integer_cell(1), null_cell(), text_cell("t")}});
  try {
    (void)all<Blog>().rows();
    FAIL();
  } catch (const error& e) {
    EXPECT_EQ(e.message(), "Blog.name can't be NULL");
  }
  session_->answer({{integer_cell(1), integer_cell(2), text_cell("t")}});
  try {
    (void)all<Blog>().rows();
    FAIL();
  } catch (const error& e) {
    EXPECT_NE(e.message().find("the column 'name' of Blog"), std::string::npos) << e.message();
  }
  session_->answer({{integer_cell(1)}});
  EXPECT_THROW((void)all<Blog>().rows(), internal_error);
}

TEST_F(query_sets, a_failed_run_can_be_tried_again) {
  session_->answer({{integer_cell(1)}});
  const auto q = all<Blog>();
  EXPECT_THROW((void)q.rows(), internal_error);
  session_->answer({blog_row(1, "x")});
  EXPECT_EQ(q.rows().size(), 1U);
}

TEST_F(query_sets, saving_an_unsaved_object_inserts_it_and_sets_its_key) {
  Blog b{.name = "New", .tagline = "t"};
  session_->next_key = 12;
  detail::save(*session_, b);
  EXPECT_EQ(b.id, 12);
  EXPECT_EQ(session_->log, (std::vector<std::string>{"insert Blog name='New' tagline='t'"}));
}

TEST_F(query_sets, saving_a_saved_object_updates_and_inserts_when_no_row_matched) {
  Blog b{.id = 3, .name = "New", .tagline = "t"};
  detail::save(*session_, b);
  EXPECT_EQ(session_->log, (std::vector<std::string>{"update Blog where 3 name='New' tagline='t'"}));
  session_->matched = 0;
  detail::save(*session_, b);
  EXPECT_EQ(session_->log.back(), "insert Blog id=3 name='New' tagline='t'");
  EXPECT_EQ(b.id, 3);
}

TEST_F(query_sets, create_gives_the_object_with_its_key) {
  const Blog b = all<Blog>().create({.name = "x", .tagline = "y"});
  EXPECT_EQ(b.id, 1);
}

TEST_F(query_sets, relations_are_written_as_keys) {
  const Blog b{.id = 7};
  Entry e{.blog = b, .headline = "h"};
  const auto day = date(std::chrono::year{1970}, std::chrono::month{1}, std::chrono::day{2});
  e.pub_date = e.mod_date = day;
  detail::save(*session_, e);
  EXPECT_EQ(session_->log.back(),
            "insert Entry blog_id=7 headline='h' body_text='' pub_date=1 mod_date=1 number_of_comments=0 "
            "number_of_pingbacks=0 rating=5");
  Comment c{.parent = foreign_key<Comment>(5), .text = "t"};
  detail::save(*session_, c);
  EXPECT_EQ(session_->log.back(),
            "insert Comment entry_id=NULL author_id=NULL parent_id=5 text='t' score=NULL posted=NULL");
}

TEST_F(query_sets, what_cannot_be_written_is_refused_before_the_database_sees_it) {
  Entry e{.headline = "h"};
  try {
    detail::save(*session_, e);
    FAIL();
  } catch (const integrity_error& x) {
    EXPECT_EQ(x.message(), "Entry.blog can't be NULL");
  }
  e.blog = 1;
  try {
    detail::save(*session_, e);
    FAIL();
  } catch (const validation_error& x) {
    EXPECT_EQ(x.message(), "'Entry.pub_date' expects a date of the years 1 to 9999, not this one");
  }
  EXPECT_TRUE(session_->log.empty());
}

TEST_F(query_sets, distinct_is_a_call_of_the_chain) {
  (void)all<Blog>().distinct().rows();
  EXPECT_EQ(forms(0), (std::vector{link_form::root, link_form::distinct}));
  EXPECT_THROW(all<Blog>().slice(0, 1).distinct(), type_error);
}

TEST_F(query_sets, a_query_is_a_value_of_another) {
  const auto blogs = all<Blog>().filter("name"_f = "x");
  const auto entries = all<Entry>().filter("blog__in"_f = blogs);
  const detail::term& t = entries.chain().last().all_terms()[0];
  ASSERT_EQ(t.value.form, detail::operand_form::query);
  EXPECT_EQ(t.value.query, &blogs.chain().last());
  // A condition keeps the query, though its handle goes.
  const Q<Entry> condition = [&] { return Q<Entry>("blog__in"_f = all<Blog>().filter("name"_f = "y")); }();
  EXPECT_EQ(condition.tree()->constant.query->all_terms()[0].path.view(), "name");
  (void)all<Blog>().filter("pk__in"_f = all<Entry>().values_list<"blog">());
  (void)all<Entry>().filter("rating__gt"_f = all<Entry>().order_by("id").values_list<"rating">().slice(0, 1));
}

TEST_F(query_sets, combined_queries_are_one) {
  const auto either = all<Blog>().filter("name"_f = "a") | all<Blog>().filter("name"_f = "b");
  EXPECT_EQ(either.chain().last().form, link_form::either);
  const auto both = all<Blog>().filter("name"_f = "a") & all<Blog>().order_by("-name");
  EXPECT_EQ(both.chain().last().form, link_form::order_by) << "the order of the other query counts";
  EXPECT_EQ(both.chain().last().previous->form, link_form::both);
  const auto some = all<Blog>().filter("name"_f = "a");
  EXPECT_EQ(&(some | all<Blog>().none()).chain().last(), &some.chain().last());
  EXPECT_EQ(&(all<Blog>().none() | some).chain().last(), &some.chain().last());
  EXPECT_EQ((some & all<Blog>().none()).chain().last().form, link_form::none);
  EXPECT_THROW(some & all<Blog>().slice(0, 1), type_error);
  EXPECT_THROW(some | all<Blog>().distinct(), type_error);
  EXPECT_NO_THROW(some | all<Blog>().slice(0, 1)) << "the keys of a slice are a condition";
}

TEST_F(query_sets, order_by_takes_expressions) {
  (void)all<Entry>().order_by(F("rating"_f).desc(nulls::last), "id", (F("rating"_f) * 2).asc()).rows();
  const auto terms = session_->ran[0].last().all_terms();
  ASSERT_EQ(terms.size(), 3U);
  EXPECT_EQ(terms[0].tree->order.bits(), 5);
  EXPECT_EQ(terms[1].path.view(), "id");
  EXPECT_EQ(terms[2].tree->order.bits(), 0);
  (void)all<Entry>().order_by(F("rating"_f).asc()).first();
  EXPECT_EQ(forms(1), (std::vector{link_form::root, link_form::order_by, link_form::slice})) << "it is an order";
}

TEST_F(query_sets, dates_give_dates) {
  const auto q = all<Entry>().dates<"pub_date">(date_part::month, direction::descending);
  static_assert(std::is_same_v<decltype(q)::value_type, date>);
  session_->answer({{integer_cell(2, ir::scalar::date)}});
  EXPECT_EQ(to_text(q.rows().at(0)), "1970-01-03");
  const detail::term& t = session_->ran[0].last().all_terms()[0];
  EXPECT_EQ(t.path.view(), "pub_date");
  EXPECT_TRUE(t.tree->order.descending);
  EXPECT_EQ(t.tree->children[0]->operation, ir::op::trunc_month);
  const auto moments = all<Comment>().datetimes<"posted">(time_part::hour);
  static_assert(std::is_same_v<decltype(moments)::value_type, datetime>);
  const auto days = all<Comment>().dates<"posted">(date_part::day);
  EXPECT_EQ(days.chain().last().all_terms()[0].tree->children[0]->children[0]->operation, ir::op::date_of);
}

TEST_F(query_sets, latest_and_earliest_turn_the_order) {
  session_->answer({blog_row(3, "x")});
  EXPECT_EQ(all<Blog>().latest("name", "-id").id, 3);
  const auto terms = session_->ran[0].last().previous->all_terms();
  EXPECT_EQ(terms[0].path.view(), "-name");
  EXPECT_EQ(terms[1].path.view(), "id");
  EXPECT_THROW((void)all<Blog>().earliest("name"), does_not_exist);
  EXPECT_EQ(session_->ran[1].last().previous->all_terms()[0].path.view(), "name");
  EXPECT_THROW((void)all<Blog>().latest(), value_error) << "the model names nothing to go by";
}

TEST_F(query_sets, a_slice_with_a_step_is_a_list_of_rows) {
  session_->answer({blog_row(1, "a"), blog_row(2, "b"), blog_row(3, "c"), blog_row(4, "d"), blog_row(5, "e")});
  std::string names;
  for (const Blog& b : all<Blog>().slice(0, 9, 2)) names += b.name;
  EXPECT_EQ(names, "ace");
  EXPECT_THROW((void)all<Blog>().slice(0, 5, 0), value_error);
  EXPECT_EQ(session_->ran.size(), 1U);
}

TEST_F(query_sets, select_related_loads_the_objects_behind_keys) {
  const auto q = all<Comment>().select_related<"author", "parent">();
  static_assert(std::is_convertible_v<decltype(q)::value_type, const Comment&>);
  session_->answer({{integer_cell(1), null_cell(), integer_cell(9), null_cell(), text_cell("hello"), null_cell(),
                     null_cell(), integer_cell(9), text_cell("Ann"), text_cell("ann@x.example"), null_cell(),
                     null_cell(), null_cell(), null_cell(), null_cell(), null_cell(), null_cell()}});
  const Comment& c = q.rows().at(0);
  EXPECT_EQ(c.author->get().name, "Ann");
  EXPECT_FALSE(c.parent.has_value());
  EXPECT_EQ(c.text, "hello");
  EXPECT_EQ(forms(0), (std::vector{link_form::root, link_form::select_related}));
  session_->answer({{integer_cell(1), text_cell("too narrow")}});
  EXPECT_THROW((void)q.all().rows(), internal_error);
}

TEST_F(query_sets, contains_asks_for_the_key) {
  session_->answer({{integer_cell(1)}});
  EXPECT_TRUE(all<Blog>().filter("name"_f = "x").contains(Blog{.id = 7}));
  EXPECT_EQ(forms(0), (std::vector{link_form::root, link_form::filter, link_form::filter, link_form::exists}));
  EXPECT_THROW((void)all<Blog>().contains(Blog{}), value_error);
}

TEST_F(query_sets, the_default_session_serves_objects) {
  EXPECT_THROW(objects<Blog>.all(), configuration_error);
  detail::set_default_session(session_);
  session_->answer({{integer_cell(3)}});
  EXPECT_EQ(objects<Blog>.filter("name"_f = "x").count(), 3);
  detail::set_default_session(nullptr);
  EXPECT_THROW(objects<Blog>.all(), configuration_error);
}

}  // namespace
}  // namespace quarry
