#include <quarry/core/exec/row_order.hpp>

#include <algorithm>
#include <array>
#include <string>

#include <quarry/core/errors.hpp>

namespace quarry::detail {
namespace {

/// What the segments of a path lead over.
struct way {
  bool many = false;      ///< over a relation that gives a row several others
  bool is_column = false;  ///< it ends at a column
};

way way_of(const ir::catalog& catalog, std::uint32_t model, std::string_view path) {
  way out;
  while (!path.empty()) {
    const std::size_t end = path.find("__");
    const ir::catalog::member m = catalog.find(model, path.substr(0, end));
    if (m.what == ir::catalog::member::form::absent) return {out.many, false};
    const bool last = end == std::string_view::npos;
    if (m.what == ir::catalog::member::form::column) return {out.many, last};
    const ir::relation& r = catalog.at(model).relations[m.index];
    out.many = out.many || r.many;
    model = r.target;
    path = last ? std::string_view() : path.substr(end + 2);
  }
  return out;
}

/// Whether a condition looks at several related rows: it gives a row once for each that satisfies it.
bool multiplies(const chain& c, const expression& e) {
  const bool has_path = e.form == expression_form::lookup || e.form == expression_form::path;
  if (has_path && way_of(*c.catalog(), c.model(), e.path.view()).many) return true;
  return std::ranges::any_of(e.all_children(), [&](const expression* part) { return multiplies(c, *part); });
}

bool multiplies(const chain& c, const link& conditions) {
  return std::ranges::any_of(conditions.all_terms(), [&](const term& t) {
    return t.tree ? multiplies(c, *t.tree) : way_of(*c.catalog(), c.model(), t.path.view()).many;
  });
}

bool aggregates(const expression& e) {
  return e.form == expression_form::aggregate || e.form == expression_form::filtered_relation ||
      std::ranges::any_of(e.all_children(), [](const expression* part) { return aggregates(*part); });
}

/// Whether the rows of the link can be numbered; `once`: each comes once, and nothing is computed for it.
bool can_number(const chain& c, const link& l, bool once) {
  switch (l.form) {
    case link_form::root:
    case link_form::order_by:
    case link_form::slice:  // is there no more: the query is unsliced()
    case link_form::load:
    case link_form::select_related: return true;
    case link_form::filter: return !once || !multiplies(c, l);
    case link_form::exclude: return true;
    case link_form::annotate:
    case link_form::alias:
      return !once && std::ranges::none_of(l.all_terms(), [](const term& t) { return t.tree && aggregates(*t.tree); });
    default: return false;
  }
}

class keys_of_order {
 public:
  keys_of_order(const chain& c, std::string_view prefix) : chain_(c), prefix_(prefix) {}

  std::optional<std::vector<ref<expression>>> read() {
    const link* order = nullptr;
    for (const link* l = &chain_.last(); l; l = l->previous) {
      if (!can_number(chain_, *l, !prefix_.empty())) return std::nullopt;
      if (l->form == link_form::order_by && !order) order = l;
    }
    bool known = true;
    if (order)
      for (const term& t : order->all_terms()) known = known && (t.tree ? computed(*t.tree) : named(t.path.view()));
    else
      for (const std::string& name : chain_.catalog()->at(chain_.model()).ordering) known = known && named(name);
    if (!known || !named("pk")) return std::nullopt;
    return std::move(keys_);
  }

 private:
  bool named(std::string_view name) {
    order_flags how;
    if (name.starts_with('-') || name.starts_with('+')) {
      how.descending = name.front() == '-';
      name.remove_prefix(1);
    }
    const bool annotation = prefix_.empty() && names_annotation(chain_, name);
    if (!annotation) {
      const way to = way_of(*chain_.catalog(), chain_.model(), name);
      if (!to.is_column || to.many) return false;
    }
    const std::string path = prefix_.empty() ? std::string(name) : std::string(prefix_) + "__" + std::string(name);
    keys_.push_back(unwrap(make_ordering(make_path(path_ref::text(path)), how)));
    return true;
  }

  bool computed(const expression& e) {
    if (!prefix_.empty() || multiplies(chain_, e) || is_random(e)) return false;
    const ref<expression> shared = ref<expression>::share(&e);
    keys_.push_back(e.form == expression_form::ordering ? shared : unwrap(make_ordering(shared, {})));
    return true;
  }

  static bool is_random(const expression& e) {
    return (e.form == expression_form::operation && e.operation == ir::op::random) || e.form == expression_form::raw ||
        e.form == expression_form::call ||
        std::ranges::any_of(e.all_children(), [](const expression* part) { return is_random(*part); });
  }

  const chain& chain_;
  std::string_view prefix_;
  std::vector<ref<expression>> keys_;
};

}  // namespace

std::optional<std::vector<ref<expression>>> row_order(const chain& c, std::string_view prefix) {
  return keys_of_order(c, prefix).read();
}

}  // namespace quarry::detail
