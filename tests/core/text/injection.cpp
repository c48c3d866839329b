// Names and values that carry SQL, as reports of injections through ORMs have them: whatever text says them, and wherever, no
// byte of them is in the SQL. Each is refused, or harmless.
#include <algorithm>
#include <array>

#include <quarry/core/text/policy.hpp>

#include "evaluation.hpp"

namespace quarry::text::tests {
namespace {

/// In every payload: what is looked for in the SQL.
constexpr std::string_view marker = "zqx";

// As the text of a literal: `\x22` is a quote.
constexpr std::array payloads = {
    R"(zqx)",
    R"(zqx\x22)",
    R"(zqx')",
    R"(zqx\x60)",
    R"(\x22zqx\x22.\x22b)",
    R"(zqx\x22; DROP TABLE blog_entry; --)",
    R"(zqx'; DROP TABLE blog_entry; --)",
    R"(zqx; DROP TABLE blog_entry)",
    R"(zqx\x22 FROM blog_author UNION SELECT 1 --)",
    R"(zqx) OR 1=1 --)",
    R"(zqx' OR 1=1 --)",
    R"(zqx/*)",
    R"(*/zqx)",
    R"(zqx#)",
    R"(zqx--)",
    R"(zqx%s)",
    R"(zqx%(a)s)",
    R"(%%zqx%)",
    R"({zqx})",
    R"({0}zqx{1})",
    R"($zqx$)",
    R"($$zqx$$)",
    R"($1zqx)",
    R"(:zqx)",
    R"(?1zqx)",
    R"(@zqx)",
    R"(zqx.id)",
    R"(blog.zqx)",
    R"(zqx[0])",
    R"(zqx::text)",
    R"(zqx\\)",
    R"(\\' zqx)",
    R"(zqx\n)",
    R"(zqx\r\n--)",
    R"(zqx\t)",
    R"(zqx\x00)",
    R"(\x00zqx)",
    R"(zqx\u00a0)",
    R"(zqx\u2019)",
    R"(zqx\uff07)",
    R"(zqx\u02bc OR 1=1)",
    R"(zqx\xbf\x27)",
    R"(zqx__)",
    R"(__zqx)",
    R"(zqx____zqx)",
    R"(-zqx)",
    R"(--zqx)",
    R"(+zqx)",
    R"(?zqx)",
    R"(rating zqx)",
    R"(rating__zqx)",
    R"(rating\x22 zqx)",
    R"(zqx' from pub_date)) OR 1=1;SELECT EXTRACT('year)",
    R"(year' FROM zqx)",
    R"(a'||(select zqx)||')",
    R"($.zqx')",
};

// Where names of a text go to: @ is the payload.
constexpr std::array places = {
    // names of columns
    R"(Entry.objects.annotate(**{"@": Count("authors")}))",
    R"(Entry.objects.annotate(**{"@": Count("authors")}).filter(**{"@__gt": 0}).order_by("@"))",
    R"(Entry.objects.annotate(**{"@": F("rating")}).values("@"))",
    R"(Entry.objects.annotate(**{"@": Value("@")}))",
    R"(Entry.objects.alias(**{"@": F("rating")}).order_by("@"))",
    R"(Entry.objects.aggregate(**{"@": Count("id")}))",
    R"(Entry.objects.values(**{"@": F("rating")}))",
    R"(Entry.objects.values(**{"@": F("rating")}).annotate(n=Count("id")).order_by("@"))",
    R"(Entry.objects.values("blog").annotate(**{"@": Count("id")}).union(Entry.objects.values("id", "rating")))",
    R"(Entry.objects.annotate(**{"@": FilteredRelation("authors", condition=Q(authors__name="x"))}).filter(**{"@__name": 1}))",
    R"(Entry.objects.annotate(a=FilteredRelation("@")))",
    R"(Entry.objects.annotate(**{"@": Window(Count("id"), partition_by=F("blog"))}))",
    R"(Entry.objects.annotate(**{"@": Subquery(Blog.objects.filter(pk=OuterRef("blog")).values("name"))}))",
    R"(Blog.objects.prefetch_related(Prefetch("entry_set", to_attr="@")))",
    // names of fields
    R"(Entry.objects.values("@"))",
    R"(Entry.objects.values_list("@"))",
    R"(Entry.objects.values_list("@", flat=True))",
    R"(Entry.objects.order_by("@"))",
    R"(Entry.objects.order_by("-@"))",
    R"(Entry.objects.order_by(columns=["@"]))",
    R"(Entry.objects.order_by(F("@").desc()))",
    R"(Entry.objects.distinct("@"))",
    R"(Entry.objects.only("@"))",
    R"(Entry.objects.defer("@"))",
    R"(Entry.objects.fields(["@"]))",
    R"(Entry.objects.exclude_fields({"@": ...}))",
    R"(Entry.objects.select_related("@"))",
    R"(Entry.objects.select_related(["@"]))",
    R"(Entry.objects.prefetch_related("@"))",
    R"(Entry.objects.latest("@"))",
    R"(Entry.objects.earliest("@"))",
    R"(Entry.objects.in_bulk([1], field_name="@"))",
    R"(Entry.objects.sum("@"))",
    R"(Entry.objects.aggregate(n=Max("@")))",
    R"(Entry.objects.dates("@", "year"))",
    R"(Entry.objects.values({"blog": {"@"}}))",
    // conditions
    R"(Entry.objects.filter(**{"@": 1}))",
    R"(Entry.objects.filter(**{"@__exact": 1}))",
    R"(Entry.objects.filter(**{"rating__@": 1}))",
    R"(Entry.objects.filter(**{"blog__@": 1}))",
    R"(Entry.objects.filter(**{"pub_date__year__@": 1}))",
    R"(Entry.objects.exclude(**{"@": 1}))",
    R"(Entry.objects.get(**{"@": 1}))",
    R"(Entry.objects.get_or_none(**{"@": 1}))",
    R"(Entry.objects.filter(Q(**{"@": 1})))",
    R"(Entry.objects.filter(~Q(**{"@": 1}) | Q(rating=1)))",
    R"(Entry.objects.filter(_connector="@", rating=1))",
    R"(Entry.objects.filter(**{"_connector": "@", "rating": 1}))",
    R"(Entry.objects.filter(**{"_negated": "@", "rating": 1}))",
    R"(Entry.objects.filter(Q(_connector="@", rating=1, id=2)))",
    R"(Entry.objects.filter(Q(**{"_connector": "@", "rating": 1, "id": 2})))",
    R"(Entry.objects.filter(Q(**{"_negated": "@", "rating": 1})))",
    R"(Entry.objects.filter(rating=F("@")))",
    R"(Entry.objects.filter(rating=F("rating__@")))",
    R"(Entry.objects.filter(Exists(Blog.objects.filter(pk=OuterRef("@")))))",
    R"(Entry.objects.annotate(x=Case(When(**{"@": 1}, then=1), default=2)))",
    // keys of documents
    R"(Detail.objects.filter(**{"note__@": 1}))",
    R"(Detail.objects.filter(**{"note__a__@__isnull": True}))",
    R"(Detail.objects.filter(**{"note__@__icontains": "@"}))",
    R"(Detail.objects.filter(note__has_key="@"))",
    R"(Detail.objects.filter(note__has_any_keys=["@", "b"]))",
    R"(Detail.objects.filter(note__contains={"@": "@"}))",
    R"(Detail.objects.filter(note={"@": ["@"]}))",
    R"(Detail.objects.values("note__@"))",
    R"(Detail.objects.order_by("note__@"))",
    R"(Detail.objects.annotate(x=KT("note__@")).values("x"))",
    R"(Detail.objects.annotate(x=KT("@")).values("x"))",
    // values
    R"(Entry.objects.filter(headline="@"))",
    R"(Entry.objects.filter(headline__contains="@"))",
    R"(Entry.objects.filter(headline__regex="@"))",
    R"(Entry.objects.filter(headline__in=["@", "b"]))",
    R"(Entry.objects.filter(pub_date="@"))",
    R"(Entry.objects.filter(rating="@"))",
    R"(Entry.objects.filter(pk="@"))",
    R"(Entry.objects.annotate(x=Value("@")).values("x"))",
    R"(Entry.objects.annotate(x=Concat("headline", Value("@"))).values("x"))",
    R"(Entry.objects.annotate(x=Coalesce("headline", Value("@"))).order_by("x"))",
    R"(Entry.objects.limit("@"))",
    R"(Entry.objects.paginate("@"))",
    R"(Entry.objects.all()["@":])",
    // words that choose what is done
    R"(Entry.objects.dates("pub_date", "@"))",
    R"(Entry.objects.dates("pub_date", "year", order="@"))",
    R"(Entry.objects.datetimes("seen", "@"))",
    R"(Entry.objects.annotate(x=Trunc("pub_date", "@")))",
    R"(Entry.objects.annotate(x=Trunc("pub_date", kind="@")))",
    R"(Entry.objects.annotate(x=Extract("pub_date", "@")))",
    R"(Entry.objects.filter(pub_date__year=Extract("pub_date", lookup_name="@")))",
    R"(Entry.objects.aggregate(x=StringAgg("headline", delimiter="@")))",
    R"(Entry.objects.aggregate(x=StringAgg("headline", delimiter=Value("@"))))",
    R"(Entry.objects.annotate(x=Cast("rating", CharField(max_length="@"))))",
    R"(Entry.objects.annotate(x=Cast("rating", DecimalField(max_digits="@", decimal_places="@"))))",
    R"(Entry.objects.annotate(x=Cast("rating", output_field=CharField(db_collation="@"))))",
    R"(Entry.objects.annotate(x=Cast("rating", "@")))",
    R"(Entry.objects.annotate(x=Collate("headline", "@")))",
    R"(Entry.objects.annotate(x=Window(Count("id"), frame=RowRange(start="@"))))",
    R"(Entry.objects.annotate(x=ExpressionWrapper(F("rating"), output_field="@")))",
    R"(Entry.objects.explain(format="@"))",
    R"(Entry.objects.explain(**{"@": True}))",
    R"(Entry.objects.using("@").count())",
    R"(Entry.objects.select_for_update(of=("@",)))",
    R"(Entry.objects.get(pk=1).serializable_value("@"))",
};

// What only a program may say: these take SQL, or the name of a function.
constexpr std::array forms_of_sql = {
    R"(Entry.objects.raw("@"))",
    R"(Entry.objects.raw("select %s", params=["@"]))",
    R"(Entry.objects.extra(where=["@"]))",
    R"(Entry.objects.extra(select={"@": "1"}))",
    R"(Entry.objects.extra(tables=["@"]))",
    R"(Entry.objects.extra(order_by=["@"]))",
    R"(Entry.objects.annotate(x=RawSQL("@", [])))",
    R"(Entry.objects.annotate(x=Func(F("rating"), function="@")))",
    R"(Entry.objects.annotate(x=Func(F("rating"), template="@")))",
    R"(Entry.objects.annotate(x=Func(F("rating"), function="ABS", arg_joiner="@")))",
    R"(Entry.objects.annotate(x=Count("id", template="@")))",
    R"(Entry.objects.annotate(x=Count("id", function="@")))",
    R"(Entry.objects.annotate(x=Lower("headline", function="@")))",
};

std::string with_payload(std::string_view place, std::string_view payload) {
  std::string out;
  for (const char c : place)
    if (c == '@') out += payload;
    else out += c;
  return out;
}

/// Everything that a policy can allow.
policy permissive(const model_set& models) {
  policy p;
  for (const ir::model& m : models.catalog->models()) {
    if (m.automatic) continue;
    policy::names& fields = p.models[std::string(models.catalog->text(m.name))];
    for (const ir::column& c : m.columns) fields.emplace(models.catalog->text(c.field));
    for (const ir::relation& r : m.relations)
      if (r.accessor.present()) fields.emplace(models.catalog->text(r.name));
  }
  for (const char* name : {"filter",
                           "exclude",
                           "order_by",
                           "values",
                           "values_list",
                           "annotate",
                           "alias",
                           "aggregate",
                           "get",
                           "get_or_none",
                           "distinct",
                           "only",
                           "defer",
                           "fields",
                           "exclude_fields",
                           "select_related",
                           "union",
                           "prefetch_related",
                           "latest",
                           "earliest",
                           "in_bulk",
                           "sum",
                           "dates",
                           "datetimes",
                           "desc",
                           "all",
                           "limit",
                           "paginate"})
    p.methods.emplace(name);
  for (const char* name : {"Q",
                           "F",
                           "Count",
                           "Max",
                           "Value",
                           "Window",
                           "Subquery",
                           "OuterRef",
                           "Exists",
                           "Prefetch",
                           "Case",
                           "When",
                           "FilteredRelation",
                           "KT",
                           "Concat",
                           "Coalesce",
                           "Trunc",
                           "Extract",
                           "StringAgg",
                           "Cast",
                           "CharField",
                           "DecimalField",
                           "Collate",
                           "RowRange",
                           "ExpressionWrapper",
                           "Lower"})
    p.functions.emplace(name);
  for (const char* name :
       {"exact", "iexact", "gt", "in", "contains", "icontains", "regex", "isnull", "has_key", "has_any_keys", "year"})
    p.lookups.emplace(name);
  p.limits = {100'000, 100, 10'000, 5, 20, 200, 200, 1000, 100};
  return p;
}

class a_payload : public evaluated {
 protected:
  a_payload() {
    core->listen([this](std::string_view sql, std::span<const quarry_cell>) {
      std::string lower(sql);
      std::transform(lower.begin(), lower.end(), lower.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      if (lower.find(marker) != std::string::npos) leaked.push_back(lower);
      ++statements;
    });
  }
  ~a_payload() override { core->listen({}); }
  void all_with(evaluator& asked, std::span<const char* const> where) {
    for (const char* place : where)
      for (const char* payload : payloads) {
        const std::string source = with_payload(place, payload);
        auto last = asked.run(source);
        if (last) (void)asked.fetch(*last);
        if (leaked.empty()) continue;
        ADD_FAILURE() << source << "\n  became " << leaked.front();
        leaked.clear();
      }
  }
  void expect_rows() { EXPECT_EQ(eval("Entry.objects.count()"), "3"); }
  std::vector<std::string> leaked;
  int statements = 0;
};

TEST_F(a_payload, never_reaches_the_sql_of_trusted_text) {
  all_with(*text, places);
  EXPECT_GT(statements, 500) << "some are harmless, and run";
  expect_rows();
}

TEST_F(a_payload, never_reaches_the_sql_under_a_policy) {
  const model_set models = blog_models();
  evaluator guarded = unwrap(evaluator::untrusted(models, permissive(models), *session));
  all_with(guarded, places);
  EXPECT_GT(statements, 500) << "some are harmless, and run";
  statements = 0;
  all_with(guarded, forms_of_sql);
  EXPECT_EQ(statements, 0) << "these are refused";
  expect_rows();
}

}  // namespace
}  // namespace quarry::text::tests
