// QuerySets as values, combined queries, dates, orders, keys, and what is loaded: what Django would answer.
#include "evaluation.hpp"

namespace quarry::text::tests {
namespace {

class a_read : public evaluated {
 protected:
  std::string ids(const std::string& query) { return eval(query + ".order_by('id').values_list('id', flat=True)"); }
};

TEST_F(a_read, among_the_objects_of_another_query) {
  EXPECT_EQ(ids("Entry.objects.filter(blog__in=Blog.objects.filter(name__startswith='B'))"), "[1, 2]");
  EXPECT_EQ(ids("Blog.objects.filter(entry__in=Entry.objects.filter(rating=3))"), "[2]");
  EXPECT_EQ(ids("Blog.objects.filter(pk__in=Entry.objects.filter(rating__gt=4).values('blog'))"), "[1]");
  EXPECT_EQ(ids("Blog.objects.exclude(entry__in=Entry.objects.filter(rating=3))"), "[1]");
  EXPECT_EQ(ids("Entry.objects.filter(editor__in=Author.objects)"), "[1]");
  EXPECT_EQ(session->queries, 5) << "each is one statement";
}

TEST_F(a_read, none_of_whose_keys_is_known_once_one_is_null) {
  EXPECT_EQ(ids("Author.objects.exclude(pk__in=Entry.objects.values('editor'))"), "[]");
  EXPECT_EQ(ids("Author.objects.exclude(pk__in=Entry.objects.filter(editor=None).values('id'))"), "[1]");
}

TEST_F(a_read, compared_with_the_one_row_of_a_slice) {
  EXPECT_EQ(ids("Entry.objects.filter(rating__lt=Entry.objects.order_by('id').values('rating')[:1])"), "[2, 3]");
  EXPECT_EQ(ids("Entry.objects.filter(blog=Blog.objects.order_by('-id')[:1])"), "[3]");
  EXPECT_EQ(ids("Entry.objects.filter(rating__gt=Entry.objects.filter(blog=OuterRef('blog')).values('blog')"
                ".annotate(a=Avg('rating')).values('a'))"),
            "[1]")
      << "what is no equality takes any query of one row";
  EXPECT_EQ(eval("Entry.objects.filter(blog=Blog.objects.all())"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Entry.objects.filter(blog=Blog.objects.all()[:2])"), R"({"$error": "ValueError"})");
}

TEST_F(a_read, of_the_wrong_query_is_refused) {
  EXPECT_EQ(refusal("Entry.objects.filter(blog__in=Author.objects.all())"),
            "error[QRY2321]: 'blog__in' needs a query on Blog, not on Author\n"
            "  Entry.objects.filter(blog__in=Author.objects.all())\n"
            "                       ^~~~~~~~");
  EXPECT_EQ(eval("Entry.objects.filter(blog__in=Blog.objects.values('id', 'name'))"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Entry.objects.filter(blog__isnull=Blog.objects.all())"), R"({"$error": "ValueError"})");
}

TEST_F(a_read, of_queries_inside_each_other_without_end_is_refused) {
  std::string nested = "q = Entry.objects.all()\n";
  for (int i = 0; i < 300; ++i) nested += "q = Entry.objects.filter(pk__in=q)\n";
  EXPECT_EQ(eval(nested), R"({"$error": "RecursionError"})");
}

TEST_F(a_read, of_either_query) {
  EXPECT_EQ(ids("(Entry.objects.filter(rating=5) | Entry.objects.filter(rating=3))"), "[1, 3]");
  EXPECT_EQ(ids("(Entry.objects.filter(rating=5) | Entry.objects.exclude(blog=1)).filter(id__lt=3)"), "[1]");
  EXPECT_EQ(ids("(Entry.objects.all() | Entry.objects.filter(rating=3))"), "[1, 2, 3]");
  EXPECT_EQ(ids("(Entry.objects.none() | Entry.objects.filter(rating=3))"), "[3]");
  EXPECT_EQ(ids("(Entry.objects.order_by('id')[:1] | Entry.objects.filter(rating=3))"), "[1, 3]");
  EXPECT_EQ(eval("list((Entry.objects.filter(rating=5) | Entry.objects.order_by('-id'))[:1])[0].id"), "3");
}

TEST_F(a_read, of_both_queries) {
  EXPECT_EQ(ids("(Entry.objects.filter(rating__gt=3) & Entry.objects.filter(blog=1, id=2))"), "[2]");
  EXPECT_EQ(ids("(Entry.objects.filter(rating__gt=3) & Entry.objects.none())"), "[]");
  EXPECT_EQ(ids("((Entry.objects.filter(rating=5) | Entry.objects.filter(rating=4))"
                " & (Entry.objects.filter(id=2) | Entry.objects.filter(id=3)))"),
            "[2]");
  // One entry has rating 5, another of the same blog rating 4.
  EXPECT_EQ(ids("(Blog.objects.filter(entry__rating=5) & Blog.objects.filter(entry__rating=4))"), "[1]");
}

TEST_F(a_read, of_queries_that_do_not_combine_is_refused) {
  EXPECT_EQ(eval("Entry.objects.all() | Blog.objects.all()"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Entry.objects.all() & Entry.objects.all()[:1]"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Entry.objects.distinct() | Entry.objects.all()"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Entry.objects.all() | 1"), R"({"$error": "TypeError"})");
}

TEST_F(a_read, of_dates) {
  EXPECT_EQ(eval("Entry.objects.dates('pub_date', 'year')"), R"([{"$date": "2008-01-01"}, {"$date": "2009-01-01"}])");
  EXPECT_EQ(eval("Entry.objects.dates('pub_date', 'month', order='DESC')"),
            R"([{"$date": "2009-03-01"}, {"$date": "2008-06-01"}])");
  EXPECT_EQ(eval("Blog.objects.dates('entry__pub_date', 'week')[:1]"), R"([{"$date": "2008-05-26"}])");
  EXPECT_EQ(eval("Entry.objects.dates('seen', 'day')"), "[]") << "NULL is no date";
  unwrap(text->run("e = Entry.objects.get(pk=1)\ne.seen = datetime.datetime(2010, 5, 6, 7, 8, 9)\ne.save()"));
  EXPECT_EQ(eval("Entry.objects.datetimes('seen', 'hour')"), R"([{"$datetime": "2010-05-06T07:00:00"}])");
  EXPECT_EQ(eval("Entry.objects.dates('seen', 'month')"), R"([{"$date": "2010-05-01"}])");
  EXPECT_EQ(eval("Entry.objects.dates('headline', 'year')"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Entry.objects.dates('pub_date', 'hour')"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Entry.objects.dates('pub_date', 'year', order='up')"), R"({"$error": "ValueError"})");
}

TEST_F(a_read, with_a_wrong_value_is_an_error_also_where_no_row_can_come) {
  EXPECT_EQ(eval("Entry.objects.filter(id__in=[], rating='many')"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Entry.objects.filter(id__in=[]).filter(Q(rating__in=[1, 'many']))"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Entry.objects.filter(Q(id__in=[]) & Q(pub_date__gt='never')).count()"),
            R"({"$error": "ValidationError"})");
  EXPECT_EQ(eval("Entry.objects.filter(id__in=[], rating=None, headline__contains=3)"), "[]");
}

TEST_F(a_read, in_the_order_of_expressions) {
  EXPECT_EQ(eval("Entry.objects.order_by(F('editor').asc(nulls_last=True), '-id').values_list('id', flat=True)"),
            "[1, 3, 2]");
  EXPECT_EQ(eval("Entry.objects.order_by(F('editor').desc(nulls_first=True), 'id').values_list('id', flat=True)"),
            "[2, 3, 1]");
  EXPECT_EQ(
      eval("Entry.objects.order_by(F('editor').desc(nulls_first=True), 'id').reverse().values_list('id', flat=True)"),
      "[1, 3, 2]");
  EXPECT_EQ(eval("Entry.objects.order_by((F('rating') - F('id') * 4).desc()).values_list('id', flat=True)"),
            "[1, 2, 3]");
  EXPECT_EQ(eval("Entry.objects.order_by(F('id').asc(nulls_first=True, nulls_last=True))"),
            R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Entry.objects.order_by(Q(id=1), '-id').values_list('id', flat=True)"), "[3, 2, 1]");
  EXPECT_EQ(eval("Entry.objects.filter(id=F('id').asc())"), R"({"$error": "TypeError"})");
}

TEST_F(a_read, of_computed_values) {
  EXPECT_EQ(eval("Entry.objects.order_by('id').values_list(F('rating') * 2, 'id')[:2]"), "[[10, 1], [8, 2]]");
  EXPECT_EQ(eval("Entry.objects.filter(id=1).values('id', twice=F('rating') * 2)"), R"([{"id": 1, "twice": 10}])");
  EXPECT_EQ(eval("Blog.objects.order_by('id').values_list('id', 'name', named=True)[:1]"),
            R"([{"id": 1, "name": "Beatles Blog"}])");
  EXPECT_EQ(eval("Blog.objects.values_list('id', flat=True, named=True)"), R"({"$error": "TypeError"})");
}

TEST_F(a_read, of_each_row_once) {
  EXPECT_EQ(ids("Blog.objects.filter(entry__rating__gt=0)"), "[1, 1, 2]");
  EXPECT_EQ(ids("Blog.objects.filter(entry__rating__gt=0).distinct()"), "[1, 2]");
  EXPECT_EQ(eval("Blog.objects.filter(entry__rating__gt=0).distinct().count()"), "2");
  EXPECT_EQ(eval("Blog.objects.all()[:1].distinct()"), R"({"$error": "TypeError"})");
}

TEST_F(a_read, with_dates_and_durations) {
  EXPECT_EQ(ids("Entry.objects.filter(pub_date__lt=F('pub_date') + timedelta(hours=1))"), "[1, 2, 3]");
  unwrap(text->run("e = Entry.objects.get(pk=2)\ne.seen = datetime.datetime(2008, 6, 10, 12)\ne.save()"));
  EXPECT_EQ(ids("Entry.objects.filter(seen=F('pub_date') + timedelta(days=2, hours=12))"), "[2]");
  EXPECT_EQ(ids("Entry.objects.filter(seen__gt=F('pub_date'))"), "[2]");
  EXPECT_EQ(eval("Entry.objects.filter(pk=2).values_list(F('seen') - F('pub_date'), flat=True)"),
            R"([{"$duration": 216000}])");
  EXPECT_EQ(eval("Entry.objects.filter(seen=F('seen') + F('seen'))"), R"({"$error": "NotSupportedError"})");
}

TEST_F(a_read, in_bulk) {
  EXPECT_EQ(eval("Blog.objects.in_bulk([2, 77])"),
            R"({"2": {"$model": "Blog", "id": 2, "name": "Cheddar Talk", "tagline": "cheese"}})");
  EXPECT_EQ(eval("len(Blog.objects.in_bulk()), Blog.objects.in_bulk([])"), "[2, {}]");
  EXPECT_EQ(session->queries, 2);
  EXPECT_EQ(eval("Blog.objects.in_bulk(['x'], field_name='name')"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Blog.objects.all()[:1].in_bulk([1])"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Blog.objects.values('id').in_bulk([1])"), R"({"$error": "TypeError"})");
}

TEST_F(a_read, of_some_columns_fetches_the_others_when_asked) {
  EXPECT_EQ(eval("e = Entry.objects.only('headline').get(pk=1)\ne"),
            R"({"$model": "Entry", "id": 1, "headline": "What would John do?"})");
  EXPECT_EQ(session->queries, 1);
  EXPECT_EQ(eval("e.rating, e.blog_id"), "[5, 1]");
  EXPECT_EQ(session->queries, 3);
  EXPECT_EQ(eval("e.rating"), "5");
  EXPECT_EQ(session->queries, 3);
  EXPECT_EQ(eval("Blog.objects.defer('tagline').get(pk=1)"), R"({"$model": "Blog", "id": 1, "name": "Beatles Blog"})");
  EXPECT_EQ(eval("Blog.objects.only('name').defer('name').get(pk=1)"),
            R"({"$model": "Blog", "id": 1, "name": "Beatles Blog", "tagline": "news"})");
  EXPECT_EQ(eval("Blog.objects.only('name', 'tagline').defer('name').get(pk=1)"),
            R"({"$model": "Blog", "id": 1, "tagline": "news"})");
  EXPECT_EQ(eval("Blog.objects.defer('name').defer(None).get(pk=1)"),
            R"({"$model": "Blog", "id": 1, "name": "Beatles Blog", "tagline": "news"})");
  EXPECT_EQ(eval("Entry.objects.only('nope')"), R"({"$error": "FieldDoesNotExist"})");
  EXPECT_EQ(eval("b = Blog.objects.only('name').get(pk=1)\nb.name = 'New'\nb.save()\nBlog.objects.get(pk=1).tagline"),
            R"("news")");
}

TEST_F(a_read, with_related_objects_is_one_query) {
  EXPECT_EQ(eval("e = Entry.objects.select_related('blog', 'editor').get(pk=1)\ne.blog.name, e.editor.name"),
            R"(["Beatles Blog", "Ann"])");
  EXPECT_EQ(eval("Entry.objects.select_related('editor').get(pk=2).editor"), "null");
  EXPECT_EQ(session->queries, 2);
  EXPECT_EQ(eval("Entry.objects.select_related().get(pk=2).blog.id"), "1");
  EXPECT_EQ(session->queries, 3);
  EXPECT_EQ(eval("Entry.objects.select_related('blog').select_related(None).get(pk=2).blog.id"), "1");
  EXPECT_EQ(session->queries, 5);
  EXPECT_EQ(eval("e = Entry.objects.select_related('blog').only('headline', 'blog__name').get(pk=1)\ne, e.blog"),
            R"([{"$model": "Entry", "id": 1, "blog_id": 1, "headline": "What would John do?"}, )"
            R"({"$model": "Blog", "id": 1, "name": "Beatles Blog"}])");
  EXPECT_EQ(session->queries, 6);
}

TEST_F(a_read, with_related_objects_that_are_not_there) {
  EXPECT_EQ(eval("Detail.objects.create(entry=Entry.objects.get(pk=1), length=None)\n"
                 "e = Entry.objects.select_related('detail').order_by('id')\ne[0].detail.id"),
            "1");
  EXPECT_EQ(eval("e[1].detail"), R"({"$error": "Detail.DoesNotExist"})");
  EXPECT_EQ(eval("list(Entry.objects.select_related('headline'))"), R"({"$error": "FieldError"})");
  EXPECT_EQ(eval("list(Entry.objects.select_related('authors'))"), R"({"$error": "FieldError"})");
  EXPECT_EQ(eval("list(Entry.objects.select_related('blog').defer('blog'))"), R"({"$error": "FieldError"})");
  EXPECT_EQ(eval("Entry.objects.values('id').select_related('blog')"), R"({"$error": "TypeError"})");
}

TEST_F(a_read, with_prefetched_objects_is_one_query_a_relation) {
  EXPECT_EQ(eval("blogs = Blog.objects.prefetch_related('entry_set').order_by('id')\nlen(blogs)"), "2");
  EXPECT_EQ(session->queries, 2);
  EXPECT_EQ(eval("len(blogs[0].entry_set.all()), blogs[1].entry_set.count(), blogs[0].entry_set.all()[0].blog.id"),
            "[2, 1, 1]");
  EXPECT_EQ(session->queries, 2);
  EXPECT_EQ(eval("blogs[0].entry_set.filter(rating=5).count()"), "1");
  EXPECT_EQ(session->queries, 3);
  EXPECT_EQ(eval("Entry.objects.prefetch_related('editor__edited').get(pk=1).editor.edited.all()[0].id"), "1");
  EXPECT_EQ(session->queries, 6);
  EXPECT_EQ(eval("list(Blog.objects.prefetch_related('nope'))"), R"({"$error": "AttributeError"})");
  EXPECT_EQ(eval("list(Blog.objects.prefetch_related('name'))"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("list(Blog.objects.none().prefetch_related('nope'))"), "[]");
}

TEST_F(a_read, with_a_prefetch_of_its_own) {
  EXPECT_EQ(eval("b = Blog.objects.prefetch_related(Prefetch('entry_set', queryset=Entry.objects.filter(rating=4)"
                 ".only('rating'), to_attr='good')).get(pk=1)\nb"),
            R"({"$model": "Blog", "id": 1, "name": "Beatles Blog", "tagline": "news", )"
            R"("good": [{"$model": "Entry", "id": 2, "blog_id": 1, "rating": 4}]})");
  EXPECT_EQ(eval("b.good[0].id, b.entry_set.count()"), "[2, 2]");
  EXPECT_EQ(eval("Prefetch('entry_set', queryset=Entry.objects.values('id'))"), R"({"$error": "ValueError"})");
}

TEST_F(a_read, of_documents) {
  unwrap(text->run(R"(
e1 = Entry.objects.get(pk=1)
e2 = Entry.objects.get(pk=2)
e3 = Entry.objects.get(pk=3)
Detail.objects.create(entry=e1, note={"breed": "collie", "age": 7, "owner": {"name": "Bob", "pets": ["Fishy"]}})
Detail.objects.create(entry=e2, note={"breed": "Collie mix", "age": 10.5, "owner": None, "it's": [1, 2]})
Detail.objects.create(entry=e3, note=None)
)"));
  const auto found = [&](const std::string& condition) { return ids("Detail.objects.filter(" + condition + ")"); };
  EXPECT_EQ(found("note__breed='collie'"), "[1]");
  EXPECT_EQ(found("note__owner__name='Bob', note__owner__pets__0='Fishy'"), "[1]");
  EXPECT_EQ(found("note__owner={'pets': ['Fishy'], 'name': 'Bob'}"), "[1]");
  EXPECT_EQ(found("note__owner__pets=['Fishy']"), "[1]");
  EXPECT_EQ(found("note__age=7.0"), "[1]");
  EXPECT_EQ(found("note__age='7'"), "[]") << "a text is no number";
  EXPECT_EQ(found("note__age__gt=8"), "[2]");
  EXPECT_EQ(found("note__breed__startswith='coll'"), "[1]");
  EXPECT_EQ(found("note__breed__icontains='COLL'"), "[1, 2]");
  EXPECT_EQ(found("note__breed__in=['collie', 'beagle']"), "[1]");
  EXPECT_EQ(found("note__owner=None"), "[2]");
  EXPECT_EQ(found("note__owner__isnull=True"), "[3]");
  EXPECT_EQ(found("note__isnull=True"), "[3]");
  EXPECT_EQ(found("note__has_key='owner'"), "[1, 2]");
  EXPECT_EQ(found("note__has_keys=['breed', \"it's\"]"), "[2]");
  EXPECT_EQ(found("note__has_any_keys=['name', 'age']"), "[1, 2]");
  EXPECT_EQ(found("note__owner__has_key='name'"), "[1]");
  EXPECT_EQ(found("~Q(note__age=7)"), "[2, 3]") << "a row without a document is kept";
  EXPECT_EQ(found("~Q(note__owner__name='Ann')"), "[1, 3]") << "one that lacks the key is not";
  EXPECT_EQ(found("note__breed=F('note__breed')"), "[1, 2]");
  EXPECT_EQ(eval("Detail.objects.order_by('-note__age').values_list('note__owner__name', flat=True)[:1]"), "[null]");
  EXPECT_EQ(eval("Detail.objects.order_by('note__age').values_list('note__age', flat=True)"),
            R"([null, {"$json": 7}, {"$json": 10.5}])");
  EXPECT_EQ(eval("Entry.objects.filter(headline__has_key='a')"), R"({"$error": "FieldError"})");
  EXPECT_EQ(eval("Detail.objects.filter(note__has_keys='a')"), R"({"$error": "TypeError"})");
}

TEST_F(a_read, across_links) {
  unwrap(text->run("bob = Author.objects.create(name='Bob', email='bob@x.example')"));
  const auto& catalog = text->models().catalog;
  const ir::model& entry = catalog->at(catalog->find_model("Entry"));
  const auto authors = std::find_if(entry.relations.begin(), entry.relations.end(),
                                    [](const ir::relation& r) { return r.form == ir::relation_form::many_to_many; });
  for (const auto& [e, a] : {std::pair{1, 1}, std::pair{1, 2}, std::pair{2, 2}}) {
    const std::array link = {detail::assignment{authors->through_near, detail::operand::of_integer(e)},
                             detail::assignment{authors->through_far, detail::operand::of_integer(a)}};
    session->insert(catalog, authors->through, link);
  }
  EXPECT_EQ(eval("e = Entry.objects.get(pk=1)\n"
                 "e.authors.order_by('id').values_list('name', flat=True), e.authors.count(), bob.entry_set.count()"),
            R"([["Ann", "Bob"], 2, 2])");
  // The first condition is said of the very link that leads here, a further one of any.
  EXPECT_EQ(eval("bob.entry_set.filter(authors__name='Ann').count(), "
                 "bob.entry_set.filter(id__gt=0).filter(authors__name='Ann').count()"),
            "[0, 1]");
  session->queries = 0;
  EXPECT_EQ(eval("rows = list(Entry.objects.order_by('id').prefetch_related('authors'))\n"
                 "len(rows[0].authors.all()), rows[1].authors.all()[0].name, rows[2].authors.all()"),
            R"([2, "Bob", []])");
  EXPECT_EQ(session->queries, 3) << "entries, links, authors";
}

}  // namespace
}  // namespace quarry::text::tests
