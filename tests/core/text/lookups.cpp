// Values of lookups that are computed, texts with wildcards, UUIDs, durations.
#include "evaluation.hpp"

namespace quarry::text::tests {
namespace {

class a_lookup : public evaluated {
 protected:
  std::string ids(const std::string& condition) {
    return eval("Entry.objects.filter(" + condition + ").order_by('id').values_list('id', flat=True)");
  }
};

TEST_F(a_lookup, takes_a_range_of_computed_ends) {
  EXPECT_EQ(ids("rating__range=(F('id'), 4)"), "[2, 3]");
  EXPECT_EQ(ids("rating__range=(Value(4), F('id') + 10)"), "[1, 2]");
  EXPECT_EQ(ids("pub_date__range=(date(2008, 6, 2), F('pub_date'))"), "[2, 3]");
  EXPECT_EQ(ids("pub_date__range=(date(2008, 6, 1), date(2008, 6, 8))"), "[1, 2]");
  EXPECT_EQ(ids("pub_date__year__range=(2008, 2008)"), "[1, 2]");
  EXPECT_EQ(eval("Blog.objects.exclude(entry__rating__range=(F('id'), 4)).values_list('id', flat=True)"), "[]");
  EXPECT_EQ(eval("Entry.objects.filter(rating__range=(F('id'), 4, 5))"), R"({"$error": "ValueError"})");
}

TEST_F(a_lookup, takes_a_list_of_computed_values) {
  EXPECT_EQ(ids("rating__in=[F('id'), 5]"), "[1, 3]");
  EXPECT_EQ(ids("~Q(rating__in=[F('id'), 5, None])"), "[2]");
  EXPECT_EQ(ids("headline__in=[F('blog__name'), Value('What makes it yellow')]"), "[3]");
  EXPECT_EQ(eval("Entry.objects.filter(rating=[F('id'), 5])"), R"({"$error": "TypeError"})");
}

TEST_F(a_lookup, takes_texts_as_they_are) {
  unwrap(text->run(R"(
Blog.objects.create(name="100%", tagline="a_b")
Blog.objects.create(name="100x", tagline="axb")
Blog.objects.create(name="C:\\dir", tagline="%")
)"));
  const auto names = [&](const std::string& condition) {
    return eval("Blog.objects.filter(" + condition + ").order_by('id').values_list('id', flat=True)");
  };
  EXPECT_EQ(names("name__contains='0%'"), "[3]");
  EXPECT_EQ(names("name__icontains='0%'"), "[3]");
  EXPECT_EQ(names("tagline__startswith='a_'"), "[3]");
  EXPECT_EQ(names("tagline__istartswith='A_'"), "[3]");
  EXPECT_EQ(names(R"(name__contains='\\')"), "[5]");
  EXPECT_EQ(names(R"(name__iendswith='\\DIR')"), "[5]");
  EXPECT_EQ(names("name__endswith=F('tagline')"), "[]") << "a wildcard in a column is no wildcard";
  EXPECT_EQ(names("name__contains=F('tagline')"), "[]");
  EXPECT_EQ(names("name__iexact='100%'"), "[3]");
}

TEST_F(a_lookup, of_a_number_beside_a_text) {
  EXPECT_EQ(ids("headline__contains=F('rating')"), "[]");
  EXPECT_EQ(ids("rating__contains=5"), "[1]");
  EXPECT_EQ(ids("rating__startswith='3'"), "[3]");
}

TEST_F(a_lookup, of_a_uuid_goes_by_its_digits) {
  unwrap(text->run("City.objects.create(id=UUID('12345678-1234-5678-1234-567812345678'))"));
  EXPECT_EQ(eval("City.objects.filter(id__contains='5678-1234').count()"), "1");
  EXPECT_EQ(eval("City.objects.filter(id__startswith='123456781234').count()"), "1");
  EXPECT_EQ(eval("City.objects.filter(id__iendswith='5678').count()"), "1");
  EXPECT_EQ(eval("City.objects.filter(id__contains='9999').count()"), "0");
  EXPECT_EQ(eval("City.objects.filter(id__regex='^[0-8]+$').count()"), "1") << "the hyphen of a pattern is a range";
  EXPECT_EQ(eval("City.objects.filter(id__iregex='[A-F]').count()"), "0");
}

TEST_F(a_lookup, of_a_decimal_as_a_text) {
  unwrap(text->run("Detail.objects.create(entry_id=1, price=Decimal('7.5'))"));
  EXPECT_EQ(eval("Detail.objects.filter(price__endswith='50').count()"), "1");
  EXPECT_EQ(eval("Detail.objects.filter(price__iexact='7.5').count()"), "0");
}

TEST_F(a_lookup, of_a_uuid_takes_its_number) {
  unwrap(text->run("City.objects.create(id=UUID('00000000-0000-0000-0000-00000000010f'))"));
  EXPECT_EQ(eval("City.objects.filter(id=271).count()"), "1");
  EXPECT_EQ(eval("City.objects.filter(id__lt=271).count()"), "0");
  EXPECT_EQ(eval("City.objects.filter(id=-1)"), R"({"$error": "ValidationError"})");
}

TEST_F(a_lookup, of_a_moment_as_a_text_goes_by_what_the_database_writes) {
  unwrap(text->run("e = Entry.objects.get(id=1)\ne.seen = datetime(2020, 1, 2, 3, 4, 5)\ne.save()"));
  EXPECT_EQ(ids("seen__contains=datetime(2020, 1, 2, 3, 4, 5)"), "[1]");
  EXPECT_EQ(ids("seen__istartswith=datetime(2020, 1, 2, 3, 4, 5)"), "[1]");
  EXPECT_EQ(ids("seen__endswith=datetime(2020, 1, 2, 3, 4, 6)"), "[]");
}

TEST_F(a_lookup, of_which_nothing_is_known_does_not_count_in_an_exclusive_or) {
  const std::string either = "Q(rating__gt=3) ^ Q(editor__name='Ann')";  // entries 2 and 3 have no editor
  EXPECT_EQ(ids(either), "[2]");
  EXPECT_EQ(ids("~(" + either + ")"), "[1, 3]");
  EXPECT_EQ(ids(either + " ^ Q(rating=3)"), "[2, 3]");
  EXPECT_EQ(ids("~(~Q(editor__name='Ann') ^ Q(rating=3))"), "[1, 3]") << "who has no editor has none of this name";
  EXPECT_EQ(eval("(Entry.objects.filter(rating__gt=3) ^ Entry.objects.filter(editor__name='Ann'))"
                 ".values_list('id', flat=True)"),
            "[2]");
}

TEST_F(a_lookup, of_durations) {
  unwrap(text->run("Detail.objects.create(entry=Entry.objects.get(id=1), length=timedelta(hours=1, minutes=30))"));
  const auto value_of = [&](const std::string& e) { return eval("Detail.objects.annotate(x=" + e + ").get(id=1).x"); };
  EXPECT_EQ(value_of("ExpressionWrapper(F('length') * 2, output_field=DurationField())"), R"({"$duration": 10800})");
  EXPECT_EQ(value_of("ExpressionWrapper(F('length') * 1.5, output_field=DurationField())"), R"({"$duration": 8100})");
  EXPECT_EQ(value_of("ExpressionWrapper(F('length') / 3, output_field=DurationField())"), R"({"$duration": 1800})");
  EXPECT_EQ(value_of("F('length') + timedelta(minutes=1)"), R"({"$duration": 5460})");
  EXPECT_EQ(value_of("F('length') - F('length')"), R"({"$duration": 0})");
  EXPECT_EQ(value_of("F('length') / 0"), "null");
  EXPECT_EQ(eval("Detail.objects.filter(length__gt=F('length') / 2).count()"), "1");
  EXPECT_EQ(eval("Detail.objects.filter(length__range=(timedelta(hours=1), timedelta(hours=2))).count()"), "1");
}

TEST_F(a_lookup, of_parts_of_dates_stands_everywhere) {
  EXPECT_EQ(ids("pub_date__iso_week_day=7"), "[1, 2]");
  EXPECT_EQ(ids("pub_date__quarter=F('pub_date__month') - 4"), "[1, 2]");
  EXPECT_EQ(eval("Entry.objects.order_by('-pub_date__year', 'pub_date__day').values_list('id', flat=True)"),
            "[3, 1, 2]");
  EXPECT_EQ(eval("Entry.objects.values('pub_date__month').annotate(n=Count('id')).order_by('pub_date__month')"),
            R"([{"pub_date__month": 3, "n": 1}, {"pub_date__month": 6, "n": 2}])");
  EXPECT_EQ(eval("Entry.objects.aggregate(Max('pub_date__year'))"), R"({"pub_date__year__max": 2009})");
  EXPECT_EQ(
      eval("Blog.objects.filter(entry__pub_date__year__gt=F('entry__rating') + 2005).values_list('id', flat=True)"),
      "[2]");
  EXPECT_EQ(
      eval("Entry.objects.annotate(d=F('pub_date') + timedelta(days=30)).filter(d__month__in=[7], d__date__year=2008)"
           ".order_by('id').values_list('id', flat=True)"),
      "[1, 2]");
  EXPECT_EQ(eval("Entry.objects.filter(blog__pk__in=[1], pk__gt=1).values_list('pk', flat=True)"), "[2]");
}

TEST_F(a_lookup, stands_beside_conditions_that_are_expressions) {
  EXPECT_EQ(ids("Q(rating=5) ^ Q(id=1) ^ Q(blog=1)"), "[1, 2]") << "an odd number of them holds";
  EXPECT_EQ(ids("Exists(Author.objects.filter(pk=OuterRef('editor'))) & Q(rating=5)"), "[1]");
  EXPECT_EQ(ids("ExpressionWrapper(Q(rating=5), output_field=BooleanField())"), "[1]");
  EXPECT_EQ(ids("Case(When(rating=5, then=True), default=False)"), "[1]");
  EXPECT_EQ(ids("rating=F('id').bitor(4)"), "[1]");
  EXPECT_EQ(ids("rating=F('id') ** 2 + 4"), "[1]");
  EXPECT_EQ(ids("rating=F('id') % 2 + 4"), "[1, 2]");
}

}  // namespace
}  // namespace quarry::text::tests
