#include <quarry/plugins/host/tree_writer.hpp>

#include <set>

#include "fixtures.hpp"
#include "statements.hpp"

namespace quarry::host::test {
namespace {

using ir::diag;
using ir::kind;

std::string name(const quarry_tree& t, std::uint64_t i) {
  return i == QUARRY_NONE ? std::string("absent") : std::string(t.names[i].data, t.names[i].size);
}

std::vector<std::uint32_t> numbers(const number_set& set) {
  std::vector<std::uint32_t> out;
  set.each([&](std::uint32_t n) { out.push_back(n); });
  return out;
}

/// The copy and the original, compared node by node.
void expect_same(const ir::context& cx, ir::any_id original, const quarry_tree& t, std::uint32_t copy) {
  ASSERT_LT(copy, t.node_count);
  const ir::node& n = cx.at(original);
  const quarry_node& c = t.nodes[copy];
  EXPECT_EQ(c.kind, static_cast<std::uint16_t>(n.kind));
  EXPECT_EQ(c.flags, n.flags);
  for (const ir::field_info& f : ir::info(n.kind).all_fields()) {
    const bool symbol = f.meaning == ir::word::symbol;
    if (f.form != ir::field_form::word_a && f.form != ir::field_form::word_b) continue;
    const bool first = f.form == ir::field_form::word_a;
    const std::uint64_t original_word = first ? n.a : n.b;
    const std::uint64_t copied_word = first ? c.a : c.b;
    if (symbol) {
      EXPECT_EQ(name(t, copied_word),
                original_word == ir::none ? "absent" : cx.text(ir::symbol{static_cast<std::uint32_t>(original_word)}));
    } else {
      EXPECT_EQ(copied_word, original_word);
    }
  }
  if (c.type != QUARRY_NONE) {
    ASSERT_LT(c.type, t.type_count);
    EXPECT_EQ(t.types[c.type].type, static_cast<std::uint16_t>(n.type.kind()));
    EXPECT_EQ(t.types[c.type].nullable != 0, n.type.nullable());
  } else {
    EXPECT_NE(ir::info(n.kind).sort, ir::sort::expr);
  }
  const auto children = cx.children(original);
  ASSERT_EQ(c.child_count, children.size());
  for (std::uint32_t i = 0; i < c.child_count; ++i) {
    const std::uint32_t child = t.children[c.first_child + i];
    if (children[i] != ir::none) expect_same(cx, {children[i]}, t, child);
    EXPECT_EQ(child == QUARRY_NONE, children[i] == ir::none);
  }
}

TEST(tree_writer, copies_a_statement_with_names_types_and_slots) {
  statement_maker m;
  const ir::any_id root = m.entries();
  tree_buffer buffer;
  ASSERT_TRUE(buffer.write(m.cx, root));
  const quarry_tree& t = buffer.tree();
  expect_same(m.cx, root, t, t.root);
  ASSERT_EQ(t.slot_count, 3U);
  EXPECT_EQ(t.types[t.slots[0].type].type, QUARRY_TYPE_INT32);
  EXPECT_EQ(t.types[t.slots[1].type].type, QUARRY_TYPE_TEXT);
  EXPECT_EQ(t.types[t.slots[1].type].length, 255U);
  EXPECT_EQ(buffer.slot_types()[2], ir::types::int64);
  EXPECT_EQ(numbers(buffer.ops()), (std::vector<std::uint32_t>{QUARRY_OP_AND, QUARRY_OP_EQ, QUARRY_OP_GT}));
  EXPECT_EQ(numbers(buffer.types()),
            (std::vector<std::uint32_t>{QUARRY_TYPE_BOOLEAN, QUARRY_TYPE_INT32, QUARRY_TYPE_INT64, QUARRY_TYPE_TEXT}));
  EXPECT_EQ(numbers(buffer.kinds()).back(), QUARRY_KIND_ORDER_ITEM);
}

TEST(tree_writer, copies_only_what_is_reached_and_each_node_and_name_once) {
  statement_maker m;
  for (int i = 0; i < 50; ++i) m.column("unused", "c" + std::to_string(i));
  const ir::any_id root = m.entries();
  for (int i = 0; i < 50; ++i) m.column("later", "d" + std::to_string(i));
  tree_buffer buffer;
  ASSERT_TRUE(buffer.write(m.cx, root));
  const quarry_tree& t = buffer.tree();
  EXPECT_LT(t.node_count, 20U);
  std::set<std::string> names;
  for (std::uint32_t i = 0; i < t.name_count; ++i) EXPECT_TRUE(names.insert(name(t, i)).second) << name(t, i);
  EXPECT_EQ(names, (std::set<std::string>{"e", "id", "headline", "rating", "blog_entry"}));
}

TEST(tree_writer, a_buffer_is_used_again_for_other_statements_and_contexts) {
  tree_buffer buffer;
  for (int round = 0; round < 3; ++round) {
    statement_maker m;
    const ir::any_id small = m.select(m.list({m.item(m.column("x", "y" + std::to_string(round)))}));
    const ir::any_id large = m.entries();
    for (const ir::any_id root : {large, small, large}) {
      ASSERT_TRUE(buffer.write(m.cx, root));
      expect_same(m.cx, root, buffer.tree(), buffer.tree().root);
      EXPECT_EQ(buffer.tree().slot_count, root == small ? 0U : 3U);
    }
  }
}

TEST(tree_writer, keeps_absent_children_and_names_absent) {
  statement_maker m;
  const ir::any_id root = m.select(m.list({m.item(m.column("e", "id"))}));
  tree_buffer buffer;
  ASSERT_TRUE(buffer.write(m.cx, root));
  const quarry_tree& t = buffer.tree();
  EXPECT_EQ(t.children[t.nodes[t.root].first_child], QUARRY_NONE);
  expect_same(m.cx, root, t, t.root);
}

TEST(tree_writer, says_types_in_full) {
  const quarry_type decimal = to_c(ir::type(ir::scalar::decimal, true, 12, 4));
  EXPECT_EQ(decimal.precision, 12);
  EXPECT_EQ(decimal.scale, 4);
  EXPECT_EQ(decimal.length, 0U);
  EXPECT_EQ(decimal.nullable, 1);
  EXPECT_EQ(to_c(ir::type::array_of(ir::scalar::uuid)).element, QUARRY_TYPE_UUID);
  const ir::type text = ir::type(ir::scalar::text, false, 80).with_collation(ir::collation_class::code_point);
  EXPECT_EQ(to_c(text).collation, QUARRY_COLLATION_CODE_POINT);
  EXPECT_EQ(to_c(text).length, 80U);
}

TEST(tree_writer, gives_a_part_its_type_where_it_has_one) {
  statement_maker m;
  const ir::any_id column = m.node(kind::column_def, {ir::any_id()}, m.name("id"), QUARRY_NONE, ir::types::int64, 1);
  const ir::any_id root = m.node(kind::create_table, {m.list({column}), ir::any_id()}, m.name("blog"));
  tree_buffer buffer;
  ASSERT_TRUE(buffer.write(m.cx, root));
  const quarry_tree& t = buffer.tree();
  EXPECT_EQ(t.nodes[t.root].type, QUARRY_NONE);
  const quarry_node& list = t.nodes[t.children[t.nodes[t.root].first_child]];
  EXPECT_EQ(list.type, QUARRY_NONE);
  const quarry_node& def = t.nodes[t.children[list.first_child]];
  ASSERT_NE(def.type, QUARRY_NONE);
  EXPECT_EQ(t.types[def.type].type, QUARRY_TYPE_INT64);
  EXPECT_EQ(def.b, QUARRY_NONE) << "no collation";
}

TEST(tree_writer, refuses_what_is_no_finished_statement) {
  statement_maker m;
  tree_buffer buffer;
  expect_refused(buffer.write(m.cx, ir::any_id()), diag::internal_error);
  expect_refused(buffer.write(m.cx, ir::any_id{12345}), diag::internal_error);
  const ir::any_id scan = m.node(kind::scan, {}, 0, 0);
  expect_refused(buffer.write(m.cx, m.select(m.list({}), scan)), diag::internal_error, {"'scan'"});
  const ir::any_id huge = m.select(m.list({m.item(m.bind(0x7fffffff))}));
  expect_refused(buffer.write(m.cx, huge), diag::internal_error, {"slot"});
}

}  // namespace
}  // namespace quarry::host::test
