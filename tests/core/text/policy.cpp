// What a policy lets through of text that nobody vouches for, and what strangers read about the rest.
#include <quarry/core/text/policy.hpp>

#include "evaluation.hpp"

namespace quarry::text::tests {
namespace {

constexpr std::string_view readers_policy = R"({
  "models": {
    "Blog": ["id", "name", "entry"],
    "Entry": ["id", "blog", "headline", "pub_date", "rating", "authors"],
    "Author": ["id", "name"]
  },
  "methods": ["filter", "exclude", "order_by", "values", "values_list", "all", "get", "first", "count", "annotate",
              "aggregate", "select_related", "prefetch_related", "in_bulk", "none", "latest", "desc", "distinct", "union"],
  "functions": ["Q", "F", "Count", "Sum", "date", "len", "list", "Exists", "OuterRef", "Prefetch"],
  "lookups": ["exact", "gt", "in", "icontains", "year"],
  "limits": {"text": 400, "nesting": 6, "nodes": 60, "depth": 1, "joins": 2, "terms": 6, "list": 3, "rows": 2, "statements": 2}
})";

policy read(std::string_view json) { return unwrap(read_policy(json)); }

/// The blog of `evaluated`, asked by a stranger.
class a_policy : public evaluated {
 protected:
  a_policy() { use(read(readers_policy)); }
  void use(const policy& p) {
    guarded = std::make_unique<evaluator>(unwrap(evaluator::untrusted(blog_models(), p, *session)));
  }
  std::string ask(std::string_view source) {
    auto last = guarded->run(source);
    if (!last) return canonical_json(last.error());
    if (auto fetched = guarded->fetch(*last); !fetched) return canonical_json(fetched.error());
    return canonical_json(*last, *guarded->models().catalog);
  }
  std::string refusal_of(std::string_view source) {
    auto last = guarded->run(source);
    if (!last) return ir::render(last.error());
    auto fetched = guarded->fetch(*last);
    return fetched ? "(accepted)" : ir::render(fetched.error());
  }
  std::string denied(std::string_view source) {
    const int before = session->queries;
    const std::string said = ask(source);
    EXPECT_LE(session->queries, before + 2) << source;
    return said;
  }
  std::unique_ptr<evaluator> guarded;
};

constexpr const char* permission_denied_json = R"({"$error": "PermissionDenied"})";

TEST_F(a_policy, lets_through_what_it_names) {
  EXPECT_EQ(ask("Entry.objects.filter(rating__gt=4).values('headline')"), R"([{"headline": "What would John do?"}])");
  EXPECT_EQ(ask("Entry.objects.get(pk=1)"),
            R"({"$model": "Entry", "id": 1, "blog_id": 1, "headline": "What would John do?", )"
            R"("pub_date": {"$date": "2008-06-01"}, "rating": 5})")
      << "an object has the fields that are allowed";
  EXPECT_EQ(ask("Entry.objects.filter(blog__name__icontains='cheddar').count()"), "1");
  EXPECT_EQ(ask("Blog.objects.annotate(n=Count('entry')).values_list('name', 'n').order_by('name')"),
            R"([["Beatles Blog", 2], ["Cheddar Talk", 1]])");
  EXPECT_EQ(ask("Entry.objects.get(pk=3).blog.name"), R"("Cheddar Talk")");
  EXPECT_EQ(ask("Blog.objects.in_bulk([1, 2])[2].name"), R"("Cheddar Talk")");
  EXPECT_EQ(ask("len(list(Blog.objects.prefetch_related('entry_set')))"), "2");
}

TEST_F(a_policy, that_names_nothing_allows_nothing) {
  use(read("{}"));
  EXPECT_EQ(ask("Entry.objects.count()"), R"({"$error": "NameError"})");
  EXPECT_EQ(ask("Q(id=1)"), permission_denied_json);
  EXPECT_EQ(ask("date(2020, 1, 1)"), permission_denied_json);
  EXPECT_EQ(ask("3 + 4"), "7") << "a value asks nobody";
  use(read(R"({"models": {"Entry": ["id"]}})"));
  EXPECT_EQ(ask("Entry.objects.count()"), permission_denied_json);
  use(read(R"({"models": {"Entry": ["id"]}, "methods": ["filter", "count"]})"));
  EXPECT_EQ(ask("Entry.objects.count()"), "3");
  EXPECT_EQ(ask("Entry.objects.filter(pk=1).count()"), "1") << "keys can always be compared";
  EXPECT_EQ(ask("Entry.objects.filter(pk__gt=1).count()"), permission_denied_json);
  EXPECT_EQ(session->queries, 2);
}

TEST_F(a_policy, says_the_same_of_what_is_forbidden_and_what_does_not_exist) {
  const auto same = [&](std::string_view pattern, std::string_view forbidden, std::string_view absent) {
    const auto with = [&](std::string_view name) {
      std::string source(pattern);
      for (std::size_t at = source.find('@'); at != std::string::npos; at = source.find('@'))
        source.replace(at, 1, name);
      std::string said = refusal_of(source);
      for (std::size_t at = said.find(name); at != std::string::npos; at = said.find(name))
        said.replace(at, name.size(), "@");
      return said;
    };
    EXPECT_EQ(with(forbidden), with(absent)) << pattern;
    EXPECT_NE(with(forbidden), "(accepted)") << pattern;
  };
  for (const char* pattern :
       {"Author.objects.filter(@='x')", "Author.objects.filter(**{'@': 'x'})", "Author.objects.order_by('@')",
        "Author.objects.values('@')", "Author.objects.values_list('-@')", "Author.objects.filter(Q(@__gt=1))",
        "Author.objects.annotate(n=Count('@'))", "Author.objects.aggregate(n=Sum('@'))", "Author.objects.get(pk=1).@",
        "Author.objects.latest('@')", "Entry.objects.filter(authors__@='x')", "Author.objects.distinct('@')",
        "Author.objects.filter(name=F('@'))",
        "Entry.objects.filter(Exists(Author.objects.filter(name=OuterRef('@'))))"})
    same(pattern, "email", "emaix");
  same("@.objects.count()", "Country", "Countrx");
  same("Entry.objects.filter(@=1)", "detail", "detaix");
  same("Author.objects.filter(@=1)", "edited", "editex");
  same("Author.objects.filter(entry__@=1)", "blog", "blox");
  same("Entry.objects.filter(@=1)", "editor_id", "editox_id");
  same("Entry.objects.get(pk=1).@", "detail", "detaix");
  same("Author.objects.get(pk=1).@", "entry_set", "entry_sex");
  EXPECT_EQ(refusal_of("Author.objects.filter(emial='x')"),
            "error[QRY2107]: Author has no field 'emial'\n"
            "  Author.objects.filter(emial='…')\n"
            "                        ^~~~~")
      << "no hint at 'email'";
}

TEST_F(a_policy, names_functions_methods_and_lookups) {
  EXPECT_EQ(refusal_of("Entry.objects.reverse()"),
            "error[QRY2601]: 'reverse' is not allowed here\n"
            "  Entry.objects.reverse()\n"
            "                ^~~~~~~");
  EXPECT_EQ(refusal_of("Entry.objects.aggregate(n=Avg('rating'))"),
            "error[QRY2601]: 'Avg' is not allowed here\n"
            "  Entry.objects.aggregate(n=Avg('…'))\n"
            "                            ^~~");
  EXPECT_EQ(refusal_of("Entry.objects.filter(rating__gte=3)"),
            "error[QRY2601]: 'gte' is not allowed here\n"
            "  Entry.objects.filter(rating__gte=3)\n"
            "                               ^~~");
  EXPECT_EQ(denied("Entry.objects.filter(pub_date__month=3)"), permission_denied_json);
  EXPECT_EQ(denied("Entry.objects.order_by('pub_date__month')"), permission_denied_json);
  EXPECT_EQ(denied("Entry.objects.latest('pub_date__month')"), permission_denied_json);
  EXPECT_EQ(denied("Entry.objects.annotate(r=F('rating')).filter(r__lt=3)"), permission_denied_json);
  EXPECT_EQ(denied("Entry.objects.filter(Exists(Blog.objects.filter(name__regex='x')))"), permission_denied_json);
  EXPECT_EQ(denied("Entry.objects.filter(blog__in=Blog.objects.filter(name__lt='x'))"), permission_denied_json);
  EXPECT_EQ(
      denied("list(Blog.objects.prefetch_related(Prefetch('entry_set', queryset=Entry.objects.filter(rating__lt=3))))"),
      permission_denied_json);
  EXPECT_EQ(denied("datetime.date.today()"), permission_denied_json) << "by way of a module, too";
  EXPECT_EQ(denied("models.Avg('rating')"), permission_denied_json);
  EXPECT_EQ(ask("Entry.objects.filter(pub_date__year__gt=2008).count()"), "1");
}

TEST_F(a_policy, never_lets_text_write_or_carry_sql) {
  for (const char* source :
       {"Entry(headline='x')", "Entry.objects.create(headline='x')", "Entry.objects.get(pk=1).save()",
        "Entry.objects.get(pk=1).delete()", "Entry.objects.all().delete()",
        "Entry.objects.filter(pk=1).update(rating=1)", "Entry.objects.raw('select 1')",
        "Entry.objects.extra(select={'a': '1'})", "Entry.objects.filter(RawSQL('1', []))",
        "Entry.objects.annotate(x=Func(F('id'), function='f'))", "Entry.objects.explain()",
        "Entry.objects.using('other').count()", "Entry.objects.select_for_update()",
        "Entry.objects.get(pk=1).blog.entry_set.add(1)", "Entry.objects.bulk_create([])"})
    EXPECT_EQ(ask(source), permission_denied_json) << source;
  for (const char* source : {"x = 3", "Entry.objects.get(pk=1).headline = 'x'", "import os", "3; 4"})
    EXPECT_EQ(ask(source), permission_denied_json) << source;
  for (const char* name :
       {"create", "save", "delete", "update", "raw", "extra", "explain", "using", "select_for_update", "bulk_create",
        "get_or_create", "add", "set", "clear", "whatever_comes_next"})
    EXPECT_FALSE(
        evaluator::untrusted(blog_models(), read(R"({"methods": [")" + std::string(name) + R"("]})"), *session))
        << name;
  for (const char* name : {"RawSQL", "Func"})
    EXPECT_FALSE(
        evaluator::untrusted(blog_models(), read(R"({"functions": [")" + std::string(name) + R"("]})"), *session))
        << name;
  EXPECT_EQ(eval("Entry.objects.count()"), "3");
}

TEST_F(a_policy, bounds_the_text) {
  EXPECT_EQ(denied("'" + std::string(500, 'x') + "'"), R"({"$error": "SyntaxError"})");
  EXPECT_EQ(denied("[[[[[[[[[[1]]]]]]]]]]"), R"({"$error": "SyntaxError"})");
  std::string wide = "[0";
  for (int i = 0; i < 90; ++i) wide += ",0";
  EXPECT_EQ(denied(wide + "]"), R"({"$error": "SyntaxError"})");
}

TEST_F(a_policy, bounds_paths_joins_terms_and_lists) {
  EXPECT_EQ(refusal_of("Blog.objects.filter(entry__authors__name='x')"),
            "error[QRY2602]: a path of 2 relations is beyond the limit of 1\n"
            "  Blog.objects.filter(entry__authors__name='…')\n"
            "                      ^~~~~~~~~~~~~~~~~~~~");
  EXPECT_EQ(denied("Blog.objects.order_by('entry__authors__name')"), permission_denied_json);
  EXPECT_EQ(denied("Author.objects.prefetch_related('entry_set__blog')"), permission_denied_json);
  EXPECT_EQ(denied("Blog.objects.prefetch_related('entry_set__authors')"), permission_denied_json);
  EXPECT_EQ(denied("Blog.objects.annotate(n=Count('entry__authors'))"), permission_denied_json);
  EXPECT_EQ(ask("Entry.objects.filter(authors__name='x').count()"), "0") << "one relation, two joins";
  EXPECT_EQ(refusal_of("Entry.objects.filter(authors__name='x', blog__name='x').count()"),
            "error[QRY2602]: a statement with 3 joins is beyond the limit of 2\n"
            "  Entry.objects.filter(authors__name='…', blog__name='…').count()\n"
            "                                                          ^~~~~");
  EXPECT_EQ(
      denied("Entry.objects.filter(Exists(Blog.objects.filter(pk=OuterRef('blog'), entry__rating=1)), blog__name='x')"),
      permission_denied_json)
      << "subqueries count too";
  EXPECT_EQ(denied("Entry.objects.filter(Q(rating=1) | Q(rating=2) | Q(rating=3) | Q(rating=4) | Q(rating=5))"),
            permission_denied_json);
  EXPECT_EQ(refusal_of("Entry.objects.filter(rating__in=[1, 2, 3, 4])"),
            "error[QRY2602]: a list of 4 values is beyond the limit of 3\n"
            "  Entry.objects.filter(rating__in=[1, 2, 3, 4])\n"
            "                       ^~~~~~~~~~");
}

TEST_F(a_policy, bounds_what_comes_with_objects) {
  policy p = read(readers_policy);
  p.limits.depth = 0;
  use(p);
  EXPECT_EQ(denied("Entry.objects.select_related('blog')"), permission_denied_json);
  EXPECT_EQ(denied("Entry.objects.select_related()"), permission_denied_json);
  EXPECT_EQ(denied("Blog.objects.prefetch_related('entry_set')"), permission_denied_json);
  EXPECT_EQ(ask("Entry.objects.filter(blog=2).values_list('blog')"), "[[2]]") << "the key is in the row";
}

TEST_F(a_policy, bounds_rows_and_statements) {
  EXPECT_EQ(ask("Entry.objects.order_by('id').values_list('id')"), "[[1], [2]]") << "two rows, whatever the text says";
  EXPECT_EQ(ask("Entry.objects.order_by('id').values_list('id')[1:100]"), "[[2], [3]]");
  EXPECT_EQ(ask("Entry.objects.order_by('id').values_list('id')[:1]"), "[[1]]");
  EXPECT_EQ(ask("len(Entry.objects.union(Entry.objects.all()))"), "2");
  EXPECT_EQ(ask("Entry.objects.count()"), "3") << "a count is one row";
  EXPECT_EQ(ask("Entry.objects.none()"), "[]");
  EXPECT_EQ(denied("[Entry.objects.count(), Entry.objects.count(), Entry.objects.count()]"), permission_denied_json);
  EXPECT_EQ(ask("[Entry.objects.count(), Entry.objects.count()]"), "[3, 3]") << "each text begins anew";
}

TEST_F(a_policy, hides_the_order_of_a_model_by_fields_that_it_does_not_name) {
  model_set models = unwrap(load_models(
      "class A(models.Model):\n    name = models.CharField(max_length=9)\n    rank = models.IntegerField()\n"
      "    class Meta:\n        ordering = ['name', '-rank', 'id']\n        get_latest_by = 'rank'\n",
      "x"));
  const model_set left = unwrap(restricted_models(models, read(R"({"models": {"A": ["id", "name"]}})")));
  EXPECT_EQ(left.catalog->at(0).ordering, std::vector<std::string>{"name"});
  EXPECT_EQ(left.catalog->at(0).get_latest_by, "");
  EXPECT_EQ(left.catalog->text(left.catalog->at(0).table), "x_a");
}

TEST_F(a_policy, must_fit_the_models) {
  const auto why = [&](std::string_view json) {
    auto made = evaluator::untrusted(blog_models(), read(json), *session);
    return made ? "(accepted)" : made.error().message;
  };
  EXPECT_EQ(why(R"({"models": {"Entri": ["id"]}})"), "the policy is not valid: no model is named 'Entri'");
  EXPECT_EQ(why(R"({"models": {"Entry": ["id", "hedline"]}})"),
            "the policy is not valid: Entry has no field 'hedline'");
  EXPECT_EQ(why(R"({"models": {"Entry": ["id", "blog_id"]}})"),
            "the policy is not valid: Entry has no field 'blog_id'");
  EXPECT_EQ(why(R"({"models": {"Entry": ["rating"]}})"),
            "the policy is not valid: Entry needs its primary key 'id': every object has it");
  EXPECT_EQ(why(R"({"models": {"Entry": ["id", "blog"]}})"),
            "the policy is not valid: 'Entry.blog' leads to Blog, a model that it does not allow");
  EXPECT_EQ(why(R"({"models": {"Entry": ["id"], "Blog": ["id", "entry"]}})"),
            "the policy is not valid: 'Blog.entry' needs Entry.blog");
  EXPECT_EQ(why(R"({"models": {"City": ["id", "country"], "Country": ["code"]}})"),
            "the policy is not valid: 'City.country' needs Country.name");
  EXPECT_EQ(why(R"({"models": {"Entry_authors": ["id"]}})"),
            "the policy is not valid: no model is named 'Entry_authors'");
}

TEST_F(a_policy, is_read_from_json) {
  const auto why = [](std::string_view json) {
    auto made = read_policy(json);
    return made ? "(accepted)" : made.error().message.substr(std::string("the policy is not valid: ").size());
  };
  EXPECT_EQ(why("{"), "it is no JSON document");
  EXPECT_EQ(why("[]"), "it is no JSON object");
  EXPECT_EQ(why(R"({"metods": []})"), "it has no member 'metods'");
  EXPECT_EQ(why(R"({"methods": "filter"})"), "'methods' is a list of names");
  EXPECT_EQ(why(R"({"methods": ["filter", "filter"]})"), "'methods' names 'filter' twice");
  EXPECT_EQ(why(R"({"models": ["Entry"]})"), "'models' is an object: the names of models, each with a list of fields");
  EXPECT_EQ(why(R"({"models": {"Entry": "*"}})"), "'Entry' of 'models' is a list of names");
  EXPECT_EQ(why(R"({"limits": {"row": 3}})"), "no limit is named 'row'");
  EXPECT_EQ(why(R"({"limits": {"rows": -1}})"), "the limit 'rows' is a whole number from 0 on");
  EXPECT_EQ(why(R"({"limits": {"rows": 1.5}})"), "the limit 'rows' is a whole number from 0 on");
  EXPECT_EQ(read(R"({"limits": {"rows": 7}})").limits.rows, 7U);
}

}  // namespace
}  // namespace quarry::text::tests
