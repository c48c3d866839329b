// Values and conditions over the columns of a query, drawn at random.
#pragma once

#include <vector>

#include "support/logical_builder.hpp"
#include "support/random_schema.hpp"

namespace quarry::test {

using exprs = logical_builder::exprs;
using instances = std::vector<std::uint32_t>;

/// Whoever draws relations says what is asked of other rows.
class value_maker {
 public:
  value_maker(ir::context& cx, random_numbers& random, param_values& values)
      : cx_(cx), make_(cx), random_(random), values_(values) {}
  virtual ~value_maker() = default;

 protected:
  /// A condition on other rows.
  virtual ir::expr_id existence(const instances& shown, int depth) = 0;
  /// One value of other rows, an integer, or an absent one.
  virtual ir::expr_id value_of_others(const instances& shown) = 0;

  std::vector<ir::expr_id> columns(const instances& shown, bool (*wanted)(ir::scalar));
  ir::expr_id column(const instances& shown);
  /// An integer that may be NULL, and stays small.
  ir::expr_id number(const instances& shown);
  /// A number, a text, a part of a date, a choice: anything but a plain column.
  ir::expr_id computed(const instances& shown);
  ir::expr_id aggregate(const instances& shown);
  ir::expr_id constant() {
    return random_.chance(60) ? make_.integer(random_.below(5)) : parameter(std::int64_t{random_.below(5)});
  }
  ir::expr_id parameter(cell value);

  ir::expr_id condition(const instances& shown, int depth);
  ir::expr_id pair_condition(const instances& left, const instances& right) {
    return comparison({number(left), number(right)});
  }
  ir::expr_id comparison(const exprs& operands);
  ir::expr_id atom(const instances& shown);

  ir::any_id order_key(ir::expr_id e) { return random_.chance(50) ? make_.descending(e) : make_.ascending(e); }
  /// No two rows that differ stand beside each other.
  std::vector<ir::any_id> total_order(const instances& shown);

  ir::context& cx_;
  logical_builder make_;
  random_numbers& random_;
  param_values& values_;

 private:
  ir::expr_id list_parameter();
  exprs some_conditions(const instances& shown, int depth);
  ir::expr_id of_text(const instances& shown);
  ir::expr_id text_of(ir::expr_id column);
  ir::expr_id part_of(ir::expr_id time);
};

bool any_type(ir::scalar);
bool is_text(ir::scalar s);
bool is_truth(ir::scalar s);
bool is_day(ir::scalar s);

}  // namespace quarry::test
