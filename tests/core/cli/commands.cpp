// The built command, as a shell would start it.
#include <gtest/gtest.h>

#include <fstream>

#include "core/cli/command.hpp"

namespace quarry::cli::tests {
namespace {

constexpr const char* the_query =
    R"(Entry.objects.filter(blog__name="Beatles Blog", rating__gt=3).order_by("-pub_date")[:5])";

TEST_F(the_command, compile_shows_every_stage_the_sql_and_the_binds) {
  const outcome r = compile(the_query, {"--print-ir", "after-all"});
  EXPECT_EQ(r.err, "");
  EXPECT_EQ(r.code, 0);
  for (const char* part :
       {"; stage surface\n", "; stage related, after ", "; stage logical, after ", "; stage sql, after ",
        "lookup \"blog__name\" @21 %0", "relate e.blog", "\nSELECT ", "\n; binds\n"})
    EXPECT_NE(r.out.find(part), std::string::npos) << part << "\n" << r.out;
  const std::string binds = r.out.substr(r.out.find("; binds"));  // their order is that of the placeholders
  for (const char* bind : {": %0: text(100)! = \"Beatles Blog\"\n", ": %1: i64! = 3\n", ": %2: i64! = 5\n"})
    EXPECT_NE(binds.find(bind), std::string::npos) << bind << "\n" << binds;
}

TEST_F(the_command, compile_prints_the_same_from_run_to_run) {
  EXPECT_EQ(compile(the_query, {"--print-ir", "after-all"}).out, compile(the_query, {"--print-ir", "after-all"}).out);
}

TEST_F(the_command, compile_prints_the_stages_asked_for) {
  const outcome r = compile(the_query, {"--print-ir", "surface", "--print-ir", "sql"});
  EXPECT_NE(r.out.find("; stage surface\n"), std::string::npos);
  EXPECT_NE(r.out.find("; stage sql, "), std::string::npos);
  EXPECT_EQ(r.out.find("; stage related"), std::string::npos);
  EXPECT_EQ(compile(the_query).out.find("; stage"), std::string::npos);
}

TEST_F(the_command, compile_tells_why_and_what_a_pass_is_worth) {
  const std::string query = "Blog.objects.filter(entry__rating=5).distinct()";
  EXPECT_EQ(compile(query).out.find("; why"), std::string::npos);
  EXPECT_NE(compile(query, {"--why"}).out.find("FROM, in EXISTS blog_entry e1\n"), std::string::npos);
  EXPECT_NE(compile(query, {"--why", "--disable", "form-semijoins"}).out.find("JOIN blog_entry e1\n"),
            std::string::npos);
}

TEST_F(the_command, compile_takes_queries_that_would_run_at_once) {
  EXPECT_NE(compile("Entry.objects.count()").out.find("count(*)"), std::string::npos);
  EXPECT_NE(compile("Entry.objects.get(pk=1)").out.find("LIMIT"), std::string::npos);
  EXPECT_NE(compile("Entry.objects").out.find("SELECT"), std::string::npos);
  EXPECT_EQ(compile("1 + 1").err.substr(0, 47), "error[QRY2208]: quarry compile expects a query,");
}

TEST_F(the_command, compile_knows_versions_of_a_dialect) {
  const outcome old = run({"compile", "--models", models, "--dialect", "sqlite@3.38.0", "Entry.objects.all()"});
  EXPECT_EQ(old.err, "");
  EXPECT_NE(old.out.find(" 3.38.0\nSELECT"), std::string::npos) << old.out;
  const outcome unknown = run({"compile", "--models", models, "--dialect", "nothing", "Entry.objects.all()"});
  EXPECT_EQ(unknown.code, 1);
  EXPECT_EQ(unknown.err.substr(0, 53), "error[QRY3001]: no plugin for 'nothing' was found in ");
}

TEST_F(the_command, compile_points_at_a_mistake_in_a_value) {
  const outcome r = compile("Entry.objects.filter(rating='three')");
  EXPECT_EQ(r.code, 1);
  EXPECT_EQ(r.out, "");
  EXPECT_EQ(r.err,
            "error[QRY2201]: 'rating' expects an integer, not a text\n"
            "  Entry.objects.filter(rating='…')\n"
            "                       ^~~~~~\n");
}

TEST_F(the_command, eval_prints_canonical_json) {
  ASSERT_EQ(fill().err, "");
  const outcome r = eval("Entry.objects.filter(rating=4)");
  EXPECT_EQ(
      r.out,
      R"([{"$model": "Entry", "id": 2, "blog_id": 1, "headline": "New Lennon biography", "pub_date": {"$date": "2008-06-08"}, "rating": 4}])"
      "\n");
  EXPECT_EQ(r.code, 0);
}

TEST_F(the_command, eval_prints_errors_in_both_forms) {
  fill();
  const outcome r = eval("Entry.objects.get(pk=99)");
  EXPECT_EQ(r.code, 1);
  EXPECT_EQ(r.out, "{\"$error\": \"Entry.DoesNotExist\"}\n");
  EXPECT_EQ(r.err, "error[QRY2303]: no Entry matches the query\n  Entry.objects.get(pk=99)\n                ^~~\n");
}

TEST_F(the_command, eval_prints_tables) {
  fill();
  EXPECT_EQ(eval("Entry.objects.order_by('id').values('id', 'headline', 'rating')[1:4]", {"--format", "table"}).out,
            " id | headline             | rating\n"
            "----+----------------------+--------\n"
            "  2 | New Lennon biography |      4\n"
            "  3 | What's up, Paul?     |   NULL\n"
            "  4 | What makes it yellow |      3\n"
            "(3 rows)\n");
  EXPECT_EQ(eval("Blog.objects.values_list('name', flat=True).order_by('id')", {"--format", "table"}).out,
            " name\n--------------\n Beatles Blog\n Cheddar Talk\n(2 rows)\n");
  EXPECT_EQ(eval("'ü\\n', 'xy'", {"--format", "table"}).out, " value\n-------\n ü\\n\n xy\n(2 rows)\n");
  EXPECT_EQ(eval("Entry.objects.count()", {"--format", "table"}).out, "5\n");
  EXPECT_EQ(eval("Entry.objects.none()", {"--format", "table"}).out.substr(0, 14), " id | blog_id ");
}

TEST_F(the_command, eval_shows_statements_when_asked) {
  fill();
  const outcome r = eval("Entry.objects.filter(rating=5).count()", {"--sql"});
  EXPECT_EQ(r.out, "2\n");
  EXPECT_NE(r.err.find("count(*)"), std::string::npos);
  EXPECT_NE(r.err.find("\n  -- 1: 5\n"), std::string::npos);
}

TEST_F(the_command, eval_refuses_a_fixture_as_a_whole) {
  std::ofstream(folder / "wrong.json")
      << R"({"Blog": [{"id": 1, "name": "a", "tagline": "b"}], "Entry": [{"id": 1, "blog_id": 7, "headline": "x",
    "pub_date": {"$date": "2008-06-08"}, "rating": 1}]})";
  const outcome r = eval("1", {"--create", "--fixture", folder / "wrong.json"});
  EXPECT_EQ(r.out, "{\"$error\": \"IntegrityError\"}\n");
  EXPECT_EQ(eval("Blog.objects.count()").out, "0\n");
  std::ofstream(folder / "unknown.json") << R"({"Blogg": []})";
  EXPECT_EQ(eval("1", {"--fixture", folder / "unknown.json"}).err,
            "error[QRY1003]: no model is named 'Blogg'; did you mean 'Blog'?\n");
}

TEST_F(the_command, eval_loads_rows_that_refer_to_later_ones) {
  std::filesystem::create_directories(folder / "tree");
  std::ofstream(folder / "tree" / "models.py")
      << "from django.db import models\nclass Node(models.Model):\n"
         "    up = models.ForeignKey('self', null=True, on_delete=models.CASCADE)\n"
         "    near = models.ManyToManyField('self', symmetrical=False, related_name='far')\n";
  std::ofstream(folder / "rows.json")
      << R"({"Node": [{"id": 1, "up_id": 2}, {"id": 2, "up_id": null}], "Node.near": [[1, 2]]})";
  const outcome r =
      run({"eval", "--models", folder / "tree" / "models.py", "--db", "sqlite:///" + (folder / "tree.db").string(),
           "--create", "--fixture", folder / "rows.json", "Node.objects.get(pk=1).up.id"});
  EXPECT_EQ(r.err, "");
  EXPECT_EQ(r.out, "2\n");
}

TEST_F(the_command, eval_shows_mistakes_of_the_models_file) {
  std::ofstream(folder / "models.py")
      << "from django.db import models\nclass A(models.Model):\n    n = models.CharFeild()\n";
  const outcome r = run({"eval", "--models", folder / "models.py", "--db", "sqlite://:memory:", "1"});
  EXPECT_EQ(r.code, 1);
  EXPECT_NE(r.err.find("models.py: error[QRY1006]"), std::string::npos) << r.err;
  EXPECT_EQ(run({"eval", "--models", folder / "none.py", "--db", "sqlite://:memory:", "1"}).code, 2);
}

constexpr const char* some_cases = R"x({"id": "count", "steps": [], "expr": "Entry.objects.count()", "expect": 5}
{"id": "write", "steps": ["Blog.objects.create(name='New', tagline='')"], "expr": "Blog.objects.get(name='New').id", "expect": 3}
{"id": "fresh", "steps": [], "expr": "Blog.objects.values_list('id', flat=True)", "expect": [2, 1], "ordered": false}
{"id": "native", "expr": "Entry.objects.filter(headline__startswith='what').count()", "expect": 3, "expect_portable": 0}
{"id": "missing", "expr": "Entry.objects.get(pk=77)", "expect": {"$error": "Entry.DoesNotExist"}}
{"id": "elsewhere", "expr": "1", "expect": 2, "skip": {"sqlite": "not of this database"}}
)x";

TEST_F(the_command, conformance_judges_each_case_over_fresh_rows) {
  std::ofstream(folder / "cases.jsonl") << some_cases;
  for (const std::string& url : {std::string("sqlite://:memory:"), "sqlite:///" + (folder / "blog.db").string()})
    for (const char* semantics : {"portable", "native"}) {
      const outcome r = run({"conformance", "--models", models, "--fixture", example + "/fixture.json", "--cases",
                             folder / "cases.jsonl", "--db", url, "--semantics", semantics});
      EXPECT_EQ(r.err, "");
      EXPECT_EQ(r.out, "5 passed, 0 failed, 1 skipped\n");
      EXPECT_EQ(r.code, 0);
    }
}

TEST_F(the_command, conformance_shows_what_failed) {
  std::ofstream(folder / "cases.jsonl") << R"x({"id": "wrong", "steps": ["n = 2"], "expr": "n + 2", "expect": [5]}
{"id": "right", "expr": "4", "expect": 4}
{"id": "error", "expr": "Entry.objects.filter(nope=1)", "expect": 1}
)x";
  const outcome r = run({"conformance", "--models", models, "--fixture", example + "/fixture.json", "--cases",
                         folder / "cases.jsonl", "--db", "sqlite://:memory:"});
  EXPECT_EQ(r.out,
            "FAIL wrong  n = 2 ; n + 2\n  expected [5]\n  actual   4\n"
            "FAIL error  Entry.objects.filter(nope=1)\n  expected 1\n  actual   {\"$error\": \"FieldError\"}\n"
            "  error[QRY2107]: Entry has no field 'nope'\n"
            "1 passed, 2 failed, 0 skipped\n");
  EXPECT_EQ(r.code, 1);
}

TEST_F(the_command, conformance_writes_answers_and_statements) {
  std::ofstream(folder / "cases.jsonl") << R"x({"id": "a", "steps": ["q = Blog.objects.count()"], "expr": "q"}
{"id": "b", "expr": "Entry.objects.filter(pk__in=[]).count(), Blog.objects.count()"}
)x";
  const outcome r = run({"conformance", "--models", models, "--fixture", example + "/fixture.json", "--cases",
                         folder / "cases.jsonl", "--db", "sqlite://:memory:", "--out", folder / "answers.jsonl"});
  EXPECT_EQ(r.out, "2 passed, 0 failed, 0 skipped\n");
  const std::string out = content_of(folder / "answers.jsonl");
  EXPECT_TRUE(
      out.starts_with("{\"id\": \"a\", \"actual\": 2, \"sql\": []}\n{\"id\": \"b\", \"actual\": [0, 2], "
                      "\"sql\": [\"SELECT count(*)"))
      << out;
  const outcome only = run({"conformance", "--models", models, "--fixture", example + "/fixture.json", "--cases",
                            folder / "cases.jsonl", "--db", "sqlite://:memory:", "--only", "b"});
  EXPECT_EQ(only.out, "1 passed, 0 failed, 0 skipped\n");
}

TEST_F(the_command, plugins_lists_what_is_found_and_why_not) {
  std::ofstream(folder / "quarry-broken.so") << "no library";
  const std::string path = folder.string() + ":" QUARRY_TEST_PLUGIN_DIR;
  const std::string line = "QUARRY_PLUGIN_PATH=" + quoted(path) + " " + quoted(QUARRY_BINARY_DIR "/bin/quarry") +
      " plugins >" + quoted(folder / "out");
  ASSERT_EQ(std::system(line.c_str()), 0);
  const std::string out = content_of(folder / "out");
  EXPECT_NE(out.find("broken  REFUSED  "), std::string::npos) << out;
  EXPECT_NE(out.find("error[QRY3002]"), std::string::npos) << out;
  EXPECT_NE(out.find("sqlite  sqlite "), std::string::npos) << out;
  EXPECT_NE(out.find(" operations, "), std::string::npos) << out;
}

TEST_F(the_command, explains_its_usage) {
  EXPECT_EQ(run({"--help"}).code, 0);
  EXPECT_EQ(run({}).code, 2);
  EXPECT_EQ(run({"eval", "1"}).code, 2);
  const outcome wrong = eval("1", {"--semantics", "wrong"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_TRUE(wrong.err.starts_with("--semantics: is one of portable|native\n")) << wrong.err;
}

}  // namespace
}  // namespace quarry::cli::tests
