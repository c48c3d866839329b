#include "support/random_values.hpp"

#include <array>

namespace quarry::test {

using namespace ir;

bool any_type(scalar) { return true; }
bool is_text(scalar s) { return s == scalar::text; }
bool is_truth(scalar s) { return s == scalar::boolean; }
bool is_day(scalar s) { return s == scalar::date || s == scalar::datetime; }

namespace {

bool integer(scalar s) { return is_integer(s); }
bool sortable(scalar s) { return is_integer(s) || is_text(s) || is_day(s); }

}  // namespace

std::vector<expr_id> value_maker::columns(const instances& shown, bool (*wanted)(scalar)) {
  std::vector<expr_id> out;
  for (const std::uint32_t i : shown) {
    const instance in = cx_.instance_at(i);
    const auto count =
        in.model != none ? static_cast<std::uint32_t>(cx_.schema().at(in.model).columns.size()) : in.count;
    for (std::uint32_t f = 0; f < count; ++f)
      if (wanted(cx_.column_type(i, f).kind())) out.push_back(cx_.column(i, f));
  }
  return out;
}

expr_id value_maker::column(const instances& shown) {
  const auto all = columns(shown, any_type);
  return random_.one_of(all);
}

expr_id value_maker::number(const instances& shown) {
  const auto all = columns(shown, integer);
  if (all.empty()) return constant();
  const expr_id c = random_.one_of(all);
  switch (random_.below(24)) {
    case 0:
    case 1: return make_.op(op::add, {c, constant()});
    case 2:
    case 3: return make_.op(op::coalesce, {c, constant()});
    case 4:
    case 5: return make_.op(op::div, {c, random_.one_of(all)});
    case 6: return make_.op(op::mul, {c, make_.integer(-1)});
    case 7: return computed(shown);
    default: return c;
  }
}

expr_id value_maker::computed(const instances& shown) {
  const auto numbers = columns(shown, integer), texts = columns(shown, is_text), days = columns(shown, is_day);
  const expr_id n = numbers.empty() ? constant() : random_.one_of(numbers);
  switch (random_.below(12)) {
    case 0: return make_.op(op::nullif, {n, constant()});
    case 1: {
      const exprs operands = {n, constant()};
      return make_.op(random_.chance(50) ? op::greatest : op::least, operands);
    }
    case 2: return make_.op(op::mod, {n, make_.integer(1 + random_.below(3))});
    case 3: return make_.op(op::abs, {make_.op(op::sub, {n, constant()})});
    case 4: {
      const expr_id when = atom(shown);
      return random_.chance(30) ? make_.choice(when, n) : make_.choice(when, n, make_.integer(random_.below(3)));
    }
    case 5: return make_.op(random_.chance(50) ? op::bit_and : op::bit_xor, {n, make_.integer(3)});
    case 6:
    case 7:
      if (!days.empty()) return part_of(random_.one_of(days));
      return make_.op(op::neg, {n});
    case 8:
    case 9:
      if (!texts.empty()) return make_.op(op::length, {text_of(random_.one_of(texts))});
      return make_.op(op::sign, {n});
    case 10:
      if (const expr_id other = value_of_others(shown); other.present()) return other;
      return n;
    default:
      if (const auto truths = columns(shown, is_truth); !truths.empty())
        return make_.cast(random_.one_of(truths), types::int32);
      return n;
  }
}

expr_id value_maker::text_of(expr_id column) {
  switch (random_.below(8)) {
    case 0: return make_.op(op::upper, {column});
    case 1: return make_.op(op::lower, {column});
    case 2: return make_.op(op::concat, {column, column});
    case 3: return make_.op(op::substr, {column, make_.integer(1 + random_.below(2)), make_.integer(1)});
    case 4: return make_.op(op::replace, {column, parameter(std::string("a")), parameter(std::string("é"))});
    case 5: return make_.op(op::coalesce, {column, parameter(std::string("ab"))});
    default: return column;
  }
}

expr_id value_maker::part_of(expr_id time) {
  static constexpr std::array of_days = {op::year,     op::month, op::day,      op::quarter,
                                         op::week_day, op::week,  op::iso_year, op::iso_week_day};
  static constexpr std::array of_times = {op::hour, op::minute, op::second};
  static constexpr std::array truncated = {op::trunc_year, op::trunc_quarter, op::trunc_month, op::trunc_week};
  if (random_.chance(20)) return make_.op(op::year, {make_.op(random_.one_of(truncated), {time})});
  if (cx_.at(time).type.kind() == scalar::datetime && random_.chance(40))
    return make_.op(random_.one_of(of_times), {time});
  return make_.op(random_.one_of(of_days), {time});
}

expr_id value_maker::aggregate(const instances& shown) {
  static constexpr std::array ops = {op::count_rows, op::count, op::count, op::sum, op::avg, op::min, op::max};
  const expr_id over = random_.chance(25) ? condition(shown, 1) : expr_id();
  const auto sorted = columns(shown, sortable);
  const expr_id numeric = number(shown), any_kind = column(shown);
  const expr_id least = sorted.empty() ? numeric : random_.one_of(sorted);
  const bool each_once = random_.chance(40);
  const op o = random_.one_of(ops);
  if (o == op::count_rows) return make_.aggregate(o, {}, false, over);
  const bool extreme = o == op::min || o == op::max;
  return make_.aggregate(o, o == op::count ? any_kind : extreme ? least : numeric, each_once, over);
}

expr_id value_maker::parameter(cell value) {
  ir::param p;
  p.given = std::holds_alternative<std::string>(value) ? scalar::text : scalar::int64;
  values_.push_back({std::move(value)});
  return cx_.param_ref(cx_.add_param(p), type(p.given, false));
}

expr_id value_maker::list_parameter() {
  std::vector<cell> elements;
  for (std::uint32_t i = 1 + random_.below(3); i > 0; --i) elements.emplace_back(std::int64_t{random_.below(5)});
  ir::param p;
  p.what = ir::param::form::list;
  p.given = scalar::int64;
  p.length = static_cast<std::uint32_t>(elements.size());
  values_.push_back(std::move(elements));
  return cx_.param_ref(cx_.add_param(p), type::array_of(scalar::int64));
}

std::vector<any_id> value_maker::total_order(const instances& shown) {
  std::vector<any_id> keys;
  for (const std::uint32_t i : shown) {
    const std::uint32_t model = cx_.instance_at(i).model;
    if (model != none) keys.push_back(make_.ascending(cx_.column(i, cx_.schema().at(model).primary_key)));
    else
      for (std::uint32_t f = 0; f < cx_.instance_at(i).count; ++f) keys.push_back(make_.ascending(cx_.column(i, f)));
  }
  return keys;
}

// --- conditions ---

expr_id value_maker::condition(const instances& shown, int depth) {
  if (depth > 0) switch (random_.below(10)) {
      case 0:
      case 1: return make_.op(op::and_, some_conditions(shown, depth));
      case 2:
      case 3: return make_.op(op::or_, some_conditions(shown, depth));
      case 4:
      case 5: return make_.negated(condition(shown, depth - 1));
      case 6: return existence(shown, depth);
      default: break;
    }
  return atom(shown);
}

exprs value_maker::some_conditions(const instances& shown, int depth) {
  exprs out;
  for (std::uint32_t i = 2 + random_.below(2); i > 0; --i) out.push_back(condition(shown, depth - 1));
  return out;
}

/// Operands in a list, here and below: it is evaluated from left to right by every compiler.
expr_id value_maker::comparison(const exprs& operands) {
  static constexpr std::array ops = {op::eq, op::eq, op::eq, op::ne, op::lt, op::le, op::gt, op::ge, op::not_distinct};
  return make_.op(random_.one_of(ops), operands);
}

expr_id value_maker::atom(const instances& shown) {
  switch (random_.below(22)) {
    case 0:
    case 1:
    case 2: return make_.is_null(column(shown));
    case 3: return make_.op(op::is_not_null, {column(shown)});
    case 4: {
      const exprs operands = {number(shown), constant(), random_.chance(30) ? cx_.null(types::int32) : constant()};
      return make_.op(op::in_list, operands);
    }
    case 5: {
      const exprs operands = {number(shown), list_parameter()};
      return make_.op(op::in_array, operands);
    }
    case 6: {
      const exprs operands = {number(shown), constant(), constant()};
      return make_.op(op::between, operands);
    }
    case 7:
    case 8: return of_text(shown);
    case 9:
    case 10:
      if (const auto all = columns(shown, is_truth); !all.empty()) return random_.one_of(all);
      return comparison({number(shown), constant()});
    case 11:
      if (random_.chance(40)) return random_.chance(60) ? cx_.boolean(random_.chance(30)) : cx_.null(types::boolean);
      return make_.op(op::is_true, {comparison({number(shown), constant()})});
    case 12: return make_.is_null(comparison({number(shown), number(shown)}));
    case 13: return comparison({number(shown), number(shown)});
    case 14:
      if (const auto all = columns(shown, [](scalar s) { return s == scalar::date; }); all.size() > 1)
        return comparison({random_.one_of(all), random_.one_of(all)});
      return comparison({computed(shown), constant()});
    default: return comparison({number(shown), constant()});
  }
}

expr_id value_maker::of_text(const instances& shown) {
  const auto all = columns(shown, is_text);
  if (all.empty()) return comparison({number(shown), constant()});
  static constexpr std::array ops = {op::eq, op::contains, op::startswith, op::endswith, op::lt, op::ne};
  static constexpr std::array texts = {"", "a", "b", "é"};
  const expr_id of = random_.one_of(all);
  const exprs operands = {random_.chance(25) ? text_of(of) : of, parameter(std::string(random_.one_of(texts)))};
  return make_.op(random_.one_of(ops), operands);
}

}  // namespace quarry::test
