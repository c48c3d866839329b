// Seed cases of the suite blog.
#include "core/conformance/answers.hpp"
#include "core/query/blog_models.hpp"

namespace quarry::test {
namespace {

using blog::Author;
using blog::Blog;
using blog::Dog;
using blog::Entry;
using blog::EntryDetail;
using blog::Poll;
using namespace std::chrono_literals;
using std::chrono::days;

date today() { return std::chrono::floor<days>(std::chrono::system_clock::now()); }
constexpr date day(int y, unsigned m, unsigned d) {
  return {std::chrono::year(y), std::chrono::month(m), std::chrono::day(d)};
}

auto entries(const database& db) { return db.objects<Entry>(); }
auto blogs(const database& db) { return db.objects<Blog>(); }
auto dogs(const database& db) { return db.objects<Dog>(); }
auto polls(const database& db) { return db.objects<Poll>(); }
auto what(const database& db) { return entries(db).filter("headline__startswith"_f = "What"); }
auto by_id(const database& db) { return entries(db).order_by("id"); }
auto by_headline(const database& db) { return entries(db).order_by("headline", "id"); }
json document(const char* text) { return json{text}; }

const std::vector<spelled_seed> lookups = {
    {"blog-0014", [](const database& db) { return answer(blogs(db)); }},
    {"blog-0015", [](const database& db) { return answer(entries(db)); }},
    {"blog-0016", [](const database& db) { return answer(entries(db).filter("pub_date__year"_f = 2006)); }},
    {"blog-0017", [](const database& db) { return answer(entries(db).all().filter("pub_date__year"_f = 2006)); }},
    {"blog-0018",
     [](const database& db) {
       return answer(what(db).exclude("pub_date__gte"_f = today()).filter("pub_date__gte"_f = day(2005, 1, 30)));
     }},
    {"blog-0019",
     [](const database& db) {
       const auto q1 = what(db);
       const auto q2 = q1.exclude("pub_date__gte"_f = today());
       const auto q3 = q1.filter("pub_date__gte"_f = today());
       return answer(q1);
     }},
    {"blog-0020", [](const database& db) { return answer(what(db).exclude("pub_date__gte"_f = today())); }},
    {"blog-0021", [](const database& db) { return answer(what(db).filter("pub_date__gte"_f = today())); }},
    {"blog-0022",
     [](const database& db) {
       auto q = what(db);
       q = q.filter("pub_date__lte"_f = today());
       q = q.exclude("body_text__icontains"_f = "food");
       return answer(q);
     }},
    {"blog-0023", [](const database& db) { return answer(entries(db).get("pk"_f = 1)); }},
    {"blog-0024", [](const database& db) { return answer(entries(db).get("pk"_f = 999)); }},
    {"blog-0025", [](const database& db) { return answer(entries(db).get("headline"_f = "Zebra crossing")); }},
    {"blog-0026", [](const database& db) { return answer(by_id(db).slice(0, 5)); }},
    {"blog-0027", [](const database& db) { return answer(by_id(db).slice(5, 10)); }},
    {"blog-0028", [](const database& db) { return answer(by_id(db).slice(0, 10, 2)); }},
    {"blog-0029", [](const database& db) { return answer(entries(db).at(-1)); }},
    {"blog-0030", [](const database& db) { return answer(by_id(db).slice(-3)); }},
    {"blog-0031", [](const database& db) { return answer(by_headline(db).at(0)); }},
    {"blog-0032", [](const database& db) { return answer(by_headline(db).slice(0, 1).get()); }},
    {"blog-0033",
     [](const database& db) { return answer(entries(db).filter("pk"_f = 999).order_by("headline").at(0)); }},
    {"blog-0034",
     [](const database& db) {
       return answer(entries(db).filter("pk"_f = 999).order_by("headline").slice(0, 1).get());
     }},
    {"blog-0035", [](const database& db) { return answer(by_id(db).slice(0, 5).filter("rating"_f = 5)); }},
    {"blog-0036", [](const database& db) { return answer(by_id(db).slice(0, 5).exclude("rating"_f = 5)); }},
    {"blog-0037", [](const database& db) { return answer(by_id(db).slice(0, 5).order_by("rating")); }},
    {"blog-0038", [](const database& db) { return answer(by_id(db).slice(0, 5).reverse()); }},
    {"blog-0039", [](const database& db) { return answer(by_id(db).slice(0, 5).distinct()); }},
    {"blog-0040",
     [](const database& db) { return answer(entries(db).filter(runtime("pub_date__lte") = "2006-01-01")); }},
    {"blog-0041", [](const database& db) { return answer(entries(db).filter(runtime("no_such_field") = 1)); }},
    {"blog-0042",
     [](const database& db) { return answer(entries(db).filter(runtime("headline__nosuchlookup") = "x")); }},
    {"blog-0044", [](const database& db) { return answer(entries(db).get("headline__exact"_f = "Cat bites dog")); }},
    {"blog-0045", [](const database& db) { return answer(blogs(db).get("id__exact"_f = 14)); }},
    {"blog-0046", [](const database& db) { return answer(blogs(db).get("id"_f = 14)); }},
    {"blog-0047", [](const database& db) { return answer(blogs(db).get("name__iexact"_f = "beatles blog")); }},
    {"blog-0048", [](const database& db) { return answer(entries(db).filter("headline__contains"_f = "Lennon")); }},
    {"blog-0049", [](const database& db) { return answer(entries(db).get("headline__contains"_f = "Lennon was")); }},
    {"blog-0050", [](const database& db) { return answer(entries(db).filter("headline__icontains"_f = "lennon")); }},
    {"blog-0075", [](const database& db) { return answer(blogs(db).get("pk"_f = 14)); }},
    {"blog-0076",
     [](const database& db) { return answer(blogs(db).get("id__exact"_f = 14).id == blogs(db).get("pk"_f = 14).id); }},
    {"blog-0077", [](const database& db) { return answer(blogs(db).filter("pk__in"_f = {1, 4, 7})); }},
    {"blog-0078", [](const database& db) { return answer(blogs(db).filter("pk__gt"_f = 14)); }},
    {"blog-0079", [](const database& db) { return answer(entries(db).filter("blog__id__exact"_f = 3)); }},
    {"blog-0080", [](const database& db) { return answer(entries(db).filter("blog__id"_f = 3)); }},
    {"blog-0081", [](const database& db) { return answer(entries(db).filter("blog__pk"_f = 3)); }},
    {"blog-0082", [](const database& db) { return answer(entries(db).filter("headline__contains"_f = "%")); }},
    {"blog-0083", [](const database& db) { return answer(entries(db).filter("headline__contains"_f = "_")); }},
    {"blog-0084", [](const database& db) { return answer(entries(db).filter("headline__contains"_f = "\\")); }},
    {"blog-0085",
     [](const database& db) {
       const auto q = by_id(db);
       (void)q.rows();
       return answer(q.at(5));
     }},
    {"blog-0086",
     [](const database& db) {
       const auto q = by_id(db);
       (void)q.at(5);
       return answer(q.at(5));
     }},
    {"blog-0087",
     [](const database& db) {
       const auto q = by_id(db);
       (void)q.rows().empty();
       return answer(q.slice(5, 7));
     }},
    {"blog-0088",
     [](const database& db) {
       const auto q = by_id(db);
       (void)q.rows().size();
       return answer(q.filter("pk"_f = 5).at(0).headline);
     }},
    {"blog-0089",
     [](const database& db) {
       const auto q = by_id(db);
       (void)q.rows();
       return answer(q.count());
     }},
    {"blog-0090",
     [](const database& db) {
       const auto q = by_id(db);
       (void)q.rows();
       return answer(q.exists());
     }},
    {"blog-0470", [](const database& db) { return answer(entries(db).slice(0, 5).rows().size()); }},
    {"blog-0471", [](const database& db) { return answer(entries(db).slice(5, 10).rows().size()); }},
    {"blog-0472", [](const database& db) { return answer(entries(db).slice(0, 10, 2).size()); }},
    {"blog-0473", [](const database& db) { return answer(entries(db).slice(0, 5).count()); }},
    {"blog-0474", [](const database& db) { return answer(entries(db).slice(28, 40).rows().size()); }},
    {"blog-0475", [](const database& db) { return answer(db.objects<Author>().filter("name__startswith"_f = "A")); }},
    {"blog-0476", [](const database& db) { return answer(db.objects<Author>().filter("name"_f = "nobody").first()); }},
    {"blog-0477",
     [](const database& db) {
       return flat(entries(db).filter("blog__id"_f = 1, "pub_date__year"_f = 2008).order_by("id").values_list<"id">());
     }},
    {"blog-0478",
     [](const database& db) {
       return answer(entries(db).exclude("pub_date__gt"_f = day(2005, 1, 3), "headline"_f = "Hello").count());
     }},
    {"blog-0479",
     [](const database& db) {
       return flat(entries(db)
                       .exclude("pub_date__gt"_f = day(2005, 1, 3))
                       .exclude("headline"_f = "")
                       .order_by("id")
                       .values_list<"id">());
     }},
};

const std::vector<spelled_seed> relations = {
    {"blog-0051", [](const database& db) { return answer(entries(db).filter("blog__name"_f = "Beatles Blog")); }},
    {"blog-0052",
     [](const database& db) { return answer(blogs(db).filter("entry__headline__contains"_f = "Lennon")); }},
    {"blog-0053",
     [](const database& db) { return answer(blogs(db).filter("entry__authors__name"_f = "John Lennon")); }},
    {"blog-0054", [](const database& db) { return answer(blogs(db).filter("entry__authors__name__isnull"_f = true)); }},
    {"blog-0055",
     [](const database& db) {
       return answer(blogs(db).filter("entry__authors__isnull"_f = false, "entry__authors__name__isnull"_f = true));
     }},
    {"blog-0056",
     [](const database& db) {
       return answer(blogs(db).filter("entry__headline__contains"_f = "Lennon", "entry__pub_date__year"_f = 2008));
     }},
    {"blog-0057",
     [](const database& db) {
       return answer(
           blogs(db).filter("entry__headline__contains"_f = "Lennon").filter("entry__pub_date__year"_f = 2008));
     }},
    {"blog-0058",
     [](const database& db) {
       return answer(blogs(db)
                         .filter("entry__headline__contains"_f = "Lennon")
                         .filter("entry__pub_date__year"_f = 2008)
                         .distinct());
     }},
    {"blog-0059",
     [](const database& db) {
       return answer(blogs(db).filter(("entry__headline__contains"_f = "Lennon") & ("entry__pub_date__year"_f = 2008)));
     }},
    {"blog-0060",
     [](const database& db) {
       return answer(blogs(db).filter(Q<Blog>("entry__headline__contains"_f = "Lennon"),
                                      Q<Blog>("entry__pub_date__year"_f = 2008)));
     }},
    {"blog-0061",
     [](const database& db) {
       return flat(blogs(db)
                       .filter(Q<Blog>("entry__headline__contains"_f = "Lennon"))
                       .filter(Q<Blog>("entry__pub_date__year"_f = 2008))
                       .order_by("id")
                       .values_list<"id">());
     }},
    {"blog-0062",
     [](const database& db) {
       return answer(blogs(db).exclude("entry__headline__contains"_f = "Lennon", "entry__pub_date__year"_f = 2008));
     }},
    {"blog-0063",
     [](const database& db) {
       return answer(blogs(db).exclude(
           "entry__in"_f = entries(db).filter("headline__contains"_f = "Lennon", "pub_date__year"_f = 2008)));
     }},
    {"blog-0169",
     [](const database& db) {
       Entry e = entries(db).get("id"_f = 2);
       db.load<"blog">(e);
       return answer(e.blog.get());
     }},
    {"blog-0172",
     [](const database& db) {
       Entry e = entries(db).get("id"_f = 2);
       db.load<"blog">(e);
       (void)e.blog.get();
       return answer(e.blog.get());
     }},
    {"blog-0173",
     [](const database& db) { return answer(entries(db).select_related<"blog">().get("id"_f = 2).blog.get()); }},
    {"blog-0174",
     [](const database& db) { return answer(entries(db).select_related<"blog">().get("id"_f = 2).blog->name); }},
    {"blog-0175", [](const database& db) { return answer(db.related<"entry">(blogs(db).get("id"_f = 1))); }},
    {"blog-0176",
     [](const database& db) {
       return answer(db.related<&Entry::blog>(blogs(db).get("id"_f = 1)).filter("headline__contains"_f = "Lennon"));
     }},
    {"blog-0177", [](const database& db) { return answer(db.related<"entry">(blogs(db).get("id"_f = 1)).count()); }},
    {"blog-0178", [](const database& db) { return answer(db.related<&Entry::authors>(entries(db).get("id"_f = 6))); }},
    {"blog-0179",
     [](const database& db) { return answer(db.related<"authors">(entries(db).get("id"_f = 6)).count()); }},
    {"blog-0180",
     [](const database& db) {
       return answer(db.related<"authors">(entries(db).get("id"_f = 6)).filter("name__contains"_f = "John"));
     }},
    {"blog-0181",
     [](const database& db) { return answer(db.related<&Entry::authors>(db.objects<Author>().get("id"_f = 5))); }},
    {"blog-0182",
     [](const database& db) {
       const Author a = db.objects<Author>().get("id"_f = 1);
       return answer(db.related<"entry">(a).filter("authors__name"_f = "Paul McCartney"));
     }},
    {"blog-0183",
     [](const database& db) {
       const Author a = db.objects<Author>().get("id"_f = 1);
       return answer(db.related<"entry">(a)
                         .filter("authors__name"_f = "Paul McCartney", "authors__id"_f = 2)
                         .filter("authors__name"_f = "Ringo Starr"));
     }},
    {"blog-0184",
     [](const database& db) {
       return answer(db.related<"authors">(entries(db).get("id"_f = 6)).exclude("name"_f = "Ringo Starr"));
     }},
    {"blog-0186",
     [](const database& db) {
       EntryDetail detail = db.objects<EntryDetail>().get("id"_f = 2);
       db.load<"entry">(detail);
       return answer(detail.entry.get());
     }},
    {"blog-0187",
     [](const database& db) { return answer(db.related<"entrydetail">(entries(db).get("id"_f = 2)).get()); }},
    {"blog-0188",
     [](const database& db) { return answer(db.related<"entrydetail">(entries(db).get("id"_f = 3)).get()); }},
    {"blog-0190",
     [](const database& db) {
       const Blog b = blogs(db).get("pk"_f = 5);
       return answer(entries(db).filter("blog"_f = b));
     }},
    {"blog-0191",
     [](const database& db) {
       const Blog b = blogs(db).get("pk"_f = 5);
       return answer(entries(db).filter("blog"_f = b.id));
     }},
    {"blog-0192", [](const database& db) { return answer(entries(db).filter("blog"_f = 5)); }},
    {"blog-0193", [](const database& db) { return answer(entries(db).filter("blog_id"_f = 5)); }},
    {"blog-0194", [](const database& db) { return answer(entries(db).filter(runtime("blog") = "5")); }},
    {"blog-0195",
     [](const database& db) {
       const Blog b = blogs(db).get("pk"_f = 5);
       return answer(entries(db).filter("blog__in"_f = {b.id.value(), std::int64_t{3}}));
     }},
};

const std::vector<spelled_seed> expressions = {
    {"blog-0064",
     [](const database& db) {
       return answer(entries(db).filter("number_of_comments__gt"_f = F("number_of_pingbacks"_f)));
     }},
    {"blog-0065",
     [](const database& db) {
       return answer(entries(db).filter("number_of_comments__gt"_f = F("number_of_pingbacks"_f) * 2));
     }},
    {"blog-0066",
     [](const database& db) {
       return answer(entries(db).filter("rating__lt"_f = F("number_of_comments"_f) + F("number_of_pingbacks"_f)));
     }},
    {"blog-0067", [](const database& db) { return answer(entries(db).filter("authors__name"_f = F("blog__name"_f))); }},
    {"blog-0068",
     [](const database& db) { return answer(entries(db).filter("mod_date__gt"_f = F("pub_date"_f) + days(3))); }},
    {"blog-0069",
     [](const database& db) {
       return answer(entries(db).filter("number_of_comments"_f = F("number_of_comments"_f) & 12));
     }},
    {"blog-0070",
     [](const database& db) {
       return answer(entries(db)
                         .annotate("m"_a = F("number_of_comments"_f) & 6, "o"_a = F("rating"_f) | 3)
                         .values_list<"id", "m", "o">());
     }},
    {"blog-0071",
     [](const database& db) {
       return answer(entries(db)
                         .annotate("s"_a = F("number_of_comments"_f) << 2, "r"_a = F("number_of_comments"_f) >> 1)
                         .filter("number_of_comments__gte"_f = 0)
                         .values_list<"id", "s", "r">());
     }},
    {"blog-0072",
     [](const database& db) { return answer(entries(db).filter("pub_date__year"_f = F("mod_date__year"_f))); }},
    {"blog-0073",
     [](const database& db) {
       return answer(entries(db).aggregate("first_published_year"_a = Min("pub_date__year"_f)));
     }},
    {"blog-0074",
     [](const database& db) {
       const auto best = entries(db)
                             .filter("pub_date__year"_f = OuterRef("pub_date__year"_f))
                             .order_by("-rating")
                             .values<"rating">()
                             .slice(0, 1);
       return answer(entries(db).values<"pub_date__year">().annotate("top_rating"_a = Subquery(best),
                                                                     "total_comments"_a = Sum("number_of_comments"_f)));
     }},
    {"blog-0127",
     [](const database& db) { return answer(polls(db).filter(Q<Poll>("question__startswith"_f = "What"))); }},
    {"blog-0128",
     [](const database& db) {
       return answer(polls(db).filter(("question__startswith"_f = "Who") | ("question__startswith"_f = "What")));
     }},
    {"blog-0129",
     [](const database& db) {
       return answer(polls(db).filter(("question__startswith"_f = "Who") | ~("pub_date__year"_f = 2005)));
     }},
    {"blog-0130",
     [](const database& db) {
       return answer(polls(db).get(Q<Poll>("question__startswith"_f = "Who"),
                                   ("pub_date"_f = day(2005, 5, 2)) | ("pub_date"_f = day(2005, 5, 6))));
     }},
    {"blog-0131",
     [](const database& db) {
       return answer(polls(db).get(("pub_date"_f = day(2005, 5, 2)) | ("pub_date"_f = day(2005, 5, 6)),
                                   "question__startswith"_f = "Who are"));
     }},
    {"blog-0132",
     [](const database& db) {
       return answer(polls(db).filter(("question__startswith"_f = "Who") ^ ("pub_date__year"_f = 2005)));
     }},
    {"blog-0133",
     [](const database& db) {
       return answer(entries(db).filter(("rating"_f = 5) ^ ("number_of_comments__gt"_f = 5) ^
                                        ("headline__contains"_f = "Lennon")));
     }},
    {"blog-0134",
     [](const database& db) {
       return answer(entries(db).filter(~(("rating"_f = 5) ^ ("number_of_comments__gt"_f = 5))));
     }},
    {"blog-0135",
     [](const database& db) {
       return answer(entries(db).get("pk"_f = 1).id == entries(db).get("headline"_f = "Lennon was here").id);
     }},
    {"blog-0136",
     [](const database& db) { return answer(entries(db).get("pk"_f = 1).id == entries(db).get("pk"_f = 2).id); }},
    {"blog-0137",
     [](const database& db) { return answer(entries(db).get("pk"_f = 1).id == blogs(db).get("pk"_f = 1).id); }},
    {"blog-0140",
     [](const database& db) { return answer(Blog{.id = 3, .name = "x"}.id == blogs(db).get("pk"_f = 3).id); }},
};

const std::vector<spelled_seed> documents = {
    {"blog-0093", [](const database& db) { return answer(dogs(db).filter("data"_f = nullptr)); }},
    {"blog-0094", [](const database& db) { return answer(dogs(db).filter("data"_f = Value(json{"null"}))); }},
    {"blog-0095", [](const database& db) { return answer(dogs(db).filter("data__isnull"_f = true)); }},
    {"blog-0096", [](const database& db) { return answer(dogs(db).filter("data__isnull"_f = false)); }},
    {"blog-0097", [](const database& db) { return answer(dogs(db).filter("data__breed"_f = "collie")); }},
    {"blog-0098", [](const database& db) { return answer(dogs(db).filter("data__owner__name"_f = "Bob")); }},
    {"blog-0099",
     [](const database& db) { return answer(dogs(db).filter("data__owner__other_pets__0__name"_f = "Fishy")); }},
    {"blog-0100", [](const database& db) { return answer(dogs(db).filter("data__owner__isnull"_f = true)); }},
    {"blog-0101", [](const database& db) { return answer(dogs(db).filter("data__owner__isnull"_f = false)); }},
    {"blog-0102", [](const database& db) { return answer(dogs(db).filter("data__owner"_f = nullptr)); }},
    {"blog-0103", [](const database& db) { return answer(dogs(db).filter("data__breed__icontains"_f = "coll")); }},
    {"blog-0104", [](const database& db) { return answer(dogs(db).filter("data__breed__startswith"_f = "coll")); }},
    {"blog-0105", [](const database& db) { return answer(dogs(db).filter("data__breed__iexact"_f = "COLLIE")); }},
    {"blog-0106", [](const database& db) { return answer(dogs(db).filter("data__age__gt"_f = 3)); }},
    {"blog-0107", [](const database& db) { return answer(dogs(db).filter("data__age__lt"_f = 7)); }},
    {"blog-0108",
     [](const database& db) { return answer(dogs(db).filter("data__age__gte"_f = 7, "data__good"_f = true)); }},
    {"blog-0109", [](const database& db) { return answer(dogs(db).filter("data__age"_f = 7)); }},
    {"blog-0110",
     [](const database& db) { return answer(dogs(db).filter("data__breed__in"_f = {"collie", "beagle"})); }},
    {"blog-0111", [](const database& db) { return answer(dogs(db).filter("data__0"_f = "husky")); }},
    {"blog-0112", [](const database& db) { return answer(dogs(db).filter("data__deep__a__b__2__c"_f = "y")); }},
    {"blog-0113",
     [](const database& db) {
       return answer(dogs(db)
                         .annotate("first_breed"_a = KT("data__breed__1"_f), "owner_name"_a = KT("data__owner__name"_f))
                         .filter("first_breed__startswith"_f = "lhasa", "owner_name"_f = "Bob")
                         .values_list<"name", "first_breed", "owner_name">());
     }},
    {"blog-0114",
     [](const database& db) {
       return answer(
           dogs(db).annotate("n"_a = KT("data__owner__name"_f)).filter("n"_f = "Dorothy").values_list<"name", "n">());
     }},
    {"blog-0115",
     [](const database& db) {
       return answer(dogs(db)
                         .annotate("n"_a = KT("data__deep__a__b__2__c"_f))
                         .filter("n__isnull"_f = false)
                         .order_by("-n")
                         .values_list<"name", "n">());
     }},
    {"blog-0116",
     [](const database& db) {
       return answer(dogs(db).filter(runtime("data__contains") = document(R"({"owner": "Bob"})")));
     }},
    {"blog-0117",
     [](const database& db) {
       return answer(dogs(db).filter(runtime("data__contains") = document(R"({"breed": "collie"})")));
     }},
    {"blog-0118",
     [](const database& db) {
       return answer(dogs(db).filter(runtime("data__contains") = document(R"({"owner": {"name": "Bob"}})")));
     }},
    {"blog-0119",
     [](const database& db) {
       return answer(
           dogs(db).filter(runtime("data__contained_by") = document(R"({"breed": "collie", "owner": "Bob"})")));
     }},
    {"blog-0120",
     [](const database& db) {
       return answer(dogs(db).filter(runtime("data__contained_by") = document(R"({"breed": "collie"})")));
     }},
    {"blog-0121", [](const database& db) { return answer(dogs(db).filter("data__has_key"_f = "owner")); }},
    {"blog-0122", [](const database& db) { return answer(dogs(db).filter("data__has_keys"_f = {"breed", "owner"})); }},
    {"blog-0123",
     [](const database& db) { return answer(dogs(db).filter("data__has_any_keys"_f = {"owner", "breed"})); }},
    {"blog-0124", [](const database& db) { return answer(dogs(db).filter("data__owner__has_key"_f = "name")); }},
    {"blog-0125", [](const database& db) { return answer(dogs(db).exclude("data__breed"_f = "collie")); }},
    {"blog-0126", [](const database& db) { return answer(dogs(db).exclude("data__has_key"_f = "owner")); }},
};

}  // namespace

suite blog_suite() {
  suite out{"blog", catalog_of<blog::blog_schema>(), {}, {}};
  for (const auto* part : {&lookups, &relations, &expressions, &documents})
    out.seeds.insert(out.seeds.end(), part->begin(), part->end());
  out.unspelled = {
      {"blog-0043", "a number is no condition: the compiler refuses it"},
      {"blog-0138", "objects of two models can't be compared"},
      {"blog-0139", "objects are plain data: whether they compare is the application's choice"},
      {"blog-0185", "another answer, also of the text: known/blog.txt"},
      {"blog-0196", "an object of another model: the compiler refuses it"},
  };
  return out;
}

}  // namespace quarry::test
