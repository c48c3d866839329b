#include <quarry/core/text/windows.hpp>

#include <array>

#include <quarry/core/text/expressions.hpp>

namespace quarry::text {

using detail::expression_form;
using detail::frame_exclusion;
using detail::ref;
using detail::window_shape;
using ir::diag;
using ir::op;

namespace {

struct window_function {
  std::string_view name;
  op operation;
  std::array<std::string_view, 3> parameters;
  std::size_t needed;
};

constexpr std::array window_functions = {
    window_function{"RowNumber", op::row_number, {}, 0},
    window_function{"Rank", op::rank, {}, 0},
    window_function{"DenseRank", op::dense_rank, {}, 0},
    window_function{"PercentRank", op::percent_rank, {}, 0},
    window_function{"CumeDist", op::cume_dist, {}, 0},
    window_function{"Ntile", op::ntile, {"num_buckets"}, 0},
    window_function{"Lag", op::lag, {"expression", "offset", "default"}, 1},
    window_function{"Lead", op::lead, {"expression", "offset", "default"}, 1},
    window_function{"FirstValue", op::first_value, {"expression"}, 1},
    window_function{"LastValue", op::last_value, {"expression"}, 1},
    window_function{"NthValue", op::nth_value, {"expression", "nth"}, 1},
};

struct exclusion_name {
  std::string_view member, value;
  frame_exclusion what;
};

constexpr exclusion_name exclusions[] = {
    {"CURRENT_ROW", "CURRENT ROW", frame_exclusion::current_row},
    {"GROUP", "GROUP", frame_exclusion::group},
    {"TIES", "TIES", frame_exclusion::ties},
    {"NO_OTHERS", "NO OTHERS", frame_exclusion::no_others},
};

ref<detail::expression> number(std::int64_t i) { return detail::make_constant(detail::operand::of_integer(i)); }

/// How far, which, how many: a number from 1 on.
ref<detail::expression> positive(environment& e, const call_arguments& given, const argument* a) {
  if (!a) return number(1);
  const auto* i = a->what.scalar<std::int64_t>();
  if (i && *i >= 1) return number(*i);
  fail(diag::wrong_number,
       {std::string(given.function) + "()", "a positive number", i ? std::to_string(*i) : e.describe(a->what)},
       a->where);
}

bool is_window_function(const detail::expression& e) {
  return e.form == expression_form::aggregate ||
      (e.form == expression_form::operation && ir::info(e.operation).group == ir::op_class::window);
}

std::vector<object> listed(const argument* a) {
  if (!a || a->what.is_none()) return {};
  if (const sequence* s = a->what.items()) return s->items;
  return {a->what};
}

/// A name, perhaps with a '-', an expression or an order.
ref<detail::expression> order_key(environment& e, const argument& a) {
  if (const auto* name = a.what.scalar<std::string>(); name && name->starts_with('-')) {
    detail::path_ref path = e.name_in(a, "order_by");
    ++path.data;
    --path.size;
    if (path.offset != detail::no_offset) ++path.offset;
    path.hash = ir::hash_text(path.view());
    detail::order_flags descending;
    descending.descending = true;
    return unwrap(detail::make_ordering(detail::make_path(path), descending));
  }
  if (const formula* f = a.what.as_formula(); f && f->tree && f->tree->form == expression_form::ordering)
    return f->tree;
  if (!a.what.scalar<std::string>() && !a.what.as_formula())
    fail(diag::wrong_number, {"order_by of Window()", "names of fields and expressions", e.describe(a.what)}, a.where);
  return named_or_value(e, a, "Window");
}

}  // namespace

object make_window_function(environment& e, const call_arguments& given) {
  const auto* const f = std::find_if(window_functions.begin(), window_functions.end(),
                                     [&](const window_function& w) { return w.name == given.function; });
  std::size_t count = 0;
  while (count < f->parameters.size() && !f->parameters[count].empty()) ++count;
  e.allow_only(given, count, {f->parameters[0], f->parameters[1], f->parameters[2]});
  std::vector<ref<detail::expression>> operands;
  if (f->operation == op::ntile) operands.push_back(positive(e, given, given.get(0, "num_buckets")));
  if (f->needed == 1) {
    const argument& a = e.need(given, 0, "expression");
    if (a.what.is_none())
      fail(diag::wrong_number, {std::string(given.function) + "()", "an expression", "None"}, a.where);
    operands.push_back(named_or_value(e, a, given.function));
  }
  if (f->operation == op::nth_value) operands.push_back(positive(e, given, given.get(1, "nth")));
  if (f->operation == op::lag || f->operation == op::lead) {
    operands.push_back(positive(e, given, given.get(1, "offset")));
    if (const argument* otherwise = given.get(2, "default"); otherwise && !otherwise->what.is_none())
      operands.push_back(named_or_value(e, *otherwise, given.function));
  }
  return formula{unwrap(detail::make_operation(f->operation, operands)), false, {}};
}

object make_frame(environment& e, const call_arguments& given) {
  e.allow_only(given, 3, {"start", "end", "exclusion"});
  frame_range out;
  if (const argument* a = given.get(2, "exclusion"); a && !a->what.is_none()) {
    const auto* what = std::get_if<frame_exclusion>(&a->what.data());
    if (!what)
      fail(diag::wrong_argument,
           {"exclusion of " + std::string(given.function) + "()", "a member of WindowFrameExclusion",
            e.describe(a->what)},
           a->where);
    out.exclusion = *what;
  }
  out.rows = given.function == "RowRange";
  const auto bound = [&](std::size_t position, std::string_view name) -> std::optional<std::int64_t> {
    const argument* a = given.get(position, name);
    if (!a || a->what.is_none()) return std::nullopt;
    const auto* i = a->what.scalar<std::int64_t>();
    if (!i) fail(diag::wrong_number, {name, "an integer or None", e.describe(a->what)}, a->where);
    return *i;
  };
  out.start = bound(0, "start");
  out.end = bound(1, "end");
  if (out.start && out.end && *out.start > *out.end)
    fail(diag::wrong_number, {std::string(given.function) + "()", "a start that is not behind the end", "one"}, e.at);
  return out;
}

std::optional<frame_exclusion> exclusion_named(std::string_view member) noexcept {
  const auto* const found = std::find_if(std::begin(exclusions), std::end(exclusions),
                                         [&](const exclusion_name& x) { return x.member == member; });
  if (found == std::end(exclusions)) return std::nullopt;
  return found->what;
}

std::vector<std::string_view> exclusion_names() {
  std::vector<std::string_view> out;
  for (const exclusion_name& x : exclusions) out.push_back(x.member);
  return out;
}

object make_exclusion(environment& e, const call_arguments& given) {
  e.allow_only(given, 1, {"value"});
  const argument& a = e.need(given, 0, "value");
  const auto* words = a.what.scalar<std::string>();
  for (const exclusion_name& x : exclusions)
    if (words && x.value == *words) return x.what;
  fail(diag::wrong_number,
       {"WindowFrameExclusion()", "'CURRENT ROW', 'GROUP', 'TIES' or 'NO OTHERS'",
        words ? "another text" : e.describe(a.what)},
       a.where);
}

object make_window(environment& e, const call_arguments& given) {
  e.allow_only(given, 4, {"expression", "partition_by", "order_by", "frame", "output_field"});
  const argument& over = e.need(given, 0, "expression");
  const formula* f = over.what.as_formula();
  if (!f || !f->tree || !is_window_function(*f->tree))
    fail(diag::wrong_number, {"Window()", "an aggregate or a function such as Rank()", e.describe(over.what)},
         over.where);

  std::vector<ref<detail::expression>> parts = {f->tree};
  window_shape shape;
  const argument* by = given.get(1, "partition_by");
  for (const object& o : listed(by)) parts.push_back(named_or_value(e, {o, {}, by->where, {}}, given.function));
  shape.partitions = static_cast<std::uint16_t>(parts.size() - 1);
  const argument* order = given.get(2, "order_by");
  for (const object& o : listed(order)) parts.push_back(order_key(e, {o, {}, order->where, {}}));
  shape.orders = static_cast<std::uint16_t>(parts.size() - 1 - shape.partitions);
  if (const argument* frame = given.get(3, "frame"); frame && !frame->what.is_none()) {
    const auto* range = std::get_if<frame_range>(&frame->what.data());
    if (!range)
      fail(diag::wrong_argument, {"frame", "RowRange() or ValueRange()", e.describe(frame->what)}, frame->where);
    shape.frame = range->rows ? window_shape::frame_unit::rows : window_shape::frame_unit::range;
    shape.bound(range->start, range->end);
    shape.exclusion = range->exclusion;
  }
  formula out{unwrap(detail::make_window(parts, shape)), false, f->late};
  if (const argument* field = given.get(4, "output_field"); field && !field->what.is_none())
    out.tree = unwrap(detail::make_typed(out.tree, field_type_in(e, *field)));
  return out;
}

}  // namespace quarry::text
