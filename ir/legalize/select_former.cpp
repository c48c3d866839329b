#include <quarry/ir/legalize/select_former.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include <quarry/ir/match/algebra.hpp>
#include <quarry/ir/provenance/provenance.hpp>

namespace quarry::ir {

void select_former::block::clear() {
  from.clear();
  where.clear();
  having.clear();
  keys.clear();
  order.clear();
  distinct_on.clear();
  items.clear();
  exports.clear();
  group_items.clear();
  apart_items.clear();
  window_instances.clear();
  left = right = none;
  set_all = arm = false;
  computed = group_instance = none;
  limit = offset = expr_id();
  lock = rel_id();
  grouped = limited = distinct = false;
  visible = none;
  alias = symbol();
  outer = scope = none;
}

std::uint32_t select_former::new_block() {
  if (used_ == blocks_.size()) blocks_.add();
  blocks_[used_].clear();
  return used_++;
}

void select_former::produce(std::uint32_t instance, std::uint32_t b) {
  if (places_.size() <= instance) places_.resize(instance + 1);
  places_[instance] = {b, symbol()};
}

/// Makes what stands in `inner` a derived table of a new block.
std::uint32_t select_former::derive(std::uint32_t inner) {
  if (cx_->why() != nullptr) [[unlikely]]
    tell_apart(inner);
  const std::uint32_t outer = new_block();
  blocks_[inner].outer = outer;
  blocks_[outer].from.push_back({none, inner, join_kind::inner, expr_id(), expr_id()});
  return outer;
}

/// Why the block can't be one with what is around it.
void select_former::tell_apart(std::uint32_t b) {
  const block& of = blocks_[b];
  cx_->why()->apart(b,
                    of.is_set()                                  ? event::apart_arms
                        : of.limited                             ? event::apart_sliced
                        : of.windowed()                          ? event::apart_windowed
                        : of.distinct || !of.distinct_on.empty() ? event::apart_distinct
                        : of.grouped                             ? event::apart_grouped
                        : of.computed != none                    ? event::apart_computed
                                                                 : event::apart_joined);
}

/// What this select computes.
void select_former::tell_formed(any_id select, std::uint32_t b) {
  provenance& why = *cx_->why();
  const block& of = blocks_[b];
  why.formed(select, b, none);
  if (of.group_instance != none) why.formed(select, b, of.group_instance);
  for (const std::uint32_t window : of.window_instances) why.formed(select, b, window);
  if (of.computed != none && of.computed != of.group_instance) why.formed(select, b, of.computed);
}

/// The same, in the order of `inner`: the order of a derived table is nobody's, unless it chooses the rows.
std::uint32_t select_former::derive_in_order(std::uint32_t inner) {
  const std::uint32_t outer = derive(inner);
  blocks_[outer].order = blocks_[inner].order;
  if (!blocks_[inner].limited) blocks_[inner].order.clear();
  return outer;
}

/// A condition of a join that reads no row, such as FALSE or one on parameters alone. A database is known that tests it before all
/// joins of the block, and so loses the rows that a full join behind it would keep.
bool select_former::joins_on_what_reads_no_row(std::uint32_t b) const {
  bool found = false;
  for (const from_item& f : blocks_[b].from)
    each_conjunct(*cx_, f.on, [&](expr_id c) {
      const instance_set read = references(*cx_, c);
      found = found || (read.known() && read.empty());
    });
  return found;
}

result<std::uint32_t> select_former::build_join(rel_id rel) {
  const auto j = as<view::join>(*cx_, rel);
  const code form = j.form();
  const rel_id right_rel = j.right();
  const expr_id on = j.on();
  QUARRY_TRY(left_block, build(j.left()));
  std::uint32_t left = left_block;
  // A filter of the left side may wait until after an inner or left join: both keep every left row that passes it, and give no
  // row without a left one. A full join does.
  const bool filtered_first =
      form == join_kind::full && (!blocks_[left].where.empty() || joins_on_what_reads_no_row(left));
  if (blocks_[left].limited || blocks_[left].grouped || blocks_[left].settled() || blocks_[left].computed != none ||
      filtered_first)
    left = derive(left);
  blocks_[left].order.clear();
  if (form == join_kind::semi || form == join_kind::anti) {
    rel_id matching = right_rel;
    if (on.present()) {
      const std::array<std::uint32_t, 2> children = {right_rel.value, on.value};
      matching = rel_id(cx_->make(kind::filter, 0, {}, children));
    }
    const std::array<std::uint32_t, 1> query = {matching.value};
    const expr_id found(cx_->make(kind::exists, 0, types::boolean, query));
    blocks_[left].where.push_back(form == join_kind::semi ? found : cx_->make_op(op::not_, {found}));
    return left;
  }
  QUARRY_TRY(right, build(right_rel));
  block& r = blocks_[right];
  const bool one_table = r.from.size() == 1 && r.from[0].instance != none && !r.limited && !r.grouped && !r.settled() &&
      r.computed == none;
  if (one_table && (r.where.empty() || form == join_kind::inner || form == join_kind::left)) {
    produce(r.from[0].instance, left);
    expr_id condition = on;
    if (form == join_kind::inner) {
      blocks_[left].where.insert(blocks_[left].where.end(), r.where.begin(), r.where.end());
    } else if (!r.where.empty()) {
      // A row that the filter drops is a row that the join doesn't find: both pad the left row.
      const std::size_t base = stack_.size();
      each_conjunct(*cx_, on, [&](expr_id c) { stack_.push_back(c.value); });
      for (const expr_id w : r.where) each_conjunct(*cx_, w, [&](expr_id c) { stack_.push_back(c.value); });
      condition = conjunction(*cx_, std::span<const std::uint32_t>(stack_).subspan(base));
      stack_.resize(base);
    }
    blocks_[left].from.push_back({r.from[0].instance, none, form, condition, expr_id()});
  } else {
    if (cx_->why() != nullptr) [[unlikely]]
      tell_apart(right);
    r.outer = left;
    blocks_[left].from.push_back({none, right, form, on, expr_id()});
  }
  return left;
}

result<std::uint32_t> select_former::build_project(rel_id rel) {
  const auto p = as<view::project>(*cx_, rel);
  const std::span<const output> names = cx_->outputs(p.instance());
  QUARRY_TRY(input, build(p.input()));
  std::uint32_t b = input;
  const bool over_groups =
      blocks_[b].grouped && !blocks_[b].distinct && blocks_[b].computed == blocks_[b].group_instance;
  if (blocks_[b].computed != none && blocks_[b].outer == none && !over_groups) {
    // The first columns of what the block gives already: the others were there for the order.
    std::uint32_t kept = 0;
    const std::span<const std::uint32_t> items = p.items();
    while (kept < items.size() && cx_->at({items[kept]}).kind == kind::column &&
           cx_->at({items[kept]}).b == blocks_[b].computed && cx_->at({items[kept]}).a == kept)
      ++kept;
    if (kept == items.size()) {
      blocks_[b].visible = kept;
      produce(p.instance(), b);
      return b;
    }
  }
  // Over a grouping the outputs become the items of the same block, where they may be and still make it one.
  if (over_groups && may_replace_groups(b, p.items())) blocks_[b].items.clear();
  else if (blocks_[b].computed != none || asks_for_window(b, p.items())) b = derive_in_order(b);
  const std::span<const std::uint32_t> items = p.items();
  for (std::size_t i = 0; i < items.size(); ++i) blocks_[b].items.push_back({names[i].name, expr_id(items[i]), none});
  blocks_[b].computed = p.instance();
  produce(p.instance(), b);
  return b;
}

/// A subquery of the expression reads an output of the instance. If that is an aggregate, it can't stand there.
bool select_former::asked_in_subquery(any_id e, std::uint32_t instance) const {
  if (!e.present()) return false;
  if (is_relation(cx_->at(e).kind)) {
    const instance_set read = references(*cx_, e);
    return !read.known() || read.has(instance);
  }
  const std::span<const std::uint32_t> parts = cx_->children(e);
  return std::any_of(parts.begin(), parts.end(), [&](std::uint32_t c) { return asked_in_subquery({c}, instance); });
}

/// A subquery of an expression reads what a window of the block computes: there the window would be one of the subquery.
bool select_former::asks_for_window(std::uint32_t b, std::span<const std::uint32_t> expressions) const {
  return std::ranges::any_of(blocks_[b].window_instances, [&](std::uint32_t made) {
    return std::ranges::any_of(expressions, [&](std::uint32_t e) { return asked_in_subquery({e}, made); });
  });
}

/// Without keys it is an aggregate among the items that makes one row of many.
bool select_former::may_replace_groups(std::uint32_t b, std::span<const std::uint32_t> items) const {
  const std::uint32_t instance = blocks_[b].group_instance;
  bool reads = !blocks_[b].keys.empty();
  for (const std::uint32_t item : items) {
    if (asked_in_subquery({item}, instance)) return false;
    const instance_set read = references(*cx_, {item});
    reads = reads || (read.known() && read.has(instance));
  }
  return reads;
}

/// The block, or one around it, whose items are the outputs of the relation that it is made of, each in its place, and no more.
result<std::uint32_t> select_former::with_outputs(std::uint32_t b, rel_id rel) {
  if (blocks_[b].computed != none && !shows_more(b)) return b;
  const std::uint32_t instance = output_instance(*cx_, rel);
  if (instance == none) return failure(diag::internal_error, {"rows without outputs"});
  if (blocks_[b].computed != none || blocks_[b].limited) b = derive(b);
  const std::uint32_t count = static_cast<std::uint32_t>(cx_->outputs(instance).size());
  for (std::uint32_t i = 0; i < count; ++i)
    blocks_[b].items.push_back({cx_->outputs(instance)[i].name, cx_->column(instance, i), none});
  blocks_[b].computed = instance;
  return b;
}

result<std::uint32_t> select_former::build_distinct(rel_id rel) {
  const auto d = as<view::distinct>(*cx_, rel);
  const std::vector<std::uint32_t> on(d.on().begin(), d.on().end());
  QUARRY_TRY(input, build(d.input()));
  if (!on.empty()) {
    const bool around = blocks_[input].limited || blocks_[input].settled() || blocks_[input].computed != none;
    const std::uint32_t b = around ? derive_in_order(input) : input;
    blocks_[b].distinct_on = on;
    return b;
  }
  const bool apart = blocks_[input].limited || blocks_[input].distinct || blocks_[input].is_set() ||
      !blocks_[input].distinct_on.empty();
  QUARRY_TRY(b, with_outputs(apart ? derive(input) : input, d.input()));
  blocks_[b].order.clear();
  if (blocks_[b].visible != none) blocks_[b].items.resize(blocks_[b].visible);
  blocks_[b].visible = none;
  blocks_[b].distinct = true;
  return b;
}

// The arms give their outputs in order, under the names c0, c1, …, by which the order of the whole knows them.
result<std::uint32_t> select_former::build_set(rel_id rel) {
  const auto s = as<view::set_op>(*cx_, rel);
  const std::uint32_t b = new_block();
  const std::array<rel_id, 2> arms = {s.left(), s.right()};
  std::array<std::uint32_t, 2> blocks{};
  for (std::size_t i = 0; i < arms.size(); ++i) {
    QUARRY_TRY(arm, build(arms[i]));
    QUARRY_TRY(made, with_outputs(arm, arms[i]));
    blocks_[made].outer = b;
    blocks_[made].arm = true;
    blocks[i] = made;
  }
  blocks_[b].left = blocks[0];
  blocks_[b].right = blocks[1];
  blocks_[b].set_operation = static_cast<code>(s.operation());
  blocks_[b].set_all = s.all();
  blocks_[b].computed = s.instance();
  produce(s.instance(), b);
  return b;
}

// Windows are computed after the conditions and before distinct, order and limit: those of one block see the same rows.
result<std::uint32_t> select_former::build_window(rel_id rel) {
  const auto w = as<view::window_rel>(*cx_, rel);
  const std::uint32_t instance = w.instance();
  QUARRY_TRY(input, build(w.input()));
  std::uint32_t b = input;
  const std::span<const std::uint32_t> items = w.items();
  const auto nests = [&](std::uint32_t item) {
    const instance_set read = references(*cx_, {item});
    return std::ranges::any_of(blocks_[b].window_instances,
                               [&](std::uint32_t other) { return !read.known() || read.has(other); });
  };
  const bool apart = blocks_[b].limited || !blocks_[b].distinct_on.empty() || blocks_[b].computed != none ||
      std::ranges::any_of(items, nests);
  if (apart) b = derive(b);
  blocks_[b].order.clear();
  const std::span<const output> names = cx_->outputs(instance);
  for (std::size_t i = 0; i < items.size(); ++i)
    blocks_[b].apart_items.push_back(
        {names[i].name, cx_->column(instance, static_cast<std::uint32_t>(i)), cx_->child({items[i]}, 0).value});
  blocks_[b].window_instances.push_back(instance);
  produce(instance, b);
  return b;
}

/// The keys of a group over the rows of `b`, which becomes a derived table where one asks a subquery: that is asked once for each row,
/// and a database is known that takes the subquery among the items for another than the one of the key.
std::vector<std::uint32_t> select_former::keys_once_a_row(const view::group& g, std::uint32_t& b) {
  const std::span<const std::uint32_t> given = cx_->children(g.keys());
  std::vector<std::uint32_t> keys(given.begin(), given.end());
  std::vector<std::size_t> asking;
  std::vector<output> made;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!has_subquery(*cx_, {keys[i]})) continue;
    asking.push_back(i);
    made.push_back({cx_->outputs(g.instance())[i].name, cx_->at({keys[i]}).type});
  }
  if (asking.empty()) return keys;
  const std::uint32_t instance = cx_->new_computed_instance(made);
  for (std::size_t i = 0; i < asking.size(); ++i) {
    const expr_id column = cx_->column(instance, static_cast<std::uint32_t>(i));
    blocks_[b].apart_items.push_back({made[i].name, column, std::exchange(keys[asking[i]], column.value)});
  }
  produce(instance, b);
  b = derive(b);
  return keys;
}

result<std::uint32_t> select_former::build(rel_id rel) {
  const node n = cx_->at(rel);
  switch (n.kind) {
    case kind::scan: {
      const std::uint32_t b = new_block();
      ++tables_;
      blocks_[b].from.push_back({n.b, none, join_kind::inner, expr_id(), expr_id()});
      produce(n.b, b);
      return b;
    }
    case kind::join: return build_join(rel);
    case kind::filter: {
      const auto f = as<view::filter>(*cx_, rel);
      QUARRY_TRY(input, build(f.input()));
      std::uint32_t b = input;
      if (is_grouping(b) && !asked_in_subquery(f.predicate(), blocks_[b].group_instance)) {
        blocks_[b].having.push_back(f.predicate());
        return b;
      }
      if (blocks_[b].limited || blocks_[b].settled() || blocks_[b].computed != none) b = derive(b);
      blocks_[b].where.push_back(f.predicate());
      return b;
    }
    case kind::sort: {
      const auto s = as<view::sort>(*cx_, rel);
      QUARRY_TRY(input, build(s.input()));
      std::uint32_t b = input;
      const auto asks = [&](std::uint32_t key) { return asked_in_subquery({key}, blocks_[b].computed); };
      // The order of a set operation names its columns, and computes nothing.
      const auto computes = [&](std::uint32_t key) { return cx_->at(cx_->child({key}, 0)).kind != kind::column; };
      const bool apart = (blocks_[b].grouped && std::any_of(s.keys().begin(), s.keys().end(), asks)) ||
          (blocks_[b].is_set() && std::any_of(s.keys().begin(), s.keys().end(), computes));
      const bool chosen_by_order = !blocks_[b].distinct_on.empty() && !std::ranges::equal(blocks_[b].order, s.keys());
      if (blocks_[b].limited || apart || chosen_by_order || asks_for_window(b, s.keys())) b = derive(b);
      blocks_[b].order.assign(s.keys().begin(), s.keys().end());
      return b;
    }
    case kind::limit: {
      const auto l = as<view::limit>(*cx_, rel);
      QUARRY_TRY(input, build(l.input()));
      std::uint32_t b = input;
      if (blocks_[b].limited) b = derive(b);
      blocks_[b].limited = true;
      blocks_[b].limit = l.count();
      blocks_[b].offset = l.offset();
      return b;
    }
    case kind::lock_rel: return build_lock(rel);
    case kind::set_op: return build_set(rel);
    case kind::window_rel: return build_window(rel);
    case kind::project: return build_project(rel);
    case kind::distinct: return build_distinct(rel);
    case kind::group: {
      const auto g = as<view::group>(*cx_, rel);
      QUARRY_TRY(input, build(g.input()));
      std::uint32_t b = input;
      if (blocks_[b].limited || blocks_[b].settled() || blocks_[b].computed != none) b = derive(b);
      blocks_[b].order.clear();
      const std::span<const output> names = cx_->outputs(g.instance());
      std::size_t at = 0;
      for (const std::uint32_t key : keys_once_a_row(g, b)) {
        blocks_[b].keys.push_back(key);
        blocks_[b].items.push_back({names[at++].name, expr_id(key), none});
      }
      for (const std::uint32_t a : cx_->children(g.aggregates()))
        blocks_[b].items.push_back({names[at++].name, expr_id(a), none});
      blocks_[b].grouped = true;
      blocks_[b].computed = blocks_[b].group_instance = g.instance();
      blocks_[b].group_items = blocks_[b].items;
      produce(g.instance(), b);
      return b;
    }
    default:
      return failure(diag::internal_error, {std::string("no select is formed from ") + std::string(info(n.kind).text)});
  }
}

/// What the connection can't say of a lock is refused in the user's words.
result<std::uint32_t> select_former::build_lock(rel_id rel) {
  const auto l = as<view::lock_rel>(*cx_, rel);
  constexpr std::int64_t clause = 1, nowait = 2, skip_locked = 4, of_tables = 8, no_key = 16;
  const std::int64_t known = (*facts_)[fact::row_locks];
  const auto lacks = [&](std::int64_t what, bool wanted) { return wanted && (known & what) == 0; };
  const std::string_view missing = lacks(clause, true)              ? "select_for_update()"
      : lacks(nowait, l.nowait())                                   ? "select_for_update(nowait=True)"
      : lacks(skip_locked, l.skip_locked())                         ? "select_for_update(skip_locked=True)"
      : lacks(of_tables, !l.of().empty())                           ? "select_for_update(of=…)"
      : lacks(no_key, l.strength() == lock_strength::no_key_update) ? "select_for_update(no_key=True)"
                                                                    : "";
  if (!missing.empty()) return failure(diag::not_supported_here, {missing, facts_->product, facts_->version});
  QUARRY_TRY(b, build(l.input()));
  blocks_[b].lock = rel;
  return b;
}

/// The lock of a block, with the names of the tables that it is for; none: all of them, or there is no lock.
std::uint32_t select_former::lock_clause(std::uint32_t b) {
  if (!blocks_[b].lock.present()) return none;
  const auto l = as<view::lock_rel>(*cx_, blocks_[b].lock);
  const std::uint16_t flags = cx_->at(blocks_[b].lock).flags;
  child_list names(*cx_);
  for (const std::uint32_t key : std::vector<std::uint32_t>(l.of().begin(), l.of().end())) {
    const std::uint32_t instance = cx_->at({key}).b;
    const symbol alias =
        qualified_ ? places_[instance].alias : cx_->schema().at(cx_->instance_at(instance).model).table;
    names.add(cx_->make(kind::name, 0, {}, {}, alias.value));
  }
  const std::array<std::uint32_t, 1> tables = {names.empty() ? none : cx_->list(names.ids()).value};
  return cx_->make(kind::lock, flags, {}, tables, 0, l.strength()).value;
}

result<statement> select_former::run(context& cx, rel_id root, const facts& f) {
  cx_ = &cx;
  facts_ = &f;
  used_ = 0;
  places_.clear();
  slots_.clear();
  bound_.clear();
  columns_.clear();
  stack_.clear();
  alias_count_ = 0;
  top_ = none;
  qualified_ = false;
  tables_ = 0;
  statement out;
  if (cx.at(root).kind == kind::insert_rel) {
    QUARRY_TRY(insert, form_insert(root, out));
    out.root = insert;
  } else if (cx.at(root).kind == kind::update_rel) {
    qualified_ = has_several_tables(root);
    QUARRY_TRY(update, form_update(root));
    out.root = update;
  } else {
    QUARRY_TRY(rows, build(root));
    // Subqueries are built later: they have to be looked for where fewer than two tables were met so far.
    qualified_ = tables_ > 1 || has_several_tables(root);
    // Columns that only the order needed may come along: whoever reads the rows is told how many were asked for.
    QUARRY_TRY(b, blocks_[rows].visible != none ? result<std::uint32_t>(rows) : with_outputs(rows, root));
    top_ = b;
    assign_aliases(b);
    QUARRY_TRY(select, emit(b));
    out.root = select;
    out.visible = blocks_[b].visible != none ? blocks_[b].visible : static_cast<std::uint32_t>(columns_.size());
    out.locks = cx.has(kind::lock);
  }
  if (static_cast<std::int64_t>(slots_.size()) > f[fact::max_binds])
    return failure(diag::too_many_binds, {f.product, f.version});
  out.slots = slots_;
  out.columns = columns_;
  return out;
}

}  // namespace quarry::ir
