#include <quarry/core/text/raw_queries.hpp>

#include <algorithm>

#include <quarry/core/text/operations.hpp>
#include <quarry/core/text/queries.hpp>
#include <quarry/core/text/unsafe_sql.hpp>

namespace quarry::text {
namespace {

using detail::expression;
using detail::ref;
using ir::diag;
using query = std::shared_ptr<query_object>;

/// `%(name)s` as `%s`, with the names in their order; all else stays.
struct named_places {
  std::string sql;
  std::vector<std::string> names;
};

named_places places_by_name(std::string_view sql) {
  named_places out;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    const std::size_t end = sql.substr(i).starts_with("%(") ? sql.find(")s", i) : std::string_view::npos;
    if (end != std::string_view::npos) {
      out.names.emplace_back(sql.substr(i + 2, end - i - 2));
      out.sql += "%s";
      i = end + 1;
    } else {
      out.sql += sql[i];
      if (sql[i] == '%' && i + 1 < sql.size()) out.sql += sql[++i];  // %% and %s are words of their own
    }
  }
  return out;
}

const object& parameter_named(environment& e, const mapping& values, const std::string& name, syntax::span where) {
  const auto found = std::ranges::find_if(
      values.entries, [&](const auto& entry) { return equal(entry.first, object(name), *e.catalog()); });
  if (found == values.entries.end()) fail(diag::raw_parameter_missing, {name}, where);
  return found->second;
}

ref<expression> value_of(environment& e, const object& o, syntax::span where) {
  if (!o.plain()) fail(diag::wrong_argument, {"raw()", "plain values as params", e.describe(o)}, where);
  return as_expression(e, o, where);
}

ref<expression> statement_of(environment& e, const argument& text, const argument* params) {
  const auto* sql = text.what.scalar<std::string>();
  if (!sql) fail(diag::wrong_argument, {"raw()", "SQL as a text", e.describe(text.what)}, text.where);
  std::vector<ref<expression>> values;
  const bool none = !params || params->what.is_none();
  if (const mapping* by_name = none ? nullptr : params->what.dict()) {
    const named_places places = places_by_name(*sql);
    for (const std::string& name : places.names)
      values.push_back(value_of(e, parameter_named(e, *by_name, name, params->where), params->where));
    return unwrap(detail::make_raw(places.sql, values, ir::types::null));
  }
  if (!none) {
    const sequence* listed = params->what.items();
    if (!listed || listed->what == collection::set)
      fail(diag::wrong_argument, {"raw()", "a list, a tuple or a dict as params", e.describe(params->what)},
           params->where);
    for (const object& o : listed->items) values.push_back(value_of(e, o, params->where));
  }
  if (const named_places places = places_by_name(*sql); !places.names.empty())
    fail(diag::raw_parameter_missing, {places.names.front()}, params ? params->where : text.where);
  return unwrap(detail::make_raw(*sql, values, ir::types::null));
}

std::string_view translated(const raw_names& renamed, std::string_view name) {
  for (const auto& [from, to] : renamed.translations)
    if (from == name) return to;
  return name;
}

/// The column of a model that a column of the statement is; ir::none: none of it.
std::uint32_t column_named(const environment& e, std::uint32_t model, const raw_names& renamed, std::string_view name) {
  const ir::model& m = e.model(model);
  name = translated(renamed, name);
  for (std::uint32_t i = 0; i < m.columns.size(); ++i)
    if (e.text(m.columns[i].name) == name) return i;
  return ir::none;
}

detail::named_rows run(environment& e, const query_object& q) {
  const std::uint32_t model = q.chain.model();
  return e.session->run_raw(q.chain, [&](std::string_view name) {
    const std::uint32_t column = column_named(e, model, *q.raw, name);
    return column == ir::none ? ir::types::null : e.model(model).columns[column].type;
  });
}

}  // namespace

object raw(environment& e, const query& q, const call_arguments& given) {
  e.allow_only(given, 4, {"raw_query", "params", "translations", "using"});
  require_trusted_sql(e, "raw()", e.at);
  if (const argument* where = given.get(3, "using"); where && !where->what.is_none()) {
    const auto* name = where->what.scalar<std::string>();
    if (!name || *name != "default")
      fail(diag::unknown_database, {name ? *name : e.describe(where->what)}, where->where);
  }
  auto names = std::make_shared<raw_names>();
  if (const argument* a = given.get(2, "translations"); a && !a->what.is_none()) {
    const mapping* renamed = a->what.dict();
    if (!renamed)
      fail(diag::wrong_argument, {"raw()", "a dict of names as translations", e.describe(a->what)}, a->where);
    for (const auto& [from, to] : renamed->entries) {
      const auto *column = from.scalar<std::string>(), *field = to.scalar<std::string>();
      if (!column || !field)
        fail(diag::wrong_argument, {"raw()", "names as translations", e.describe(column ? to : from)}, a->where);
      names->translations.emplace_back(*column, *field);
    }
  }
  const ref<expression> statement = statement_of(e, e.need(given, 0, "raw_query"), given.get(1, "params"));
  auto out = std::make_shared<query_object>();
  out->chain = unwrap(q->chain.raw(statement));
  out->raw = std::move(names);
  return out;
}

std::vector<object> fetch_raw(environment& e, const query_object& q) {
  const std::uint32_t model = q.chain.model();
  const ir::model& m = e.model(model);
  detail::named_rows found = run(e, q);
  // Where two columns have one name, the first is the field.
  std::vector<std::uint32_t> fields(found.names.size(), ir::none);
  std::vector<bool> missing(m.columns.size(), true);
  std::vector<bool> beside(found.names.size(), false);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::uint32_t column = column_named(e, model, *q.raw, found.names[i]);
    beside[i] = column == ir::none;
    if (beside[i] || !missing[column]) continue;
    fields[i] = column;
    missing[column] = false;
  }
  if (missing[m.primary_key]) fail(diag::raw_without_key, {e.name_of(model), e.text(m.columns[m.primary_key].name)});
  const bool whole = std::ranges::none_of(missing, [](bool b) { return b; });
  std::vector<object> rows;
  for (auto cells = found.rows.next(); !cells.empty(); cells = found.rows.next()) {
    auto row = std::make_shared<instance>();
    row->model = model;
    row->stored = true;
    row->values.resize(m.columns.size());
    if (!whole) row->missing = missing;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (fields[i] != ir::none) row->values[fields[i]] = value_of(cells[i]);
      else if (beside[i]) row->lists.emplace_back(std::string(translated(*q.raw, found.names[i])), value_of(cells[i]));
    }
    rows.emplace_back(std::move(row));
  }
  return rows;
}

object call_raw(environment& e, const query& q, std::string_view name, syntax::span name_span,
                const call_arguments& given) {
  static constexpr std::string_view known[] = {"iterator", "aiterator", "prefetch_related", "using"};
  if (std::ranges::find(known, name) == std::end(known)) (void)raw_attribute(e, *q, name, name_span);
  return call_method(e, q, name, given);
}

object raw_attribute(environment& e, const query_object& q, std::string_view name, syntax::span name_span) {
  if (name != "columns") fail(diag::unknown_attribute, {"RawQuerySet", name}, name_span);
  std::vector<object> names;
  for (const std::string& column : run(e, q).names) names.emplace_back(std::string(translated(*q.raw, column)));
  return {collection::list, std::move(names)};
}

}  // namespace quarry::text
