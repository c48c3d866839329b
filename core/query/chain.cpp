#include <quarry/core/query/chain.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <new>
#include <vector>

namespace quarry::detail {
namespace {

constexpr std::size_t aligned(std::size_t n) { return (n + 7U) & ~std::size_t{7}; }

/// Memory of one node and of what it owns: counted first, then handed out in the same order.
class block {
 public:
  void count(std::size_t bytes) noexcept { size_ += aligned(bytes); }
  void count(const operand& o) noexcept {
    if (o.form == operand_form::list) {
      count(o.size * sizeof(operand));
      for (std::uint32_t i = 0; i < o.size; ++i) count(o.items[i]);
    } else if (points_to_bytes(o)) {
      count(o.size);
    }
  }
  void count(const path_ref& p) noexcept {
    if (!p.lasting) count(p.size);
  }
  void allocate() { at_ = static_cast<char*>(::operator new(size_)); }
  template <class T>
  T* take(std::size_t n = 1) noexcept {
    T* here = reinterpret_cast<T*>(at_);
    at_ += aligned(n * sizeof(T));
    return here;
  }
  const char* copy(const char* data, std::size_t size) noexcept {
    char* to = take<char>(size);
    if (size != 0) std::memcpy(to, data, size);
    return to;
  }
  path_ref copy(path_ref p) noexcept {
    if (!p.lasting) p.data = copy(p.data, p.size);
    return p;
  }
  operand copy(operand o) noexcept {
    if (o.form == operand_form::list) {
      auto* items = take<operand>(o.size);
      for (std::uint32_t i = 0; i < o.size; ++i) new (items + i) operand(copy(o.items[i]));
      o.items = items;
    } else if (points_to_bytes(o)) {
      o.text = copy(o.text, o.size);
    } else if (o.form == operand_form::expression) {
      o.expr->refs.fetch_add(1, std::memory_order_relaxed);
    } else if (o.form == operand_form::query) {
      o.query->refs.fetch_add(1, std::memory_order_relaxed);
    }
    return o;
  }

 private:
  static bool points_to_bytes(const operand& o) noexcept {
    if (o.form != operand_form::scalar) return false;
    switch (o.type) {
      case ir::scalar::text:
      case ir::scalar::bytes:
      case ir::scalar::decimal:
      case ir::scalar::json:
      case ir::scalar::uuid: return true;
      default: return false;
    }
  }
  std::size_t size_ = 0;
  char* at_ = nullptr;
};

void drop(const operand& o) noexcept {
  if (o.form == operand_form::expression) release(o.expr);
  else if (o.form == operand_form::query) release(o.query);
}

std::uint64_t word(expression_form f) { return 0x100U + static_cast<std::uint64_t>(f); }
std::uint64_t word(link_form f) { return 0x200U + static_cast<std::uint64_t>(f); }

ir::fingerprint extend(ir::fingerprint f, const ir::fingerprint& by) { return ir::extend(ir::extend(f, by.lo), by.hi); }

ir::fingerprint extend(ir::fingerprint f, const path_ref& p, const operand& o) {
  f = ir::extend(f, p.hash);
  f = ir::extend(f, slot_class(p, o));
  if (o.form == operand_form::expression) f = extend(f, o.expr->shape);
  if (o.form == operand_form::query) f = extend(f, o.query->shape);
  return f;
}

/// Which bounds a slice has, and whether it gives no row, or one at most: that may serve as a value.
std::uint64_t slice_class(const link& l) noexcept {
  const bool empty = l.has_high && l.high <= l.low;
  const bool one = l.has_high && l.high - l.low == 1;
  return (l.has_low ? 1U : 0U) | (l.has_high ? 2U : 0U) | (empty ? 4U : 0U) | (one ? 8U : 0U);
}

std::uint16_t depth_of(const operand& o) noexcept {
  if (o.form == operand_form::expression) return o.expr->depth;
  if (o.form == operand_form::query) return static_cast<std::uint16_t>(o.query->depth + 1);
  return 0;
}

constexpr ir::fingerprint seed{0x452821e638d01377ULL, 0xbe5466cf34e90c6cULL};

}  // namespace

std::uint32_t padded_length(std::uint32_t n) noexcept {
  if (n <= 4) return n;
  std::uint32_t step = 4;
  while (n > step * 2) step *= 2;
  // Between step and 2 * step there are two classes: few plans, and never more than half of the placeholders are
  // padding.
  return n <= step + step / 2 ? step + step / 2 : step * 2;
}

bool are_calendar_years(std::string_view path, const operand& list) noexcept {
  const bool of_years = path.ends_with("year__in") || path.ends_with("year__range");
  return of_years && std::ranges::all_of(std::span(list.items, list.size), [](const operand& o) {
           return o.form == operand_form::null || (ir::is_integer(o.type) && o.integer >= 1 && o.integer <= 9998);
         });
}

namespace {

/// Apart, so that the class of a single value, by far the most frequent, needs no stack.
[[gnu::noinline]] std::uint64_t list_class(const path_ref& path, const operand& o, std::uint64_t c) noexcept {
  std::uint32_t values = 0;
  std::uint64_t kinds = 0;
  for (std::uint32_t i = 0; i < o.size; ++i)
    if (o.items[i].form != operand_form::null) {
      ++values;
      kinds |= 1ULL << static_cast<unsigned>(o.items[i].type);
    }
  const std::uint64_t has_null = values != o.size ? 1 : 0;
  c |= kinds << 16U | std::uint64_t{padded_length(values)} << 33U | has_null << 32U;
  if (are_calendar_years(path.view(), o)) c |= 1ULL << 15U;
  return c;
}

}  // namespace

std::uint64_t slot_class(const path_ref& path, const operand& o) noexcept {
  std::uint64_t c = static_cast<std::uint64_t>(o.form) << 8U | static_cast<std::uint64_t>(o.type);
  if (o.form == operand_form::list) return list_class(path, o, c);
  if (o.form == operand_form::scalar && o.type == ir::scalar::boolean && is_null_test(path.view()))
    c |= 1ULL << 16U | static_cast<std::uint64_t>(o.integer != 0) << 17U;
  else if (is_calendar_year(path.view(), o)) c |= 1ULL << 18U;
  return c;
}

// --- expressions ---

/// The children of a condition and of those that it was the beginning of: each has the first so many. Whoever claims the room behind
/// them first may use it, the others copy.
struct alignas(const expression*) child_store {
  std::atomic<std::uint32_t> refs{1};
  std::atomic<std::uint32_t> used;
  std::uint32_t capacity;
  explicit child_store(std::uint32_t used_, std::uint32_t capacity_) noexcept : used(used_), capacity(capacity_) {}
  const expression** items() noexcept { return reinterpret_cast<const expression**>(this + 1); }
  static child_store* make(std::uint32_t used, std::uint32_t capacity) {
    void* memory = ::operator new(sizeof(child_store) + capacity * sizeof(const expression*));
    return new (memory) child_store(used, capacity);
  }
};

namespace {

void release(child_store* store) noexcept {
  if (store->refs.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  for (std::uint32_t i = 0; i < store->used.load(std::memory_order_relaxed); ++i) detail::release(store->items()[i]);
  ::operator delete(store);
}

}  // namespace

void release(const expression* e) noexcept {
  if (e->refs.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  drop(e->constant);
  if (e->store) release(e->store);
  else
    for (const expression* child : e->all_children()) release(child);
  e->~expression();
  ::operator delete(const_cast<expression*>(e));
}

namespace {

ref<expression> make_lookup(expression_form form, const path_ref& path, const operand& value) {
  block memory;
  memory.count(sizeof(expression));
  memory.count(path);
  memory.count(value);
  memory.allocate();
  auto* e = new (memory.take<expression>()) expression{};
  e->form = form;
  e->path = memory.copy(path);
  e->constant = memory.copy(value);
  e->depth = static_cast<std::uint16_t>(depth_of(value) + 1);
  if (value.form == operand_form::expression) e->node_count += value.expr->node_count;
  e->shape = extend(ir::extend(seed, word(e->form)), e->path, e->constant);
  return ref<expression>(e);
}

}  // namespace

ref<expression> make_lookup(const path_ref& path, const operand& value) {
  return make_lookup(expression_form::lookup, path, value);
}

ref<expression> make_filtered_relation(const path_ref& path, const operand& condition) {
  return make_lookup(expression_form::filtered_relation, path, condition);
}

namespace {

ref<expression> make_named(expression_form form, const path_ref& path, std::uint16_t levels) {
  block memory;
  memory.count(sizeof(expression));
  memory.count(path);
  memory.allocate();
  auto* e = new (memory.take<expression>()) expression{};
  e->form = form;
  e->levels = levels;
  e->path = memory.copy(path);
  e->shape = ir::extend(ir::extend(seed, word(e->form) | std::uint64_t{levels} << 16U), path.hash);
  return ref<expression>(e);
}

ref<expression> make_valued(expression_form form, const operand& value) {
  block memory;
  memory.count(sizeof(expression));
  memory.count(value);
  memory.allocate();
  auto* e = new (memory.take<expression>()) expression{};
  e->form = form;
  e->constant = memory.copy(value);
  e->depth = static_cast<std::uint16_t>(depth_of(value) + 1);
  e->shape = extend(ir::extend(seed, word(e->form)), e->path, e->constant);
  return ref<expression>(e);
}

}  // namespace

ref<expression> make_path(const path_ref& path) { return make_named(expression_form::path, path, 0); }

ref<expression> make_outer(const path_ref& path, std::uint16_t levels) {
  return make_named(expression_form::outer, path, levels);
}

ref<expression> make_constant(const operand& value) { return make_valued(expression_form::constant, value); }

ir::result<ref<expression>> make_query_value(expression_form form, const operand& query) {
  if (depth_of(query) + 1 > depth_limit) return ir::failure(ir::diag::query_too_deep, {std::to_string(depth_limit)});
  return make_valued(form, query);
}

namespace {

constexpr bool is_associative(expression_form form) noexcept {
  return form == expression_form::all_of || form == expression_form::any_of;
}

/// The arguments of a tree once `and` within `and` and `or` within `or` are one level: a condition that a loop composes
/// stays flat.
template <class F>
void for_each_argument(expression_form form, std::span<const ref<expression>> children, F&& f) {
  const bool associative = is_associative(form);
  for (const ref<expression>& c : children) {
    if (associative && c->form == form)
      for (const expression* inner : c->all_children()) f(inner);
    else f(c.get());
  }
}

/// The shape of a tree, from the shapes of its children and their number.
ir::fingerprint shape_of(const expression& e) noexcept { return ir::extend(e.folded, e.child_count); }

/// Adds children at the end, where there is room for them.
void add_children(expression& e, expression_form form, std::span<const ref<expression>> children,
                  const expression** to) {
  for_each_argument(form, children, [&](const expression* c) {
    c->refs.fetch_add(1, std::memory_order_relaxed);
    *to++ = c;
    e.node_count += c->node_count;
    e.folded = extend(e.folded, c->shape);
  });
  e.shape = shape_of(e);
}

/// A condition with more children behind those of `first`, a long one of the same form: its store is shared where nobody else has
/// used the room behind its children.
ref<expression> appended(const expression& first, std::span<const ref<expression>> more, std::uint32_t count,
                         std::uint16_t depth) {
  block memory;
  memory.count(sizeof(expression));
  memory.allocate();  // before any room is claimed
  const std::uint32_t before = first.child_count;
  std::uint32_t expected = before;
  child_store* store = first.store;
  if (store && before + count <= store->capacity && store->used.compare_exchange_strong(expected, before + count)) {
    store->refs.fetch_add(1, std::memory_order_relaxed);
  } else {
    store = child_store::make(before + count, 2 * (before + count));
    for (std::uint32_t i = 0; i < before; ++i) {
      first.children[i]->refs.fetch_add(1, std::memory_order_relaxed);
      store->items()[i] = first.children[i];
    }
  }
  auto* e = new (memory.take<expression>()) expression{};
  e->form = first.form;
  e->depth = depth;
  e->node_count = first.node_count;
  e->child_count = before + count;
  e->store = store;
  e->children = store->items();
  e->folded = first.folded;
  add_children(*e, e->form, more, store->items() + before);
  return ref<expression>(e);
}

constexpr std::uint32_t long_condition = 8;

ir::result<ref<expression>> make_tree(expression_form form, ir::op op, std::span<const ref<expression>> children) {
  std::uint16_t depth = 0;
  std::uint32_t arguments = 0;
  const bool appends = is_associative(form) && !children.empty() && children[0]->form == form &&
      children[0]->child_count >= long_condition;
  const std::span<const ref<expression>> added = appends ? children.subspan(1) : children;
  for_each_argument(form, added, [&](const expression* c) {
    depth = std::max(depth, c->depth);
    ++arguments;
  });
  if (appends) depth = std::max(depth, static_cast<std::uint16_t>(children[0]->depth - 1));
  if (depth + 1 > depth_limit) return ir::failure(ir::diag::query_too_deep, {std::to_string(depth_limit)});
  if (appends) return appended(*children[0], added, arguments, static_cast<std::uint16_t>(depth + 1));
  block memory;
  memory.count(sizeof(expression));
  memory.count(arguments * sizeof(expression*));
  memory.allocate();
  auto* e = new (memory.take<expression>()) expression{};
  e->form = form;
  e->operation = op;
  e->depth = static_cast<std::uint16_t>(depth + 1);
  e->child_count = arguments;
  auto** list = memory.take<const expression*>(arguments);
  e->children = list;
  e->folded = ir::extend(seed, word(form) | static_cast<std::uint64_t>(op) << 16U);
  add_children(*e, form, children, list);
  return ref<expression>(e);
}

}  // namespace

ir::result<ref<expression>> make_condition(expression_form form, std::span<const ref<expression>> children) {
  return make_tree(form, ir::op::and_, children);
}

ir::result<ref<expression>> make_operation(ir::op op, std::span<const ref<expression>> children) {
  return make_tree(expression_form::operation, op, children);
}

ir::result<ref<expression>> make_aggregate(ir::op function, std::span<const ref<expression>> arguments, bool distinct,
                                           const ref<expression>& condition, std::span<const ref<expression>> order) {
  constexpr std::size_t most_orders = 255;
  if (order.size() > most_orders) return ir::failure(ir::diag::query_too_deep, {std::to_string(most_orders)});
  std::vector<ref<expression>> children(arguments.begin(), arguments.end());
  children.insert(children.end(), order.begin(), order.end());
  if (condition) children.push_back(condition);
  QUARRY_TRY(made, make_tree(expression_form::aggregate, function, children));
  auto* e = const_cast<expression*>(made.get());  // not shared yet
  e->aggregate = {distinct, static_cast<bool>(condition), static_cast<std::uint8_t>(order.size())};
  e->shape = ir::extend(e->shape, e->aggregate.bits());
  return made;
}

ir::result<ref<expression>> make_cast(const ref<expression>& value, ir::type to) {
  QUARRY_TRY(made, make_tree(expression_form::cast, ir::op::and_, {&value, 1}));
  auto* e = const_cast<expression*>(made.get());  // not shared yet
  e->type = to;
  e->shape = ir::extend(e->shape, to.bits());
  return made;
}

namespace {

/// A tree with a name, a type, or an operand of its own.
ir::result<ref<expression>> make_tree(expression_form form, std::span<const ref<expression>> children,
                                      const path_ref& name, const operand& value, ir::type type) {
  std::uint16_t depth = depth_of(value);
  for (const ref<expression>& c : children) depth = std::max(depth, c->depth);
  if (depth + 1 > depth_limit) return ir::failure(ir::diag::query_too_deep, {std::to_string(depth_limit)});
  block memory;
  memory.count(sizeof(expression));
  memory.count(name);
  memory.count(value);
  memory.count(children.size() * sizeof(expression*));
  memory.allocate();
  auto* e = new (memory.take<expression>()) expression{};
  e->form = form;
  e->path = memory.copy(name);
  e->constant = memory.copy(value);
  e->type = type;
  e->depth = static_cast<std::uint16_t>(depth + 1);
  e->child_count = static_cast<std::uint32_t>(children.size());
  if (value.form == operand_form::expression) e->node_count += value.expr->node_count;
  auto** list = memory.take<const expression*>(children.size());
  e->children = list;
  e->shape = extend(ir::extend(ir::extend(seed, word(form) | std::uint64_t{e->child_count} << 32U), type.bits()),
                    e->path, e->constant);
  for (const ref<expression>& c : children) {
    c->refs.fetch_add(1, std::memory_order_relaxed);
    *list++ = c.get();
    e->node_count += c->node_count;
    e->shape = extend(e->shape, c->shape);
  }
  return ref<expression>(e);
}

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

constexpr std::size_t longest_name = 63;

}  // namespace

bool is_collation_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= longest_name &&
      std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
}

ir::result<ref<expression>> make_lookup_on(const ref<expression>& value, const path_ref& lookup,
                                           const operand& operand) {
  return make_tree(expression_form::lookup_on, {&value, 1}, lookup, operand, {});
}

ir::result<ref<expression>> make_row(std::span<const ref<expression>> values) {
  return make_tree(expression_form::row, ir::op::and_, values);
}

ir::result<ref<expression>> make_call(const path_ref& function, std::span<const ref<expression>> arguments,
                                      ir::type gives) {
  if (!ir::is_function_name(function.view()))
    return ir::failure(ir::diag::unsafe_name, {"Func()", "a function", "letters, digits and underscores"});
  return make_tree(expression_form::call, arguments, function, {}, gives);
}

ir::result<ref<expression>> make_collate(const ref<expression>& value, const path_ref& collation) {
  if (!is_collation_name(collation.view()))
    return ir::failure(ir::diag::unsafe_name, {"Collate()", "a collation", "letters, digits, '_' and '-'"});
  return make_tree(expression_form::collate, {&value, 1}, collation, {}, {});
}

ir::result<ref<expression>> make_typed(const ref<expression>& value, ir::type as) {
  return make_tree(expression_form::typed, {&value, 1}, {}, {}, as);
}

ir::result<ref<expression>> make_numeric(const ref<expression>& value) {
  return make_tree(expression_form::numeric, ir::op::and_, {&value, 1});
}

ir::result<ref<expression>> make_when(const ref<expression>& condition, const ref<expression>& value) {
  return make_tree(expression_form::when, ir::op::and_, std::array{condition, value});
}

ir::result<ref<expression>> make_case(std::span<const ref<expression>> branches) {
  return make_tree(expression_form::case_of, ir::op::and_, branches);
}

ir::result<ref<expression>> make_window(std::span<const ref<expression>> parts, const window_shape& shape) {
  QUARRY_TRY(made, make_tree(expression_form::window, ir::op::and_, parts));
  auto* e = const_cast<expression*>(made.get());  // not shared yet
  e->window = shape;
  for (const std::uint64_t part : {shape.bits(), shape.start_distance, shape.end_distance})
    e->shape = ir::extend(e->shape, part);
  return made;
}

std::vector<std::string> raw_pieces(std::string_view sql) {
  std::vector<std::string> pieces(1);
  for (std::size_t i = 0; i < sql.size(); ++i) {
    const char next = sql[i] == '%' && i + 1 < sql.size() ? sql[i + 1] : '\0';
    if (next == 's') pieces.emplace_back();
    else pieces.back() += sql[i];
    if (next == 's' || next == '%') ++i;
  }
  return pieces;
}

ir::result<ref<expression>> make_raw(std::string_view sql, std::span<const ref<expression>> values, ir::type type) {
  const std::size_t places = raw_pieces(sql).size() - 1;
  if (places != values.size())
    return ir::failure(ir::diag::raw_value_count, {std::to_string(places), std::to_string(values.size())});
  // The text lies in a node of its own, which the values hang on.
  std::vector<ref<expression>> parts = {make_named(expression_form::raw, path_ref::text(sql), 0)};
  parts.insert(parts.end(), values.begin(), values.end());
  QUARRY_TRY(made, make_tree(expression_form::raw, ir::op::and_, parts));
  auto* e = const_cast<expression*>(made.get());  // not shared yet
  e->type = type;
  e->shape = ir::extend(e->shape, type.bits());
  return made;
}

ir::result<ref<expression>> make_ordering(const ref<expression>& key, order_flags how) {
  QUARRY_TRY(made, make_tree(expression_form::ordering, ir::op::and_, {&key, 1}));
  // Not shared yet: nobody else has seen it.
  auto* e = const_cast<expression*>(made.get());
  e->order = how;
  e->shape = ir::extend(e->shape, how.bits());
  return made;
}

// --- links ---

void release(const link* l) noexcept {
  // A loop, not a recursion: a chain may be as long as memory allows.
  while (l && l->refs.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    const link* previous = l->previous;
    for (const term& t : l->all_terms()) {
      drop(t.value);
      if (t.tree) release(t.tree);
    }
    l->~link();
    ::operator delete(const_cast<link*>(l));
    l = previous;
  }
}

chain chain::start(std::shared_ptr<const ir::catalog> catalog, std::uint32_t model) {
  auto* l = new (::operator new(sizeof(link))) link{};
  l->form = link_form::root;
  l->root = l;
  l->model = model;
  l->catalog = std::move(catalog);
  l->shape = ir::extend(ir::extend(seed, word(link_form::root)), model);
  return chain(l);
}

namespace {

void count_bytes(block& memory, const term& t) noexcept {
  memory.count(t.path);
  memory.count(t.value);
}

void count_bytes(block& memory, const path_ref& name) noexcept { memory.count(name); }

term copied(block& memory, const term& t) noexcept {
  if (t.tree) t.tree->refs.fetch_add(1, std::memory_order_relaxed);
  return {memory.copy(t.path), memory.copy(t.value), t.tree};
}

term copied(block& memory, const path_ref& name) noexcept { return {memory.copy(name), {}, nullptr}; }

}  // namespace

template <class Term>
link* chain::append(link_form form, std::span<const Term> terms) const {
  block memory;
  memory.count(sizeof(link));
  memory.count(terms.size() * sizeof(term));
  for (const Term& t : terms) count_bytes(memory, t);
  memory.allocate();
  auto* l = new (memory.take<link>()) link{};
  l->form = form;
  l->sliced = last_->sliced;
  l->ordered = last_->ordered;
  l->length = last_->length + 1;
  l->depth = last_->depth;
  l->previous = last_.get();
  l->root = last_->root;
  last_->refs.fetch_add(1, std::memory_order_relaxed);
  l->term_count = static_cast<std::uint32_t>(terms.size());
  auto* list = memory.take<term>(terms.size());
  l->terms = list;
  l->shape = ir::extend(last_->shape, word(form) | std::uint64_t{l->term_count} << 32U);
  for (const Term& t : terms) {
    const auto* to = new (list++) term(copied(memory, t));
    l->depth = std::max({l->depth, depth_of(to->value), to->tree ? to->tree->depth : std::uint16_t{0}});
    if (!to->tree || to->path.size != 0) l->shape = extend(l->shape, to->path, to->value);
    if (to->tree) l->shape = extend(l->shape, to->tree->shape);
  }
  return l;
}

ir::result<chain> chain::condition(link_form form, std::span<const term> terms) const {
  if (last_->sliced)
    return ir::failure(ir::diag::filter_after_slice, {form == link_form::filter ? "filter" : "exclude"});
  return checked(append(form, terms));
}

ir::result<chain> chain::relate(const term& key, bool by_links) const {
  link* l = append(link_form::filter, std::span(&key, 1));
  l->of_relation = true;
  l->of_links = by_links;
  return checked(l);
}

ir::result<chain> chain::checked(link* last) {
  chain made(last);
  if (last->depth > depth_limit) return ir::failure(ir::diag::query_too_deep, {std::to_string(depth_limit)});
  return made;
}

ir::result<chain> chain::order_by(std::span<const path_ref> names) const {
  if (last_->sliced) return ir::failure(ir::diag::filter_after_slice, {"order_by"});
  link* l = append(link_form::order_by, names);
  l->ordered = !names.empty();
  return chain(l);
}

ir::result<chain> chain::order_by(std::span<const term> keys) const {
  if (last_->sliced) return ir::failure(ir::diag::filter_after_slice, {"order_by"});
  link* l = append(link_form::order_by, keys);
  l->ordered = !keys.empty();
  return chain(l);
}

ir::result<chain> chain::reverse() const {
  if (last_->sliced) return ir::failure(ir::diag::filter_after_slice, {"reverse"});
  return plain(link_form::reverse);
}

ir::result<chain> chain::slice(std::int64_t low, std::optional<std::int64_t> high) const {
  if (low < 0 || (high && *high < 0)) return ir::failure(ir::diag::negative_slice, {});
  const link* before = last_->sliced ? last_.get() : nullptr;
  while (before && before->form != link_form::slice) before = before->previous;
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const std::int64_t base = before ? before->low : 0;
  std::int64_t first = low > most - base ? most : base + low;
  std::optional<std::int64_t> last;
  if (high) last = *high > most - base ? most : base + *high;
  if (before && before->has_high) last = last ? std::min(*last, before->high) : before->high;
  if (last) first = std::min(first, *last);

  link* l = append(link_form::slice, std::span<const term>());
  l->sliced = true;
  l->low = first;
  l->high = last.value_or(0);
  l->has_low = first != 0;
  l->has_high = last.has_value();
  l->shape = ir::extend(l->shape, slice_class(*l));
  return chain(l);
}

chain chain::unsliced() const {
  link* l = append(link_form::slice, std::span<const term>());
  l->sliced = false;
  l->shape = ir::extend(l->shape, slice_class(*l));
  return chain(l);
}

ir::result<chain> chain::values_list(std::span<const path_ref> names) const {
  return chain(append(link_form::values_list, names));
}

ir::result<chain> chain::values_list(std::span<const term> columns) const {
  return chain(append(link_form::values_list, columns));
}

ir::result<chain> chain::dates(const path_ref& path, const ref<expression>& key) const {
  if (last_->sliced) return ir::failure(ir::diag::filter_after_slice, {"dates"});
  const term t{path, {}, key.get()};
  link* l = append(link_form::dates, std::span<const term>(&t, 1));
  l->ordered = true;
  return chain(l);
}

ir::result<chain> chain::combine(link_form form, const chain& other) const {
  if (other.catalog() != catalog()) return ir::failure(ir::diag::foreign_schema, {"the other query"});
  if (other.model() != model())
    return ir::failure(ir::diag::wrong_argument,
                       {combination_sign(form), "queries on one model", "queries on two models"});
  if (sliced() || other.sliced()) return ir::failure(ir::diag::filter_after_slice, {combination_sign(form)});
  const term t{{}, query_operand(other), nullptr};
  return checked(append(form, std::span<const term>(&t, 1)));
}

ir::result<chain> chain::set_operation(link_form form, std::span<const chain> others) const {
  std::vector<term> terms;
  for (const chain& other : others) {
    if (other.catalog() != catalog()) return ir::failure(ir::diag::foreign_schema, {"the other query"});
    terms.push_back({{}, query_operand(other), nullptr});
  }
  link* l = append(form, std::span<const term>(terms));
  // What orders and narrows this query belongs to it, not to the rows of all of them.
  l->sliced = l->ordered = false;
  return checked(l);
}

std::string_view combination_sign(link_form form) noexcept {
  return form == link_form::both ? "'&'" : form == link_form::one_of ? "'^'" : "'|'";
}

namespace {

/// Names never become SQL text; what could be none in SQL is refused all the same, as in Django.
bool is_sound_name(std::string_view name) noexcept {
  for (const std::string_view part : {"--", "/*", "*/"})
    if (name.find(part) != std::string_view::npos) return false;
  return std::ranges::none_of(
      name, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || std::strchr("'\"`[];#", c) != nullptr; });
}

ir::result<void> check_names(std::span<const term> terms) {
  for (const term& t : terms) {
    if (is_sound_name(t.path.view())) continue;
    ir::failure f(ir::diag::alias_characters, {t.path.view()});
    f->source = t.path.view();
    f->span = {0, t.path.size};
    f->origin = t.path.offset;
    return f;
  }
  return {};
}

}  // namespace

ir::result<chain> chain::aggregate(std::span<const term> terms) const {
  QUARRY_CHECK(check_names(terms));
  return checked(append(link_form::aggregate, terms));
}

ir::result<chain> chain::computed(link_form form, std::span<const term> terms) const {
  QUARRY_CHECK(check_names(terms));
  return checked(append(form, terms));
}

bool names_annotation(const chain& c, std::string_view path) noexcept {
  for (const link* l = &c.last(); l; l = l->previous) {
    if (l->form != link_form::annotate && l->form != link_form::alias) continue;
    for (const term& t : l->all_terms()) {
      const std::string_view name = t.path.view();
      if (path.starts_with(name) && (path.size() == name.size() || path.substr(name.size()).starts_with("__")))
        return true;
    }
  }
  return false;
}

chain chain::load(std::span<const path_ref> columns) const { return chain(append(link_form::load, columns)); }

chain chain::select_related(std::span<const path_ref> paths) const {
  return chain(append(link_form::select_related, paths));
}

chain chain::plain(link_form form) const { return chain(append(form, std::span<const term>())); }

ir::result<chain> chain::distinct(std::span<const path_ref> names) const {
  if (last_->sliced) return ir::failure(ir::diag::filter_after_slice, {"distinct"});
  return chain(append(link_form::distinct, names));
}
ir::result<chain> chain::none() const { return plain(link_form::none); }
ir::result<chain> chain::lock(lock_flags how, std::span<const path_ref> of) const {
  link* l = append(link_form::lock, of);
  l->lock = how;
  l->shape = ir::extend(l->shape, how.bits());
  return chain(l);
}
ir::result<chain> chain::tables(std::span<const path_ref> names) const {
  if (last_->sliced) return ir::failure(ir::diag::filter_after_slice, {"extra"});
  return chain(append(link_form::tables, names));
}
ir::result<chain> chain::raw(const ref<expression>& statement) const {
  const term rows{{}, {}, statement.get()};
  return checked(start(catalog(), model()).append(link_form::raw, std::span(&rows, 1)));
}
ir::result<chain> chain::count() const { return plain(link_form::count); }
ir::result<chain> chain::exists() const { return plain(link_form::exists); }

// --- shapes ---

namespace {

/// Writes the shape of a chain to a sink that takes words and texts and says whether to go on.
template <class Sink>
class shape_walk {
 public:
  explicit shape_walk(Sink& sink) noexcept : sink_(sink) {}
  bool walk(const chain& c) {
    bool more = true;
    for_each_link(c, [&](const link& l) { more = more && walk(l); });
    return more;
  }

 private:
  bool walk(const link& l) {
    if (!sink_.word(word(l.form) | std::uint64_t{l.term_count} << 32U)) return false;
    if (l.form == link_form::root && !sink_.word(l.model)) return false;
    if (l.form == link_form::slice && !sink_.word(slice_class(l))) return false;
    if (l.form == link_form::lock && !sink_.word(l.lock.bits())) return false;
    for (const term& t : l.all_terms()) {
      const bool named = !t.tree || t.path.size != 0;
      if (!sink_.word((t.tree ? 1U : 0U) | (named ? 2U : 0U))) return false;
      if ((named && !walk(t.path, t.value)) || (t.tree && !walk(*t.tree))) return false;
    }
    return true;
  }
  bool walk(const path_ref& p, const operand& o) {
    if (!sink_.text(p.view()) || !sink_.word(slot_class(p, o))) return false;
    if (o.form == operand_form::expression) return walk(*o.expr);
    if (o.form == operand_form::query) {
      bool more = true;
      for_each_link(*o.query, [&](const link& l) { more = more && walk(l); });
      return sink_.word(o.query->length) && more;
    }
    return true;
  }
  bool walk(const expression& e) {
    if (!sink_.word(word(e.form) | static_cast<std::uint64_t>(e.operation) << 16U |
                    std::uint64_t{e.child_count} << 32U) ||
        !sink_.word(e.order.bits() | e.aggregate.bits() << 16U | std::uint64_t{e.levels} << 32U) ||
        !sink_.word(e.type.bits()) || !sink_.word(e.window.bits()))
      return false;
    if (e.form == expression_form::window &&
        (!sink_.word(e.window.start_distance) || !sink_.word(e.window.end_distance)))
      return false;
    if (!walk(e.path, e.constant)) return false;
    for (const expression* child : e.all_children())
      if (!walk(*child)) return false;
    return true;
  }
  Sink& sink_;
};

/// Most shapes fit into `few`: their string is allocated once, and no larger than it has to be.
class shape_writer {
 public:
  bool word(std::uint64_t w) {
    put(reinterpret_cast<const char*>(&w), sizeof w);
    return true;
  }
  bool text(std::string_view s) {
    word(s.size());
    put(s.data(), s.size());
    return true;
  }
  std::string take() {
    flush();
    return std::move(out_);
  }

 private:
  void put(const char* data, std::size_t size) {
    if (size > sizeof few_ - used_) flush();
    if (size > sizeof few_) {
      out_.append(data, size);
    } else if (size != 0) {
      std::memcpy(few_ + used_, data, size);
      used_ += size;
    }
  }
  void flush() {
    out_.append(few_, used_);
    used_ = 0;
  }
  std::string out_;
  std::size_t used_ = 0;
  char few_[512];
};

struct shape_comparer {
  std::string_view rest;
  bool word(std::uint64_t w) noexcept { return text_of(reinterpret_cast<const char*>(&w), sizeof w); }
  bool text(std::string_view s) noexcept { return word(s.size()) && text_of(s.data(), s.size()); }
  bool text_of(const char* data, std::size_t size) noexcept {
    if (rest.size() < size || (size != 0 && std::memcmp(rest.data(), data, size) != 0)) return false;
    rest.remove_prefix(size);
    return true;
  }
};

}  // namespace

std::string encode_shape(const chain& c) {
  shape_writer w;
  shape_walk walk(w);
  walk.walk(c);
  return w.take();
}

bool matches_shape(const chain& c, std::string_view encoded) noexcept {
  shape_comparer compare{encoded};
  shape_walk walk(compare);
  return walk.walk(c) && compare.rest.empty();
}

}  // namespace quarry::detail
