#include <quarry/ir/match/algebra.hpp>

#include <algorithm>
#include <array>

namespace quarry::ir {

std::uint32_t instance_made(const node& n) noexcept {
  switch (n.kind) {
    case kind::scan:
    case kind::rows:
    case kind::project:
    case kind::group:
    case kind::window_rel:
    case kind::set_op:
    case kind::cte_rel:
    case kind::cte_self: return n.b;
    default: return none;
  }
}

instance_set instances_made(const context& cx, rel_id rel) {
  instance_set out;
  if (const std::uint32_t own = instance_made(cx.at(rel)); own != none) out.add(own);
  for (const std::uint32_t child : cx.children(rel))
    if (child != none && is_relation(cx.at({child}).kind)) out.add(instances_made(cx, rel_id(child)));
  return out;
}

instance_set instances_visible(const context& cx, rel_id rel) {
  const node& n = cx.at(rel);
  instance_set out;
  if (const std::uint32_t own = instance_made(n); own != none) out.add(own);
  switch (n.kind) {
    case kind::join:
      out.add(instances_visible(cx, rel_id(cx.child(rel, 0))));
      if (n.b != join_kind::semi && n.b != join_kind::anti) out.add(instances_visible(cx, rel_id(cx.child(rel, 1))));
      break;
    case kind::filter:
    case kind::sort:
    case kind::limit:
    case kind::distinct:
    case kind::lock_rel:
    case kind::window_rel:
    case kind::empty: out.add(instances_visible(cx, rel_id(cx.child(rel, 0)))); break;
    case kind::cte_rel: out.add(instances_visible(cx, rel_id(cx.child(rel, 1)))); break;
    default: break;
  }
  return out;
}

namespace {

void collect(const context& cx, any_id id, instance_set& read, instance_set& made) {
  if (!id.present()) return;
  const node& n = cx.at(id);
  if (n.kind == kind::column) {
    read.add(n.b);
    return;
  }
  if (const std::uint32_t own = instance_made(n); own != none) made.add(own);
  for (const std::uint32_t child : cx.children(id)) collect(cx, {child}, read, made);
}

}  // namespace

instance_set references(const context& cx, any_id id) {
  instance_set read, made;
  collect(cx, id, read, made);
  return read.without(made);
}

bool is_volatile(const context& cx, any_id id) {
  if (!id.present()) return false;
  const node& n = cx.at(id);
  if (n.kind == kind::raw || n.kind == kind::call) return true;
  if (n.kind == kind::op && static_cast<op>(n.b) == op::random) return true;
  for (const std::uint32_t child : cx.children(id))
    if (is_volatile(cx, {child})) return true;
  return false;
}

bool has_subquery(const context& cx, any_id id) {
  if (!id.present()) return false;
  if (is_relation(cx.at(id).kind)) return true;
  for (const std::uint32_t child : cx.children(id))
    if (has_subquery(cx, {child})) return true;
  return false;
}

namespace {

/// Nullability of a rebuilt expression, from its children where it depends on nothing else.
type refined(const context& cx, const node& n, std::span<const std::uint32_t> children) {
  if (n.kind == kind::case_when) {
    const auto may_be_null = [&](std::uint32_t value) { return cx.at({value}).type.nullable(); };
    const bool some = std::ranges::any_of(
        children.subspan(1), [&](std::uint32_t branch) { return may_be_null(cx.child({branch}, 1).value); });
    return n.type.with_nullable(some || children[0] == none || may_be_null(children[0]));
  }
  if (n.kind != kind::op && n.kind != kind::collate) return n.type;
  bool some = false, every = true;
  for (const std::uint32_t child : children) {
    const bool nullable = cx.at({child}).type.nullable();
    some = some || nullable;
    every = every && nullable;
  }
  if (n.kind == kind::collate) return n.type.with_nullable(some);
  switch (info(static_cast<op>(n.b)).nulls) {
    case null_policy::strict:
    case null_policy::kleene: return n.type.with_nullable(some);
    case null_policy::all: return n.type.with_nullable(every);
    case null_policy::never:
    case null_policy::may: break;
  }
  return n.type;
}

}  // namespace

expr_id conjunction(context& cx, std::span<const std::uint32_t> conditions) {
  if (conditions.empty()) return {};
  if (conditions.size() == 1) return expr_id(conditions[0]);
  bool nullable = false;
  for (const std::uint32_t c : conditions) nullable = nullable || cx.at({c}).type.nullable();
  return expr_id(cx.make(kind::op, 0, types::boolean.with_nullable(nullable), conditions, 0,
                         static_cast<std::uint32_t>(op::and_)));
}

rel_id filtered(context& cx, rel_id input, std::span<const std::uint32_t> conditions) {
  if (conditions.empty()) return input;
  const std::array<std::uint32_t, 2> children = {input.value, conjunction(cx, conditions).value};
  return rel_id(cx.make(kind::filter, 0, {}, children));
}

any_id with_children(context& cx, any_id id, std::span<const std::uint32_t> children) {
  const node n = cx.at(id);
  return cx.make(n.kind, n.flags, refined(cx, n, children), children, n.a, n.b);
}

key_equality key_equality_of(const context& cx, const view::join& j) {
  const expr_id on = j.on();
  if (!is_op(cx, on, op::eq)) return {};
  const expr_id a(cx.child(on, 0)), b(cx.child(on, 1));
  if (cx.at(a).kind != kind::column || cx.at(b).kind != kind::column) return {};
  const instance_set right = instances_visible(cx, j.right());
  const bool a_right = right.has(cx.at(a).b), b_right = right.has(cx.at(b).b);
  if (!right.known() || a_right == b_right) return {};
  return a_right ? key_equality{b, a} : key_equality{a, b};
}

std::uint32_t output_instance(const context& cx, rel_id rel) {
  for (;;) {
    const node& n = cx.at(rel);
    switch (n.kind) {
      case kind::project:
      case kind::group:
      case kind::set_op:
      case kind::rows: return n.b;
      case kind::filter:
      case kind::sort:
      case kind::limit:
      case kind::distinct:
      case kind::lock_rel:
      case kind::empty: rel = rel_id(cx.child(rel, 0)); break;
      case kind::join:
        if (n.b != join_kind::semi && n.b != join_kind::anti) return none;
        rel = rel_id(cx.child(rel, 0));
        break;
      default: return none;
    }
  }
}

}  // namespace quarry::ir
