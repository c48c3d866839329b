// What a shell offers at its cursor, and the history that it keeps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

#include <quarry/core/cli/completion.hpp>
#include <quarry/core/cli/history.hpp>
#include <quarry/core/errors.hpp>

namespace quarry::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using strings = std::vector<std::string>;

constexpr std::string_view source = R"(from django.db import models

class Blog(models.Model):
    name = models.CharField(max_length=100)
    tagline = models.TextField()

class Author(models.Model):
    name = models.CharField(max_length=200)
    größe = models.IntegerField(null=True)
    grüße = models.IntegerField(null=True)

class Entry(models.Model):
    blog = models.ForeignKey(Blog, on_delete=models.CASCADE)
    editor = models.ForeignKey(Author, null=True, on_delete=models.SET_NULL, related_name="edited")
    headline = models.CharField(max_length=255)
    pub_date = models.DateField()
    seen = models.DateTimeField(null=True)
    rating = models.IntegerField(null=True)
    note = models.JSONField(null=True)
    authors = models.ManyToManyField(Author)
    objects = models.Manager()
    newest = models.Manager()
)";

class completion_of : public testing::Test {
 protected:
  /// Candidates where the cursor stands: at the mark ⌶, or at the end of the text.
  strings at(std::string_view text) {
    const std::string_view mark = "⌶";
    const std::size_t cursor = text.find(mark);
    std::string all(text);
    if (cursor != std::string_view::npos) all.erase(cursor, mark.size());
    const completion found = complete(all, std::min(cursor, all.size()), models, names);
    const std::string_view typed = std::string_view(all).substr(found.from, std::min(cursor, all.size()) - found.from);
    for (const std::string& c : found.candidates) EXPECT_TRUE(c.starts_with(typed)) << c << " for " << typed;
    EXPECT_TRUE(std::is_sorted(found.candidates.begin(), found.candidates.end()));
    return found.candidates;
  }
  std::uint32_t model(std::string_view name) const { return models.catalog->find_model(name); }

  const text::model_set models = unwrap(text::load_models(source, "blog"));
  const std::vector<known_name> names = {{"beatles", known_name::form::row, model("Blog")},
                                         {"recent", known_name::form::query, model("Entry")},
                                         {"its_entries", known_name::form::manager, model("Entry")},
                                         {"number", known_name::form::value, ir::none}};
};

TEST_F(completion_of, a_statement_starts_with_models_variables_and_functions) {
  EXPECT_THAT(at("Ent"), ElementsAre("Entry"));
  EXPECT_THAT(at("be"), ElementsAre("beatles"));
  EXPECT_THAT(at(""), IsSupersetOf({"Author", "Blog", "Count", "Entry", "F", "None", "Q", "recent"}));
  EXPECT_THAT(at("x = 1; Ent"), ElementsAre("Entry"));
  EXPECT_THAT(at("x = 1\ny = Bl"), ElementsAre("Blog"));
  EXPECT_THAT(at("Entry_a"), IsEmpty());  // the link model has no name of its own
}

TEST_F(completion_of, a_model_has_its_managers) {
  EXPECT_THAT(at("Entry."), ElementsAre("newest", "objects"));
  EXPECT_THAT(at("Blog.o"), ElementsAre("objects"));
}

TEST_F(completion_of, methods_follow_a_dot) {
  EXPECT_THAT(at("Entry.objects.fil"), ElementsAre("filter"));
  EXPECT_THAT(at("Entry.newest."), IsSupersetOf({"all", "create", "filter", "order_by", "values_list"}));
  EXPECT_THAT(at("Entry.objects."), Not(Contains("aget")));
  EXPECT_THAT(at("Entry.objects.filter(rating=3).exclude(pk=1)[:5].select_r"), ElementsAre("select_related"));
  EXPECT_THAT(at("recent.ord"), ElementsAre("order_by"));
  EXPECT_THAT(at("(recent | Entry.objects.all()).cou"), ElementsAre("count"));
  EXPECT_THAT(at("beatles.entry_set.lat"), ElementsAre("latest"));
}

TEST_F(completion_of, an_object_has_its_fields_and_relations) {
  EXPECT_THAT(at("beatles.ta"), ElementsAre("tagline"));
  EXPECT_THAT(at("Entry.objects.get(pk=1).blog.na"), ElementsAre("name"));
  EXPECT_THAT(at("recent[0].ed"), ElementsAre("editor", "editor_id"));
  EXPECT_THAT(at("recent.first().s"), ElementsAre("save", "seen"));
  EXPECT_THAT(at("Blog(name='x').sa"), ElementsAre("save"));
  EXPECT_THAT(at("number."), IsEmpty());
}

TEST_F(completion_of, conditions_name_fields) {
  EXPECT_THAT(at("Entry.objects.filter("),
              ElementsAre("Q", "authors", "blog", "blog_id", "editor", "editor_id", "headline", "id", "note", "pk",
                          "pub_date", "rating", "seen"));
  EXPECT_THAT(at("Entry.objects.exclude(rating=3, head"), ElementsAre("headline"));
  EXPECT_THAT(at("recent.get(ra"), ElementsAre("rating"));
  EXPECT_THAT(at("Entry.objects.filter(rating=Blog.objects.filter(nam⌶).count())"), ElementsAre("name"));
  EXPECT_THAT(at("Blog.objects.filter(\n    entry"), ElementsAre("entry"));
}

TEST_F(completion_of, paths_lead_across_relations) {
  EXPECT_THAT(at("Entry.objects.filter(blog__na"), ElementsAre("blog__name"));
  EXPECT_THAT(at("Blog.objects.filter(entry__authors__na"), ElementsAre("entry__authors__name"));
  EXPECT_THAT(at("Author.objects.filter(edited__blog__ta"), ElementsAre("edited__blog__tagline"));
  EXPECT_THAT(at("Entry.objects.filter(blog__is"), ElementsAre("blog__isnull="));
  EXPECT_THAT(at("Entry.objects.filter(nothing__na"), IsEmpty());
}

TEST_F(completion_of, lookups_and_transforms_follow_a_column) {
  EXPECT_THAT(at("Entry.objects.filter(headline__st"), ElementsAre("headline__startswith="));
  EXPECT_THAT(at("Entry.objects.filter(rating__"),
              ElementsAre("rating__exact=", "rating__gt=", "rating__gte=", "rating__in=", "rating__isnull=",
                          "rating__lt=", "rating__lte=", "rating__range="));
  EXPECT_THAT(at("Entry.objects.filter(pub_date__y"), ElementsAre("pub_date__year"));
  EXPECT_THAT(at("Entry.objects.filter(pub_date__year__gt"),
              ElementsAre("pub_date__year__gt=", "pub_date__year__gte="));
  EXPECT_THAT(at("Entry.objects.filter(seen__date__mo"), ElementsAre("seen__date__month"));

  EXPECT_THAT(at("Entry.objects.filter(note__owner__has_k"),
              ElementsAre("note__owner__has_key=", "note__owner__has_keys="));
}

TEST_F(completion_of, a_q_and_an_f_speak_of_the_query_around_them) {
  EXPECT_THAT(at("Blog.objects.filter(Q(entry__head"), ElementsAre("entry__headline"));
  EXPECT_THAT(at("Entry.objects.filter(Q(rating=1) | ~Q(head"), ElementsAre("headline"));
  EXPECT_THAT(at("Entry.objects.filter(rating__gt=F('ra"), ElementsAre("rating"));
  EXPECT_THAT(at("Blog.objects.annotate(n=Count('entry__au"), ElementsAre("entry__authors"));
  EXPECT_THAT(at("Entry.objects.annotate(x=Case(When(rat"), ElementsAre("rating"));
  EXPECT_THAT(at("Entry.objects.annotate(x=Upper('blog__na"), ElementsAre("blog__name"));
  EXPECT_THAT(at("Blog.objects.filter(Exists(Entry.objects.filter(head"), ElementsAre("headline"));
  EXPECT_THAT(at("Blog.objects.filter(Exists(Entry.objects.filter(headline=OuterRef('ta"), ElementsAre("tagline"));
  EXPECT_THAT(at("liked = Q(tagl"), ElementsAre("tagline"));  // of any model
}

TEST_F(completion_of, texts_name_fields_where_a_method_wants_names) {
  EXPECT_THAT(at("Entry.objects.order_by('head"), ElementsAre("headline"));
  EXPECT_THAT(at("Entry.objects.order_by('blog__name', \"-pub"), ElementsAre("pub_date"));
  EXPECT_THAT(at("Entry.objects.values_list('pub_date__mon"), ElementsAre("pub_date__month"));
  EXPECT_THAT(at("Entry.objects.select_related('"), ElementsAre("blog", "editor"));
  EXPECT_THAT(at("Blog.objects.prefetch_related('entry_set__"),
              ElementsAre("entry_set__authors", "entry_set__blog", "entry_set__editor"));
  EXPECT_THAT(at("Entry.objects.dates('pub"), ElementsAre("pub_date"));
  EXPECT_THAT(at("Entry.objects.dates('pub_date', 'm"), ElementsAre("month"));
  EXPECT_THAT(at("Entry.objects.filter(headline='head"), IsEmpty());
  EXPECT_THAT(at("Entry.objects.filter(headline__in=['head"), IsEmpty());
}

TEST_F(completion_of, calls_have_keywords) {
  EXPECT_THAT(at("Entry.objects.values_list('id', fl"), ElementsAre("flat="));
  EXPECT_THAT(at("Entry.objects.aggregate(n=Count('id', dis"), ElementsAre("distinct="));
  EXPECT_THAT(at("Entry.objects.order_by(F('rating').desc(nulls_l"), ElementsAre("nulls_last="));
  EXPECT_THAT(at("Blog.objects.create(na"), ElementsAre("name="));
  EXPECT_THAT(at("Entry(blo"), ElementsAre("blog=", "blog_id="));
  EXPECT_THAT(at("date(ye"), ElementsAre("year="));
}

TEST_F(completion_of, values_are_names) {
  EXPECT_THAT(at("Entry.objects.filter(blog=bea"), ElementsAre("beatles"));
  EXPECT_THAT(at("Blog.objects.annotate(n=Cou"), ElementsAre("Count"));
}

TEST_F(completion_of, nothing_is_offered_inside_texts_numbers_and_comments) {
  EXPECT_THAT(at("'Ent"), IsEmpty());
  EXPECT_THAT(at("12"), IsEmpty());
  EXPECT_THAT(at("# Ent"), IsEmpty());
  EXPECT_THAT(at("# a comment\nEnt"), ElementsAre("Entry"));
  EXPECT_THAT(at("'''two\nlines Entry.objects.fil"), IsEmpty());
}

TEST_F(completion_of, only_what_stands_before_the_cursor_counts) {
  EXPECT_THAT(at("Entry.objects.fil⌶.count()"), ElementsAre("filter"));
  EXPECT_THAT(at("Entry.objects.filter(head⌶='x', rating=3)"), ElementsAre("headline"));
  const completion found = complete("Entry.objects.fil", 17, models, names);
  EXPECT_EQ(found.from, 14U);
  EXPECT_THAT(complete("Ent", 1000, models, names).candidates, ElementsAre("Entry"));
}

TEST_F(completion_of, characters_stay_whole) {
  EXPECT_THAT(at("Author.objects.filter(gr"), ElementsAre("größe", "grüße"));
  EXPECT_EQ(common_prefix(at("Author.objects.filter(gr")), "gr");  // ö and ü share their first byte
  EXPECT_THAT(at("Author.objects.filter(grö"), ElementsAre("größe"));
  const std::string text = "Author.objects.filter(grö";
  const completion inside = complete(text, text.size() - 1, models, names);  // in the middle of the ö
  EXPECT_EQ(inside.from, text.size() - 4);
  EXPECT_THAT(inside.candidates, ElementsAre("größe", "grüße"));
  EXPECT_THAT(at("'müß'; Ent"), ElementsAre("Entry"));
}

TEST_F(completion_of, any_text_is_survived) {
  const std::string_view pieces[] = {"(",   ")",    "[",    "]", "{",  "}",     "'",        "\"\"\"", "\\",     ".",
                                     ",",   "=",    ":",    "#", "\n", "Entry", ".objects", "filter", "blog__", "__",
                                     "12.", "\xff", "\xc3", "ü", " ",  ";",     "Q",        "F",      "recent", "x"};
  std::uint32_t seed = 7;
  for (int round = 0; round < 4'000; ++round) {
    std::string text;
    for (int i = 0; i < 12; ++i) {
      seed = seed * 1664525U + 1013904223U;
      text += pieces[(seed >> 8U) % std::size(pieces)];
    }
    const completion found = complete(text, text.size(), models, names);
    ASSERT_LE(found.from, text.size());
    for (const std::string& c : found.candidates) ASSERT_TRUE(c.starts_with(text.substr(found.from))) << text;
  }
  const std::string deep = std::string(100'000, '(') + "Entry" + std::string(100'000, ')') + ".";
  EXPECT_THAT(complete(deep, deep.size(), models, names).candidates, IsEmpty());
}

TEST_F(completion_of, commands_have_arguments) {
  const auto command = [&](std::string_view line) {
    return complete_command(line, line.size(), models, names).candidates;
  };
  EXPECT_THAT(command("\\m"), ElementsAre("\\models"));
  EXPECT_THAT(command("\\"), IsSupersetOf({"\\ir", "\\quit", "\\sql"}));
  EXPECT_THAT(command("\\time "), ElementsAre("off", "on"));
  EXPECT_THAT(command("\\disable prune-j"), ElementsAre("prune-joins"));
  EXPECT_THAT(command("\\disable no"), ElementsAre("none"));
  EXPECT_THAT(command("\\sql Entry.objects.fil"), ElementsAre("filter"));
  EXPECT_EQ(complete_command("\\sql Entry.objects.fil", 22, models, names).from, 19U);
  EXPECT_THAT(command("\\models x"), IsEmpty());
  EXPECT_THAT(command("\\nothing x"), IsEmpty());
}

TEST(common_prefix_of, candidates) {
  EXPECT_EQ(common_prefix(strings{}), "");
  EXPECT_EQ(common_prefix(strings{"order_by"}), "order_by");
  EXPECT_EQ(common_prefix(strings{"rating__gt=", "rating__gte="}), "rating__gt");
  EXPECT_EQ(common_prefix(strings{"a", "b"}), "");
}

class a_history : public testing::Test {
 protected:
  a_history() : folder(std::filesystem::temp_directory_path() / ("quarry-history-" + std::to_string(::getpid()))) {}
  ~a_history() override { std::filesystem::remove_all(folder); }
  const std::filesystem::path folder;
};

TEST_F(a_history, keeps_lines_from_session_to_session) {
  const line_history first(folder / "quarry" / "history");
  EXPECT_THAT(first.load(), IsEmpty());
  first.add("Entry.objects.all()");
  first.add("größe = 3");
  first.add("");
  EXPECT_THAT(line_history(folder / "quarry" / "history").load(), ElementsAre("Entry.objects.all()", "größe = 3"));
  struct stat about = {};
  ASSERT_EQ(::stat((folder / "quarry" / "history").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
}

TEST_F(a_history, is_cut_to_its_newest_lines) {
  const std::filesystem::path file = folder / "history";
  std::filesystem::create_directories(folder);
  {
    std::ofstream out(file);
    for (std::size_t i = 0; i < 2 * line_history::most_lines + 1; ++i) out << i << '\n';
  }
  const strings lines = line_history(file).load();
  EXPECT_EQ(lines.size(), line_history::most_lines);
  EXPECT_EQ(lines.back(), std::to_string(2 * line_history::most_lines));
  EXPECT_EQ(line_history(file).load(), lines);
  std::ifstream in(file);
  std::string oldest;
  std::getline(in, oldest);
  EXPECT_EQ(oldest, lines.front());
}

TEST_F(a_history, that_can_not_be_written_is_no_error) {
  std::ofstream(folder) << "a file where the folder would be";
  const line_history history(folder / "quarry" / "history");
  history.add("Entry.objects.all()");
  EXPECT_THAT(history.load(), IsEmpty());
  EXPECT_THAT(line_history({}).load(), IsEmpty());
}

TEST(a_history_file, lies_where_the_environment_says) {
  const auto with = [](const char* state, const char* home) {
    state ? ::setenv("XDG_STATE_HOME", state, 1) : ::unsetenv("XDG_STATE_HOME");
    home ? ::setenv("HOME", home, 1) : ::unsetenv("HOME");
    return history_path();
  };
  const char* home = std::getenv("HOME");
  const std::string before = home ? home : "/";
  EXPECT_EQ(with("/var/state", "/users/ann"), "/var/state/quarry/history");
  EXPECT_EQ(with(nullptr, "/users/ann"), "/users/ann/.local/state/quarry/history");
  EXPECT_EQ(with("not/absolute", "/users/ann"), "/users/ann/.local/state/quarry/history");
  EXPECT_EQ(with(nullptr, nullptr), "");
  (void)with(nullptr, before.c_str());
}

}  // namespace
}  // namespace quarry::cli
