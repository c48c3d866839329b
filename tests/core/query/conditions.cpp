// Typed conditions: what "path"_f = value, Q and F become in the chain.
#include <gtest/gtest.h>

#include <array>
#include <set>

#include "core/query/blog_models.hpp"
#include "core/query/fake_session.hpp"

namespace quarry {
namespace {

using namespace std::chrono_literals;
using blog::Author;
using blog::Blog;
using blog::Comment;
using blog::Dog;
using blog::Entry;
using detail::operand_form;

template <class Model>
query_set<Model> all() {
  return make_query_set<Model>(std::make_shared<test::fake_session>());
}

std::string text_of(const detail::operand& o) {
  switch (o.form) {
    case operand_form::null: return "None";
    case operand_form::expression: return "expression";
    case operand_form::query: return "query";
    case operand_form::list: {
      std::string out = "[";
      for (std::uint32_t i = 0; i < o.size; ++i) out += (i == 0 ? "" : ",") + text_of(o.items[i]);
      return out + "]";
    }
    case operand_form::scalar: break;
  }
  if (o.type == ir::scalar::text) return "'" + std::string(o.bytes_view()) + "'";
  if (o.type == ir::scalar::float64) return std::to_string(o.real);
  return std::string(ir::name_of(o.type)) + ":" + std::to_string(o.integer);
}

std::string text_of(const detail::expression& e) {
  using form = detail::expression_form;
  std::string out;
  switch (e.form) {
    case form::lookup:
      return std::string(e.path.view()) + "=" +
          (e.constant.form == operand_form::expression ? text_of(*e.constant.expr) : text_of(e.constant));
    case form::path: return "F(" + std::string(e.path.view()) + ")";
    case form::constant: return text_of(e.constant);
    case form::operation: out = std::string(ir::info(e.operation).name); break;
    case form::all_of: out = "and"; break;
    case form::any_of: out = "or"; break;
    case form::one_of: out = "xor"; break;
    case form::negation: out = "not"; break;
    case form::cast: out = "cast"; break;
    case form::lookup_on: out = "lookup " + std::string(e.path.view()); break;
    case form::row: out = "row"; break;
    case form::call: out = std::string(e.path.view()); break;
    case form::collate: out = "collate " + std::string(e.path.view()); break;
    case form::typed: out = "typed"; break;
    case form::numeric: out = "numeric"; break;
    case form::raw: return "raw";
    case form::when: out = "when"; break;
    case form::window: out = "window"; break;
    case form::filtered_relation: return "filtered(" + std::string(e.path.view()) + ")";
    case form::case_of: out = "case"; break;
    case form::exists: return "exists";
    case form::subquery: return "subquery";
    case form::outer: return "outer(" + std::string(e.path.view()) + ")";
    case form::ordering: out = e.order.descending ? "desc" : "asc"; break;
    case form::aggregate: out = std::string(ir::info(e.operation).name); break;
  }
  out += "(";
  for (const detail::expression* child : e.all_children()) out += (out.back() == '(' ? "" : ", ") + text_of(*child);
  return out + ")";
}

/// The arguments of the last call.
template <class M, class R>
std::vector<std::string> written(const query_set<M, R>& q) {
  std::vector<std::string> out;
  for (const detail::term& t : q.chain().last().all_terms()) {
    if (t.tree) out.push_back(text_of(*t.tree));
    else if (t.value.form == operand_form::expression)
      out.push_back(std::string(t.path.view()) + "=" + text_of(*t.value.expr));
    else out.push_back(std::string(t.path.view()) + "=" + text_of(t.value));
  }
  return out;
}
using texts = std::vector<std::string>;

TEST(conditions, values_of_every_kind) {
  const auto day = date(std::chrono::year{1970}, std::chrono::month{1}, std::chrono::day{3});
  EXPECT_EQ(written(all<Entry>().filter("rating"_f = 3, "headline"_f = "x", "pub_date"_f = day)),
            (texts{"rating=i64:3", "headline='x'", "pub_date=date:2"}));
  EXPECT_EQ(written(all<Comment>().filter("posted__gt"_f = datetime(7us), "posted__time"_f = time_of_day{5us},
                                          "posted__date"_f = day)),
            (texts{"posted__gt=datetime:7", "posted__time=time:5", "posted__date=date:2"}));
  EXPECT_EQ(written(all<Entry>().filter("pub_date"_f = std::chrono::sys_days{day})), (texts{"pub_date=date:2"}));
}

TEST(conditions, every_integer_is_one_kind_as_in_the_text_form) {
  EXPECT_EQ(written(all<Entry>().filter("rating"_f = std::int16_t{1}, "rating"_f = 2LL, "rating"_f = 3U,
                                        "id"_f = auto_id(4))),
            (texts{"rating=i64:1", "rating=i64:2", "rating=i64:3", "id=i64:4"}));
  EXPECT_THROW(all<Entry>().filter("rating"_f = ~std::uint64_t{0}), overflow_error);
}

TEST(conditions, null_is_nullptr_nullopt_or_an_empty_optional) {
  const std::optional<int> absent;
  const std::optional<int> present = 3;
  EXPECT_EQ(written(all<Comment>().filter("score"_f = nullptr, "score__exact"_f = std::nullopt, "score"_f = absent,
                                          "score"_f = present)),
            (texts{"score=None", "score__exact=None", "score=None", "score=i64:3"}));
}

TEST(conditions, lists_from_containers_and_braces) {
  const std::vector<std::string> names = {"a", "b"};
  const std::set<int> numbers = {2, 1};
  const std::array<std::optional<int>, 2> some = {5, std::nullopt};
  EXPECT_EQ(
      written(all<Entry>().filter("headline__in"_f = names, "id__in"_f = numbers, "rating__in"_f = {3, 4},
                                  "rating__in"_f = some)),
      (texts{"headline__in=['a','b']", "id__in=[i64:1,i64:2]", "rating__in=[i64:3,i64:4]", "rating__in=[i64:5,None]"}));
  EXPECT_EQ(written(all<Entry>().filter("rating__range"_f = {1, 5})), (texts{"rating__range=[i64:1,i64:5]"}));
  EXPECT_EQ(written(all<Entry>().filter("id__in"_f = std::vector<int>())), (texts{"id__in=[]"}));
}

TEST(conditions, paths_lead_forward_back_and_through_many_to_many) {
  EXPECT_EQ(written(all<Entry>().filter("blog__name__istartswith"_f = "b", "authors__email"_f = "e",
                                        "comment__author__name"_f = "n", "entrydetail__details__contains"_f = "d",
                                        "blog__pk"_f = 1, "blog_id"_f = 2, "blog"_f = 3, "pk__in"_f = {1},
                                        "comment__isnull"_f = true, "blog__in"_f = {1, 2}))
                .size(),
            10U);
  EXPECT_EQ(written(all<Blog>().filter("entry__authors__remarks__replies__text__regex"_f = "x")).size(), 1U);
  EXPECT_EQ(written(all<Author>().filter("entry__blog__name"_f = "x", "remarks__score__gte"_f = 1)).size(), 2U);
  EXPECT_EQ(written(all<Comment>().filter("parent__parent__text__isnull"_f = false)).size(), 1U);
}

TEST(conditions, dates_have_parts) {
  EXPECT_EQ(written(all<Entry>().filter("pub_date__year"_f = 2008, "pub_date__month__gte"_f = 6,
                                        "pub_date__iso_week_day__in"_f = {6, 7}, "mod_date__quarter__range"_f = {1, 2}))
                .size(),
            4U);
  EXPECT_EQ(written(all<Comment>().filter("posted__hour__lt"_f = 12, "posted__date__year"_f = 2008)).size(), 2U);
}

TEST(conditions, json_paths_take_any_value) {
  EXPECT_EQ(written(all<Dog>().filter("data__owner__name"_f = "Bob", "data__owner__0__age__gt"_f = 3,
                                      "data__breed__isnull"_f = true, "data"_f = json{"{}"}))
                .size(),
            4U);
}

TEST(conditions, an_object_stands_for_its_key) {
  Blog b{.id = 7, .name = "x"};
  EXPECT_EQ(written(all<Entry>().filter("blog"_f = b, "comment__author"_f = Author{.id = 8})),
            (texts{"blog=i64:7", "comment__author=i64:8"}));
  EXPECT_EQ(written(all<Entry>().filter(("blog"_f = b) | ("rating"_f = 1))), (texts{"or(blog=i64:7, rating=i64:1)"}));
  EXPECT_THROW(all<Entry>().filter("blog"_f = Blog{}), value_error);
}

TEST(conditions, joined_conditions_belong_to_no_model_until_they_are_used) {
  const auto good = ("rating__gt"_f = 3) & ("headline__contains"_f = std::string("x"));
  EXPECT_EQ(written(all<Entry>().filter(good)), (texts{"and(rating__gt=i64:3, headline__contains='x')"}));
  EXPECT_EQ(written(all<Entry>().filter(~("rating"_f = 1), ("id"_f = 1) | ("id"_f = 2) | ~("id"_f = 3),
                                        ("id"_f = 1) ^ ("id"_f = 2))),
            (texts{"not(rating=i64:1)", "or(id=i64:1, id=i64:2, not(id=i64:3))", "xor(id=i64:1, id=i64:2)"}));
}

TEST(conditions, q_is_composed_at_run_time) {
  Q<Entry> c = "rating__gt"_f = 3;
  c = c & ("pub_date__year"_f = 2026);
  c &= ~Q<Entry>("headline"_f = "x");
  EXPECT_EQ(written(all<Entry>().filter(c)),
            (texts{"and(rating__gt=i64:3, pub_date__year=i64:2026, not(headline='x'))"}));
  Q<Entry> any;
  for (const int r : {1, 2, 3}) any |= "rating"_f = r;
  EXPECT_EQ(written(all<Entry>().exclude(any, "id"_f = 1)),
            (texts{"or(rating=i64:1, rating=i64:2, rating=i64:3)", "id=i64:1"}));
  EXPECT_EQ(written(all<Entry>().filter(("id"_f = 1) | c)).size(), 1U);
}

TEST(conditions, an_empty_q_says_nothing) {
  const Q<Entry> nothing;
  EXPECT_TRUE((nothing & nothing).empty());
  EXPECT_TRUE((~nothing).empty());
  EXPECT_EQ(written(all<Entry>().filter(nothing, "rating"_f = 1)), (texts{"rating=i64:1"}));
  EXPECT_EQ(written(all<Entry>().filter(nothing | ("rating"_f = 1))), (texts{"rating=i64:1"}));
}

TEST(conditions, f_compares_with_other_fields) {
  EXPECT_EQ(
      written(all<Entry>().filter("rating__gt"_f = F("number_of_comments"_f), "id"_f = F<"blog__entry__rating">())),
      (texts{"rating__gt=F(number_of_comments)", "id=F(blog__entry__rating)"}));
  EXPECT_EQ(written(all<Entry>().filter("rating"_f = (F("number_of_comments"_f) + F("number_of_pingbacks"_f)) * 2 - 1)),
            (texts{"rating=sub(mul(add(F(number_of_comments), F(number_of_pingbacks)), i64:2), i64:1)"}));
  EXPECT_EQ(written(all<Entry>().filter("rating"_f = (((F("id"_f) & 1) | 2) ^ 3) << 4 >> 5)),
            (texts{"rating=shift_right(shift_left(bit_xor(bit_or(bit_and(F(id), i64:1), i64:2), i64:3), "
                   "i64:4), i64:5)"}));
  EXPECT_EQ(written(all<Entry>().filter("rating"_f = Value(7))), (texts{"rating=i64:7"}));
  EXPECT_EQ(written(all<Entry>().filter(("rating"_f = F("id"_f)) | ("id"_f = 1))),
            (texts{"or(rating=F(id), id=i64:1)"}));
}

TEST(conditions, run_time_paths_are_not_checked_here) {
  const std::string path = std::string("no") + "_such_field";
  EXPECT_EQ(written(all<Entry>().filter(runtime(path) = 3, runtime("rating__in") = {1, 2})),
            (texts{"no_such_field=i64:3", "rating__in=[i64:1,i64:2]"}));
  EXPECT_EQ(all<Entry>().order_by(runtime(path), "-id").chain().last().all_terms()[0].path.view(), path);
}

TEST(conditions, a_date_of_no_calendar_is_refused_by_the_name_of_its_path) {
  try {
    all<Entry>().filter("pub_date__gt"_f = date(std::chrono::year{2007}, std::chrono::month{2}, std::chrono::day{29}));
    FAIL();
  } catch (const validation_error& e) {
    EXPECT_EQ(e.message(), "'pub_date__gt' expects a date of the years 1 to 9999, not this one");
  }
}

TEST(conditions, typed_and_run_time_paths_give_one_shape) {
  const auto typed = all<Entry>().filter("rating__gt"_f = 3, "blog__name"_f = "x").order_by("-pub_date");
  const auto untyped =
      all<Entry>().filter(runtime("rating__gt") = 4, runtime("blog__name") = "y").order_by(runtime("-pub_date"));
  EXPECT_EQ(typed.chain().shape(), untyped.chain().shape());
}

}  // namespace
}  // namespace quarry
