#include <quarry/core/text/queries.hpp>

#include <algorithm>
#include <array>

#include <quarry/core/query/verbs.hpp>
#include <quarry/core/text/conditions.hpp>
#include <quarry/core/text/instances.hpp>

namespace quarry::text {
namespace {

using detail::chain;
using detail::link_form;
using detail::path_ref;
using ir::diag;
using syntax::span;

using query = std::shared_ptr<query_object>;

query with(const query_object& q, chain c) {
  auto out = std::make_shared<query_object>();
  out->chain = std::move(c);
  out->form = q.form;
  out->names = q.names;
  return out;
}

query with(const query_object& q, ir::result<chain> c) { return with(q, unwrap(std::move(c))); }

object row_of(environment& e, const query_object& q, std::span<const quarry_cell> cells) {
  if (q.form == row_form::instances) return make_row(e, q.chain.model(), cells);
  std::vector<object> items;
  for (const quarry_cell& c : cells) items.emplace_back(value_of(c));
  if (q.form == row_form::flat) return items.empty() ? object() : items.front();
  if (q.form == row_form::tuples) return {collection::tuple, std::move(items)};
  mapping row;
  for (std::size_t i = 0; i < items.size() && i < q.names.size(); ++i)
    row.entries.emplace_back(q.names[i], std::move(items[i]));
  return row;
}

std::vector<object> fetch(environment& e, const query_object& q) {
  for (const detail::link* l = &q.chain.last(); l; l = l->previous)
    if (l->form == link_form::none) return {};  // Django asks nothing either
  std::vector<object> rows;
  detail::cursor cursor = e.session->run(q.chain);
  for (auto cells = cursor.next(); !cells.empty(); cells = cursor.next()) rows.push_back(row_of(e, q, cells));
  return rows;
}

object first_of(std::vector<object> rows) { return rows.empty() ? object() : std::move(rows.front()); }

/// Is the whole result known, so that no query is needed?
bool known(const query& q) { return q->rows.has_value(); }

// --- methods that give a QuerySet ---

query conditioned(environment& e, const query& q, link_form form, const call_arguments& given) {
  condition_builder build(e, q->chain.model());
  std::vector<detail::term> terms = build.terms(given);
  if (q->chain.sliced() && terms.empty()) return with(*q, q->chain);
  query out = with(*q, detail::conditioned(q->chain, form, terms));
  build.check_paths(terms);
  return out;
}

object filter(environment& e, const query& q, const call_arguments& given) {
  return conditioned(e, q, link_form::filter, given);
}
object exclude(environment& e, const query& q, const call_arguments& given) {
  return conditioned(e, q, link_form::exclude, given);
}

object all(environment& e, const query& q, const call_arguments& given) {
  e.allow_only(given, 0, {});
  return with(*q, q->chain);
}

std::vector<path_ref> names_in(environment& e, const call_arguments& given) {
  std::vector<path_ref> names;
  for (const argument& a : given.plain) {
    if (a.what.as_formula()) not_yet("an expression in " + std::string(given.function) + "()", a.where);
    names.push_back(e.name_in(a, given.function));
  }
  return names;
}

/// Every name of the user is checked where it stands, not when the query runs.
void check_names(environment& e, const query& q, std::span<const path_ref> names) {
  for (path_ref p : names) {
    if (p.view() == "?") continue;
    std::uint32_t skip = p.view().starts_with('-') || p.view().starts_with('+') ? 1 : 0;
    check_value_path(e, q->chain.model(), p.view().substr(skip),
                     p.offset == detail::no_offset ? p.offset : p.offset + skip);
  }
}

object order_by(environment& e, const query& q, const call_arguments& given) {
  if (!given.named.empty()) e.allow_only(given, given.plain.size(), {});
  const std::vector<path_ref> names = names_in(e, given);
  query out = with(*q, q->chain.order_by(names));
  check_names(e, q, names);
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

query chosen(environment& e, const query& q, const call_arguments& given, row_form form) {
  const std::vector<path_ref> names = names_in(e, given);
  check_names(e, q, names);
  query out = with(*q, q->chain.values_list(names));
  out->form = form;
  out->names.clear();
  for (const path_ref& p : names) out->names.emplace_back(p.view());
  if (names.empty())
    for (const ir::column& c : e.model(q->chain.model()).columns) out->names.emplace_back(e.text(c.name));
  return out;
}

object values(environment& e, const query& q, const call_arguments& given) {
  if (!given.named.empty()) not_yet("an expression in values()", given.named.front().name_span);
  return chosen(e, q, given, row_form::dicts);
}

object values_list(environment& e, const query& q, const call_arguments& given) {
  for (const argument& a : given.named)
    if (a.name != "flat" && a.name != "named") e.allow_only(given, given.plain.size(), {"flat", "named"});
  const bool flat = e.truth_in(given, "flat", false);
  if (e.truth_in(given, "named", false)) not_yet("values_list(named=True)");
  if (flat && given.plain.size() > 1)
    fail(diag::wrong_argument, {"values_list(flat=True)", "one field", std::to_string(given.plain.size())});
  return chosen(e, q, given, flat ? row_form::flat : row_form::tuples);
}

// --- methods that ask the database ---

object count(environment& e, const query& q, const call_arguments& given) {
  e.allow_only(given, 0, {});
  if (known(q)) return static_cast<std::int64_t>(q->rows->size());
  return detail::run_number(*e.session, unwrap(q->chain.count()));
}

object exists(environment& e, const query& q, const call_arguments& given) {
  e.allow_only(given, 0, {});
  if (known(q)) return !q->rows->empty();
  return detail::run_number(*e.session, unwrap(q->chain.exists())) != 0;
}

object get(environment& e, const query& q, const call_arguments& given) {
  const query narrowed = given.plain.empty() && given.named.empty() ? q : conditioned(e, q, link_form::filter, given);
  std::vector<object> rows = fetch(e, *with(*q, detail::for_get(narrowed->chain)));
  if (rows.size() != 1) detail::raise_not_one(q->chain, rows.empty());
  return std::move(rows.front());
}

object first(environment& e, const query& q, const call_arguments& given) {
  e.allow_only(given, 0, {});
  if (known(q) && detail::has_order(q->chain)) return first_of(*q->rows);
  return first_of(fetch(e, *with(*q, detail::for_first(q->chain))));
}

object last(environment& e, const query& q, const call_arguments& given) {
  e.allow_only(given, 0, {});
  return first_of(fetch(e, *with(*q, detail::for_last(q->chain))));
}

object newest(environment& e, const query& q, const call_arguments& given, bool from_the_end) {
  if (!given.named.empty()) e.allow_only(given, given.plain.size(), {});
  std::vector<std::string> names;
  for (const path_ref& p : names_in(e, given)) names.emplace_back(p.view());
  if (names.empty()) {  // Meta.get_latest_by: names, separated by blanks
    const std::string& by = e.model(q->chain.model()).get_latest_by;
    for (std::size_t at = 0; at < by.size();) {
      const std::size_t end = std::min(by.find(' ', at), by.size());
      names.push_back(by.substr(at, end - at));
      at = end + 1;
    }
  }
  if (names.empty())
    fail(diag::wrong_number,
         {std::string(given.function) + "()", "the names of fields, or Meta.get_latest_by", "nothing"});
  std::vector<path_ref> order;
  for (std::string& name : names) {
    if (from_the_end) name = name.starts_with('-') ? name.substr(1) : "-" + name;
    order.push_back(path_ref::text(name));
  }
  const chain ordered = unwrap(q->chain.order_by(order));
  std::vector<object> rows = fetch(e, *with(*q, ordered.slice(0, 1)));
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
  detail::term term{path_ref::literal("pk"), store.of(*key.plain()), nullptr};
  const chain narrowed = detail::conditioned(q->chain, link_form::filter, {&term, 1});
  return detail::run_number(*e.session, unwrap(narrowed.exists())) != 0;
}

object iterator(environment& e, const query& q, const call_arguments& given) {
  e.allow_only(given, 0, {"chunk_size"});
  return {collection::list, fetch(e, *q)};
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
    method{"values", values},
    method{"values_list", values_list},
    method{"count", count},
    method{"exists", exists},
    method{"get", get},
    method{"first", first},
    method{"last", last},
    method{"latest", latest},
    method{"earliest", earliest},
    method{"contains", contains},
    method{"iterator", iterator},
    // The names of Django's asynchronous interface.
    method{"acount", count},
    method{"aexists", exists},
    method{"aget", get},
    method{"afirst", first},
    method{"alast", last},
    method{"alatest", latest},
    method{"aearliest", earliest},
    method{"acontains", contains},
    method{"aiterator", iterator},
};

constexpr std::array<std::string_view, 50> later_methods = {"annotate",
                                                            "alias",
                                                            "aggregate",
                                                            "distinct",
                                                            "select_related",
                                                            "prefetch_related",
                                                            "extra",
                                                            "defer",
                                                            "only",
                                                            "using",
                                                            "union",
                                                            "intersection",
                                                            "difference",
                                                            "dates",
                                                            "datetimes",
                                                            "in_bulk",
                                                            "bulk_create",
                                                            "bulk_update",
                                                            "get_or_create",
                                                            "update_or_create",
                                                            "update",
                                                            "explain",
                                                            "select_for_update",
                                                            "raw",
                                                            "complex_filter",
                                                            "resolve_expression",
                                                            "as_manager",
                                                            "aaggregate",
                                                            "ain_bulk",
                                                            "abulk_create",
                                                            "abulk_update",
                                                            "aget_or_create",
                                                            "aupdate_or_create",
                                                            "aupdate",
                                                            "aexplain",
                                                            "limit",
                                                            "offset",
                                                            "paginate",
                                                            "get_or_none",
                                                            "fields",
                                                            "exclude_fields",
                                                            "select_all",
                                                            "add",
                                                            "remove",
                                                            "clear",
                                                            "set",
                                                            "min",
                                                            "max",
                                                            "sum",
                                                            "avg"};
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

query query_of(chain c) {
  auto out = std::make_shared<query_object>();
  out->chain = std::move(c);
  return out;
}

chain chain_of(environment& e, const manager& m) {
  chain start = chain::start(e.catalog(), m.model);
  if (!m.parent) return start;
  const ir::relation& r = e.model(m.parent->model).relations[m.relation];
  const object& key = m.parent->values[r.local];
  if (key.is_none()) fail(diag::unsaved_object, {e.name_of(m.parent->model)});
  operand_store store;
  detail::term term{path_ref::text(e.text(e.model(m.model).columns[r.remote].field)), store.of(*key.plain()), nullptr};
  return unwrap(start.filter({&term, 1}));
}

const std::vector<object>& rows_of(environment& e, query_object& q) {
  if (!q.rows) q.rows = fetch(e, q);
  return *q.rows;
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

object call_query(environment& e, const query& q, std::string_view name, span name_span, const call_arguments& given) {
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
    return query_of(chain_of(e, m));
  }
  const method* found = find_method(name);
  if (!found) refuse_attribute(e, "Manager", true, name, name_span);
  return found->call(e, query_of(chain_of(e, m)), given);
}

object index_query(environment& e, const query& q, std::int64_t index, span where) {
  if (index < 0) fail(diag::negative_slice, {}, where);
  if (known(q)) return (*q->rows)[index_into(q->rows->size(), index, where)];
  std::vector<object> rows;
  if (index != std::numeric_limits<std::int64_t>::max()) rows = fetch(e, *with(*q, q->chain.slice(index, index + 1)));
  if (rows.empty()) fail(diag::index_out_of_range, {}, where);
  return std::move(rows.front());
}

object slice_query(environment& e, const query& q, const slice_bounds& b, span where) {
  if (b.lower.value_or(0) < 0 || b.upper.value_or(0) < 0) fail(diag::negative_slice, {}, where);
  if (known(q)) return {collection::list, sliced(*q->rows, b, where)};
  const query narrowed = with(*q, q->chain.slice(b.lower.value_or(0), b.upper));
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
