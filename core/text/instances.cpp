#include <quarry/core/text/instances.hpp>

#include <algorithm>
#include <array>

#include <quarry/core/text/canonical.hpp>
#include <quarry/core/text/loaded_lists.hpp>
#include <quarry/core/text/queries.hpp>
#include <quarry/core/text/temporal.hpp>

namespace quarry::text {
namespace {

using ir::diag;
using syntax::span;

/// What a name on an instance means. Attributes of related rows have names of their own, other than in lookups.
struct member {
  enum class form : std::uint8_t { absent, column, relation } what = form::absent;
  std::uint32_t index = ir::none;
};

member find_member(const environment& e, std::uint32_t model, std::string_view name) {
  const ir::model& m = e.model(model);
  if (name == "pk") return {member::form::column, m.primary_key};
  for (std::uint32_t c = 0; c < m.columns.size(); ++c)
    if (e.text(m.columns[c].name) == name) return {member::form::column, c};
  for (std::uint32_t r = 0; r < m.relations.size(); ++r)
    if (m.relations[r].accessor.present() && e.text(m.relations[r].accessor) == name)
      return {member::form::relation, r};
  return {};
}

std::string nearest_member(const environment& e, std::uint32_t model, std::string_view name, bool assigned) {
  ir::nearest_choice nearest(name);
  const ir::model& m = e.model(model);
  for (const ir::column& c : m.columns) nearest.offer(e.text(c.name));
  for (const ir::relation& r : m.relations)
    if (r.accessor.present() && (!assigned || (r.forward && r.form != ir::relation_form::many_to_many)))
      nearest.offer(e.text(r.accessor));
  return nearest.best();
}

bool is_own_key(const ir::relation& r) { return r.forward && r.form != ir::relation_form::many_to_many; }

value initial_of(const ir::column& c) {
  using form = ir::initial_value::form;
  const ir::initial_value& i = c.initial;
  const ir::scalar kind = c.type.kind();
  switch (i.what) {
    case form::null: return {};
    case form::boolean: return i.integer != 0;
    case form::integer: return kind == ir::scalar::duration ? value(duration(i.integer)) : value(i.integer);
    case form::real: return i.real;
    case form::today: return today();
    case form::random_uuid: return random_uuid();
    case form::now:
      if (kind == ir::scalar::date) return today();
      if (kind == ir::scalar::time) return time_of_day{now() - std::chrono::floor<std::chrono::days>(now())};
      return now();
    case form::text: break;
    case form::absent:
      // As in Django: a text that nobody gave is empty, anything else is NULL.
      return kind == ir::scalar::text && !c.type.nullable() && c.relation == ir::none ? value(std::string()) : value();
  }
  switch (kind) {
    case ir::scalar::decimal: return decimal::unchecked(i.text);
    case ir::scalar::json: return json{i.text};
    case ir::scalar::date:
      if (auto d = parse_date(i.text)) return *d;
      break;
    case ir::scalar::datetime:
      if (auto d = parse_datetime(i.text)) return *d;
      break;
    case ir::scalar::time:
      if (auto t = parse_time(i.text)) return *t;
      break;
    case ir::scalar::uuid:
      if (auto u = uuid::parse(i.text)) return *u;
      break;
    default: break;
  }
  return i.text;
}

void relate(environment& e, instance& row, std::uint32_t relation, const object& what, span where) {
  const ir::relation& r = e.model(row.model).relations[relation];
  if (row.lacks(r.local)) row.missing[r.local] = false;
  if (what.is_none()) {
    row.values[r.local] = {};
    row.related[relation] = {};
    return;
  }
  const auto other = what.row();
  if (!other || other->model != r.target) {
    const std::string field = e.name_of(row.model) + "." + std::string(e.text(r.accessor));
    fail(diag::wrong_number, {field, "an object of " + e.name_of(r.target), e.describe(what)}, where);
  }
  row.values[r.local] = other->values[r.remote];
  row.related[relation] = what;
  e.linked.push_back(row.weak_from_this());
}

void set_column(environment& e, instance& row, std::uint32_t column, const object& what) {
  const std::uint32_t relation = e.model(row.model).columns[column].relation;
  // The object behind a key that changed is another one.
  if (relation != ir::none && !equal(row.values[column], what, *e.catalog())) row.related.erase(relation);
  row.values[column] = what;
  if (row.lacks(column)) row.missing[column] = false;
}

/// The value of a column as the database gets it.
detail::operand operand_for(environment& e, operand_store& store, const ir::model& m, std::uint32_t column,
                            const object& what) {
  const ir::column& c = m.columns[column];
  const std::string field = std::string(e.text(m.name)) + "." + std::string(e.text(c.field));
  if (what.is_none()) {
    if (!c.type.nullable()) fail(diag::null_not_allowed, {e.text(m.name), e.text(c.field)});
    return {};
  }
  if (what.as_formula()) not_yet("an expression as the value of a field");
  const bool is_json = c.type.kind() == ir::scalar::json;
  if (is_json && !what.scalar<json>() && (what.plain() || what.items() || what.dict()))
    return detail::operand::of_text(store.keep(json_text(what)), ir::scalar::json);
  if (!what.plain()) fail(diag::wrong_argument, {field, "a value", e.describe(what)});
  return store.of(*what.plain());
}

/// A related object may have got its key only after it was assigned.
void take_keys_of_related(environment& e, instance& row) {
  for (const auto& [index, other] : row.related) {
    const ir::relation& r = e.model(row.model).relations[index];
    const auto o = other.row();
    if (!is_own_key(r) || !o || !row.values[r.local].is_none()) continue;
    if (o->values[r.remote].is_none()) fail(diag::unsaved_object, {e.name_of(o->model)});
    row.values[r.local] = o->values[r.remote];
  }
}

void set_present(environment& e, instance& row) {
  const ir::model& m = e.model(row.model);
  for (const std::string& name : e.notes(row.model).auto_now) {
    const member found = find_member(e, row.model, name);
    if (found.what == member::form::column) row.values[found.index] = initial_of(m.columns[found.index]);
  }
}

[[noreturn]] void raise_no_related(const environment& e, const ir::relation& r) {
  ir::diagnostic d = ir::make_diagnostic(diag::does_not_exist, {e.name_of(r.target)});
  d.subject = e.name_of(r.target);
  raise(std::move(d));
}

object related_object(environment& e, const std::shared_ptr<instance>& row, std::uint32_t index) {
  const ir::relation& r = e.model(row->model).relations[index];
  const auto known = row->related.find(index);
  if (known != row->related.end() && (is_own_key(r) || !known->second.is_none())) return known->second;
  if (known != row->related.end()) raise_no_related(e, r);
  const object& key = column_value(e, *row, r.local);
  if (key.is_none() && is_own_key(r) && e.model(row->model).columns[r.local].type.nullable()) return {};
  if (key.is_none()) raise_no_related(e, r);
  const auto found = fetch_one(e, r.target, e.text(e.model(r.target).columns[r.remote].name), key);
  row->related[index] = found;
  return found;
}

void refresh(environment& e, instance& row) {
  const std::uint32_t key = e.model(row.model).primary_key;
  if (row.values[key].is_none()) fail(diag::unsaved_object, {e.name_of(row.model)});
  const auto fresh = fetch_one(e, row.model, "pk", row.values[key]);
  row.values = fresh->values;
  row.missing.clear();
  row.related.clear();
}

constexpr std::array<std::string_view, 16> later_methods = {"delete",
                                                            "adelete",
                                                            "full_clean",
                                                            "clean",
                                                            "clean_fields",
                                                            "validate_unique",
                                                            "validate_constraints",
                                                            "get_deferred_fields",
                                                            "serializable_value",
                                                            "get_next_by",
                                                            "load",
                                                            "update",
                                                            "upsert",
                                                            "save_related",
                                                            "get_absolute_url",
                                                            "unique_error_message"};

}  // namespace

const object& column_value(environment& e, instance& row, std::uint32_t column) {
  if (row.lacks(column)) {
    const ir::model& m = e.model(row.model);
    const auto loaded = fetch_one(e, row.model, "pk", row.values[m.primary_key]);
    row.values[column] = loaded->values[column];
    row.missing[column] = false;
  }
  return row.values[column];
}

object make_row(environment& e, std::uint32_t model, std::span<const quarry_cell> cells) {
  (void)e;
  auto row = std::make_shared<instance>();
  row->model = model;
  row->stored = true;
  row->values.reserve(cells.size());
  for (const quarry_cell& c : cells) row->values.emplace_back(value_of(c));
  return row;
}

std::shared_ptr<instance> construct(environment& e, std::uint32_t model, const call_arguments& given) {
  const ir::model& m = e.model(model);
  const std::string name = e.name_of(model);
  auto row = std::make_shared<instance>();
  row->model = model;
  for (const ir::column& c : m.columns) row->values.emplace_back(initial_of(c));
  if (given.plain.size() > m.columns.size())
    fail(diag::wrong_argument,
         {name + "()", "at most " + std::to_string(m.columns.size()) + " plain arguments",
          std::to_string(given.plain.size())},
         given.plain[m.columns.size()].where);
  for (std::uint32_t i = 0; i < given.plain.size(); ++i) {
    const std::uint32_t relation = m.columns[i].relation;
    if (relation != ir::none && given.plain[i].what.row())
      relate(e, *row, relation, given.plain[i].what, given.plain[i].where);
    else set_column(e, *row, i, given.plain[i].what);
  }
  for (const argument& a : given.named) {
    const member found = find_member(e, model, a.name);
    if (found.what == member::form::column) set_column(e, *row, found.index, a.what);
    else if (found.what == member::form::relation && is_own_key(m.relations[found.index]))
      relate(e, *row, found.index, a.what, a.where);
    else fail(diag::unknown_argument, {name, a.name}, a.name_span, nearest_member(e, model, a.name, true));
  }
  return row;
}

object create_row(environment& e, const manager& m, const call_arguments& given) {
  const bool by_links =
      m.parent && e.model(m.parent->model).relations[m.relation].form == ir::relation_form::many_to_many;
  if (by_links) not_yet("create() on a many-to-many relation", e.at);
  const auto row = construct(e, m.model, given);
  if (m.parent) {
    const ir::relation& r = e.model(m.parent->model).relations[m.relation];
    relate(e, *row, e.model(m.model).columns[r.remote].relation, m.parent, e.at);
  }
  save(e, *row, true);
  if (m.parent) add_to_list(e, m, row);
  return row;
}

object attribute_of(environment& e, const std::shared_ptr<instance>& row, std::string_view name, span name_span) {
  const member found = find_member(e, row->model, name);
  if (found.what == member::form::column) return column_value(e, *row, found.index);
  if (found.what == member::form::relation) {
    const ir::relation& r = e.model(row->model).relations[found.index];
    if (!r.many) return related_object(e, row, found.index);
    return manager{r.target, row, found.index};
  }
  if (name == "_state") return instance_state{row};
  for (const auto& [known, items] : row->lists)
    if (known == name) return items;
  const std::string model = e.name_of(row->model);
  const std::vector<std::string>& managers = e.notes(row->model).managers;
  if (std::find(managers.begin(), managers.end(), name) != managers.end())
    fail(diag::unknown_attribute, {e.describe(row), name}, name_span);  // Django: a manager belongs to the class
  if (std::find(later_methods.begin(), later_methods.end(), name) != later_methods.end())
    not_yet(model + "." + std::string(name), name_span);
  fail(diag::unknown_attribute, {model, name}, name_span, nearest_member(e, row->model, name, false));
}

void set_attribute(environment& e, const std::shared_ptr<instance>& row, std::string_view name, span name_span,
                   const object& what) {
  const member found = find_member(e, row->model, name);
  if (found.what == member::form::column) return set_column(e, *row, found.index, what);
  if (found.what == member::form::relation) {
    const ir::relation& r = e.model(row->model).relations[found.index];
    if (is_own_key(r)) return relate(e, *row, found.index, what, name_span);
    // The other side of a one-to-one relation holds the key.
    if (const auto other = what.row(); other && !r.many && other->model == r.target) {
      relate(e, *other, e.model(r.target).columns[r.remote].relation, row, name_span);
      row->related[found.index] = what;
      e.linked.push_back(row);
      return;
    }
    not_yet("an assignment to this side of a relation", name_span);
  }
  fail(diag::unknown_attribute, {e.name_of(row->model), name}, name_span, nearest_member(e, row->model, name, true));
}

std::vector<std::string_view> instance_method_names() { return {"save", "refresh_from_db"}; }

object call_instance(environment& e, const std::shared_ptr<instance>& row, std::string_view name, span name_span,
                     const call_arguments& given) {
  if (name == "save" || name == "asave") {
    if (!given.plain.empty() || !given.named.empty()) not_yet("an argument of save()", name_span);
    save(e, *row);
    return {};
  }
  if (name == "refresh_from_db" || name == "arefresh_from_db") {
    if (!given.plain.empty() || !given.named.empty()) not_yet("an argument of refresh_from_db()", name_span);
    refresh(e, *row);
    return {};
  }
  const object what = attribute_of(e, row, name, name_span);
  // `blog.entry_set(manager="entries")`: the same rows by way of another manager of their model.
  if (const manager* m = what.as_manager();
      m && given.plain.empty() && given.named.size() == 1 && given.named[0].name == "manager") {
    const auto* wanted = given.named[0].what.scalar<std::string>();
    const std::vector<std::string>& managers = e.notes(m->model).managers;
    if (wanted && std::find(managers.begin(), managers.end(), *wanted) != managers.end()) return what;
    fail(diag::unknown_attribute, {e.name_of(m->model), wanted ? *wanted : e.describe(given.named[0].what)},
         given.named[0].where);
  }
  fail(diag::wrong_argument, {"a call", "a function", e.describe(what)}, name_span);
}

void save(environment& e, instance& row, bool fresh) {
  const ir::model& m = e.model(row.model);
  take_keys_of_related(e, row);
  set_present(e, row);
  operand_store store;
  object& key = row.values[m.primary_key];
  std::vector<detail::assignment> others;
  for (std::uint32_t c = 0; c < m.columns.size(); ++c)
    if (c != m.primary_key && !row.lacks(c)) others.push_back({c, operand_for(e, store, m, c, row.values[c])});
  const bool key_given = !key.is_none();
  // A key that its default has just made belongs to no row yet.
  fresh = fresh || (!row.stored && m.columns[m.primary_key].initial.what != ir::initial_value::form::absent);
  if (key_given && !fresh && !others.empty()) {
    const detail::operand wanted = operand_for(e, store, m, m.primary_key, key);
    if (e.session->update(e.catalog(), row.model, wanted, others) != 0) {
      row.stored = true;
      return;
    }
  }
  if (key_given || !m.columns[m.primary_key].generated)
    others.insert(others.begin(), {m.primary_key, operand_for(e, store, m, m.primary_key, key)});
  const std::int64_t made = e.session->insert(e.catalog(), row.model, others);
  if (!key_given && m.columns[m.primary_key].generated) key = made;
  row.stored = true;
}

}  // namespace quarry::text
