// Expressions of a query that are computed: functions of the database, Case, conditions and queries as values.
#include "evaluation.hpp"

namespace quarry::text::tests {
namespace {

// Entries 1 and 2 belong to blog 1, entry 3 to blog 2; ratings 5, 4 and 3. Entry 1 alone has an editor. See evaluation.hpp.
class an_expression : public evaluated {
 protected:
  /// What the expression gives in entry 1.
  std::string value_of(const std::string& expression) {
    return eval("Entry.objects.annotate(x=" + expression + ").get(id=1).x");
  }
};

TEST_F(an_expression, may_be_a_function_of_texts) {
  EXPECT_EQ(value_of("Upper('headline')"), R"("WHAT WOULD JOHN DO?")");
  EXPECT_EQ(value_of("Length('headline')"), "19");
  EXPECT_EQ(value_of("Concat(Lower('blog__name'), Value(': '), 'rating')"), R"("beatles blog: 5")");
  EXPECT_EQ(value_of("Concat(Value('by '), 'editor__name')"), R"("by Ann")");
  EXPECT_EQ(eval("Entry.objects.annotate(x=Concat(Value('by '), 'editor__name')).get(id=2).x"), R"("by ")")
      << "a NULL is an empty text";
  EXPECT_EQ(value_of("Left('headline', 4)"), R"("What")");
  EXPECT_EQ(value_of("Right('headline', 3)"), R"("do?")");
  EXPECT_EQ(value_of("Substr('headline', 6, 5)"), R"("would")");
  EXPECT_EQ(value_of("Substr('headline', 12)"), R"("John do?")");
  EXPECT_EQ(value_of("Replace('headline', Value('John'), Value('Paul'))"), R"("What would Paul do?")");
  EXPECT_EQ(value_of("Replace('headline', Value(' '))"), R"("WhatwouldJohndo?")");
  EXPECT_EQ(value_of("StrIndex('headline', Value('John'))"), "12");
  EXPECT_EQ(value_of("StrIndex('headline', Value('Yoko'))"), "0");
  EXPECT_EQ(value_of("Reverse(Value('käse'))"), R"("esäk")");
  EXPECT_EQ(value_of("Repeat(Value('ab'), 'rating')"), R"("ababababab")");
  EXPECT_EQ(value_of("LPad(Value('é'), 4, Value('xy'))"), R"("xyxé")");
  EXPECT_EQ(value_of("RPad(Value('éa'), 1)"), R"("é")");
  EXPECT_EQ(value_of("Trim(Value('  a b '))"), R"("a b")");
  EXPECT_EQ(value_of("Concat(LTrim(Value(' a ')), Value('|'), RTrim(Value(' b ')))"), R"("a | b")");
  EXPECT_EQ(value_of("Ord(Value('é'))"), "233");
  EXPECT_EQ(value_of("Chr(233)"), R"("é")");
}

TEST_F(an_expression, may_be_a_function_of_numbers) {
  EXPECT_EQ(value_of("Abs(F('rating') - 9)"), "4");
  EXPECT_EQ(value_of("Ceil(Value(1.2))"), "2.0");
  EXPECT_EQ(value_of("Floor('rating')"), "5");
  EXPECT_EQ(value_of("Sign(F('rating') - 9)"), "-1");
  EXPECT_EQ(value_of("Sqrt(Value(6.25))"), "2.5");
  EXPECT_EQ(value_of("Sqrt(Value(-1.0))"), "null");
  EXPECT_EQ(value_of("Power('rating', 2)"), "25.0");
  EXPECT_EQ(value_of("Mod('rating', 3)"), "2.0");
  EXPECT_EQ(value_of("Log(10, 1000)"), "3.0");
  EXPECT_EQ(value_of("Round(Value(2.345), precision=2)"), "2.35");
  EXPECT_EQ(value_of("Round(Degrees(Pi()))"), "180.0");
  EXPECT_EQ(value_of("ATan2(0.0, Value(1.0))"), "0.0");
  EXPECT_EQ(value_of("Exp(0)"), "1.0");
}

TEST_F(an_expression, may_be_a_function_of_dates) {
  EXPECT_EQ(value_of("ExtractYear('pub_date')"), "2008");
  EXPECT_EQ(value_of("Extract('pub_date', 'iso_week_day')"), "7");
  EXPECT_EQ(value_of("TruncMonth(F('pub_date') + timedelta(days=20))"), R"({"$datetime": "2008-06-01T00:00:00"})");
  EXPECT_EQ(value_of("Trunc('pub_date', 'year', output_field=DateTimeField())"),
            R"({"$datetime": "2008-01-01T00:00:00"})");
  EXPECT_EQ(eval("Entry.objects.annotate(x=TruncHour('pub_date'))"), R"({"$error": "ValueError"})");
}

TEST_F(an_expression, may_choose_among_values) {
  EXPECT_EQ(value_of("Coalesce('seen', 'pub_date')"), R"({"$datetime": "2008-06-01T00:00:00"})");
  EXPECT_EQ(value_of("NullIf('rating', 5)"), "null");
  EXPECT_EQ(value_of("Greatest('rating', 7, 2)"), "7");
  EXPECT_EQ(value_of("Least('rating', None)"), "null");
  EXPECT_EQ(eval("Entry.objects.annotate(x=Coalesce('rating'))"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Entry.objects.annotate(x=Coalesce('rating', Value('none')))"), R"({"$error": "FieldError"})");
}

TEST_F(an_expression, may_be_a_case) {
  EXPECT_EQ(eval("Entry.objects.annotate(x=Case(When(rating__gt=4, then=Value('good')),"
                 " When(Q(blog__name__startswith='Ch'), then='blog__name'), default=Value('fair')))"
                 ".order_by('id').values_list('x', flat=True)"),
            R"(["good", "fair", "Cheddar Talk"])");
  EXPECT_EQ(value_of("Case(When(rating=1, then=1))"), "null");
  EXPECT_EQ(eval("Entry.objects.aggregate(n=Sum(Case(When(rating__gte=4, then=1), default=0)))"), R"({"n": 2})");
  EXPECT_EQ(eval("Entry.objects.filter(Case(When(rating=5, then=Value(True)), default=Value(False))).count()"), "1");
  EXPECT_EQ(eval("Entry.objects.order_by(Case(When(id=2, then=0), default=1), '-id').values_list('id', flat=True)"),
            "[2, 3, 1]");
  EXPECT_EQ(eval("Entry.objects.annotate(x=Case(When(id=1, then=1), default=Value('a')))"),
            R"({"$error": "FieldError"})");
  EXPECT_EQ(eval("When(then=1)"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("When(Q(), then=1)"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Case(1)"), R"({"$error": "TypeError"})");
}

TEST_F(an_expression, may_be_a_condition) {
  EXPECT_EQ(eval("Entry.objects.annotate(good=Q(rating__gt=3)).order_by('id').values_list('good', flat=True)"),
            "[true, true, false]");
  EXPECT_EQ(eval("Entry.objects.annotate(good=Q(rating__gt=3)).filter(good=False).values_list('id', flat=True)"),
            "[3]");
  EXPECT_EQ(eval("Entry.objects.filter(GreaterThan(F('rating'), F('id') + 1)).values_list('id', flat=True)"), "[1, 2]");
  EXPECT_EQ(eval("Entry.objects.filter(IsNull(F('editor'), True)).count()"), "2");
  EXPECT_EQ(eval("Entry.objects.filter(F('rating'))"), R"({"$error": "TypeError"})");
}

TEST_F(an_expression, may_be_a_query_of_the_row) {
  EXPECT_EQ(eval("Blog.objects.annotate(best=Subquery(Entry.objects.filter(blog=OuterRef('pk')).order_by('-rating')"
                 ".values('headline')[:1])).order_by('id').values_list('best', flat=True)"),
            R"(["What would John do?", "What makes it yellow"])");
  EXPECT_EQ(eval("Blog.objects.filter(Exists(Entry.objects.filter(blog=OuterRef('pk'), rating=3)))"
                 ".values_list('id', flat=True)"),
            "[2]");
  EXPECT_EQ(eval("Blog.objects.filter(~Exists(Entry.objects.filter(blog=OuterRef('pk'), rating=3)) | Q(id=2)).count()"),
            "2");
  EXPECT_EQ(eval("Blog.objects.annotate(n=Subquery(Entry.objects.filter(blog=OuterRef('pk')).values('blog')"
                 ".annotate(n=Count('id')).values('n'))).order_by('id').values_list('n', flat=True)"),
            "[2, 1]");
  EXPECT_EQ(eval("Author.objects.filter(Exists(Blog.objects.filter(Exists(Entry.objects.filter("
                 "blog=OuterRef('pk'), editor=OuterRef(OuterRef('pk')))))))"
                 ".values_list('name', flat=True)"),
            R"(["Ann"])");
  EXPECT_EQ(eval("Entry.objects.filter(id__in=Subquery(Entry.objects.filter(rating__gt=3).values('pk'))).count()"),
            "2");
  EXPECT_EQ(eval("Entry.objects.exclude(blog__entry__in=Entry.objects.filter(rating=OuterRef('rating')))"
                 ".values_list('id', flat=True)"),
            "[]")
      << "the rating of the row itself, not of the entries of its blog";
}

TEST_F(an_expression, that_reads_a_row_around_it_has_no_value_alone) {
  EXPECT_EQ(refusal("Entry.objects.filter(blog=OuterRef('pk'))"),
            "error[QRY2323]: a query with OuterRef() has rows only within another query: in Subquery(), Exists() or as "
            "the value of a lookup\n"
            "  Entry.objects.filter(blog=OuterRef('…'))\n"
            "                ^~~~~~");
  EXPECT_EQ(eval("Blog.objects.annotate(x=Subquery(Entry.objects.values('id', 'rating')[:1]))"),
            R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Blog.objects.filter(Exists(Entry.objects.filter(blog=OuterRef('nothing'))))"),
            R"({"$error": "FieldError"})");
}

TEST_F(an_expression, has_the_type_that_it_is_told) {
  EXPECT_EQ(value_of("Cast('rating', CharField())"), R"("5")");
  EXPECT_EQ(value_of("Cast(Value('12'), output_field=models.IntegerField())"), "12");
  EXPECT_EQ(value_of("ExpressionWrapper(F('rating') / 2, output_field=FloatField())"), "2.0");
  EXPECT_EQ(value_of("Value(5, output_field=DecimalField(max_digits=5, decimal_places=2))"), R"({"$decimal": "5.00"})");
  EXPECT_EQ(eval("Value(5, output_field=5)"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Entry.objects.aggregate(s=Sum('rating', output_field=FloatField()))"), R"({"s": 12.0})");
}

TEST_F(an_expression, may_name_related_rows_that_satisfy_a_condition) {
  EXPECT_EQ(eval("Blog.objects.annotate(good=FilteredRelation('entry', condition=Q(entry__rating__gt=3)))"
                 ".order_by('id', 'good__id').values_list('id', 'good__id', 'good__headline')"),
            R"([[1, 1, "What would John do?"], [1, 2, "New Lennon biography"], [2, null, null]])");
  EXPECT_EQ(eval("Blog.objects.annotate(good=FilteredRelation('entry', condition=Q(entry__rating__gt=3)))"
                 ".filter(good__isnull=True).values_list('id', flat=True)"),
            "[2]");
  EXPECT_EQ(eval("Blog.objects.annotate(good=FilteredRelation('entry', condition=Q(entry__rating__gt=3)))"
                 ".annotate(n=Count('good'), all=Count('entry')).order_by('id').values_list('n', 'all')"),
            "[[2, 2], [0, 1]]");
  EXPECT_EQ(eval("Author.objects.annotate(e=FilteredRelation('edited', condition=Q(edited__headline__startswith='W')))"
                 ".filter(e__blog__id=1).values_list('name', 'e__rating')"),
            R"([["Ann", 5]])");
  EXPECT_EQ(
      eval("Author.objects.annotate(e=FilteredRelation('edited', condition=Q(edited__blog__name__startswith='B')))"),
      R"({"$error": "ValueError"})")
      << "a condition reaches no further than the relation";
  EXPECT_EQ(eval("Blog.objects.annotate(x=FilteredRelation('entry', condition=~Q(entry__rating=5)))"
                 ".annotate(n=Count('x'), s=Sum('x__rating')).order_by('id').values_list('n', 's')"),
            "[[1, 4], [1, 3]]")
      << "a negation speaks of these rows too";
  EXPECT_EQ(eval("Author.objects.annotate(b=FilteredRelation('edited__blog', condition=Q(edited__blog__id=1)))"
                 ".annotate(m=Max('b__name')).values_list('m', flat=True)"),
            R"(["Beatles Blog"])");
  EXPECT_EQ(eval("Entry.objects.annotate(x=FilteredRelation('editor', condition=Q(blog__name='Beatles Blog')))"
                 ".filter(x__name='Ann').values_list('id', flat=True)"),
            "[1]")
      << "the row's own relations are there";
  EXPECT_EQ(eval("Entry.objects.annotate(x=FilteredRelation('editor', condition=Q(blog__name='Cheddar Talk')))"
                 ".filter(x__name='Ann').values_list('id', flat=True)"),
            "[]");
  EXPECT_EQ(eval("Blog.objects.annotate(x=FilteredRelation('name', condition=Q(id=1)))"),
            R"({"$error": "FieldError"})");
  EXPECT_EQ(eval("FilteredRelation('entry', condition=1)"), R"({"$error": "ValueError"})");
}

TEST_F(an_expression, may_be_the_text_at_a_place_of_a_document) {
  unwrap(text->run("Detail.objects.create(entry_id=1, note={'by': {'name': 'Bo \"x\"'}, 'n': [1, 2]})"));
  EXPECT_EQ(eval("Detail.objects.annotate(x=KT('note__by__name'), y=KT('note__n__1')).values_list('x', 'y')"),
            R"([["Bo \"x\"", "2"]])");
  EXPECT_EQ(eval("Detail.objects.annotate(x=KT('note__by__name')).filter(x__startswith='Bo').count()"), "1");
  EXPECT_EQ(eval("KT('note')"), R"({"$error": "ValueError"})");
}

TEST_F(an_expression, of_values_has_a_name) {
  EXPECT_EQ(eval("Entry.objects.values('id', up=Upper('blog__name')).filter(up__startswith='CH')"),
            R"([{"id": 3, "up": "CHEDDAR TALK"}])");
  EXPECT_EQ(eval("Entry.objects.values_list(Lower('blog__name'), 'id').order_by('id')[:1]"),
            R"([["beatles blog", 1]])");
}

}  // namespace
}  // namespace quarry::text::tests
