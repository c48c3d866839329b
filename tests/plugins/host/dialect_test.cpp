#include <quarry/plugins/host/dialect.hpp>

#include <functional>
#include <thread>

#include "fixtures.hpp"
#include "statements.hpp"

namespace quarry::host::test {
namespace {

using ir::diag;
using ir::fact;
using ir::kind;
using ir::op;
using ir::scalar;

dialect dialect_of(const std::string& name) {
  auto p = load(fixture(name));
  EXPECT_TRUE(p) << why(p);
  auto d = p->describe_offline();
  EXPECT_TRUE(d) << why(d);
  return std::move(*d);
}

TEST(host_dialect, states_what_is_legal_and_the_facts) {
  const dialect d = dialect_of("whole");
  EXPECT_EQ(d.facts().product, "Fixture");
  EXPECT_EQ(d.facts().version, "1.0");
  EXPECT_EQ(d.facts()[fact::server_version], 3040001);
  EXPECT_EQ(d.facts()[fact::max_binds], 100);
  EXPECT_EQ(d.facts()[fact::max_identifier], 30) << "not stated: the default";
  EXPECT_TRUE(d.facts().legal(kind::select));
  EXPECT_FALSE(d.facts().legal(kind::scan)) << "no kind of a private stage is ever legal";
  EXPECT_TRUE(d.facts().legal(op::regex));
  EXPECT_TRUE(d.facts().legal(scalar::json));
}

TEST(host_dialect, an_unknown_server_version_is_named) {
  auto p = load(fixture("whole"));
  ASSERT_TRUE(p);
  expect_refused(p->describe_offline("9.9"), diag::plugin_no_version, {"fixture", "'9.9'"});
}

TEST(host_dialect, emits_text_and_the_order_of_binds) {
  statement_maker m;
  emit_buffer out;
  const dialect d = dialect_of("whole");
  ASSERT_TRUE(d.emit(m.cx, m.entries(), out));
  EXPECT_NE(out.text.find("(35 blog_entry)"), std::string::npos) << out.text;
  EXPECT_NE(out.text.find("(32 ?3)"), std::string::npos) << out.text;
  EXPECT_EQ(out.binds, (std::vector<std::uint32_t>{0, 1, 2}));
  const ir::any_id twice = m.select(m.list({m.item(m.bind(1)), m.item(m.bind(0)), m.item(m.bind(1))}));
  ASSERT_TRUE(d.emit(m.cx, twice, out));
  EXPECT_EQ(out.binds, (std::vector<std::uint32_t>{1, 0, 1}))
      << "without bind_reuse each placeholder is a bind of its own";
}

TEST(host_dialect, one_dialect_serves_many_threads) {
  const dialect d = dialect_of("whole");
  std::vector<std::thread> threads;
  std::vector<std::string> texts(6);
  for (auto& text : texts)
    threads.emplace_back([&] {
      statement_maker m;
      emit_buffer out;
      for (int i = 0; i < 100; ++i)
        if (d.emit(m.cx, m.entries(), out)) text = out.text;
    });
  for (std::thread& t : threads) t.join();
  for (const std::string& text : texts) EXPECT_EQ(text, texts[0]);
  EXPECT_FALSE(texts[0].empty());
}

TEST(host_dialect, a_plugin_that_knows_less_runs) {
  const dialect d = dialect_of("knows_less");
  EXPECT_TRUE(d.facts().legal(kind::select));
  EXPECT_FALSE(d.facts().legal(kind::grouping)) << "above its highest kind, though its record says yes";
  EXPECT_TRUE(d.facts().legal(op::eq));
  EXPECT_FALSE(d.facts().legal(op::between)) << "beyond the array of its record";
  EXPECT_FALSE(d.facts().legal(op::coalesce)) << "above its highest operation";
  EXPECT_TRUE(d.facts().legal(scalar::text));
  EXPECT_FALSE(d.facts().legal(scalar::bytes));
  EXPECT_FALSE(d.facts().legal(scalar::uuid));
  EXPECT_EQ(d.facts()[fact::max_binds], 999) << "above its highest fact: the default";

  statement_maker m;
  emit_buffer out;
  EXPECT_TRUE(d.emit(m.cx, m.entries(), out));
  const ir::any_id grouped = m.node(kind::select,
                                    {ir::any_id(), ir::any_id(), m.list({}), ir::any_id(), ir::any_id(),
                                     m.node(kind::grouping, {m.column("e", "id")})});
  expect_refused(d.emit(m.cx, grouped, out), diag::not_supported_here, {"'grouping'", "Fixture 1.0"});
  const ir::any_id coalesced = m.select(m.list({m.item(m.op(op::coalesce, {m.bind(0)}, ir::types::int64))}));
  expect_refused(d.emit(m.cx, coalesced, out), diag::not_supported_here, {"'coalesce'"});
  const ir::any_id uuid = m.select(m.list({m.item(m.bind(0, ir::type(scalar::uuid, false)))}));
  expect_refused(d.emit(m.cx, uuid, out), diag::not_supported_here, {"'uuid'"});
}

TEST(host_dialect, a_plugin_that_states_more_runs) {
  const dialect d = dialect_of("states_more");
  EXPECT_TRUE(d.facts().legal(kind::drop));
  EXPECT_TRUE(d.facts().legal(op::nth_value));
  EXPECT_EQ(d.facts()[fact::max_identifier], 63);
  EXPECT_TRUE(d.facts().has(fact::savepoints)) << "facts after one that the host doesn't know still count";
  statement_maker m;
  emit_buffer out;
  EXPECT_TRUE(d.emit(m.cx, m.entries(), out));
}

// --- answers that break the contract: a table like the whole one, with functions of the test's own ---

class spoiled_plugin : public ::testing::Test {
 protected:
  void SetUp() override {
    auto p = load(fixture("whole"));
    ASSERT_TRUE(p);
    table_ = p->table();
  }
  plugin spoiled() {
    auto p = adopt([](std::uint32_t, std::uint32_t) -> const quarry_plugin* { return &table_; });
    EXPECT_TRUE(p) << why(p);
    return *p;
  }
  /// emit with a table in which it is this function.
  ir::result<void> emitted(decltype(quarry_plugin::emit) emit) {
    table_.emit = emit;
    auto d = spoiled().describe_offline();
    EXPECT_TRUE(d) << why(d);
    return d->emit(m_.cx, m_.entries(), out_);
  }
  /// describe_offline of the whole plugin, changed by `change`.
  ir::result<dialect> described(void (*change)(quarry_facts&)) {
    static decltype(quarry_plugin::describe_offline) whole;
    static void (*changes)(quarry_facts&);
    if (whole == nullptr) whole = table_.describe_offline;
    changes = change;
    table_.describe_offline = [](quarry_str v, quarry_facts* f, quarry_dialect** d, quarry_error* e) {
      const int status = whole(v, f, d, e);
      changes(*f);
      return status;
    };
    return spoiled().describe_offline();
  }
  static inline quarry_plugin table_;
  statement_maker m_;
  emit_buffer out_;
};

TEST_F(spoiled_plugin, a_wrong_use_of_the_sink_is_refused) {
  expect_refused(emitted([](const quarry_dialect*, const quarry_tree*, const quarry_sink* s, quarry_error*) {
                   std::uint32_t number = 0;
                   return s->bind(s->self, 99, &number) != 0 ? int{QUARRY_STOPPED} : int{QUARRY_OK};
                 }),
                 diag::plugin_bad_answer, {"fixture", "slot"});
  expect_refused(emitted([](const quarry_dialect*, const quarry_tree*, const quarry_sink* s, quarry_error*) {
                   s->bind(s->self, 0, nullptr);
                   return int{QUARRY_OK};
                 }),
                 diag::plugin_bad_answer, {"number"});
  expect_refused(emitted([](const quarry_dialect*, const quarry_tree*, const quarry_sink* s, quarry_error*) {
                   s->write(s->self, nullptr, 5);
                   return int{QUARRY_OK};
                 }),
                 diag::plugin_bad_answer, {"text that is not there"});
  expect_refused(emitted([](const quarry_dialect*, const quarry_tree*, const quarry_sink* s, quarry_error*) {
                   s->write(s->self, "x", ~std::uint64_t{0});
                   return int{QUARRY_OK};
                 }),
                 diag::plugin_bad_answer, {"gigabyte"});
  expect_refused(emitted([](const quarry_dialect*, const quarry_tree*, const quarry_sink*, quarry_error*) {
                   return int{QUARRY_OK};
                 }),
                 diag::plugin_bad_answer, {"nothing"});
  expect_refused(emitted([](const quarry_dialect*, const quarry_tree*, const quarry_sink*, quarry_error*) {
                   return int{QUARRY_STOPPED};
                 }),
                 diag::plugin_bad_answer, {"status 3"});
  expect_refused(
      emitted([](const quarry_dialect*, const quarry_tree*, const quarry_sink*, quarry_error*) { return 1234; }),
      diag::plugin_bad_answer, {"status 1234"});
}

TEST_F(spoiled_plugin, emit_may_blame_a_node) {
  auto refused = emitted([](const quarry_dialect*, const quarry_tree* t, const quarry_sink*, quarry_error* e) {
    for (std::uint32_t i = 0; i < t->node_count; ++i)
      if (t->nodes[i].kind == QUARRY_KIND_OP && t->nodes[i].b == QUARRY_OP_GT) e->node = i;
    e->category = QUARRY_ERROR_UNSUPPORTED;
    return int{QUARRY_UNSUPPORTED};
  });
  expect_refused(refused, diag::not_supported_here, {"the operation 'gt'", "Fixture 1.0"});
  refused = emitted([](const quarry_dialect*, const quarry_tree*, const quarry_sink*, quarry_error* e) {
    e->node = 4000000;
    return int{QUARRY_UNSUPPORTED};
  });
  expect_refused(refused, diag::not_supported_here, {"a part of the statement"});
}

TEST_F(spoiled_plugin, a_placeholder_is_used_again_where_the_fact_says_so) {
  static const quarry_fact_value reuse[] = {{QUARRY_FACT_BIND_REUSE, 0, 1}};
  auto d = described([](quarry_facts& f) {
    f.facts = reuse;
    f.fact_count = 1;
  });
  ASSERT_TRUE(d) << why(d);
  const ir::any_id twice = m_.select(m_.list({m_.item(m_.bind(1)), m_.item(m_.bind(0)), m_.item(m_.bind(1))}));
  const ir::any_id where = m_.op(op::eq, {m_.bind(1), m_.bind(1)});
  ASSERT_TRUE(d->emit(m_.cx, m_.select(m_.list({m_.item(where), m_.item(m_.bind(0))})), out_));
  EXPECT_EQ(out_.binds, (std::vector<std::uint32_t>{1, 0}));
  ASSERT_TRUE(d->emit(m_.cx, twice, out_));
  EXPECT_EQ(out_.binds, (std::vector<std::uint32_t>{1, 0}));
}

TEST_F(spoiled_plugin, more_binds_than_the_fact_allows_are_refused) {
  static const quarry_fact_value few[] = {{QUARRY_FACT_MAX_BINDS, 0, 2}};
  auto d = described([](quarry_facts& f) {
    f.facts = few;
    f.fact_count = 1;
  });
  ASSERT_TRUE(d) << why(d);
  expect_refused(d->emit(m_.cx, m_.entries(), out_), diag::too_many_binds, {"Fixture 1.0"});
}

TEST_F(spoiled_plugin, a_capability_record_that_makes_no_sense_is_refused) {
  expect_refused(described([](quarry_facts& f) { f.size = 0; }), diag::plugin_bad_answer, {"0 bytes"});
  expect_refused(described([](quarry_facts& f) { f.kinds = nullptr; }), diag::plugin_bad_answer, {"gives none"});
  expect_refused(described([](quarry_facts& f) { f.facts = nullptr; }), diag::plugin_bad_answer, {"gives none"});
  expect_refused(described([](quarry_facts& f) { f.fact_stride = 4; }), diag::plugin_bad_answer, {"stride"});
  static const quarry_fact_value odd_flag[] = {{QUARRY_FACT_SAVEPOINTS, 0, 5}};
  expect_refused(described([](quarry_facts& f) {
                   f.facts = odd_flag;
                   f.fact_count = 1;
                 }),
                 diag::plugin_bad_answer, {"savepoints", "5"});
  static const quarry_fact_value odd_count[] = {{QUARRY_FACT_MAX_BINDS, 0, -4}};
  expect_refused(described([](quarry_facts& f) {
                   f.facts = odd_count;
                   f.fact_count = 1;
                 }),
                 diag::plugin_bad_answer, {"max_binds", "-4"});
}

TEST_F(spoiled_plugin, a_description_without_a_dialect_is_refused) {
  table_.describe_offline = [](quarry_str, quarry_facts*, quarry_dialect**, quarry_error*) { return int{QUARRY_OK}; };
  expect_refused(spoiled().describe_offline(), diag::plugin_bad_answer, {"no dialect"});
}

}  // namespace
}  // namespace quarry::host::test
