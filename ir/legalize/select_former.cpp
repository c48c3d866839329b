#include <quarry/ir/legalize/select_former.hpp>

#include <algorithm>
#include <array>
#include <cctype>
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

// --- aliases ---

/// One table alone needs no alias: the statement reads as a person would write it.
bool select_former::has_several_tables(rel_id root) {
  // Where fewer than two were ever scanned, there is no need to look for those that are reached.
  std::uint32_t scans = 0;
  for (std::uint32_t id = 0; id < cx_->node_count(); ++id) scans += cx_->at({id}).kind == kind::scan ? 1U : 0U;
  if (scans < 2) return false;
  seen_.assign(cx_->node_count(), 0);
  stack_.assign(1, root.value);
  std::uint32_t tables = 0;
  while (!stack_.empty()) {
    const std::uint32_t id = stack_.back();
    stack_.pop_back();
    if (seen_[id] != 0) continue;
    seen_[id] = 1;
    tables += cx_->at({id}).kind == kind::scan ? 1U : 0U;
    for (const std::uint32_t child : cx_->children({id}))
      if (child != none) stack_.push_back(child);
  }
  return tables > 1;
}

void select_former::assign_aliases(std::uint32_t b) {
  if (blocks_[b].is_set()) {
    assign_aliases(blocks_[b].left);
    assign_aliases(blocks_[b].right);
  }
  // Raw text knows a table by its own name: the first of each goes by it.
  const bool by_name = qualified_ && cx_->has(kind::raw);
  for (const from_item& f : blocks_[b].from) {
    if (by_name && f.block == none) {
      const symbol table = cx_->schema().at(cx_->instance_at(f.instance).model).table;
      if (std::ranges::none_of(places_, [&](const place& p) { return p.alias == table; })) {
        places_[f.instance].alias = table;
        continue;
      }
    }
    // The initial of the model, and the number of the table in this statement: short, deterministic, never a word of the user.
    char text[16] = {'q'};
    if (f.block == none) {
      const std::string_view model = cx_->text(cx_->schema().at(cx_->instance_at(f.instance).model).name);
      const char initial = static_cast<char>(std::tolower(static_cast<unsigned char>(model.empty() ? 't' : model[0])));
      text[0] = initial >= 'a' && initial <= 'z' ? initial : 't';
    }
    std::size_t size = 1;
    std::array<char, 10> digits{};
    std::size_t count = 0;
    std::uint32_t number = alias_count_++;
    do {
      digits[count++] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0);
    while (count > 0) text[size++] = digits[--count];
    const symbol alias = cx_->names().intern({text, size});
    if (f.block == none) {
      places_[f.instance].alias = alias;
      if (provenance* const why = cx_->why()) [[unlikely]]
        why->named(f.instance, alias);
    } else {
      blocks_[f.block].alias = alias;
      assign_aliases(f.block);
    }
  }
}

// --- expressions ---

namespace {

/// How the edge of a year or day is made of the value of a parameter.
recipe edge_of(const context& cx, any_id edge) {
  const auto e = as<view::calendar_edge>(cx, edge);
  if (cx.at(e.value()).type.kind() == scalar::date) return e.last() ? recipe::day_last : recipe::day_first;
  if (e.iso()) return e.last() ? recipe::iso_year_last : recipe::iso_year_first;
  return e.last() ? recipe::year_last : recipe::year_first;
}

}  // namespace

/// A node of a parameter, or of an edge of one, says all that a slot is made of, so that each has one slot.
expr_id select_former::bind(expr_id param) {
  if (param.value >= bound_.size()) bound_.resize(std::size_t{param.value} + 1, none);
  std::uint32_t& made = bound_[param.value];
  if (made != none) return expr_id(made);
  const node n = cx_->at(param);
  if (n.kind == kind::calendar_edge) {
    const node of = cx_->at(cx_->child(param, 0));
    slots_.push_back({static_cast<std::uint32_t>(of.a), of.b != 0 ? of.b - 1 : 0, edge_of(*cx_, param), n.type});
    made = cx_->make(kind::bind, 0, n.type, {}, slots_.size() - 1).value;
    return expr_id(made);
  }
  const auto index = static_cast<std::uint32_t>(n.a);
  const bool constant = index < cx_->param_count() && cx_->param_at(index).what == ir::param::form::constant;
  const recipe how = constant          ? recipe::constant
      : n.b != 0                       ? recipe::element
      : n.type.kind() == scalar::array ? recipe::array
                                       : recipe::value;
  const std::uint32_t element = n.b != 0 ? n.b - 1 : 0;
  const std::size_t slot = slots_.size();
  slots_.push_back({static_cast<std::uint32_t>(n.a), element, how, n.type});
  made = cx_->make(kind::bind, 0, n.type, {}, slot).value;
  return expr_id(made);
}

/// The block in whose expression b stands, itself or as the derived table of another.
std::uint32_t select_former::scope_of(std::uint32_t b) const {
  while (blocks_[b].outer != none) b = blocks_[b].outer;
  return blocks_[b].scope;
}

/// Whether what `home` produces can be named in b: it is b, or a derived table of b at any depth.
bool select_former::visible_from(std::uint32_t home, std::uint32_t b) const {
  while (home != b && home != none) home = blocks_[home].outer;
  return home == b;
}

result<expr_id> select_former::column(const node& n, std::uint32_t b) {
  const std::uint32_t instance = n.b;
  const auto field = static_cast<std::uint32_t>(n.a);
  const std::uint32_t home = instance < places_.size() ? places_[instance].block : none;
  // A column of an enclosing query is looked for outwards.
  while (home != none && b != none && !visible_from(home, b)) b = scope_of(b);
  if (home == none || b == none) return failure(diag::internal_error, {"a column of a relation that is not in scope"});
  if (home == b) {
    const ir::instance& in = cx_->instance_at(instance);
    // An output of this very block.
    if (in.model == none && blocks_[b].is_set())
      return expr_id(cx_->make(kind::name_ref, 0, n.type, {}, symbol().value,
                               cx_->names().intern("c" + std::to_string(field)).value));
    for (const named_value& w : blocks_[b].apart_items)
      if (w.value.present() && cx_->at(w.value).b == instance && cx_->at(w.value).a == field)
        return translate(expr_id(w.sql), b);
    if (in.model == none)
      return translate((instance == blocks_[b].group_instance ? blocks_[b].group_items : blocks_[b].items)[field].value,
                       b);
    const symbol name = cx_->schema().at(in.model).columns[field].db_name;
    const symbol qualifier = qualified_ ? places_[instance].alias : symbol();
    return expr_id(cx_->make(kind::name_ref, 0, n.type, {}, qualifier.value, name.value));
  }
  std::uint32_t child = home;
  while (blocks_[child].outer != b) child = blocks_[child].outer;
  return exported(n, child);
}

/// A column that comes out of a derived table: exported on demand, under a name of its own.
expr_id select_former::exported(const node& n, std::uint32_t child) {
  block& from = blocks_[child];
  const auto reference = [&](symbol name) {
    return expr_id(cx_->make(kind::name_ref, 0, n.type, {}, from.alias.value, name.value));
  };
  const auto numbered = [&](std::size_t i) { return cx_->names().intern("c" + std::to_string(i)); };
  const auto field = static_cast<std::uint32_t>(n.a);
  if (comes_whole(child)) return reference(numbered(field));
  const expr_id wanted = cx_->column(n.b, field);
  for (const named_value& e : from.exports)
    if (e.value == wanted) return reference(e.name);
  const symbol name = numbered(from.exports.size());
  from.exports.push_back({name, wanted, none});
  return reference(name);
}

result<expr_id> select_former::translate_query(expr_id e, std::uint32_t b) {
  const node n = cx_->at(e);
  const std::uint32_t query_slot = n.child_count - 1;  // exists, scalar_of: the only child; in_query: the second
  std::array<std::uint32_t, 2> children = {none, none};
  if (query_slot == 1) {
    QUARRY_TRY(operand, translate(expr_id(cx_->child(e, 0)), b));
    children[0] = operand.value;
  }
  const rel_id query(cx_->child(e, query_slot));
  QUARRY_TRY(built, build(query));
  std::uint32_t rows = built;
  if (n.kind == kind::in_query && blocks_[rows].limited && !facts_->has(fact::limit_in_subquery)) rows = derive(rows);
  // Whether there is a row does not depend on what it holds.
  QUARRY_TRY(inner, n.kind == kind::exists ? result<std::uint32_t>(rows) : with_outputs(rows, query));
  blocks_[inner].scope = b;
  assign_aliases(inner);
  QUARRY_TRY(select, emit(inner));
  children[query_slot] = select.value;
  return expr_id(
      cx_->make(n.kind, n.flags, n.type, std::span<const std::uint32_t>(children.data(), n.child_count), n.a, n.b));
}

result<expr_id> select_former::translate(expr_id e, std::uint32_t b) {
  if (!e.present()) return e;
  const node n = cx_->at(e);
  if (n.kind == kind::column) return column(n, b);
  if (n.kind == kind::param || n.kind == kind::calendar_edge) return bind(e);
  if (n.child_count == 0) return e;
  if (n.kind == kind::exists || n.kind == kind::scalar_of || n.kind == kind::in_query) return translate_query(e, b);
  const std::size_t base = stack_.size();
  for (std::uint32_t i = 0; i < n.child_count; ++i) {
    auto child = translate(expr_id(cx_->child(e, i)), b);
    if (!child) {
      stack_.resize(base);
      return child.take_failure();
    }
    stack_.push_back(child->value);
  }
  const any_id made =
      cx_->make(n.kind, n.flags, n.type, std::span<const std::uint32_t>(stack_).subspan(base), n.a, n.b);
  stack_.resize(base);
  return expr_id(made);
}

result<std::uint32_t> select_former::predicate(std::uint32_t b, const std::vector<expr_id>& all) {
  if (all.empty()) return none;
  const std::size_t base = stack_.size();
  for (const expr_id p : all) {
    // A conjunction written in one call and a chain of calls read alike.
    const bool conjunction = cx_->at(p).kind == kind::op && op_of(*cx_, p) == op::and_ && cx_->at(p).child_count > 0;
    const std::uint32_t parts = conjunction ? cx_->at(p).child_count : 1;
    for (std::uint32_t i = 0; i < parts; ++i) {
      const expr_id part = conjunction ? expr_id(cx_->child(p, i)) : p;
      auto made = translate(part, b);
      if (!made) {
        stack_.resize(base);
        return made.take_failure();
      }
      stack_.push_back(made->value);
    }
  }
  const std::span<const std::uint32_t> parts = std::span<const std::uint32_t>(stack_).subspan(base);
  const std::uint32_t out = parts.size() == 1 ? parts[0] : cx_->make_op(op::and_, parts).value;
  stack_.resize(base);
  return out;
}

// --- blocks to nodes ---

result<std::uint32_t> select_former::from_tree(std::uint32_t b) {
  // All conditions first: each may ask any of the derived tables for columns, also one that stands before it.
  for (std::size_t i = 0; i < blocks_[b].from.size(); ++i) {
    if (!blocks_[b].from[i].on.present()) continue;
    QUARRY_TRY(condition, translate(blocks_[b].from[i].on, b));
    blocks_[b].from[i].sql_on = condition;
  }
  std::uint32_t tree = none;
  for (std::size_t i = 0; i < blocks_[b].from.size(); ++i) {
    const from_item f = blocks_[b].from[i];
    std::uint32_t item = none;
    if (f.block == none) {
      const symbol table = cx_->schema().at(cx_->instance_at(f.instance).model).table;
      const symbol alias = qualified_ ? places_[f.instance].alias : symbol();
      item = cx_->make(kind::from_table, 0, {}, {}, table.value, alias.value).value;
    } else {
      QUARRY_TRY(query, emit(f.block));
      const std::array<std::uint32_t, 2> children = {query.value, none};
      item = cx_->make(kind::from_query, 0, {}, children, 0, blocks_[f.block].alias.value).value;
    }
    if (tree == none) {
      tree = item;
    } else {
      const std::array<std::uint32_t, 3> children = {tree, item, f.sql_on.value};
      tree = cx_->make(kind::joined_table, 0, {}, children, 0, f.join).value;
    }
  }
  return tree;
}

result<rel_id> select_former::emit_set(std::uint32_t b) {
  std::array<std::uint32_t, 6> slots;
  slots.fill(none);
  QUARRY_TRY(left, emit(blocks_[b].left));
  QUARRY_TRY(right, emit(blocks_[b].right));
  slots[1] = left.value;
  slots[2] = right.value;
  child_list keys(*cx_);
  for (std::size_t i = 0; i < blocks_[b].order.size(); ++i) {
    QUARRY_TRY(key, translate(expr_id(blocks_[b].order[i]), b));
    keys.add(key);
  }
  if (!keys.empty()) slots[3] = cx_->list(keys.ids()).value;
  QUARRY_TRY(limit, translate(blocks_[b].limit, b));
  QUARRY_TRY(offset, translate(blocks_[b].offset, b));
  slots[4] = limit.value;
  slots[5] = offset.value;
  if (b == top_)
    for (const output& o : cx_->outputs(blocks_[b].computed)) columns_.push_back(o.type);
  const any_id made =
      cx_->make(kind::set_operation, blocks_[b].set_all ? 1 : 0, {}, slots, 0, blocks_[b].set_operation);
  if (cx_->why() != nullptr) [[unlikely]]
    tell_formed(made, b);
  return rel_id(made);
}

/// An order by a subquery that the rows give anyway names it there: a database is known that would ask it again.
result<expr_id> select_former::order_key(expr_id key, std::uint32_t b) {
  expr_id value(cx_->child(key, 0));
  block& in = blocks_[b];
  const node named = cx_->at(value);
  if (named.kind == kind::column && named.b == in.computed && named.a < in.items.size() && !in.is_set())
    value = in.items[named.a].value;
  if (is_derived(b) || in.arm || cx_->at(value).child_count == 0 || !has_subquery(*cx_, value))
    return translate(key, b);
  const std::size_t shown = std::min<std::size_t>(in.visible, in.items.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const std::string name = "c" + std::to_string(i);
    if (in.items[i].value != value || cx_->schema().names().find(name, hash_text(name)).present()) continue;
    in.items[i].ordered_by = cx_->names().intern(name);
    const std::array<std::uint32_t, 1> item = {
        cx_->make(kind::name_ref, 0, cx_->at(value).type, {}, symbol().value, in.items[i].ordered_by.value).value};
    return expr_id(cx_->make(kind::order_item, cx_->at(key).flags, {}, item));
  }
  return translate(key, b);
}

result<rel_id> select_former::emit(std::uint32_t b) {
  if (blocks_[b].is_set()) return emit_set(b);
  std::array<std::uint32_t, 12> slots;
  slots.fill(none);
  QUARRY_TRY(where, predicate(b, blocks_[b].where));
  QUARRY_TRY(having, predicate(b, blocks_[b].having));
  const std::size_t base = stack_.size();
  const auto close_list = [&](kind k) {
    const std::uint32_t made = cx_->make(k, 0, {}, std::span<const std::uint32_t>(stack_).subspan(base)).value;
    stack_.resize(base);
    return made;
  };
  for (std::size_t i = 0; i < blocks_[b].keys.size(); ++i) {
    QUARRY_TRY(key, translate(expr_id(blocks_[b].keys[i]), b));
    stack_.push_back(key.value);
  }
  if (!blocks_[b].keys.empty()) slots[5] = close_list(kind::grouping);
  for (std::size_t i = 0; i < blocks_[b].order.size(); ++i) {
    QUARRY_TRY(key, order_key(expr_id(blocks_[b].order[i]), b));
    stack_.push_back(key.value);
  }
  if (!blocks_[b].order.empty()) slots[8] = close_list(kind::list);
  for (std::size_t i = 0; i < blocks_[b].distinct_on.size(); ++i) {
    QUARRY_TRY(key, translate(expr_id(blocks_[b].distinct_on[i]), b));
    stack_.push_back(key.value);
  }
  if (!blocks_[b].distinct_on.empty()) slots[1] = close_list(kind::list);
  // A derived table gives what was asked of it; the outermost block gives its items.
  const bool all_items = !is_derived(b) || comes_whole(b) || blocks_[b].arm;
  const std::vector<named_value>& items = all_items ? blocks_[b].items : blocks_[b].exports;
  const std::size_t count =
      all_items && blocks_[b].visible != none && !comes_whole(b) ? blocks_[b].visible : items.size();
  for (std::size_t i = 0; i < count; ++i) {
    const named_value item = items[i];
    QUARRY_TRY(value, translate(item.value, b));
    const std::array<std::uint32_t, 1> child = {value.value};
    symbol name = item.name;
    if (is_derived(b) && all_items) name = cx_->names().intern("c" + std::to_string(i));
    // What people call a value stays out of the text: outside of the catalog's names, outputs are known by their place.
    if (!is_derived(b) && !cx_->schema().names().has(name)) name = symbol();
    // A column under its own name needs no other.
    if (cx_->at(value).kind == kind::name_ref && cx_->at(value).b == name.value) name = symbol();
    if (item.ordered_by.present()) name = item.ordered_by;
    stack_.push_back(cx_->make(kind::select_item, 0, cx_->at(value).type, child, name.value).value);
    if (b == top_) columns_.push_back(cx_->at(item.value).type);
  }
  if (count == 0) {
    const std::array<std::uint32_t, 1> one = {cx_->integer(1).value};
    const symbol name = is_derived(b) ? cx_->names().intern("one") : symbol();
    stack_.push_back(cx_->make(kind::select_item, 0, types::int64, one, name.value).value);
  }
  slots[2] = close_list(kind::list);
  QUARRY_TRY(limit, translate(blocks_[b].limit, b));
  QUARRY_TRY(offset, translate(blocks_[b].offset, b));
  QUARRY_TRY(from, from_tree(b));
  slots[3] = from;
  slots[4] = where;
  slots[6] = having;
  slots[9] = limit.value;
  slots[10] = offset.value;
  slots[11] = lock_clause(b);
  const any_id made = cx_->make(kind::select, blocks_[b].distinct ? 1 : 0, {}, slots);
  if (cx_->why() != nullptr) [[unlikely]]
    tell_formed(made, b);
  return rel_id(made);
}

// --- writes ---

result<rel_id> select_former::form_insert(rel_id root, statement& out) {
  const auto i = as<view::insert_rel>(*cx_, root);
  const model& m = cx_->schema().at(static_cast<std::uint32_t>(i.model()));
  std::array<std::uint32_t, 5> slots;
  slots.fill(none);
  // Making nodes moves the lists of children: they are asked for one by one.
  child_list names(*cx_);
  for (std::size_t k = 0; k < i.fields().size(); ++k)
    names.add(cx_->make(kind::name, 0, {}, {}, m.columns[cx_->at({i.fields()[k]}).a].db_name.value));
  const bool defaults = names.empty();
  if (!defaults) slots[1] = cx_->list(names.ids()).value;
  const auto source = as<view::rows>(*cx_, i.source());
  const std::size_t row_count = source.items().size();
  child_list rows(*cx_);
  for (std::size_t k = 0; k < row_count; ++k) {
    QUARRY_TRY(translated, translate(expr_id(source.items()[k]), 0));
    rows.add(translated);
  }
  if (row_count > 1 && !facts_->has(fact::multi_row_insert))
    return failure(diag::not_supported_here, {"an insert of several rows", facts_->product, facts_->version});
  if (!defaults) slots[2] = cx_->make(kind::values, 0, {}, rows.ids()).value;
  if (i.returning_key()) {
    if (facts_->has(fact::generated_key_outcome) && row_count == 1) {
      out.key_by_outcome = true;
    } else if (facts_->has(fact::insert_returning)) {
      const ir::column& key = m.columns[m.primary_key];
      const std::array<std::uint32_t, 1> value = {
          cx_->make(kind::name_ref, 0, key.type, {}, none, key.db_name.value).value};
      const std::array<std::uint32_t, 1> item = {
          cx_->make(kind::select_item, 0, key.type, value, key.name.value).value};
      slots[4] = cx_->make(kind::returning, 0, {}, item).value;
      columns_.push_back(key.type);
    } else {
      return failure(diag::not_supported_here, {"a generated key", facts_->product, facts_->version});
    }
  }
  return rel_id(cx_->make(kind::insert, defaults ? 1 : 0, {}, slots, m.table.value));
}

result<rel_id> select_former::form_update(rel_id root) {
  const auto u = as<view::update_rel>(*cx_, root);
  const model& m = cx_->schema().at(static_cast<std::uint32_t>(u.model()));
  QUARRY_TRY(b, build(u.input()));
  if (blocks_[b].from.size() != 1 || blocks_[b].from[0].instance != u.instance() || blocks_[b].limited)
    return failure(diag::not_supported_yet, {"an update over a relation or a slice"});
  if (qualified_) return failure(diag::not_supported_yet, {"an update that asks other tables"});
  std::array<std::uint32_t, 5> slots;
  slots.fill(none);
  child_list assignments(*cx_);
  for (std::size_t k = 0; k < u.items().size(); ++k) {
    const any_id item{u.items()[k]};
    QUARRY_TRY(value, translate(expr_id(cx_->child(item, 0)), b));
    const std::array<std::uint32_t, 1> child = {value.value};
    assignments.add(cx_->make(kind::assignment, 0, {}, child, cx_->at(item).a));
  }
  slots[1] = cx_->list(assignments.ids()).value;
  QUARRY_TRY(where, predicate(b, blocks_[b].where));
  slots[3] = where;
  return rel_id(cx_->make(kind::update, 0, {}, slots, m.table.value, none));
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
