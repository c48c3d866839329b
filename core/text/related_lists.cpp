#include <quarry/core/text/related_lists.hpp>

#include <algorithm>
#include <list>
#include <set>

#include <quarry/core/query/verbs.hpp>
#include <quarry/core/text/loading.hpp>
#include <quarry/core/text/queries.hpp>
#include <quarry/core/text/query_steps.hpp>
#include <quarry/ir/lower/resolve_paths.hpp>

namespace quarry::text {
namespace {

using detail::chain;
using detail::expression;
using detail::expression_form;
using detail::link;
using detail::link_form;
using detail::path_ref;

std::string joined(std::string_view prefix, std::string_view name) {
  return prefix.empty() ? std::string(name) : std::string(prefix) + "__" + std::string(name);
}

/// The first segment of a path; the path is cut to what follows.
std::string_view take_segment(std::string_view& path) {
  const std::size_t end = path.find("__");
  const std::string_view first = path.substr(0, end);
  path = end == std::string_view::npos ? std::string_view() : path.substr(end + 2);
  return first;
}

/// What a name has behind `path__`; empty where it does not begin with it.
std::string_view below(std::string_view name, std::string_view path) {
  return name.starts_with(path) && name.substr(path.size()).starts_with("__") ? name.substr(path.size() + 2)
                                                                              : std::string_view();
}

field_mask below(const field_mask& mask, std::string_view path) {
  field_mask out;
  std::vector<std::string> named;
  if (mask.named)
    for (const std::string& name : *mask.named)
      if (const std::string_view rest = below(name, path); !rest.empty()) named.emplace_back(rest);
  if (!named.empty()) out.named = std::move(named);  // a mask that names nothing of a model loads all of it
  for (const std::string& name : mask.excluded)
    if (const std::string_view rest = below(name, path); !rest.empty()) out.excluded.emplace_back(rest);
  return out;
}

// --- orders ---

/// The last order of a chain, and whether reverse() turned it around.
struct found_order {
  const link* keys = nullptr;
  bool reversed = false;
};
found_order order_of(const chain& c) {
  found_order out;
  for (const link* l = &c.last(); l; l = l->previous) {
    if (l->form == link_form::reverse) out.reversed = !out.reversed;
    if (l->form != link_form::order_by) continue;
    out.keys = l;
    return out;
  }
  return out;
}

bool crosses_many(environment& e, std::uint32_t model, std::string_view path) {
  const auto found = ir::resolve_path(e.paths, model, path, ir::path_use::condition, detail::no_offset);
  if (!found) return false;  // the name of something computed
  for (std::uint8_t i = 0; i < found->step_count; ++i) {
    const ir::relation& r = e.model(model).relations[found->steps[i]];
    if (r.many) return true;
    model = r.target;
  }
  return false;
}

std::string_view without_sign(std::string_view name) {
  return name.starts_with('-') || name.starts_with('+') ? name.substr(1) : name;
}

/// Keys of an order over `path` as keys over the objects on it.
class order_below {
 public:
  order_below(environment& e, const chain& c, std::string_view path, std::uint32_t target) : e_(e), target_(target) {
    const found_order order = order_of(c);
    if (!order.keys) return;
    for (const detail::term& t : order.keys->all_terms()) {
      if (t.tree) add(*t.tree, path, order.reversed);
      else add(t.path.view(), path, order.reversed);
    }
  }

  bool crosses_many() const noexcept { return crosses_many_; }
  /// With these keys, and by primary key where they leave objects equal.
  chain applied(const chain& to) {
    if (terms_.empty() && detail::has_order(to)) return to;
    terms_.push_back({path_ref::literal("pk"), {}, nullptr});
    return unwrap(to.order_by(std::span<const detail::term>(terms_)));
  }

 private:
  void note(std::string_view key) { crosses_many_ = crosses_many_ || text::crosses_many(e_, target_, key); }

  void add(std::string_view name, std::string_view path, bool reversed) {
    const std::string_view rest = below(without_sign(name), path);
    if (rest.empty()) return;
    note(rest);
    const bool descending = name.starts_with('-') != reversed;
    names_.push_back((descending ? "-" : "") + std::string(rest));
    terms_.push_back({path_ref::text(names_.back()), {}, nullptr});
  }
  /// F("path").desc() and the like; other expressions say nothing about the lists.
  void add(const expression& tree, std::string_view path, bool reversed) {
    const bool is_ordering = tree.form == expression_form::ordering;
    const expression& key = is_ordering ? *tree.children[0] : tree;
    const std::string_view rest = key.form == expression_form::path ? below(key.path.view(), path) : std::string_view();
    if (rest.empty()) return;
    note(rest);
    detail::order_flags how = is_ordering ? tree.order : detail::order_flags();
    if (reversed) {
      how.descending = !how.descending;
      std::swap(how.nulls_first, how.nulls_last);
    }
    names_.emplace_back(rest);
    trees_.push_back(unwrap(detail::make_ordering(detail::make_path(path_ref::text(names_.back())), how)));
    terms_.push_back({{}, {}, trees_.back().get()});
  }

  environment& e_;
  std::uint32_t target_;
  std::list<std::string> names_;
  std::list<detail::ref<expression>> trees_;
  std::vector<detail::term> terms_;
  bool crosses_many_ = false;
};

// --- requests ---

/// A relation whose lists are filled, and the paths that go on from its objects.
struct list_step {
  std::string lookups;     ///< the path as select_related() names it
  std::string attributes;  ///< as prefetch() names it
  const ir::relation* relation = nullptr;
  std::vector<std::string> rest;
};

std::vector<list_step> steps_of(const environment& e, const query_object& q) {
  std::vector<list_step> out;
  for (const std::string& path : q.loading.lists) {
    list_step step;
    std::uint32_t model = q.chain.model();
    std::string_view left = path;
    while (!step.relation || !step.relation->many) {
      const std::string_view segment = take_segment(left);
      step.relation = &e.model(model).relations[e.catalog()->find(model, segment).index];
      step.lookups = joined(step.lookups, segment);
      step.attributes = joined(step.attributes, e.text(step.relation->accessor));
      model = step.relation->target;
    }
    auto known = std::find_if(out.begin(), out.end(), [&](const list_step& s) { return s.lookups == step.lookups; });
    if (known == out.end()) known = out.insert(out.end(), std::move(step));
    if (!left.empty()) known->rest.emplace_back(left);
  }
  return out;
}

/// What masks of objects need besides: the key that tells whose list an object belongs to.
void carry_key(loading& what, const ir::relation& r) {
  const bool held_by_the_other = !r.forward && r.form != ir::relation_form::many_to_many;
  if (!what.mask.says_nothing() && held_by_the_other) what.carried = r.remote;
}

prefetch_request request_for(environment& e, const query_object& q, const list_step& step) {
  order_below order(e, q.chain, step.lookups, step.relation->target);
  loading what;
  what.once = order.crosses_many();
  what.mask = below(q.loading.mask, step.lookups);
  carry_key(what, *step.relation);
  for (const std::string& path : step.rest) add_related(e, step.relation->target, what, path_ref::text(path));
  // Keys that reach further order the lists behind these, too.
  const query rows = query_of(order.applied(chain::start(e.catalog(), step.relation->target)));
  return {step.attributes, loaded(e, rows, std::move(what)), {}};
}

const ir::relation* relation_called(const environment& e, std::uint32_t model, std::string_view accessor) {
  for (const ir::relation& r : e.model(model).relations)
    if (r.accessor.present() && e.text(r.accessor) == accessor) return &r;
  return nullptr;
}

/// The request with what the mask says of each object on its way.
void add_masked(environment& e, const query_object& q, const prefetch_request& request,
                std::vector<prefetch_request>& out) {
  std::uint32_t model = q.chain.model();
  std::string lookups, attributes;
  std::string_view left = request.path;
  while (!left.empty()) {
    const std::string_view segment = take_segment(left);
    const ir::relation* r = relation_called(e, model, segment);
    if (!r || !r->name.present()) break;
    lookups = joined(lookups, e.text(r->name));
    attributes = joined(attributes, segment);
    model = r->target;
    loading what;
    what.mask = below(q.loading.mask, lookups);
    const bool known = std::any_of(out.begin(), out.end(), [&](const auto& o) { return o.path == attributes; });
    if (what.mask.says_nothing() || known || (left.empty() && request.rows)) continue;
    carry_key(what, *r);
    const query rows = loaded(e, query_of(chain::start(e.catalog(), model)), std::move(what));
    out.push_back({attributes, rows, left.empty() ? request.to_attribute : std::string()});
    if (left.empty()) return;
  }
  out.push_back(request);
}

// --- rows that repeat ---

bool crosses_many(environment& e, std::uint32_t model, const expression& tree) {
  if (tree.form == expression_form::lookup || tree.form == expression_form::path ||
      tree.form == expression_form::filtered_relation)
    if (crosses_many(e, model, without_sign(tree.path.view()))) return true;
  const auto children = tree.all_children();
  return std::any_of(children.begin(), children.end(),
                     [&](const expression* child) { return crosses_many(e, model, *child); });
}

}  // namespace

void add_once(std::vector<std::string>& names, std::string_view name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
}

void add_related(environment& e, std::uint32_t model, loading& what, const path_ref& path) {
  (void)unwrap(ir::resolve_path(e.paths, model, path.view(), ir::path_use::relation, path.offset));
  std::string before;
  for (std::string_view left = path.view(); !left.empty();) {
    const std::string_view segment = take_segment(left);
    const ir::relation& r = e.model(model).relations[e.catalog()->find(model, segment).index];
    if (r.many) {
      if (!r.accessor.present()) fail(ir::diag::not_one_related, {path.view()});
      if (!before.empty()) add_once(what.related, before);
      return add_once(what.lists, path.view());
    }
    before = joined(before, segment);
    model = r.target;
  }
  add_once(what.related, before);
}

void add_all_related(environment& e, std::uint32_t model, loading& what, bool follow) {
  struct place {
    std::uint32_t model;
    std::string path;
  };
  std::set<std::uint32_t> visited = {model};
  std::vector<place> level = {{model, ""}};
  for (bool direct = true; !level.empty(); direct = false) {
    std::vector<place> next;
    for (const place& at : level)
      for (const ir::relation& r : e.model(at.model).relations) {
        if (!r.name.present() || !r.accessor.present()) continue;
        const bool fresh = visited.insert(r.target).second;
        if (!direct && !fresh) continue;
        const std::string path = joined(at.path, e.text(r.name));
        add_related(e, model, what, path_ref::text(path));
        if (fresh && follow) next.push_back({r.target, path});
      }
    level = std::move(next);
  }
}

std::vector<prefetch_request> list_requests(environment& e, const query_object& q) {
  std::vector<prefetch_request> out;
  for (const list_step& step : steps_of(e, q))
    if (!q.loading.mask.leaves_out(step.lookups)) out.push_back(request_for(e, q, step));
  for (const prefetch_request& request : q.prefetches) {
    if (q.loading.mask.says_nothing()) out.push_back(request);
    else add_masked(e, q, request, out);
  }
  return out;
}

bool may_repeat(environment& e, const chain& c) {
  for (const link* l = &c.last(); l; l = l->previous)
    for (const detail::term& t : l->all_terms()) {
      if (t.tree && crosses_many(e, c.model(), *t.tree)) return true;
      if (!t.tree && t.path.size != 0 && crosses_many(e, c.model(), without_sign(t.path.view()))) return true;
    }
  return false;
}

}  // namespace quarry::text
