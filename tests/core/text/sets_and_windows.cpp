// union(), intersection(), difference() and Window().
#include "evaluation.hpp"

namespace quarry::text::tests {
namespace {

// Entries 1 and 2 belong to blog 1, entry 3 to blog 2; ratings 5, 4 and 3. See evaluation.hpp.
class a_set_operation : public evaluated {};

TEST_F(a_set_operation, gives_the_rows_of_several_queries) {
  EXPECT_EQ(eval("Entry.objects.filter(id=3).union(Entry.objects.filter(id__gte=2)).order_by('id')"
                 ".values_list('id', flat=True)"),
            "[2, 3]");
  EXPECT_EQ(eval("Entry.objects.filter(id=3).union(Entry.objects.filter(id__gte=2), all=True).count()"), "3");
  EXPECT_EQ(eval("Entry.objects.all().intersection(Entry.objects.filter(rating__lt=5)).order_by('-pk').first().id"),
            "3");
  EXPECT_EQ(eval("Entry.objects.all().difference(Entry.objects.filter(id=1), Entry.objects.filter(id=2))"
                 ".values_list('id', flat=True)"),
            "[3]");
  EXPECT_EQ(eval("Blog.objects.values_list('name', flat=True).union(Author.objects.values_list('name', flat=True))"
                 ".order_by('name')"),
            R"(["Ann", "Beatles Blog", "Cheddar Talk"])");
  EXPECT_EQ(eval("Entry.objects.filter(id=3).union(Entry.objects.filter(id=1)).exists()"), "true");
  EXPECT_EQ(eval("Entry.objects.union(Entry.objects.all())[1].id"), "2");
}

TEST_F(a_set_operation, compares_rows_by_what_later_calls_choose) {
  EXPECT_EQ(eval("Entry.objects.filter(id=1).union(Entry.objects.filter(id=2)).values_list('blog_id')"), "[[1]]");
  EXPECT_EQ(eval("Entry.objects.filter(id=1).union(Entry.objects.filter(id=2)).order_by('-rating')"
                 ".values_list('headline', flat=True)"),
            R"(["What would John do?", "New Lennon biography"])")
      << "ordered by what is not chosen";
}

TEST_F(a_set_operation, keeps_the_slices_of_its_queries_and_has_its_own) {
  EXPECT_EQ(eval("Entry.objects.order_by('-id')[:1].union(Entry.objects.order_by('id')[:1]).order_by('id')"
                 ".values_list('id', flat=True)"),
            "[1, 3]");
  EXPECT_EQ(eval("Entry.objects.union(Entry.objects.filter(id=1)).order_by('-id')[1:].values_list('id', flat=True)"),
            "[2, 1]");
  EXPECT_EQ(eval("Entry.objects.order_by('-id')[:2].union(Entry.objects.filter(id=1)).order_by('id')[:2].count()"),
            "2");
}

TEST_F(a_set_operation, may_be_a_part_of_another_and_the_value_of_a_lookup) {
  EXPECT_EQ(eval("Entry.objects.filter(id=1).union(Entry.objects.filter(id=2)).difference(Entry.objects.filter(id=1))"
                 ".values_list('id', flat=True)"),
            "[2]");
  EXPECT_EQ(eval("Blog.objects.filter(pk__in=Entry.objects.filter(id=1).values('blog')"
                 ".union(Entry.objects.filter(id=3).values('blog'))).count()"),
            "2");
  EXPECT_EQ(eval("Blog.objects.none().union(Blog.objects.filter(id=2)).values_list('id', flat=True)"), "[2]");
}

TEST_F(a_set_operation, takes_no_further_conditions) {
  EXPECT_EQ(refusal("Entry.objects.union(Entry.objects.all()).filter(id=1)"),
            "error[QRY2324]: filter() is not possible after union()\n"
            "  Entry.objects.union(Entry.objects.all()).filter(id=1)\n"
            "                                           ^~~~~~");
  for (const char* call :
       {"annotate(n=Value(1))", "distinct()", "exclude(id=1)", "aggregate(n=Count('id'))", "only('id')", "get(id=1)"})
    EXPECT_EQ(eval(std::string("Entry.objects.intersection(Entry.objects.all()).") + call),
              R"({"$error": "NotSupportedError"})")
        << call;
  EXPECT_EQ(eval("Entry.objects.union(Author.objects.all())"), R"({"$error": "OperationalError"})");
  EXPECT_EQ(eval("Entry.objects.values('id').union(Blog.objects.values('name'))"), R"({"$error": "FieldError"})");
  EXPECT_EQ(eval("Entry.objects.values('id').union(Entry.objects.values('id')).order_by('headline')"),
            R"({"$error": "DatabaseError"})");
  EXPECT_EQ(eval("Entry.objects.union(1)"), R"({"$error": "TypeError"})");
}

class distinct_on : public evaluated {};

TEST_F(distinct_on, keeps_the_first_row_of_each_group) {
  EXPECT_EQ(eval("Entry.objects.order_by('blog__id', 'rating').distinct('blog__id').values_list('id', flat=True)"),
            "[2, 3]");
  EXPECT_EQ(eval("Entry.objects.order_by('blog__name', '-rating').distinct('blog__name')[:1].get().id"), "1");
  EXPECT_EQ(eval("Entry.objects.distinct('blog').count()"), "2");
  EXPECT_EQ(eval("Entry.objects.order_by('blog', 'rating').distinct('blog').aggregate(Sum('rating'))"),
            R"({"rating__sum": 7})");
  EXPECT_EQ(eval("Blog.objects.filter(entry__in=Entry.objects.order_by('blog', '-rating').distinct('blog'))"
                 ".order_by('id').values_list('entry__rating', flat=True)"),
            "[5, 3]");
  EXPECT_EQ(eval("Entry.objects.distinct('nothing')"), R"({"$error": "FieldError"})");
  EXPECT_EQ(eval("Entry.objects.all()[:2].distinct('blog')"), R"({"$error": "TypeError"})");
}

class a_window : public evaluated {
 protected:
  /// What the window gives in entries 1, 2 and 3.
  std::string in_rows(const std::string& arguments) {
    return eval("Entry.objects.annotate(x=Window(" + arguments + ")).order_by('id').values_list('x', flat=True)");
  }
};

TEST_F(a_window, computes_a_value_over_rows_beside_each_row) {
  EXPECT_EQ(in_rows("RowNumber(), partition_by=['blog'], order_by='-id'"), "[2, 1, 1]");
  EXPECT_EQ(in_rows("Rank(), order_by=F('blog').asc()"), "[1, 1, 3]");
  EXPECT_EQ(in_rows("DenseRank(), order_by='blog__name'"), "[1, 1, 2]");
  EXPECT_EQ(in_rows("Lag('rating', default=0), order_by='id'"), "[0, 5, 4]");
  EXPECT_EQ(in_rows("Lead('rating', 2), order_by='id'"), "[3, null, null]");
  EXPECT_EQ(in_rows("FirstValue('headline'), partition_by='blog', order_by='-id'"),
            R"(["New Lennon biography", "New Lennon biography", "What makes it yellow"])");
  EXPECT_EQ(in_rows("NthValue('rating', 2), order_by='id'"), "[null, 4, 4]");
  EXPECT_EQ(in_rows("Ntile(num_buckets=2), order_by='id'"), "[1, 1, 2]");
  EXPECT_EQ(in_rows("PercentRank(), order_by='id'"), "[0.0, 0.5, 1.0]");
  EXPECT_EQ(in_rows("Count('editor')"), "[1, 1, 1]");
}

TEST_F(a_window, has_a_frame) {
  EXPECT_EQ(in_rows("Sum('rating'), order_by='id', frame=RowRange(start=-1, end=0)"), "[5, 9, 7]");
  EXPECT_EQ(in_rows("Sum('rating'), order_by='id', frame=RowRange(start=0)"), "[12, 7, 3]");
  EXPECT_EQ(in_rows("Sum('rating'), order_by='rating', frame=ValueRange(start=-1, end=1)"), "[9, 12, 7]");
  EXPECT_EQ(in_rows("Sum('rating', filter=Q(id__gt=1)), partition_by=[F('blog')]"), "[4, 4, 3]");
  EXPECT_EQ(eval("RowRange(start=2, end=1)"), R"({"$error": "ValueError"})");
}

TEST_F(a_window, leaves_out_rows_of_its_frame) {
  EXPECT_EQ(in_rows("Sum('rating'), order_by='id', frame=RowRange(-1, 1, WindowFrameExclusion.CURRENT_ROW)"),
            "[4, 8, 4]");
  EXPECT_EQ(in_rows("Sum('rating'), order_by='blog', frame=RowRange(exclusion=WindowFrameExclusion.GROUP)"),
            "[3, 3, 9]");
  EXPECT_EQ(in_rows("Sum('rating'), order_by='blog', frame=ValueRange(None, 0, WindowFrameExclusion.TIES)"),
            "[5, 4, 12]");
  EXPECT_EQ(in_rows("Sum('rating'), order_by='id', frame=RowRange(-1, 0, models.WindowFrameExclusion.NO_OTHERS)"),
            "[5, 9, 7]");
  EXPECT_EQ(in_rows("Count('id'), frame=RowRange(0, 0, exclusion=WindowFrameExclusion('CURRENT ROW'))"), "[0, 0, 0]");
  EXPECT_EQ(in_rows("Count('id'), frame=RowRange(0, 0, exclusion=None)"), "[1, 1, 1]");
}

TEST_F(a_window, sees_the_rows_that_all_other_conditions_leave) {
  EXPECT_EQ(eval("Entry.objects.annotate(n=Window(RowNumber(), order_by='id')).filter(rating__lt=5)"
                 ".order_by('id').values_list('id', 'n')"),
            "[[2, 1], [3, 2]]");
  EXPECT_EQ(eval("Entry.objects.annotate(n=Window(RowNumber(), partition_by='blog', order_by='-rating'))"
                 ".filter(n=1, rating__gt=3).values_list('id', flat=True)"),
            "[1]");
  EXPECT_EQ(eval("Entry.objects.annotate(n=Window(RowNumber(), order_by='id')).filter(n__gt=1).count()"), "2");
  EXPECT_EQ(eval("Entry.objects.annotate(n=Window(RowNumber(), order_by='id')).count()"), "3");
  EXPECT_EQ(eval("Entry.objects.annotate(n=Window(Sum('rating'), order_by='id')).aggregate(Max('n'))"),
            R"({"n__max": 12})");
  EXPECT_EQ(eval("Entry.objects.annotate(d=F('rating') - Window(Avg('rating'))).filter(d__gt=0)"
                 ".values_list('id', 'd')"),
            "[[1, 1.0]]");
  EXPECT_EQ(eval("Blog.objects.annotate(n=Count('entry'), r=Window(Rank(), order_by='-n')).order_by('r')"
                 ".values_list('id', 'r')"),
            "[[1, 1], [2, 2]]");
  EXPECT_EQ(eval("Entry.objects.values('blog').annotate(s=Sum('rating')).annotate(r=Window(Rank(), order_by='s'))"
                 ".order_by('blog').values_list('blog', 'r')"),
            "[[1, 2], [2, 1]]");
}

TEST_F(a_window, sees_each_object_once_where_an_aggregate_grouped_them) {
  EXPECT_EQ(eval("Blog.objects.filter(entry__rating__gt=2).annotate(n=Count('entry'))"
                 ".annotate(r=Window(RowNumber(), order_by='-n')).order_by('id').values_list('n', 'r')"),
            "[[2, 1], [1, 2]]");
}

TEST_F(a_window, chooses_the_rows_that_are_grouped) {
  EXPECT_EQ(eval("Entry.objects.annotate(r=Window(RowNumber(), order_by='id')).filter(r__gt=1).values('blog')"
                 ".annotate(n=Count('id')).order_by('blog').values_list('blog', 'n')"),
            "[[1, 1], [2, 1]]");
  EXPECT_EQ(eval("Entry.objects.annotate(r=Window(Count('id'), partition_by='blog')).values('r')"
                 ".annotate(s=Sum('rating')).order_by('r').values_list('r', 's')"),
            "[[1, 3], [2, 9]]");
}

/// Aggregates with the numbers of Django: all relations in one join.
class a_query_with_joined_aggregates : public evaluated {
 protected:
  a_query_with_joined_aggregates() {
    compile_options options;
    options.aggregates = aggregate_rule::django_joins;
    core = unwrap(detail::database_core::open("sqlite://:memory:", options, {}));
    const model_set models = blog_models();
    unwrap(detail::create_tables(*core, *unwrap(core->take()), *models.catalog));
    session = std::make_unique<counting_session>(core);
    text = std::make_unique<evaluator>(models, *session);
    unwrap(text->run(some_rows));
  }
};

TEST_F(a_query_with_joined_aggregates, has_windows_over_objects) {
  EXPECT_EQ(eval("Blog.objects.annotate(n=Count('entry')).annotate(r=Window(RowNumber(), order_by='-n'))"
                 ".order_by('id').values_list('n', 'r')"),
            "[[2, 1], [1, 2]]");
}

TEST_F(a_query_with_joined_aggregates, keeps_what_is_annotated_after_values) {
  EXPECT_EQ(eval("Blog.objects.annotate(n=Count('entry')).values('id', 'n').annotate(s=Sum('entry__rating'))"
                 ".order_by('id')"),
            R"([{"id": 1, "n": 2, "s": 9}, {"id": 2, "n": 1, "s": 3}])");
}

TEST_F(a_window, is_there_for_whoever_compares_whole_rows) {
  EXPECT_EQ(
      eval("Entry.objects.annotate(r=Window(Rank(), order_by='id')).values_list('r', 'blog').distinct().exists()"),
      "true");
  EXPECT_EQ(
      eval("Entry.objects.annotate(r=Window(Rank(), partition_by='id', order_by='id')).values_list('r').distinct()"
           ".count()"),
      "1");
  EXPECT_EQ(eval("Blog.objects.annotate(r=Window(Rank(), order_by='id'), n=Count('entry'))"
                 ".filter(entry__rating__gt=1).count()"),
            "2");
}

TEST_F(a_window, used_wrongly_is_refused) {
  EXPECT_EQ(eval("Entry.objects.annotate(x=Rank())"), R"({"$error": "FieldError"})");
  EXPECT_EQ(eval("Window(F('rating'))"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Lag('rating', offset=0)"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("NthValue('rating', nth=-1)"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Ntile(0)"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Lag(None)"), R"({"$error": "ValueError"})");
}

}  // namespace
}  // namespace quarry::text::tests
