#include <quarry/core/text/calls.hpp>

#include <algorithm>
#include <array>
#include <vector>

#include <quarry/core/text/conditions.hpp>
#include <quarry/core/text/expressions.hpp>
#include <quarry/core/text/operations.hpp>

namespace quarry::text {

using detail::expression;
using detail::expression_form;
using detail::ref;
using ir::diag;
using ir::op;

namespace {

// --- lookups as expressions of their own: GreaterThan(F("a"), F("b")) ---

struct lookup_class {
  std::string_view name, lookup;
};
constexpr std::array lookup_classes = {
    lookup_class{"Exact", "exact"},
    lookup_class{"IExact", "iexact"},
    lookup_class{"GreaterThan", "gt"},
    lookup_class{"GreaterThanOrEqual", "gte"},
    lookup_class{"LessThan", "lt"},
    lookup_class{"LessThanOrEqual", "lte"},
    lookup_class{"In", "in"},
    lookup_class{"Range", "range"},
    lookup_class{"Contains", "contains"},
    lookup_class{"IContains", "icontains"},
    lookup_class{"StartsWith", "startswith"},
    lookup_class{"IStartsWith", "istartswith"},
    lookup_class{"EndsWith", "endswith"},
    lookup_class{"IEndsWith", "iendswith"},
    lookup_class{"Regex", "regex"},
    lookup_class{"IRegex", "iregex"},
    lookup_class{"IsNull", "isnull"},
};

object make_lookup(environment& e, const call_arguments& given) {
  e.allow_only(given, 2, {"lhs", "rhs"});
  const auto* const found = std::find_if(lookup_classes.begin(), lookup_classes.end(),
                                         [&](const lookup_class& c) { return c.name == given.function; });
  expression_reader r(e, given);
  const ref<expression> left = r.value(e.need(given, 0, "lhs"));
  const argument& right = e.need(given, 1, "rhs");
  r.keep_late(right.what);
  const detail::path_ref lookup = detail::path_ref::literal(found->lookup);
  condition_builder values(e, nullptr);
  return r.made(unwrap(detail::make_lookup_on(left, lookup, values.operand_of(right, lookup))), true);
}

// --- functions of the database by their names ---

std::string_view text_in(environment& e, const call_arguments& given, const argument& a) {
  if (const auto* s = a.what.scalar<std::string>()) return *s;
  fail(diag::wrong_argument, {std::string(given.function) + "()", "a text as " + a.name, e.describe(a.what)}, a.where);
}

object make_func(environment& e, const call_arguments& given) {
  const argument* function = given.find("function");
  const argument* arity = given.find("arity");
  for (const argument& a : given.named) {
    if (a.name == "template" || a.name == "arg_joiner") fail(diag::sql_template, {given.function, a.name}, a.name_span);
    if (a.name != "function" && a.name != "arity" && a.name != "output_field")
      fail(diag::unknown_argument, {given.function, a.name}, a.name_span);
  }
  if (!function) fail(diag::wrong_argument, {"Func()", "the name of a function as function=", "none"}, e.at);
  const auto* count = arity ? arity->what.scalar<std::int64_t>() : nullptr;
  if (count && static_cast<std::uint64_t>(*count) != given.plain.size())
    fail(diag::wrong_argument, {"Func()", std::to_string(*count) + " arguments", std::to_string(given.plain.size())},
         e.at);
  expression_reader r(e, given);
  std::vector<ref<expression>> arguments;
  for (const argument& a : given.plain) arguments.push_back(r.named(a));
  const std::string_view name = text_in(e, given, *function);
  if (!ir::is_function_name(name))
    fail(diag::unsafe_name, {"Func()", "a function", "letters, digits and underscores"}, function->where);
  return r.made(
      unwrap(detail::make_call(detail::path_ref::text(name), arguments, output_field(e, given).value_or(ir::type()))));
}

object make_collate(environment& e, const call_arguments& given) {
  e.allow_only(given, 2, {"expression", "collation"});
  expression_reader r(e, given);
  const ref<expression> value = r.named(e.need(given, 0, "expression"));
  const argument& collation = e.need(given, 1, "collation");
  const std::string_view name = text_in(e, given, collation);
  if (!detail::is_collation_name(name))
    fail(diag::unsafe_name, {"Collate()", "a collation", "letters, digits, '_' and '-'"}, collation.where);
  return r.made(unwrap(detail::make_collate(value, detail::path_ref::text(name))));
}

object refuse_raw_sql(environment& e, const call_arguments& given) {
  fail(diag::raw_sql_in_text, {std::string(given.function) + "()"}, e.at);
}

// --- JSON ---

object make_json_object(environment& e, const call_arguments& given) {
  if (!given.plain.empty()) e.allow_only(given, 0, {});
  expression_reader r(e, given);
  std::vector<ref<expression>> parts;
  for (const argument& a : given.named) {
    parts.push_back(detail::make_constant(detail::operand::of_text(a.name)));
    parts.push_back(r.named(a));
  }
  return r.made(unwrap(detail::make_operation(op::json_object, parts)));
}

object make_json_array(environment& e, const call_arguments& given) {
  for (const argument& a : given.named)
    if (a.name != "output_field") fail(diag::unknown_argument, {given.function, a.name}, a.name_span);
  expression_reader r(e, given);
  std::vector<ref<expression>> parts;
  for (const argument& a : given.plain) parts.push_back(r.named(a));
  return r.made(typed(unwrap(detail::make_operation(op::json_array, parts)), output_field(e, given)));
}

// --- orders ---

object make_order_by(environment& e, const call_arguments& given) {
  e.allow_only(given, 1, {"expression", "descending", "nulls_first", "nulls_last"});
  expression_reader r(e, given);
  const ref<expression> key = r.value(e.need(given, 0, "expression"));
  detail::order_flags how;
  how.descending = e.truth_in(given, "descending", false);
  how.nulls_first = e.truth_in(given, "nulls_first", false);
  how.nulls_last = e.truth_in(given, "nulls_last", false);
  if (how.nulls_first && how.nulls_last)
    fail(diag::wrong_number, {"OrderBy()", "nulls_first or nulls_last", "both"}, e.at);
  return r.made(unwrap(detail::make_ordering(key, how)));
}

/// A key of an order within an aggregate: a name with an optional minus, an expression, or an order.
ref<expression> order_key(environment& e, expression_reader& r, const call_arguments& given, const argument& a) {
  if (a.what.scalar<std::string>()) {
    detail::path_ref path = e.name_in(a, given.function);
    const bool descending = path.view().starts_with('-');
    if (descending)
      path = detail::path_ref::text(path.view().substr(1),
                                    path.offset == detail::no_offset ? path.offset : path.offset + 1);
    return unwrap(detail::make_ordering(detail::make_path(path), {descending, false, false}));
  }
  const formula* f = a.what.as_formula();
  if (f && f->tree && f->tree->form == expression_form::ordering) {
    r.keep_late(a.what);
    return f->tree;
  }
  return unwrap(detail::make_ordering(r.value(a), {}));
}

object make_string_agg(environment& e, const call_arguments& given) {
  e.allow_only(given, 2, {"expression", "delimiter", "distinct", "filter", "order_by", "default", "output_field"});
  expression_reader r(e, given);
  const ref<expression> value = r.named(e.need(given, 0, "expression"));
  const argument& delimiter = e.need(given, 1, "delimiter");
  // A text is the delimiter itself.
  const std::array arguments = {value, r.value(delimiter)};
  ref<expression> condition;
  if (const argument* filter = given.find("filter"); filter && !filter->what.is_none()) {
    const formula* f = filter->what.as_formula();
    if (!f || !f->condition)
      fail(diag::wrong_argument, {"filter", "a Q object", e.describe(filter->what)}, filter->where);
    r.keep_late(filter->what);
    condition = f->tree;
  }
  std::vector<ref<expression>> order;
  if (const argument* keys = given.find("order_by"); keys && !keys->what.is_none()) {
    if (const sequence* several = keys->what.items())
      for (const object& o : several->items) order.push_back(order_key(e, r, given, {o, keys->name, keys->where, {}}));
    else order.push_back(order_key(e, r, given, *keys));
  }
  ref<expression> made =
      unwrap(detail::make_aggregate(op::string_agg, arguments, e.truth_in(given, "distinct", false), condition, order));
  if (const argument* otherwise = given.find("default"); otherwise && !otherwise->what.is_none())
    made = unwrap(
        detail::make_operation(op::coalesce, std::array{made, as_expression(e, otherwise->what, otherwise->where)}));
  return r.made(typed(made, output_field(e, given)));
}

constexpr std::array own_entries = {
    function_entry{"Func", make_func, ""},
    function_entry{"Collate", make_collate, ""},
    function_entry{"JSONObject", make_json_object, ""},
    function_entry{"JSONArray", make_json_array, ""},
    function_entry{"StringAgg", make_string_agg, ""},
    function_entry{"OrderBy", make_order_by, ""},
    function_entry{"RawSQL", refuse_raw_sql, ""},
};

constexpr auto all_entries = [] {
  std::array<function_entry, own_entries.size() + lookup_classes.size()> out{};
  auto* at = std::copy(own_entries.begin(), own_entries.end(), out.begin());
  for (const lookup_class& c : lookup_classes) *at++ = {c.name, make_lookup, ""};
  return out;
}();

}  // namespace

std::span<const function_entry> call_entries() noexcept { return all_entries; }

object text_slice(environment& e, const formula& of, std::optional<std::int64_t> lower,
                  std::optional<std::int64_t> upper, syntax::span where) {
  const std::int64_t first = lower.value_or(0);
  if (first < 0 || upper.value_or(0) < 0) fail(diag::negative_slice, {}, where);
  if (of.condition || !of.tree || of.tree->form == expression_form::ordering)
    fail(diag::wrong_argument, {"a slice", "F() of a text", e.describe(object(of))}, where);
  if (upper && *upper <= first)
    fail(diag::wrong_number, {"a slice of F()", "an end behind its start", "one before it"}, where);
  const auto number = [](std::int64_t i) { return detail::make_constant(detail::operand::of_integer(i)); };
  std::vector<ref<expression>> parts = {of.tree, number(first + 1)};
  if (upper) parts.push_back(number(*upper - first));
  return formula{unwrap(detail::make_operation(op::substr, parts)), false, of.late};
}

}  // namespace quarry::text
