#include <quarry/core/text/query_steps.hpp>

#include <algorithm>
#include <unordered_set>

#include <quarry/core/query/verbs.hpp>
#include <quarry/core/text/canonical.hpp>
#include <quarry/core/text/conditions.hpp>
#include <quarry/core/text/instances.hpp>
#include <quarry/core/text/loaded_lists.hpp>
#include <quarry/core/text/loading.hpp>
#include <quarry/core/text/prefetch.hpp>
#include <quarry/core/text/queries.hpp>
#include <quarry/core/text/raw_queries.hpp>
#include <quarry/core/text/related_lists.hpp>

namespace quarry::text {
namespace {

using detail::chain;
using detail::link_form;
using detail::path_ref;
using ir::diag;

constexpr std::int64_t most_rows = std::numeric_limits<std::int64_t>::max();

object row_of(environment& e, const query_object& q, std::span<const quarry_cell> cells) {
  if (q.form == row_form::instances) {
    const std::size_t own = cells.size() - q.annotations.size();
    object row =
        q.parts.empty() ? make_row(e, q.chain.model(), cells.first(own)) : make_rows(e, q.parts, cells.first(own));
    for (std::size_t i = 0; i < q.annotations.size(); ++i)
      row.row()->lists.emplace_back(q.annotations[i], value_of(cells[own + i]));
    return row;
  }
  std::vector<object> items;
  for (const quarry_cell& c : cells) items.emplace_back(value_of(c));
  if (q.form == row_form::flat) return items.empty() ? object() : items.front();
  if (q.form == row_form::tuples) return {collection::tuple, std::move(items)};
  mapping row;
  for (std::size_t i = 0; i < items.size() && i < q.names.size(); ++i)
    row.entries.emplace_back(q.names[i], std::move(items[i]));
  return row;
}

bool has_aggregate(const detail::expression& e) {
  const auto children = e.all_children();
  return e.form == detail::expression_form::aggregate ||
      std::any_of(children.begin(), children.end(),
                  [](const detail::expression* child) { return has_aggregate(*child); });
}

/// Whether the rows are those of a model, each with its key: not groups of values, nor different values.
bool rows_have_keys(const query_object& q) {
  if (q.form == row_form::instances) return true;
  if (detail::is_combined(q.chain)) return false;
  bool aggregates = false;
  for (const detail::link* l = &q.chain.last(); l; l = l->previous) {
    if (l->form == link_form::distinct || l->form == link_form::dates) return false;
    if (l->form == link_form::values_list && aggregates) return false;
    if (l->form == link_form::annotate)
      for (const detail::term& t : l->all_terms()) aggregates = aggregates || has_aggregate(*t.tree);
  }
  return true;
}

/// Limits need an order: by primary key where there is none.
chain in_order(const query_object& q) {
  if (q.chain.sliced() || detail::has_order(q.chain) || !rows_have_keys(q)) return q.chain;
  constexpr path_ref by_key = path_ref::literal("pk");
  return unwrap(q.chain.order_by(std::span(&by_key, 1)));
}

/// The rows of a query that gives each object once, at its first row.
class first_rows {
 public:
  explicit first_rows(environment& e, const query_object& q) noexcept : e_(e), q_(q), left_to_skip_(q.limits.offset) {}
  /// Keeps the row, unless its object was seen or limits leave it out; whether more rows are wanted.
  bool take(object row) {
    const object& key = row.row()->values[e_.model(q_.chain.model()).primary_key];
    if (seen_.insert(canonical_json(key, *e_.catalog())).second) {
      if (left_to_skip_ > 0) --left_to_skip_;
      else rows_.push_back(std::move(row));
    }
    return !q_.limits.count || static_cast<std::int64_t>(rows_.size()) < *q_.limits.count;
  }
  std::vector<object> done() { return std::move(rows_); }

 private:
  environment& e_;
  const query_object& q_;
  std::int64_t left_to_skip_;
  std::unordered_set<std::string> seen_;
  std::vector<object> rows_;
};

std::vector<object> fetch_rows(environment& e, const query_object& q) {
  if (q.raw) return fetch_raw(e, q);
  std::vector<object> rows;
  if (each_once(q) && may_repeat(e, q.chain)) {
    first_rows taken(e, q);
    detail::cursor cursor = e.session->run(q.limits.any() ? in_order(q) : q.chain);
    for (auto cells = cursor.next(); !cells.empty() && taken.take(row_of(e, q, cells)); cells = cursor.next()) {
    }
    return taken.done();
  }
  const query plain = settled(with(q, q.chain));
  detail::cursor cursor = e.session->run(plain->chain);
  for (auto cells = cursor.next(); !cells.empty(); cells = cursor.next()) rows.push_back(row_of(e, q, cells));
  return rows;
}

}  // namespace

query with(const query_object& q, chain c) {
  auto out = std::make_shared<query_object>();
  out->chain = std::move(c);
  out->form = q.form;
  out->names = q.names;
  out->loading = q.loading;
  out->parts = q.parts;
  out->prefetches = q.prefetches;
  out->annotations = q.annotations;
  out->limits = q.limits;
  out->relation = q.relation;
  out->raw = q.raw;
  return out;
}

query with(const query_object& q, ir::result<chain> c) { return with(q, unwrap(std::move(c))); }

query conditioned(environment& e, const query& q, link_form form, const call_arguments& given) {
  condition_builder build(e, &q->chain);
  std::vector<detail::term> terms = build.terms(given);
  if (q->chain.sliced() && terms.empty()) return with(*q, q->chain);
  build.check_paths(terms);
  return with(*q, detail::conditioned(q->chain, form, terms));
}

query settled(const query& q) {
  if (!q->limits.any()) return q;
  const auto [count, offset] = q->limits;
  std::optional<std::int64_t> end;
  if (count) end = *count > most_rows - offset ? most_rows : offset + *count;
  query out = with(*q, in_order(*q).slice(offset, end));
  out->limits = {};
  return out;
}

query as_condition(environment& e, const query& q) {
  if (!q->limits.any()) return q;
  constexpr path_ref key = path_ref::literal("pk");
  const path_ref among_keys = path_ref::literal("pk__in");
  operand_store store;
  std::vector<detail::operand> keys;
  detail::term among{among_keys, {}, nullptr};
  const chain limited = unwrap(settled(q)->chain.values_list(std::span(&key, 1)));
  std::vector<object> rows;
  if (each_once(*q) && may_repeat(e, q->chain)) {
    rows = fetch_rows(e, *q);
    for (const object& row : rows)
      keys.push_back(store.of(*row.row()->values[e.model(q->chain.model()).primary_key].plain()));
    among.value = store.list_of(keys);
  } else {
    among.value = detail::query_operand(limited);
  }
  query out = with(*q, q->chain.filter({&among, 1}));
  out->limits = {};
  return out;
}

query rows_between(const query& q, std::int64_t low, std::optional<std::int64_t> high) {
  if (!each_once(*q)) {
    const query all = settled(q);
    return with(*all, all->chain.slice(low, high));
  }
  // Slices of such a query count objects, as limits do.
  query out = with(*q, q->chain);
  const auto [count, offset] = q->limits;
  out->limits.offset = low > most_rows - offset ? most_rows : offset + low;
  if (count) out->limits.count = std::max<std::int64_t>(0, *count - low);
  if (high) {
    const std::int64_t length = std::max<std::int64_t>(0, *high - low);
    out->limits.count = std::min(out->limits.count.value_or(length), length);
  }
  return out;
}

std::vector<object> fetch(environment& e, const query_object& q) {
  if (detail::gives_nothing(q.chain) || q.limits.count == 0) return {};  // Django asks nothing either
  std::vector<object> rows = fetch_rows(e, q);
  const bool has_lists = !q.prefetches.empty() || !q.loading.lists.empty();
  if (has_lists && !rows.empty() && q.form == row_form::instances) prefetch(e, rows, list_requests(e, q));
  return rows;
}

std::optional<object> fetch_single(environment& e, const query& q) {
  const query few = each_once(*q) ? rows_between(q, 0, 2) : settled(q);
  std::vector<object> rows = fetch(e, each_once(*q) ? *few : *with(*few, detail::for_get(few->chain)));
  if (rows.size() > 1) detail::raise_not_one(q->chain, false);
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

query query_of(chain c) {
  auto out = std::make_shared<query_object>();
  out->chain = std::move(c);
  return out;
}

chain chain_of(environment& e, const manager& m) {
  if (!m.parent) return chain::start(e.catalog(), m.model);
  const ir::relation& r = e.model(m.parent->model).relations[m.relation];
  operand_store store;
  return unwrap(detail::related_objects(e.catalog(), m.parent->model, m.relation,
                                        store.of(*column_value(e, *m.parent, r.local).plain())));
}

/// All rows of a manager: those that were prefetched, where they were.
query query_of(environment& e, const manager& m) {
  query out = query_of(chain_of(e, m));
  if (!m.parent) return out;
  out->relation = m;
  if (const auto known = m.parent->related.find(m.relation); known != m.parent->related.end())
    if (const sequence* s = known->second.items()) out->rows = s->items;
  return out;
}

const std::vector<object>& rows_of(environment& e, query_object& q) {
  if (!q.rows) q.rows = fetch(e, q);
  if (!q.listed) fill_list(e, q, *q.rows);
  q.listed = true;
  return *q.rows;
}

}  // namespace quarry::text
