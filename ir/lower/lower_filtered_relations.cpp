// FilteredRelation(): related rows that satisfy a condition, under a name.
//   annotate paid=filtered_relation "orders" (lookup "orders__status" %0)
//   ==>   j = join left c with o on and(eq(o.customer_id, c.id), eq(o.status, %0))
// Paths behind the name start at these rows. A path through the relation itself joins it anew: only the name means these rows.
#include <array>

#include <quarry/ir/lower/lower.hpp>
#include <quarry/ir/model/views.hpp>

namespace quarry::ir {

result<void> lowering::filter_relation(symbol name, expr_id surface) {
  const auto f = as<view::filtered_relation>(*cx_, surface);
  const std::string_view path = cx_->text(symbol{static_cast<std::uint32_t>(f.text())});
  const expr_id condition_surface = f.condition();
  QUARRY_TRY(resolved, resolve_path(*cx_, root_model(), path, path_use::relation, f.origin()));

  QUARRY_CHECK(reach_beside(condition_surface, resolved.steps[0], cx_->text(name)));
  const std::size_t known = groups_.size();
  const rel_id outer = current_;
  const relation first = step_from(root_, resolved.steps[0]);
  const std::uint32_t child = cx_->new_instance(first.target, true);
  const asking who(*cx_, clause::filtered_relation, 0, name);
  if (provenance* const why = cx_->why()) [[unlikely]]
    why->step(event::filtered_relation, child, root_, resolved.steps[0], resolved.words(0));
  // A call of its own: what the condition says of the relation is said of these rows.
  call_ = relation_groups::filtered_call;
  groups_.add(root_, resolved.steps[0], call_, child);
  current_ = rel_id(cx_->make(kind::scan, 0, {}, {}, first.target, child));
  std::uint32_t target = child;
  for (std::uint32_t i = 1; i < resolved.step_count; ++i) target = join(target, resolved, i);
  split_negations_ = false;
  auto kept = condition(condition_surface, {});
  split_negations_ = true;
  call_ = relation_groups::any_call;
  groups_.truncate(known);
  const rel_id rows = current_;
  current_ = outer;
  if (!kept) return kept.take_failure();

  const expr_id related = cx_->make_op(op::eq, {cx_->column(child, first.remote), cx_->column(root_, first.local)});
  const expr_id on = cx_->make_op(op::and_, {related, *kept});
  const std::array<std::uint32_t, 3> children = {outer.value, rows.value, on.value};
  current_ = rel_id(cx_->make(kind::join, first.many ? 0 : 1, {}, children, 0, join_kind::left));
  const expr_id key = cx_->column(target, cx_->schema().at(cx_->instance_at(target).model).primary_key);
  annotations_.push_back({name, key, true, false, target});
  return {};
}

/// Joins to the rows, before the related ones are looked at, what the condition reads beside these.
result<void> lowering::reach_beside(any_id surface, std::uint32_t relation, std::string_view name) {
  if (!surface.present()) return {};
  const node n = cx_->at(surface);
  if (n.kind == kind::lookup || n.kind == kind::path) {
    const std::string_view path = cx_->text(symbol{static_cast<std::uint32_t>(n.a)});
    std::size_t rest = 0;
    if (!find_annotation(path, rest)) {
      const path_use use = n.kind == kind::path ? path_use::value : path_use::condition;
      QUARRY_TRY(resolved, resolve_path(*cx_, root_model(), path, use, n.b));
      if (resolved.step_count != 0 && resolved.steps[0] != relation) {
        std::uint32_t model = root_model();
        for (std::uint32_t i = 0; i < resolved.step_count; ++i) {
          const ir::relation& step = cx_->schema().at(model).relations[resolved.steps[i]];
          if (step.many) return fail_at(diag::filtered_relation_reach, {name, path}, path, n.b);
          model = step.target;
        }
        (void)column_of(resolved);  // what counts is the join
      }
    }
  }
  const bool query = n.kind == kind::sub_query || n.kind == kind::scalar_of || n.kind == kind::exists;
  for (std::uint32_t i = 0; i < n.child_count && !query; ++i)
    QUARRY_CHECK(reach_beside(cx_->child(surface, i), relation, name));
  return {};
}

bool lowering::starts_at_filtered(const annotation* a, std::string_view path, std::size_t rest) const {
  if (a == nullptr || a->relation == none || rest > path.size()) return false;
  const std::string_view next = path.substr(rest, path.find("__", rest) - rest);
  return next == "pk" ||
      cx_->schema().find(cx_->instance_at(a->relation).model, next).what != catalog::member::form::absent;
}

}  // namespace quarry::ir
