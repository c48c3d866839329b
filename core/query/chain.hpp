// The query chain: what a QuerySet is a handle to. An immutable list of links, each with the fingerprint of the shape
// so far. At most one allocation per chained call; values lie inside the links. This layer knows no model types: the
// typed C++ API and the text front end both build on it, and equal queries of both have equal fingerprints.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quarry/core/query/value.hpp>
#include <quarry/ir/model/catalog.hpp>
#include <quarry/ir/support/hash.hpp>
#include <quarry/ir/support/result.hpp>

namespace quarry::detail {

inline constexpr std::uint32_t no_offset = 0xffffffffU;

/// Reference counting for nodes that live in one block with what they own.
template <class T>
class ref {
 public:
  ref() noexcept = default;
  /// Takes over one reference.
  explicit ref(const T* p) noexcept : p_(p) {}
  ref(const ref& o) noexcept : p_(o.p_) {
    if (p_) p_->refs.fetch_add(1, std::memory_order_relaxed);
  }
  ref(ref&& o) noexcept : p_(std::exchange(o.p_, nullptr)) {}
  ref& operator=(ref o) noexcept {
    std::swap(p_, o.p_);
    return *this;
  }
  ~ref() {
    if (p_) release(p_);
  }
  const T* get() const noexcept { return p_; }
  const T* operator->() const noexcept { return p_; }
  const T& operator*() const noexcept { return *p_; }
  explicit operator bool() const noexcept { return p_ != nullptr; }
  static ref share(const T* p) noexcept {
    if (p) p->refs.fetch_add(1, std::memory_order_relaxed);
    return ref(p);
  }

 private:
  const T* p_ = nullptr;
};

/// A path as the user wrote it, with its hash; `offset` is its place in the source text, where there is one.
struct path_ref {
  const char* data = nullptr;
  std::uint32_t size = 0;
  std::uint32_t offset = no_offset;
  std::uint64_t hash = 0;
  bool lasting = false;  ///< points to a literal of the program: need not be copied
  constexpr std::string_view view() const noexcept { return {data, size}; }
  /// For literals: the compiler computes the hash.
  static constexpr path_ref literal(std::string_view s) noexcept {
    return {s.data(), static_cast<std::uint32_t>(s.size()), no_offset, ir::hash_text(s), true};
  }
  static path_ref text(std::string_view s, std::uint32_t offset = no_offset) noexcept {
    return {s.data(), static_cast<std::uint32_t>(s.size()), offset, ir::hash_text(s), false};
  }
};

/// Stands for the path of a slice's bounds; known by its own address, which no user's path can have.
inline constexpr path_ref slice_bound = path_ref::literal("slice bound");

enum class expression_form : std::uint8_t {
  lookup,  ///< path__lookup = operand
  all_of,  ///< Q & Q
  any_of,  ///< Q | Q
  one_of,  ///< Q ^ Q
  negation,  ///< ~Q
  path,  ///< F("path")
  constant,  ///< Value(...)
  operation,  ///< an ir::op over arguments
  ordering,  ///< a key of order_by(): its one argument, with order_flags
  aggregate,  ///< Count(...): an ir::op over arguments, with aggregate_flags; the condition is the last child
  cast,       ///< its one argument as a value of `type`
  when,       ///< When(condition, then=value): a branch of case_of
  case_of,    ///< Case(...): branches, and behind them the value for all other rows where there is one
  exists,     ///< Exists(query)
  subquery,   ///< Subquery(query): its one row and column
  outer,      ///< OuterRef("path"): a value of the query around
  filtered_relation,  ///< FilteredRelation("path", condition): related rows that satisfy one, the operand
  window,     ///< Window(...): the function, then what window_shape says
  lookup_on,  ///< a lookup of what its one child computes: its path is what follows, such as "year__gte"
  row,        ///< several values beside each other, as operand of `range` and `in`
  call,       ///< a function of the database, by the name in `path`; `type` says what it gives, where that is known
  collate,    ///< its one argument, compared and sorted by the collation in `path`
  typed,      ///< its one argument, read as a value of `type`: output_field
  numeric,    ///< its one argument as Django's mathematical functions take it: an integer as a float
  raw  ///< SQL text of the application, kept as the path, whose placeholders %s stand for the children; `type` is its own
};

/// Rows of a frame that the function of a window passes over, as the flags of a frame say it.
enum class frame_exclusion : std::uint8_t { no_others = 0, current_row = 1, group = 2, ties = 4 };

/// The rows around a row that a window function sees: which arguments of the expression say so, behind the function.
struct window_shape {
  enum class frame_unit : std::uint8_t { none, rows, range, groups };
  std::uint16_t partitions = 0, orders = 0;
  frame_unit frame = frame_unit::none;
  ir::code start = 0, end = 0;  ///< frame_edge
  frame_exclusion exclusion = frame_exclusion::no_others;
  /// Of a preceding or following edge. It is shape, no value: a database is known that takes no placeholder there.
  std::uint64_t start_distance = 0, end_distance = 0;
  /// Where the frame starts and ends, counted from the row; none: at the first or last one.
  void bound(std::optional<std::int64_t> from, std::optional<std::int64_t> to) noexcept {
    const auto edge = [](std::optional<std::int64_t> at, ir::code unbounded, std::uint64_t& distance) -> ir::code {
      if (!at) return unbounded;
      if (*at == 0) return ir::frame_edge::current_row;
      constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
      distance = static_cast<std::uint64_t>(*at > 0 ? *at : *at < -most ? most : -*at);
      return *at < 0 ? ir::frame_edge::preceding : ir::frame_edge::following;
    };
    start = edge(from, ir::frame_edge::unbounded_preceding, start_distance);
    end = edge(to, ir::frame_edge::unbounded_following, end_distance);
  }
  std::uint64_t bits() const noexcept {
    return partitions | std::uint64_t{orders} << 16U | static_cast<std::uint64_t>(frame) << 32U |
        std::uint64_t{start} << 36U | std::uint64_t{end} << 40U | static_cast<std::uint64_t>(exclusion) << 44U;
  }
};

/// How select_for_update() locks rows.
struct lock_flags {
  bool nowait = false;  ///< a row that is locked is an error
  bool skip_locked = false;  ///< a row that is locked is left out
  bool no_key = false;  ///< others may still refer to the row
  constexpr std::uint8_t bits() const noexcept {
    return static_cast<std::uint8_t>((nowait ? 1U : 0U) | (skip_locked ? 2U : 0U) | (no_key ? 4U : 0U));
  }
};

struct aggregate_flags {
  bool distinct = false;  ///< over different values
  bool condition = false;  ///< over the rows that satisfy one
  std::uint8_t orders = 0;  ///< so many children behind the arguments say in which order the values come
  constexpr std::uint64_t bits() const noexcept {
    return (distinct ? 1U : 0U) | (condition ? 2U : 0U) | std::uint64_t{orders} << 2U;
  }
};

/// How a key sorts. Without a word about NULLs they stand where the semantics put them.
struct order_flags {
  bool descending = false;
  bool nulls_first = false;
  bool nulls_last = false;
  constexpr std::uint16_t bits() const noexcept {
    return static_cast<std::uint16_t>((descending ? 1U : 0U) | (nulls_first ? 2U : 0U) | (nulls_last ? 4U : 0U));
  }
};

struct child_store;

/// Q and F trees: immutable, shared, each with the fingerprint of its shape. One block: node, children, text. The children of a long
/// `and` or `or` lie in a store of their own, which the conditions that a loop makes of each other share.
struct expression {
  mutable std::atomic<std::uint32_t> refs{1};
  expression_form form;
  ir::op operation = ir::op::and_;
  std::uint16_t depth = 1;
  std::uint16_t levels = 0;  ///< of an outer path
  order_flags order;
  aggregate_flags aggregate;
  ir::type type;  ///< of a cast, a call, a typed value and raw SQL
  window_shape window;
  std::uint32_t child_count = 0;
  std::uint32_t node_count = 1;  ///< of the whole tree
  ir::fingerprint shape;
  path_ref path;
  operand constant;
  const expression* const* children = nullptr;
  child_store* store = nullptr;  ///< where the children lie outside of the node
  ir::fingerprint folded;  ///< the shapes of the children so far, before their number: of an `and` or `or`
  std::span<const expression* const> all_children() const noexcept { return {children, child_count}; }
};
void release(const expression* e) noexcept;

inline constexpr std::uint16_t depth_limit = 200;

ref<expression> make_lookup(const path_ref& path, const operand& value);
ref<expression> make_path(const path_ref& path);
ref<expression> make_constant(const operand& value);
/// all_of, any_of, one_of or negation over children; an error when nested deeper than depth_limit. A child of the same
/// form as an all_of or any_of gives its own children instead of itself. One more condition to a long first child costs no copy of it.
ir::result<ref<expression>> make_condition(expression_form form, std::span<const ref<expression>> children);
ir::result<ref<expression>> make_operation(ir::op op, std::span<const ref<expression>> children);
/// `condition` may be absent; `order` holds at most 255 keys.
ir::result<ref<expression>> make_aggregate(ir::op function, std::span<const ref<expression>> arguments, bool distinct,
                                           const ref<expression>& condition,
                                           std::span<const ref<expression>> order = {});
/// A lookup of a value that is computed: `lookup` is what would follow the name of a field, such as "iexact" or "year__gte".
ir::result<ref<expression>> make_lookup_on(const ref<expression>& value, const path_ref& lookup,
                                           const operand& operand);
/// Values beside each other: the two ends of a `range`, the members of an `in` that are not all constants.
ir::result<ref<expression>> make_row(std::span<const ref<expression>> values);
/// `function(arguments)`; `function` is a plain name (ir::is_function_name), else the result is an error. `gives`: unknown = the type
/// of the first argument that has one.
ir::result<ref<expression>> make_call(const path_ref& function, std::span<const ref<expression>> arguments,
                                      ir::type gives = {});
/// An error unless `collation` is a plain name (is_collation_name).
ir::result<ref<expression>> make_collate(const ref<expression>& value, const path_ref& collation);
/// The value, read as one of this type: nothing is converted in the database where it can be done without.
ir::result<ref<expression>> make_typed(const ref<expression>& value, ir::type as);
ir::result<ref<expression>> make_numeric(const ref<expression>& value);
/// Letters, digits, underscores and minus signs, at most 63, as in Django.
bool is_collation_name(std::string_view name) noexcept;
ir::result<ref<expression>> make_cast(const ref<expression>& value, ir::type to);
ir::result<ref<expression>> make_when(const ref<expression>& condition, const ref<expression>& value);
/// Branches made by make_when, and perhaps a value behind them.
ir::result<ref<expression>> make_case(std::span<const ref<expression>> branches);
/// `condition`: a tree, as an operand.
ref<expression> make_filtered_relation(const path_ref& path, const operand& condition);
/// exists or subquery, over an operand that holds a query.
ir::result<ref<expression>> make_query_value(expression_form form, const operand& query);
/// `levels`: how many queries further out the path starts; 1 for OuterRef("x"), 2 for OuterRef(OuterRef("x")).
ref<expression> make_outer(const path_ref& path, std::uint16_t levels);
/// `parts`: the function, what partitions, orderings, distances of the frame.
ir::result<ref<expression>> make_window(std::span<const ref<expression>> parts, const window_shape& shape);
ir::result<ref<expression>> make_ordering(const ref<expression>& key, order_flags how);
/// SQL text as a value. Unsafe: the text becomes part of the statement as it stands, except that %s stands for the next of `values` and
/// %% for a percent sign. An error when there are more values than placeholders, or fewer.
ir::result<ref<expression>> make_raw(std::string_view sql, std::span<const ref<expression>> values, ir::type type);
/// The text between the placeholders of a raw expression, %% read as %: one piece more than placeholders.
std::vector<std::string> raw_pieces(std::string_view sql);

enum class link_form : std::uint8_t {
  root,
  filter,
  exclude,
  order_by,
  reverse,
  slice,
  values_list,
  distinct,
  none,
  count,
  exists,
  dates,  ///< one term: the path, and the ordering of the truncated path
  either,  ///< `|` with another query, the value of the one term
  both,  ///< `&`
  one_of,  ///< `^`
  union_,  ///< the rows of this query and others, the values of the terms, each once
  union_all,  ///< as often as they come
  intersection,  ///< that all give
  difference,  ///< that the others don't give
  load,  ///< only these columns of each object
  select_related,  ///< with these related objects
  annotate,  ///< terms with a name and a tree
  alias,  ///< the same, for conditions and orders only
  aggregate,  ///< the same, over all rows
  lock,  ///< select_for_update(): the terms are the paths of `of`
  tables,  ///< extra(tables=…): the terms are names of tables
  raw  ///< a whole statement of the application, the tree of the one term: it stands alone behind the root
};

/// One argument of a chained call: a lookup written inline, an expression tree, or a name (order_by, values_list). Beside a tree
/// the path is its name: that of a column of values_list.
struct term {
  path_ref path;
  operand value;
  const expression* tree = nullptr;
};

/// One chained call.
struct link {
  mutable std::atomic<std::uint32_t> refs{1};
  link_form form;
  bool sliced = false;
  bool ordered = false;
  bool has_low = false, has_high = false;  ///< of a slice; a low of 0 counts as absent
  bool of_relation = false;  ///< a filter() that a query of related objects begins with; the user has said nothing yet
  lock_flags lock;
  bool of_links = false;  ///< and what the next filter() says is said of the same links
  std::uint16_t depth = 0;  ///< of the queries and expressions inside each other, here or in a link before
  std::uint32_t length = 1;  ///< links up to and including this one
  std::uint32_t term_count = 0;
  const link* previous = nullptr;
  const link* root = nullptr;
  const term* terms = nullptr;
  ir::fingerprint shape;
  std::int64_t low = 0, high = 0;  ///< slice: rows low <= i < high of the unsliced query
  std::uint32_t model = 0;  ///< root
  std::shared_ptr<const ir::catalog> catalog;  ///< root
  std::span<const term> all_terms() const noexcept { return {terms, term_count}; }
};
void release(const link* l) noexcept;

/// A handle to the last link. Copies share; every function returns a new chain and leaves this one as it was.
class chain {
 public:
  chain() = default;
  static chain start(std::shared_ptr<const ir::catalog> catalog, std::uint32_t model);

  /// Operands and paths are copied into the link (paths that are `lasting` are not).
  ir::result<chain> filter(std::span<const term> terms) const { return condition(link_form::filter, terms); }
  ir::result<chain> exclude(std::span<const term> terms) const { return condition(link_form::exclude, terms); }
  /// The filter() of a query of related objects: the same shape, and remembered as such.
  ir::result<chain> relate(const term& key, bool by_links) const;
  /// Names with an optional leading '-'; "?" is random order. No names: no order.
  ir::result<chain> order_by(std::span<const path_ref> names) const;
  /// The same, where a term may be an expression instead: an ordering, or what to sort by ascending.
  ir::result<chain> order_by(std::span<const term> keys) const;
  ir::result<chain> reverse() const;
  /// Rows low <= i < high of what this chain gives; slices compose.
  ir::result<chain> slice(std::int64_t low, std::optional<std::int64_t> high) const;
  /// The same rows without the slice.
  chain unsliced() const;
  /// Chooses columns; none: every column of the model.
  ir::result<chain> values_list(std::span<const path_ref> names) const;
  /// The same, where a term may be an expression with a name.
  ir::result<chain> values_list(std::span<const term> columns) const;
  /// The different values that `key`, an ordering of an expression over the path, has in rows where the path is not NULL, in this
  /// order.
  ir::result<chain> dates(const path_ref& path, const ref<expression>& key) const;
  /// The rows of either query, or of both, as conditions on one row. Both are queries on one model, and not sliced.
  ir::result<chain> combine(link_form form, const chain& other) const;
  /// union_, union_all, intersection or difference with the rows of other queries.
  ir::result<chain> set_operation(link_form form, std::span<const chain> others) const;
  /// Objects with these columns alone, which may be those of to-one related objects; replaces what an earlier call chose.
  chain load(std::span<const path_ref> columns) const;
  /// Objects with the related ones on these paths: behind the object's own columns come those of each related object, in the order
  /// in which the paths first meet it. None: without any.
  chain select_related(std::span<const path_ref> paths) const;
  /// More columns of each row, or of each group of what values_list() chose: `terms` are names and expressions. Alias: for later calls
  /// only.
  ir::result<chain> annotate(std::span<const term> terms) const { return computed(link_form::annotate, terms); }
  ir::result<chain> alias(std::span<const term> terms) const { return computed(link_form::alias, terms); }
  /// One row of aggregates over all rows.
  ir::result<chain> aggregate(std::span<const term> terms) const;
  /// Each row once; with names: the first row of each group that is alike in these.
  ir::result<chain> distinct(std::span<const path_ref> names = {}) const;
  ir::result<chain> none() const;
  /// The rows are locked until the transaction ends; `of`: only those that these paths, "self" or relations, lead to.
  ir::result<chain> lock(lock_flags how, std::span<const path_ref> of) const;
  /// Every row beside every row of these tables of the schema.
  ir::result<chain> tables(std::span<const path_ref> names) const;
  /// The rows of a whole statement that make_raw() made, whatever this chain says beside its model; nothing can follow it.
  ir::result<chain> raw(const ref<expression>& statement) const;
  ir::result<chain> count() const;
  ir::result<chain> exists() const;

  const link& last() const noexcept { return *last_; }
  const link& root() const noexcept { return *last_->root; }
  const ir::fingerprint& shape() const noexcept { return last_->shape; }
  const std::shared_ptr<const ir::catalog>& catalog() const noexcept { return last_->root->catalog; }
  std::uint32_t model() const noexcept { return last_->root->model; }
  bool ordered() const noexcept { return last_->ordered; }
  bool sliced() const noexcept { return last_->sliced; }
  explicit operator bool() const noexcept { return static_cast<bool>(last_); }

 private:
  /// Takes over one reference.
  explicit chain(const link* last) noexcept : last_(last) {}
  ir::result<chain> condition(link_form form, std::span<const term> terms) const;
  ir::result<chain> computed(link_form form, std::span<const term> terms) const;
  chain plain(link_form form) const;
  /// A new link after the last one; the caller may finish it before it wraps it up.
  template <class Term>
  link* append(link_form form, std::span<const Term> terms) const;
  /// The chain that ends in a link just made; an error when values nest too deep in it.
  static ir::result<chain> checked(link* last);
  ref<link> last_;
};

/// Whether the chain is a statement of the application, as raw() makes it.
inline bool is_raw(const chain& c) noexcept { return c.last().form == link_form::raw; }

/// How a combination of two queries is written: "'|'", "'&'", "'^'".
std::string_view combination_sign(link_form form) noexcept;

/// Whether a path begins with the name of something that annotate() or alias() computes.
bool names_annotation(const chain& c, std::string_view path) noexcept;

/// Whether the last segment of a path is isnull: then the truth of its value is part of the shape.
constexpr bool is_null_test(std::string_view path) noexcept { return path == "isnull" || path.ends_with("__isnull"); }

/// Whether an integer is given for the year of a date, and lies so far within the calendar that the whole year does, by weeks as well:
/// then it may be compared as a range of dates, which is part of the shape.
inline bool is_calendar_year(std::string_view path, const operand& o) noexcept {
  if (o.form != operand_form::scalar || !ir::is_integer(o.type) || path.size() < 4) return false;
  // Nearly every path is another one: its last letter tells first.
  switch (path.back()) {
    case 'r': break;
    case 't':
      if (path.ends_with("__gt") || path.ends_with("__lt")) path.remove_suffix(4);
      else if (path.ends_with("__exact")) path.remove_suffix(7);
      else return false;
      break;
    case 'e':
      if (!path.ends_with("__gte") && !path.ends_with("__lte")) return false;
      path.remove_suffix(5);
      break;
    default: return false;
  }
  return path.ends_with("year") && o.integer >= 1 && o.integer <= 9998;
}

/// The same of a list, for the lookups in and range: whether each of its integers is such a year.
bool are_calendar_years(std::string_view path, const operand& list) noexcept;

/// The class of one value as far as the plan depends on it.
/// scalar kind | NULL | list with padded length and whether it holds None | expression | query; the truth of an isnull; a year of the
/// calendar, or a list of them.
std::uint64_t slot_class(const path_ref& path, const operand& o) noexcept;
/// Length that a list of n values is padded to: plans are shared between lists of one class.
std::uint32_t padded_length(std::uint32_t n) noexcept;

/// What a chain gives as the value of a lookup: its operand borrows it.
inline operand query_operand(const chain& c) noexcept {
  operand o;
  o.query = &c.last();
  o.form = operand_form::query;
  return o;
}

/// Calls f(path, operand) for every value of the chain, in the order in which lowering numbers the parameters.
template <class F>
void for_each_value(const chain& c, F&& f);

/// The shape of a chain as bytes, with no value in it: what confirms a cache hit.
std::string encode_shape(const chain& c);
bool matches_shape(const chain& c, std::string_view encoded) noexcept;

// --- implementation ---

/// The links of a chain from the root on; only the last slice counts, since slices compose when they are made.
template <class F>
void for_each_link(const link& last, F&& f) {
  const link* few[32];
  std::unique_ptr<const link*[]> many;
  const std::uint32_t n = last.length;
  const link** all = few;
  if (n > 32) {
    many = std::make_unique<const link*[]>(n);
    all = many.get();
  }
  std::uint32_t at = n;
  for (const link* l = &last; l; l = l->previous) all[--at] = l;
  for (std::uint32_t i = 0; i < n; ++i) f(*all[i]);
}

template <class F>
void for_each_link(const chain& c, F&& f) {
  for_each_link(c.last(), f);
}

template <class F>
void for_each_value_of(const link& last, F& f);
template <class F>
void for_each_value(const expression& e, F& f);

template <class F>
void for_each_value(const path_ref& path, const operand& o, F& f) {
  if (o.form == operand_form::expression) for_each_value(*o.expr, f);
  else if (o.form == operand_form::query) for_each_value_of(*o.query, f);
  else f(path, o);
}

template <class F>
void for_each_value(const expression& e, F& f) {
  if (e.form == expression_form::lookup || e.form == expression_form::constant || e.form == expression_form::exists ||
      e.form == expression_form::subquery || e.form == expression_form::filtered_relation ||
      e.form == expression_form::lookup_on)
    for_each_value(e.path, e.constant, f);
  for (const expression* child : e.all_children()) for_each_value(*child, f);
}

template <class F>
void for_each_value(const link& l, F& f) {
  const bool has_values = l.form == link_form::filter || l.form == link_form::exclude ||
      (l.form >= link_form::either && l.form <= link_form::difference);
  for (const term& t : l.all_terms()) {
    if (t.tree) for_each_value(*t.tree, f);
    else if (has_values) for_each_value(t.path, t.value, f);
  }
}

/// Whether the link makes one query of several: what stands before it is one of them.
constexpr bool is_set_operation(link_form f) noexcept { return f >= link_form::union_ && f <= link_form::difference; }

template <class F>
void for_each_bound(const link& last, F& f) {
  if (!last.sliced) return;
  const link* s = &last;
  while (s->form != link_form::slice) s = s->previous;
  if (s->has_high) f(slice_bound, operand::of_integer(s->high - s->low));
  if (s->has_low) f(slice_bound, operand::of_integer(s->low));
}

template <class F>
void for_each_value_of(const link& last, F& f) {
  for_each_link(last, [&](const link& l) {
    if (is_set_operation(l.form)) for_each_bound(*l.previous, f);
    for_each_value(l, f);
  });
  for_each_bound(last, f);  // the bounds of a slice come last
}

template <class F>
void for_each_value(const chain& c, F&& f) {
  for_each_value_of(c.last(), f);
}

}  // namespace quarry::detail
