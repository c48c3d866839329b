#include <quarry/core/text/expressions.hpp>

#include <algorithm>
#include <array>

#include <quarry/core/text/conditions.hpp>
#include <quarry/core/text/field_types.hpp>
#include <quarry/core/text/queries.hpp>
#include <quarry/core/text/query_steps.hpp>
#include <quarry/core/text/windows.hpp>

namespace quarry::text {

using detail::expression;
using detail::expression_form;
using detail::ref;
using ir::diag;
using ir::op;

namespace {

ref<expression> integer(std::int64_t i) { return detail::make_constant(detail::operand::of_integer(i)); }

// --- types ---

object make_field_type(environment& e, const call_arguments& given) {
  std::string_view name = given.function;
  if (const std::size_t dot = name.rfind('.'); dot != std::string_view::npos) name.remove_prefix(dot + 1);
  const field_class& c = *find_field_class(name);
  std::uint32_t length = c.length, scale = 0;
  const auto count_in = [&](const argument& a, std::int64_t most) {
    const auto* i = a.what.scalar<std::int64_t>();
    if (!i || *i < 0 || *i > most)
      fail(diag::wrong_number, {a.name, "a number from 0 to " + std::to_string(most), e.describe(a.what)}, a.where);
    return static_cast<std::uint32_t>(*i);
  };
  for (const argument& a : given.named) {
    if (!find_field_option(c, a.name)) fail(diag::unknown_argument, {given.function, a.name}, a.name_span);
    if (a.name == "max_length" && !a.what.is_none()) length = count_in(a, 0xffffff);
    if (a.name == "max_digits" && !a.what.is_none()) length = count_in(a, 127);
    if (a.name == "decimal_places" && !a.what.is_none()) scale = count_in(a, 63);
  }
  if (!given.plain.empty()) e.allow_only(given, 0, {});
  const bool sized = c.kind == ir::scalar::decimal || c.kind == ir::scalar::text;
  return field_type{ir::type(c.kind, false, sized ? length : 0, scale)};
}

object make_value(environment& e, const call_arguments& given) {
  e.allow_only(given, 2, {"value", "output_field"});
  const argument& a = e.need(given, 0, "value");
  expression_reader r(e, given);
  if (!a.what.plain()) fail(diag::wrong_argument, {"Value()", "a value", e.describe(a.what)}, a.where);
  const std::optional<ir::type> type = output_field(e, given, 1);
  // As a document None is null, which is a value.
  if (a.what.is_none() && type && type->kind() == ir::scalar::json)
    return r.made(detail::make_constant(detail::operand::of_text("null", ir::scalar::json)));
  return r.made(typed(r.value(a), type));
}

object make_cast(environment& e, const call_arguments& given) {
  e.allow_only(given, 2, {"expression", "output_field"});
  const argument& a = e.need(given, 0, "expression");
  const argument& to = e.need(given, 1, "output_field");
  expression_reader r(e, given);
  return r.made(unwrap(detail::make_cast(r.named(a), field_type_in(e, to))));
}

object make_wrapper(environment& e, const call_arguments& given) {
  e.allow_only(given, 2, {"expression", "output_field"});
  const argument& a = e.need(given, 0, "expression");
  (void)e.need(given, 1, "output_field");
  expression_reader r(e, given);
  const formula* f = a.what.as_formula();
  return r.made(typed(r.value(a), output_field(e, given, 1)), f && f->condition);
}

// --- Case and When ---

object make_when(environment& e, const call_arguments& given) {
  call_arguments conditions{given.function, {}, {}};
  if (!given.plain.empty()) conditions.plain.push_back(given.plain[0]);
  for (const argument& a : given.named) {
    if (a.name == "condition") conditions.plain.push_back({a.what, {}, a.where, {}});
    else if (a.name != "then") conditions.named.push_back(a);
  }
  if (given.plain.size() > 2) e.allow_only(given, 2, {});
  const argument& then = given.plain.size() > 1 ? given.plain[1] : e.need(given, by_name_only, "then");
  const bool known_forms = std::ranges::all_of(conditions.plain, [](const argument& a) {
    return a.what.as_formula() &&
        (!a.what.as_formula()->tree || a.what.as_formula()->tree->form != expression_form::ordering);
  });
  if (!known_forms || (conditions.plain.empty() && conditions.named.empty()))
    fail(diag::wrong_argument,
         {"When()", "a Q object, an expression or lookups as its condition",
          conditions.plain.empty() ? "none" : e.describe(conditions.plain[0].what)},
         e.at);
  formula condition = condition_builder(e, nullptr).as_formula(conditions, expression_form::all_of);
  if (!condition.tree) fail(diag::wrong_number, {"When()", "a condition", "an empty Q"}, e.at);
  expression_reader r(e, given);
  formula out = r.made(unwrap(detail::make_when(condition.tree, r.named(then))));
  out.late.insert(out.late.end(), condition.late.begin(), condition.late.end());
  return out;
}

object make_case(environment& e, const call_arguments& given) {
  expression_reader r(e, given);
  std::vector<ref<expression>> branches;
  for (const argument& a : given.plain) {
    const formula* f = a.what.as_formula();
    if (!f || !f->tree || f->tree->form != expression_form::when)
      fail(diag::wrong_argument, {"Case()", "When() branches", e.describe(a.what)}, a.where);
    r.keep_late(a.what);
    branches.push_back(f->tree);
  }
  for (const argument& a : given.named)
    if (a.name != "default" && a.name != "output_field")
      fail(diag::unknown_argument, {given.function, a.name}, a.name_span);
  const argument* otherwise = given.find("default");
  if (branches.empty()) {
    if (otherwise) return r.made(typed(r.named(*otherwise), output_field(e, given, by_name_only)));
    return r.made(typed(detail::make_constant({}), output_field(e, given, by_name_only)));
  }
  if (otherwise && !otherwise->what.is_none()) branches.push_back(r.named(*otherwise));
  return r.made(typed(unwrap(detail::make_case(branches)), output_field(e, given, by_name_only)));
}

// --- relations and documents ---

object make_filtered_relation(environment& e, const call_arguments& given) {
  e.allow_only(given, 1, {"relation_name", "condition"});
  const detail::path_ref path = e.name_in(e.need(given, 0, "relation_name"), given.function);
  const argument* a = given.find("condition");
  const formula* f = a ? a->what.as_formula() : nullptr;
  if (path.size == 0) fail(diag::wrong_number, {"FilteredRelation()", "the name of a relation", "an empty text"}, e.at);
  if (a && (!f || !f->condition)) fail(diag::wrong_number, {"condition", "a Q object", e.describe(a->what)}, a->where);
  const ref<expression> always = detail::make_constant(detail::operand::of_integer(1, ir::scalar::boolean));
  const ref<expression>& condition = f && f->tree ? f->tree : always;
  formula out{detail::make_filtered_relation(path, detail::operand::of_expression(condition.get())), false, {}};
  if (f) out.late = f->late;
  return out;
}

/// The text at a place of a document: `KT("data__owner__name")`.
object make_key_text(environment& e, const call_arguments& given) {
  e.allow_only(given, 1, {"lookup"});
  const argument& a = e.need(given, 0, "lookup");
  const detail::path_ref path = e.name_in(a, given.function);
  if (path.view().find("__") == std::string_view::npos)
    fail(diag::wrong_number, {"KT()", "the path of a key", "the name of a field"}, a.where);
  return formula{unwrap(detail::make_cast(detail::make_path(path), ir::type(ir::scalar::text, false))), false, {}};
}

// --- queries as values ---

detail::chain chain_in(environment& e, const call_arguments& given) {
  const argument& a = e.need(given, 0, "queryset");
  if (const auto q = a.what.query(); q && !q->raw) return settled(q)->chain;
  if (const manager* m = a.what.as_manager()) return chain_of(e, *m);
  fail(diag::wrong_argument, {std::string(given.function) + "()", "a QuerySet", e.describe(a.what)}, a.where);
}

object make_exists(environment& e, const call_arguments& given) {
  e.allow_only(given, 1, {"queryset", "output_field"});
  const detail::chain rows = chain_in(e, given);
  return formula{unwrap(detail::make_query_value(expression_form::exists, detail::query_operand(rows))), true, {}};
}

object make_subquery(environment& e, const call_arguments& given) {
  e.allow_only(given, 1, {"queryset", "output_field"});
  const detail::chain rows = chain_in(e, given);
  return formula{typed(unwrap(detail::make_query_value(expression_form::subquery, detail::query_operand(rows))),
                       output_field(e, given, by_name_only)),
                 false,
                 {}};
}

object make_outer_ref(environment& e, const call_arguments& given) {
  e.allow_only(given, 1, {"name"});
  const argument& a = e.need(given, 0, "name");
  if (const formula* f = a.what.as_formula(); f && f->tree && f->tree->form == expression_form::outer)
    return formula{detail::make_outer(f->tree->path, static_cast<std::uint16_t>(f->tree->levels + 1)), false, {}};
  return formula{detail::make_outer(e.name_in(a, given.function), 1), false, {}};
}

// --- functions of the database ---

/// How the arguments of a function become those of an operation. A name behind '?' may be left out.
struct database_function {
  std::string_view name;
  op operation;
  std::array<std::string_view, 3> parameters;
};

constexpr std::array database_functions = {
    database_function{"Lower", op::lower, {"expression"}},
    database_function{"Upper", op::upper, {"expression"}},
    database_function{"Length", op::length, {"expression"}},
    database_function{"MD5", op::md5, {"expression"}},
    database_function{"SHA1", op::sha1, {"expression"}},
    database_function{"SHA224", op::sha224, {"expression"}},
    database_function{"SHA256", op::sha256, {"expression"}},
    database_function{"SHA384", op::sha384, {"expression"}},
    database_function{"SHA512", op::sha512, {"expression"}},
    database_function{"Trim", op::trim, {"expression"}},
    database_function{"LTrim", op::ltrim, {"expression"}},
    database_function{"RTrim", op::rtrim, {"expression"}},
    database_function{"Reverse", op::reverse, {"expression"}},
    database_function{"Chr", op::chr, {"expression"}},
    database_function{"Ord", op::ord, {"expression"}},
    database_function{"Repeat", op::repeat, {"expression", "number"}},
    database_function{"Right", op::right, {"expression", "length"}},
    database_function{"StrIndex", op::position, {"string", "substring"}},
    database_function{"Substr", op::substr, {"expression", "pos", "?length"}},
    database_function{"Replace", op::replace, {"expression", "text", "?replacement"}},
    database_function{"LPad", op::lpad, {"expression", "length", "?fill_text"}},
    database_function{"RPad", op::rpad, {"expression", "length", "?fill_text"}},
    database_function{"NullIf", op::nullif, {"expression1", "expression2"}},
    database_function{"Abs", op::abs, {"expression"}},
    database_function{"Ceil", op::ceil, {"expression"}},
    database_function{"Floor", op::floor, {"expression"}},
    database_function{"Sign", op::sign, {"expression"}},
    database_function{"Sqrt", op::sqrt, {"expression"}},
    database_function{"Exp", op::exp, {"expression"}},
    database_function{"Ln", op::ln, {"expression"}},
    database_function{"Log", op::log, {"expression1", "expression2"}},
    database_function{"Power", op::pow, {"expression1", "expression2"}},
    database_function{"Mod", op::mod, {"expression1", "expression2"}},
    database_function{"Round", op::round, {"expression", "?precision"}},
    database_function{"Degrees", op::degrees, {"expression"}},
    database_function{"Radians", op::radians, {"expression"}},
    database_function{"Pi", op::pi, {}},
    database_function{"Sin", op::sin, {"expression"}},
    database_function{"Cos", op::cos, {"expression"}},
    database_function{"Tan", op::tan, {"expression"}},
    database_function{"Cot", op::cot, {"expression"}},
    database_function{"ASin", op::asin, {"expression"}},
    database_function{"ACos", op::acos, {"expression"}},
    database_function{"ATan", op::atan, {"expression"}},
    database_function{"ATan2", op::atan2, {"expression1", "expression2"}},
    database_function{"Random", op::random, {}},
    database_function{"Now", op::now, {}},
    database_function{"ExtractYear", op::year, {"expression"}},
    database_function{"ExtractIsoYear", op::iso_year, {"expression"}},
    database_function{"ExtractMonth", op::month, {"expression"}},
    database_function{"ExtractDay", op::day, {"expression"}},
    database_function{"ExtractWeek", op::week, {"expression"}},
    database_function{"ExtractWeekDay", op::week_day, {"expression"}},
    database_function{"ExtractIsoWeekDay", op::iso_week_day, {"expression"}},
    database_function{"ExtractQuarter", op::quarter, {"expression"}},
    database_function{"ExtractHour", op::hour, {"expression"}},
    database_function{"ExtractMinute", op::minute, {"expression"}},
    database_function{"ExtractSecond", op::second, {"expression"}},
    database_function{"TruncYear", op::trunc_year, {"expression"}},
    database_function{"TruncQuarter", op::trunc_quarter, {"expression"}},
    database_function{"TruncMonth", op::trunc_month, {"expression"}},
    database_function{"TruncWeek", op::trunc_week, {"expression"}},
    database_function{"TruncDay", op::trunc_day, {"expression"}},
    database_function{"TruncHour", op::trunc_hour, {"expression"}},
    database_function{"TruncMinute", op::trunc_minute, {"expression"}},
    database_function{"TruncSecond", op::trunc_second, {"expression"}},
    database_function{"TruncDate", op::date_of, {"expression"}},
    database_function{"TruncTime", op::time_of, {"expression"}},
};

const database_function& function_named(std::string_view name) {
  return *std::find_if(database_functions.begin(), database_functions.end(),
                       [&](const database_function& f) { return f.name == name; });
}

/// Number of pieces and lengths: Django refuses what can't be one before it asks the database.
void check_count(environment& e, const call_arguments& given, const argument& a, std::int64_t least) {
  const auto* i = a.what.scalar<std::int64_t>();
  if (i && *i < least)
    fail(diag::wrong_number,
         {std::string(given.function) + "()", "a number of at least " + std::to_string(least), std::to_string(*i)},
         a.where);
  if (a.what.scalar<std::string>()) (void)e.name_in(a, given.function);
}

std::optional<std::int64_t> least_of(op o, std::size_t position) {
  if ((o == op::right || o == op::substr) && position == 1) return 1;
  if ((o == op::lpad || o == op::rpad || o == op::repeat) && position == 1) return 0;
  return std::nullopt;
}

object make_function(environment& e, const call_arguments& given) {
  const database_function& f = function_named(given.function);
  const auto optional = [](std::string_view parameter) { return parameter.starts_with('?'); };
  const auto name_of = [&](std::size_t i) {
    return optional(f.parameters[i]) ? f.parameters[i].substr(1) : f.parameters[i];
  };
  std::size_t count = 0;
  while (count < f.parameters.size() && !f.parameters[count].empty()) ++count;
  for (const argument& a : given.named) {
    bool known = a.name == "output_field" || a.name == "tzinfo";
    for (std::size_t i = 0; i < count; ++i) known = known || a.name == name_of(i);
    if (!known) fail(diag::unknown_argument, {given.function, a.name}, a.name_span);
    if (a.name == "tzinfo" && !a.what.is_none()) not_yet("a time zone", a.where);
  }
  if (given.plain.size() > count) e.allow_only(given, count, {});
  expression_reader r(e, given);
  std::vector<ref<expression>> operands;
  for (std::size_t i = 0; i < count; ++i) {
    const argument* a = given.get(i, name_of(i));
    if (!a && optional(f.parameters[i])) break;
    const argument& operand = a ? *a : e.need(given, i, name_of(i));
    if (operand.what.is_none() && optional(f.parameters[i])) break;
    if (const auto least = least_of(f.operation, i)) check_count(e, given, operand, *least);
    operands.push_back(r.named(operand));
  }
  if (f.operation == op::replace && operands.size() == 2)
    operands.push_back(detail::make_constant(detail::operand::of_text("")));
  ref<expression> made = unwrap(detail::make_operation(f.operation, operands));
  // A remainder of integers is a float here, as everything that Django's mathematical functions make of them.
  if (f.operation == op::mod) made = unwrap(detail::make_numeric(made));
  return r.made(typed(made, output_field(e, given)));
}

/// Left() is the start of a text.
object make_left(environment& e, const call_arguments& given) {
  e.allow_only(given, 2, {"expression", "length", "output_field"});
  expression_reader r(e, given);
  const argument& length = e.need(given, 1, "length");
  check_count(e, given, length, 1);
  const std::array parts = {r.named(e.need(given, 0, "expression")), integer(1), r.named(length)};
  return r.made(unwrap(detail::make_operation(op::substr, parts)));
}

object of_any_number(environment& e, const call_arguments& given, op operation, std::size_t least) {
  for (const argument& a : given.named)
    if (a.name != "output_field") fail(diag::unknown_argument, {given.function, a.name}, a.name_span);
  if (given.plain.size() < least)
    fail(diag::wrong_number,
         {std::string(given.function) + "()", "at least " + std::to_string(least) + " expressions",
          std::to_string(given.plain.size())},
         e.at);
  expression_reader r(e, given);
  std::vector<ref<expression>> operands;
  for (const argument& a : given.plain) operands.push_back(r.named(a));
  return r.made(typed(unwrap(detail::make_operation(operation, operands)), output_field(e, given, by_name_only)));
}

object make_coalesce(environment& e, const call_arguments& given) { return of_any_number(e, given, op::coalesce, 2); }
object make_concat(environment& e, const call_arguments& given) { return of_any_number(e, given, op::concat, 2); }
object make_greatest(environment& e, const call_arguments& given) { return of_any_number(e, given, op::greatest, 2); }
object make_least(environment& e, const call_arguments& given) { return of_any_number(e, given, op::least, 2); }

/// `Extract("pub_date", "year")` and `Trunc("pub_date", "year")`: the function that the second argument names.
object make_by_unit(environment& e, const call_arguments& given, std::string_view family, std::string_view parameter) {
  const argument& unit = e.need(given, 1, parameter);
  const auto* name = unit.what.scalar<std::string>();
  std::string wanted;
  for (std::size_t i = 0; name && i < name->size(); ++i) {
    const bool starts = i == 0 || (*name)[i - 1] == '_';
    const char c = (*name)[i];
    if (c != '_') wanted += starts && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  wanted.insert(0, family);
  const auto found = std::find_if(database_functions.begin(), database_functions.end(),
                                  [&](const database_function& f) { return f.name == wanted; });
  if (!name || found == database_functions.end())
    fail(diag::wrong_number, {std::string(given.function) + "()", "a unit such as 'year'", e.describe(unit.what)},
         unit.where);
  call_arguments rest{found->name, {e.need(given, 0, "expression")}, {}};
  for (const argument& a : given.named)
    if (a.name != parameter && a.name != "expression") rest.named.push_back(a);
  return make_function(e, rest);
}

object make_extract(environment& e, const call_arguments& given) {
  return make_by_unit(e, given, "Extract", "lookup_name");
}
object make_trunc(environment& e, const call_arguments& given) { return make_by_unit(e, given, "Trunc", "kind"); }

constexpr std::array own_entries = {
    function_entry{"Value", make_value, ""},
    function_entry{"Cast", make_cast, ""},
    function_entry{"ExpressionWrapper", make_wrapper, ""},
    function_entry{"Case", make_case, ""},
    function_entry{"When", make_when, ""},
    function_entry{"Exists", make_exists, ""},
    function_entry{"Subquery", make_subquery, ""},
    function_entry{"OuterRef", make_outer_ref, ""},
    function_entry{"Left", make_left, ""},
    function_entry{"Coalesce", make_coalesce, ""},
    function_entry{"Concat", make_concat, ""},
    function_entry{"ConcatPair", make_concat, ""},
    function_entry{"Greatest", make_greatest, ""},
    function_entry{"Least", make_least, ""},
    function_entry{"Extract", make_extract, ""},
    function_entry{"Trunc", make_trunc, ""},
    function_entry{"FilteredRelation", make_filtered_relation, ""},
    function_entry{"KT", make_key_text, ""},
    function_entry{"Window", make_window, ""},
    function_entry{"RowRange", make_frame, ""},
    function_entry{"ValueRange", make_frame, ""},
    function_entry{"WindowFrameExclusion", make_exclusion, ""},
    function_entry{"RowNumber", make_window_function, ""},
    function_entry{"Rank", make_window_function, ""},
    function_entry{"DenseRank", make_window_function, ""},
    function_entry{"PercentRank", make_window_function, ""},
    function_entry{"CumeDist", make_window_function, ""},
    function_entry{"Ntile", make_window_function, ""},
    function_entry{"Lag", make_window_function, ""},
    function_entry{"Lead", make_window_function, ""},
    function_entry{"FirstValue", make_window_function, ""},
    function_entry{"LastValue", make_window_function, ""},
    function_entry{"NthValue", make_window_function, ""},
};

constexpr std::string_view type_names[] = {
    "CharField",  "TextField",    "IntegerField", "SmallIntegerField", "BigIntegerField",      "BooleanField",
    "FloatField", "DecimalField", "DateField",    "TimeField",         "DateTimeField",        "DurationField",
    "UUIDField",  "JSONField",    "BinaryField",  "EmailField",        "PositiveIntegerField", "SlugField",
    "URLField"};

constexpr auto all_entries = [] {
  std::array<function_entry, own_entries.size() + database_functions.size() + std::size(type_names)> out{};
  auto* at = std::copy(own_entries.begin(), own_entries.end(), out.begin());
  for (const database_function& f : database_functions) *at++ = {f.name, make_function, ""};
  for (const std::string_view name : type_names) *at++ = {name, make_field_type, ""};
  return out;
}();

}  // namespace

std::span<const function_entry> expression_entries() noexcept { return all_entries; }

std::optional<ir::type> output_field(environment& e, const call_arguments& given, std::size_t position) {
  const argument* a = given.get(position, "output_field");
  if (!a || a->what.is_none()) return std::nullopt;
  return field_type_in(e, *a);
}

ref<expression> typed(ref<expression> tree, const std::optional<ir::type>& t) {
  return t ? unwrap(detail::make_typed(tree, *t)) : tree;
}

ir::type field_type_in(environment& e, const argument& a) {
  if (const auto* t = std::get_if<field_type>(&a.what.data())) return t->type;
  fail(diag::wrong_argument, {"output_field", "a field such as IntegerField()", e.describe(a.what)}, a.where);
}

ref<expression> value_expression(environment& e, const object& o, std::string_view user, syntax::span where) {
  if (const formula* f = o.as_formula()) {
    if (!f->tree) return detail::make_constant(detail::operand::of_integer(1, ir::scalar::boolean));
    const bool wrong = f->tree->form == expression_form::ordering || f->tree->form == expression_form::when;
    if (wrong) fail(diag::wrong_argument, {std::string(user) + "()", "a value or an expression", e.describe(o)}, where);
    return f->tree;
  }
  if (!o.plain())
    fail(diag::wrong_argument, {std::string(user) + "()", "a value or an expression", e.describe(o)}, where);
  operand_store store;
  return detail::make_constant(store.of(*o.plain()));
}

ref<expression> named_or_value(environment& e, const argument& a, std::string_view user) {
  if (a.what.scalar<std::string>()) return detail::make_path(e.name_in(a, user));
  return value_expression(e, a.what, user, a.where);
}

}  // namespace quarry::text
