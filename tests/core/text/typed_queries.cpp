// One query, written as text and in C++: one chain, with one fingerprint; and its rows have the types that the C++ compiler derived.
#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include <quarry/core/plan/compiler.hpp>
#include <quarry/core/text/evaluator.hpp>
#include <quarry/core/text/functions.hpp>

#include "core/query/blog_models.hpp"
#include "core/query/fake_session.hpp"
#include "support/plugins.hpp"

namespace quarry::text::tests {
namespace {

using namespace quarry::literals;
using blog::Author;
using blog::Blog;
using blog::Comment;
using blog::Dog;
using blog::Entry;
using std::chrono::days;

// --- types of rows, as the compiler has them ---

struct column_type {
  ir::scalar kind;  ///< unknown: any
  bool nullable;
};

template <class T>
column_type type_of() {
  if constexpr (std::same_as<T, value>) return {ir::scalar::unknown, true};
  else return {detail::given_of<T>().kind, detail::is_optional<T>};
}
template <class Row>
struct types_of {
  static std::vector<column_type> get() {
    if constexpr (detail::is_flat_row<Row>) return {type_of<Row>()};
    else return {};
  }
};
template <class... T>
struct types_of<std::tuple<T...>> {
  static std::vector<column_type> get() { return {type_of<T>()...}; }
};
template <class... Named>
struct types_of<record<Named...>> {
  static std::vector<column_type> get() { return {type_of<typename Named::type>()...}; }
};
template <class Row, class... Named>
struct types_of<annotated<Row, Named...>> : types_of<record<Named...>> {};

/// A query of the C++ API: its chain, and the types of the last columns of its rows.
struct typed {
  detail::chain chain;
  std::vector<column_type> types;
  template <class Model, class Row, class Scope>
  typed(const query_set<Model, Row, Scope>& q) : chain(q.chain()), types(types_of<Row>::get()) {}  // NOLINT
  template <class Record>
  typed(const std::shared_ptr<test::fake_session>& ran, const Record&)
      : chain(ran->ran.back()), types(types_of<Record>::get()) {}
};

/// Where the queries of a pair start.
struct blog_source {
  std::shared_ptr<test::fake_session> session = std::make_shared<test::fake_session>();
  template <class Model>
  query_set<Model> all() const {
    return make_query_set<Model>(session);
  }
  query_set<Entry> entries() const { return all<Entry>(); }
  query_set<Blog> blogs() const { return all<Blog>(); }
  query_set<Comment> comments() const { return all<Comment>(); }
  /// aggregate() runs at once: the session knows its chain.
  template <class Record>
  typed ran(const Record& r) const {
    return {session, r};
  }
};

struct query_pair {
  const char* text;
  typed (*typed_form)(const blog_source& of);
};

void PrintTo(const query_pair& p, std::ostream* out) { *out << p.text; }

const std::vector<query_pair> conditions = {
    {"Entry.objects.filter(Exists(Comment.objects.filter(entry=OuterRef('pk'))))",
     [](const blog_source& of) -> typed {
       return of.entries().filter(Exists(of.comments().filter("entry"_f = OuterRef("pk"_f))));
     }},
    {"Entry.objects.filter(~Exists(Comment.objects.filter(entry=OuterRef('pk'))), rating=3)",
     [](const blog_source& of) -> typed {
       return of.entries().filter(~Exists(of.comments().filter("entry"_f = OuterRef<Entry>("pk"_f))), "rating"_f = 3);
     }},
    {"Entry.objects.filter(Exists(Comment.objects.filter(entry=OuterRef('pk'))) | Q(rating=1))",
     [](const blog_source& of) -> typed {
       return of.entries().filter(Exists(of.comments().filter("entry"_f = OuterRef("pk"_f))) | ("rating"_f = 1));
     }},
    {"Entry.objects.filter(GreaterThan(F('rating'), F('number_of_comments')))",
     [](const blog_source& of) -> typed {
       return of.entries().filter(GreaterThan("rating"_f, "number_of_comments"_f));
     }},
    {"Entry.objects.filter(LessThanOrEqual(F('rating'), 3), ~Exact(F('rating'), 1))",
     [](const blog_source& of) -> typed {
       return of.entries().filter(LessThanOrEqual("rating"_f, 3), ~Exact("rating"_f, 1));
     }},
    {"Entry.objects.filter(In(F('rating'), [1, 2]), Range(Length('headline'), (3, 10)), ~In(F('headline'), ['a']))",
     [](const blog_source& of) -> typed {
       return of.entries().filter(In("rating"_f, {1, 2}), Range(Length("headline"_f), 3, 10), ~In("headline"_f, "a"));
     }},
    {"Entry.objects.filter(Range(F('rating'), (F('number_of_comments'), 9)), In(F('rating'), [1, "
     "F('number_of_comments'), "
     "None]))",
     [](const blog_source& of) -> typed {
       return of.entries().filter(Range("rating"_f, "number_of_comments"_f, 9),
                                  In("rating"_f, 1, "number_of_comments"_f, nullptr));
     }},
    {"Entry.objects.annotate(a=In(F('rating'), []), b=In(F('rating'), Comment.objects.values_list('score')), "
     "c=Range(ExtractYear('pub_date'), (2007, 2009))).values_list('a', 'b', 'c')",
     [](const blog_source& of) -> typed {
       return of.entries()
           .annotate("a"_a = In("rating"_f, std::vector<int>{}),
                     "b"_a = In("rating"_f, of.comments().values_list<"score">()),
                     "c"_a = Range(ExtractYear("pub_date"_f), 2007, 2009))
           .values_list<"a", "b", "c">();
     }},
    {"Comment.objects.filter(IsNull(F('score'), True), IsNull(F('text'), False))",
     [](const blog_source& of) -> typed { return of.comments().filter(IsNull("score"_f), IsNull("text"_f, false)); }},
    {"Entry.objects.filter(rating__gt=Subquery(Comment.objects.filter(entry=OuterRef('id')).values('score')[:1]))",
     [](const blog_source& of) -> typed {
       return of.entries().filter(
           "rating__gt"_f = Subquery(of.comments().filter("entry"_f = OuterRef("id"_f)).values<"score">().slice(0, 1)));
     }},
    {"Blog.objects.filter(Exists(Entry.objects.filter(Exists(Comment.objects.filter(entry=OuterRef('pk'), "
     "text=OuterRef(OuterRef('name')))), blog=OuterRef('pk'))))",
     [](const blog_source& of) -> typed {
       const auto comments =
           of.comments().filter("entry"_f = OuterRef("pk"_f), "text"_f = OuterRef(OuterRef("name"_f)));
       return of.blogs().filter(Exists(of.entries().filter(Exists(comments), "blog"_f = OuterRef("pk"_f))));
     }},
    {"Entry.objects.filter(headline=Upper('blog__name')).order_by(Lower('headline'), Length('headline').desc())",
     [](const blog_source& of) -> typed {
       return of.entries()
           .filter("headline"_f = Upper("blog__name"_f))
           .order_by(Lower("headline"_f), Length("headline"_f).desc());
     }},
    {"Entry.objects.filter(rating__gt=-F('number_of_comments'))",
     [](const blog_source& of) -> typed { return of.entries().filter("rating__gt"_f = -F("number_of_comments"_f)); }},
};

const std::vector<query_pair> values_of_rows = {
    {"Entry.objects.annotate(d=F('rating') * 2, e=F('d') + 1).filter(e__gt=3).order_by('-d')",
     [](const blog_source& of) -> typed {
       return of.entries()
           .annotate("d"_a = F("rating"_f) * 2, "e"_a = F("d"_f) + 1)
           .filter("e__gt"_f = 3)
           .order_by("-d");
     }},
    {"Entry.objects.alias(d=F('rating') - 1).filter(d=F('number_of_comments')).values_list('id', 'rating')",
     [](const blog_source& of) -> typed {
       return of.entries()
           .alias("d"_a = F("rating"_f) - 1)
           .filter("d"_f = F("number_of_comments"_f))
           .values_list<"id", "rating">();
     }},
    {"Entry.objects.annotate(s=Case(When(rating__gte=4, then=Value('good')), When(Q(rating=1) | Q(rating=2), "
     "then=Upper('headline'))))",
     [](const blog_source& of) -> typed {
       return of.entries().annotate("s"_a = Case(When("rating__gte"_f = 4, "good"),
                                                 When(("rating"_f = 1) | ("rating"_f = 2), Upper("headline"_f))));
     }},
    {"Entry.objects.annotate(s=Case(When(rating__gte=4, then=Value(1)), default=F('rating')))",
     [](const blog_source& of) -> typed {
       return of.entries().annotate("s"_a = Case(When("rating__gte"_f = 4, 1)).default_("rating"_f));
     }},
    {"Entry.objects.annotate(s=Case(When(Exists(Comment.objects.filter(entry=OuterRef('pk'))), then=Value(True)), "
     "default=Value(False)))",
     [](const blog_source& of) -> typed {
       return of.entries().annotate(
           "s"_a = Case(When(Exists(of.comments().filter("entry"_f = OuterRef("pk"_f))), true)).default_(false));
     }},
    {"Entry.objects.annotate(good=Q(rating__gt=3), other=Q(entrydetail__details='x'))",
     [](const blog_source& of) -> typed {
       return of.entries().annotate("good"_a = ("rating__gt"_f = 3), "other"_a = ("entrydetail__details"_f = "x"));
     }},
    {"Comment.objects.annotate(a=Q(score__isnull=True), b=Q(score=None), c=Q(score__in=[1, 2]), d=~Q(score=F('id')))",
     [](const blog_source& of) -> typed {
       return of.comments().annotate("a"_a = ("score__isnull"_f = true), "b"_a = ("score"_f = nullptr),
                                     "c"_a = ("score__in"_f = {1, 2}), "d"_a = ~("score"_f = F("id"_f)));
     }},
    {"Comment.objects.values_list('id', Coalesce('score', Value(0)), Coalesce('score', 'author__id'), "
     "NullIf('id', Value(3)), Greatest('score', 'id'), Least('id', Value(2.5)))",
     [](const blog_source& of) -> typed {
       return of.comments().values_list("id"_f, Coalesce("score"_f, 0), Coalesce("score"_f, "author__id"_f),
                                        NullIf("id"_f, 3), Greatest("score"_f, "id"_f), Least("id"_f, 2.5));
     }},
    {"Entry.objects.values_list(Cast('rating', FloatField()), Cast('rating', CharField()), Cast('rating', "
     "DecimalField(max_digits=10, decimal_places=2)), Cast('headline', IntegerField()), ExpressionWrapper(F('rating') "
     "/ 2, "
     "output_field=FloatField()))",
     [](const blog_source& of) -> typed {
       return of.entries().values_list(Cast<double>("rating"_f), Cast<std::string>("rating"_f),
                                       Cast<decimal, 10, 2>("rating"_f), Cast<int>("headline"_f),
                                       ExpressionWrapper<double>(F("rating"_f) / 2));
     }},
    {"Entry.objects.values('id', twice=F('rating') * 2, low=Lower('headline'))",
     [](const blog_source& of) -> typed {
       return of.entries().values("id"_f, "twice"_a = F("rating"_f) * 2, "low"_a = Lower("headline"_f));
     }},
    {"Entry.objects.values_list(F('pub_date') + timedelta(days=3), F('mod_date') - F('pub_date'), F('rating') / 2, "
     "F('rating') % 2, F('rating') / Value(2.0))",
     [](const blog_source& of) -> typed {
       return of.entries().values_list(F("pub_date"_f) + days(3), F("mod_date"_f) - F("pub_date"_f), F("rating"_f) / 2,
                                       F("rating"_f) % 2, F("rating"_f) / 2.0);
     }},
    {"Blog.objects.annotate(best=Subquery(Entry.objects.filter(blog=OuterRef('pk')).order_by('-rating')"
     ".values('rating')[:1]))",
     [](const blog_source& of) -> typed {
       return of.blogs().annotate("best"_a = Subquery(of.entries()
                                                          .filter("blog"_f = OuterRef("pk"_f))
                                                          .order_by("-rating")
                                                          .values_list<"rating">()
                                                          .slice(0, 1)));
     }},
    {"Dog.objects.annotate(first=KT('data__breed__1')).filter(first__startswith='x')",
     [](const blog_source& of) -> typed {
       return of.all<Dog>().annotate("first"_a = KT("data__breed__1"_f)).filter("first__startswith"_f = "x");
     }},
    {"Blog.objects.alias(good=FilteredRelation('entry', condition=Q(entry__rating__gte=4)))"
     ".filter(good__headline__startswith='x').values_list('id', 'good__rating')",
     [](const blog_source& of) -> typed {
       return of.blogs()
           .alias("good"_a = FilteredRelation("entry"_f, "entry__rating__gte"_f = 4))
           .filter("good__headline__startswith"_f = "x")
           .values_list<"id", "good__rating">();
     }},
    {"Blog.objects.alias(all=FilteredRelation('entry')).annotate(n=Count('all'))",
     [](const blog_source& of) -> typed {
       return of.blogs().alias("all"_a = FilteredRelation("entry"_f)).annotate("n"_a = Count("all"_f));
     }},
    {"Entry.objects.annotate(n=F('rating')).select_related('blog').filter(n=2)",
     [](const blog_source& of) -> typed {
       return of.entries().annotate("n"_a = F("rating"_f)).select_related<"blog">().filter("n"_f = 2);
     }},
};

const std::vector<query_pair> functions = {
    {"Entry.objects.annotate(w=Extract('pub_date', 'week'), i=Extract('pub_date', 'iso_week_day'), q=Trunc('pub_date', "
     "'quarter'), d=Trunc('mod_date', kind='month')).values_list('w', 'i', 'q', 'd')",
     [](const blog_source& of) -> typed {
       return of.entries()
           .annotate("w"_a = Extract("pub_date"_f, "week"), "i"_a = Extract<"iso_week_day">("pub_date"_f),
                     "q"_a = Trunc("pub_date"_f, "quarter"), "d"_a = Trunc("mod_date"_f, runtime("month")))
           .values_list<"w", "i", "q", "d">();
     }},
    {"Comment.objects.values_list(Lower('text'), Upper('text'), Length('text'), Trim('text'), LTrim('text'), "
     "RTrim('text'), Reverse('text'), Chr('id'), Ord('text'), Repeat('text', 2))",
     [](const blog_source& of) -> typed {
       return of.comments().values_list(Lower("text"_f), Upper("text"_f), Length("text"_f), Trim("text"_f),
                                        LTrim("text"_f), RTrim("text"_f), Reverse("text"_f), Chr("id"_f), Ord("text"_f),
                                        Repeat("text"_f, 2));
     }},
    {"Entry.objects.values_list(Left('headline', 4), Right('headline', 4), Substr('headline', 2), Substr('headline', "
     "2, 3), StrIndex('headline', Value('a')), Replace('headline', Value('a')), Replace('headline', Value('a'), "
     "Value('b')), LPad('headline', 9), RPad('headline', 9, Value('.')))",
     [](const blog_source& of) -> typed {
       return of.entries().values_list(Left("headline"_f, 4), Right("headline"_f, 4), Substr("headline"_f, 2),
                                       Substr("headline"_f, 2, 3), StrIndex("headline"_f, "a"),
                                       Replace("headline"_f, "a"), Replace("headline"_f, "a", "b"),
                                       LPad("headline"_f, 9), RPad("headline"_f, 9, "."));
     }},
    {"Comment.objects.values_list(Concat('text', Value('-'), 'id'), Length('id'), Upper('score'))",
     [](const blog_source& of) -> typed {
       return of.comments().values_list(Concat("text"_f, "-", "id"_f), Length("id"_f), Upper("score"_f));
     }},
    {"Comment.objects.values_list(Abs('score'), Ceil('score'), Floor('id'), Sign('id'), Round('score'), Round('score', "
     "1), "
     "Sqrt('id'), Exp('id'), Ln('id'), Log(Value(2), 'id'), Power('id', 2), F('id') ** 2)",
     [](const blog_source& of) -> typed {
       return of.comments().values_list(Abs("score"_f), Ceil("score"_f), Floor("id"_f), Sign("id"_f), Round("score"_f),
                                        Round("score"_f, 1), Sqrt("id"_f), Exp("id"_f), Ln("id"_f), Log(2, "id"_f),
                                        Power("id"_f, 2), Power("id"_f, 2));
     }},
    {"Entry.objects.values_list(Degrees('rating'), Radians('rating'), Pi(), Sin('rating'), Cos('rating'), "
     "Tan('rating'), Cot('rating'), ASin('rating'), ACos('rating'), ATan('rating'), ATan2('rating', 'id'), Random(), "
     "Mod('rating', 2))",
     [](const blog_source& of) -> typed {
       return of.entries().values_list(Degrees("rating"_f), Radians("rating"_f), Pi(), Sin("rating"_f), Cos("rating"_f),
                                       Tan("rating"_f), Cot("rating"_f), ASin("rating"_f), ACos("rating"_f),
                                       ATan("rating"_f), ATan2("rating"_f, "id"_f), Random(), Mod("rating"_f, 2));
     }},
    {"Comment.objects.values_list(Now(), ExtractYear('posted'), ExtractIsoYear('posted'), ExtractQuarter('posted'), "
     "ExtractMonth('posted'), ExtractWeek('posted'), ExtractWeekDay('posted'), ExtractIsoWeekDay('posted'), "
     "ExtractDay('posted'), ExtractHour('posted'), ExtractMinute('posted'), ExtractSecond('posted'))",
     [](const blog_source& of) -> typed {
       return of.comments().values_list(
           Now(), ExtractYear("posted"_f), ExtractIsoYear("posted"_f), ExtractQuarter("posted"_f),
           ExtractMonth("posted"_f), ExtractWeek("posted"_f), ExtractWeekDay("posted"_f), ExtractIsoWeekDay("posted"_f),
           ExtractDay("posted"_f), ExtractHour("posted"_f), ExtractMinute("posted"_f), ExtractSecond("posted"_f));
     }},
    {"Comment.objects.values_list(TruncYear('posted'), TruncQuarter('posted'), TruncMonth('posted'), "
     "TruncWeek('posted'), TruncDay('posted'), TruncHour('posted'), TruncMinute('posted'), TruncSecond('posted'), "
     "TruncDate('posted'), TruncTime('posted'), TruncMonth('entry__pub_date'), TruncDate('entry__pub_date'))",
     [](const blog_source& of) -> typed {
       return of.comments().values_list(TruncYear("posted"_f), TruncQuarter("posted"_f), TruncMonth("posted"_f),
                                        TruncWeek("posted"_f), TruncDay("posted"_f), TruncHour("posted"_f),
                                        TruncMinute("posted"_f), TruncSecond("posted"_f), TruncDate("posted"_f),
                                        TruncTime("posted"_f), TruncMonth("entry__pub_date"_f),
                                        TruncDate("entry__pub_date"_f));
     }},
    {"Entry.objects.values_list(F('rating').bitand(3), F('rating').bitor(3), F('rating').bitxor(3), "
     "F('rating').bitleftshift(1), F('rating').bitrightshift(1))",
     [](const blog_source& of) -> typed {
       return of.entries().values_list(F("rating"_f) & 3, F("rating"_f) | 3, F("rating"_f) ^ 3, F("rating"_f) << 1,
                                       F("rating"_f) >> 1);
     }},
};

const std::vector<query_pair> calls = {
    {"Entry.objects.values_list(MD5('headline'), SHA1('headline'), SHA224('headline'), SHA256('headline'), "
     "SHA384('headline'), SHA512('headline'))",
     [](const blog_source& of) -> typed {
       return of.entries().values_list(MD5("headline"_f), SHA1("headline"_f), SHA224("headline"_f),
                                       SHA256("headline"_f), SHA384("headline"_f), SHA512("headline"_f));
     }},
    {"Entry.objects.filter(IExact(F('headline'), 'x') | Contains(F('headline'), 'y'), IContains(F('headline'), 'z'), "
     "StartsWith(F('headline'), 'a'), IStartsWith(F('headline'), F('blog__name')), EndsWith(F('headline'), 'b'), "
     "IEndsWith(F('headline'), 'c'), Regex(F('headline'), 'd'), IRegex(F('headline'), 'e'), "
     "LessThan(F('rating'), 2), GreaterThanOrEqual(F('rating'), 1))",
     [](const blog_source& of) -> typed {
       return of.entries().filter(IExact("headline"_f, "x") | Contains("headline"_f, "y"), IContains("headline"_f, "z"),
                                  StartsWith("headline"_f, "a"), IStartsWith("headline"_f, "blog__name"_f),
                                  EndsWith("headline"_f, "b"), IEndsWith("headline"_f, "c"), Regex("headline"_f, "d"),
                                  IRegex("headline"_f, "e"), LessThan("rating"_f, 2),
                                  GreaterThanOrEqual("rating"_f, 1));
     }},
    {"Entry.objects.values_list(Func('headline', Value('o'), function='instr', output_field=IntegerField()), "
     "Func(F('rating'), 2, function='max', output_field=FloatField()))",
     [](const blog_source& of) -> typed {
       return of.entries().values_list(Func<int>("instr", "headline"_f, "o"), Func<double>("max", "rating"_f, 2));
     }},
    {"Entry.objects.annotate(h=Collate('headline', 'nocase')).filter(h='x').order_by(Collate('headline', 'nocase'))",
     [](const blog_source& of) -> typed {
       return of.entries()
           .annotate("h"_a = Collate("headline"_f, "nocase"))
           .filter("h"_f = "x")
           .order_by(Collate("headline"_f, "nocase"));
     }},
    {"Entry.objects.values_list(JSONObject(name=F('headline'), size=Length('headline')), JSONArray('id', Value(2), "
     "'headline'))",
     [](const blog_source& of) -> typed {
       return of.entries().values_list(JSONObject("name"_a = F("headline"_f), "size"_a = Length("headline"_f)),
                                       JSONArray("id"_f, 2, "headline"_f));
     }},
    {"Blog.objects.annotate(t=StringAgg('entry__headline', delimiter=Value(', '), distinct=True, "
     "filter=Q(entry__rating=1), order_by=['-entry__rating', F('entry__id').desc(), Lower('entry__headline')]))",
     [](const blog_source& of) -> typed {
       return of.blogs().annotate(
           "t"_a = StringAgg("entry__headline"_f, ", ")
                       .order_by("-entry__rating"_f, F("entry__id"_f).desc(), Lower("entry__headline"_f))
                       .filter("entry__rating"_f = 1)
                       .distinct());
     }},
    {"Entry.objects.aggregate(t=StringAgg('headline', delimiter=Value(', '), order_by='rating', default=Value('-')), "
     "a=AnyValue('rating', filter=Q(rating__gt=1)))",
     [](const blog_source& of) -> typed {
       return of.ran(of.entries().aggregate("t"_a = StringAgg("headline"_f, ", ").order_by("rating"_f).default_("-"),
                                            "a"_a = AnyValue("rating"_f).filter("rating__gt"_f = 1)));
     }},
};

const std::vector<query_pair> aggregates = {
    {"Blog.objects.annotate(n=Count('entry'), s=Sum('entry__rating')).filter(n__gt=2).order_by('-s')",
     [](const blog_source& of) -> typed {
       return of.blogs()
           .annotate("n"_a = Count("entry"_f), "s"_a = Sum("entry__rating"_f))
           .filter("n__gt"_f = 2)
           .order_by("-s");
     }},
    {"Blog.objects.annotate(Count('entry'), Avg('entry__rating'))",
     [](const blog_source& of) -> typed { return of.blogs().annotate(Count("entry"_f), Avg("entry__rating"_f)); }},
    {"Entry.objects.values('blog').annotate(Count('id'), best=Max('rating', default=0)).order_by('id__count')",
     [](const blog_source& of) -> typed {
       return of.entries()
           .values<"blog">()
           .annotate(Count("id"_f), "best"_a = Max("rating"_f).default_(0))
           .order_by("id__count");
     }},
    {"Blog.objects.annotate(n=Count('entry', filter=Q(entry__rating__gte=5)), m=Count('entry__authors', "
     "distinct=True))",
     [](const blog_source& of) -> typed {
       return of.blogs().annotate("n"_a = Count("entry"_f).filter("entry__rating__gte"_f = 5),
                                  "m"_a = Count("entry__authors"_f).distinct());
     }},
    {"Blog.objects.annotate(n=Sum('entry__rating', distinct=True, default=0, filter=Q(entry__rating=1) | "
     "Q(entry__id=2)))",
     [](const blog_source& of) -> typed {
       return of.blogs().annotate(
           "n"_a = Sum("entry__rating"_f).distinct().filter(("entry__rating"_f = 1) | ("entry__id"_f = 2)).default_(0));
     }},
    {"Entry.objects.aggregate(Count('id'), n=Count('*'), a=Avg('rating'), s=Sum('rating'), lo=Min('pub_date'), "
     "hi=Max('headline'), sd=StdDev('rating'), v=Variance('rating', sample=True), x=AnyValue('rating'))",
     [](const blog_source& of) -> typed {
       return of.ran(of.entries().aggregate(Count("id"_f), "n"_a = Count(), "a"_a = Avg("rating"_f),
                                            "s"_a = Sum("rating"_f), "lo"_a = Min("pub_date"_f),
                                            "hi"_a = Max("headline"_f), "sd"_a = StdDev("rating"_f),
                                            "v"_a = Variance("rating"_f).sample(), "x"_a = AnyValue("rating"_f)));
     }},
    {"Blog.objects.annotate(n=Count('entry')).aggregate(a=Avg('n'), m=Max('n') - Min('n'), p=Sum('n') / Count('id'))",
     [](const blog_source& of) -> typed {
       return of.ran(
           of.blogs()
               .annotate("n"_a = Count("entry"_f))
               .aggregate("a"_a = Avg("n"_f), "m"_a = Max("n"_f) - Min("n"_f), "p"_a = Sum("n"_f) / Count("id"_f)));
     }},
    {"Entry.objects.aggregate(y=Min('pub_date__year'), t=Sum(F('rating') * F('number_of_comments')), "
     "l=Max(Length('headline')), c=Avg(Cast('rating', DecimalField())))",
     [](const blog_source& of) -> typed {
       return of.ran(of.entries().aggregate("y"_a = Min("pub_date__year"_f),
                                            "t"_a = Sum(F("rating"_f) * F("number_of_comments"_f)),
                                            "l"_a = Max(Length("headline"_f)), "c"_a = Avg(Cast<decimal>("rating"_f))));
     }},
    {"Entry.objects.values_list('rating').annotate(n=Count('id')).filter(n__gt=1).values_list('n')",
     [](const blog_source& of) -> typed {
       return of.entries()
           .values_list<"rating">()
           .annotate("n"_a = Count("id"_f))
           .filter("n__gt"_f = 1)
           .values_list<"n">();
     }},
};

const std::vector<query_pair> windows = {
    {"Entry.objects.annotate(r=Window(Rank(), partition_by='blog', order_by='-rating')).filter(r__lte=2)",
     [](const blog_source& of) -> typed {
       return of.entries()
           .annotate("r"_a = Window(Rank()).partition_by("blog"_f).order_by("-rating"_f))
           .filter("r__lte"_f = 2);
     }},
    {"Entry.objects.annotate(s=Window(Sum('rating'), partition_by=['blog', 'pub_date__year'], order_by=['id', "
     "F('rating').desc()], frame=RowRange(start=None, end=0)))",
     [](const blog_source& of) -> typed {
       return of.entries().annotate("s"_a = Window(Sum("rating"_f))
                                                .partition_by("blog"_f, "pub_date__year"_f)
                                                .order_by("id"_f, F("rating"_f).desc())
                                                .frame(RowRange({}, 0)));
     }},
    {"Entry.objects.annotate(s=Window(Avg('rating'), order_by='id', frame=RowRange(start=-2, end=3)), "
     "t=Window(Count('*'), order_by='rating', frame=ValueRange(start=-1, end=None)))",
     [](const blog_source& of) -> typed {
       return of.entries().annotate("s"_a = Window(Avg("rating"_f)).order_by("id"_f).frame(RowRange(-2, 3)),
                                    "t"_a = Window(Count()).order_by("rating"_f).frame(ValueRange(-1)));
     }},
    {"Entry.objects.annotate(a=Window(Sum('rating'), order_by='id', frame=RowRange(-1, 1, "
     "WindowFrameExclusion.CURRENT_ROW)), b=Window(Count('*'), order_by='rating', frame=ValueRange(exclusion="
     "WindowFrameExclusion('GROUP'))), c=Window(Max('rating'), order_by='rating', frame=ValueRange(start=None, end=0, "
     "exclusion=WindowFrameExclusion.TIES)), d=Window(Min('rating'), frame=RowRange(exclusion="
     "WindowFrameExclusion.NO_OTHERS)))",
     [](const blog_source& of) -> typed {
       using exclusion = WindowFrameExclusion;
       return of.entries().annotate(
           "a"_a = Window(Sum("rating"_f)).order_by("id"_f).frame(RowRange(-1, 1, exclusion::current_row)),
           "b"_a = Window(Count()).order_by("rating"_f).frame(ValueRange({}, {}, exclusion::group)),
           "c"_a = Window(Max("rating"_f)).order_by("rating"_f).frame(ValueRange({}, 0, exclusion::ties)),
           "d"_a = Window(Min("rating"_f)).frame(RowRange()));
     }},
    {"Entry.objects.annotate(a=Window(RowNumber(), order_by='id'), b=Window(DenseRank(), order_by='id'), "
     "c=Window(PercentRank(), order_by='id'), d=Window(CumeDist(), order_by='id'), e=Window(Ntile(4), order_by='id'), "
     "f=Window(Lag('rating'), order_by='id'), g=Window(Lead('rating', 2, 0), order_by='id'), "
     "h=Window(FirstValue('headline'), order_by='id'), i=Window(LastValue('pub_date'), order_by='id'), "
     "j=Window(NthValue('rating', 3), order_by='id'))",
     [](const blog_source& of) -> typed {
       return of.entries().annotate(
           "a"_a = Window(RowNumber()).order_by("id"_f), "b"_a = Window(DenseRank()).order_by("id"_f),
           "c"_a = Window(PercentRank()).order_by("id"_f), "d"_a = Window(CumeDist()).order_by("id"_f),
           "e"_a = Window(Ntile(4)).order_by("id"_f), "f"_a = Window(Lag("rating"_f)).order_by("id"_f),
           "g"_a = Window(Lead("rating"_f, 2, 0)).order_by("id"_f),
           "h"_a = Window(FirstValue("headline"_f)).order_by("id"_f),
           "i"_a = Window(LastValue("pub_date"_f)).order_by("id"_f),
           "j"_a = Window(NthValue("rating"_f, 3)).order_by("id"_f));
     }},
};

const std::vector<query_pair> sets = {
    {"Entry.objects.values_list('headline', 'rating').union(Blog.objects.values_list('name', 'id'), "
     "Comment.objects.values_list('text', 'score')).order_by('headline')[:3]",
     [](const blog_source& of) -> typed {
       return of.entries()
           .values_list<"headline", "rating">()
           .union_(of.blogs().values_list<"name", "id">(), of.comments().values_list<"text", "score">())
           .order_by("headline")
           .slice(0, 7);
     }},
    {"Entry.objects.filter(rating=1).union(Entry.objects.filter(rating=2), all=True)",
     [](const blog_source& of) -> typed {
       return of.entries().filter("rating"_f = 1).union_all(of.entries().filter("rating"_f = 2));
     }},
    {"Entry.objects.values('rating').intersection(Entry.objects.values('number_of_comments'))",
     [](const blog_source& of) -> typed {
       return of.entries().values<"rating">().intersection(of.entries().values<"number_of_comments">());
     }},
    {"Entry.objects.values_list('rating').difference(Entry.objects.values_list('number_of_comments')).count()",
     [](const blog_source& of) -> typed {
       (void)of.entries().values_list<"rating">().difference(of.entries().values_list<"number_of_comments">()).count();
       return of.ran(record<>());
     }},
    {"Entry.objects.order_by('blog', '-rating').distinct('blog')",
     [](const blog_source& of) -> typed { return of.entries().order_by("blog", "-rating").distinct<"blog">(); }},
    {"Entry.objects.values('id', 'blog', 'entrydetail__details')",
     [](const blog_source& of) -> typed { return of.entries().values<"id", "blog", "entrydetail__details">(); }},
    {"Comment.objects.values_list('score', flat=True)",
     [](const blog_source& of) -> typed { return of.comments().values_flat<"score">(); }},
    {"Entry.objects.filter(rating__in=Comment.objects.values_list('score', flat=True), blog__in=Blog.objects.annotate("
     "n=Count('entry')).filter(n=2))",
     [](const blog_source& of) -> typed {
       return of.entries().filter("rating__in"_f = of.comments().values_flat<"score">(),
                                  "blog__in"_f = of.blogs().annotate("n"_a = Count("entry"_f)).filter("n"_f = 2));
     }},
    {"Entry.objects.annotate(n=F('rating')).values()",
     [](const blog_source& of) -> typed { return of.entries().annotate("n"_a = F("rating"_f)).values(); }},
    {"Entry.objects.annotate(n=Count('authors')).filter(n__gt=1)",
     [](const blog_source& of) -> typed {
       return of.entries().annotate(runtime("n") = Count("authors"_f)).filter(runtime("n__gt") = 1);
     }},
};

std::vector<query_pair> all_pairs() {
  std::vector<query_pair> out;
  for (const auto* some : {&conditions, &values_of_rows, &functions, &calls, &aggregates, &windows, &sets})
    out.insert(out.end(), some->begin(), some->end());
  return out;
}

std::string models_file() {
  std::ifstream in(QUARRY_SOURCE_DIR "/tests/conformance/blog/models.py");
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

class a_query : public testing::TestWithParam<query_pair> {
 protected:
  static detail::chain from_text(std::string_view source) {
    static const model_set models = unwrap(load_models(models_file(), "blog"));
    test::fake_session session;
    evaluator text{models, session};
    const object made = unwrap(text.run(source));
    return made.query() ? made.query()->chain : session.ran.back();
  }
  static std::shared_ptr<const detail::plan> planned(const detail::chain& c) {
    static const host::dialect dialect = test::offline_dialect("sqlite");
    static const detail::compiler compiler(dialect, {});
    return unwrap(compiler.compile(c, nullptr));
  }
};

TEST_P(a_query, as_text_and_in_cpp_is_one_chain) {
  const detail::chain text = from_text(GetParam().text);
  const typed cpp = GetParam().typed_form({});
  EXPECT_EQ(text.shape(), cpp.chain.shape());
  EXPECT_EQ(detail::encode_shape(text), detail::encode_shape(cpp.chain));
}

// No pair reads a column behind a foreign key that is never NULL: there the lowering is more careful than the compiler, since the
// key may be deferred within a transaction.
TEST_P(a_query, has_the_columns_that_the_cpp_compiler_derived) {
  const typed cpp = GetParam().typed_form({});
  const auto plan = planned(cpp.chain);
  ASSERT_LE(cpp.types.size(), plan->visible);
  const std::size_t first = plan->visible - cpp.types.size();
  for (std::size_t i = 0; i < cpp.types.size(); ++i) {
    const ir::type lowered = plan->columns[first + i];
    const column_type& derived = cpp.types[i];
    if (derived.kind == ir::scalar::unknown) continue;
    const bool same =
        lowered.kind() == derived.kind || (ir::is_integer(lowered.kind()) && ir::is_integer(derived.kind));
    EXPECT_TRUE(same) << "column " << i << ": " << ir::name_of(lowered.kind());
    EXPECT_TRUE(derived.nullable || !lowered.nullable()) << "column " << i << " can be NULL";
  }
}

INSTANTIATE_TEST_SUITE_P(all, a_query, testing::ValuesIn(all_pairs()),
                         [](const auto& given) { return "number_" + std::to_string(given.index); });

// --- what text has and C++ lacks ---

/// Names of text that no expression of C++ stands for, with what stands there instead.
struct other_word {
  std::string_view name, reason;
};
constexpr other_word other_words[] = {
    {"Q", "quarry::Q<Model>, made of lookups"},
    {"Prefetch", "an argument of prefetch_related()"},
    {"date", "std::chrono"},
    {"time", "std::chrono"},
    {"datetime", "std::chrono"},
    {"timedelta", "std::chrono"},
    {"Decimal", "quarry::decimal"},
    {"UUID", "quarry::uuid"},
    {"uuid4", "quarry::uuid"},
    {"list", "a container"},
    {"tuple", "a container"},
    {"set", "a container"},
    {"dict", "a container"},
    {"len", "size()"},
    {"bool", "empty()"},
    {"sorted", "std::sort"},
    {"run_sync", "an await that does nothing"},
    {"ConcatPair", "Concat() of two"},
    {"OrderBy", ".asc() and .desc()"},
    {"RawSQL", "quarry::unsafe::raw_sql()"},
};

/// Whether a name stands in front of a bracket in a text.
bool is_called(std::string_view text, std::string_view name) {
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const bool begins = at == 0 || (!std::isalnum(static_cast<unsigned char>(text[at - 1])) && text[at - 1] != '_');
    if (begins && text.substr(at + name.size()).starts_with('(')) return true;
  }
  return false;
}

TEST(the_names_of_text, are_those_of_cpp) {
  const std::vector<query_pair> pairs = all_pairs();
  for (const std::string_view name : builtin_names()) {
    const bool field_type = name.ends_with("Field");
    const bool is_frame = name == "RowRange" || name == "ValueRange";  // keywords of Window()
    const bool known = field_type || is_frame ||
        std::ranges::any_of(other_words, [&](const other_word& w) { return w.name == name; }) ||
        std::ranges::any_of(pairs, [&](const query_pair& p) { return is_called(p.text, name); });
    EXPECT_TRUE(known) << name << ": no pair of text and C++ above has it, and no reason says why";
  }
}

}  // namespace
}  // namespace quarry::text::tests
