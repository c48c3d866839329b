#include <quarry/core/text/prefetch.hpp>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include <quarry/core/text/canonical.hpp>
#include <quarry/core/text/instances.hpp>
#include <quarry/core/text/queries.hpp>

namespace quarry::text {
namespace {

using detail::chain;
using detail::path_ref;
using ir::diag;
using query = std::shared_ptr<query_object>;
using instances = std::vector<std::shared_ptr<instance>>;

bool is_own_key(const ir::relation& r) { return r.forward && r.form != ir::relation_form::many_to_many; }

/// Values in the order in which they were first seen, each once; None is left out.
class key_set {
 public:
  explicit key_set(const ir::catalog& catalog) noexcept : catalog_(catalog) {}
  void add(const object& key) {
    if (!key.is_none() && places_.emplace(canonical_json(key, catalog_), keys_.size()).second) keys_.push_back(key);
  }
  /// The place of a key, or their number when it is none of them.
  std::size_t find(const object& key) const {
    const auto known = places_.find(canonical_json(key, catalog_));
    return known == places_.end() ? keys_.size() : known->second;
  }
  const std::vector<object>& all() const noexcept { return keys_; }

 private:
  const ir::catalog& catalog_;
  std::vector<object> keys_;
  std::unordered_map<std::string, std::size_t> places_;
};

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

/// One relation of objects of one model.
class relation_fetcher {
 public:
  relation_fetcher(environment& e, const instances& owners, std::uint32_t relation, const query& wanted)
      : e_(e),
        owners_(owners),
        model_(owners.front()->model),
        relation_(e.model(model_).relations[relation]),
        wanted_(wanted ? wanted : query_of(chain::start(e.catalog(), relation_.target))) {
    if (wanted_->chain.model() != relation_.target || wanted_->form != row_form::instances)
      fail(diag::wrong_number,
           {"Prefetch", "a QuerySet of " + e.name_of(relation_.target) + " objects", "another QuerySet"});
  }

  /// The related objects of each owner, in the order of the owners.
  std::vector<std::vector<object>> fetch() {
    key_set keys(*e_.catalog());
    for (const auto& owner : owners_) keys.add(column_value(e_, *owner, relation_.local));
    std::vector<std::vector<object>> by_key(keys.all().size());
    if (!keys.all().empty()) {
      if (relation_.form == ir::relation_form::many_to_many) through_links(keys, by_key);
      else directly(keys, by_key);
    }
    std::vector<std::vector<object>> out;
    for (const auto& owner : owners_) {
      const std::size_t at = keys.find(owner->values[relation_.local]);
      out.push_back(at < by_key.size() ? by_key[at] : std::vector<object>());
    }
    return out;
  }

 private:
  std::vector<object> rows_where(const query& q, std::string_view column, const key_set& keys) {
    const std::string path = std::string(column) + "__in";
    operand_store store;
    std::vector<detail::operand> items;
    for (const object& k : keys.all()) items.push_back(store.of(*k.plain()));
    const detail::term among{path_ref::text(path), store.list_of(items), nullptr};
    query narrowed = std::make_shared<query_object>(*q);
    narrowed->rows.reset();
    narrowed->fresh_from.reset();
    narrowed->chain = unwrap(q->chain.filter({&among, 1}));
    return rows_of(e_, *narrowed);
  }

  std::string_view column_name(std::uint32_t model, std::uint32_t column) const {
    return e_.text(e_.model(model).columns[column].name);
  }

  void directly(const key_set& keys, std::vector<std::vector<object>>& by_key) {
    for (object& row : rows_where(wanted_, column_name(relation_.target, relation_.remote), keys)) {
      const std::size_t at = keys.find(column_value(e_, *row.row(), relation_.remote));
      if (at < by_key.size()) by_key[at].push_back(std::move(row));
    }
  }

  void through_links(const key_set& keys, std::vector<std::vector<object>>& by_key) {
    const std::string near(column_name(relation_.through, relation_.through_near));
    const std::string far(column_name(relation_.through, relation_.through_far));
    const std::array names = {path_ref::text(near), path_ref::text(far)};
    const auto links = std::make_shared<query_object>();
    links->chain = unwrap(chain::start(e_.catalog(), relation_.through).values_list(names));
    links->form = row_form::tuples;
    links->names = {near, far};
    key_set far_keys(*e_.catalog());
    std::vector<std::vector<std::size_t>> owners_of;  // of each far key: places of near ones
    for (const object& link : rows_where(links, near, keys)) {
      const std::vector<object>& pair = link.items()->items;
      far_keys.add(pair[1]);
      owners_of.resize(far_keys.all().size());
      owners_of[far_keys.find(pair[1])].push_back(keys.find(pair[0]));
    }
    if (far_keys.all().empty()) return;
    for (const object& row : rows_where(wanted_, column_name(relation_.target, relation_.remote), far_keys)) {
      const std::size_t at = far_keys.find(column_value(e_, *row.row(), relation_.remote));
      if (at >= owners_of.size()) continue;
      for (const std::size_t owner : owners_of[at]) by_key[owner].push_back(row);
    }
  }

  environment& e_;
  const instances& owners_;
  std::uint32_t model_;
  const ir::relation& relation_;
  query wanted_;
};

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
  const bool special = last && (last->rows || !last->to_attribute.empty());
  const bool known = !special &&
      std::all_of(owners.begin(), owners.end(), [&](const auto& owner) { return owner->related.contains(index); });
  if (!known) {
    const auto found = relation_fetcher(e, owners, index, last ? last->rows : nullptr).fetch();
    for (std::size_t i = 0; i < owners.size(); ++i) {
      object what = r.many ? object(collection::list, found[i]) : found[i].empty() ? object() : found[i].front();
      if (special && !last->to_attribute.empty()) {
        out.add(what);
        owners[i]->lists.emplace_back(last->to_attribute, std::move(what));
      } else {
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

object make_prefetch(environment& e, const call_arguments& given) {
  e.allow_only(given, 3, {"lookup", "queryset", "to_attr"});
  prefetch_request out;
  out.path = e.name_in(e.need(given, 0, "lookup"), "Prefetch").view();
  if (const argument* a = given.get(1, "queryset"); a && !a->what.is_none()) {
    if (const manager* m = a->what.as_manager()) out.rows = query_of(chain_of(e, *m));
    else out.rows = a->what.query();
    if (!out.rows) fail(diag::wrong_argument, {"Prefetch()", "a QuerySet", e.describe(a->what)}, a->where);
    if (out.rows->form != row_form::instances)
      fail(diag::wrong_number, {"Prefetch()", "a QuerySet of objects", "one of values"}, a->where);
  }
  if (const argument* a = given.get(2, "to_attr"); a && !a->what.is_none())
    out.to_attribute = e.name_in(*a, "Prefetch").view();
  return out;
}

object prefetch_related(environment& e, const query& q, const call_arguments& given) {
  if (!given.named.empty()) e.allow_only(given, given.plain.size(), {});
  auto out = std::make_shared<query_object>(*q);
  out->rows.reset();
  out->fresh_from.reset();
  if (given.plain.size() == 1 && given.plain[0].what.is_none()) {
    out->prefetches.clear();
    return out;
  }
  if (q->form != row_form::instances)
    fail(diag::wrong_argument, {"prefetch_related()", "a QuerySet of objects", "one of values"});
  for (const argument& a : given.plain) {
    if (const prefetch_request* p = a.what.as_prefetch()) out->prefetches.push_back(*p);
    else out->prefetches.push_back({std::string(e.name_in(a, "prefetch_related").view()), nullptr, {}});
  }
  return out;
}

void prefetch(environment& e, const std::vector<object>& rows, const std::vector<prefetch_request>& requests) {
  object_collector collected;
  for (const object& row : rows) collected.add(row);
  const instances all = collected.take();
  for (const prefetch_request& request : requests) {
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
