#include <quarry/core/text/aggregates.hpp>

#include <algorithm>
#include <array>

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

/// What Django appends to the name of the field.
std::string_view suffix_of(op function) {
  switch (function) {
    case op::count: return "count";
    case op::sum: return "sum";
    case op::avg: return "avg";
    case op::min: return "min";
    case op::max: return "max";
    case op::stddev_pop:
    case op::stddev_samp: return "stddev";
    case op::var_pop:
    case op::var_samp: return "variance";
    case op::any_value: return "anyvalue";
    default: return {};
  }
}

/// The aggregate itself, where a default stands around it.
const expression& without_default(const expression& e) {
  const bool defaulted = e.form == expression_form::operation && e.operation == op::coalesce && e.child_count == 2 &&
      e.children[0]->form == expression_form::aggregate;
  return defaulted ? *e.children[0] : e;
}

object aggregate_of(environment& e, const call_arguments& given, op function) {
  e.allow_only(given, 1, {"expression", "distinct", "filter", "default", "sample", "output_field"});
  const argument& over = e.need(given, 0, "expression");
  std::vector<ref<expression>> arguments;
  const auto* star = over.what.scalar<std::string>();
  if (function == op::count && star && *star == "*") function = op::count_rows;
  else arguments.push_back(named_or_value(e, over, given.function));
  const bool distinct = e.truth_in(given, "distinct", false);
  if (distinct && function == op::count_rows)
    fail(diag::wrong_argument, {"Count(distinct=True)", "a field", "'*'"}, over.where);

  ref<expression> condition;
  std::vector<late_instance> late;
  if (const argument* filter = given.find("filter"); filter && !filter->what.is_none()) {
    const formula* f = filter->what.as_formula();
    if (!f || !f->condition)
      fail(diag::wrong_argument, {"filter", "a Q object", e.describe(filter->what)}, filter->where);
    condition = f->tree;
    late = f->late;
  }
  formula out{unwrap(detail::make_aggregate(function, arguments, distinct, condition)), false, std::move(late)};
  if (const argument* otherwise = given.find("default"); otherwise && !otherwise->what.is_none()) {
    if (function == op::count || function == op::count_rows)
      fail(diag::wrong_argument, {"Count()", "no default: it is 0 already", "one"}, otherwise->name_span);
    const std::array parts = {out.tree, as_expression(e, otherwise->what, otherwise->where)};
    out.tree = unwrap(detail::make_operation(op::coalesce, parts));
  }
  if (const argument* field = given.find("output_field"); field && !field->what.is_none())
    out.tree = unwrap(detail::make_typed(out.tree, field_type_in(e, *field)));
  return out;
}

object sampled(environment& e, const call_arguments& given, op population, op sample) {
  return aggregate_of(e, given, e.truth_in(given, "sample", false) ? sample : population);
}

object plain(environment& e, const call_arguments& given, op function) {
  if (const argument* a = given.find("sample")) fail(diag::unknown_argument, {given.function, "sample"}, a->name_span);
  return aggregate_of(e, given, function);
}

/// The name of an aggregate without one: <field>__<function>.
std::string default_name(environment& e, const call_arguments& given, const argument& a) {
  const formula* f = a.what.as_formula();
  const expression* aggregate = f && f->tree ? &without_default(*f->tree) : nullptr;
  const bool of_a_field = aggregate && aggregate->form == expression_form::aggregate && aggregate->child_count > 0 &&
      aggregate->children[0]->form == expression_form::path;
  const std::string_view suffix = of_a_field ? suffix_of(aggregate->operation) : std::string_view();
  if (suffix.empty())
    fail(diag::wrong_argument,
         {std::string(given.function) + "()", "a name for what is no aggregate of one field",
          e.describe(a.what) + " without a name"},
         a.where);
  return std::string(aggregate->children[0]->path.view()) + "__" + std::string(suffix);
}

void require_expression(environment& e, const call_arguments& given, const argument& a) {
  if (!a.what.as_formula())
    fail(diag::wrong_argument,
         {std::string(given.function) + "()", "expressions (Value() makes one of a value)", e.describe(a.what)},
         a.where);
}

}  // namespace

object make_count(environment& e, const call_arguments& given) { return plain(e, given, op::count); }
object make_sum(environment& e, const call_arguments& given) { return plain(e, given, op::sum); }
object make_avg(environment& e, const call_arguments& given) { return plain(e, given, op::avg); }
object make_min(environment& e, const call_arguments& given) { return plain(e, given, op::min); }
object make_max(environment& e, const call_arguments& given) { return plain(e, given, op::max); }
object make_any_value(environment& e, const call_arguments& given) { return plain(e, given, op::any_value); }
object make_stddev(environment& e, const call_arguments& given) {
  return sampled(e, given, op::stddev_pop, op::stddev_samp);
}
object make_variance(environment& e, const call_arguments& given) {
  return sampled(e, given, op::var_pop, op::var_samp);
}

named_expressions::named_expressions(environment& e, const detail::chain& over, const call_arguments& given)
    : so_far_(over) {
  for (const argument& a : given.named) require_expression(e, given, a);
  // As in Django the last of several of one name counts.
  std::vector<const argument*> plain;
  for (const argument& a : given.plain) {
    std::string name = default_name(e, given, a);
    const auto known = std::find(names_.begin(), names_.end(), name);
    if (known != names_.end()) {
      plain[static_cast<std::size_t>(std::distance(names_.begin(), known))] = &a;
      continue;
    }
    names_.push_back(std::move(name));
    plain.push_back(&a);
  }
  const auto is_default = [&](const argument& a) {
    return std::find(names_.begin(), names_.end(), a.name) != names_.end();
  };
  // aggregate() lets an aggregate without a name take that of another, annotate() and alias() refuse it.
  const bool replaces = given.function.ends_with("aggregate");
  for (const argument& a : given.named)
    if (!replaces && is_default(a))
      fail(diag::default_name_taken, {a.name}, a.name_span.present() ? a.name_span : a.where);
  auto name = names_.begin();
  for (const argument* a : plain) add(e, given, *a, detail::path_ref::text(*name++));
  for (const argument& a : given.named) {
    if (is_default(a)) continue;
    const formula* f = a.what.as_formula();
    const bool rows = f->tree && f->tree->form == expression_form::filtered_relation;
    if (rows && a.name.find("__") != std::string::npos)
      fail(diag::wrong_number,
           {std::string(given.function) + "()", "a FilteredRelation() under a name without '__'", "'" + a.name + "'"},
           a.name_span.present() ? a.name_span : a.where);
    add(e, given, a, e.path_of(a));
  }
}

void named_expressions::add(environment& e, const call_arguments& given, const argument& a,
                            const detail::path_ref& name) {
  const formula* f = a.what.as_formula();
  if (f && f->tree && f->tree->form == expression_form::ordering)
    fail(diag::wrong_argument, {std::string(given.function) + "()", "an expression", "an order"}, a.where);
  trees_.push_back(value_expression(e, a.what, given.function, a.where));
  check_expression(e, so_far_, *trees_.back());
  terms_.push_back({name, {}, trees_.back().get()});
  so_far_ = unwrap(so_far_.alias(std::span(terms_).last(1)));
}

}  // namespace quarry::text
