#include "support/random_surface_values.hpp"

#include <array>

#include <quarry/ir/model/kinds.hpp>

namespace quarry::test {

using namespace ir;

any_id surface_values::list(std::uint32_t length) {
  std::vector<cell> all;
  for (std::uint32_t i = 0; i < length; ++i) all.emplace_back(std::int64_t{random_.below(5)});
  ir::param shape;
  shape.what = ir::param::form::list;
  shape.given = scalar::int64;
  shape.length = length;
  return parameter(shape, std::move(all));
}

any_id surface_values::parameter(scalar given, std::vector<cell> value) {
  ir::param shape;
  shape.given = given;
  return parameter(shape, std::move(value));
}

any_id surface_values::parameter(const ir::param& shape, std::vector<cell> value) {
  values_.push_back(std::move(value));
  return cx_.param_ref(cx_.add_param(shape), {});
}

any_id surface_values::named(const std::string& as, any_id value) {
  const std::array<std::uint32_t, 1> child = {value.value};
  return cx_.make(kind::named, 0, {}, child, name(as).value);
}

// --- conditions ---

any_id surface_values::condition(int depth, bool to_many) {
  const std::uint32_t roll = depth == 0 ? 99 : random_.below(100);
  if (roll < 18) return junction(op::and_, depth, to_many);
  if (roll < 38) return junction(op::or_, depth, to_many);
  if (roll < 40) return junction(op::xor_, depth, to_many);
  if (roll < 50) return cx_.make_op(op::not_, {expr_id(condition(depth - 1, to_many))});
  if (roll < 58)
    if (const any_id of_others = existence(depth); of_others.present()) return of_others;
  return atom(to_many);
}

any_id surface_values::junction(op o, int depth, bool to_many) {
  const expr_id first(condition(depth - 1, to_many)), second(condition(depth - 1, to_many));
  return cx_.make_op(o, {first, second});
}

any_id surface_values::atom(bool to_many) {
  const path p = any_path(to_many);
  if (random_.chance(20)) {
    ir::param shape;
    shape.given = scalar::boolean;
    shape.truth = random_.chance(60);
    return lookup(p.text + "__isnull", parameter(shape, {shape.truth}));
  }
  if (p.type == scalar::boolean) return lookup(p.text, parameter(scalar::boolean, {random_.chance(50)}));
  if (p.type == scalar::text) return of_text(p.text);
  if (p.type == scalar::date || p.type == scalar::datetime) {
    if (random_.chance(40)) {
      ir::param year;
      year.given = scalar::int64;
      year.calendar_year = random_.chance(90);
      static constexpr std::array<std::int64_t, 4> years = {2019, 2020, 2021,
                                                            2024};  // of the days of random rows, and beside
      const std::string of_year = p.text + (random_.chance(70) ? "__year" : "__iso_year");
      if (random_.chance(30)) {
        year.what = ir::param::form::list;
        year.given = scalar::unknown;
        const bool range = random_.chance(50);
        year.length = range ? 2 : 1 + random_.below(3);
        std::vector<cell> given;
        for (std::uint32_t i = 0; i < year.length; ++i) given.emplace_back(random_.one_of(years));
        return lookup(of_year + (range ? "__range" : "__in"), parameter(year, std::move(given)));
      }
      return lookup(of_year + comparison(), parameter(year, {random_.one_of(years)}));
    }
    static constexpr std::array parts = {"__month", "__day", "__quarter", "__week_day"};
    const std::string text = p.text + random_.one_of(parts);
    return lookup(text + comparison(), integer());
  }
  switch (random_.below(7)) {
    case 0: return lookup(p.text + "__in", list(1 + random_.below(3)));
    case 1: return lookup(p.text + "__range", list(2));
    case 2: {
      const path other = number_path(false);
      return lookup(p.text + comparison(), path_node(other.text));
    }
    default: {
      const std::string text = p.text + comparison();
      return lookup(text, integer());
    }
  }
}

std::string surface_values::comparison() {
  static constexpr std::array lookups = {"", "", "__gt", "__gte", "__lt", "__lte"};
  return random_.one_of(lookups);
}

any_id surface_values::of_text(const std::string& column) {
  static constexpr std::array lookups = {"", "__contains", "__startswith", "__endswith", "__gt", "__icontains"};
  static constexpr std::array texts = {"", "a", "b", "é"};
  const std::string text = column + random_.one_of(lookups);
  return lookup(text, parameter(scalar::text, {std::string(random_.one_of(texts))}));
}

any_id surface_values::annotation_atom(const annotation& a) {
  if (random_.chance(15)) {
    ir::param shape;
    shape.given = scalar::boolean;
    shape.truth = random_.chance(50);
    return lookup(a.name + "__isnull", parameter(shape, {shape.truth}));
  }
  if (a.type == scalar::boolean) return lookup(a.name, parameter(scalar::boolean, {random_.chance(50)}));
  const std::string text = a.name + comparison();
  if (random_.chance(15)) return lookup(text, path_node(number_path(false).text));
  return lookup(text, integer());
}

any_id surface_values::lookup(const std::string& text, any_id operand) {
  const std::array<std::uint32_t, 1> child = {operand.value};
  return cx_.make(kind::lookup, 0, {}, child, name(text).value, none);
}

// --- expressions ---

any_id surface_values::number(bool to_many) {
  const expr_id column(path_node(number_path(to_many).text));
  switch (random_.below(8)) {
    case 0: return cx_.make_op(op::add, {column, expr_id(integer())});
    case 1: return cx_.make_op(op::coalesce, {column, expr_id(integer())});
    case 2: {
      const std::array<std::uint32_t, 2> when = {condition(1, false).value, column.value};
      const any_id branch = cx_.make(kind::when, 0, {}, when);
      const any_id otherwise = random_.chance(50) ? integer() : any_id();
      const std::array<std::uint32_t, 2> parts = {otherwise.value, branch.value};
      return cx_.make(kind::case_when, 0, types::null.with_nullable(true), parts);
    }
    case 3: return cx_.make_op(op::mul, {column, expr_id(path_node(number_path(false).text))});
    case 4: return cx_.make_op(op::abs, {column});
    default: return column;
  }
}

any_id surface_values::aggregate(bool to_many) {
  static constexpr std::array ops = {op::count, op::count, op::sum, op::sum, op::max, op::min, op::avg};
  const op o = random_.one_of(ops);
  const bool each_once = random_.chance(20);
  const any_id of = random_.chance(15) ? number(to_many) : path_node(number_path(to_many).text);
  const any_id when = random_.chance(20) ? condition(random_.below(2), random_.chance(40)) : any_id();
  const std::array<std::uint32_t, 3> parts = {when.value, none, of.value};
  return cx_.make(kind::aggregate, each_once ? 1 : 0, type_of(o, {}, types::null), parts, 0,
                  static_cast<std::uint32_t>(o));
}

/// The order of a window; of rows that are no copies of each other the primary key tells any two apart.
any_id surface_values::order_of_window(bool& total, bool& any) {
  std::vector<std::uint32_t> keys;
  const auto add = [&](const std::string& text, bool descending) {
    const std::array<std::uint32_t, 1> child = {path_node(text).value};
    keys.push_back(cx_.make(kind::order_item, descending ? 1 : 0, {}, child).value);
  };
  if (random_.chance(60)) add(any_path(false).text, random_.chance(50));
  total = random_.chance(70);
  if (total) add("pk", random_.chance(50));
  any = !keys.empty();
  return any ? any_id(cx_.list(keys)) : any_id();
}

any_id surface_values::window() {
  bool total = false, any = false;
  const any_id sorted = order_of_window(total, any);
  any_id by;
  if (random_.chance(60)) {
    const std::array<std::uint32_t, 1> key = {path_node(any_path(false).text).value};
    by = cx_.list(key);
  }
  any_id function;
  const std::uint32_t form = random_.below(4);
  const expr_id value(path_node(number_path(false).text));
  if (form == 0 && any) {
    static constexpr std::array ranks = {op::rank, op::dense_rank, op::percent_rank, op::cume_dist};
    const std::span<const std::uint32_t> nothing;
    function = total && random_.chance(60) ? cx_.make_op(op::row_number, nothing)
                                           : cx_.make_op(random_.one_of(ranks), nothing);
  } else if (form == 1 && total) {
    static constexpr std::array of_rows = {op::lag,        op::lead,      op::first_value,
                                           op::last_value, op::nth_value, op::ntile};
    const op o = random_.one_of(of_rows);
    const expr_id distance(bound(1 + random_.below(2)));
    if (o == op::ntile) function = cx_.make_op(o, {distance});
    else if (o == op::first_value || o == op::last_value) function = cx_.make_op(o, {value});
    else function = cx_.make_op(o, {value, distance});
  } else {
    static constexpr std::array ops = {op::count, op::sum, op::avg, op::min, op::max};
    const op o = random_.one_of(ops);
    const std::array<std::uint32_t, 3> parts = {none, none, value.value};
    function = cx_.make(kind::aggregate, 0, type_of(o, {}, types::null), parts, 0, static_cast<std::uint32_t>(o));
  }
  any_id frame;
  if (random_.chance(40)) {
    const code unit = total && random_.chance(70) ? frame_unit::rows : frame_unit::range;
    const auto edge = [&](code unbounded, code counted) {
      const bool distant = unit == frame_unit::rows && random_.chance(60);
      const code at = distant ? counted : random_.chance(50) ? unbounded : code(frame_edge::current_row);
      const std::array<std::uint32_t, 1> by_distance = {distant ? bound(1 + random_.below(2)).value : none};
      return cx_.make(kind::frame_bound, 0, {}, by_distance, 0, at).value;
    };
    const std::uint32_t start = edge(frame_edge::unbounded_preceding, frame_edge::preceding);
    const std::array<std::uint32_t, 2> bounds = {start, edge(frame_edge::unbounded_following, frame_edge::following)};
    static constexpr std::array<std::uint16_t, 5> exclusions = {0, 0, 1, 2, 4};
    frame = cx_.make(kind::frame, random_.one_of(exclusions), {}, bounds, 0, unit);
  }
  const std::array<std::uint32_t, 3> spec = {by.value, sorted.value, frame.value};
  const std::array<std::uint32_t, 2> call = {function.value,
                                             cx_.make(kind::window_spec, 0, {}, spec, symbol().value).value};
  return cx_.make(kind::window_call, 0, cx_.at(function).type, call);
}

}  // namespace quarry::test
