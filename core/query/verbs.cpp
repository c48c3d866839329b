#include <quarry/core/query/verbs.hpp>

#include <algorithm>
#include <mutex>

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

bool has_order(const chain& c) noexcept { return c.ordered() || (!model_of(c).ordering.empty() && !order_cleared(c)); }

ir::result<chain> for_get(const chain& c) {
  if (c.sliced() || !has_order(c)) return c.slice(0, get_limit);
  QUARRY_TRY(unordered, c.order_by(std::span<const path_ref>()));
  return unordered.slice(0, get_limit);
}

ir::result<chain> for_first(const chain& c) {
  return one_row(has_order(c) ? ir::result<chain>(c) : c.order_by(std::span(&by_key, 1)));
}

ir::result<chain> for_last(const chain& c) {
  return one_row(has_order(c) ? c.reverse() : c.order_by(std::span(&by_key_descending, 1)));
}

chain conditioned(const chain& c, link_form form, std::span<term> terms) {
  const auto says_nothing = [](const term& t) { return !t.tree && t.path.size == 0; };
  const auto end = std::remove_if(terms.begin(), terms.end(), says_nothing);
  const std::span<const term> rest = terms.first(static_cast<std::size_t>(end - terms.begin()));
  return unwrap(form == link_form::filter ? c.filter(rest) : c.exclude(rest));
}

chain ordered(const chain& c, std::span<const path_ref> names) { return unwrap(c.order_by(names)); }

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
