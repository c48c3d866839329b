#include <quarry/core/text/object.hpp>

#include <algorithm>
#include <cmath>

#include <quarry/core/exec/decode.hpp>
#include <quarry/core/text/canonical.hpp>
#include <quarry/core/text/loaded_lists.hpp>

namespace quarry::text {
namespace {

std::string with_article(std::string_view noun) {
  const bool vowel = !noun.empty() && std::string_view("AEIOUaeiou").find(noun.front()) != std::string_view::npos;
  return (vowel ? "an " : "a ") + std::string(noun);
}

struct describer {
  const ir::catalog& catalog;
  std::string operator()(const value& v) const { return std::string(quarry::describe(v)); }
  std::string operator()(const std::shared_ptr<const sequence>& s) const {
    return s->what == collection::list ? "a list" : s->what == collection::tuple ? "a tuple" : "a set";
  }
  std::string operator()(const std::shared_ptr<const mapping>&) const { return "a dict"; }
  std::string operator()(const std::shared_ptr<instance>& i) const {
    return with_article(catalog.text(catalog.at(i->model).name)) + " object";
  }
  std::string operator()(const std::shared_ptr<query_object>&) const { return "a QuerySet"; }
  std::string operator()(const std::shared_ptr<const formula>& f) const {
    return f->condition ? "a condition" : "an expression";
  }
  std::string operator()(const manager&) const { return "a manager"; }
  std::string operator()(const model_name& m) const {
    return "the model " + std::string(catalog.text(catalog.at(m.model).name));
  }
  std::string operator()(const module_name& m) const { return "the module " + std::string(m.name); }
  std::string operator()(const frame_range&) const { return "a frame"; }
  std::string operator()(detail::frame_exclusion) const { return "a member of WindowFrameExclusion"; }
  std::string operator()(const field_type&) const { return "a field"; }
  std::string operator()(const function_name&) const { return "a function"; }
  std::string operator()(const std::shared_ptr<const prefetch_request>&) const { return "a Prefetch"; }
  std::string operator()(const instance_state&) const { return "the state of an object"; }
  std::string operator()(ellipsis) const { return "'...'"; }
};

/// Numbers of every kind as a double, for comparisons that mix them.
std::optional<double> number_of(const object& o) {
  if (const auto* i = o.scalar<std::int64_t>()) return static_cast<double>(*i);
  if (const auto* b = o.scalar<bool>()) return *b ? 1.0 : 0.0;
  if (const auto* d = o.scalar<double>()) return *d;
  if (const auto* d = o.scalar<decimal>()) return std::strtod(d->text().c_str(), nullptr);
  return std::nullopt;
}

std::optional<std::int64_t> integer_of(const object& o) {
  if (const auto* i = o.scalar<std::int64_t>()) return *i;
  if (const auto* b = o.scalar<bool>()) return *b ? 1 : 0;
  return std::nullopt;
}

template <class T>
int sign(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

template <class T>
std::optional<int> compare_as(const object& a, const object& b) {
  const T* x = a.scalar<T>();
  const T* y = b.scalar<T>();
  if (!x || !y) return std::nullopt;
  return sign(*x, *y);
}

std::optional<int> compare_sequences(const sequence& a, const sequence& b) {
  for (std::size_t i = 0; i < a.items.size() && i < b.items.size(); ++i) {
    const auto c = compare(a.items[i], b.items[i]);
    if (!c || *c != 0) return c;
  }
  return sign(a.items.size(), b.items.size());
}

bool equal_lists(const std::vector<object>& a, const std::vector<object>& b, const ir::catalog& catalog) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](const object& x, const object& y) { return equal(x, y, catalog); });
}

bool equal_sequences(const sequence& a, const sequence& b, const ir::catalog& catalog) {
  if (a.what != b.what || a.items.size() != b.items.size()) return false;
  if (a.what != collection::set) return equal_lists(a.items, b.items, catalog);
  for (const object& wanted : a.items) {
    bool found = false;
    for (const object& other : b.items) found = found || equal(wanted, other, catalog);
    if (!found) return false;
  }
  return true;
}

bool equal_dicts(const mapping& a, const mapping& b, const ir::catalog& catalog) {
  if (a.entries.size() != b.entries.size()) return false;
  for (const auto& [key, wanted] : a.entries) {
    bool found = false;
    for (const auto& [other, v] : b.entries) found = found || (equal(key, other, catalog) && equal(wanted, v, catalog));
    if (!found) return false;
  }
  return true;
}

}  // namespace

bool field_mask::leaves_out(std::string_view path) const {
  return std::any_of(excluded.begin(), excluded.end(), [&](const std::string& name) {
    return path == name || (path.starts_with(name) && path.substr(name.size()).starts_with("__"));
  });
}

std::string describe(const object& o, const ir::catalog& catalog) { return std::visit(describer{catalog}, o.data()); }

bool equal(const object& a, const object& b, const ir::catalog& catalog) {
  if (const auto x = integer_of(a), y = integer_of(b); x && y) return *x == *y;
  if (const auto x = number_of(a), y = number_of(b); x && y) return *x == *y;
  // What a JSON column holds is the document, not its text.
  if (const auto* j = a.scalar<json>()) return equal(from_json(j->text), b, catalog);
  if (const auto* j = b.scalar<json>()) return equal(a, from_json(j->text), catalog);
  if (a.plain() && b.plain()) return *a.plain() == *b.plain();
  if (const auto *x = a.items(), *y = b.items(); x && y) return equal_sequences(*x, *y, catalog);
  if (const auto *x = a.dict(), *y = b.dict(); x && y) return equal_dicts(*x, *y, catalog);
  if (const auto x = a.row(), y = b.row(); x && y) {
    const std::uint32_t key = catalog.at(x->model).primary_key;
    if (x == y) return true;
    return x->model == y->model && !x->values[key].is_none() && equal(x->values[key], y->values[key], catalog);
  }
  if (const auto x = a.query(), y = b.query(); x && y) return x == y;
  if (const manager* m = a.as_relation())
    return (b.items() && b.items()->what == collection::list &&
            equal_lists(loaded_list(*m), b.items()->items, catalog)) ||
        (b.as_relation() && equal_lists(loaded_list(*m), loaded_list(*b.as_relation()), catalog));
  if (b.as_relation()) return equal(b, a, catalog);
  if (a.is_ellipsis() || b.is_ellipsis()) return a.is_ellipsis() && b.is_ellipsis();
  const auto* x = std::get_if<model_name>(&a.data());
  const auto* y = std::get_if<model_name>(&b.data());
  return x && y && x->model == y->model;
}

std::optional<int> compare(const object& a, const object& b) {
  if (const auto x = integer_of(a), y = integer_of(b); x && y) return sign(*x, *y);
  if (const auto x = number_of(a), y = number_of(b); x && y) return sign(*x, *y);
  if (const auto* x = a.scalar<time_of_day>(); x)
    if (const auto* y = b.scalar<time_of_day>(); y) return sign(x->since_midnight, y->since_midnight);
  if (const auto *x = a.items(), *y = b.items(); x && y && x->what == y->what && x->what != collection::set)
    return compare_sequences(*x, *y);
  for (const auto& c : {compare_as<std::string>(a, b), compare_as<date>(a, b), compare_as<datetime>(a, b),
                        compare_as<duration>(a, b), compare_as<bytes>(a, b)})
    if (c) return c;
  if (const auto* x = a.scalar<uuid>(); x)
    if (const auto* y = b.scalar<uuid>(); y) return sign(x->octets, y->octets);
  return std::nullopt;
}

value value_of(const quarry_cell& c) {
  value out;
  (void)detail::read(c, out);
  return out;
}

detail::operand operand_store::list_of(const std::vector<detail::operand>& items) {
  auto copied = std::make_unique<detail::operand[]>(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) copied[i] = items[i];
  const detail::operand list = detail::operand::of_list(copied.get(), items.size());
  arrays_.push_back(std::move(copied));
  return list;
}

std::string_view operand_store::keep(std::string text) {
  texts_.push_back(std::make_unique<std::string>(std::move(text)));
  return *texts_.back();
}

}  // namespace quarry::text
