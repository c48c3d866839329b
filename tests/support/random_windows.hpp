// Windows drawn at random: each function, and aggregates, over partitions, orders and frames.
#pragma once

#include "support/random_values.hpp"

namespace quarry::test {

class window_maker : public value_maker {
 public:
  using value_maker::value_maker;

 protected:
  /// Over rows of these instances. What the order of rows decides is decided by an order without ties.
  ir::expr_id window_call(const instances& shown);

 private:
  struct window_order {
    std::vector<ir::any_id> keys;
    bool total = false;
    bool one_number = false;  ///< distances may be told in it
  };
  window_order order(const instances& shown);
  ir::expr_id ranking(const window_order& sorted);
  ir::expr_id of_row(const instances& shown);
  ir::any_id frame(const window_order& sorted);
};

}  // namespace quarry::test
