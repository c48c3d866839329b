// Texts of columns whose collation is not ours: in portable semantics they compare, sort and group by code point all the same.
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "servers/every/text_database.hpp"
#include "servers/server.hpp"

namespace quarry::test {
namespace {

std::string models() {
  const std::string blind = ", db_collation=\"" + case_blind_collation() + "\")\n";
  return "class Word(models.Model):\n    text = models.CharField(max_length=20" + blind +
      "    twin = models.CharField(max_length=20, null=True" + blind +
      "class Plain(models.Model):\n    text = models.CharField(max_length=20)\n";
}

class collations : public testing::Test {
 protected:
  collations() {
    server_connection raw;
    for (const char* table : {"letters_word", "letters_plain"}) raw.run("DROP TABLE IF EXISTS " + std::string(table));
    const std::string blind = " varchar(20) COLLATE " + case_blind_collation();
    raw.run("CREATE TABLE letters_word (id bigint PRIMARY KEY, text" + blind + " NOT NULL, twin" + blind + " NULL)");
    text_database("class Plain(models.Model):\n    text = models.CharField(max_length=20)\n", "letters")
        .create_tables();
    raw.run(
        "INSERT INTO letters_word (id, text, twin) VALUES (1, 'a', 'a'), (2, 'A', 'a'), (3, 'b', 'b'), (4, 'B', 'b'), "
        "(5, 'Ba', NULL)");
    raw.run("INSERT INTO letters_plain (id, text) VALUES (1, 'a'), (2, 'A')");
  }
  static std::string ids(text_database& db, const std::string& query) {
    return db.eval("Word.objects." + query + ".order_by('id').values_list('id', flat=True)");
  }
};

TEST_F(collations, are_the_databases_own_in_native_semantics) {
  text_database db(models(), "letters", {.semantics = semantics::native});
  EXPECT_EQ(ids(db, "filter(text='a')"), "[1, 2]");
  EXPECT_EQ(db.eval("Word.objects.values('text').distinct().count()"), "3");
  EXPECT_EQ(db.statements().find("COLLATE"), std::string::npos);
}

TEST_F(collations, of_our_own_columns_are_not_named) {
  text_database db(models(), "letters");
  EXPECT_EQ(db.eval("Plain.objects.filter(text__in=['a', 'x']).exclude(text='A').filter(text__startswith='a')."
                    "order_by('text').values_list('text', flat=True).distinct()"),
            R"(["a"])");
  const std::string sent = db.statements();
  EXPECT_NE(sent, "");
  EXPECT_EQ(sent.find("COLLATE"), std::string::npos) << sent;
}

TEST_F(collations, do_not_matter_in_conditions) {
  text_database db(models(), "letters");
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"filter(text='a')", "[1]"},
      {"filter(text='x')", "[]"},
      {"exclude(text='a')", "[2, 3, 4, 5]"},
      {"filter(~Q(text='a'))", "[2, 3, 4, 5]"},
      {"filter(text__in=['a', 'B'])", "[1, 4]"},
      {"exclude(text__in=['a', 'B'])", "[2, 3, 5]"},
      {"exclude(twin='a')", "[3, 4, 5]"},
      {"filter(text__gt='B')", "[1, 3, 5]"},
      {"filter(text__lte='B')", "[2, 4]"},
      {"filter(text__range=('A', 'B'))", "[2, 4]"},
      {"filter(text__contains='a')", "[1, 5]"},
      {"filter(text__startswith='B')", "[4, 5]"},
      {"filter(text__endswith='a')", "[1, 5]"},
      {"filter(text__regex='^b')", "[3]"},
      {"filter(text__iexact='A')", "[1, 2]"},
      {"filter(text__icontains='A')", "[1, 2, 5]"},
      {"filter(text=F('twin'))", "[1, 3]"},
      {"filter(twin__lt=F('text'))", "[]"},
      {"filter(text__lt=F('twin'))", "[2, 4]"},
      {"filter(text__in=Word.objects.filter(id__in=[1, 4]).values('text'))", "[1, 4]"},
      {"annotate(x=Concat('text', Value('!'))).filter(x='a!')", "[1]"},
      {"annotate(x=Case(When(text='a', then=Value('small')), default=Value('other'))).filter(x='small')", "[1]"},
      {"filter(Exists(Word.objects.filter(text=OuterRef('twin'), id__lt=3)))", "[1, 2]"}};
  for (const auto& [query, expected] : cases) EXPECT_EQ(ids(db, query), expected) << query << "\n" << db.statements();
}

TEST_F(collations, do_not_matter_for_order_and_groups) {
  text_database db(models(), "letters");
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"Word.objects.order_by('text').values_list('id', flat=True)", "[2, 4, 5, 1, 3]"},
      {"Word.objects.order_by('-text').values_list('id', flat=True)", "[3, 1, 5, 4, 2]"},
      {"Word.objects.order_by('twin', 'id').values_list('id', flat=True)", "[5, 1, 2, 3, 4]"},
      {"Word.objects.order_by(Concat('text', Value('x'))).values_list('id', flat=True)", "[2, 5, 4, 1, 3]"},
      {"list(Word.objects.values('text').annotate(n=Count('id')).order_by('text').values_list('text', 'n'))",
       R"([["A", 1], ["B", 1], ["Ba", 1], ["a", 1], ["b", 1]])"},
      {"Word.objects.values('text').distinct().count()", "5"},
      {"Word.objects.order_by('text').values_list('text', flat=True).distinct()", R"(["A", "B", "Ba", "a", "b"])"},
      {"Word.objects.aggregate(Min('text'), Max('text'), n=Count('text', distinct=True))",
       R"({"text__min": "A", "text__max": "b", "n": 5})"},
      {"Word.objects.filter(id=1).values_list('text').union(Word.objects.filter(id=2).values_list('text')).count()",
       "2"},
      {"Word.objects.filter(id=1).values_list('text').intersection("
       "Word.objects.filter(id=2).values_list('text')).count()",
       "0"},
      {"Word.objects.annotate(n=Window(Count('id'), partition_by=[F('text')])).order_by('id').values_list('n', "
       "flat=True)",
       "[1, 1, 1, 1, 1]"}};
  for (const auto& [query, expected] : cases) EXPECT_EQ(db.eval(query), expected) << query << "\n" << db.statements();
}

}  // namespace
}  // namespace quarry::test
