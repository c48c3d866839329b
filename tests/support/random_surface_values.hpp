// Paths, conditions and expressions of QuerySets, drawn at random.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <quarry/ir/model/context.hpp>

#include "support/random_schema.hpp"

namespace quarry::test {

class surface_values {
 public:
  surface_values(ir::context& cx, random_numbers& random, param_values& values, std::uint32_t root)
      : cx_(cx), random_(random), values_(values), root_(root) {}

 protected:
  struct path {
    std::string text;
    ir::scalar type = ir::scalar::unknown;
  };
  /// What a QuerySet has computed, and rows know by name.
  struct annotation {
    std::string name;
    ir::scalar type;
  };

  // --- paths ---
  /// Over up to two relations; the key where a model has no column of the wanted type.
  template <class F>
  path column_path(bool to_many, F&& wanted, int least_steps = 0) {
    path out;
    std::uint32_t model = root_;
    for (std::uint32_t steps = std::max<std::uint32_t>(random_.below(3), static_cast<std::uint32_t>(least_steps));
         steps > 0; --steps) {
      std::vector<const ir::relation*> ways;
      for (const ir::relation& r : cx_.schema().at(model).relations)
        if (r.accessor.present() && (to_many || !r.many)) ways.push_back(&r);
      if (ways.empty()) break;
      const ir::relation* const way = random_.one_of(ways);
      out.text += std::string(cx_.schema().text(way->name)) + "__";
      model = way->target;
    }
    std::vector<const ir::column*> columns;
    for (const ir::column& c : cx_.schema().at(model).columns)
      if (wanted(c.type.kind())) columns.push_back(&c);
    const ir::column& c =
        columns.empty() ? cx_.schema().at(model).columns[cx_.schema().at(model).primary_key] : *random_.one_of(columns);
    out.text += cx_.schema().text(c.name);
    out.type = c.type.kind();
    return out;
  }
  path any_path(bool to_many) {
    return column_path(to_many, [](ir::scalar) { return true; });
  }
  path number_path(bool to_many) { return column_path(to_many, ir::is_integer); }
  ir::any_id path_node(const std::string& text) {
    return cx_.make(ir::kind::path, 0, {}, {}, name(text).value, ir::none);
  }
  ir::any_id outer_path(const std::string& text) {
    return cx_.make(ir::kind::outer_path, 0, {}, {}, name(text).value, ir::none);
  }
  ir::symbol name(const std::string& text) { return cx_.names().intern(text); }

  // --- values ---
  ir::any_id integer() { return parameter(ir::scalar::int64, {std::int64_t{random_.below(5)}}); }
  ir::any_id bound(std::int64_t n) { return parameter(ir::scalar::int64, {n}); }
  ir::any_id list(std::uint32_t length);
  ir::any_id parameter(ir::scalar given, std::vector<cell> value);
  ir::any_id parameter(const ir::param& shape, std::vector<cell> value);
  ir::any_id named(const std::string& as, ir::any_id value);

  // --- conditions ---
  ir::any_id condition(int depth, bool to_many);
  ir::any_id atom(bool to_many);
  /// About what was computed before.
  ir::any_id annotation_atom(const annotation& a);
  ir::any_id lookup(const std::string& text, ir::any_id operand);
  /// What an enclosing query may ask of others; none by default.
  virtual ir::any_id existence(int) { return {}; }

  // --- expressions ---
  ir::any_id number(bool to_many);
  ir::any_id aggregate(bool to_many);
  ir::any_id window();

  virtual ~surface_values() = default;
  ir::context& cx_;
  random_numbers& random_;
  param_values& values_;
  std::uint32_t root_;

 private:
  ir::any_id junction(ir::op o, int depth, bool to_many);
  ir::any_id of_text(const std::string& column);
  std::string comparison();
  ir::any_id order_of_window(bool& total, bool& any);
};

}  // namespace quarry::test
