// Trees of every kind with every word, flag and child that kinds.def gives it come back from their text as they were.
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <map>
#include <random>

#include <quarry/ir/text/parse.hpp>
#include <quarry/ir/text/form.hpp>
#include <quarry/ir/text/print.hpp>
#include <quarry/ir/text/same_tree.hpp>

#include "support/blog_catalog.hpp"

namespace quarry::ir {
namespace {

constexpr std::array all_stages = {stage::surface, stage::related, stage::logical, stage::sql};

/// Makes trees by nothing but kinds.def: what fits a field is chosen at random.
class tree_maker {
 public:
  tree_maker(context& cx, stage s, std::uint32_t seed) : cx_(cx), stage_(s), random_(seed) {
    for (int i = 0; i < 3; ++i) {
      param p;
      p.what = static_cast<param::form>(below(3));
      p.given = static_cast<scalar>(below(15));
      p.length = p.what == param::form::list ? below(5) : 0;
      p.has_null = p.what == param::form::list && below(2) == 0;
      p.truth = p.what == param::form::scalar && p.given == scalar::boolean && below(2) == 0;
      cx.add_param(p);
    }
    for (const std::string_view model : {"Blog", "Entry"})
      instances_.push_back(cx.new_instance(cx.schema().find_model(model), below(2) == 0));
  }

  any_id make(const kind_info& k, int depth) {
    std::vector<std::uint32_t> children(k.fixed_children, none);
    std::uint16_t flags = 0;
    std::uint64_t a = 0;
    std::uint32_t b = 0;
    for (const field_info& f : k.all_fields()) {
      switch (f.form) {
        case field_form::flag:
          if (below(2) == 0) flags = static_cast<std::uint16_t>(flags | f.slot);
          break;
        case field_form::child: children[f.slot] = child(f, depth); break;
        case field_form::optional_child: children[f.slot] = below(2) == 0 ? none : child(f, depth); break;
        case field_form::children:
          for (std::uint32_t i = below(4); i > 0; --i) children.push_back(child(f, depth));
          break;
        case field_form::word_a: a = value_of(f); break;
        case field_form::word_b: b = static_cast<std::uint32_t>(value_of(f)); break;
      }
    }
    if (k.id == kind::relate) {  // the relation is one of the key's model
      const std::uint32_t from = instances_[below(2)];
      children[1] = cx_.column(from, 0).value;
      const std::uint32_t model = cx_.instance_at(from).model;
      a = below(static_cast<std::uint32_t>(cx_.schema().at(model).relations.size()));
      b = cx_.new_instance(cx_.schema().at(model).relations[a].target, below(2) == 0);
    } else if (has_instance(k)) {
      b = names_a_model(k) ? cx_.new_instance(static_cast<std::uint32_t>(a), below(2) == 0) : computed();
      // Now and then the instance of another relation of the same columns.
      const std::uint32_t other = instances_[below(static_cast<std::uint32_t>(instances_.size()))];
      if (cx_.instance_at(other).model == cx_.instance_at(b).model) b = other;
      instances_.push_back(b);
    } else if (k.id == kind::column) {
      const instance& in = cx_.instance_at(b);
      a = below(in.model != none ? static_cast<std::uint32_t>(cx_.schema().at(in.model).columns.size()) : in.count);
    }
    return cx_.make(k.id, flags, below(3) == 0 ? some_type() : type(), children, a, b);
  }

 private:
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }

  std::uint32_t child(const field_info& f, int depth) {
    const sort wanted = f.wants == sort::any ? static_cast<sort>(below(3)) : f.wants;
    std::vector<const kind_info*> fitting;
    for (const kind_info& k : all_kinds())
      if (k.sort == wanted && (k.stages & static_cast<std::uint8_t>(stage_)) != 0 &&
          (depth > 0 || k.fixed_children == 0))
        fitting.push_back(&k);
    return make(*fitting[below(static_cast<std::uint32_t>(fitting.size()))], depth - 1).value;
  }

  type some_type() {
    const std::array types = {type(scalar::int64, false),
                              type(scalar::boolean, true),
                              type(scalar::text, false, 255),
                              type(scalar::text, true).with_collation(collation_class::code_point),
                              type(scalar::text, true, 7).with_collation(collation_class::named),
                              type(scalar::decimal, false, 12, 2),
                              type(scalar::decimal, true),
                              type(scalar::float64, false),
                              type::array_of(scalar::uuid),
                              type(scalar::json, true),
                              types::null,
                              type::from_bits(below(0x7fffffff))};
    return types[below(static_cast<std::uint32_t>(types.size()))];
  }

  std::uint64_t value_of(const field_info& f) {
    static constexpr std::array names = {"headline", "two words",       "none", "desc", "a \"quote\" and \\",
                                         "é",        "line\nbreak\x01", "",     "e",    "select"};
    switch (f.meaning) {
      case word::symbol: return below(4) == 0 ? none : cx_.names().intern(names[below(names.size())]).value;
      case word::model: return below(static_cast<std::uint32_t>(cx_.schema().models().size()));
      case word::instance: return instances_[below(static_cast<std::uint32_t>(instances_.size()))];
      case word::param: return below(3);
      case word::slot: return below(4);
      case word::op:
        return static_cast<std::uint64_t>(all_ops()[below(static_cast<std::uint32_t>(all_ops().size()))].code);
      case word::number: return f.form == field_form::word_a ? random_() : below(4);
      case word::bits:
        return below(2) == 0 ? random_() : std::bit_cast<std::uint64_t>(static_cast<double>(below(1000)) / 8);
      case word::origin: return below(2) == 0 ? none : below(1000);
      case word::field:
      case word::relation:
      case word::none: return 0;
      default: break;
    }
    std::uint32_t codes = 0;
    while (!code_text(f.meaning, codes).empty()) ++codes;
    return below(codes);
  }

  std::uint32_t computed() {
    std::vector<output> outputs;
    static constexpr std::array names = {"n", "n", "two words", "desc", "total"};
    for (std::uint32_t i = 1 + below(3); i > 0; --i) {
      output o;
      if (below(6) != 0) o.name = cx_.names().intern(names[below(names.size())]);
      o.type = some_type();
      outputs.push_back(o);
    }
    return cx_.new_computed_instance(outputs);
  }

  context& cx_;
  stage stage_;
  std::mt19937_64 random_;
  std::vector<std::uint32_t> instances_;
};

void expect_round_trip(const context& cx, any_id root, stage s) {
  const std::string text = print(cx, root, s);
  context again;
  again.reset(*test::blog_catalog());
  auto back = parse_query(again, text);
  ASSERT_TRUE(back) << text << render(back.error());
  EXPECT_EQ(back->at, s);
  ASSERT_EQ(tree_difference(cx, root, again, back->root), "") << text << print(again, back->root, s);
  ASSERT_EQ(print(again, back->root, back->at), text);
}

TEST(the_text_of_a_tree, brings_back_every_kind_with_all_that_it_holds) {
  context cx;
  for (const kind_info& k : all_kinds())
    for (const stage s : all_stages) {
      if ((k.stages & static_cast<std::uint8_t>(s)) == 0) continue;
      for (std::uint32_t seed = 0; seed < 40; ++seed) {
        SCOPED_TRACE(std::string(k.name) + " in the " + std::string(name_of(s)) + " stage, seed " +
                     std::to_string(seed));
        cx.reset(*test::blog_catalog());
        tree_maker maker(cx, s, seed);
        expect_round_trip(cx, maker.make(k, static_cast<int>(seed % 3)), s);
        if (HasFatalFailure()) return;
      }
    }
}

TEST(the_text_of_a_tree, brings_back_every_operation) {
  context cx;
  for (const op_info& o : all_ops()) {
    cx.reset(*test::blog_catalog());
    std::vector<std::uint32_t> args(o.least, cx.integer(1).value);
    expect_round_trip(cx, cx.make_op(o.code, args), stage::logical);
  }
}

TEST(the_text_of_a_literal, brings_back_its_value) {
  context cx;
  cx.reset(*test::blog_catalog());
  const auto literal = [&](std::uint64_t bits, type t, bool null = false) {
    return cx.make(kind::literal, null ? 1 : 0, t, {}, bits);
  };
  const auto text = [&](any_id id) {
    expect_round_trip(cx, id, stage::logical);
    const std::string all = print(cx, id, stage::logical);
    return all.substr(all.find("= ") + 2, all.rfind("\n}") - all.find("= ") - 2);
  };
  EXPECT_EQ(text(cx.integer(-5)), "-5");
  EXPECT_EQ(text(cx.integer(std::numeric_limits<std::int64_t>::min())), "-9223372036854775808");
  EXPECT_EQ(text(cx.integer(7, types::int32)), "7: i32!");
  EXPECT_EQ(text(cx.boolean(true)), "true");
  EXPECT_EQ(text(cx.null()), "null");
  EXPECT_EQ(text(cx.null({scalar::date, true})), "null: date?");
  const auto real = [&](double v) { return text(literal(std::bit_cast<std::uint64_t>(v), types::float64)); };
  EXPECT_EQ(real(1.5), "1.5");
  EXPECT_EQ(real(3), "3.0");
  EXPECT_EQ(real(-0.0), "-0.0");
  EXPECT_EQ(real(1e300), "1e+300");
  EXPECT_EQ(real(0.1), "0.1");
  EXPECT_EQ(real(std::numeric_limits<double>::infinity()), "(literal bits=9218868437227405312): f64!");
}

TEST(a_type, is_read_as_it_is_printed) {
  for (const type t : {type(scalar::text, false, 255), type(scalar::text, true).with_collation(collation_class::named),
                       type(scalar::decimal, true, 10, 2), type(scalar::decimal, false, 0, 2),
                       type(scalar::int16, true), type::array_of(scalar::int64), types::null, type(),
                       type::from_bits(0xffffffff), type(scalar::date, false, 3)}) {
    auto read = parse_type(print(t));
    ASSERT_TRUE(read) << print(t) << render(read.error());
    EXPECT_EQ(*read, t) << print(t);
  }
  EXPECT_EQ(print(type(scalar::text, false, 255).with_collation(collation_class::code_point)),
            "text(255, code_point)!");
}

// What the grammar rests on: nothing here can be taken for something else.
TEST(the_words_of_the_text, are_distinct_where_they_may_meet) {
  for (const stage s : all_stages)
    for (const bool relation : {false, true}) {
      std::map<std::string_view, std::string_view> texts;
      for (const kind_info& k : all_kinds()) {
        if ((k.stages & static_cast<std::uint8_t>(s)) == 0 || (k.sort == sort::rel) != relation) continue;
        EXPECT_TRUE(texts.emplace(k.text, k.name).second) << k.name << " and " << texts[k.text] << " in " << name_of(s);
      }
    }
  for (const kind_info& k : all_kinds()) {
    EXPECT_TRUE(k.sort == sort::rel || find_op(k.text) == nullptr) << k.name;
    bool labelled = false;
    for (const field_info* f : in_text_order(k)) {
      const bool bare = is_child(*f) && f->form != field_form::children && f->text.empty() && f->wants != sort::rel;
      EXPECT_FALSE(bare && labelled) << k.name << "." << f->name << ": a child without a word after an optional one";
      labelled = labelled || f->form == field_form::optional_child;
    }
  }
}

}  // namespace
}  // namespace quarry::ir
