// What a query asks of a column is answered from that column's index, on tables of our own making: the plan of the database
// says so, with its planner as it is.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "servers/every/text_database.hpp"
#include "servers/server.hpp"

namespace quarry::test {
namespace {

constexpr std::string_view own_models = R"(
class Article(models.Model):
    title = models.CharField(max_length=100, db_index=True)
    nick = models.CharField(max_length=100, null=True, db_index=True)
    body = models.CharField(max_length=200)

class Remark(models.Model):
    article = models.ForeignKey(Article, on_delete=models.CASCADE)
    text = models.CharField(max_length=200)
)";

std::string models() {
  return std::string(own_models) +
      "class Alias(models.Model):\n    name = models.CharField(max_length=100, db_collation=\"" +
      case_blind_collation() + "\")\n    body = models.CharField(max_length=200)\n";
}

constexpr int rows_of_each = 6000;

void insert(server_connection& db, const std::string& into, std::string (*values)(const std::string& number)) {
  constexpr int at_once = 500;
  for (int first = 1; first <= rows_of_each; first += at_once) {
    std::string sql = "INSERT INTO " + into + " VALUES ";
    for (int i = first; i < first + at_once; ++i) sql += (i == first ? "(" : ", (") + values(std::to_string(i)) + ")";
    db.run(sql);
  }
}

void make_tables(semantics how) {
  server_connection db;
  for (const char* table : {"shelf_remark", "shelf_article", "shelf_alias"})
    db.run("DROP TABLE IF EXISTS " + std::string(table));
  text_database(own_models, "shelf", {.semantics = how}).create_tables();
  db.run("CREATE TABLE shelf_alias (id bigint PRIMARY KEY, name varchar(100) COLLATE " + case_blind_collation() +
         " NOT NULL, body varchar(200))");
  db.run("CREATE INDEX shelf_alias_name_idx ON shelf_alias (name)");
  insert(db, "shelf_alias (id, name, body)",
         [](const std::string& i) { return i + ", 'Alias " + i + "', '" + std::string(200, 'x') + "'"; });
  insert(db, "shelf_article (id, title, nick, body)", [](const std::string& i) {
    const std::string nick = i.back() == '0' ? "NULL" : "'nick " + i + "'";
    return i + ", 'title " + i + "', " + nick + ", '" + std::string(200, 'x') + "'";
  });
  insert(db, "shelf_remark (id, article_id, text)",
         [](const std::string& i) { return i + ", " + i + ", '" + std::string(200, 'x') + "'"; });
  if (scheme() == "mariadb") {
    db.rows("ANALYZE TABLE shelf_article, shelf_remark, shelf_alias", std::vector<ir::scalar>(4, ir::scalar::text));
  } else {
    db.run("ANALYZE");
  }
}

// Does a plan read this index? MariaDB names those that it might have read as well.
bool uses(const std::string& plan, const std::string& index) {
  const auto has = [&](const std::string& words) { return plan.find(words) != std::string::npos; };
  if (scheme() == "sqlite") return has("INDEX " + index);
  if (scheme() == "mariadb") return has("\\\"key\\\": \\\"" + index + "\\\"");
  return has("using " + index + " ") || has("on " + index + " ");
}

// Does it sort what it read?
bool sorts(const std::string& plan) {
  const auto has = [&](const char* words) { return plan.find(words) != std::string::npos; };
  return has("TEMP B-TREE") || has("filesort") || has("Sort Key");
}

struct shape {
  const char* name;
  std::string query;
  std::vector<std::string> indexes;
  bool native = true;
};

const std::vector<shape> shapes = {
    {"exact", "Article.objects.filter(title='title 77')", {"shelf_article_title_idx"}},
    {"in", "Article.objects.filter(title__in=['title 77', 'title 1234'])", {"shelf_article_title_idx"}},
    {"exact, by code point in a collation that ignores case",
     "Alias.objects.filter(name='Alias 77')",
     {"shelf_alias_name_idx"}},
    {"in, by code point in a collation that ignores case",
     "Alias.objects.filter(name__in=['Alias 77', 'Alias 78'])",
     {"shelf_alias_name_idx"}},
    // Not in native semantics: LIKE ignores case on SQLite, is LIKE BINARY on MariaDB, and wants an index of its own on PostgreSQL.
    {"startswith", "Article.objects.filter(title__startswith='title 77')", {"shelf_article_title_idx"}, false},
    {"join",
     "Remark.objects.filter(article__title='title 77')",
     {"shelf_article_title_idx", "shelf_remark_article_id_idx"}},
    {"order", "Article.objects.order_by('nick')[:5]", {"shelf_article_nick_idx"}}};

class indexes : public testing::TestWithParam<semantics> {
 protected:
  void SetUp() override { make_tables(GetParam()); }
};

TEST_P(indexes, answer_what_is_asked_of_their_columns) {
  text_database db(models(), "shelf", {.semantics = GetParam()});
  const std::string format = scheme() == "mariadb" ? "format='json'" : "";
  for (const shape& s : shapes) {
    if (GetParam() == semantics::native && !s.native) continue;
    const std::string plan = db.eval(s.query + ".explain(" + format + ")");
    for (const std::string& index : s.indexes)
      EXPECT_TRUE(uses(plan, index)) << s.name << "\n" << db.statements() << plan;
    EXPECT_FALSE(sorts(plan)) << s.name << "\n" << plan;
  }
}

INSTANTIATE_TEST_SUITE_P(under, indexes, testing::Values(semantics::portable, semantics::native),
                         [](const auto& how) { return how.param == semantics::portable ? "portable" : "native"; });

}  // namespace
}  // namespace quarry::test
