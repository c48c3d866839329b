#include <gtest/gtest.h>

#include <quarry/ir/model/views.hpp>
#include <quarry/ir/text/abi_header.hpp>

#include <fstream>
#include <set>
#include <sstream>

#include "support/blog_catalog.hpp"

namespace quarry::ir {
namespace {

class a_context : public testing::Test {
 protected:
  a_context() { cx.reset(*test::blog_catalog()); }
  context cx;
  std::uint32_t entry = test::blog_catalog()->find_model("Entry");
};

TEST_F(a_context, gives_equal_nodes_one_id) {
  const std::uint32_t e = cx.new_instance(entry);
  const expr_id a = cx.make_op(op::eq, {cx.column(e, 3), cx.param_ref(0, {scalar::text, false})});
  const expr_id b = cx.make_op(op::eq, {cx.column(e, 3), cx.param_ref(0, {scalar::text, false})});
  const expr_id other = cx.make_op(op::eq, {cx.column(e, 3), cx.param_ref(1, {scalar::text, false})});
  EXPECT_EQ(a, b);
  EXPECT_NE(a, other);
}

TEST_F(a_context, keeps_ids_apart_after_it_grew) {
  std::vector<expr_id> made;
  for (std::int64_t i = 0; i < 5000; ++i) made.push_back(cx.integer(i));
  for (std::int64_t i = 0; i < 5000; ++i) EXPECT_EQ(cx.integer(i), made[static_cast<std::size_t>(i)]);
}

TEST_F(a_context, starts_over_empty) {
  cx.integer(1);
  cx.names().intern("a name of this query");
  const auto catalog_names = cx.schema().names().size();
  cx.reset(*test::blog_catalog());
  EXPECT_EQ(cx.node_count(), 0U);
  EXPECT_EQ(cx.names().size(), catalog_names);
  EXPECT_EQ(cx.instance_count(), 0U);
}

TEST_F(a_context, types_a_column_of_an_optional_relation_as_nullable) {
  const std::uint32_t must = cx.new_instance(entry), may = cx.new_instance(entry, true);
  EXPECT_FALSE(cx.at(cx.column(must, 3)).type.nullable());
  EXPECT_TRUE(cx.at(cx.column(may, 3)).type.nullable());
}

TEST_F(a_context, follows_the_null_policy_of_each_operation) {
  const expr_id nullable = cx.null({scalar::int32, true}), one = cx.integer(1, types::int32);
  EXPECT_TRUE(cx.at(cx.make_op(op::eq, {nullable, one})).type.nullable());
  EXPECT_FALSE(cx.at(cx.make_op(op::eq, {one, one})).type.nullable());
  EXPECT_FALSE(cx.at(cx.make_op(op::is_null, {nullable})).type.nullable());
  EXPECT_FALSE(cx.at(cx.make_op(op::coalesce, {nullable, one})).type.nullable());
  EXPECT_TRUE(cx.at(cx.make_op(op::div, {one, one})).type.nullable()) << "a division by zero is NULL";
}

TEST_F(a_context, promotes_numbers_to_the_wider_type) {
  const expr_id small = cx.integer(1, types::int32), large = cx.integer(1);
  EXPECT_EQ(cx.at(cx.make_op(op::add, {small, large})).type.kind(), scalar::int64);
  EXPECT_EQ(cx.at(cx.make_op(op::add, {small, small})).type.kind(), scalar::int32);
}

TEST_F(a_context, shows_a_node_as_its_kind_only) {
  const std::uint32_t e = cx.new_instance(entry);
  const any_id scan = cx.make(kind::scan, 0, {}, {}, entry, e);
  ASSERT_TRUE(try_as<view::scan>(cx, scan));
  EXPECT_EQ(try_as<view::scan>(cx, scan)->model(), entry);
  EXPECT_FALSE(try_as<view::filter>(cx, scan));
  EXPECT_FALSE(try_as<view::scan>(cx, any_id{}));
}

TEST(a_type, keeps_what_it_is_made_of) {
  const type price(scalar::decimal, true, 12, 2);
  EXPECT_EQ(price.precision(), 12U);
  EXPECT_EQ(price.scale(), 2U);
  EXPECT_TRUE(price.nullable());
  const type name(scalar::text, false, 255);
  EXPECT_EQ(name.length(), 255U);
  EXPECT_EQ(name.with_collation(collation_class::code_point).length(), 255U);
  EXPECT_EQ(name.with_collation(collation_class::code_point).collation(), collation_class::code_point);
  EXPECT_EQ(type::array_of(scalar::uuid).element(), scalar::uuid);
}

TEST(the_kinds, are_public_below_the_private_stages) {
  for (const kind_info& k : all_kinds()) {
    EXPECT_EQ(info(k.id).name, k.name);
    if (is_public(k.id))
      EXPECT_NE(k.stages & stage_sql, 0) << k.name << " is in the plugin's header but never in the SQL stage";
    else EXPECT_EQ(k.stages & stage_sql, 0) << k.name << " would reach a plugin that can't know it";
  }
}

TEST(nodes, hash_apart_when_they_differ_in_one_word) {
  const auto blogs = test::blog_catalog();
  context cx;
  cx.reset(*blogs);
  const std::uint32_t entry = blogs->find_model("Entry");
  std::set<std::uint32_t> hashes;
  std::size_t made = 0;
  for (int i = 0; i < 200; ++i) {
    const std::uint32_t instance = cx.new_instance(entry);
    for (std::uint32_t field = 0; field < 3; ++field, ++made) hashes.insert(cx.at(cx.column(instance, field)).hash);
  }
  EXPECT_GT(hashes.size(), made - 3) << "columns of many relations, the same few fields";
}

TEST(the_kinds, number_their_children_without_gaps) {
  for (const kind_info& k : all_kinds()) {
    std::uint16_t next = 0;
    for (const field_info& f : k.all_fields()) {
      if (f.form == field_form::word_a || f.form == field_form::word_b || f.form == field_form::flag) continue;
      EXPECT_EQ(f.slot, next++) << k.name << "." << f.name;
    }
  }
}

TEST(the_plugin_header, holds_the_numbers_of_the_def_files) {
  std::ifstream in(QUARRY_SOURCE_DIR "/plugins/abi/quarry_plugin.h");
  std::stringstream text;
  text << in.rdbuf();
  const std::string all = text.str();
  const std::string_view begin = "/* BEGIN GENERATED NUMBERS */\n", end = "/* END GENERATED NUMBERS */";
  const std::size_t from = all.find(begin), to = all.find(end);
  ASSERT_NE(from, std::string::npos);
  ASSERT_NE(to, std::string::npos);
  EXPECT_EQ(all.substr(from + begin.size(), to - from - begin.size()), abi_header_section())
      << "run: quarry-defs header plugins/abi/quarry_plugin.h";
}

}  // namespace
}  // namespace quarry::ir
