#include <quarry/core/text/queries.hpp>

#include <algorithm>
#include <array>
#include <list>

#include <quarry/core/query/verbs.hpp>
#include <quarry/core/text/aggregates.hpp>
#include <quarry/core/text/conditions.hpp>
#include <quarry/core/text/instances.hpp>
#include <quarry/core/text/loaded_lists.hpp>
#include <quarry/core/text/loading.hpp>
#include <quarry/core/text/name_lists.hpp>
#include <quarry/core/text/prefetch.hpp>
#include <quarry/core/text/proxy_verbs.hpp>
#include <quarry/core/text/query_steps.hpp>
#include <quarry/core/text/raw_queries.hpp>
#include <quarry/core/text/related_lists.hpp>
#include <quarry/core/text/unsafe_sql.hpp>
#include <quarry/ir/lower/resolve_paths.hpp>

namespace quarry::text {
namespace {

using detail::chain;
using detail::link_form;
using detail::path_ref;
using ir::diag;
using syntax::span;

object first_of(std::vector<object> rows) { return rows.empty() ? object() : std::move(rows.front()); }

/// Is the whole result known, so that no query is needed?
bool known(const query& q) { return q->rows.has_value(); }

// --- methods that give a QuerySet ---

object filter(environment& e, const query& q, const call_arguments& given) {
  return conditioned(e, q, link_form::filter, given);
}
object exclude(environment& e, const query& q, const call_arguments& given) {
  return conditioned(e, q, link_form::exclude, given);
}

object all(environment& e, const query& q, const call_arguments& given) {
  if (has_arguments(given)) return conditioned(e, q, link_form::filter, given);
  return with(*q, q->chain);
}

std::vector<path_ref> names_in(environment& e, const call_arguments& given) {
  std::vector<path_ref> names;
  for (const argument& a : given.plain) names.push_back(e.name_in(a, given.function));
  return names;
}

/// Names and expressions without a name of their own; `keep` owns the names that the user did not write.
std::vector<detail::term> terms_in(environment& e, const query& q, const call_arguments& given,
                                   std::list<std::string>& keep) {
  std::vector<detail::term> terms;
  const auto expression = [&](const argument& a, const path_ref& name) {
    const formula* f = a.what.as_formula();
    if (!f || !f->tree)
      fail(diag::wrong_argument, {std::string(given.function) + "()", "names and expressions", e.describe(a.what)},
           a.where);
    check_expression(e, q->chain, *f->tree);
    terms.push_back({name, {}, f->tree.get()});
  };
  for (const argument& a : given.plain) {
    if (!a.what.as_formula()) {
      terms.push_back({e.name_in(a, given.function), {}, nullptr});
      continue;
    }
    keep.push_back("expression" + std::to_string(terms.size() + 1));
    expression(a, path_ref::text(keep.back()));
  }
  return terms;
}

/// Every name of the user is checked where it stands, not when the query runs.
void check_names(environment& e, const query& q, std::span<const detail::term> terms) {
  for (const detail::term& t : terms) {
    const path_ref& p = t.path;
    if (t.tree || p.view() == "?") continue;
    std::uint32_t skip = p.view().starts_with('-') || p.view().starts_with('+') ? 1 : 0;
    check_value_path(e, q->chain, p.view().substr(skip), p.offset == detail::no_offset ? p.offset : p.offset + skip);
  }
}

object order_by(environment& e, const query& q, const call_arguments& written) {
  const call_arguments given = spread(e, written, "columns", name_forms::lists);
  e.allow_only(given, given.plain.size(), {"columns"});
  for (const argument& a : given.plain)
    if (!a.what.scalar<std::string>() && !a.what.as_formula())
      fail(diag::wrong_order_key, {e.describe(a.what)}, a.where);
  std::list<std::string> keep;
  std::vector<detail::term> terms = terms_in(e, q, given, keep);
  for (detail::term& t : terms)
    if (t.tree) t.path = {};  // an expression to sort by needs no name
  query out = with(*q, q->chain.order_by(std::span<const detail::term>(terms)));
  check_names(e, q, terms);
  return out;
}

object reverse(environment& e, const query& q, const call_arguments& given) {
  e.allow_only(given, 0, {});
  return with(*q, q->chain.reverse());
}

object none(environment& e, const query& q, const call_arguments& given) {
  e.allow_only(given, 0, {});
  return with(*q, q->chain.none());
}

object distinct(environment& e, const query& q, const call_arguments& given) {
  if (!given.named.empty()) e.allow_only(given, given.plain.size(), {});
  const std::vector<path_ref> names = names_in(e, given);
  for (const path_ref& name : names) check_value_path(e, q->chain, name.view(), name.offset);
  return with(*q, q->chain.distinct(names));
}

/// Whether a row has no value of this name: alias() made it, and neither annotate() nor values() has given it out since.
bool is_alias_only(const chain& c, std::string_view name) {
  for (const detail::link* l = &c.last(); l; l = l->previous) {
    if (l->form != link_form::annotate && l->form != link_form::alias && l->form != link_form::values_list) continue;
    for (const detail::term& t : l->all_terms())
      if (t.path.view() == name)
        return l->form == link_form::alias && t.tree && t.tree->form != detail::expression_form::filtered_relation;
  }
  return false;
}

query chosen(environment& e, const query& given_query, const call_arguments& given, row_form form) {
  for (const argument& a : given.plain)
    if (const auto* name = a.what.scalar<std::string>(); name && is_alias_only(given_query->chain, *name))
      fail(diag::no_value_of_name, {*name}, a.where);
  // Expressions with a name are known by it from here on, as those of annotate() are.
  query q = given_query;
  if (!given.named.empty()) {
    const call_arguments named{given.function, {}, given.named};
    q = with(*q, q->chain.alias(named_expressions(e, q->chain, named).terms()));
  }
  std::list<std::string> keep;
  std::vector<detail::term> terms = terms_in(e, q, given, keep);
  for (const argument& a : given.named)
    terms.push_back({path_ref::text(a.name, e.offset_of(a.name_span)), {}, nullptr});
  check_names(e, q, terms);
  // Without names: every column, but beside expressions only as many as were named.
  query out = with(*q, q->chain.values_list(std::span<const detail::term>(terms)));
  out->form = form;
  out->loading = {};
  out->parts.clear();
  out->names.clear();
  for (const detail::term& t : terms) out->names.emplace_back(t.path.view());
  if (terms.empty())
    for (const ir::column& c : e.model(q->chain.model()).columns) out->names.emplace_back(e.text(c.name));
  if (terms.empty()) out->names.insert(out->names.end(), q->annotations.begin(), q->annotations.end());
  return out;
}

object values(environment& e, const query& q, const call_arguments& given) {
  return chosen(e, q, spread_columns(e, *q, given), row_form::dicts);
}

object values_list(environment& e, const query& q, const call_arguments& written) {
  const call_arguments given = spread_columns(e, *q, written);
  e.allow_only(given, given.plain.size(), {"flat", "named", "flatten", "fields", "exclude_through"});
  const bool flatten = e.truth_in(given, "flatten", false);
  const bool flat = flatten || e.truth_in(given, "flat", false);
  const bool named = e.truth_in(given, "named", false);
  if (flatten && given.plain.size() > 1)
    fail(diag::misused_argument, {"values_list(flatten=True)", "one field", std::to_string(given.plain.size())});
  if (flat && named) fail(diag::wrong_argument, {"values_list()", "flat or named", "both"});
  if (flat && given.plain.size() > 1)
    fail(diag::wrong_argument, {"values_list(flat=True)", "one field", std::to_string(given.plain.size())});
  const call_arguments columns{given.function, given.plain, {}};
  return chosen(e, q, columns, flat ? row_form::flat : named ? row_form::dicts : row_form::tuples);
}

/// `dates()` and `datetimes()`: which truncation the second argument names.
struct unit {
  std::string_view name;
  ir::op cut;
};
constexpr std::array date_units = {unit{"year", ir::op::trunc_year}, unit{"month", ir::op::trunc_month},
                                   unit{"week", ir::op::trunc_week}, unit{"day", ir::op::trunc_day}};
constexpr std::array time_units = {unit{"hour", ir::op::trunc_hour}, unit{"minute", ir::op::trunc_minute},
                                   unit{"second", ir::op::trunc_second}};

std::optional<ir::op> truncation(std::string_view name, bool with_time) {
  for (const unit& u : date_units)
    if (u.name == name) return u.cut;
  if (with_time)
    for (const unit& u : time_units)
      if (u.name == name) return u.cut;
  return std::nullopt;
}

const std::string& text_in(environment& e, const call_arguments& given, const argument& a) {
  if (const auto* s = a.what.scalar<std::string>()) return *s;
  fail(diag::wrong_argument, {std::string(given.function) + "()", "a text", e.describe(a.what)}, a.where);
}

object dates_of(environment& e, const query& q, const call_arguments& given, bool with_time) {
  if (with_time) e.allow_only(given, 3, {"field_name", "kind", "order", "field", "tzinfo"});
  else e.allow_only(given, 3, {"field_name", "kind", "order", "field"});
  if (const argument* zone = given.find("tzinfo"); zone && !zone->what.is_none())
    not_yet("a time zone in datetimes()", zone->where);
  const argument& field = given.find("field") ? *given.find("field") : e.need(given, 0, "field_name");
  const argument& kind = e.need(given, 1, "kind");
  const std::string function = std::string(given.function) + "()";
  const auto cut = truncation(text_in(e, given, kind), with_time);
  if (!cut)
    fail(diag::wrong_number,
         {function, with_time ? "year, month, week, day, hour, minute or second" : "year, month, week or day",
          "another unit"},
         kind.where);
  direction way = direction::ascending;
  if (const argument* a = given.get(2, "order")) {
    const std::string& word = text_in(e, given, *a);
    if (word != "ASC" && word != "DESC") fail(diag::wrong_number, {function, "ASC or DESC", "another order"}, a->where);
    if (word == "DESC") way = direction::descending;
  }
  const path_ref path = e.name_in(field, given.function);
  const ir::resolved_path found =
      unwrap(ir::resolve_path(e.paths, q->chain.model(), path.view(), ir::path_use::value, path.offset));
  const ir::scalar type = e.model(found.model).columns[found.column].type.kind();
  const bool has_time = type == ir::scalar::datetime;
  const bool other_time = with_time ? type == ir::scalar::date : type == ir::scalar::time;
  if (other_time && found.transform_count == 0)
    fail(diag::wrong_number,
         {function, with_time ? "a datetime field" : "a date or datetime field",
          with_time ? "a date field" : "a time field"},
         field.where);
  if (found.transform_count != 0 || (!has_time && (with_time || type != ir::scalar::date)))
    fail(diag::wrong_argument, {function, with_time ? "a datetime field" : "a date or datetime field", "another field"},
         field.where);
  query out = with(*q, detail::dated(q->chain, path, *cut, has_time && !with_time, way));
  out->form = row_form::flat;
  out->loading = {};
  out->parts.clear();
  out->names.assign(1, "date");
  return out;
}

object dates(environment& e, const query& q, const call_arguments& given) { return dates_of(e, q, given, false); }
object datetimes(environment& e, const query& q, const call_arguments& given) { return dates_of(e, q, given, true); }

object set_operation(environment& e, const query& given_query, const call_arguments& given, link_form form) {
  const query q = settled(given_query);
  query rows_like = q;
  std::vector<chain> others;
  for (const argument& a : given.plain) {
    query other = a.what.query();
    if (const manager* m = a.what.as_manager()) other = query_of(e, *m);
    if (!other || other->raw)
      fail(diag::wrong_argument, {std::string(given.function) + "()", "QuerySets", e.describe(a.what)}, a.where);
    other = settled(other);
    // What no row comes from does not say what rows look like, either.
    if (detail::gives_nothing(rows_like->chain) && form <= link_form::union_all) rows_like = other;
    others.push_back(other->chain);
  }
  if (others.empty()) return with(*q, q->chain);
  return with(*rows_like, q->chain.set_operation(form, others));
}

object union_of(environment& e, const query& q, const call_arguments& given) {
  e.allow_only(given, given.plain.size(), {"all"});
  return set_operation(e, q, given, e.truth_in(given, "all", false) ? link_form::union_all : link_form::union_);
}
object intersection(environment& e, const query& q, const call_arguments& given) {
  e.allow_only(given, given.plain.size(), {});
  return set_operation(e, q, given, link_form::intersection);
}
object difference(environment& e, const query& q, const call_arguments& given) {
  e.allow_only(given, given.plain.size(), {});
  return set_operation(e, q, given, link_form::difference);
}

object computed(environment& e, const query& q, const call_arguments& given, bool hidden) {
  named_expressions named(e, q->chain, given);
  const std::span<const detail::term> terms = named.terms();
  query out = with(*q, hidden ? q->chain.alias(terms) : q->chain.annotate(terms));
  auto& names = q->form == row_form::instances ? out->annotations : out->names;
  for (const detail::term& t : terms) {
    if (t.tree->form == detail::expression_form::filtered_relation) continue;  // rows, not a value
    if (hidden) std::erase(names, t.path.view());
    else if (std::ranges::find(names, t.path.view()) == names.end()) names.emplace_back(t.path.view());
  }
  return out;
}

object annotate(environment& e, const query& q, const call_arguments& given) { return computed(e, q, given, false); }
object alias(environment& e, const query& q, const call_arguments& given) { return computed(e, q, given, true); }

// --- methods that ask the database ---

object aggregate(environment& e, const query& given_query, const call_arguments& given) {
  const query q = each_once(*given_query) ? as_condition(e, given_query) : settled(given_query);
  named_expressions named(e, q->chain, given);
  mapping out;
  if (named.terms().empty()) return out;
  detail::cursor cursor = e.session->run(unwrap(q->chain.aggregate(named.terms())));
  const std::span<const quarry_cell> cells = cursor.next();
  for (std::size_t i = 0; i < cells.size() && i < named.terms().size(); ++i)
    out.entries.emplace_back(std::string(named.terms()[i].path.view()), value_of(cells[i]));
  return out;
}

object count(environment& e, const query& q, const call_arguments& given) {
  e.allow_only(given, 0, {});
  if (known(q)) return static_cast<std::int64_t>(q->rows->size());
  if (!each_once(*q) || q->chain.sliced()) return detail::run_number(*e.session, unwrap(settled(q)->chain.count()));
  // Objects, however many rows each comes in.
  constexpr path_ref key = path_ref::literal("pk");
  const chain keys = unwrap(unwrap(q->chain.values_list(std::span(&key, 1))).distinct());
  const std::int64_t all = detail::run_number(*e.session, unwrap(keys.count()));
  const std::int64_t behind = std::max<std::int64_t>(0, all - q->limits.offset);
  return std::min(behind, q->limits.count.value_or(behind));
}

object exists(environment& e, const query& q, const call_arguments& given) {
  e.allow_only(given, 0, {});
  if (known(q)) return !q->rows->empty();
  if (each_once(*q) && q->limits.any()) return *count(e, q, given).scalar<std::int64_t>() != 0;
  return detail::run_number(*e.session, unwrap(settled(q)->chain.exists())) != 0;
}

object get(environment& e, const query& q, const call_arguments& given) {
  const query narrowed = has_arguments(given) ? conditioned(e, q, link_form::filter, given) : q;
  std::optional<object> found = fetch_single(e, narrowed);
  if (!found) detail::raise_not_one(q->chain, true);
  fill_list(e, *narrowed, {*found});
  return *std::move(found);
}

/// The first row, by primary key where there is no order.
std::vector<object> fetch_first(environment& e, const query& q) {
  if (!each_once(*q)) {
    const query all = settled(q);
    return fetch(e, *with(*all, detail::for_first(all->chain)));
  }
  constexpr path_ref key = path_ref::literal("pk");
  const query sorted = detail::has_order(q->chain) ? q : with(*q, q->chain.order_by(std::span(&key, 1)));
  return fetch(e, *rows_between(sorted, 0, 1));
}

object first(environment& e, const query& given_query, const call_arguments& given) {
  const bool narrows = has_arguments(given);
  const query q = narrows ? conditioned(e, given_query, link_form::filter, given) : given_query;
  const bool at_hand = known(q) && detail::has_order(q->chain);
  std::vector<object> rows = at_hand ? *q->rows : fetch_first(e, q);
  if (rows.size() > 1) rows.erase(rows.begin() + 1, rows.end());
  fill_list(e, *q, rows);
  return first_of(std::move(rows));
}

object last(environment& e, const query& q, const call_arguments& given) {
  e.allow_only(given, 0, {});
  if (q->limits.any() || each_once(*q)) {
    std::vector<object> rows = fetch(e, q->limits.any() ? *q : *with(*q, detail::for_last(q->chain)));
    return rows.empty() ? object() : std::move(rows.back());
  }
  return first_of(fetch(e, *with(*q, detail::for_last(q->chain))));
}

object newest(environment& e, const query& given_query, const call_arguments& given, bool from_the_end) {
  const query q = as_condition(e, given_query);
  if (!given.named.empty()) e.allow_only(given, given.plain.size(), {});
  std::vector<object> rows;
  if (std::ranges::any_of(given.plain, [](const argument& a) { return a.what.as_formula() != nullptr; })) {
    const query sorted = order_by(e, q, given).query();
    rows = fetch(e, *with(*sorted, from_the_end ? detail::for_last(sorted->chain) : detail::for_first(sorted->chain)));
  } else {
    rows = fetch(e, *with(*q, detail::for_newest(q->chain, names_in(e, given), from_the_end)));
  }
  if (rows.empty()) detail::raise_not_one(q->chain, true);
  return std::move(rows.front());
}

object latest(environment& e, const query& q, const call_arguments& given) { return newest(e, q, given, true); }
object earliest(environment& e, const query& q, const call_arguments& given) { return newest(e, q, given, false); }

object contains(environment& e, const query& q, const call_arguments& given) {
  e.allow_only(given, 1, {"obj"});
  const argument& a = e.need(given, 0, "obj");
  const auto row = a.what.row();
  if (!row) fail(diag::wrong_argument, {"contains()", "an object", e.describe(a.what)}, a.where);
  if (q->form != row_form::instances)
    fail(diag::wrong_argument, {"contains()", "a QuerySet of objects", "one of values"});
  if (row->model != q->chain.model()) return false;
  const object& key = row->values[e.model(row->model).primary_key];
  if (key.is_none()) fail(diag::unsaved_object, {e.name_of(row->model)}, a.where);
  if (known(q))
    return std::any_of(q->rows->begin(), q->rows->end(),
                       [&](const object& o) { return equal(o, a.what, *e.catalog()); });
  operand_store store;
  return detail::contains_key(*e.session, as_condition(e, q)->chain, store.of(*key.plain()));
}

/// The objects with these keys, by key; without keys all of them.
object in_bulk(environment& e, const query& q, const call_arguments& given) {
  e.allow_only(given, 1, {"id_list", "field_name"});
  if (q->chain.sliced()) fail(diag::filter_after_slice, {"in_bulk"});
  if (q->form != row_form::instances)
    fail(diag::wrong_argument, {"in_bulk()", "a QuerySet of objects", "one of values"});
  const argument* named = given.find("field_name");
  const std::string field = named ? text_in(e, given, *named) : "pk";
  const ir::model& m = e.model(q->chain.model());
  ir::catalog::member found = e.catalog()->find(q->chain.model(), field);
  const span where = named ? named->where : e.at;
  if (found.what == ir::catalog::member::form::absent) refuse_field(e, q->chain.model(), field, where);
  const bool relation = found.what == ir::catalog::member::form::relation;
  if (relation && m.relations[found.index].forward && !m.relations[found.index].many)
    found = {ir::catalog::member::form::column, m.relations[found.index].local};
  if (found.what != ir::catalog::member::form::column ||
      !(m.columns[found.index].unique || m.columns[found.index].primary_key))
    fail(diag::wrong_number, {"in_bulk()", "the name of a unique field", "'" + field + "'"}, where);
  chain narrowed = q->chain;
  if (const argument* keys = given.get(0, "id_list"); keys && !keys->what.is_none()) {
    const argument list{
        object(collection::list, items_of(e, keys->what, keys->where)), field + "__in", keys->where, {}};
    if (list.what.items()->items.empty()) return mapping();
    const call_arguments condition{given.function, {}, {list}};
    narrowed = conditioned(e, q, link_form::filter, condition)->chain;
  }
  mapping out;
  // Which rows limits leave depends on their order.
  if (!q->limits.any()) narrowed = unwrap(narrowed.order_by(std::span<const path_ref>()));
  for (const object& row : fetch(e, *with(*q, narrowed)))
    out.entries.emplace_back(relation ? attribute_of(e, row.row(), field, where) : row.row()->values[found.index], row);
  return out;
}

object iterator(environment& e, const query& q, const call_arguments& given) {
  e.allow_only(given, 1, {"chunk_size"});
  const argument* size = given.get(0, "chunk_size");
  if (size && !size->what.is_none()) {
    const auto* rows = size->what.scalar<std::int64_t>();
    if (!rows) fail(diag::wrong_argument, {"iterator()", "a number of rows", e.describe(size->what)}, size->where);
    if (*rows <= 0)
      fail(diag::wrong_number, {"iterator()", "a chunk_size of at least 1", std::to_string(*rows)}, size->where);
  } else if (!q->prefetches.empty()) {
    fail(diag::chunk_size_needed, {}, e.at);
  }
  return {collection::list, fetch(e, *q)};
}

/// The old form of filter(): a Q or a dict.
object complex_filter(environment& e, const query& q, const call_arguments& given) {
  e.allow_only(given, 1, {"filter_obj"});
  const argument& a = e.need(given, 0, "filter_obj");
  call_arguments conditions{"complex_filter", {}, {}};
  if (const mapping* d = a.what.dict()) {
    for (const auto& [key, what] : d->entries) {
      const auto* name = key.scalar<std::string>();
      if (!name) fail(diag::wrong_argument, {"complex_filter()", "texts as keys", e.describe(key)}, a.where);
      conditions.named.push_back({what, *name, a.where, {}});
    }
  } else {
    conditions.plain.push_back(a);
  }
  return conditioned(e, q, link_form::filter, conditions);
}

/// There is one database, which goes by the name that Django gives the first.
object using_database(environment& e, const query& q, const call_arguments& given) {
  e.allow_only(given, 1, {"alias"});
  const argument& a = e.need(given, 0, "alias");
  if (const std::string& name = text_in(e, given, a); name != "default") fail(diag::unknown_database, {name}, a.where);
  return with(*q, q->chain);
}

/// What the database says of the query: its own words, a line each.
object explain(environment& e, const query& q, const call_arguments& given) {
  explain_request how;
  if (given.plain.size() > 1) e.allow_only(given, 1, {"format"});
  if (const argument* format = given.get(0, "format"); format && !format->what.is_none())
    how.format = text_in(e, given, *format);
  for (const argument& a : given.named) {
    if (a.name == "format") continue;
    std::string value;
    if (const bool* b = a.what.scalar<bool>()) value = *b ? "true" : "false";
    else value = text_in(e, given, a);
    how.options.emplace_back(a.name, value);
  }
  return e.session->explain(q->chain, how);
}

object select_for_update(environment& e, const query& q, const call_arguments& given) {
  e.allow_only(given, 0, {"nowait", "skip_locked", "of", "no_key"});
  detail::lock_flags how;
  how.nowait = e.truth_in(given, "nowait", false);
  how.skip_locked = e.truth_in(given, "skip_locked", false);
  how.no_key = e.truth_in(given, "no_key", false);
  if (how.nowait && how.skip_locked)
    fail(diag::wrong_number, {"select_for_update()", "nowait or skip_locked", "both"}, e.at);
  std::vector<object> listed;
  const argument* of = given.find("of");
  if (of) listed = items_of(e, of->what, of->where);
  std::vector<path_ref> names;
  for (const object& o : listed) {
    const auto* name = o.scalar<std::string>();
    if (!name) fail(diag::wrong_argument, {"of", "names of relations", e.describe(o)}, of->where);
    names.push_back(path_ref::text(*name, e.offset_of(*name, of->where)));
  }
  return with(*q, q->chain.lock(how, names));
}

struct method {
  std::string_view name;
  object (*call)(environment&, const query&, const call_arguments&);
};

constexpr std::array methods = {
    method{"all", all},
    method{"filter", filter},
    method{"exclude", exclude},
    method{"order_by", order_by},
    method{"reverse", reverse},
    method{"none", none},
    method{"distinct", distinct},
    method{"dates", dates},
    method{"datetimes", datetimes},
    method{"in_bulk", in_bulk},
    method{"only", only},
    method{"defer", defer},
    method{"select_related", select_related},
    method{"prefetch_related", prefetch_related},
    method{"values", values},
    method{"values_list", values_list},
    method{"union", union_of},
    method{"intersection", intersection},
    method{"difference", difference},
    method{"annotate", annotate},
    method{"alias", alias},
    method{"aggregate", aggregate},
    method{"limit", limit},
    method{"offset", offset},
    method{"paginate", paginate},
    method{"fields", fields},
    method{"exclude_fields", exclude_fields},
    method{"select_all", select_all},
    method{"count", count},
    method{"exists", exists},
    method{"get", get},
    method{"get_or_none", get_or_none},
    method{"min", least},
    method{"max", greatest},
    method{"sum", total},
    method{"avg", average},
    method{"first", first},
    method{"last", last},
    method{"latest", latest},
    method{"earliest", earliest},
    method{"contains", contains},
    method{"iterator", iterator},
    method{"complex_filter", complex_filter},
    method{"using", using_database},
    method{"explain", explain},
    method{"select_for_update", select_for_update},
    method{"extra", extra},
    method{"raw", raw},
    // The names of Django's asynchronous interface.
    method{"acount", count},
    method{"aaggregate", aggregate},
    method{"aexists", exists},
    method{"aget", get},
    method{"afirst", first},
    method{"alast", last},
    method{"alatest", latest},
    method{"aearliest", earliest},
    method{"acontains", contains},
    method{"aiterator", iterator},
    method{"ain_bulk", in_bulk},
    method{"aexplain", explain},
};

constexpr std::array<std::string_view, 16> later_methods = {"bulk_create",
                                                            "bulk_update",
                                                            "get_or_create",
                                                            "update_or_create",
                                                            "update",
                                                            "resolve_expression",
                                                            "as_manager",
                                                            "abulk_create",
                                                            "abulk_update",
                                                            "aget_or_create",
                                                            "aupdate_or_create",
                                                            "aupdate",
                                                            "add",
                                                            "remove",
                                                            "clear",
                                                            "set"};
constexpr std::array<std::string_view, 2> later_query_methods = {"delete", "adelete"};  // a manager has none

const method* find_method(std::string_view name) {
  const auto* const at = std::find_if(methods.begin(), methods.end(), [&](const method& m) { return m.name == name; });
  return at == methods.end() ? nullptr : at;
}

template <class List>
bool has(const List& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::vector<std::string_view> query_method_names() {
  std::vector<std::string_view> out;
  for (const method& m : methods) out.push_back(m.name);
  return out;
}

object combine_queries(environment& e, syntax::op sign, span where, const query& a, const query& b) {
  for (const query& q : {a, b})
    if (q->raw) fail(diag::wrong_argument, {"a combination", "QuerySets", e.describe(q)}, where);
  const link_form form = sign == syntax::op::bit_and ? link_form::both
      : sign == syntax::op::bit_or                   ? link_form::either
                                                     : link_form::one_of;
  const query left = settled(a), right = settled(b);
  const bool other_rows = form != link_form::both && detail::gives_nothing(left->chain);
  const query& rows_like = other_rows && left->chain.model() == right->chain.model() ? right : left;
  return with(*rows_like, detail::combined(left->chain, right->chain, form));
}

void refuse_attribute(environment& e, std::string_view owner, bool of_manager, std::string_view name, span name_span) {
  (void)e;
  if (has(later_methods, name) || (!of_manager && has(later_query_methods, name)))
    not_yet(std::string(owner) + "." + std::string(name), name_span);
  if (find_method(name))
    fail(diag::wrong_argument, {"'" + std::string(name) + "'", "its parentheses", "the method itself"}, name_span);
  ir::nearest_choice nearest(name);
  for (const method& m : methods) nearest.offer(m.name);
  if (of_manager) nearest.offer("create");
  fail(diag::unknown_attribute, {owner, name}, name_span, nearest.best());
}

object call_method(environment& e, const query& q, std::string_view name, const call_arguments& given) {
  return find_method(name)->call(e, q, given);
}

object call_query(environment& e, const query& q, std::string_view name, span name_span, const call_arguments& given) {
  if (q->raw) return call_raw(e, q, name, name_span, given);
  if (const method* m = find_method(name)) return m->call(e, q, given);
  // A QuerySet creates like the manager of its model.
  if (name == "create" || name == "acreate") return create_row(e, manager{q->chain.model(), nullptr, 0}, given);
  refuse_attribute(e, "QuerySet", false, name, name_span);
}

object call_manager(environment& e, const manager& m, std::string_view name, span name_span,
                    const call_arguments& given) {
  if (name == "create" || name == "acreate") return create_row(e, m, given);
  if (name == "get_queryset") {
    e.allow_only(given, 0, {});
    return query_of(e, m);
  }
  const method* found = find_method(name);
  if (!found) refuse_attribute(e, "Manager", true, name, name_span);
  const query start = query_of(e, m);
  if (found->call == all && given.plain.empty() && given.named.empty()) return start;
  return found->call(e, start, given);
}

object index_query(environment& e, const query& q, std::int64_t index, span where) {
  if (q->raw) return rows_of(e, *q)[index_into(rows_of(e, *q).size(), index, where)];  // a list, as in Django
  if (index < 0) fail(diag::negative_slice, {}, where);
  if (known(q)) return (*q->rows)[index_into(q->rows->size(), index, where)];
  std::vector<object> rows;
  if (index != std::numeric_limits<std::int64_t>::max()) rows = fetch(e, *rows_between(q, index, index + 1));
  if (rows.empty()) fail(diag::index_out_of_range, {}, where);
  return std::move(rows.front());
}

object slice_query(environment& e, const query& q, const slice_bounds& b, span where) {
  if (q->raw) return {collection::list, sliced(rows_of(e, *q), b, where)};
  if (b.lower.value_or(0) < 0 || b.upper.value_or(0) < 0) fail(diag::negative_slice, {}, where);
  if (known(q)) return {collection::list, sliced(*q->rows, b, where)};
  const query narrowed = rows_between(q, b.lower.value_or(0), b.upper);
  if (!b.step) return narrowed;
  return {collection::list, sliced(rows_of(e, *narrowed), {std::nullopt, std::nullopt, b.step}, where)};
}

std::shared_ptr<instance> fetch_one(environment& e, std::uint32_t model, std::string_view path, const object& what) {
  operand_store store;
  detail::term term{path_ref::text(path), store.of(*what.plain()), nullptr};
  const chain narrowed = unwrap(chain::start(e.catalog(), model).filter({&term, 1}));
  const std::vector<object> rows = fetch(e, *query_of(unwrap(detail::for_get(narrowed))));
  if (rows.size() != 1) detail::raise_not_one(narrowed, rows.empty());
  return rows.front().row();
}

}  // namespace quarry::text
