// Seed cases of the suite proxy.
#include "core/conformance/answers.hpp"
#include "core/conformance/proxy_models.hpp"

namespace quarry::test {
namespace {

using proxy::Album;
using proxy::Author;
using proxy::Category;
using proxy::Post;
using proxy::Track;

auto posts(const database& db) { return db.objects<Post>(); }
auto tracks(const database& db) { return db.objects<Track>(); }
auto category(const database& db, const char* name) { return db.objects<Category>().get("name"_f = name); }
auto guido(const database& db) { return db.objects<Author>().get("name"_f = "Guido"); }
auto categories(const database& db, const char* slug = "hello") {
  return db.related<"categories">(posts(db).get("slug"_f = slug));
}
auto tracks_of(const database& db, const char* album) {
  return db.related<"tracks">(db.objects<Album>().get("name"_f = album));
}
auto listed(const database& db) {
  return posts(db).filter("active"_f = true).exclude("title__startswith"_f = "Draft").order_by("-views", "title");
}

auto per_author(const database& db) {
  return posts(db).values<"author_id">().annotate("count"_a = Count("id"_f), "total"_a = Sum("views"_f));
}

const std::vector<spelled_seed> relations = {
    {"proxy-0001", [](const database& db) { return answer(categories(db).all()); }},
    {"proxy-0002", [](const database& db) { return answer(categories(db).order_by("id").all()); }},
    {"proxy-0003",
     [](const database& db) { return answer(category(db, "News").id == categories(db).get("name"_f = "News").id); }},
    {"proxy-0004", [](const database& db) { return answer(categories(db).get("name"_f = "Empty")); }},
    {"proxy-0005", [](const database& db) { return answer(categories(db).get()); }},
    {"proxy-0006", [](const database& db) { return answer(categories(db).get("name__in"_f = {"News", "Tips"})); }},
    {"proxy-0007",
     [](const database& db) { return answer(categories(db).get(("name"_f = "News") | ("name"_f = "NEWSLETTER"))); }},
    {"proxy-0008",
     [](const database& db) {
       return answer(categories(db).get(Q<Category>("priority__gt"_f = 2), "color"_f = "blue"));
     }},
    {"proxy-0009", [](const database& db) { return answer(categories(db, "lonely").get()); }},
    {"proxy-0010", [](const database& db) { return answer(tracks_of(db, "Solo").get()); }},
    {"proxy-0011", [](const database& db) { return answer(tracks_of(db, "Malibu").get("position"_f = 2)); }},
    {"proxy-0012", [](const database& db) { return answer(tracks_of(db, "Malibu").get("title"_f = "Barcode")); }},
    {"proxy-0013", [](const database& db) { return answer(tracks_of(db, "Malibu").get("play_count"_f = 100)); }},
    {"proxy-0014", [](const database& db) { return answer(categories(db, "lonely").all()); }},
    {"proxy-0015",
     [](const database& db) {
       return answer(db.related<&Post::categories>(category(db, "News")).filter("title__contains"_f = "M2M").all());
     }},
    {"proxy-0016",
     [](const database& db) {
       return answer(db.objects<Category>().filter("posts__author"_f = guido(db), "name"_f = "Tips").get());
     }},
    {"proxy-0017",
     [](const database& db) { return answer(db.objects<Category>().filter("posts__author"_f = guido(db)).get()); }},
    {"proxy-0018",
     [](const database& db) {
       const auto found = db.related<"posts">(category(db, "News")).select_related<"author">().order_by("id").all();
       return answer(found.at(0).author->get().id == guido(db).id);
     }},
    {"proxy-0363", [](const database& db) { return answer(categories(db).get("name"_f = "News")); }},
};

const std::vector<spelled_seed> lookups = {
    {"proxy-0310",
     [](const database& db) { return answer(tracks(db).filter("album__name__exact"_f = "Malibu").order_by("id")); }},
    {"proxy-0311",
     [](const database& db) {
       return flat(tracks(db).filter("album__name__iexact"_f = "MALIBU").order_by("id").values_list<"id">());
     }},
    {"proxy-0312",
     [](const database& db) {
       return flat(tracks(db).filter("album__name__contains"_f = "Mal").order_by("id").values_list<"id">());
     }},
    {"proxy-0313",
     [](const database& db) {
       return flat(tracks(db).filter("album__name__icontains"_f = "mal").order_by("id").values_list<"id">());
     }},
    {"proxy-0314",
     [](const database& db) {
       return flat(tracks(db).filter("album__name__in"_f = {"Malibu", "Barclay"}).order_by("id").values_list<"id">());
     }},
    {"proxy-0315",
     [](const database& db) { return answer(tracks(db).filter("album__name__isnull"_f = true).order_by("id")); }},
    {"proxy-0316",
     [](const database& db) {
       return flat(tracks(db).filter("album__name__isnull"_f = false, "position__gt"_f = 22).values_list<"title">());
     }},
    {"proxy-0317",
     [](const database& db) {
       return flat(tracks(db)
                       .filter("position__gt"_f = 3, "album__year__isnull"_f = false)
                       .order_by("id")
                       .values_list<"title">());
     }},
    {"proxy-0318",
     [](const database& db) {
       return flat(tracks_of(db, "Malibu").filter("position__gte"_f = 3).order_by("id").values_list<"title">());
     }},
    {"proxy-0319",
     [](const database& db) {
       return flat(tracks_of(db, "Malibu").filter("position__lt"_f = 3).order_by("id").values_list<"title">());
     }},
    {"proxy-0320",
     [](const database& db) {
       return flat(tracks_of(db, "Malibu")
                       .filter("position__lte"_f = 3, "play_count__gte"_f = 40)
                       .order_by("id")
                       .values_list<"title">());
     }},
    {"proxy-0322",
     [](const database& db) {
       return answer(
           tracks_of(db, "Malibu").filter("title__istartswith"_f = "SUN").order_by("id").values_flat<"title">());
     }},
    {"proxy-0323",
     [](const database& db) {
       return answer(tracks_of(db, "Malibu").filter("title__endswith"_f = "e").order_by("id").values_flat<"title">());
     }},
    {"proxy-0147",
     [](const database& db) {
       return answer(categories(db).filter("postcategory__sort_order__gt"_f = 2).order_by("id"));
     }},
    {"proxy-0148",
     [](const database& db) { return answer(categories(db).order_by("postcategory__sort_order").all()); }},
    {"proxy-0167",
     [](const database& db) { return answer(categories(db).aggregate("x"_a = Sum("priority"_f)).get<"x">()); }},
    {"proxy-0168",
     [](const database& db) { return answer(categories(db).aggregate("x"_a = Avg("priority"_f)).get<"x">()); }},
    {"proxy-0324",
     [](const database& db) {
       return answer(tracks_of(db, "Malibu").filter("album__name__iendswith"_f = "IBU", "title__iendswith"_f = "SET"));
     }},
};

const std::vector<spelled_seed> verbs = {
    {"proxy-0347", [](const database& db) { return answer(posts(db).in_bulk({1, 2, 3})); }},
    {"proxy-0348", [](const database& db) { return answer(posts(db).in_bulk({1, 99})); }},
    {"proxy-0349", [](const database& db) { return answer(posts(db).in_bulk<"slug">({"hello", "tips"})); }},
    {"proxy-0350", [](const database& db) { return answer(posts(db).in_bulk(std::vector<int>())); }},
    {"proxy-0351", [](const database& db) { return answer(posts(db).in_bulk({5})); }},
    {"proxy-0352", [](const database& db) { return answer(posts(db).order_by("id").at(2).title); }},
    {"proxy-0353", [](const database& db) { return answer(posts(db).order_by("-views", "id").slice(10, 20)); }},
    {"proxy-0354", [](const database& db) { return answer(posts(db).order_by("id").slice(0, 10)); }},
    {"proxy-0355", [](const database& db) { return answer(posts(db).order_by("id").at(99)); }},
    {"proxy-0356", [](const database& db) { return answer(posts(db).order_by("id").at(-1)); }},
    {"proxy-0357", [](const database& db) { return answer(posts(db).filter("active"_f = true).order_by("id")); }},
    {"proxy-0358", [](const database& db) { return answer(posts(db).get("pk"_f = 1)); }},
    {"proxy-0359", [](const database& db) { return answer(posts(db).count()); }},
    {"proxy-0360", [](const database& db) { return answer(posts(db).filter("active"_f = true).count()); }},
    {"proxy-0361", [](const database& db) { return answer(posts(db).get("pk"_f = 99)); }},
    {"proxy-0362", [](const database& db) { return answer(posts(db).order_by("id").rows().at(1).title); }},
    {"proxy-0364", [](const database& db) { return answer(per_author(db)); }},
    {"proxy-0365",
     [](const database& db) {
       return answer(per_author(db).filter("author_id__isnull"_f = false).order_by("author_id"));
     }},
    {"proxy-0366",
     [](const database& db) {
       return answer(posts(db).aggregate("total"_a = Count("id"_f), "avg"_a = Avg("views"_f)));
     }},
    {"proxy-0367", [](const database& db) { return answer(listed(db).distinct().slice(40, 60)); }},
    {"proxy-0368", [](const database& db) { return answer(listed(db).distinct().slice(6, 10)); }},
    {"proxy-0369",
     [](const database& db) {
       return answer(
           posts(db).filter("categories__name__in"_f = {"News", "Tips"}).distinct().order_by("id").slice(0, 2));
     }},
    {"proxy-0370",
     [](const database& db) {
       const auto base = posts(db).all();
       const auto filtered = base.filter("active"_f = true);
       const auto ordered = base.order_by("-views");
       const auto limited = base.slice(0, 2);
       return answer(base.count());
     }},
    {"proxy-0371",
     [](const database& db) {
       const auto q = posts(db).filter("views__gt"_f = 100).order_by("-views", "id");
       return answer(std::tuple(q.rows().size(), q.at(0).title));
     }},
    {"proxy-0372", [](const database& db) { return answer(posts(db).first()); }},
    {"proxy-0373", [](const database& db) { return answer(posts(db).last()); }},
    {"proxy-0374", [](const database& db) { return answer(posts(db).filter("views"_f = -1).last()); }},
    {"proxy-0375", [](const database& db) { return answer(posts(db).filter("active"_f = true).exists()); }},
};

}  // namespace

suite proxy_suite() {
  suite out{"proxy", catalog_of<proxy::proxy_schema>(), {}, {}};
  for (const auto* part : {&relations, &lookups, &verbs}) out.seeds.insert(out.seeds.end(), part->begin(), part->end());
  out.unspelled = {
      {"proxy-0061", "objects have no lists that other queries fill"},
      {"proxy-0062", "objects have no lists that other queries fill"},
      {"proxy-0064", "objects have no lists that other queries fill"},
      {"proxy-0065", "objects have no lists that other queries fill"},
  };
  return out;
}

}  // namespace quarry::test
