#include <string>

#include <gtest/gtest.h>

#include <quarry/dialects/base/error.hpp>
#include <quarry/dialects/postgresql/dialect.hpp>

#include "dialects/cases.hpp"

namespace quarry::test {
namespace {

using dialect::postgresql::server;
using postgresql_dialect = dialect::postgresql::dialect;

std::string words(const postgresql_dialect& dialect, const std::function<tree_builder::id(tree_builder&)>& build) {
  tree_builder t;
  text_sink sink;
  dialect.emit(t.tree(build(t)), sink.raw());
  return sink.text();
}

tree_builder::id any_rating(tree_builder& t) {
  return t.select_from(
      "entry",
      {t.make(QUARRY_KIND_AGGREGATE,
              {tree_builder::none, tree_builder::none, t.column("entry", "rating", plain(QUARRY_TYPE_INT32))},
              {.b = QUARRY_OP_ANY_VALUE, .type = t.type(plain(QUARRY_TYPE_INT32))})});
}

TEST(postgresql_versions, are_read_as_the_server_writes_them) {
  for (const char* good : {"", "12", "15.4", "18.0"})
    EXPECT_NO_THROW((void)postgresql_dialect::for_version(good)) << good;
  for (const char* bad : {"x", "15.", "15.x", "15.4.1", "-1", "11", "9.6", "1000", "15.1000", " 15"})
    EXPECT_THROW((void)postgresql_dialect::for_version(bad), dialect::unsupported) << bad;
}

TEST(postgresql_versions, decide_words) {
  EXPECT_EQ(words(postgresql_dialect::for_version("15"), any_rating),
            R"(SELECT (array_agg("entry"."rating") FILTER (WHERE "entry"."rating" IS NOT NULL))[1] FROM "entry")");
  EXPECT_EQ(words(postgresql_dialect::for_version("16"), any_rating),
            R"(SELECT any_value("entry"."rating") FROM "entry")");
}

TEST(postgresql_versions, decide_what_explain_takes) {
  const auto options = [](const char* version) {
    const postgresql_dialect dialect = postgresql_dialect::for_version(version);
    const quarry_facts facts = dialect.facts();
    for (std::uint32_t i = 0; i < facts.fact_count; ++i)
      if (facts.facts[i].fact == QUARRY_FACT_EXPLAIN_OPTIONS) return facts.facts[i].value;
    return std::int64_t{-1};
  };
  EXPECT_EQ(options("12"), 2047 - 8 - 16 - 32 - 1024);
  EXPECT_EQ(options("15"), 2047 - 8 - 16 - 32);
  EXPECT_EQ(options("16"), 2047 - 16 - 32);
  EXPECT_EQ(options("18"), 2047);
}

TEST(postgresql_case_mapping, is_that_of_the_collation_that_the_server_has) {
  const auto upper = [](tree_builder& t) {
    return t.select_from("entry", {t.op(QUARRY_OP_UPPER, {t.column("entry", "headline", text_type())})});
  };
  server about;
  about.case_mapping = "und-x-icu";
  EXPECT_EQ(words(postgresql_dialect(about), upper),
            R"(SELECT upper("entry"."headline" COLLATE "und-x-icu") COLLATE "C" FROM "entry")");
  EXPECT_EQ(words(postgresql_dialect::for_version("15"), upper),
            R"(SELECT upper("entry"."headline" COLLATE "C.utf8") COLLATE "C" FROM "entry")");
  about.case_mapping = "a\"; DROP TABLE x";
  EXPECT_THROW(postgresql_dialect{about}, dialect::unsupported);
}

}  // namespace
}  // namespace quarry::test
