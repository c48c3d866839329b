#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include <gtest/gtest.h>

#include <quarry/dialects/base/emitter.hpp>
#include <quarry/dialects/base/facts_builder.hpp>
#include <quarry/plugins/sdk/plugin.hpp>

#include "support/tree_builder.hpp"

// The C table that the SDK makes of an author's classes. The toy here fails in whatever way it is told to.
namespace quarry::test {
namespace {

void misbehave(std::string_view how) {
  if (how == "error")
    throw plugin::error(QUARRY_ERROR_UNIQUE, "duplicate").native_code(1062).sqlstate("23000").constraint("blog.name");
  if (how == "unsupported") throw plugin::unsupported("no arrays");
  if (how == "memory") throw std::bad_alloc();
  if (how == "standard") throw std::runtime_error("something else");
  if (how == "number") throw 42;
}

class toy_dialect {
 public:
  static toy_dialect for_version(std::string_view version) {
    misbehave(version);
    return {};
  }
  quarry_facts facts() const noexcept { return facts_.record(); }
  void emit(const quarry_tree& tree, const quarry_sink& sink) const { dialect::emitter(tree, sink).statement(); }

 private:
  dialect::facts_record facts_ = dialect::facts_builder("Toy", "1").build();
};

class toy_statement : public plugin::handle {
 public:
  explicit toy_statement(std::string_view sql) : sql_(sql) { ++alive; }
  ~toy_statement() { --alive; }
  plugin::outcome execute(std::span<const quarry_cell> values) {
    misbehave(sql_);
    return {static_cast<std::int64_t>(values.size()), true, 7};
  }
  plugin::rows next(std::uint32_t) { return {}; }
  void finish() noexcept {}
  static inline int alive = 0;

 private:
  std::string sql_;
};

class toy_connection : public plugin::handle {
 public:
  explicit toy_connection(const plugin::url& where) { misbehave(where.database()); }
  toy_dialect describe() { return {}; }
  std::unique_ptr<toy_statement> prepare(std::string_view sql, std::span<const quarry_type>,
                                         std::span<const quarry_type>) {
    if (sql == "bad") throw plugin::error(QUARRY_ERROR_SYNTAX, "bad words");
    return std::make_unique<toy_statement>(sql);
  }
  void begin(std::uint32_t) {}
  void commit() { throw plugin::error(QUARRY_ERROR_SERIALIZATION, "again"); }
  void rollback() {}
  bool idle() { return false; }
};

struct toy {
  using dialect = toy_dialect;
  using connection = toy_connection;
  static constexpr std::string_view name = "toy", version = "1.2";
};
struct writer_only {
  using dialect = toy_dialect;
  static constexpr std::string_view name = "writer", version = "0";
};

const quarry_plugin& table() { return *plugin::table<toy>(); }

quarry_str str(std::string_view text) { return {text.data(), text.size()}; }
std::string copy(quarry_str text) { return text.size == 0 ? std::string() : std::string(text.data, text.size); }
quarry_error fresh() {
  quarry_error error{};
  error.size = sizeof error;
  return error;
}

class opened {
 public:
  opened() {
    quarry_url url{};
    url.size = sizeof url;
    quarry_error error = fresh();
    if (table().open(&url, &raw, &error) != QUARRY_OK) throw std::runtime_error(copy(error.server_text));
  }
  ~opened() { table().close(raw); }
  quarry_statement* prepare(std::string_view sql) {
    quarry_statement* made = nullptr;
    quarry_error error = fresh();
    table().prepare(raw, str(sql), nullptr, 0, nullptr, 0, &made, &error);
    return made;
  }
  quarry_connection* raw = nullptr;
};

TEST(sdk, optional_functions_are_there_when_the_class_has_them) {
  EXPECT_NE(table().idle, nullptr);
  EXPECT_EQ(table().savepoint, nullptr);
  EXPECT_EQ(table().execute_many, nullptr);
  EXPECT_EQ(table().set_fetch_size, nullptr);
  EXPECT_EQ(table().cancel, nullptr);
  EXPECT_EQ(table().ping, nullptr);
  EXPECT_EQ(table().inspect, nullptr);
  EXPECT_EQ(copy(table().name), "toy");
  EXPECT_EQ(table().flags & QUARRY_PLUGIN_PLANS_CACHEABLE, QUARRY_PLUGIN_PLANS_CACHEABLE);
}

TEST(sdk, a_plugin_without_a_connection_only_writes) {
  const quarry_plugin& only = *plugin::table<writer_only>();
  EXPECT_NE(only.emit, nullptr);
  EXPECT_EQ(only.open, nullptr);
  EXPECT_EQ(only.rollback, nullptr);
}

TEST(sdk, whatever_is_thrown_ends_at_the_border) {
  struct {
    const char* how;
    int status;
    std::uint32_t category;
    const char* text;
  } const expected[] = {{"error", QUARRY_FAILED, QUARRY_ERROR_UNIQUE, "duplicate"},
                        {"unsupported", QUARRY_UNSUPPORTED, QUARRY_ERROR_UNSUPPORTED, "no arrays"},
                        {"memory", QUARRY_FAILED, QUARRY_ERROR_OTHER, "out of memory"},
                        {"standard", QUARRY_FAILED, QUARRY_ERROR_OTHER, "something else"},
                        {"number", QUARRY_FAILED, QUARRY_ERROR_OTHER, "an unknown exception"}};
  for (auto& one : expected) {
    quarry_error error = fresh();
    quarry_facts facts{};
    quarry_dialect* dialect = nullptr;
    EXPECT_EQ(table().describe_offline(str(one.how), &facts, &dialect, &error), one.status) << one.how;
    EXPECT_EQ(error.category, one.category) << one.how;
    EXPECT_EQ(copy(error.server_text), one.text);
    EXPECT_EQ(error.node, QUARRY_NONE);

    quarry_url url{};
    url.size = sizeof url;
    url.database = str(one.how);
    quarry_connection* connection = nullptr;
    error = fresh();
    EXPECT_EQ(table().open(&url, &connection, &error), one.status) << one.how;
    EXPECT_EQ(connection, nullptr);

    opened db;
    quarry_statement* statement = db.prepare(one.how);
    quarry_outcome outcome{};
    error = fresh();
    EXPECT_EQ(table().execute(statement, nullptr, 0, &outcome, &error), one.status) << one.how;
    EXPECT_EQ(copy(error.server_text), one.text);
    table().drop(statement);
  }
}

TEST(sdk, everything_that_an_error_says_arrives) {
  opened db;
  quarry_statement* statement = db.prepare("error");
  quarry_error error = fresh();
  quarry_outcome outcome{};
  table().execute(statement, nullptr, 0, &outcome, &error);
  EXPECT_EQ(error.native_code, 1062);
  EXPECT_STREQ(error.sqlstate, "23000");
  EXPECT_EQ(copy(error.constraint), "blog.name");
  table().drop(statement);
}

TEST(sdk, texts_of_an_error_belong_to_their_handle) {
  opened db;
  quarry_statement* statement = db.prepare("standard");
  quarry_error of_connection = fresh(), of_statement = fresh();
  quarry_outcome outcome{};
  EXPECT_EQ(table().commit(db.raw, &of_connection), QUARRY_FAILED);
  EXPECT_EQ(table().execute(statement, nullptr, 0, &outcome, &of_statement), QUARRY_FAILED);
  EXPECT_EQ(copy(of_connection.server_text), "again");
  EXPECT_EQ(copy(of_statement.server_text), "something else");
  table().drop(statement);
}

TEST(sdk, emit_names_the_node_and_keeps_texts_by_thread) {
  quarry_error error = fresh();
  quarry_facts facts{};
  quarry_dialect* dialect = nullptr;
  ASSERT_EQ(table().describe_offline({}, &facts, &dialect, &error), QUARRY_OK);
  EXPECT_EQ(copy(facts.product), "Toy");
  auto refused = [&](std::uint32_t op, quarry_error& to) {
    tree_builder t;
    tree_builder::id node = t.op(op, {t.integer(1)});
    const quarry_tree& tree = t.tree(t.select_from("", {node}));
    text_sink sink;
    EXPECT_EQ(table().emit(dialect, &tree, &sink.raw(), &to), QUARRY_UNSUPPORTED);
    EXPECT_EQ(to.node, node);
  };
  refused(QUARRY_OP_REGEX, error);
  std::thread([&] {
    quarry_error other = fresh();
    refused(QUARRY_OP_YEAR, other);
  }).join();
  EXPECT_EQ(copy(error.server_text), "no words for operation " + std::to_string(QUARRY_OP_REGEX));
  table().drop_dialect(dialect);
}

TEST(sdk, records_of_an_older_host_are_not_overrun) {
  opened db;
  quarry_statement* statement = db.prepare("fine");
  struct {
    quarry_outcome outcome;
    std::int64_t after;
  } record{};
  record.outcome.size = offsetof(quarry_outcome, generated_key);
  record.outcome.generated_key = -5;
  quarry_error error = fresh();
  ASSERT_EQ(table().execute(statement, nullptr, 0, &record.outcome, &error), QUARRY_OK);
  EXPECT_EQ(record.outcome.has_key, 1u);
  EXPECT_EQ(record.outcome.generated_key, -5);
  EXPECT_EQ(record.outcome.size, offsetof(quarry_outcome, generated_key));
  table().drop(statement);

  quarry_facts facts{};
  facts.size = offsetof(quarry_facts, version);
  facts.version = str("untouched");
  quarry_dialect* dialect = nullptr;
  ASSERT_EQ(table().describe(db.raw, &facts, &dialect, &error), QUARRY_OK);
  EXPECT_EQ(copy(facts.version), "untouched");
  EXPECT_EQ(copy(facts.product), "Toy");
  table().drop_dialect(dialect);
}

TEST(sdk, missing_handles_and_places_are_errors_not_crashes) {
  quarry_error error = fresh();
  quarry_outcome outcome{};
  EXPECT_EQ(table().execute(nullptr, nullptr, 0, &outcome, &error), QUARRY_FAILED);
  EXPECT_EQ(error.category, QUARRY_ERROR_CONTRACT);
  EXPECT_EQ(table().open(nullptr, nullptr, &error), QUARRY_FAILED);
  EXPECT_EQ(table().emit(nullptr, nullptr, nullptr, &error), QUARRY_FAILED);
  opened db;
  EXPECT_EQ(table().prepare(db.raw, str("x"), nullptr, 0, nullptr, 0, nullptr, &error), QUARRY_FAILED);
  EXPECT_EQ(table().commit(db.raw, nullptr), QUARRY_FAILED) << "not even a place for the error";
  table().finish(nullptr);
  table().drop(nullptr);
}

TEST(sdk, statements_are_destroyed_by_drop) {
  opened db;
  quarry_statement* statement = db.prepare("fine");
  EXPECT_EQ(toy_statement::alive, 1);
  table().drop(statement);
  EXPECT_EQ(toy_statement::alive, 0);
  EXPECT_EQ(db.prepare("bad"), nullptr);
}

TEST(sdk, a_connection_that_is_not_idle_says_so) {
  opened db;
  quarry_error error = fresh();
  EXPECT_EQ(table().idle(db.raw, &error), QUARRY_FAILED);
}

}  // namespace
}  // namespace quarry::test
