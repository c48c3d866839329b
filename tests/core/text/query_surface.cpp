// What else a QuerySet can be asked: '^', explain(), extra(), sliced prefetches, groups and their order.
#include "evaluation.hpp"

namespace quarry::text::tests {
namespace {

class the_surface : public evaluated {
 protected:
  std::string ids(const std::string& query) { return eval(query + ".order_by('id').values_list('id', flat=True)"); }
};

TEST_F(the_surface, has_rows_of_exactly_one_query) {
  EXPECT_EQ(ids("(Entry.objects.filter(id__lt=3) ^ Entry.objects.filter(id__gt=1))"), "[1, 3]");
  EXPECT_EQ(ids("(Entry.objects.all() ^ Entry.objects.filter(id=2))"), "[1, 3]") << "all but those";
  EXPECT_EQ(ids("(Entry.objects.filter(id=2) ^ Entry.objects.all())"), "[1, 3]");
  EXPECT_EQ(ids("(Entry.objects.none() ^ Entry.objects.filter(id=2))"), "[2]");
  EXPECT_EQ(ids("(Entry.objects.order_by('id')[:2] ^ Entry.objects.filter(id__gt=1))"), "[1, 3]");
  EXPECT_EQ(ids("(Entry.objects.filter(id=1) ^ Entry.objects.filter(id=2) ^ Entry.objects.filter(id=2))"), "[1]");
}

TEST_F(the_surface, has_the_old_form_of_filter) {
  EXPECT_EQ(ids("Entry.objects.complex_filter({'rating__gt': 3, 'blog': b1})"), "[1, 2]");
  EXPECT_EQ(ids("Entry.objects.complex_filter(Q(rating=3) | Q(rating=5))"), "[1, 3]");
  EXPECT_EQ(ids("Entry.objects.complex_filter({})"), "[1, 2, 3]");
}

TEST_F(the_surface, has_one_database) { EXPECT_EQ(eval("Entry.objects.using('default').count()"), "3"); }

TEST_F(the_surface, explains_a_query_in_the_words_of_the_database) {
  EXPECT_NE(eval("Entry.objects.filter(id=1).explain()").find("SEARCH blog_entry USING INTEGER PRIMARY KEY"),
            std::string::npos);
  EXPECT_EQ(eval("Entry.objects.none().explain()"), "\"\"") << "nothing would run";
  EXPECT_EQ(refusal("Entry.objects.explain(format='json')").substr(0, 31), "error[QRY2374]: SQLite 3.40.1 c");
  EXPECT_EQ(eval("Entry.objects.explain(format='json')"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Entry.objects.explain(analyze=True)"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Entry.objects.explain(analyze=1)"), R"({"$error": "TypeError"})");
}

TEST_F(the_surface, computes_values_of_a_slice) {
  EXPECT_EQ(eval("Entry.objects.order_by('id')[1:3].annotate(n=F('rating') * 2).values_list('n', flat=True)"),
            "[8, 6]");
  EXPECT_EQ(eval("Blog.objects.order_by('id')[:1].annotate(n=Count('entry')).values_list('n', flat=True)"), "[2]");
  EXPECT_EQ(eval("Blog.objects.order_by('id')[:1].aggregate(s=Sum('entry__rating'))"), R"({"s": 9})");
  EXPECT_EQ(eval("Entry.objects.order_by('id')[:2].values(double=F('rating') * 2)"),
            R"([{"double": 10}, {"double": 8}])");
}

TEST_F(the_surface, gives_the_first_of_groups_in_their_order) {
  EXPECT_EQ(eval("Entry.objects.values('blog').annotate(n=Count('id')).order_by('-n').first()"),
            R"({"blog": 1, "n": 2})");
  EXPECT_EQ(eval("Blog.objects.values('id').annotate(n=Count('entry')).last()"), R"({"id": 2, "n": 1})")
      << "the key orders";
  EXPECT_EQ(eval("Blog.objects.annotate(n=Count('entry')).last().n"), "1");
}

TEST_F(the_surface, aggregates_over_the_first_rows_of_distinct) {
  EXPECT_EQ(eval("Entry.objects.order_by('blog', '-rating').distinct('blog').aggregate(Sum('rating'))"),
            R"({"rating__sum": 8})");
}

TEST_F(the_surface, aggregates_over_distinct_objects_and_what_they_refer_to) {
  EXPECT_EQ(eval("Entry.objects.distinct().aggregate(m=Max('blog__name'), n=Count('editor__name'))"),
            R"({"m": "Cheddar Talk", "n": 1})");
  EXPECT_EQ(eval("Entry.objects.distinct().order_by('id')[:2].aggregate(m=Max('blog__name'))"),
            R"({"m": "Beatles Blog"})");
}

TEST_F(the_surface, computes_with_aggregates_of_the_same_call) {
  EXPECT_EQ(eval("Entry.objects.aggregate(x=Sum('rating'), y=F('x') * 2)"), R"({"x": 12, "y": 24})");
  EXPECT_EQ(eval("Entry.objects.aggregate(rating=Sum('rating'), mean=Avg('rating'))"),
            R"({"rating": 12, "mean": 4.0})");
  EXPECT_EQ(eval("Entry.objects.aggregate(y=F('x') * 2, x=Sum('rating'))"), R"({"$error": "FieldError"})");
}

TEST_F(the_surface, has_the_first_and_the_last_by_expressions) {
  EXPECT_EQ(eval("Entry.objects.earliest(F('rating')).pk"), "3");
  EXPECT_EQ(eval("Entry.objects.latest(F('rating') * -1, 'id').pk"), "3");
  EXPECT_EQ(eval("Entry.objects.earliest(Length('headline').desc()).pk"), "2");
}

TEST_F(the_surface, has_nothing_to_prefetch_for_values) {
  EXPECT_EQ(eval("Entry.objects.values('id').prefetch_related('authors').order_by('id')[:1]"), R"([{"id": 1}])");
}

TEST_F(the_surface, tells_a_wrong_regular_expression) {
  EXPECT_EQ(eval("Entry.objects.filter(headline__regex='(')"), R"({"$error": "DataError"})");
  EXPECT_EQ(eval("Entry.objects.filter(pub_date=5)"), R"({"$error": "ValidationError"})");
}

TEST_F(the_surface, finds_objects_by_a_one_to_one_relation) {
  unwrap(text->run("Detail.objects.create(entry=Entry.objects.get(id=2))"));
  EXPECT_EQ(eval("Detail.objects.in_bulk([2], field_name='entry_id')[2].entry_id"), "2");
  EXPECT_EQ(eval("len(Detail.objects.in_bulk(field_name='entry'))"), "1");
}

TEST_F(the_surface, prefetches_a_slice_of_what_each_object_has) {
  EXPECT_EQ(eval("q = Blog.objects.order_by('id').prefetch_related(Prefetch('entry_set', "
                 "Entry.objects.order_by('-rating')[:1], "
                 "to_attr='best'))\nq[0].best[0].rating, q[1].best[0].rating, len(q[0].best)"),
            "[5, 3, 1]");
  session->queries = 0;
  EXPECT_EQ(eval("q = list(Blog.objects.order_by('id').prefetch_related(Prefetch('entry_set', "
                 "Entry.objects.order_by('id')[1:5])))\n"
                 "len(q[0].entry_set.all()), len(q[1].entry_set.all())"),
            "[1, 0]");
  EXPECT_EQ(session->queries, 2) << "and no statement an object";
}

class the_trusted_surface : public the_surface {
 protected:
  the_trusted_surface() { text->trust_sql(); }
};

TEST_F(the_trusted_surface, takes_conditions_in_sql) {
  EXPECT_EQ(ids("Entry.objects.extra(where=['rating > 3'])"), "[1, 2]");
  EXPECT_EQ(ids("Entry.objects.extra(where=['rating > %s', 'id = %s OR id = %s'], params=[3, 1, 3])"), "[1]");
  EXPECT_EQ(ids("Entry.objects.extra(where=[\"headline LIKE 'What%%'\"])"), "[1, 3]");
  EXPECT_EQ(
      ids("Entry.objects.filter(blog__name='Beatles Blog').extra(where=['blog_entry.rating = %s'], params=['5'])"),
      "[1]")
      << "tables go by their names";
  EXPECT_EQ(ids("Entry.objects.exclude(rating=5).extra(where=['blog_entry.id > 0'])"), "[2, 3]");
}

TEST_F(the_trusted_surface, takes_values_and_orders_in_sql) {
  EXPECT_EQ(
      eval("Entry.objects.extra(select={'double': 'rating * 2'}, order_by=['-double']).values_list('id', 'double')"),
      "[[1, 10], [2, 8], [3, 6]]");
  EXPECT_EQ(eval("Entry.objects.extra(select={'a': '%s', 'b': 'rating + %s'}, select_params=['x', 1]).get(id=1).b"),
            "6");
  EXPECT_EQ(
      eval(
          "Entry.objects.extra(select={'fine': 'rating > 3'}).values('fine').annotate(n=Count('id')).order_by('fine')"),
      R"([{"fine": 0, "n": 1}, {"fine": 1, "n": 2}])");
}

TEST_F(the_trusted_surface, joins_tables_of_the_models) {
  EXPECT_EQ(eval("Entry.objects.extra(tables=['blog_blog'], where=['blog_blog.id = blog_entry.blog_id', "
                 "\"blog_blog.name = 'Cheddar Talk'\"]).values_list('id', flat=True)"),
            "[3]");
  EXPECT_EQ(eval("Entry.objects.extra(tables=['blog_author']).count()"), "3") << "one author, beside each entry";
  EXPECT_EQ(eval("Entry.objects.extra(tables=['sqlite_master'])"), R"({"$error": "ValueError"})");
}

TEST_F(the_trusted_surface, never_makes_text_of_a_value) {
  EXPECT_EQ(ids("Entry.objects.extra(where=['headline = %s'], params=[\"x' OR 1 = 1 --\"])"), "[]");
  EXPECT_EQ(eval("Entry.objects.extra(where=['id = %s'])"), R"({"$error": "TypeError"})") << "a value is missing";
  EXPECT_EQ(eval("Entry.objects.extra(where=['id = 1'], params=[1])"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Entry.objects.extra(where=['nonsense here'])"), R"({"$error": "ProgrammingError"})");
  EXPECT_EQ(eval("Entry.objects.all()[:1].extra(where=['1 = 1'])"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Entry.objects.extra(select={'rating': '1'})"), R"({"$error": "ValueError"})");
}

TEST_F(the_trusted_surface, gives_objects_of_a_whole_statement) {
  EXPECT_EQ(eval("r = Entry.objects.raw('SELECT * FROM blog_entry ORDER BY id DESC')\n"
                 "len(r), r[0].id, r[-1].id, len(r[1:]), r[0].blog.name, bool(r)"),
            R"([3, 3, 1, 2, "Cheddar Talk", true])");
  EXPECT_EQ(eval("len(Entry.objects.filter(id=1).raw('SELECT * FROM blog_entry'))"), "3")
      << "what stands before is gone";
  EXPECT_EQ(eval("len(list(b1.entry_set.raw('SELECT * FROM blog_entry')))"), "3");
  EXPECT_EQ(eval("len(Entry.objects.raw('SELECT * FROM blog_entry').iterator())"), "3");
  EXPECT_EQ(eval("Entry.objects.raw('SELECT * FROM blog_entry').using('default')[0].id"), "1");
  EXPECT_EQ(eval("Entry.objects.raw('SELECT id, rating FROM blog_entry').columns"), R"(["id", "rating"])");
  EXPECT_EQ(eval("Entry.objects.filter(blog__in=Blog.objects.raw('SELECT id FROM blog_blog WHERE id = 1')).count()"),
            "2");
}

TEST_F(the_trusted_surface, binds_the_parameters_of_a_statement) {
  const std::string of_one = "Entry.objects.raw('SELECT * FROM blog_entry WHERE rating > %s AND headline <> %s', ";
  EXPECT_EQ(eval("len(" + of_one + "[4, 'x']))"), "1");
  EXPECT_EQ(eval("len(" + of_one + "(3, 'x')))"), "2");
  EXPECT_EQ(eval("len(" + of_one + "params=[3, \"x' OR 1 = 1 --\"]))"), "2");
  EXPECT_EQ(
      eval("len(Entry.objects.raw('SELECT * FROM blog_entry WHERE rating = %(r)s OR id = %(r)s', {'r': 3, 'z': 1}))"),
      "1");
  EXPECT_EQ(eval("len(Entry.objects.raw(\"SELECT * FROM blog_entry WHERE headline LIKE 'What%%' AND id <> %(i)s\", "
                 "{'i': 1}))"),
            "1");
  EXPECT_EQ(eval("len(Entry.objects.raw(\"SELECT * FROM blog_entry WHERE headline LIKE 'What%'\"))"), "2");
  EXPECT_EQ(eval("len(Entry.objects.raw('SELECT * FROM blog_entry WHERE seen IS %s', [None]))"), "3");
  EXPECT_EQ(eval("len(Entry.objects.raw('SELECT * FROM blog_entry WHERE pub_date >= %s', [date(1, 1, 1)]))"), "3");
}

TEST_F(the_trusted_surface, reads_columns_of_a_statement_as_fields_by_their_names) {
  session->queries = 0;
  EXPECT_EQ(eval("e = Entry.objects.raw('SELECT id, rating, rating * 2 AS twice, 7 AS id FROM blog_entry')[0]\n"
                 "e.id, e.rating, e.twice"),
            "[1, 5, 10]");
  EXPECT_EQ(session->queries, 1);
  EXPECT_EQ(eval("Entry.objects.raw('SELECT id FROM blog_entry ORDER BY id')[0].headline"), R"("What would John do?")");
  EXPECT_EQ(session->queries, 3) << "a field that is missing is read when somebody asks for it";
  EXPECT_EQ(eval("e = Entry.objects.raw('SELECT id, headline AS h, rating AS r FROM blog_entry', translations={'h': "
                 "'headline', 'r': 'points', 'z': 'id'})[0]\ne.headline, e.points"),
            R"(["What would John do?", 5])");
  EXPECT_EQ(eval("r = Entry.objects.raw('SELECT * FROM blog_entry').prefetch_related('authors', 'blog')\n"
                 "r[0].blog.name, len(r[0].authors.all())"),
            R"(["Beatles Blog", 0])");
  EXPECT_EQ(eval("Entry.objects.raw('SELECT id, pub_date FROM blog_entry')[0].pub_date.year"), "2008");
}

TEST_F(the_trusted_surface, refuses_statements_that_give_no_objects) {
  EXPECT_EQ(eval("list(Entry.objects.raw('SELECT headline FROM blog_entry'))"), R"({"$error": "FieldDoesNotExist"})");
  EXPECT_EQ(eval("list(Entry.objects.raw('nonsense here'))"), R"({"$error": "ProgrammingError"})");
  EXPECT_EQ(eval("Entry.objects.raw('SELECT * FROM blog_entry WHERE id = %s')"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Entry.objects.raw('SELECT * FROM blog_entry', [1])"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Entry.objects.raw('SELECT * FROM blog_entry WHERE id = %(a)s', {'b': 1})"),
            R"({"$error": "KeyError"})");
  EXPECT_EQ(eval("Entry.objects.raw('SELECT * FROM blog_entry WHERE id = %(a)s', [1])"), R"({"$error": "KeyError"})");
  EXPECT_EQ(eval("Entry.objects.raw('SELECT * FROM blog_entry WHERE id = %s', [[1, 2]])"),
            R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Entry.objects.raw(5)"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Entry.objects.raw('SELECT 1', translations=['a'])"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Entry.objects.raw('SELECT 1', using='other')"), R"({"$error": "ConnectionDoesNotExist"})");
  EXPECT_EQ(eval("Entry.objects.raw('SELECT * FROM blog_entry')[9]"), R"({"$error": "IndexError"})");
  for (const char* use : {".filter(id=1)", ".count()", ".order_by('id')", ".first()", ".rating"})
    EXPECT_EQ(eval("Entry.objects.raw('SELECT * FROM blog_entry')" + std::string(use)),
              R"({"$error": "AttributeError"})")
        << use;
  EXPECT_EQ(eval("Entry.objects.raw('SELECT * FROM blog_entry') | Entry.objects.all()"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Entry.objects.union(Entry.objects.raw('SELECT * FROM blog_entry'))"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Prefetch('entry_set', Entry.objects.raw('SELECT * FROM blog_entry'))"),
            R"({"$error": "ValueError"})");
}

TEST_F(the_surface, takes_no_statements_of_text_that_nobody_trusts) {
  EXPECT_EQ(eval("Entry.objects.raw('SELECT * FROM blog_entry')"), R"({"$error": "SuspiciousOperation"})");
  EXPECT_EQ(eval("Entry.objects.all().raw('SELECT * FROM blog_entry')"), R"({"$error": "SuspiciousOperation"})");
}

}  // namespace
}  // namespace quarry::text::tests
