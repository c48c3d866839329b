#include "support/random_windows.hpp"

#include <array>

namespace quarry::test {

using namespace ir;

window_maker::window_order window_maker::order(const instances& shown) {
  window_order out;
  switch (random_.below(6)) {
    case 0: return out;
    case 1: {
      const auto numbers = columns(shown, [](scalar s) { return is_integer(s); });
      if (numbers.empty()) return out;
      out.keys = {order_key(random_.one_of(numbers))};
      out.one_number = true;
      return out;
    }
    case 2:
      out.keys = {order_key(column(shown))};
      if (random_.chance(40)) out.keys.push_back(order_key(column(shown)));
      return out;
    default: break;
  }
  if (random_.chance(70)) out.keys.push_back(order_key(column(shown)));
  const std::vector<any_id> rest = total_order(shown);
  out.keys.insert(out.keys.end(), rest.begin(), rest.end());
  out.total = true;
  return out;
}

/// Where rows have no order, only their ranks are the same whoever numbers them.
expr_id window_maker::ranking(const window_order& sorted) {
  static constexpr std::array any_order = {op::rank, op::dense_rank, op::percent_rank, op::cume_dist};
  if (!sorted.total || random_.chance(40)) return make_.op(random_.one_of(any_order), {});
  if (random_.chance(60)) return make_.op(op::row_number, {});
  return make_.op(op::ntile, {make_.integer(1 + random_.below(3))});
}

/// The value of a row before or behind, or at a place of the frame.
expr_id window_maker::of_row(const instances& shown) {
  const expr_id value = number(shown);
  const exprs distant = {value, make_.integer(random_.below(3))};
  const exprs otherwise = {value, make_.integer(1 + random_.below(2)), constant()};
  switch (random_.below(6)) {
    case 0: return make_.op(op::first_value, {value});
    case 1: return make_.op(op::last_value, {value});
    case 2: return make_.op(op::nth_value, {value, make_.integer(1 + random_.below(3))});
    case 3: return make_.op(random_.chance(50) ? op::lag : op::lead, {value});
    case 4: return make_.op(random_.chance(50) ? op::lag : op::lead, distant);
    default: return make_.op(random_.chance(50) ? op::lag : op::lead, otherwise);
  }
}

any_id window_maker::frame(const window_order& sorted) {
  static constexpr std::array units = {frame_unit::rows, frame_unit::range, frame_unit::groups};
  code unit = random_.one_of(units);
  // Single rows are told apart by a total order alone, groups by some order.
  if (unit == frame_unit::rows && !sorted.total) unit = frame_unit::range;
  if (unit == frame_unit::groups && sorted.keys.empty()) unit = frame_unit::range;
  const bool distances = unit != frame_unit::range || sorted.one_number;
  const auto distance = [&] { return cx_.integer(random_.below(3)); };
  const auto bound = [&](code edge) {
    const bool counted = edge == frame_edge::preceding || edge == frame_edge::following;
    return make_.bound(edge, counted ? distance() : expr_id());
  };
  static constexpr std::array starts = {frame_edge::unbounded_preceding, frame_edge::current_row, frame_edge::preceding,
                                        frame_edge::following};
  static constexpr std::array ends = {frame_edge::unbounded_following, frame_edge::current_row, frame_edge::following,
                                      frame_edge::preceding};
  const std::size_t from = random_.below(distances ? 4 : 2), to = random_.below(distances ? 4 : 2);
  // An end may not stand before its start.
  const code start = starts[from];
  code end = ends[to];
  if (start == frame_edge::following && end != frame_edge::following) end = frame_edge::unbounded_following;
  if (start == frame_edge::current_row && end == frame_edge::preceding) end = frame_edge::current_row;
  static constexpr std::array<std::uint16_t, 6> exclusions = {0, 0, 0, 1, 2, 4};
  const std::uint16_t left_out = random_.one_of(exclusions);
  const any_id first = bound(start), last = bound(end);
  return make_.frame(unit, first, last, left_out);
}

expr_id window_maker::window_call(const instances& shown) {
  exprs partition;
  for (std::uint32_t i = random_.below(3); i > 0; --i) partition.push_back(column(shown));
  const window_order sorted = order(shown);
  const std::uint32_t form = random_.below(3);
  if (form == 0 && !sorted.keys.empty()) return make_.over(ranking(sorted), partition, sorted.keys);
  const any_id framed = random_.chance(60) ? frame(sorted) : any_id();
  if (form == 1 && sorted.total) return make_.over(of_row(shown), partition, sorted.keys, framed);
  static constexpr std::array ops = {op::count_rows, op::count, op::sum, op::avg, op::min, op::max};
  const op o = random_.one_of(ops);
  const expr_id kept = random_.chance(20) ? atom(shown) : expr_id();
  const expr_id of = o == op::count_rows ? expr_id() : number(shown);
  return make_.over(make_.aggregate(o, of, false, kept), partition, sorted.keys, framed);
}

}  // namespace quarry::test
