#include <quarry/ir/match/nullability.hpp>

#include <quarry/ir/provenance/provenance.hpp>

namespace quarry::ir {

rel_id nullability_refiner::run(context& cx, rel_id root) {
  if (cx.has(kind::cte_rel)) return root;
  cx_ = &cx;
  names_.clear();
  stack_.clear();
  return relation(root, false);
}

template <class F>
std::uint32_t nullability_refiner::renamed(std::uint32_t old, F&& make) {
  for (const renaming& r : names_)
    if (r.old == old) return r.made;
  names_.push_back({old, make()});
  if (provenance* const why = cx_->why()) [[unlikely]]
    why->stands_for(names_.back().made, old);
  return names_.back().made;
}

any_id nullability_refiner::column(any_id e) {
  const node& n = cx_->at(e);
  for (const renaming& r : names_)
    if (r.old == n.b) return cx_->column(r.made, static_cast<std::uint32_t>(n.a));
  return e;
}

/// Most expressions are columns.
inline any_id nullability_refiner::expression(any_id e) {
  if (!e.present()) return e;
  const node& n = cx_->at(e);
  if (n.child_count != 0) return compound(e);
  return n.kind == kind::column ? column(e) : e;
}

rel_id nullability_refiner::relation(rel_id id, bool padded) {
  switch (cx_->at(id).kind) {
    case kind::scan: return scan(id, padded);
    case kind::join: return join(id, padded);
    case kind::window_rel: return computed(id, over(id, padded), padded);
    // A join around them pads what they give, not the rows that they read.
    case kind::project:
    case kind::group: return computed(id, over(id, false), padded);
    default: return over(id, padded);
  }
}

rel_id nullability_refiner::scan(rel_id id, bool padded) {
  const node n = cx_->at(id);
  if (padded || !cx_->instance_at(n.b).null_extended) return id;
  const std::uint32_t made = renamed(n.b, [&] { return cx_->new_instance(cx_->instance_at(n.b).model); });
  return rel_id(cx_->make(n.kind, n.flags, n.type, {}, n.a, made));
}

rel_id nullability_refiner::join(rel_id id, bool padded) {
  const node n = cx_->at(id);
  const std::array<rel_id, 2> old = {rel_id(cx_->child(id, 0)), rel_id(cx_->child(id, 1))};
  const any_id old_on = cx_->child(id, 2);
  const bool pads_left = n.b == join_kind::full, pads_right = pads_left || n.b == join_kind::left;
  const rel_id left = relation(old[0], padded || pads_left), right = relation(old[1], padded || pads_right);
  const any_id on = expression(old_on);
  if (left == old[0] && right == old[1] && on == old_on) return id;
  const std::array<std::uint32_t, 3> children = {left.value, right.value, on.value};
  return rel_id(with_children(*cx_, id, children));
}

/// The relation over its refined inputs, which come first, so that expressions see what was renamed.
rel_id nullability_refiner::over(rel_id id, bool padded) {
  const node n = cx_->at(id);
  const std::uint32_t inputs = input_count(n);
  const std::size_t base = stack_.size();
  bool changed = false;
  for (std::uint32_t i = 0; i < n.child_count; ++i) {
    const any_id old = cx_->child(id, i);
    const any_id now = i < inputs ? any_id(relation(rel_id(old), padded)) : expression(old);
    if (!changed && now != old) {
      changed = true;
      for (std::uint32_t before = 0; before < i; ++before) stack_.push_back(cx_->child(id, before).value);
    }
    if (changed) stack_.push_back(now.value);
  }
  if (!changed) return id;
  const any_id out = with_children(*cx_, id, std::span<const std::uint32_t>(stack_).subspan(base));
  stack_.resize(base);
  return rel_id(out);
}

/// What is computed from columns that are never NULL may be never NULL itself.
rel_id nullability_refiner::computed(rel_id before, rel_id rebuilt, bool padded) {
  if (rebuilt == before || padded) return rebuilt;
  const node n = cx_->at(rebuilt);
  const auto value_at = [&](std::uint32_t i) {
    any_id item;
    if (n.kind == kind::group) {
      const any_id keys = cx_->child(rebuilt, 1);
      const std::uint32_t count = cx_->at(keys).child_count;
      item = i < count ? cx_->child(keys, i) : cx_->child(cx_->child(rebuilt, 2), i - count);
    } else {
      item = cx_->child(rebuilt, 1 + i);
    }
    return cx_->at(item).kind == kind::named ? cx_->child(item, 0) : item;
  };
  outputs_.assign(cx_->outputs(n.b).begin(), cx_->outputs(n.b).end());
  bool narrower = false;
  for (std::uint32_t i = 0; i < outputs_.size(); ++i) {
    if (!outputs_[i].type.nullable() || cx_->at(value_at(i)).type.nullable()) continue;
    outputs_[i].type = outputs_[i].type.with_nullable(false);
    narrower = true;
  }
  if (!narrower) return rebuilt;
  const std::uint32_t made = renamed(n.b, [&] { return cx_->new_computed_instance(outputs_); });
  const std::size_t base = stack_.size();  // making a node may move the children of others: they are copied
  for (const std::uint32_t child : cx_->children(rebuilt)) stack_.push_back(child);
  const any_id out =
      cx_->make(n.kind, n.flags, n.type, std::span<const std::uint32_t>(stack_).subspan(base), n.a, made);
  stack_.resize(base);
  return rel_id(out);
}

any_id nullability_refiner::compound(any_id e) {
  const std::uint32_t count = cx_->at(e).child_count;
  const std::size_t base = stack_.size();
  bool changed = false;
  for (std::uint32_t i = 0; i < count; ++i) {
    const any_id old = cx_->child(e, i);
    const bool query = old.present() && is_relation(cx_->at(old).kind);
    const any_id now = query ? any_id(relation(rel_id(old), false)) : expression(old);
    if (!changed && now != old) {
      changed = true;
      for (std::uint32_t before = 0; before < i; ++before) stack_.push_back(cx_->child(e, before).value);
    }
    if (changed) stack_.push_back(now.value);
  }
  if (!changed) return e;
  const any_id out = with_children(*cx_, e, std::span<const std::uint32_t>(stack_).subspan(base));
  stack_.resize(base);
  return out;
}

}  // namespace quarry::ir
