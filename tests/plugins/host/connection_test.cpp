#include <quarry/plugins/host/connection.hpp>

#include <cstring>

#include <quarry/plugins/host/url.hpp>

#include "fixtures.hpp"

namespace quarry::host::test {
namespace {

using ir::diag;
using ir::scalar;

plugin whole() {
  auto p = load(fixture("whole"));
  EXPECT_TRUE(p) << why(p);
  return *p;
}

connection opened(plugin p = whole()) {
  auto c = p.open(*url::parse("fixture:///db"));
  EXPECT_TRUE(c) << why(c);
  return std::move(*c);
}

statement prepared(connection& c, const std::string& sql, const std::vector<ir::type>& columns = {ir::types::int64}) {
  auto s = c.prepare(sql, {}, columns);
  EXPECT_TRUE(s) << why(s);
  return std::move(*s);
}

TEST(host_connection, opens_prepares_executes_and_reads_rows) {
  connection c = opened();
  auto d = c.describe();
  ASSERT_TRUE(d) << why(d);
  EXPECT_EQ(d->facts().product, "Fixture");
  const std::vector<ir::type> columns = {
      ir::types::int64, {scalar::text, false}, {scalar::uuid, false}, ir::types::null};
  statement s = prepared(c, "rows 5", {columns[0], columns[1], columns[2]});
  EXPECT_EQ(s.column_count(), 3U);
  ASSERT_TRUE(s.execute({}));
  auto rows = s.next(3);
  ASSERT_TRUE(rows) << why(rows);
  ASSERT_EQ(rows->size(), 3U);
  EXPECT_EQ((*rows)[2][0].v.i, 1);
  EXPECT_EQ(std::string(static_cast<const char*>((*rows)[1][1].v.p), (*rows)[1][1].len), "1.25");
  EXPECT_EQ((*rows)[0][2].len, 16U);
  EXPECT_EQ(s.next(3)->size(), 2U);
  EXPECT_TRUE(s.next(3)->empty());
  ASSERT_TRUE(s.execute({}));
  s.finish();
  EXPECT_TRUE(s.next(3)->empty());
}

TEST(host_connection, every_type_of_a_result_is_accepted) {
  connection c = opened();
  std::vector<ir::type> columns;
  for (const scalar t :
       {scalar::boolean, scalar::int16, scalar::int32, scalar::int64, scalar::float64, scalar::decimal, scalar::text,
        scalar::bytes, scalar::date, scalar::time, scalar::datetime, scalar::duration, scalar::uuid, scalar::json})
    columns.emplace_back(t, false);
  statement s = prepared(c, "rows 1", columns);
  ASSERT_TRUE(s.execute({}));
  auto rows = s.next(10);
  EXPECT_TRUE(rows) << why(rows);
}

TEST(host_connection, reports_generated_keys) {
  connection c = opened();
  auto outcome = prepared(c, "key 42").execute({});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->generated_key, 42);
  EXPECT_EQ(outcome->rows_affected, 1);
  auto none = prepared(c, "rows 1").execute({});
  ASSERT_TRUE(none);
  EXPECT_EQ(none->generated_key, std::nullopt);
  EXPECT_EQ(none->rows_affected, -1);
}

TEST(host_connection, a_failed_open_says_why_and_keeps_the_servers_words_apart) {
  auto c = whole().open(*url::parse("fixture://me:hunter2@h/missing"));
  expect_refused(c, diag::database_cannot_open);
  EXPECT_EQ(c.error().server_text, "no such database: missing");
  EXPECT_EQ(ir::render(c.error()).find("hunter2"), std::string::npos);
}

TEST(host_connection, each_error_category_has_its_diagnostic) {
  connection c = opened();
  struct expected {
    error_category category;
    diag id;
  };
  for (const expected e : {
#define QUARRY_ERROR(number, name, diagnostic, ...) expected{error_category::name, diag::diagnostic},
#include <quarry/ir/legalize/errors.def>
#undef QUARRY_ERROR
       }) {
    if (e.category == error_category::none) continue;
    SCOPED_TRACE(static_cast<int>(e.category));
    connection fresh = opened();
    statement s = prepared(fresh, "fail " + std::to_string(static_cast<int>(e.category)));
    auto answer = s.execute({});
    expect_refused(answer, e.id);
    EXPECT_EQ(answer.error().server_text, "the server's own words");
    EXPECT_EQ(answer.error().message.find("own words"), std::string::npos);
    EXPECT_EQ(fresh.last_error(), e.category);
    EXPECT_EQ(fresh.lost(), e.category == error_category::connection_lost);
    EXPECT_EQ(fresh.idle(), !fresh.lost());
  }
  auto unknown = prepared(c, "fail 99").execute({});
  expect_refused(unknown, diag::database_other);
  auto nothing = prepared(c, "fail 0").execute({});
  expect_refused(nothing, diag::database_other);
  ASSERT_TRUE(prepared(c, "rows 1").execute({}));
  EXPECT_EQ(c.last_error(), error_category::none);
}

TEST(host_connection, a_violated_constraint_is_named) {
  connection c = opened();
  auto answer = prepared(c, "fail " + std::to_string(QUARRY_ERROR_UNIQUE)).execute({});
  expect_refused(answer, diag::database_unique, {"blog.name"});
  EXPECT_EQ(answer.error().constraint, "blog.name");
  EXPECT_EQ(answer.error().sqlstate, "23505");
  EXPECT_EQ(answer.error().native_code, 2067);
  EXPECT_EQ(ir::exception_name(answer.error()), "IntegrityError");
}

TEST(host_connection, a_status_that_does_not_exist_is_refused) {
  connection c = opened();
  expect_refused(prepared(c, "status 3").execute({}), diag::plugin_bad_answer, {"status 3"});
  expect_refused(prepared(c, "status -7").execute({}), diag::plugin_bad_answer, {"status -7"});
}

TEST(host_connection, cells_that_are_not_what_was_asked_for_are_refused) {
  connection c = opened();
  const auto spoiled = [&](const std::string& what, scalar type) {
    statement s = prepared(c, "wrong " + what, {ir::type(type, false)});
    EXPECT_TRUE(s.execute({}));
    auto rows = s.next(4);
    return rows ? std::string() : std::string(ir::info(rows.error().id).name) + ": " + rows.error().message;
  };
  EXPECT_EQ(spoiled("type", scalar::int64),
            "plugin_bad_answer: fixture broke the plugin contract: column 1 is to be i64, and next gave f64");
  EXPECT_NE(spoiled("null-text", scalar::text).find("column 1 is to be text"), std::string::npos);
  EXPECT_NE(spoiled("uuid", scalar::uuid).find("uuid"), std::string::npos);
  EXPECT_NE(spoiled("boolean", scalar::boolean).find("bool"), std::string::npos);
  EXPECT_NE(spoiled("int16", scalar::int16).find("i16"), std::string::npos);
  EXPECT_EQ(spoiled("int16", scalar::int32), "");
  EXPECT_NE(spoiled("count", scalar::int64).find("more rows than were asked for"), std::string::npos);
  EXPECT_NE(spoiled("pointer", scalar::int64).find("gives none"), std::string::npos);
}

TEST(host_connection, transactions_are_followed_where_the_plugin_can_not_tell) {
  connection c = opened();
  EXPECT_TRUE(c.idle());
  ASSERT_TRUE(c.begin());
  EXPECT_FALSE(c.idle());
  ASSERT_TRUE(c.commit());
  EXPECT_TRUE(c.idle());
  ASSERT_TRUE(c.begin(begin_mode::serializable));
  ASSERT_TRUE(c.rollback());
  EXPECT_TRUE(c.idle());
  expect_refused(c.begin(begin_mode::read_only | begin_mode::serializable), diag::not_supported_here);
  EXPECT_TRUE(c.idle());
}

TEST(host_connection, what_a_plugin_lacks_is_said_or_done_without) {
  connection c = opened();
  expect_refused(c.savepoint(1), diag::not_supported_here, {"a savepoint", "fixture"});
  ASSERT_TRUE(c.describe());
  expect_refused(c.savepoint(1), diag::not_supported_here, {"a savepoint", "Fixture 1.0"});
  expect_refused(c.rollback_to(1), diag::not_supported_here);
  expect_refused(c.cancel(), diag::not_supported_here, {"cancelling"});
  EXPECT_FALSE(c.can_cancel());
  expect_refused(c.inspect(inspection::tables), diag::not_supported_here);
  EXPECT_TRUE(c.ping());
  statement s = prepared(c, "rows 1");
  EXPECT_TRUE(s.set_fetch_size(10));
}

TEST(host_connection, many_rows_are_executed_one_by_one_where_the_plugin_can_not) {
  connection c = opened();
  const std::vector<ir::type> binds = {ir::types::int64};
  auto s = c.prepare("key 7", binds, {});
  ASSERT_TRUE(s);
  std::vector<quarry_cell> cells(3);
  for (quarry_cell& cell : cells) cell.type = QUARRY_TYPE_INT64;
  std::vector<outcome> outcomes(3);
  std::uint32_t done = 0;
  ASSERT_TRUE(s->execute_many(cells, outcomes, done));
  EXPECT_EQ(done, 3U);
  EXPECT_EQ(outcomes[2].generated_key, 7);
  expect_refused(s->execute_many(std::span(cells).first(2), outcomes, done), diag::internal_error);
  expect_refused(s->execute({}), diag::internal_error, {"0 values for 1"});
}

TEST(host_connection, a_statement_keeps_its_connection_open) {
  statement s;
  {
    connection c = opened();
    s = prepared(c, "rows 2");
  }
  ASSERT_TRUE(s.execute({}));
  EXPECT_EQ(s.next(9)->size(), 2U);
  statement moved = std::move(s);
  EXPECT_FALSE(s);
  EXPECT_TRUE(moved);
}

TEST(host_connection, plugins_that_know_less_or_more_run) {
  for (const char* name : {"knows_less", "states_more"}) {
    SCOPED_TRACE(name);
    auto p = load(fixture(name));
    ASSERT_TRUE(p) << why(p);
    connection c = opened(*p);
    auto d = c.describe();
    ASSERT_TRUE(d) << why(d);
    statement s = prepared(c, "rows 2");
    ASSERT_TRUE(s.execute({}));
    EXPECT_EQ(s.next(9)->size(), 2U);
  }
}

// --- a plugin that counts what it hands out, and has the optional functions ---

struct counts {
  int connections = 0;
  int statements = 0;
  int dialects = 0;
};
counts alive;
quarry_plugin base;

const quarry_plugin* counting_entry(std::uint32_t, std::uint32_t) {
  static quarry_plugin table;
  base = whole().table();
  table = base;
  table.open = [](const quarry_url* u, quarry_connection** c, quarry_error* e) {
    ++alive.connections;
    return base.open(u, c, e);
  };
  table.close = [](quarry_connection* c) {
    --alive.connections;
    base.close(c);
  };
  table.prepare = [](quarry_connection* c, quarry_str q, const quarry_type* b, std::uint32_t bn, const quarry_type* r,
                     std::uint32_t rn, quarry_statement** s, quarry_error* e) {
    ++alive.statements;
    return base.prepare(c, q, b, bn, r, rn, s, e);
  };
  table.drop = [](quarry_statement* s) {
    --alive.statements;
    base.drop(s);
  };
  table.describe = [](quarry_connection* c, quarry_facts* f, quarry_dialect** d, quarry_error* e) {
    ++alive.dialects;
    return base.describe(c, f, d, e);
  };
  table.drop_dialect = [](quarry_dialect* d) {
    --alive.dialects;
    base.drop_dialect(d);
  };
  table.execute_many = [](quarry_statement*, const quarry_cell* rows, std::uint32_t count, std::uint32_t,
                          quarry_outcome* outcomes, std::uint32_t* done, quarry_error* e) {
    *done = count;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (rows[i].v.i == 13) {  // the row that breaks off
        *done = i;
        e->category = QUARRY_ERROR_CHECK;
        return int{QUARRY_FAILED};
      }
      if (rows[i].v.i == 14) *done = count + 5;
      if (rows[i].v.i == 15) *done = i;
      outcomes[i].rows_affected = rows[i].v.i;
    }
    return int{QUARRY_OK};
  };
  table.inspect = [](quarry_connection* c, std::uint32_t, quarry_str, quarry_statement** s, quarry_error* e) {
    const quarry_type text[3] = {{QUARRY_TYPE_TEXT, 1, 0, 0, 0, 0, 0, 0},
                                 {QUARRY_TYPE_TEXT, 1, 0, 0, 0, 0, 0, 0},
                                 {QUARRY_TYPE_TEXT, 1, 0, 0, 0, 0, 0, 0}};
    ++alive.statements;
    const int status = base.prepare(c, {"rows 2", 6}, nullptr, 0, text, 3, s, e);
    quarry_outcome o{};
    return status != QUARRY_OK ? status : base.execute(*s, nullptr, 0, &o, e);
  };
  return &table;
}

class counted_connection : public ::testing::Test {
 protected:
  void SetUp() override { alive = {}; }
  void TearDown() override { EXPECT_TRUE(alive.connections == 0 && alive.statements == 0 && alive.dialects == 0); }
  plugin plugin_ = *adopt(&counting_entry);
};

TEST_F(counted_connection, every_handle_is_given_back_once) {
  std::optional<dialect> kept;
  {
    connection c = opened(plugin_);
    EXPECT_EQ(alive.connections, 1);
    auto d = c.describe();
    kept.emplace(std::move(*d));
    statement a = prepared(c, "rows 1");
    statement b = prepared(c, "rows 2");
    a = std::move(b);
    EXPECT_EQ(alive.statements, 1);
    EXPECT_EQ(alive.dialects, 1);
  }
  EXPECT_EQ(alive.connections, 0);
  EXPECT_EQ(alive.dialects, 1) << "a dialect outlives its connection";
}

TEST_F(counted_connection, many_rows_go_to_a_plugin_that_takes_them) {
  connection c = opened(plugin_);
  const std::vector<ir::type> binds = {ir::types::int64};
  auto s = c.prepare("x", binds, {});
  ASSERT_TRUE(s);
  std::vector<quarry_cell> cells(4);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    cells[i].type = QUARRY_TYPE_INT64;
    cells[i].v.i = static_cast<std::int64_t>(i);
  }
  std::vector<outcome> outcomes(4);
  std::uint32_t done = 0;
  ASSERT_TRUE(s->execute_many(cells, outcomes, done));
  EXPECT_EQ(done, 4U);
  EXPECT_EQ(outcomes[3].rows_affected, 3);

  cells[2].v.i = 13;
  expect_refused(s->execute_many(cells, outcomes, done), diag::database_check);
  EXPECT_EQ(done, 2U);
  cells[2].v.i = 14;
  expect_refused(s->execute_many(cells, outcomes, done), diag::plugin_bad_answer, {"more rows"});
  cells[2].v.i = 15;
  cells[3].v.i = 15;
  expect_refused(s->execute_many(cells, outcomes, done), diag::plugin_bad_answer, {"left rows out"});
}

TEST_F(counted_connection, inspection_hands_out_the_columns_of_the_header) {
  connection c = opened(plugin_);
  auto tables = c.inspect(inspection::tables);
  ASSERT_TRUE(tables) << why(tables);
  EXPECT_EQ(tables->column_count(), 3U);
  EXPECT_EQ(tables->next(10)->size(), 2U);
}

}  // namespace
}  // namespace quarry::host::test
