// The second half of form-selects: blocks become select nodes. Tables get their aliases, columns the names by which a block knows them,
// parameters their places among the binds.
#include <quarry/ir/legalize/select_former.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include <quarry/ir/match/algebra.hpp>
#include <quarry/ir/provenance/provenance.hpp>

namespace quarry::ir {

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

}  // namespace quarry::ir
