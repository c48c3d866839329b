// Seed cases of the suite news.
#include "core/conformance/answers.hpp"
#include "core/conformance/news_models.hpp"

namespace quarry::test {
namespace {

using news::Article;
using news::Author;
using news::Category;
using news::Person;
using news::Post;
using news::Reporter;
using news::Site;

auto reporters(const database& db) { return db.objects<Reporter>(); }
auto articles(const database& db) { return db.objects<Article>(); }
auto posts(const database& db) { return db.objects<Post>(); }
auto people(const database& db) { return db.objects<Person>(); }
auto author(const database& db, const char* name) { return db.objects<Author>().get("name"_f = name); }
auto category(const database& db, const char* name) { return db.objects<Category>().get("name"_f = name); }
/// Of the post that belongs to several.
auto categories(const database& db) { return db.related<&Post::categories>(posts(db).get("slug"_f = "m2m")); }
auto articles_of(const database& db) { return db.related<"article">(reporters(db).get("pk"_f = 1)); }
auto listed(const database& db) {
  return posts(db).filter("active"_f = true).exclude("title__startswith"_f = "Draft").order_by("-views", "title");
}

auto per_author(const database& db) {
  return posts(db).values<"author_id">().annotate("count"_a = Count("id"_f), "total"_a = Sum("views"_f));
}

const std::vector<spelled_seed> lookups = {
    {"news-0001", [](const database& db) { return answer(reporters(db)); }},
    {"news-0002", [](const database& db) { return answer(reporters(db).filter("fname__exact"_f = "John")); }},
    {"news-0003", [](const database& db) { return answer(reporters(db).filter("fname"_f = "John")); }},
    {"news-0004", [](const database& db) { return answer(reporters(db).order_by("-lname", "fname")); }},
    {"news-0005",
     [](const database& db) { return answer(reporters(db).filter("fname"_f = "John").order_by("lname")); }},
    {"news-0006", [](const database& db) { return answer(reporters(db).get("pk"_f = 3)); }},
    {"news-0007",
     [](const database& db) { return answer(reporters(db).get(("fname"_f = "Jane") | ("fname"_f = "Nobody"))); }},
    {"news-0008",
     [](const database& db) { return answer(reporters(db).get(("fname"_f = "John") | ("fname"_f = "Jane"))); }},
    {"news-0009", [](const database& db) { return answer(reporters(db).get("fname__contains"_f = "ohnath")); }},
    {"news-0010", [](const database& db) { return answer(reporters(db).get("fname__contains"_f = "John")); }},
    {"news-0011", [](const database& db) { return answer(reporters(db).exclude("fname"_f = "John")); }},
    {"news-0012", [](const database& db) { return answer(reporters(db).exclude("fname__contains"_f = "n")); }},
    {"news-0013", [](const database& db) { return answer(reporters(db).filter(runtime("fname__ne") = "John")); }},
    {"news-0014", [](const database& db) { return answer(reporters(db).distinct()); }},
    {"news-0015", [](const database& db) { return answer(reporters(db).order_by("id").slice(10, 15)); }},
    {"news-0016",
     [](const database& db) {
       return named({"id", "fname", "lname"}, reporters(db).values_list<"id", "fname", "lname">());
     }},
    {"news-0017",
     [](const database& db) {
       return named({"lname"}, reporters(db).values_list<"lname">().distinct().order_by("lname"));
     }},
    {"news-0018", [](const database& db) { return answer(reporters(db).in_bulk({1, 2})); }},
    {"news-0019", [](const database& db) { return answer(reporters(db).filter("fname"_f = "John").in_bulk({1, 2})); }},
    {"news-0020", [](const database& db) { return answer(reporters(db).filter("fname"_f = "John").in_bulk({1, 3})); }},
    {"news-0021", [](const database& db) { return answer(reporters(db).count()); }},
    {"news-0022", [](const database& db) { return answer(articles(db).filter("pub_date__year"_f = 2005)); }},
    {"news-0023", [](const database& db) { return answer(articles(db).dates<"pub_date">(date_part::year)); }},
    {"news-0024", [](const database& db) { return answer(articles(db).dates<"pub_date">(date_part::month)); }},
    {"news-0025", [](const database& db) { return answer(articles(db).latest()); }},
    {"news-0026", [](const database& db) { return answer(articles(db).latest("pub_date")); }},
    {"news-0027", [](const database& db) { return answer(articles(db).latest("headline", "id").id); }},
    {"news-0028", [](const database& db) { return answer(articles(db).earliest()); }},
    {"news-0029",
     [](const database& db) { return answer(articles(db).filter("reporter__lname"_f = "Smith").latest()); }},
    {"news-0030",
     [](const database& db) {
       std::vector<Article> first;
       for (const Article& a : articles(db).order_by("id").stream())
         if (first.size() < 2) first.push_back(a);
       return answer(first);
     }},
    {"news-0031",
     [](const database& db) { return answer(articles(db).select_related<"reporter">().filter("pk"_f = 1)); }},
    {"news-0049", [](const database& db) { return answer(people(db)); }},
    {"news-0051",
     [](const database& db) {
       return flat(people(db).filter("objects__contains"_f = "e").order_by("id").values_list<"objects">());
     }},
    {"news-0047", [](const database& db) { return answer(people(db).get("pk"_f = 1).objects); }},
};

const std::vector<spelled_seed> relations = {
    {"news-0032",
     [](const database& db) {
       Article a = articles(db).get("pk"_f = 1);
       db.load<"reporter">(a);
       return answer(a.reporter->id);
     }},
    {"news-0033", [](const database& db) { return answer(articles(db).get("pk"_f = 1).reporter.id()); }},
    {"news-0034",
     [](const database& db) {
       Article a = articles(db).get("pk"_f = 1);
       db.load<"reporter">(a);
       return answer(a.reporter.get());
     }},
    {"news-0035", [](const database& db) { return answer(articles_of(db)); }},
    {"news-0036", [](const database& db) { return answer(articles_of(db).filter("headline"_f = "Hello")); }},
    {"news-0037", [](const database& db) { return answer(articles_of(db).count()); }},
    {"news-0038",
     [](const database& db) {
       return named({"id", "headline", "reporter_id", "pub_date"},
                    articles_of(db).values_list<"id", "headline", "reporter", "pub_date">());
     }},
    {"news-0041", [](const database& db) { return answer(db.related<"sites">(articles(db).get("pk"_f = 1))); }},
    {"news-0044", [](const database& db) { return answer(db.related<"article">(db.objects<Site>().get("pk"_f = 1))); }},
    {"news-0045",
     [](const database& db) { return answer(db.related<&Article::sites>(db.objects<Site>().get("pk"_f = 5))); }},
    {"news-0091", [](const database& db) { return answer(categories(db)); }},
    {"news-0092",
     [](const database& db) { return answer(category(db, "News").id == categories(db).get("name"_f = "News").id); }},
    {"news-0093", [](const database& db) { return answer(categories(db).get("name"_f = "Empty")); }},
    {"news-0094", [](const database& db) { return answer(categories(db).filter("name"_f = "News").rows().size()); }},
    {"news-0095",
     [](const database& db) {
       return answer(db.related<"posts">(category(db, "News")).filter("title__contains"_f = "M2M").all());
     }},
    {"news-0096",
     [](const database& db) { return answer(db.objects<Category>().filter("posts__author"_f = author(db, "guido"))); }},
    {"news-0097",
     [](const database& db) {
       return answer(db.objects<Category>().filter("posts__author"_f = author(db, "guido")).get());
     }},
    {"news-0098",
     [](const database& db) {
       return answer(db.objects<Category>().filter("posts__author"_f = author(db, "Linus")).order_by("id"));
     }},
    {"news-0099",
     [](const database& db) {
       const auto found = db.related<"posts">(category(db, "News")).select_related<"author">().order_by("id");
       return answer(found.at(0).author->get().id == author(db, "guido").id);
     }},
    {"news-0105", [](const database& db) { return answer(categories(db).exclude("name"_f = "News").order_by("id")); }},
    {"news-0106",
     [](const database& db) { return named({"name"}, categories(db).order_by("-name").values_list<"name">()); }},
    {"news-0107", [](const database& db) { return answer(categories(db).order_by("id").slice(0, 2)); }},
    {"news-0108", [](const database& db) { return answer(categories(db).order_by("id").slice(1)); }},
    {"news-0109", [](const database& db) { return answer(categories(db).order_by("id").slice(2, 4)); }},
    {"news-0110", [](const database& db) { return answer(categories(db).count()); }},
    {"news-0111", [](const database& db) { return answer(categories(db).exists()); }},
    {"news-0112", [](const database& db) { return answer(categories(db).first()); }},
    {"news-0113",
     [](const database& db) { return answer(categories(db).aggregate(Max("name"_f), Min("name"_f), Count("id"_f))); }},
    {"news-0116", [](const database& db) { return answer(db.related<"post">(author(db, "Ada"))); }},
    {"news-0117", [](const database& db) { return answer(db.related<&Post::author>(author(db, "Ada"))); }},
};

const std::vector<spelled_seed> posts_in_order = {
    {"news-0052", [](const database& db) { return answer(posts(db)); }},
    {"news-0053", [](const database& db) { return answer(posts(db).filter("active"_f = true)); }},
    {"news-0061", [](const database& db) { return answer(posts(db).in_bulk({1, 2, 3})); }},
    {"news-0062", [](const database& db) { return answer(posts(db).in_bulk<"slug">({"hello", "m2m"})); }},
    {"news-0063", [](const database& db) { return answer(posts(db).filter("active"_f = true).order_by("-views")); }},
    {"news-0064",
     [](const database& db) {
       const auto base = posts(db).all();
       const auto filtered = base.filter("active"_f = true);
       const auto ordered = base.order_by("title");
       return answer(base.count());
     }},
    {"news-0065",
     [](const database& db) {
       const auto base = posts(db).all();
       const auto filtered = base.filter("active"_f = true);
       const auto ordered = base.order_by("title");
       return answer(filtered.count());
     }},
    {"news-0066", [](const database& db) { return answer(listed(db).distinct().slice(4, 24)); }},
    {"news-0067", [](const database& db) { return flat(posts(db).order_by("id").values_list<"id">().slice(2, 5)); }},
    {"news-0068", [](const database& db) { return answer(listed(db).distinct().slice(4, 24)); }},
    {"news-0069", [](const database& db) { return answer(posts(db).filter("views__gt"_f = 100)); }},
    {"news-0070", [](const database& db) { return answer(posts(db).filter("title__contains"_f = "Python")); }},
    {"news-0071", [](const database& db) { return answer(posts(db).exclude("status"_f = "draft")); }},
    {"news-0072", [](const database& db) { return answer(posts(db).get("pk"_f = 1)); }},
    {"news-0073", [](const database& db) { return answer(posts(db).get("pk"_f = 100)); }},
    {"news-0074", [](const database& db) { return answer(posts(db).get("active"_f = true)); }},
    {"news-0075", [](const database& db) { return answer(posts(db).first()); }},
    {"news-0076", [](const database& db) { return answer(posts(db).last()); }},
    {"news-0077", [](const database& db) { return answer(posts(db).filter("views"_f = -1).first()); }},
    {"news-0078", [](const database& db) { return answer(posts(db).filter("views"_f = -1).last()); }},
    {"news-0079",
     [](const database& db) {
       return answer(posts(db).aggregate("total"_a = Count("id"_f), "avg"_a = Avg("views"_f)));
     }},
    {"news-0080", [](const database& db) { return answer(per_author(db)); }},
    {"news-0081", [](const database& db) { return answer(per_author(db).order_by("author_id")); }},
    {"news-0082", [](const database& db) { return answer(posts(db).slice(0, 10)); }},
    {"news-0083", [](const database& db) { return answer(posts(db).slice(10, 20)); }},
    {"news-0084", [](const database& db) { return answer(posts(db).at(2)); }},
    {"news-0085", [](const database& db) { return answer(posts(db).filter("active"_f = true).count()); }},
    {"news-0086", [](const database& db) { return answer(posts(db).filter("active"_f = true).exists()); }},
    {"news-0090", [](const database& db) { return answer(posts(db).count()); }},
    {"news-0121", [](const database& db) { return answer(posts(db).filter("views__gt"_f = 200)); }},
    {"news-0148", [](const database& db) { return answer(posts(db).get_or_none("slug"_f = "hello")); }},
    {"news-0149", [](const database& db) { return answer(posts(db).get_or_none("slug"_f = "nope")); }},
};

}  // namespace

suite news_suite() {
  suite out{"news", catalog_of<news::news_schema>(), {}, {}};
  for (const auto* part : {&lookups, &relations, &posts_in_order})
    out.seeds.insert(out.seeds.end(), part->begin(), part->end());
  out.unspelled = {
      {"news-0046", "objects have no managers"},
      {"news-0050", "objects have no managers"},
      {"news-0118", "related objects have no managers of other names"},
  };
  return out;
}

}  // namespace quarry::test
