// A slice of what each object has: cut in the database, where it can number the rows of each object, and the same rows where it can't.
#include <string>

#include <gtest/gtest.h>

#include "servers/every/text_database.hpp"
#include "servers/server.hpp"

namespace quarry::test {
namespace {

constexpr std::string_view models = R"(
class Blog(models.Model):
    name = models.CharField(max_length=20)

class Author(models.Model):
    name = models.CharField(max_length=20)
    age = models.IntegerField()
    class Meta:
        ordering = ["age"]

class Entry(models.Model):
    blog = models.ForeignKey(Blog, on_delete=models.CASCADE, related_name="entries")
    title = models.CharField(max_length=20)
    rating = models.IntegerField(null=True)
    authors = models.ManyToManyField(Author, related_name="entries")
)";

class a_sliced_prefetch : public testing::Test {
 protected:
  a_sliced_prefetch() : db_(models, "sliced") {
    drop();
    db_.create_tables();
    server_connection raw;
    raw.run("INSERT INTO sliced_blog (id, name) VALUES (1, 'one'), (2, 'two'), (3, 'none')");
    raw.run("INSERT INTO sliced_author (id, name, age) VALUES (1, 'Ann', 50), (2, 'Bob', 30), (3, 'Cid', 40)");
    raw.run(
        "INSERT INTO sliced_entry (id, blog_id, title, rating) VALUES (1, 1, 'a', 5), (2, 1, 'b', 3), (3, 1, 'c', 4), "
        "(4, 1, 'd', 3), (5, 2, 'e', 1), (6, 2, 'f', NULL)");
    raw.run(
        "INSERT INTO sliced_entry_authors (id, entry_id, author_id) VALUES (1, 1, 1), (2, 1, 2), (3, 1, 3), (4, 2, 1), "
        "(5, 2, 3), "
        "(6, 5, 2)");
  }
  ~a_sliced_prefetch() override { drop(); }
  static void drop() {
    server_connection raw;
    for (const char* table : {"sliced_entry_authors", "sliced_entry", "sliced_author", "sliced_blog"})
      raw.run("DROP TABLE IF EXISTS " + std::string(table));
  }
  /// `field` of what each of `owners` objects gets from its relation, sliced.
  std::string found(const std::string& owners, int count, const std::string& relation, const std::string& rows,
                    const std::string& field) {
    const std::string query =
        "q = list(" + owners + ".prefetch_related(Prefetch('" + relation + "', " + rows + ", to_attr='found')))\n";
    (void)db_.statements();
    std::string out;
    for (int i = 0; i < count; ++i) {
      const std::string list = "q[" + std::to_string(i) + "].found";
      const int size = std::stoi(db_.eval(query + "len(" + list + ")"));
      out += i == 0 ? "" : "; ";
      for (int k = 0; k < size; ++k) {
        const std::string value = db_.eval(query + list + "[" + std::to_string(k) + "]." + field);
        out += (k == 0 ? "" : " ") + value.substr(1, value.size() - 2);
      }
    }
    return out;
  }
  /// The titles of the entries that each blog gets.
  std::string titles(const std::string& entries) {
    return found("Blog.objects.order_by('id')", 3, "entries", entries, "title");
  }
  /// The names of the authors that each of two entries gets.
  std::string names(const std::string& authors) {
    return found("Entry.objects.order_by('id')[:2]", 2, "authors", authors, "name");
  }
  bool was_numbered() { return db_.statements().find("row_number") != std::string::npos; }
  text_database db_;
};

TEST_F(a_sliced_prefetch, reads_the_rows_of_the_slice_alone) {
  EXPECT_EQ(titles("Entry.objects.order_by('-title')[:2]"), "d c; f e; ");
  EXPECT_TRUE(was_numbered());
  EXPECT_EQ(titles("Entry.objects.order_by('title')[1:3]"), "b c; f; ");
  EXPECT_TRUE(was_numbered());
  EXPECT_EQ(titles("Entry.objects.order_by('title')[3:]"), "d; ; ");
  EXPECT_TRUE(was_numbered());
  EXPECT_EQ(titles("Entry.objects.filter(rating__lt=5).exclude(title='b').order_by('rating', '-title')[:1]"), "d; e; ");
  EXPECT_TRUE(was_numbered());
  EXPECT_EQ(titles("Entry.objects.order_by(F('rating').desc(nulls_first=True))[:1]"), "a; f; ");
  EXPECT_TRUE(was_numbered());
  EXPECT_EQ(
      titles("Entry.objects.select_related('blog').only('title', 'blog__name').order_by('blog__name', 'title')[:1]"),
      "a; e; ");
  EXPECT_TRUE(was_numbered());
  EXPECT_EQ(titles("Entry.objects.annotate(twice=F('rating') * 2).order_by('-twice', 'title').filter(twice__gt=1)[:1]"),
            "a; e; ");
  EXPECT_TRUE(was_numbered());
}

TEST_F(a_sliced_prefetch, leaves_the_names_of_annotations_alone) {
  EXPECT_EQ(titles("Entry.objects.annotate(number_of_its_owner=F('rating') * -1)"
                   ".order_by('number_of_its_owner', 'title').filter(number_of_its_owner__lt=0)[:1]"),
            "a; e; ");
  EXPECT_TRUE(was_numbered());
}

TEST_F(a_sliced_prefetch, breaks_ties_by_the_key) {
  EXPECT_EQ(titles("Entry.objects.filter(rating=3).order_by('rating')[:1]"), "b; ; ");
  EXPECT_EQ(titles("Entry.objects.all()[:2]"), "a b; e f; ");
}

TEST_F(a_sliced_prefetch, reads_the_links_of_the_slice_alone) {
  EXPECT_EQ(names("Author.objects.order_by('name')[:2]"), "Ann Bob; Ann Cid");
  EXPECT_TRUE(was_numbered());
  EXPECT_EQ(names("Author.objects.order_by('name')[1:2]"), "Bob; Cid");
  EXPECT_TRUE(was_numbered());
  EXPECT_EQ(names("Author.objects.all()[:1]"), "Bob; Cid") << "in the order of the model";
  EXPECT_TRUE(was_numbered());
  EXPECT_EQ(names("Author.objects.filter(age__gt=35).order_by('-age')[:1]"), "Ann; Ann");
  EXPECT_TRUE(was_numbered());
  EXPECT_EQ(names("Author.objects.exclude(name='Ann').order_by('-name')[:1]"), "Cid; Cid");
  EXPECT_TRUE(was_numbered());
}

TEST_F(a_sliced_prefetch, reads_all_rows_where_numbers_would_not_tell) {
  EXPECT_EQ(titles("Entry.objects.filter(authors__age__gt=0).distinct().order_by('title')[:2]"), "a b; e; ");
  EXPECT_FALSE(was_numbered()) << "each row once, however often it is found";
  EXPECT_EQ(titles("Entry.objects.order_by('title').reverse()[:1]"), "d; f; ");
  EXPECT_FALSE(was_numbered());
  EXPECT_EQ(titles("Entry.objects.annotate(n=Count('authors')).order_by('-n', 'title')[:1]"), "a; e; ");
  EXPECT_FALSE(was_numbered());
  EXPECT_EQ(names("Author.objects.annotate(n=Count('entries')).order_by('n', '-name')[:1]"), "Cid; Cid");
  EXPECT_FALSE(was_numbered());
  (void)names("Author.objects.filter(entries__rating__lt=6).order_by('name')[:2]");
  EXPECT_FALSE(was_numbered()) << "an author comes once for each entry";
  EXPECT_EQ(names("Author.objects.filter(id=1).order_by('?')[:1]"), "Ann; Ann");
  EXPECT_FALSE(was_numbered());
}

TEST_F(a_sliced_prefetch, goes_with_one_related_object) {
  EXPECT_EQ(db_.eval("q = list(Entry.objects.order_by('id').prefetch_related(Prefetch('blog', "
                     "Blog.objects.order_by('name')[:1])))\n"
                     "[q[0].blog.name, q[3].blog.name, q[4].blog.name]"),
            R"(["one", "one", "two"])");
}

}  // namespace
}  // namespace quarry::test
