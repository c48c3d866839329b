#include <quarry/core/text/prefetch.hpp>

#include <algorithm>
#include <optional>
#include <unordered_set>

#include <quarry/core/exec/prefetch.hpp>
#include <quarry/core/query/verbs.hpp>
#include <quarry/core/text/guarded_session.hpp>
#include <quarry/core/text/instances.hpp>
#include <quarry/core/text/loaded_lists.hpp>
#include <quarry/core/text/name_lists.hpp>
#include <quarry/core/text/queries.hpp>
#include <quarry/core/text/query_steps.hpp>

namespace quarry::text {
namespace {

using detail::chain;
using ir::diag;
using instances = std::vector<std::shared_ptr<instance>>;

bool is_own_key(const ir::relation& r) { return r.forward && r.form != ir::relation_form::many_to_many; }

/// Objects in the order in which they were met, each once.
class object_collector {
 public:
  /// The objects in what hangs on a row: none, one or a list.
  void add(const object& what) {
    if (const auto row = what.row(); row && seen_.insert(row.get()).second) found_.push_back(row);
    if (const sequence* s = what.items())
      for (const object& item : s->items) add(item);
  }
  instances take() { return std::move(found_); }

 private:
  instances found_;
  std::unordered_set<const instance*> seen_;
};

/// The key of a relation that was loaded to tell whose row this is, though a mask leaves it out.
void hide(instance& row, const std::optional<std::uint32_t>& column) {
  if (!column) return;
  row.missing.resize(row.values.size(), false);
  row.missing[*column] = true;
  row.values[*column] = {};
}

/// The related objects of each owner, in the order of the owners, by one statement for all.
std::vector<std::vector<object>> fetch_related(environment& e, const instances& owners, std::uint32_t relation,
                                               const query_object& wanted) {
  const std::uint32_t model = owners.front()->model;
  detail::related_fetch step(*e.session, e.catalog(), model, relation);
  const ir::relation& r = step.relation();
  if (wanted.chain.model() != r.target || wanted.form != row_form::instances)
    fail(diag::wrong_number, {"Prefetch", "a QuerySet of " + e.name_of(r.target) + " objects", "another QuerySet"});
  operand_store store;
  for (const auto& owner : owners) step.add_owner(store.of(*column_value(e, *owner, r.local).plain()));
  std::vector<std::vector<object>> out(owners.size());
  const std::optional<chain> narrowed = step.query(wanted.chain);
  if (!narrowed) return out;
  for (const object& row : fetch(e, *with(wanted, *narrowed))) {
    const object key = column_value(e, *row.row(), r.remote);
    if (!wanted.parts.empty()) hide(*row.row(), wanted.parts[0].carried);
    for (const std::uint32_t owner : step.owners_of(store.of(*key.plain()))) out[owner].push_back(row);
  }
  return out;
}

std::uint32_t find_relation(const environment& e, std::uint32_t model, std::string_view name) {
  const ir::model& m = e.model(model);
  for (std::uint32_t r = 0; r < m.relations.size(); ++r)
    if (m.relations[r].accessor.present() && e.text(m.relations[r].accessor) == name) return r;
  for (const ir::column& c : m.columns)
    if (e.text(c.name) == name)
      fail(diag::wrong_number, {"prefetch_related()", "the names of relations", "'" + std::string(name) + "'"});
  fail(diag::unknown_attribute, {e.name_of(model), name});
}

const object* list_of(const instance& row, std::string_view name) {
  for (const auto& [known, items] : row.lists)
    if (known == name) return &items;
  return nullptr;
}

/// What one step leads to, fetched unless every object has it already.
instances step(environment& e, const instances& owners, std::string_view name, const prefetch_request* last) {
  object_collector out;
  if (owners.empty()) return {};
  if (!last && list_of(*owners.front(), name)) {
    for (const auto& owner : owners)
      if (const object* items = list_of(*owner, name)) out.add(*items);
    return out.take();
  }
  const std::uint32_t index = find_relation(e, owners.front()->model, name);
  const ir::relation& r = e.model(owners.front()->model).relations[index];
  if (last && !last->to_attribute.empty() &&
      e.catalog()->find(owners.front()->model, last->to_attribute).what != ir::catalog::member::form::absent)
    fail(diag::attribute_taken, {last->to_attribute, e.name_of(owners.front()->model)});
  const bool special = last && (last->rows || !last->to_attribute.empty());
  const bool known = !special &&
      std::all_of(owners.begin(), owners.end(), [&](const auto& owner) { return owner->related.contains(index); });
  if (!known) {
    const query wanted = last && last->rows ? last->rows : query_of(chain::start(e.catalog(), r.target));
    const bool ordered = detail::has_order(wanted->chain);
    const auto found = fetch_related(e, owners, index, *wanted);
    for (std::size_t i = 0; i < owners.size(); ++i) {
      object what = r.many ? object(collection::list, found[i]) : found[i].empty() ? object() : found[i].front();
      if (special && !last->to_attribute.empty()) {
        out.add(what);
        owners[i]->lists.emplace_back(last->to_attribute, std::move(what));
      } else {
        if (r.many) {
          std::vector<object> list = found[i];
          if (!ordered) sort_by_key(e, list);
          fill_list(e, owners[i], index, std::move(list));
        }
        owners[i]->related[index] = std::move(what);
      }
      // The other side knows its one owner, as if it had been fetched from there.
      const std::uint32_t back = is_own_key(r) || r.form == ir::relation_form::many_to_many
          ? ir::none
          : e.model(r.target).columns[r.remote].relation;
      if (back != ir::none)
        for (const object& other : found[i]) {
          other.row()->related[back] = owners[i];
          e.linked.push_back(other.row());
        }
    }
  }
  for (const auto& owner : owners)
    if (const auto what = owner->related.find(index); what != owner->related.end()) out.add(what->second);
  return out.take();
}

}  // namespace

namespace {

bool is_filtered_relation(const chain& c, std::string_view name) {
  for (const detail::link* l = &c.last(); l; l = l->previous)
    for (const detail::term& t : l->all_terms())
      if (t.tree && t.tree->form == detail::expression_form::filtered_relation && t.path.view() == name) return true;
  return false;
}

/// Where a request puts what it fetches.
std::string place_of(const prefetch_request& r) {
  if (r.to_attribute.empty()) return r.path;
  const std::size_t last = r.path.rfind("__");
  return (last == std::string::npos ? std::string() : r.path.substr(0, last + 2)) + r.to_attribute;
}

/// Two queries can't fill one place, neither their own nor one on the way of a longer path.
void check_places(const std::vector<prefetch_request>& requests) {
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (!requests[i].rows) continue;
    const std::string place = place_of(requests[i]);
    for (std::size_t before = 0; before < i; ++before) {
      const std::string other = place_of(requests[before]);
      if (other == place || other.starts_with(place + "__")) fail(diag::prefetched_twice, {place});
    }
  }
}

}  // namespace

object make_prefetch(environment& e, const call_arguments& given) {
  e.allow_only(given, 3, {"lookup", "queryset", "to_attr"});
  prefetch_request out;
  out.path = e.name_in(e.need(given, 0, "lookup"), "Prefetch").view();
  if (const argument* a = given.get(1, "queryset"); a && !a->what.is_none()) {
    if (const manager* m = a->what.as_manager()) out.rows = query_of(chain_of(e, *m));
    else if (const query q = a->what.query()) out.rows = settled(q);
    if (!out.rows) fail(diag::wrong_argument, {"Prefetch()", "a QuerySet", e.describe(a->what)}, a->where);
    if (out.rows->raw) fail(diag::wrong_number, {"Prefetch()", "a QuerySet", "one of raw()"}, a->where);
    if (out.rows->form != row_form::instances)
      fail(diag::wrong_number, {"Prefetch()", "a QuerySet of objects", "one of values"}, a->where);
  }
  if (const argument* a = given.get(2, "to_attr"); a && !a->what.is_none())
    out.to_attribute = e.name_in(*a, "Prefetch").view();
  return out;
}

object prefetch_related(environment& e, const query& q, const call_arguments& written) {
  const call_arguments given = spread(e, written, "related", name_forms::lists);
  e.allow_only(given, given.plain.size(), {"related"});
  const query out = with(*q, q->chain);
  if (given.plain.size() == 1 && given.plain[0].what.is_none()) {
    out->prefetches.clear();
    return out;
  }
  if (const std::string_view set = detail::name_of_set(q->chain); !set.empty())
    fail(diag::call_after_set, {"prefetch_related", set});
  for (const argument& a : given.plain) {
    prefetch_request request;
    if (const prefetch_request* p = a.what.as_prefetch()) request = *p;
    else request = {std::string(e.name_in(a, "prefetch_related").view()), nullptr, {}};
    const std::string first = request.path.substr(0, request.path.find("__"));
    if (is_filtered_relation(q->chain, first))
      fail(diag::filtered_relation_here, {first, "prefetch_related()"}, a.where);
    out->prefetches.push_back(std::move(request));
  }
  return out;
}

void prefetch(environment& e, const std::vector<object>& rows, const std::vector<prefetch_request>& requests) {
  check_places(requests);
  object_collector collected;
  for (const object& row : rows) collected.add(row);
  const instances all = collected.take();
  for (const prefetch_request& request : requests) {
    if (e.allowed) check_depth(*e.allowed, request.path);
    instances owners = all;
    for (std::size_t at = 0; at <= request.path.size() && !owners.empty();) {
      const std::size_t end = std::min(request.path.find("__", at), request.path.size());
      const bool last = end == request.path.size();
      owners = step(e, owners, std::string_view(request.path).substr(at, end - at), last ? &request : nullptr);
      at = end + 2;
    }
  }
}

}  // namespace quarry::text
