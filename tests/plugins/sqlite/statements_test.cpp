#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "dialects/cases.hpp"
#include "plugins/sqlite/driver.hpp"
#include "support/tree_builder.hpp"

// Every statement that the dialect writes is one that SQLite runs.
namespace quarry::test::sqlite {
namespace {

class dialect_handle {
 public:
  explicit dialect_handle(connection& of) {
    quarry_error error{};
    error.size = sizeof error;
    facts_.size = sizeof facts_;
    if (plugin().describe(of.raw(), &facts_, &raw_, &error) != QUARRY_OK) throw failure(QUARRY_FAILED, error);
  }
  ~dialect_handle() { plugin().drop_dialect(raw_); }

  const quarry_facts& facts() const { return facts_; }
  void emit(const quarry_tree& tree, text_sink& to) const {
    quarry_error error{};
    error.size = sizeof error;
    int status = plugin().emit(raw_, &tree, &to.raw(), &error);
    if (status != QUARRY_OK) throw failure(status, error);
  }

 private:
  quarry_facts facts_{};
  quarry_dialect* raw_ = nullptr;
};

TEST(sqlite_statements, each_statement_of_the_golden_file_runs) {
  connection db;
  db.script(schema);
  dialect_handle dialect(db);
  for (const statement_case& one : statement_cases()) {
    tree_builder t;
    text_sink sink;
    dialect.emit(t.tree(one.build(t)), sink);
    std::vector<value> values;
    for (std::uint32_t slot : sink.slots()) {
      values.push_back(sample(t.types()[t.slots()[slot].type].type));
      if (values.back().cell.type == QUARRY_TYPE_TEXT) values.back() = text("a" + std::to_string(values.size()));
      if (sink.text().find("json_each") != std::string::npos) values.back() = text("[1]");
    }
    db.begin();
    EXPECT_NO_THROW(db.run(sink.text(), values)) << one.name << "\n" << sink.text();
    db.rollback();
  }
}

// --- precedence: a tree written with as few parentheses as possible means what it means with all of them ---

struct random_tree {
  tree_builder& t;
  std::mt19937& random;
  bool all_parentheses;

  std::uint32_t pick(std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); }

  // A piece of raw text is put in parentheses wherever it stands in an expression.
  tree_builder::id wrapped(tree_builder::id value) {
    return all_parentheses ? t.raw({t.raw_text("("), value, t.raw_text(")")}) : value;
  }

  tree_builder::id number(int depth) {
    if (depth == 0) {
      switch (pick(4)) {
        case 0: return t.integer(static_cast<std::int64_t>(pick(7)) - 3);
        case 1: return t.column("n", "a", plain(QUARRY_TYPE_INT32));
        case 2: return t.column("n", "b", plain(QUARRY_TYPE_INT32));
        default: return t.null();
      }
    }
    constexpr std::uint32_t two[] = {QUARRY_OP_ADD,    QUARRY_OP_SUB,        QUARRY_OP_MUL,
                                     QUARRY_OP_DIV,    QUARRY_OP_MOD,        QUARRY_OP_BIT_AND,
                                     QUARRY_OP_BIT_OR, QUARRY_OP_SHIFT_LEFT, QUARRY_OP_COALESCE};
    constexpr std::uint32_t single[] = {QUARRY_OP_NEG, QUARRY_OP_BIT_NOT, QUARRY_OP_ABS};
    const quarry_type type = plain(QUARRY_TYPE_INT32);
    switch (pick(6)) {
      case 0: return wrapped(t.op(single[pick(3)], {number(depth - 1)}, type));
      case 1: return wrapped(truth(depth - 1));
      default: {
        std::uint32_t op = two[pick(9)];
        tree_builder::id left = number(depth - 1);
        return wrapped(t.op(op, {left, number(depth - 1)}, type));
      }
    }
  }

  tree_builder::id truth(int depth) {
    if (depth == 0) return t.boolean(pick(2) == 0);
    constexpr std::uint32_t compare[] = {QUARRY_OP_EQ, QUARRY_OP_NE, QUARRY_OP_LT,          QUARRY_OP_LE,
                                         QUARRY_OP_GT, QUARRY_OP_GE, QUARRY_OP_NOT_DISTINCT};
    constexpr std::uint32_t logic[] = {QUARRY_OP_AND, QUARRY_OP_OR, QUARRY_OP_XOR};
    switch (pick(7)) {
      case 0: return wrapped(t.op(QUARRY_OP_NOT, {truth(depth - 1)}));
      case 1: return wrapped(t.op(pick(2) == 0 ? QUARRY_OP_IS_NULL : QUARRY_OP_IS_TRUE, {truth(depth - 1)}));
      case 2: {
        tree_builder::id what = number(depth - 1), least = number(depth - 1);
        return wrapped(t.op(QUARRY_OP_BETWEEN, {what, least, number(depth - 1)}));
      }
      case 3: {
        tree_builder::id what = number(depth - 1), first = number(depth - 1);
        return wrapped(t.op(QUARRY_OP_IN_LIST, {what, first, number(depth - 1)}));
      }
      case 4:
      case 5: {
        tree_builder::id left = truth(depth - 1);
        return wrapped(t.op(logic[pick(3)], {left, truth(depth - 1)}));
      }
      default: {
        tree_builder::id left = number(depth - 1);
        return wrapped(t.op(compare[pick(7)], {left, number(depth - 1)}));
      }
    }
  }
};

TEST(sqlite_statements, few_parentheses_mean_what_all_parentheses_mean) {
  connection db;
  db.script("CREATE TABLE n (a integer, b integer);\nINSERT INTO n VALUES (2, -3), (NULL, 1), (0, 0)");
  dialect_handle dialect(db);
  std::size_t shorter = 0;
  for (unsigned seed = 1; seed <= 1500; ++seed) {
    std::vector<row> answers[2];
    std::string texts[2];
    for (int all = 0; all < 2; ++all) {
      std::mt19937 random(seed);
      tree_builder t;
      text_sink sink;
      random_tree made{t, random, all == 1};
      dialect.emit(t.tree(t.select_from("n", {made.number(4)})), sink);
      texts[all] = sink.text();
      answers[all] = db.rows(texts[all], {QUARRY_TYPE_UNKNOWN});
    }
    ASSERT_EQ(answers[0], answers[1]) << "seed " << seed << "\n" << texts[0] << "\n" << texts[1];
    if (texts[0].size() < texts[1].size()) ++shorter;
  }
  EXPECT_GT(shorter, 1000u);
}

TEST(sqlite_statements, what_facts_call_legal_can_be_written) {
  connection db;
  dialect_handle dialect(db);
  for (std::uint32_t op : all_ops()) {
    if (op >= QUARRY_OP_COUNT_ROWS) continue;
    tree_builder t;
    text_sink sink;
    op_sample sample = sample_of(t, op);
    const quarry_tree& tree = t.tree(t.select_from("entry", {t.op(op, sample.args, sample.result)}));
    bool legal = op < dialect.facts().op_count && dialect.facts().ops[op] != 0;
    if (legal) {
      EXPECT_NO_THROW(dialect.emit(tree, sink)) << op;
    } else {
      EXPECT_EQ(failed([&] { dialect.emit(tree, sink); }).status, QUARRY_UNSUPPORTED) << op;
    }
  }
}

}  // namespace
}  // namespace quarry::test::sqlite
