#include <quarry/core/text/proxy_verbs.hpp>

#include <algorithm>
#include <array>

#include <quarry/core/query/verbs.hpp>
#include <quarry/core/text/conditions.hpp>
#include <quarry/core/text/loaded_lists.hpp>
#include <quarry/core/text/loading.hpp>
#include <quarry/core/text/name_lists.hpp>
#include <quarry/core/text/queries.hpp>
#include <quarry/core/text/query_steps.hpp>
#include <quarry/core/text/related_lists.hpp>
#include <quarry/ir/lower/resolve_paths.hpp>

namespace quarry::text {
namespace {

using detail::path_ref;
using ir::diag;

std::string called(const call_arguments& given) { return std::string(given.function) + "()"; }

std::int64_t integer_in(environment& e, const call_arguments& given, const argument& a) {
  if (const auto* i = a.what.scalar<std::int64_t>()) return *i;
  fail(diag::wrong_argument, {called(given), "an integer", e.describe(a.what)}, a.where);
}

std::int64_t count_in(environment& e, const call_arguments& given, std::string_view name) {
  e.allow_only(given, 1, {name});
  const argument& a = e.need(given, 0, name);
  const std::int64_t count = integer_in(e, given, a);
  if (count < 0) fail(diag::wrong_number, {called(given), "a number of rows", "a negative one"}, a.where);
  return count;
}

std::int64_t positive_in(environment& e, const call_arguments& given, const argument& a, std::string_view name) {
  const std::int64_t number = integer_in(e, given, a);
  if (number < 1)
    fail(diag::misused_argument, {called(given), "a " + std::string(name) + " of 1 or more", "less"}, a.where);
  return number;
}

/// The same query within other limits: conditions may still follow.
query limited(const query& q, row_limits to) {
  query out = with(*q, q->chain);
  out->limits = to;
  return out;
}

// --- aggregates of columns ---

/// sum() and avg() need numbers, or durations.
void check_numeric(environment& e, const query_object& q, const call_arguments& given, const argument& a,
                   const path_ref& path) {
  if (detail::names_annotation(q.chain, path.view())) return;
  const ir::resolved_path found =
      unwrap(ir::resolve_path(e.paths, q.chain.model(), path.view(), ir::path_use::value, path.offset));
  if (found.transform_count != 0 || found.key_count != 0) return;
  switch (e.model(found.model).columns[found.column].type.kind()) {
    case ir::scalar::boolean:
    case ir::scalar::int16:
    case ir::scalar::int32:
    case ir::scalar::int64:
    case ir::scalar::float64:
    case ir::scalar::decimal:
    case ir::scalar::duration: return;
    default: break;
  }
  fail(diag::misused_argument, {called(given), "numeric columns", "'" + std::string(path.view()) + "'"}, a.where);
}

object aggregated(environment& e, const query& given_query, const call_arguments& given, ir::op function) {
  (void)e.need(given, 0, "columns");
  const call_arguments columns = spread(e, given, "columns", name_forms::masks);
  e.allow_only(columns, is_collective(given, "columns", name_forms::masks) ? columns.plain.size() : 1, {"columns"});
  if (columns.plain.empty()) fail(diag::misused_argument, {called(given), "at least one column", "none"});
  const query q = each_once(*given_query) ? as_condition(e, given_query) : settled(given_query);
  std::vector<std::string> names;
  std::vector<detail::ref<detail::expression>> trees;
  for (const argument& a : columns.plain) {
    const path_ref path = e.name_in(a, given.function);
    check_value_path(e, q->chain, path.view(), path.offset);
    if (function == ir::op::sum || function == ir::op::avg) check_numeric(e, *q, given, a, path);
    names.push_back("column" + std::to_string(names.size() + 1));
    const std::array argument_of = {detail::make_path(path)};
    trees.push_back(unwrap(detail::make_aggregate(function, argument_of, false, {})));
  }
  std::vector<detail::term> terms;
  for (std::size_t i = 0; i < names.size(); ++i) terms.push_back({path_ref::text(names[i]), {}, trees[i].get()});
  detail::cursor cursor = e.session->run(unwrap(q->chain.aggregate(terms)));
  const std::span<const quarry_cell> cells = cursor.next();
  mapping out;
  for (std::size_t i = 0; i < terms.size(); ++i)
    out.entries.emplace_back(columns.plain[i].what, i < cells.size() ? value_of(cells[i]) : object());
  return out.entries.size() == 1 ? std::move(out.entries[0].second) : object(std::move(out));
}

// --- masks ---

/// A path of a mask in the names of lookups; attributes of relations are understood too.
std::string lookups_of(const environment& e, std::uint32_t model, const argument& a, std::string_view function) {
  const path_ref name = e.name_in(a, function);
  std::string out;
  for (std::size_t at = 0; at <= name.size;) {
    const std::size_t end = std::min<std::size_t>(name.view().find("__", at), name.size);
    std::string_view segment = name.view().substr(at, end - at);
    ir::catalog::member found = e.catalog()->find(model, segment);
    const ir::model& m = e.model(model);
    for (const ir::relation& r : m.relations)
      if (found.what == ir::catalog::member::form::absent && r.accessor.present() && r.name.present() &&
          e.text(r.accessor) == segment)
        found = e.catalog()->find(model, segment = e.text(r.name));
    if (segment == "pk") segment = e.text(m.columns[m.primary_key].name);
    else if (found.what == ir::catalog::member::form::absent ||
             (found.what == ir::catalog::member::form::column && end != name.size))
      fail(diag::unknown_field, {e.name_of(model), segment}, a.where);
    out += (out.empty() ? "" : "__") + std::string(segment);
    if (found.what == ir::catalog::member::form::relation) model = m.relations[found.index].target;
    at = end + 2;
  }
  return out;
}

void add_names(environment& e, const query_object& q, const call_arguments& given, std::vector<std::string>& to) {
  for (const argument& a : mask_names(e, given)) add_once(to, lookups_of(e, q.chain.model(), a, given.function));
}

// --- columns ---

/// The columns of the rows that link the objects of a many-to-many relation to their parent.
std::vector<std::string> link_columns(const environment& e, const manager& m) {
  const ir::relation& links = e.model(m.parent->model).relations[m.relation];
  std::vector<std::string> out;
  if (links.form != ir::relation_form::many_to_many) return out;
  for (const ir::relation& r : e.model(m.model).relations) {
    if (r.target != links.through || r.forward || r.remote != links.through_far || !r.name.present()) continue;
    for (const ir::column& c : e.model(r.target).columns)
      out.push_back(std::string(e.text(r.name)) + "__" + std::string(e.text(c.name)));
  }
  if (out.empty()) not_yet("exclude_through=False on a relation whose links have no name", e.at);
  return out;
}

void add_link_columns(const environment& e, const query_object& q, std::vector<argument>& columns) {
  if (!q.relation) return;
  const std::vector<std::string> names = link_columns(e, *q.relation);
  if (names.empty()) return;
  const std::string prefix = names[0].substr(0, names[0].find("__") + 2);
  for (const argument& a : columns)
    if (const auto* name = a.what.scalar<std::string>(); name && name->starts_with(prefix)) return;
  if (columns.empty())
    for (const ir::column& c : e.model(q.chain.model()).columns)
      columns.push_back({std::string(e.text(c.name)), "", e.at, {}});
  for (const std::string& name : names) columns.push_back({name, "", e.at, {}});
}

}  // namespace

object limit(environment& e, const query& q, const call_arguments& given) {
  return limited(q, {count_in(e, given, "limit_count"), q->limits.offset});
}

object offset(environment& e, const query& q, const call_arguments& given) {
  return limited(q, {q->limits.count, count_in(e, given, "offset")});
}

object paginate(environment& e, const query& q, const call_arguments& given) {
  constexpr std::int64_t usual_size = 20;
  e.allow_only(given, 2, {"page", "page_size"});
  const std::int64_t page = positive_in(e, given, e.need(given, 0, "page"), "page");
  const argument* sized = given.get(1, "page_size");
  const std::int64_t size = sized ? positive_in(e, given, *sized, "page_size") : usual_size;
  const bool past_all = page - 1 > std::numeric_limits<std::int64_t>::max() / size;
  return limited(q, {size, past_all ? std::numeric_limits<std::int64_t>::max() : (page - 1) * size});
}

object get_or_none(environment& e, const query& q, const call_arguments& given) {
  const query narrowed = has_arguments(given) ? conditioned(e, q, detail::link_form::filter, given) : q;
  std::optional<object> found;
  if (detail::has_condition(narrowed->chain)) {
    found = fetch_single(e, narrowed);
  } else {
    constexpr path_ref newest = path_ref::literal("-pk");
    const query all = as_condition(e, narrowed);
    const query sorted = with(*all, all->chain.order_by(std::span(&newest, 1)));
    if (std::vector<object> rows = fetch(e, *rows_between(sorted, 0, 1)); !rows.empty()) found = rows.front();
  }
  if (!found) return {};
  fill_list(e, *narrowed, {*found});
  return *std::move(found);
}

object least(environment& e, const query& q, const call_arguments& given) {
  return aggregated(e, q, given, ir::op::min);
}
object greatest(environment& e, const query& q, const call_arguments& given) {
  return aggregated(e, q, given, ir::op::max);
}
object total(environment& e, const query& q, const call_arguments& given) {
  return aggregated(e, q, given, ir::op::sum);
}
object average(environment& e, const query& q, const call_arguments& given) {
  return aggregated(e, q, given, ir::op::avg);
}

object fields(environment& e, const query& q, const call_arguments& given) {
  loading what = q->loading;
  if (!what.mask.named) what.mask.named.emplace();
  add_names(e, *q, given, *what.mask.named);
  return loaded(e, q, std::move(what));
}

object exclude_fields(environment& e, const query& q, const call_arguments& given) {
  loading what = q->loading;
  add_names(e, *q, given, what.mask.excluded);
  return loaded(e, q, std::move(what));
}

object select_all(environment& e, const query& q, const call_arguments& given) {
  e.allow_only(given, 1, {"follow"});
  const argument* follow = given.get(0, "follow");
  if (follow && !follow->what.scalar<bool>())
    fail(diag::wrong_argument, {"select_all()", "True or False", e.describe(follow->what)}, follow->where);
  loading what = q->loading;
  add_all_related(e, q->chain.model(), what, follow && *follow->what.scalar<bool>());
  return loaded(e, q, std::move(what));
}

call_arguments spread_columns(environment& e, const query_object& q, const call_arguments& given) {
  call_arguments ours{given.function, given.plain, {}}, expressions{given.function, {}, {}};
  bool links = false;
  for (const argument& a : given.named) {
    // Django's values() takes expressions by any name.
    const bool is_expression = a.what.as_formula() != nullptr;
    if (a.name == "exclude_through" && !is_expression) links = !e.truth_in(given, a.name, true);
    else (a.name == "fields" && !is_expression ? ours : expressions).named.push_back(a);
  }
  call_arguments out = spread(e, ours, "fields", name_forms::masks);
  out.named = std::move(expressions.named);
  if (links) add_link_columns(e, q, out.plain);
  return out;
}

}  // namespace quarry::text
