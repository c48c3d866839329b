// Every wrong use that Django documents: its exception, and a message that names the user's own words.
#include "evaluation.hpp"

#include <array>

namespace quarry::text::tests {
namespace {

struct wrong_use {
  const char* statement;
  int code;  ///< of the diagnostic
  const char* exception;
  const char* message;
};

std::ostream& operator<<(std::ostream& out, const wrong_use& w) { return out << w.statement; }

class a_wrong_use : public evaluated, public testing::WithParamInterface<wrong_use> {};

TEST_P(a_wrong_use, is_answered_as_django_does_in_words_that_help) {
  const wrong_use& w = GetParam();
  EXPECT_EQ(eval(w.statement), R"({"$error": ")" + std::string(w.exception) + "\"}");
  const std::string shown = refusal(w.statement);
  const std::string wanted = "error[QRY" + std::to_string(w.code) + "]: " + w.message;
  EXPECT_EQ(shown.substr(0, wanted.ends_with(' ') ? wanted.size() : shown.find('\n')), wanted);
  EXPECT_EQ(eval("Entry.objects.count()"), "3") << "what comes after it works";
}

#define USES(name, ...)                                                                                              \
  constexpr wrong_use name[] = {__VA_ARGS__};                                                                        \
  INSTANTIATE_TEST_SUITE_P(name, a_wrong_use, testing::ValuesIn(name), [](const auto& i) { return std::to_string(i.index); })

USES(of_a_slice,
     {"Entry.objects.all()[:2].filter(id=1)", 2301, "TypeError", "filter() after a slice would change which rows there are"},
     {"Entry.objects.all()[:2].exclude(id=1)", 2301, "TypeError", "exclude() after a slice would change which rows there are"},
     {"Entry.objects.all()[:2].order_by('id')", 2301, "TypeError", "order_by() after a slice would change which rows there are"},
     {"Entry.objects.all()[:2].distinct()", 2301, "TypeError", "distinct() after a slice would change which rows there are"},
     {"Entry.objects.all()[:2].reverse()", 2301, "TypeError", "reverse() after a slice would change which rows there are"},
     {"Entry.objects.all()[:2].last()", 2301, "TypeError", "order_by() after a slice would change which rows there are"},
     {"Entry.objects.order_by('id')[:2].last()", 2301, "TypeError", "reverse() after a slice would change which rows there are"},
     {"Entry.objects.all()[:2].first()", 2301, "TypeError", "order_by() after a slice would change which rows there are"},
     {"Entry.objects.all()[:2].latest('id')", 2301, "TypeError", "order_by() after a slice would change which rows there are"},
     {"Entry.objects.all()[:2].get(id=1)", 2301, "TypeError", "filter() after a slice would change which rows there are"},
     {"Entry.objects.all()[:2].in_bulk([1])", 2301, "TypeError", "in_bulk() after a slice would change which rows there are"},
     {"Entry.objects.all()[:2].contains(Entry.objects.get(id=1))", 2301, "TypeError", "filter() after a slice would change which rows there are"},
     {"Entry.objects.all()[:2].dates('pub_date', 'year')", 2301, "TypeError", "dates() after a slice would change which rows there are"},
     {"Entry.objects.all()[:2].complex_filter(Q(id=1))", 2301, "TypeError", "filter() after a slice would change which rows there are"},
     {"Entry.objects.all()[-1]", 2302, "ValueError", "a slice bound or index can't be negative"},
     {"Entry.objects.all()[-2:]", 2302, "ValueError", "a slice bound or index can't be negative"},
     {"Entry.objects.all()[:-2]", 2302, "ValueError", "a slice bound or index can't be negative"},
     {"Entry.objects.all()[99]", 2305, "IndexError", "the index is past the last row"},
     {"Entry.objects.all()['a']", 2208, "TypeError", "an index expects an integer, not a text"},
     {"Entry.objects.all()['a':]", 2208, "TypeError", "a slice expects integers, not a text"},
     {"Entry.objects.all()[::0]", 2312, "ValueError", "the step of a slice has to be other than zero"});

USES(of_a_name,
     {"Entry.objects.filter(nope=1)", 2107, "FieldError", "Entry has no field 'nope'"},
     {"Entry.objects.filter(blog__nope=1)", 2107, "FieldError", "Blog has no field 'nope'"},
     {"Entry.objects.filter(headline__nope=1)", 2108, "FieldError", "'nope' is no lookup or transform of Entry.headline"},
     {"Entry.objects.filter(headline__year=1)", 2108, "FieldError", "'year' is no lookup or transform of Entry.headline"},
     {"Entry.objects.filter(pub_date__hour=1)", 2108, "FieldError", "'hour' is no lookup or transform of Entry.pub_date"},
     {"Entry.objects.filter(blog__contains='x')", 2241, "FieldError", "'blog' is a relation, which 'contains' can't compare"},
     {"Entry.objects.filter(blog__range=(1, 2))", 2241, "FieldError", "'blog' is a relation, which 'range' can't compare"},
     {"Entry.objects.filter(authors__startswith='x')", 2241, "FieldError", "'authors' is a relation, which 'startswith' can't compare"},
     {"Entry.objects.filter(**{'': 1})", 2111, "FieldError", "'' has an empty segment"},
     {"Entry.objects.filter(headline__=1)", 2111, "FieldError", "'headline__' has an empty segment"},
     {"Entry.objects.filter(Q(nope=1))", 2107, "FieldError", "Entry has no field 'nope'"},
     {"Entry.objects.filter(rating=F('nope'))", 2107, "FieldError", "Entry has no field 'nope'"},
     {"Entry.objects.annotate(x=F('authors__nope'))", 2107, "FieldError", "Author has no field 'nope'"},
     {"Entry.objects.order_by('nope')", 2107, "FieldError", "Entry has no field 'nope'"},
     {"Entry.objects.order_by('')", 2111, "FieldError", "'' has an empty segment"},
     {"Entry.objects.order_by(1)", 2243, "FieldError", "order_by() expects names of fields and expressions, not an integer"},
     {"Entry.objects.order_by(Count('authors'))", 2315, "FieldError", "an aggregate (count) has no place here"},
     {"Entry.objects.values('nope')", 2107, "FieldError", "Entry has no field 'nope'"},
     {"Entry.objects.values_list('authors__nope')", 2107, "FieldError", "Author has no field 'nope'"},
     {"Entry.objects.only('nope')", 2242, "FieldDoesNotExist", "Entry has no field 'nope'"},
     {"Entry.objects.defer('blog__nope')", 2242, "FieldDoesNotExist", "Blog has no field 'nope'"},
     {"Entry.objects.only('headline__nope')", 2109, "FieldError", "'headline' is a plain column: 'nope' can't follow it"},
     {"Entry.objects.only(None)", 2208, "TypeError", "only() expects the names of fields, not None"},
     {"Entry.objects.select_related('nope')", 2107, "FieldError", "Entry has no field 'nope'"},
     {"Entry.objects.select_related('headline')", 2112, "FieldError", "'headline' does not lead to one related object"},
     {"Entry.objects.select_related('authors')", 2112, "FieldError", "'authors' does not lead to one related object"},
     {"Entry.objects.select_related(False)", 2208, "TypeError", "select_related() expects the name of a field as a text, not True or False"},
     {"Entry.objects.only('headline').select_related('blog')", 2322, "FieldError", "'blog' can't be deferred and followed by select_related()"},
     {"Entry.objects.prefetch_related('nope')", 2102, "AttributeError", "Entry has no attribute 'nope'"},
     {"Entry.objects.prefetch_related('headline')", 2201, "ValueError", "'prefetch_related()' expects the names of relations, not 'headline'"},
     {"Entry.objects.using('other')", 2365, "ConnectionDoesNotExist", "no database is named 'other'"});

USES(of_values,
     {"Entry.objects.values('id').select_related('blog')", 2208, "TypeError", "only(), defer() and select_related() expects a QuerySet of objects, not one of values"},
     {"Entry.objects.values('id').only('id')", 2208, "TypeError", "only(), defer() and select_related() expects a QuerySet of objects, not one of values"},
     {"Entry.objects.values('id').contains(b1)", 2208, "TypeError", "contains() expects a QuerySet of objects, not one of values"},
     {"Entry.objects.values('id').in_bulk([1])", 2208, "TypeError", "in_bulk() expects a QuerySet of objects, not one of values"},
     {"Entry.objects.values_list('id', 'rating', flat=True)", 2208, "TypeError", "values_list(flat=True) expects one field, not 2"},
     {"Entry.objects.values_list('id', flat=True, named=True)", 2208, "TypeError", "values_list() expects flat or named, not both"},
     {"Entry.objects.values_list('id', bad=True)", 2103, "TypeError", "values_list() takes no argument 'bad'"},
     {"Entry.objects.values('headline', headline=F('id'))", 2314, "ValueError", "the annotation 'headline' conflicts with a field of Entry"});

USES(of_one_row,
     {"Entry.objects.get()", 2304, "Entry.MultipleObjectsReturned", "get() found more than one Entry"},
     {"Entry.objects.get(id=-1)", 2303, "Entry.DoesNotExist", "no Entry matches the query"},
     {"Entry.objects.latest()", 2201, "ValueError", "'latest()' expects the names of fields, or get_latest_by of the model, not nothing"},
     {"Entry.objects.earliest('nope')", 2107, "FieldError", "Entry has no field 'nope'"},
     {"Entry.objects.none().latest('id')", 2303, "Entry.DoesNotExist", "no Entry matches the query"},
     {"Entry.objects.values('blog').annotate(n=Count('id')).first()", 2361, "TypeError", "first() of groups needs an order: add order_by()"},
     {"Entry.objects.values('blog').annotate(n=Count('id')).last()", 2361, "TypeError", "last() of groups needs an order: add order_by()"},
     {"Entry.objects.contains(1)", 2208, "TypeError", "contains() expects an object, not an integer"},
     {"Entry.objects.contains(Entry(headline='x'))", 2311, "ValueError", "the Entry is not saved: it has no primary key yet"},
     {"Entry.objects.in_bulk([1], field_name='headline')", 2201, "ValueError", "'in_bulk()' expects the name of a unique field, not 'headline'"},
     {"Entry.objects.in_bulk([1], field_name='nope')", 2242, "FieldDoesNotExist", "Entry has no field 'nope'"},
     {"Entry.objects.iterator(chunk_size=0)", 2201, "ValueError", "'iterator()' expects a chunk_size of at least 1, not 0"},
     {"Entry.objects.iterator(chunk_size='a')", 2208, "TypeError", "iterator() expects a number of rows, not a text"},
     {"Entry.objects.prefetch_related('authors').iterator()", 2364, "ValueError", "iterator() after prefetch_related() needs a chunk_size"});

USES(of_dates,
     {"Entry.objects.dates('headline', 'year')", 2208, "TypeError", "dates() expects a date or datetime field, not another field"},
     {"Entry.objects.dates('pub_date', 'hour')", 2201, "ValueError", "'dates()' expects year, month, week or day, not another unit"},
     {"Entry.objects.dates('pub_date', 'year', order='x')", 2201, "ValueError", "'dates()' expects ASC or DESC, not another order"},
     {"Entry.objects.datetimes('pub_date', 'hour')", 2201, "ValueError", "'datetimes()' expects a datetime field, not a date field"},
     {"Entry.objects.dates('nope', 'year')", 2107, "FieldError", "Entry has no field 'nope'"});

USES(of_aggregates,
     {"Blog.objects.aggregate(x=Sum(Count('entry')))", 2316, "FieldError", "sum can't be computed over an aggregate of the same query"},
     {"Blog.objects.annotate(s=Sum('entry__rating')).annotate(x=Avg('s'))", 2316, "FieldError", "avg can't be computed over an aggregate of the same query"},
     {"Entry.objects.aggregate('id')", 2208, "TypeError", "aggregate() expects a name for what is no aggregate of one field, not a text without a name"},
     {"Entry.objects.aggregate(Sum('rating') + 1)", 2208, "TypeError", "aggregate() expects a name for what is no aggregate of one field, not an expression without a name"},
     {"Entry.objects.aggregate(x=F('rating'))", 2317, "TypeError", "'x' is no aggregate"},
     {"Entry.objects.annotate(headline=Value(1))", 2314, "ValueError", "the annotation 'headline' conflicts with a field of Entry"},
     {"Entry.objects.annotate(pk=Value(1))", 2314, "ValueError", "the annotation 'pk' conflicts with a field of Entry"},
     {"Entry.objects.annotate(x='a')", 2208, "TypeError", "annotate() expects expressions (Value() makes one of a value), not a text"},
     {"Entry.objects.annotate(Count('authors'), authors__count=Value(1))", 2363, "TypeError", "the name 'authors__count' is also the one that an aggregate without a name gets"},
     {"Entry.objects.annotate(**{'a b': Value(1)})", 2362, "ValueError", "'a b' can't name a value: a name has no blanks, quotes, brackets, semicolons and comments"},
     {"Entry.objects.alias(**{'a;b': Value(1)})", 2362, "ValueError", "'a;b' can't name a value: a name has no blanks, quotes, brackets, semicolons and comments"},
     {"Entry.objects.values(**{'a--b': F('id')})", 2362, "ValueError", "'a--b' can't name a value: a name has no blanks, quotes, brackets, semicolons and comments"},
     {"Entry.objects.aggregate(**{'a\"b': Sum('id')})", 2362, "ValueError", "'a\"b' can't name a value: a name has no blanks, quotes, brackets, semicolons and comments"},
     {"Count('*', distinct=True)", 2208, "TypeError", "Count(distinct=True) expects a field, not '*'"});

USES(of_values_to_compare_with,
     {"Entry.objects.filter(rating='abc')", 2201, "ValueError", "'rating' expects an integer, not a text"},
     {"Entry.objects.filter(rating__gt='abc')", 2201, "ValueError", "'rating__gt' expects an integer, not a text"},
     {"Entry.objects.filter(rating=date(2008, 1, 1))", 2208, "TypeError", "rating expects an integer, not a date"},
     {"Entry.objects.filter(rating__in=5)", 2205, "TypeError", "'rating__in' needs a list of values, not one value"},
     {"Entry.objects.filter(rating__range=5)", 2205, "TypeError", "'rating__range' needs a list of values, not one value"},
     {"Entry.objects.filter(rating__range=(1,))", 2206, "ValueError", "'rating__range' needs exactly two values"},
     {"Entry.objects.filter(rating__gt=None)", 2207, "ValueError", "'rating__gt' can't compare with None"},
     {"Entry.objects.filter(headline__contains=None)", 2207, "ValueError", "'headline__contains' can't compare with None"},
     {"Entry.objects.filter(rating__isnull='x')", 2204, "ValueError", "'rating__isnull' needs True or False"},
     {"Entry.objects.filter(pub_date='abc')", 2202, "ValidationError", "'pub_date' expects a date, not a text"},
     {"Entry.objects.filter(blog=ann)", 2201, "ValueError", "'blog' expects an object of Blog, not a Author object"},
     {"Entry.objects.filter(blog=Blog(name='x'))", 2311, "ValueError", "the Blog is not saved: it has no primary key yet"},
     {"Entry.objects.filter(blog__in=Author.objects.all())", 2321, "ValueError", "'blog__in' needs a query on Blog, not on Author"},
     {"Entry.objects.filter(id__in=Blog.objects.values('id', 'name'))", 2320, "ValueError", "'id__in' needs a query of one column, not 2"},
     {"Entry.objects.filter(rating=OuterRef('id'))", 2323, "ValueError", "a query with OuterRef() has rows only within another query: in Subquery(), Exists() or as the value of a lookup"},
     {"Entry.objects.filter(1)", 2208, "TypeError", "filter() expects Q objects and lookups, not an integer"},
     {"Q(id=1) & 1", 2208, "TypeError", "'&' expects operands that go together, not a condition and an integer"});

USES(of_combined_queries,
     {"Entry.objects.all() & Blog.objects.all()", 2208, "TypeError", "'&' expects queries on one model, not queries on two models"},
     {"Entry.objects.all() ^ Blog.objects.all()", 2208, "TypeError", "'^' expects queries on one model, not queries on two models"},
     {"Entry.objects.all()[:2] & Entry.objects.all()", 2301, "TypeError", "'&'() after a slice would change which rows there are"},
     {"Entry.objects.distinct() | Entry.objects.all()", 2208, "TypeError", "'|' expects two queries with the same distinct(), or two without, not others"},
     {"Entry.objects.distinct('id') | Entry.objects.distinct('rating')", 2208, "TypeError", "'|' expects two queries with the same distinct(), or two without, not others"},
     {"Entry.objects.values('id') | Entry.objects.values('rating')", 2371, "TypeError", "'|' combines queries with the same values()"},
     {"Entry.objects.values('id') & Entry.objects.all()", 2371, "TypeError", "'&' combines queries with the same values()"},
     {"Entry.objects.union(Entry.objects.all()) | Entry.objects.all()", 2370, "TypeError", "'|' combines conditions, not the rows of union()"},
     {"Entry.objects.all() ^ Entry.objects.intersection(Entry.objects.all())", 2370, "TypeError", "'^' combines conditions, not the rows of intersection()"},
     {"Entry.objects.union(Entry.objects.all()).filter(id=1)", 2324, "NotSupportedError", "filter() is not possible after union()"},
     {"Entry.objects.union(Entry.objects.all()).annotate(x=Value(1))", 2324, "NotSupportedError", "annotate() is not possible after union()"},
     {"Entry.objects.union(Entry.objects.all()).distinct()", 2324, "NotSupportedError", "distinct() is not possible after union()"},
     {"Entry.objects.union(Entry.objects.all()).only('id')", 2324, "NotSupportedError", "only() is not possible after union()"},
     {"Entry.objects.union(Entry.objects.all()).select_related('blog')", 2324, "NotSupportedError", "select_related() is not possible after union()"},
     {"Entry.objects.union(Entry.objects.all()).prefetch_related('authors')", 2324, "NotSupportedError", "prefetch_related() is not possible after union()"},
     {"Entry.objects.union(Entry.objects.all()).select_for_update()", 2324, "NotSupportedError", "select_for_update() is not possible after union()"},
     {"Entry.objects.difference(Entry.objects.all()).get(id=1)", 2324, "NotSupportedError", "filter() is not possible after difference()"},
     {"Entry.objects.values('id').union(Entry.objects.values('id', 'rating'))", 2325, "OperationalError", "union() combines queries of 1 and of 2 columns"},
     {"Entry.objects.values('id').union(Entry.objects.values('id')).order_by('rating')", 2326, "DatabaseError", "'rating' is no column of the combined rows"});

USES(of_relations,
     {"Blog.objects.annotate(x=FilteredRelation(''))", 2201, "ValueError", "'FilteredRelation()' expects the name of a relation, not an empty text"},
     {"Blog.objects.annotate(x=FilteredRelation('entry', condition=1))", 2201, "ValueError", "'condition' expects a Q object, not an integer"},
     {"Blog.objects.annotate(x=FilteredRelation('entry__headline__contains'))", 2201, "ValueError", "'FilteredRelation()' expects the name of a relation, not one with a lookup"},
     {"Blog.objects.annotate(x=FilteredRelation('entry', condition=Q(entry__authors__name__contains='x')))", 2368, "ValueError", "the condition of FilteredRelation('entry') can't speak of 'entry__authors__name__contains', which lies beyond it"},
     {"Entry.objects.annotate(x=FilteredRelation('authors', condition=Q(blog__name__contains='x')))", 2368, "ValueError", "the condition of FilteredRelation('authors') can't speak of 'blog__name__contains', which lies beyond it"},
     {"Blog.objects.annotate(**{'a__b': FilteredRelation('entry')})", 2201, "ValueError", "'annotate()' expects a FilteredRelation() under a name without '__', not 'a__b'"},
     {"Blog.objects.annotate(x=FilteredRelation('entry')).prefetch_related('x')", 2369, "ValueError", "'x' is a FilteredRelation(), which prefetch_related() can't do with"},
     {"Entry.objects.prefetch_related(Prefetch('authors', queryset=Author.objects.values('id')))", 2201, "ValueError", "'Prefetch()' expects a QuerySet of objects, not one of values"},
     {"Entry.objects.prefetch_related(Prefetch('authors', queryset=Blog.objects.all()))", 2201, "ValueError", "'Prefetch' expects a QuerySet of Author objects, not another QuerySet"},
     {"Entry.objects.prefetch_related(Prefetch('authors', to_attr='headline'))", 2367, "ValueError", "to_attr 'headline' is the name of a field of Entry"},
     {"Entry.objects.prefetch_related('authors', Prefetch('authors', queryset=Author.objects.all()))", 2366, "ValueError", "'authors' is prefetched by two queries: give one of them a to_attr of its own"},
     {"Entry.objects.prefetch_related(Prefetch('authors', Author.objects.all(), to_attr='x'), Prefetch('authors', Author.objects.all(), to_attr='x'))", 2366, "ValueError", "'x' is prefetched by two queries: give one of them a to_attr of its own"});

USES(of_what_the_database_lacks,
     {"Entry.objects.select_for_update()", 2401, "NotSupportedError", "select_for_update() is not supported by SQLite " },
     {"Entry.objects.select_for_update(nowait=True, skip_locked=True)", 2201, "ValueError", "'select_for_update()' expects nowait or skip_locked, not both"},
     {"Entry.objects.extra(where=['1 = 1'])", 2411, "SuspiciousOperation", "extra() takes SQL text, which is accepted only where it is allowed: the option --unsafe-sql"});

}  // namespace
}  // namespace quarry::text::tests
