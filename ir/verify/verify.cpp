#include <quarry/ir/verify/verify.hpp>

#include <algorithm>
#include <bit>
#include <string>

#include <quarry/ir/model/operands.hpp>
#include <quarry/ir/model/views.hpp>
#include <quarry/ir/text/print.hpp>
#include <quarry/ir/verify/typing.hpp>

namespace quarry::ir {
namespace {

std::string_view words_of(sort s) {
  switch (s) {
    case sort::rel: return "a relation";
    case sort::expr: return "a value";
    case sort::part: return "a piece of a statement";
    case sort::any: return "anything";
  }
  return "?";
}

/// Kind as the user of a tool sees it, with the operation where it has one.
std::string words_of(const node& n) {
  const bool has_op = n.kind == kind::op || n.kind == kind::aggregate;
  const op_info* o = has_op ? find_op(n.b) : nullptr;
  return std::string(o != nullptr ? o->name : info(n.kind).text);
}

bool is_predicate(const field_info& f) {
  return f.wants == sort::expr && f.form != field_form::children &&
      (f.name == "predicate" || f.name == "condition" || f.name == "where" || f.name == "having" || f.name == "on" ||
       f.name == "check");
}

bool is_count_of_rows(const field_info& f) {
  return f.wants == sort::expr && f.form == field_form::optional_child &&
      (f.name == "limit" || f.name == "offset" || f.name == "count");
}

/// Writes see their own instance: the row that they make or change.
bool is_write(kind k) {
  return k == kind::insert_rel || k == kind::update_rel || k == kind::delete_rel || k == kind::upsert_rel;
}

/// Makes the instance that it names, rather than using one from below.
bool makes_instance(kind k) {
  switch (k) {
    case kind::scan:
    case kind::rows:
    case kind::relate:
    case kind::project:
    case kind::group:
    case kind::window_rel:
    case kind::set_op:
    case kind::cte_rel:
    case kind::cte_self:
    case kind::insert_rel:
    case kind::upsert_rel: return true;
    default: return false;
  }
}

/// The instance that the rows of a relation are the columns of, or none.
std::uint32_t output_instance_of(const context& cx, any_id rel) {
  while (rel.present()) {
    const node& n = cx.at(rel);
    switch (n.kind) {
      case kind::project:
      case kind::group:
      case kind::set_op:
      case kind::rows:
      case kind::cte_self: return n.b;
      case kind::filter:
      case kind::sort:
      case kind::limit:
      case kind::distinct:
      case kind::lock_rel:
      case kind::empty: rel = cx.child(rel, 0); continue;
      default: return none;
    }
  }
  return none;
}

}  // namespace

std::string verifier::instance_words(std::uint32_t i) const {
  if (i >= cx_->instance_count()) return "a relation";
  const std::uint32_t model = cx_->instance_at(i).model;
  return model < cx_->schema().models().size() ? std::string(cx_->text(cx_->schema().at(model).name))
                                               : "computed columns";
}

result<void> verifier::run(const context& cx, any_id root, stage s) {
  cx_ = &cx;
  root_ = root;
  stage_ = s;
  if (!root.present()) return {};
  const std::uint32_t count = root.value + 1;  // children are made before what holds them
  reachable_.assign(count, 0);
  depth_.assign(count, 0);
  nullable_.assign(count, 0);
  aggregates_.assign(count, 0);
  const bool scopes = s == stage::related || s == stage::logical;
  for (instance_table* t : {&visible_, &free_, &made_}) t->reset(scopes ? count : 0, cx.instance_count());
  scope_.assign(visible_.width(), 0);
  reachable_[root.value] = 1;
  for (std::uint32_t i = count; i-- > 0;) {
    if (reachable_[i] == 0) continue;
    for (const std::uint32_t c : cx.children({i}))
      if (c < i) reachable_[c] = 1;
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    if (reachable_[i] == 0) continue;
    QUARRY_CHECK(check_node({i}));
    if (scopes) QUARRY_CHECK(check_scopes({i}));
  }
  return scopes && info(cx.at(root).kind).sort == sort::rel ? check_closed() : result<void>();
}

result<void> verifier::check_node(any_id id) {
  const node& n = cx_->at(id);
  const kind_info& k = info(n.kind);
  if ((k.stages & static_cast<std::uint8_t>(stage_)) == 0)
    return failure(diag::ir_kind, {words_of(n), name_of(stage_)});
  std::uint32_t depth = 1;
  for (const std::uint32_t c : cx_->children(id))
    if (c < id.value) depth = std::max(depth, depth_[c] + 1);
  if (depth > max_tree_depth) return failure(diag::ir_too_deep, {std::to_string(max_tree_depth)});
  depth_[id.value] = depth;
  QUARRY_CHECK(check_children(id));
  QUARRY_CHECK(check_words(id));
  if (n.kind == kind::op || n.kind == kind::aggregate) QUARRY_CHECK(check_operation(id));
  QUARRY_CHECK(check_types(id));
  QUARRY_CHECK(check_predicates(id));
  if (stage_ != stage::surface && stage_ != stage::sql) {
    QUARRY_CHECK(check_outputs(id));
    QUARRY_CHECK(check_aggregates(id));
  }
  return {};
}

result<void> verifier::check_children(any_id id) {
  const node& n = cx_->at(id);
  const kind_info& k = info(n.kind);
  const auto wrong = [&](std::string_view has, std::string_view name, std::string_view wants) {
    return failure(diag::ir_child, {words_of(n), has, name, wants});
  };
  if (n.child_count < k.fixed_children || (n.child_count > k.fixed_children && !k.has_tail))
    return wrong(std::to_string(n.child_count) + " children", "children", std::to_string(k.fixed_children));
  for (const field_info& f : k.all_fields()) {
    if (f.form != field_form::child && f.form != field_form::optional_child && f.form != field_form::children) continue;
    const std::uint32_t last = f.form == field_form::children ? n.child_count : f.slot + 1U;
    for (std::uint32_t i = f.slot; i < last; ++i) {
      const any_id c = cx_->child(id, i);
      if (!c.present()) {
        if (f.form != field_form::optional_child) return wrong("nothing", f.name, words_of(f.wants));
        continue;
      }
      if (c.value >= id.value) return wrong("a node made after it", f.name, words_of(f.wants));
      const sort s = info(cx_->at(c).kind).sort;
      if (f.wants != sort::any && s != f.wants)
        return wrong(std::string(info(cx_->at(c).kind).text), f.name, words_of(f.wants));
    }
  }
  return {};
}

result<void> verifier::check_words(any_id id) {
  const node& n = cx_->at(id);
  const kind_info& k = info(n.kind);
  std::uint16_t known_flags = 0;
  std::uint32_t model = none;
  const auto invalid = [&](std::string_view what) { return failure(diag::ir_word, {words_of(n), what}); };
  for (const field_info& f : k.all_fields()) {
    if (f.form == field_form::flag) known_flags = static_cast<std::uint16_t>(known_flags | f.slot);
    if (f.form != field_form::word_a && f.form != field_form::word_b) continue;
    const std::uint64_t v = f.form == field_form::word_a ? n.a : n.b;
    switch (f.meaning) {
      case word::symbol:
        if (v != none && v >= cx_->names().size()) return invalid(f.name);
        break;
      case word::model:
        if (v >= cx_->schema().models().size()) return invalid(f.name);
        model = static_cast<std::uint32_t>(v);
        break;
      case word::op:
        if (find_op(v) == nullptr) return invalid(f.name);
        break;
      case word::instance:
        if (n.kind == kind::column) break;  // with its field
        QUARRY_CHECK(check_instance(id, model));
        break;
      case word::field:
        if (!has_column(*cx_, n.b, n.a)) return failure(diag::ir_column, {});
        break;
      case word::param: {
        const bool exists = v < cx_->param_count();
        const param p = exists ? cx_->param_at(static_cast<std::uint32_t>(v)) : param{};
        if (!exists || (n.b != 0 && (p.what != param::form::list || (p.length != 0 && n.b > p.length))))
          return failure(diag::ir_param, {std::to_string(v)});
        break;
      }
      case word::none:
      case word::relation:  // with its instance
      case word::slot:
      case word::number:
      case word::bits:
      case word::origin: break;
      default:
        if (v > 0xffffffffU || code_text(f.meaning, static_cast<std::uint32_t>(v)).empty()) return invalid(f.name);
    }
  }
  if ((n.flags & ~known_flags) != 0) return invalid("flags");
  return {};
}

/// The instance of a relation: it exists, and is of the model that the relation names, or computed where it names none.
result<void> verifier::check_instance(any_id id, std::uint32_t model) {
  const node& n = cx_->at(id);
  if (n.b >= cx_->instance_count()) return failure(diag::ir_word, {words_of(n), "instance"});
  if (n.kind == kind::relate) return check_relate(id);
  if (cx_->instance_at(n.b).model != model) return failure(diag::ir_word, {words_of(n), "instance of its model"});
  return {};
}

result<void> verifier::check_relate(any_id id) {
  const node& n = cx_->at(id);
  const node& key = cx_->at(cx_->child(id, 1));
  const bool by_column = key.kind == kind::column && has_column(*cx_, key.b, key.a);
  const std::uint32_t from = by_column ? cx_->instance_at(key.b).model : none;
  if (from == none || n.a >= cx_->schema().at(from).relations.size())
    return failure(diag::ir_word, {words_of(n), "relation"});
  const relation& r = cx_->schema().at(from).relations[n.a];
  if (key.a != r.local) return failure(diag::ir_word, {words_of(n), "key"});
  if (cx_->instance_at(n.b).model != r.target) return failure(diag::ir_word, {words_of(n), "instance of its model"});
  return {};
}

// --- types ---

result<void> verifier::check_operation(any_id id) {
  const node& n = cx_->at(id);
  const op_info& o = *find_op(n.b);
  const bool aggregate = n.kind == kind::aggregate;
  if ((o.group == op_class::aggregate) != aggregate && o.group != op_class::window)
    return failure(diag::ir_word, {words_of(n), aggregate ? "aggregate" : "operation"});
  const std::span<const std::uint32_t> args = cx_->children(id).subspan(aggregate ? 2 : 0);
  if (args.size() < o.least || (o.most != 255 && args.size() > o.most)) {
    const std::string most = o.most == 255 ? " or more" : o.most == o.least ? "" : " to " + std::to_string(o.most);
    return failure(diag::ir_argument_count, {words_of(n), std::to_string(o.least) + most, std::to_string(args.size())});
  }
  if (const any_id odd = first_misfit(*cx_, o.code, args); odd.present())
    return failure(diag::ir_operand, {words_of(n), print(cx_->at(odd).type)});
  return {};
}

/// Whether the value may be NULL, as far as the operands tell. In and(p, is_not_null(p)) it is not: where p is NULL, it is false.
bool verifier::may_be_null(any_id id) const {
  const node& n = cx_->at(id);
  if (n.kind != kind::op) return n.type.nullable();
  const std::span<const std::uint32_t> args = cx_->children(id);
  const auto guarded = [&](std::uint32_t arg) {
    return std::any_of(args.begin(), args.end(), [&](std::uint32_t other) {
      const node& guard = cx_->at({other});
      return guard.kind == kind::op && static_cast<op>(guard.b) == op::is_not_null &&
          cx_->child({other}, 0).value == arg;
    });
  };
  const auto is_nullable = [&](std::uint32_t arg) { return nullable_[arg] != 0; };
  switch (find_op(n.b)->nulls) {
    case null_policy::never: return false;
    case null_policy::may: return true;
    case null_policy::all: return std::all_of(args.begin(), args.end(), is_nullable);
    case null_policy::strict: return std::any_of(args.begin(), args.end(), is_nullable);
    case null_policy::kleene:
      return std::any_of(args.begin(), args.end(), [&](std::uint32_t arg) {
        return is_nullable(arg) && !(static_cast<op>(n.b) == op::and_ && guarded(arg));
      });
  }
  return true;
}

result<void> verifier::check_types(any_id id) {
  const node& n = cx_->at(id);
  if (info(n.kind).sort != sort::expr) return {};
  nullable_[id.value] = may_be_null(id) ? 1 : 0;
  const std::optional<type> implied = derived_type(*cx_, {n.kind, n.flags, n.a, n.b, cx_->children(id)}, n.type);
  if (!implied) return {};
  const auto wrong = [&](type by_rule) { return failure(diag::ir_type, {words_of(n), print(n.type), print(by_rule)}); };
  if (n.kind == kind::column) return n.type == *implied ? result<void>() : wrong(*implied);
  if (implied->kind() != scalar::unknown && implied->kind() != n.type.kind()) return wrong(*implied);
  if (stage_ == stage::surface) return {};
  const bool operation = n.kind == kind::op;
  const bool by_rule = operation ? nullable_[id.value] != 0 : implied->nullable();
  if (by_rule && !n.type.nullable() && n.type.kind() != scalar::unknown) return wrong(implied->with_nullable(true));
  const bool never = operation && find_op(n.b)->nulls == null_policy::never;
  if (never && n.type.nullable()) return wrong(*implied);
  return {};
}

result<void> verifier::check_predicates(any_id id) {
  const node& n = cx_->at(id);
  for (const field_info& f : info(n.kind).all_fields()) {
    const bool predicate = is_predicate(f);
    if (!predicate && !is_count_of_rows(f)) continue;
    const any_id c = cx_->child(id, f.slot);
    if (!c.present()) continue;
    const type t = cx_->at(c).type;
    if (t.kind() == scalar::unknown) continue;
    if (predicate && t.kind() != scalar::boolean) return failure(diag::ir_predicate, {words_of(n), f.name, print(t)});
    if (!predicate && !is_integer(t.kind()))
      return failure(diag::ir_operand, {std::string("the ") + std::string(f.name) + " of " + words_of(n), print(t)});
  }
  return {};
}

// --- computed columns, aggregates ---

result<void> verifier::check_output_list(any_id id, const std::vector<std::uint32_t>& items) {
  const node& n = cx_->at(id);
  const std::span<const output> outputs = cx_->outputs(n.b);
  if (items.size() != outputs.size())
    return failure(diag::ir_outputs,
                   {words_of(n), std::to_string(items.size()) + " values", std::to_string(outputs.size())});
  for (std::size_t i = 0; i < items.size(); ++i) {
    const node* item = &cx_->at({items[i]});
    if (item->kind == kind::named) item = &cx_->at(cx_->child({items[i]}, 0));
    const type made = item->type, said = outputs[i].type;
    const bool known = made.kind() != scalar::unknown && said.kind() != scalar::unknown;
    if (known && (made.kind() != said.kind() || (made.nullable() && !said.nullable())))
      return failure(diag::ir_outputs, {words_of(n), print(made), print(said)});
  }
  return {};
}

result<void> verifier::check_outputs(any_id id) {
  const node& n = cx_->at(id);
  const auto children_of = [&](any_id list) {
    items_.insert(items_.end(), cx_->children(list).begin(), cx_->children(list).end());
  };
  items_.clear();
  switch (n.kind) {
    case kind::project:
    case kind::window_rel:
      items_.assign(cx_->children(id).begin() + 1, cx_->children(id).end());
      return check_output_list(id, items_);
    case kind::group:
      children_of(cx_->child(id, 1));
      children_of(cx_->child(id, 2));
      return check_output_list(id, items_);
    case kind::rows:
      for (const std::uint32_t row : cx_->children(id)) {
        if (cx_->at({row}).kind != kind::row)
          return failure(diag::ir_child, {words_of(n), info(cx_->at({row}).kind).text, "items", "a row"});
        items_.clear();
        children_of({row});
        QUARRY_CHECK(check_output_list(id, items_));
      }
      return {};
    case kind::set_op:
      for (std::uint32_t arm = 0; arm < 2; ++arm) {
        const std::uint32_t made = output_instance_of(*cx_, cx_->child(id, arm));
        if (made != none && cx_->outputs(made).size() != cx_->outputs(n.b).size())
          return failure(diag::ir_outputs,
                         {words_of(n), std::to_string(cx_->outputs(made).size()) + " values",
                          std::to_string(cx_->outputs(n.b).size())});
      }
      return {};
    case kind::scalar_of:
    case kind::in_query: {
      const std::uint32_t made = output_instance_of(*cx_, cx_->child(id, n.kind == kind::in_query ? 1 : 0));
      if (made != none && cx_->outputs(made).size() != 1)
        return failure(diag::ir_outputs, {words_of(n), std::to_string(cx_->outputs(made).size()) + " values", "1"});
      return {};
    }
    default: return {};
  }
}

/// An aggregate belongs to the computed columns of a grouping relation, or to a window function.
result<void> verifier::check_aggregates(any_id id) {
  const node& n = cx_->at(id);
  const sort s = info(n.kind).sort;
  const auto contains = [&](any_id c) { return c.present() && aggregates_[c.value] != 0; };
  const auto misplaced = [&] { return failure(diag::ir_aggregate_place, {"an aggregate", words_of(n)}); };
  if (s == sort::rel) {
    const std::uint32_t computed = n.kind == kind::group ? cx_->child(id, 2).value : none;
    for (const std::uint32_t c : cx_->children(id))
      if (c != computed && contains({c})) return misplaced();
    return {};
  }
  bool below = false;
  for (const std::uint32_t c : cx_->children(id)) below = below || contains({c});
  if (n.kind == kind::aggregate && below) return misplaced();
  // What a window function computes over is a value of each row again.
  aggregates_[id.value] = (n.kind == kind::aggregate || below) && n.kind != kind::window_call ? 1 : 0;
  return {};
}

// --- scopes ---

result<void> verifier::check_scopes(any_id id) {
  const node& n = cx_->at(id);
  const std::size_t width = visible_.width();
  std::uint64_t* visible = visible_.row(id.value);
  std::uint64_t* free = free_.row(id.value);
  std::uint64_t* made = made_.row(id.value);
  const auto merge = [&](std::uint64_t* to, const std::uint64_t* from) {
    for (std::size_t w = 0; w < width; ++w) to[w] |= from[w];
  };
  const auto common = [&](const std::uint64_t* a, const std::uint64_t* b) -> std::uint32_t {
    for (std::size_t w = 0; w < width; ++w)
      if ((a[w] & b[w]) != 0)
        return static_cast<std::uint32_t>(w * 64 + static_cast<std::size_t>(std::countr_zero(a[w] & b[w])));
    return none;
  };
  const auto twice = [&](std::uint32_t i) {
    return failure(diag::ir_instance_twice, {words_of(n), instance_words(i)});
  };
  const auto bit = [](std::uint32_t i) { return std::uint64_t{1} << (i % 64); };

  if (n.kind == kind::column) {
    free[n.b / 64] |= bit(n.b);
    return {};
  }
  if (info(n.kind).sort != sort::rel) {
    for (const std::uint32_t c : cx_->children(id)) {
      if (c == none) continue;
      merge(free, free_.row(c));
      merge(made, made_.row(c));
    }
    return {};
  }

  // What the values of this relation may read: the rows of the relations below it.
  std::fill(scope_.begin(), scope_.end(), 0);
  for (const std::uint32_t c : cx_->children(id)) {
    if (c == none || info(cx_->at({c}).kind).sort != sort::rel) continue;
    if (const std::uint32_t i = common(scope_.data(), visible_.row(c)); i != none) return twice(i);
    merge(scope_.data(), visible_.row(c));
    merge(free, free_.row(c));
    merge(made, made_.row(c));
  }
  const bool own = makes_instance(n.kind);
  const bool hides = n.kind == kind::project || n.kind == kind::group || n.kind == kind::set_op;
  if (own) {
    if ((scope_[n.b / 64] & bit(n.b)) != 0) return twice(n.b);
    made[n.b / 64] |= bit(n.b);
  }
  if (is_write(n.kind) || n.kind == kind::cte_rel) scope_[n.b / 64] |= bit(n.b);
  if (n.kind == kind::cte_rel) free[n.b / 64] &= ~bit(n.b);
  for (const std::uint32_t c : cx_->children(id)) {
    if (c == none || info(cx_->at({c}).kind).sort == sort::rel) continue;
    if (const std::uint32_t i = common(scope_.data(), made_.row(c)); i != none) return twice(i);
    const std::uint64_t* reads = free_.row(c);
    for (std::size_t w = 0; w < width; ++w) free[w] |= reads[w] & ~scope_[w];
    merge(made, made_.row(c));
  }

  if (n.kind == kind::join && (n.b == join_kind::semi || n.b == join_kind::anti))
    merge(visible, visible_.row(cx_->child(id, 0).value));
  else if (n.kind == kind::cte_rel) merge(visible, visible_.row(cx_->child(id, 1).value));
  else if (is_write(n.kind)) visible[n.b / 64] |= bit(n.b);
  else if (!hides) merge(visible, scope_.data());
  if (own) visible[n.b / 64] |= bit(n.b);
  if (n.kind == kind::join && (n.b == join_kind::left || n.b == join_kind::full)) return check_padding(id);
  return {};
}

/// A whole query reads nothing from around it; what does is found from the root downwards.
result<void> verifier::check_closed() {
  std::uint32_t i = 0;
  const auto has = [&](instance_table& t, std::uint32_t node) {
    return node != none && (t.row(node)[i / 64] >> (i % 64) & 1U) != 0;
  };
  while (i < cx_->instance_count() && !has(free_, root_.value)) ++i;
  if (i == cx_->instance_count()) return {};
  any_id at = root_;
  while (cx_->at(at).kind != kind::column) {
    // Where the instance is in scope, it is a relation further below that has no right to it.
    bool in_scope = false;
    any_id next;
    for (const std::uint32_t c : cx_->children(at)) in_scope = in_scope || has(visible_, c);
    for (const std::uint32_t c : cx_->children(at)) {
      if (!has(free_, c)) continue;
      if (!in_scope || info(cx_->at({c}).kind).sort == sort::rel) next = {c};
    }
    if (!next.present()) break;
    at = next;
  }
  const bool column = cx_->at(at).kind == kind::column;
  const std::string name =
      column ? "." + std::string(cx_->column_name(i, static_cast<std::uint32_t>(cx_->at(at).a))) : "";
  return failure(diag::ir_scope, {instance_words(i) + name});
}

/// What an outer join pads with NULLs is nullable for whoever reads it above.
result<void> verifier::check_padding(any_id id) {
  const auto j = as<view::join>(*cx_, id);
  const any_id on = j.on();
  // A key that is never NULL, and that the database enforces at each statement, always finds its row.
  if (j.form() == join_kind::left && j.to_one() && j.trusted() && !j.deferrable() && on.present() &&
      !cx_->at(on).type.nullable())
    return {};
  for (std::uint32_t side = j.form() == join_kind::full ? 0 : 1; side < 2; ++side) {
    const std::uint64_t* padded = visible_.row(cx_->child(id, side).value);
    for (std::uint32_t i = 0; i < cx_->instance_count(); ++i) {
      if ((padded[i / 64] >> (i % 64) & 1U) == 0 || cx_->instance_at(i).null_extended) continue;
      any_id column;
      if (!reads_unpadded(root_, id, i, column)) continue;
      const std::string name(cx_->column_name(i, static_cast<std::uint32_t>(cx_->at(column).a)));
      return failure(diag::ir_null_extension, {instance_words(i) + "." + name});
    }
  }
  return {};
}

/// Whether something outside of the join reads a column of the instance as never NULL.
bool verifier::reads_unpadded(any_id root, any_id join, std::uint32_t instance, any_id& column) {
  outside_.assign(root.value + 1, 0);
  outside_[root.value] = 1;
  for (std::uint32_t i = root.value + 1; i-- > 0;) {
    if (outside_[i] == 0 || i == join.value) continue;
    const node& n = cx_->at({i});
    if (n.kind == kind::column && n.b == instance && !n.type.nullable()) {
      column = {i};
      return true;
    }
    for (const std::uint32_t c : cx_->children({i}))
      if (c < i) outside_[c] = 1;
  }
  return false;
}

result<void> verify(const context& cx, any_id root, stage s) {
  thread_local verifier v;
  return v.run(cx, root, s);
}

result<void> verify_after(std::string_view step, const context& cx, any_id root, stage s) {
  result<void> sound = verify(cx, root, s);
  if (!sound) sound.error().message += " (after " + std::string(step) + ")";
  return sound;
}

}  // namespace quarry::ir
