// annotate(), alias() and aggregate(): each aggregate over the rows that it is about.
#include "evaluation.hpp"

namespace quarry::text::tests {
namespace {

// Blog 1 has entries 1 and 2 (ratings 5 and 4), blog 2 has entry 3 (rating 3); see evaluation.hpp.
class an_aggregate : public evaluated {};

TEST_F(an_aggregate, is_a_column_of_each_row) {
  EXPECT_EQ(eval("Blog.objects.annotate(n=Count('entry')).order_by('id').values_list('id', 'n')"), "[[1, 2], [2, 1]]");
  EXPECT_EQ(eval("Blog.objects.annotate(Count('entry'), Max('entry__rating')).get(id=1).entry__rating__max"), "5");
  EXPECT_EQ(eval("Blog.objects.annotate(n=Count('entry')).order_by('-n').first().n"), "2");
  EXPECT_EQ(session->queries, 3);
}

TEST_F(an_aggregate, may_be_asked_for_in_conditions_and_orders) {
  EXPECT_EQ(eval("Blog.objects.annotate(n=Count('entry')).filter(n__gt=1).values_list('id', flat=True)"), "[1]");
  EXPECT_EQ(eval("Blog.objects.alias(n=Count('entry')).exclude(n=2).values_list('id', flat=True)"), "[2]");
  EXPECT_EQ(eval("Blog.objects.annotate(n=Count('entry')).filter(Q(n=1) | Q(n__gte=2)).count()"), "2");
  EXPECT_EQ(eval("Blog.objects.annotate(n=Count('entry'), d=F('n') * 10).order_by('d').values_list('d', flat=True)"),
            "[10, 20]");
}

TEST_F(an_aggregate, of_one_relation_is_not_multiplied_by_another) {
  EXPECT_EQ(eval("Blog.objects.annotate(n=Count('entry'), s=Sum('entry__rating'), a=Count('entry__authors'))"
                 ".order_by('id').values_list('n', 's', 'a')"),
            "[[2, 9, 0], [1, 3, 0]]");
}

TEST_F(an_aggregate, sees_what_an_earlier_filter_let_through) {
  EXPECT_EQ(eval("Blog.objects.filter(entry__rating__gt=4).annotate(n=Count('entry')).values_list('id', 'n')"),
            "[[1, 1]]");
  EXPECT_EQ(eval("Blog.objects.annotate(n=Count('entry')).filter(entry__rating__gt=3).values_list('id', 'n')"),
            "[[1, 2]]");
  EXPECT_EQ(eval("Blog.objects.annotate(n=Count('entry', filter=Q(entry__rating__gt=4))).order_by('id')"
                 ".values_list('n', flat=True)"),
            "[1, 0]");
}

TEST_F(an_aggregate, is_computed_for_each_group_of_values) {
  EXPECT_EQ(eval("Entry.objects.values('blog').annotate(n=Count('id'), m=Max('rating')).order_by('blog')"),
            R"([{"blog": 1, "n": 2, "m": 5}, {"blog": 2, "n": 1, "m": 3}])");
  EXPECT_EQ(eval("Entry.objects.values('blog').annotate(n=Count('id')).filter(n__gt=1, rating__gt=3)"),
            R"([{"blog": 1, "n": 2}])");
}

TEST_F(an_aggregate, knows_the_values_of_its_group_by_all_their_names) {
  EXPECT_EQ(eval("Entry.objects.values('blog').annotate(n=Count('id')).order_by('-blog_id').values_list('blog', 'n')"),
            "[[2, 1], [1, 2]]");
  EXPECT_EQ(eval("Blog.objects.values('id').annotate(n=Count('entry')).order_by('-pk').values_list('n', flat=True)"),
            "[1, 2]");
  EXPECT_EQ(eval("Entry.objects.values('blog').annotate(n=Count('id')).order_by('rating')"),
            R"({"$error": "FieldError"})");
}

TEST_F(an_aggregate, without_a_name_take_that_of_their_field) {
  EXPECT_EQ(eval("Entry.objects.filter(id__lt=3).aggregate(Count('rating'), rating__count=Sum('rating'))"),
            R"({"rating__count": 2})");
  EXPECT_EQ(eval("Entry.objects.aggregate(Max('rating'), Max('id'), Max('rating', filter=Q(id=2)))"),
            R"({"rating__max": 4, "id__max": 3})");
  EXPECT_EQ(eval("Blog.objects.annotate(entry__count=Value(7)).annotate(Count('entry')).get(id=1).entry__count"), "2");
  EXPECT_EQ(eval("Blog.objects.annotate(Count('entry')).annotate(entry__count=Value(7)).get(id=1).entry__count"), "7");
}

TEST_F(an_aggregate, and_any_value_gives_way_to_a_later_one_of_its_name) {
  EXPECT_EQ(eval("Entry.objects.annotate(x=Value(1), y=Value(5)).filter(x=1).annotate(x=F('x') + 2).filter(id=1, x=3)"
                 ".values_list('x', 'y')"),
            "[[3, 5]]");
  EXPECT_EQ(eval("Entry.objects.values_list('id').annotate(x=Value(1), y=Value(5)).annotate(x=Value(2)).filter(id=1)"),
            "[[1, 2, 5]]");
  EXPECT_EQ(eval("Entry.objects.values('id').annotate(x=Value(1)).annotate(x=Value(2)).filter(id=1)"),
            R"([{"id": 1, "x": 2}])");
  EXPECT_EQ(
      eval("Blog.objects.values('id').annotate(n=Count('entry')).annotate(n=Max('entry__rating')).order_by('id')"),
      R"([{"id": 1, "n": 5}, {"id": 2, "n": 3}])");
  EXPECT_EQ(eval("Entry.objects.alias(x=Value(1)).annotate(y=Value(5)).annotate(x=Value(2)).get(id=1).x"), "2");
  EXPECT_EQ(eval("Entry.objects.annotate(x=Value(1), y=Value(5)).alias(x=Value(2)).filter(x=2).get(id=1).y"), "5");
  EXPECT_EQ(eval("Entry.objects.annotate(x=Value(1)).annotate(x=Value(2)).filter(id=1).values()[0]['x']"), "2");
  EXPECT_EQ(eval("Entry.objects.values('id').annotate(id=Value(2))"), R"({"$error": "ValueError"})");
}

TEST_F(an_aggregate, of_all_rows_is_one_row) {
  EXPECT_EQ(eval("Entry.objects.aggregate(Avg('rating'), n=Count('*'))"), R"({"rating__avg": 4.0, "n": 3})");
  EXPECT_EQ(eval("Entry.objects.filter(rating=9).aggregate(s=Sum('rating'), z=Sum('rating', default=0))"),
            R"({"s": null, "z": 0})");
  EXPECT_EQ(eval("Entry.objects.none().aggregate(n=Count('id'))"), R"({"n": 0})");
  EXPECT_EQ(eval("Blog.objects.annotate(n=Count('entry')).aggregate(Sum('n'))"), R"({"n__sum": 3})");
  EXPECT_EQ(eval("Entry.objects.order_by('id')[:2].aggregate(Sum('rating'))"), R"({"rating__sum": 9})");
  EXPECT_EQ(eval("Blog.objects.aggregate(n=Count('id'), m=Count('entry'))"), R"({"n": 2, "m": 3})");
}

TEST_F(an_aggregate, may_count_where_a_query_has_rows) {
  EXPECT_EQ(eval("Blog.objects.filter(entry__rating__gt=3).values('id').annotate(n=Count('entry__authors', "
                 "filter=Exists(Author.objects.filter(name='Ann'))), m=Count('entry', filter=~Exists("
                 "Author.objects.filter(name='Bob')))).order_by('id')"),
            R"([{"id": 1, "n": 0, "m": 2}])");
}

TEST_F(an_aggregate, used_wrongly_is_refused_by_its_name) {
  EXPECT_EQ(eval("Blog.objects.annotate(name=Count('entry'))"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Blog.objects.annotate(Count(F('id') + 1))"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Blog.objects.annotate(n=Count('nothing'))"), R"({"$error": "FieldError"})");
  EXPECT_EQ(eval("Blog.objects.annotate(n=Count('entry')).annotate(m=Sum('n'))"), R"({"$error": "FieldError"})");
  EXPECT_EQ(eval("Blog.objects.aggregate(n=F('id'))"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Blog.objects.filter(id=Count('entry'))"), R"({"$error": "FieldError"})");
}

TEST_F(an_aggregate, and_any_operation_works_on_some_types_and_names_the_others) {
  EXPECT_EQ(refusal("Entry.objects.aggregate(Sum('headline'))"),
            "error[QRY2210]: sum does not work on a value of the type text\n"
            "  Entry.objects.aggregate(Sum('…'))\n"
            "                ^~~~~~~~~");
  EXPECT_EQ(eval("Entry.objects.filter(rating__gt=F('headline') + 1)"), R"({"$error": "FieldError"})");
  EXPECT_EQ(refusal("Entry.objects.filter(pub_date=F('rating'))"),
            "error[QRY2208]: pub_date expects a value of the type date, not one of the type i32\n"
            "  Entry.objects.filter(pub_date=F('…'))\n"
            "                       ^~~~~~~~");
  EXPECT_EQ(eval("Entry.objects.filter(rating=F('headline')).count()"), "0") << "numbers and texts meet as texts";
}

}  // namespace
}  // namespace quarry::text::tests
