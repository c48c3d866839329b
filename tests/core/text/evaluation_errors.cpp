// Where the caret stands, and what is suggested.
#include "evaluation.hpp"

namespace quarry::text::tests {
namespace {

using a_mistake = evaluated;

TEST_F(a_mistake, in_a_keyword_is_shown_at_its_segment) {
  EXPECT_EQ(refusal("q = Entry.objects.all()\nq.filter(blog__nam='x', rating=1)"),
            "error[QRY2107]: Blog has no field 'nam'\n"
            "  line 2: q.filter(blog__nam='…', rating=1)\n"
            "                         ^~~   did you mean 'name'?");
}

TEST_F(a_mistake, in_a_chain_of_another_statement_is_shown_there) {
  unwrap(text->run("q = Entry.objects.filter(rating='three')"));
  EXPECT_EQ(refusal("q.count()"),
            "error[QRY2201]: 'rating' expects an integer, not a text\n"
            "  q = Entry.objects.filter(rating='…')\n"
            "                           ^~~~~~");
}

TEST_F(a_mistake, in_the_name_of_an_order_is_shown_in_the_whole_statement) {
  const std::string shown = refusal("Entry.objects.order_by('-pubdate')");
  EXPECT_TRUE(shown.starts_with("error[QRY2107]: Entry has no field 'pubdate'\n  Entry.objects.order_by('…')\n"))
      << shown;
  EXPECT_TRUE(shown.ends_with("did you mean 'pub_date'?")) << shown;
}

TEST_F(a_mistake, in_a_q_and_in_f_is_found_when_they_meet_their_model) {
  EXPECT_EQ(refusal("c = Q(rating=1) | Q(headlin__contains='x')\nEntry.objects.filter(c)"),
            "error[QRY2107]: Entry has no field 'headlin'\n"
            "  line 1: c = Q(rating=1) | Q(headlin__contains='…')\n"
            "                              ^~~~~~~   did you mean 'headline'?");
  EXPECT_EQ(refusal("Entry.objects.filter(rating__gt=F('ratng') * 2)").substr(0, 46),
            "error[QRY2107]: Entry has no field 'ratng'\n  E");
}

TEST_F(a_mistake, in_a_lookup_suggests_one) {
  EXPECT_EQ(refusal("Entry.objects.filter(headline__containz='x')"),
            "error[QRY2108]: 'containz' is no lookup or transform of Entry.headline\n"
            "  Entry.objects.filter(headline__containz='…')\n"
            "                                 ^~~~~~~~   did you mean 'contains'?");
}

TEST_F(a_mistake, in_names_of_python_suggests_the_nearest) {
  EXPECT_EQ(refusal("Entri.objects"),
            "error[QRY2101]: name 'Entri' is not defined\n  Entri.objects\n  ^~~~~   did you mean 'Entry'?");
  EXPECT_EQ(refusal("Entry.objects.fliter()"),
            "error[QRY2102]: Manager has no attribute 'fliter'\n  Entry.objects.fliter()\n                ^~~~~~   did "
            "you mean 'filter'?");
  EXPECT_EQ(
      refusal("Entry.object"),
      "error[QRY2102]: Entry has no attribute 'object'\n  Entry.object\n        ^~~~~~   did you mean 'objects'?");
  EXPECT_EQ(refusal("Entry(headlin='x')"),
            "error[QRY2103]: Entry() takes no argument 'headlin'\n  Entry(headlin='…')\n        ^~~~~~~   did you mean "
            "'headline'?");
  EXPECT_EQ(refusal("b1.nam"),
            "error[QRY2102]: Blog has no attribute 'nam'\n  b1.nam\n     ^~~   did you mean 'name'?");
}

TEST_F(a_mistake, of_the_database_is_shown_at_the_call) {
  EXPECT_EQ(refusal("Entry.objects.get(pk=99)"),
            "error[QRY2303]: no Entry matches the query\n  Entry.objects.get(pk=99)\n                ^~~");
}

}  // namespace
}  // namespace quarry::text::tests
