// What ormar's relation proxies and Ryx add to reading: limits, masks, lists of names, lists of related objects.
#include "evaluation.hpp"

namespace quarry::text::tests {
namespace {

class a_proxy_read : public evaluated {
 protected:
  a_proxy_read() {
    unwrap(
        text->run("ben = Author.objects.create(name='Ben', email='ben@x.example')\n"
                  "Entry.objects.filter(pk=1).count()\n"));
    session->queries = 0;
  }
  std::string ids(const std::string& query) { return eval(query + ".values_list('id', flatten=True)"); }
};

TEST_F(a_proxy_read, with_conditions_as_arguments) {
  EXPECT_EQ(ids("Entry.objects.all(rating__gt=3).order_by('id')"), "[1, 2]");
  EXPECT_EQ(ids("b1.entry_set.all(Q(rating=4) | Q(rating=3))"), "[2]");
  EXPECT_EQ(eval("Entry.objects.first(blog=2).id"), "3");
  EXPECT_EQ(eval("Entry.objects.first(rating=9)"), "null");
  EXPECT_EQ(eval("Entry.objects.all(headlin='x')"), R"({"$error": "FieldError"})");
}

TEST_F(a_proxy_read, of_one_row_or_none) {
  EXPECT_EQ(eval("Entry.objects.get_or_none(rating=4).id"), "2");
  EXPECT_EQ(eval("Entry.objects.get_or_none(rating=9)"), "null");
  EXPECT_EQ(eval("Entry.objects.get_or_none(blog=1)"), R"({"$error": "Entry.MultipleObjectsReturned"})");
  EXPECT_EQ(eval("Entry.objects.exclude(blog=1).get_or_none().id"), "3");
  EXPECT_EQ(eval("Entry.objects.get_or_none().id"), "3") << "without a condition: the highest key";
  EXPECT_EQ(eval("Entry.objects.order_by('id').get_or_none().id"), "3");
  EXPECT_EQ(eval("b1.entry_set.get_or_none().id"), "2") << "the parent is no condition";
  EXPECT_EQ(eval("Entry.objects.limit(2).get_or_none().id"), "2");
  EXPECT_EQ(eval("Entry.objects.none().get_or_none()"), "null");
}

TEST_F(a_proxy_read, within_limits) {
  EXPECT_EQ(ids("Entry.objects.limit(2)"), "[1, 2]");
  EXPECT_EQ(ids("Entry.objects.offset(1).limit(1)"), "[2]");
  EXPECT_EQ(ids("Entry.objects.limit(1).order_by('-id')"), "[3]") << "limits apply last";
  EXPECT_EQ(ids("Entry.objects.limit(1).filter(rating=4)"), "[2]");
  EXPECT_EQ(ids("b1.entry_set.offset(offset=1)"), "[2]");
  EXPECT_EQ(ids("Entry.objects.limit(limit_count=0)"), "[]");
  EXPECT_EQ(ids("Entry.objects.limit(3)[1:2]"), "[2]");
  EXPECT_EQ(eval("Entry.objects.order_by('-id').limit(2)[1].id"), "2");
  EXPECT_EQ(ids("Entry.objects.paginate(2, 2)"), "[3]");
  EXPECT_EQ(ids("Entry.objects.paginate(page=1, page_size=2)"), "[1, 2]");
  EXPECT_EQ(ids("Entry.objects.paginate(9223372036854775807, 9223372036854775807)"), "[]");
  EXPECT_EQ(ids("Entry.objects.filter(pk__in=Entry.objects.limit(2))"), "[1, 2]") << "in other queries, too";
  EXPECT_EQ(eval("Entry.objects.values_list('blog', flat=True).distinct().limit(5)"), "[1, 2]");
  EXPECT_EQ(eval("Entry.objects.annotate(n=Count('authors')).limit(2).values_list('id', 'n')"), "[[1, 0], [2, 0]]");
  EXPECT_EQ(eval("Entry.objects.values('blog').annotate(n=Count('id')).limit(1).order_by('blog')"),
            R"([{"blog": 1, "n": 2}])")
      << "groups have no key";
}

TEST_F(a_proxy_read, counts_and_computes_within_limits) {
  EXPECT_EQ(eval("Entry.objects.limit(2).count()"), "2");
  EXPECT_EQ(eval("Entry.objects.offset(3).exists()"), "false");
  EXPECT_EQ(eval("Entry.objects.offset(2).exists()"), "true");
  EXPECT_EQ(eval("Entry.objects.limit(2).sum('rating')"), "9");
  EXPECT_EQ(eval("Entry.objects.limit(2).first().id"), "1");
  EXPECT_EQ(eval("Entry.objects.limit(2).last().id"), "2");
  EXPECT_EQ(eval("Entry.objects.limit(2).latest('id').id"), "2");
  EXPECT_EQ(eval("Entry.objects.limit(2).contains(Entry.objects.get(pk=3))"), "false");
  EXPECT_EQ(eval("Entry.objects.limit(2).aggregate(n=Count('id'))"), R"({"n": 2})");
}

TEST_F(a_proxy_read, with_limits_that_make_no_sense_is_refused) {
  EXPECT_EQ(refusal("Entry.objects.limit(-1)"),
            "error[QRY2201]: 'limit()' expects a number of rows, not a negative one\n"
            "  Entry.objects.limit(-1)\n"
            "                      ^~");
  EXPECT_EQ(eval("Entry.objects.offset(-1)"), R"({"$error": "ValueError"})");
  EXPECT_EQ(eval("Entry.objects.limit('2')"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Entry.objects.limit()"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Entry.objects.limit(1, offset=2)"), R"({"$error": "TypeError"})");
  EXPECT_EQ(refusal("Entry.objects.paginate(0)"),
            "error[QRY2221]: paginate() expects a page of 1 or more, not less\n"
            "  Entry.objects.paginate(0)\n"
            "                         ^");
  EXPECT_EQ(eval("Entry.objects.paginate(1, page_size=0)"), R"({"$error": "QueryDefinitionError"})");
}

TEST_F(a_proxy_read, of_aggregates_of_columns) {
  EXPECT_EQ(eval("Entry.objects.max('rating')"), "5");
  EXPECT_EQ(eval("b1.entry_set.avg(columns='rating')"), "4.5");
  EXPECT_EQ(eval("Entry.objects.min(['rating', 'blog__name'])"), R"({"rating": 3, "blog__name": "Beatles Blog"})");
  EXPECT_EQ(eval("Entry.objects.min(['rating'])"), "3");
  EXPECT_EQ(eval("Entry.objects.filter(rating=9).sum('rating')"), "null");
  EXPECT_EQ(eval("Entry.objects.sum('headline')"), R"({"$error": "QueryDefinitionError"})");
  EXPECT_EQ(eval("Entry.objects.sum([])"), R"({"$error": "QueryDefinitionError"})");
  EXPECT_EQ(eval("Entry.objects.sum()"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Entry.objects.max('nothing')"), R"({"$error": "FieldError"})");
}

TEST_F(a_proxy_read, of_names_in_one_list) {
  EXPECT_EQ(ids("Entry.objects.order_by(['-blog', 'id'])"), "[3, 1, 2]");
  EXPECT_EQ(ids("Entry.objects.order_by(columns='-id')"), "[3, 2, 1]");
  EXPECT_EQ(refusal("Entry.objects.order_by(['id', 'raiting'])"),
            "error[QRY2107]: Entry has no field 'raiting'\n"
            "  Entry.objects.order_by(['…', '…'])\n"
            "                                ^   did you mean 'rating'?");
  EXPECT_EQ(eval("Entry.objects.order_by({'id', 'rating'})"), R"({"$error": "TypeError"})") << "a set has no order";
  EXPECT_EQ(eval("Entry.objects.order_by('id', columns=['id'])"), R"({"$error": "TypeError"})");
  EXPECT_EQ(eval("Entry.objects.filter(pk=1).values(['id', 'blog__name'])"),
            R"([{"id": 1, "blog__name": "Beatles Blog"}])");
  EXPECT_EQ(eval("Entry.objects.filter(pk=1).values({'id': ..., 'blog': {'name'}})"),
            R"([{"id": 1, "blog__name": "Beatles Blog"}])");
  EXPECT_EQ(eval("Entry.objects.filter(pk=1).values_list(fields={'id'})"), "[[1]]");
  EXPECT_EQ(eval("Entry.objects.values_list(['id', 'rating'], flatten=True)"), R"({"$error": "QueryDefinitionError"})");
  EXPECT_EQ(eval("Entry.objects.values({'id': 1})"), R"({"$error": "TypeError"})");
}

TEST_F(a_proxy_read, through_a_mask) {
  EXPECT_EQ(eval("Blog.objects.fields(['name']).get(pk=1)"), R"({"$error": "ValidationError"})")
      << "a tagline is needed";
  EXPECT_EQ(eval("Author.objects.exclude_fields('email').get(pk=1)"), R"({"$error": "ValidationError"})");
  EXPECT_EQ(eval("Author.objects.fields('name').filter(pk=99)"), "[]") << "asked only where rows exist";
  EXPECT_EQ(eval("Author.objects.fields('name').fields({'email'}).get(pk=1)"),
            R"({"$model": "Author", "id": 1, "name": "Ann", "email": "ann@x.example"})");
  EXPECT_EQ(eval("Entry.objects.exclude_fields(['seen', 'editor']).get(pk=3)"),
            R"({"$model": "Entry", "id": 3, "blog_id": 2, "headline": "What makes it yellow", )"
            R"("pub_date": {"$date": "2009-03-30"}, "rating": 3})");
  EXPECT_EQ(eval("Entry.objects.fields('nothing')"), R"({"$error": "FieldError"})");
  EXPECT_EQ(eval("Entry.objects.fields()"), R"({"$error": "TypeError"})");
}

TEST_F(a_proxy_read, fills_lists_across_relations) {
  unwrap(text->run("blogs = list(Blog.objects.select_related(['entry']).order_by('entry__rating'))"));
  session->queries = 0;
  EXPECT_EQ(eval("[len(blogs), blogs[0].id, len(blogs[1].entry_set), blogs[1].entry_set[0].id]"), "[2, 2, 2, 2]");
  EXPECT_EQ(session->queries, 0);
  EXPECT_EQ(eval("Blog.objects.select_related(['entry']).filter(entry__rating__gt=3).count()"), "1");
  EXPECT_EQ(eval("Blog.objects.select_related(['entry']).filter(entry__rating__gt=3).get().id"), "1");
  EXPECT_EQ(ids("Blog.objects.select_related(['entry']).order_by('entry__rating').limit(1)[:1]"), "[2]");
  EXPECT_EQ(eval("Blog.objects.select_related('entry')"), R"({"$error": "FieldError"})");
  EXPECT_EQ(eval("Blog.objects.select_related(['nothing'])"), R"({"$error": "FieldError"})");
  EXPECT_EQ(eval("e = Entry.objects.select_all().get(pk=1)\n[e.blog.name, e.editor.name, len(e.authors)]"),
            R"(["Beatles Blog", "Ann", 0])");
  EXPECT_EQ(eval("len(Author.objects.select_all(follow=True).get(pk=1).edited)"), "1");
}

TEST_F(a_proxy_read, fills_the_list_of_a_relation_once_evaluated) {
  EXPECT_EQ(eval("len(b1.entry_set)"), "0");
  EXPECT_EQ(eval("q = b1.entry_set.filter(rating=4)\nlen(b1.entry_set)"), "0");
  EXPECT_EQ(eval("b1.entry_set.order_by('-id').all()\n[b1.entry_set[0].id, b1.entry_set[-1].id]"), "[2, 1]");
  EXPECT_EQ(eval("b1.entry_set.filter(rating=4).count()\nlen(b1.entry_set)"), "2");
  EXPECT_EQ(eval("b1.entry_set.get(rating=4)\nb1.entry_set == [Entry.objects.get(pk=2)]"), "true");
  EXPECT_EQ(eval("b1.entry_set.get_or_none(rating=9)\nlen(b1.entry_set)"), "1");
  EXPECT_EQ(eval("b1.entry_set.first(rating=9)\nlen(b1.entry_set)"), "0");
  EXPECT_EQ(eval("b1.entry_set[0]"), R"({"$error": "IndexError"})");
  EXPECT_EQ(eval("len(Entry.objects)"), R"({"$error": "TypeError"})") << "the manager of a model is no list";
}

}  // namespace
}  // namespace quarry::text::tests
