#include <quarry/core/query/verbs.hpp>

#include <algorithm>
#include <array>
#include <mutex>
#include <string>
#include <vector>

#include <quarry/core/errors.hpp>

namespace quarry::detail {
namespace {

const ir::model& model_of(const chain& c) noexcept { return c.catalog()->at(c.model()); }

std::string name_of(const chain& c) { return std::string(c.catalog()->text(model_of(c).name)); }

constexpr path_ref by_key = path_ref::literal("pk");
constexpr path_ref by_key_descending = path_ref::literal("-pk");

ir::result<chain> one_row(ir::result<chain> c) {
  if (!c) return c;
  return c->slice(0, 1);
}

const link* find_link(const chain& c, link_form form) noexcept {
  const link* l = &c.last();
  while (l && l->form != form) l = l->previous;
  return l;
}

struct default_slot {
  std::mutex mutex;
  std::shared_ptr<session> current;
};
default_slot& the_default() {
  static default_slot slot;
  return slot;
}

}  // namespace

bool order_cleared(const chain& c) noexcept {
  if (c.ordered()) return false;
  for (const link* l = &c.last(); l; l = l->previous)
    if (l->form == link_form::order_by) return true;
  return false;
}

std::string_view name_of_set(const chain& c) noexcept {
  const link* l = &c.last();
  while (l && !is_set_operation(l->form)) l = l->previous;
  if (!l) return {};
  return l->form == link_form::intersection ? "intersection"
      : l->form == link_form::difference    ? "difference"
                                            : "union";
}

bool has_condition(const chain& c) noexcept {
  for (const link* l = &c.last(); l; l = l->previous)
    if ((l->form == link_form::filter && !l->of_relation) || l->form == link_form::exclude) return true;
  return false;
}

bool is_combined(const chain& c) noexcept { return !name_of_set(c).empty(); }

namespace {

bool has_aggregate(const expression& e) noexcept {
  if (e.form == expression_form::aggregate) return true;
  // The function of a window is computed over rows that stay.
  const bool window = e.form == expression_form::window;
  const std::span<const expression* const> parts = e.all_children().subspan(window ? 1 : 0);
  return std::ranges::any_of(parts, [](const expression* part) { return has_aggregate(*part); });
}

/// The values() that annotate() made groups of; null: no aggregates, or groups are single rows.
const link* group_values(const chain& c, bool& grouped) noexcept {
  const link* values = nullptr;
  grouped = false;
  for (const link* l = &c.last(); l; l = l->previous) {
    if (l->form == link_form::annotate || l->form == link_form::alias)
      for (const term& t : l->all_terms()) grouped = grouped || (t.tree && has_aggregate(*t.tree));
    if (l->form != link_form::values_list || !grouped) continue;
    values = l;
    break;
  }
  return values;
}

bool groups_rows(const chain& c) noexcept {
  bool grouped = false;
  (void)group_values(c, grouped);
  return grouped;
}

/// What orders rows that nobody ordered: the key, by the name that groups know it by.
ir::result<path_ref> key_of_rows(const chain& c, std::string_view call) {
  bool grouped = false;
  const link* values = group_values(c, grouped);
  if (!values || values->term_count == 0) return by_key;
  const ir::column& key = model_of(c).columns[model_of(c).primary_key];
  for (const term& t : values->all_terms())
    if (const std::string_view name = t.path.view();
        !t.tree && (name == "pk" || name == c.catalog()->text(key.name) || name == c.catalog()->text(key.field)))
      return t.path;
  return ir::failure(ir::diag::groups_without_order, {call});
}

}  // namespace

bool has_order(const chain& c) noexcept {
  return c.ordered() || (!model_of(c).ordering.empty() && !order_cleared(c) && !is_combined(c) && !groups_rows(c));
}

ir::result<chain> for_get(const chain& c) {
  if (c.sliced() || !has_order(c)) return c.slice(0, get_limit);
  QUARRY_TRY(unordered, c.order_by(std::span<const path_ref>()));
  return unordered.slice(0, get_limit);
}

ir::result<chain> for_first(const chain& c) {
  if (has_order(c)) return one_row(c);
  QUARRY_TRY(key, key_of_rows(c, "first"));
  return one_row(c.order_by(std::span(&key, 1)));
}

ir::result<chain> for_last(const chain& c) {
  if (has_order(c)) return one_row(c.reverse());
  QUARRY_TRY(key, key_of_rows(c, "last"));
  if (key.data == by_key.data) return one_row(c.order_by(std::span(&by_key_descending, 1)));
  QUARRY_TRY(ordered, c.order_by(std::span(&key, 1)));
  return one_row(ordered.reverse());
}

ir::result<chain> for_get_or_none(const chain& c) {
  if (has_condition(c) || c.sliced()) return for_get(c);
  return one_row(c.order_by(std::span(&by_key_descending, 1)));
}

ir::result<chain> for_bulk(const chain& c, std::uint32_t column, const operand* keys) {
  if (c.sliced()) return ir::failure(ir::diag::filter_after_slice, {"in_bulk"});
  chain narrowed = c;
  if (keys) {
    const std::string path = std::string(c.catalog()->text(model_of(c).columns[column].name)) + "__in";
    term among{path_ref::text(path), *keys, nullptr};
    narrowed = conditioned(c, link_form::filter, {&among, 1});
  }
  return narrowed.order_by(std::span<const path_ref>());
}

chain conditioned(const chain& c, link_form form, std::span<term> terms) {
  const auto says_nothing = [](const term& t) { return !t.tree && t.path.size == 0; };
  const auto end = std::remove_if(terms.begin(), terms.end(), says_nothing);
  const std::span<const term> rest = terms.first(static_cast<std::size_t>(end - terms.begin()));
  if (form == link_form::filter && c.last().of_links && !rest.empty()) {
    const std::span<const term> key = c.last().all_terms();
    std::vector<term> together(key.begin(), key.end());
    together.insert(together.end(), rest.begin(), rest.end());
    return unwrap(chain::start(c.catalog(), c.model()).filter(together));
  }
  return unwrap(form == link_form::filter ? c.filter(rest) : c.exclude(rest));
}

chain ordered(const chain& c, std::span<const term> keys) { return unwrap(c.order_by(keys)); }

chain with_columns(const chain& c, std::span<const std::uint32_t> columns) {
  const ir::model& m = model_of(c);
  const bool chosen_before = find_link(c, link_form::load) != nullptr;
  if (columns.size() == m.columns.size() && !chosen_before) return c.select_related({});
  std::vector<path_ref> names;
  for (const std::uint32_t column : columns) names.push_back(path_ref::text(c.catalog()->text(m.columns[column].name)));
  return c.load(names);
}

std::uint32_t way_back(const ir::catalog& catalog, std::uint32_t model, std::uint32_t relation) {
  const ir::relation& r = catalog.at(model).relations[relation];
  const std::vector<ir::relation>& all = catalog.at(r.target).relations;
  const bool by_links = r.form == ir::relation_form::many_to_many;
  std::uint32_t named = ir::none;
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    const ir::relation& back = all[i];
    const bool same_columns = back.target == model && back.form == r.form && back.through == r.through &&
        (by_links ? back.through_near == r.through_far && back.through_far == r.through_near
                  : back.local == r.remote && back.remote == r.local && back.forward != r.forward);
    if (same_columns && (named == ir::none || back.accessor.present())) named = i;
  }
  return named;
}

ir::result<chain> related_objects(const std::shared_ptr<const ir::catalog>& catalog, std::uint32_t model,
                                  std::uint32_t relation, const operand& key) {
  const ir::relation& r = catalog->at(model).relations[relation];
  if (key.form == operand_form::null)
    return ir::failure(ir::diag::unsaved_object, {catalog->text(catalog->at(model).name)});
  const chain start = chain::start(catalog, r.target);
  const auto name_of_column = [&](std::uint32_t m, std::uint32_t column) {
    return path_ref::text(catalog->text(catalog->at(m).columns[column].name));
  };
  if (r.form != ir::relation_form::many_to_many)
    return start.relate({path_ref::text(catalog->text(catalog->at(r.target).columns[r.remote].field)), key, nullptr},
                        false);
  const std::uint32_t back = way_back(*catalog, model, relation);
  const ir::symbol name = back == ir::none ? ir::symbol() : catalog->at(r.target).relations[back].name;
  const ir::catalog::member found =
      name.present() ? catalog->find(r.target, catalog->text(name)) : ir::catalog::member();
  const bool leads_back = found.what == ir::catalog::member::form::relation && found.index == back;
  if (leads_back) return start.relate({path_ref::text(catalog->text(name)), key, nullptr}, true);
  // No lookup leads back: the keys that the links hold.
  const term is_key{name_of_column(r.through, r.through_near), key, nullptr};
  const path_ref far = name_of_column(r.through, r.through_far);
  QUARRY_TRY(links, chain::start(catalog, r.through).filter({&is_key, 1}));
  QUARRY_TRY(keys, links.values_list(std::span<const path_ref>(&far, 1)));
  static constexpr path_ref among_keys = path_ref::literal("pk__in");
  return start.relate({among_keys, query_operand(keys), nullptr}, false);
}

ir::result<chain> for_newest(const chain& c, std::span<const path_ref> names, bool from_the_end) {
  std::vector<std::string> written;
  for (const path_ref& p : names) written.emplace_back(p.view());
  if (written.empty()) {  // names, separated by blanks
    const std::string& by = model_of(c).get_latest_by;
    for (std::size_t at = 0; at < by.size();) {
      const std::size_t end = std::min(by.find(' ', at), by.size());
      written.push_back(by.substr(at, end - at));
      at = end + 1;
    }
  }
  if (written.empty())
    return ir::failure(
        ir::diag::wrong_number,
        {from_the_end ? "latest()" : "earliest()", "the names of fields, or get_latest_by of the model", "nothing"});
  std::vector<path_ref> order;
  for (std::string& name : written) {
    if (from_the_end) name = name.starts_with('-') ? name.substr(1) : "-" + name;
    order.push_back(path_ref::text(name));
  }
  return one_row(c.order_by(order));
}

namespace {

/// A slice is a set of rows, not a condition: the keys of its rows stand for it.
ir::result<chain> as_condition(const chain& c) {
  QUARRY_TRY(keys, c.values_list(std::span(&by_key, 1)));
  static constexpr path_ref among_keys = path_ref::literal("pk__in");
  const term among{among_keys, query_operand(keys), nullptr};
  return chain::start(c.catalog(), c.model()).filter({&among, 1});
}

}  // namespace

bool gives_nothing(const chain& c) noexcept {
  // What stands before a set operation is only one of the queries that it combines.
  const link* l = &c.last();
  while (l && l->form != link_form::none && !is_set_operation(l->form)) l = l->previous;
  return l && l->form == link_form::none;
}

namespace {

/// The names that values() chose, sorted: queries with other names do not combine.
std::vector<std::string_view> value_names(const chain& c) {
  std::vector<std::string_view> out;
  if (const link* values = find_link(c, link_form::values_list))
    for (const term& t : values->all_terms()) out.push_back(t.path.view());
  std::ranges::sort(out);
  return out;
}

/// Are both without distinct(), or with the same?
bool distinct_alike(const chain& a, const chain& b) noexcept {
  const link* x = find_link(a, link_form::distinct);
  const link* y = find_link(b, link_form::distinct);
  if (!x || !y) return x == y;
  return std::ranges::equal(
      x->all_terms(), y->all_terms(), {}, [](const term& t) { return t.path.view(); },
      [](const term& t) { return t.path.view(); });
}

}  // namespace

ir::result<chain> combined(const chain& a, const chain& b, link_form form) {
  const bool either = form != link_form::both;
  const std::string_view sign = combination_sign(form);
  for (const chain* c : {&a, &b})
    if (is_combined(*c)) return ir::failure(ir::diag::set_as_operand, {sign, name_of_set(*c)});
  if (find_link(a, link_form::values_list) && value_names(a) != value_names(b))
    return ir::failure(ir::diag::unlike_values, {sign});
  if (a.model() == b.model() && a.catalog() == b.catalog()) {
    if (gives_nothing(a)) return either ? b : a;
    if (gives_nothing(b)) return either ? a : b;
  }
  chain left = a, right = b;
  if (either && a.sliced()) {
    QUARRY_TRY(keys, as_condition(a));
    left = std::move(keys);
  }
  if (either && b.sliced()) {
    QUARRY_TRY(keys, as_condition(b));
    right = std::move(keys);
  }
  if (!distinct_alike(left, right))
    return ir::failure(ir::diag::wrong_argument,
                       {sign, "two queries with the same distinct(), or two without", "others"});
  QUARRY_TRY(out, left.combine(form, right));
  // An order of the other query counts, as in Django.
  const link* order = find_link(right, link_form::order_by);
  return order && order->term_count != 0 ? out.order_by(order->all_terms()) : out;
}

ir::op truncation(date_part part) noexcept {
  switch (part) {
    case date_part::year: return ir::op::trunc_year;
    case date_part::month: return ir::op::trunc_month;
    case date_part::week: return ir::op::trunc_week;
    case date_part::day: break;
  }
  return ir::op::trunc_day;
}

ir::op truncation(time_part part) noexcept {
  switch (part) {
    case time_part::year: return ir::op::trunc_year;
    case time_part::month: return ir::op::trunc_month;
    case time_part::week: return ir::op::trunc_week;
    case time_part::day: return ir::op::trunc_day;
    case time_part::hour: return ir::op::trunc_hour;
    case time_part::minute: return ir::op::trunc_minute;
    case time_part::second: break;
  }
  return ir::op::trunc_second;
}

chain dated(const chain& c, const path_ref& path, ir::op cut, bool to_date, direction way) {
  ref<expression> value = make_path(path);
  if (to_date) value = unwrap(make_operation(ir::op::date_of, std::array{value}));
  value = unwrap(make_operation(cut, std::array{value}));
  const bool descending = way == direction::descending;
  return unwrap(c.dates(path, unwrap(make_ordering(value, {descending, false, false}))));
}

std::int64_t run_number(session& s, const chain& c) {
  cursor rows = s.run(c);
  const std::span<const quarry_cell> row = rows.next();
  if (row.empty()) return 0;
  const std::int64_t number = row[0].v.i;
  while (!rows.next().empty()) {
  }
  return number;
}

bool row_exists(session& s, const std::shared_ptr<const ir::catalog>& catalog, std::uint32_t model,
                const operand& key) {
  const term is_key{by_key, key, nullptr};
  return run_number(s, unwrap(unwrap(chain::start(catalog, model).filter({&is_key, 1})).exists())) != 0;
}

bool contains_key(session& s, const chain& c, const operand& key) {
  if (key.form == operand_form::null) raise(ir::diag::unsaved_object, {name_of(c)});
  term is_key{by_key, key, nullptr};
  return run_number(s, unwrap(conditioned(c, link_form::filter, {&is_key, 1}).exists())) != 0;
}

void raise_not_one(const chain& c, bool none) {
  const std::string name = name_of(c);
  ir::diagnostic d = ir::make_diagnostic(none ? ir::diag::does_not_exist : ir::diag::multiple_objects, {name});
  d.subject = name;
  raise(std::move(d));
}

void raise_past_end() { raise(ir::diag::index_out_of_range, {}); }

void set_default_session(std::shared_ptr<session> s) {
  default_slot& slot = the_default();
  const std::lock_guard lock(slot.mutex);
  slot.current = std::move(s);
}

std::shared_ptr<session> default_session(std::string_view model) {
  default_slot& slot = the_default();
  const std::lock_guard lock(slot.mutex);
  if (!slot.current) raise(ir::diag::no_default_database, {model});
  return slot.current;
}

}  // namespace quarry::detail
