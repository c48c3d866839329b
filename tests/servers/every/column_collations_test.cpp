// Columns whose collation the models name: made with it, found with it, and its name is never more than a name.
#include <cctype>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <quarry/core/errors.hpp>

#include "servers/every/text_database.hpp"
#include "servers/server.hpp"

namespace quarry::test {
namespace {

/// The collation of each column of a table, as the database tells it.
std::map<std::string, std::string> collations_of(const std::string& table) {
  server_connection db;
  std::map<std::string, std::string> out;
  host::statement columns = db.got(db.raw().inspect(host::inspection::columns, table));
  for (const row& r : rows_of(db.got(columns.next(100)))) out[r.at(1)] = r.at(8);
  return out;
}

std::string in_lower_case(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

void drop(const std::vector<std::string>& tables) {
  server_connection db;
  for (const std::string& table : tables) db.run("DROP TABLE IF EXISTS " + table);
}

std::string tag_models(const std::string& collation) {
  const std::string named = ", db_collation=\"" + collation + "\"";
  return "class Tag(models.Model):\n    code = models.CharField(max_length=20, primary_key=True" + named +
      ")\n    word = models.CharField(max_length=20, unique=True" + named + ")\n    note = models.TextField(null=True" +
      named +
      ")\n    plain = models.CharField(max_length=20)\n"
      "class Use(models.Model):\n    tag = models.ForeignKey(Tag, on_delete=models.CASCADE)\n";
}

class collations_of_columns : public testing::Test {
 protected:
  collations_of_columns() { drop({"shelf_use", "shelf_tag"}); }
  ~collations_of_columns() override { drop({"shelf_use", "shelf_tag"}); }
};

TEST_F(collations_of_columns, are_made_as_the_models_name_them) {
  for (const semantics how : {semantics::portable, semantics::native}) {
    drop({"shelf_use", "shelf_tag"});
    const std::string blind = case_blind_collation();
    text_database db(tag_models(blind), "shelf", {.semantics = how});
    db.create_tables();
    auto found = collations_of("shelf_tag");
    for (const char* column : {"code", "word", "note"})
      EXPECT_EQ(in_lower_case(found[column]), in_lower_case(blind)) << column;
    EXPECT_NE(in_lower_case(found["plain"]), in_lower_case(blind));
    EXPECT_EQ(in_lower_case(collations_of("shelf_use")["tag_id"]), in_lower_case(blind))
        << "a key is compared as what it refers to";
    EXPECT_EQ(db.eval("Tag.objects.create(code='a', word='b', plain='c').code"), R"("a")");
    EXPECT_EQ(db.eval("Use.objects.create(tag_id='a').tag_id"), R"("a")");
    EXPECT_EQ(db.eval("Tag.objects.create(code='x', word='B', plain='c')"), R"({"$error": "IntegrityError"})");
    EXPECT_EQ(db.eval("Tag.objects.filter(code='A').count()"), how == semantics::native ? "1" : "0");
  }
}

TEST_F(collations_of_columns, that_the_database_does_not_know_are_its_error) {
  text_database db(tag_models("no_such_collation"), "shelf");
  try {
    db.create_tables();
    ADD_FAILURE() << "the table was made";
  } catch (const operational_error& e) {
    EXPECT_EQ(e.id(), ir::diag::database_no_such_object) << e.what() << e.server_text();
  }
}

}  // namespace
}  // namespace quarry::test
