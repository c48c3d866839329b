// fold-empty
// Needs: truth.   Gives: `empty` for what can give no row; no test of a subquery that can give none.   Never: folds an
// aggregate without keys, which gives one row over nothing; leaves `empty` below what stays; touches writes.
//   p = project (filter b where false) [b.id, b.name]   ==>   empty like p
//   j = join left e with (filter b where false) on …     ==>   e, columns of b are NULL; the same where the join's condition is false
//
// Valid under NULLs: a filter whose condition cannot be TRUE keeps nothing, whether it is FALSE or UNKNOWN. A value in
// an empty subquery is FALSE, also for NULL; an empty subquery as a value is NULL.
// Valid under duplicates: nothing has no repeats; a union without `all` and one empty arm is a distinct over the other.
#include <array>

#include <quarry/ir/passes/passes.hpp>

namespace quarry::ir {
namespace {

class empty_folder {
 public:
  explicit empty_folder(pass_context& px) : px_(px), cx_(px.cx()) {}

  rel_id visit(rel_id id) {
    ++px_.counters.visited;
    const node n = cx_.at(id);
    switch (n.kind) {
      case kind::scan:
      case kind::rows:
      case kind::cte_self:
      case kind::empty: return id;
      case kind::insert_rel:
      case kind::update_rel:
      case kind::delete_rel:
      case kind::upsert_rel: px_.declined(decline::fold_empty_a_write); return id;
      case kind::filter: return filter(id);
      case kind::limit: return limit(id);
      case kind::join: return join(id, n.b);
      case kind::set_op: return set_operation(id);
      case kind::group: {
        const rel_id now = rebuilt(id);
        if (keyed(id)) return like_input(now);
        if (emptied_) px_.declined(decline::fold_empty_one_row_of_nothing);
        return now;
      }
      case kind::project:
      case kind::sort:
      case kind::distinct:
      case kind::window_rel:
      case kind::lock_rel: return like_input(rebuilt(id));
      default: return rebuilt(id);
    }
  }

 private:
  bool empty(any_id id) const { return cx_.at(id).kind == kind::empty; }
  bool keyed(rel_id group) const { return cx_.at(cx_.child(group, 1)).child_count > 0; }

  rel_id nothing_like(rel_id shape) {
    ++px_.counters.applied;
    const std::array<std::uint32_t, 1> child = {shape.value};
    return rel_id(cx_.make(kind::empty, 0, {}, child));
  }

  /// What stands for a relation where one has to. Of what was folded to `empty` here it is the relation that gives no row; an `empty`
  /// that was there before is like one that might give some.
  rel_id standing(rel_id before, rel_id now) const {
    if (!empty(now)) return now;
    return empty(before) ? before : rel_id(cx_.child(now, 0));
  }

  /// Children folded; an input that is empty stands as a relation without rows, so that this one still has an input. It is not the one
  /// that was there before: of the joins that went from it columns are NULL by now.
  rel_id rebuilt(rel_id id) {
    const node n = cx_.at(id);
    const std::size_t base = px_.stack.size();
    for (std::uint32_t i = 0; i < n.child_count; ++i) px_.stack.push_back(cx_.child(id, i).value);
    emptied_ = false;
    bool emptied = false;
    for (std::uint32_t i = 0; i < n.child_count; ++i) {
      const any_id child = cx_.child(id, i);
      if (!child.present() || !is_relation(cx_.at(child).kind)) continue;
      const rel_id now = visit(rel_id(child));
      emptied = emptied || empty(now);
      px_.stack[base + i] = standing(rel_id(child), now).value;
    }
    bool changed = false;
    for (std::uint32_t i = 0; i < n.child_count; ++i) {
      const any_id child = cx_.child(id, i);
      if (child.present() && !is_relation(cx_.at(child).kind)) px_.stack[base + i] = expression(child).value;
      changed = changed || px_.stack[base + i] != child.value;
    }
    const rel_id out =
        changed ? rel_id(with_children(cx_, id, std::span<const std::uint32_t>(px_.stack).subspan(base))) : id;
    px_.stack.resize(base);
    emptied_ = emptied;
    return out;
  }

  rel_id like_input(rel_id now) { return emptied_ ? nothing_like(now) : now; }

  rel_id filter(rel_id id) {
    const rel_id now = rebuilt(id);
    if (emptied_) return nothing_like(now);
    ++px_.counters.matched;
    if (rejects(cx_, as<view::filter>(cx_, now).predicate(), null_row{})) {
      tell_never_holds(id);
      return nothing_like(now);
    }
    px_.declined(decline::fold_empty_may_hold);
    return now;
  }

  /// Of several conditions the one that can't hold by itself.
  void tell_never_holds(rel_id id) {
    if (cx_.why() == nullptr) return;
    const expr_id whole = as<view::filter>(cx_, id).predicate();
    expr_id decisive = whole;
    each_conjunct(cx_, whole, [&](expr_id c) {
      if (decisive == whole && rejects(cx_, c, null_row{})) decisive = c;
    });
    px_.tell(event::never_holds, id, decisive);
  }

  rel_id limit(rel_id id) {
    const any_id count = cx_.child(id, 1);
    if (count.present()) {
      const node& n = cx_.at(count);
      ++px_.counters.matched;
      if (n.kind == kind::literal && n.flags == 0 && n.a == 0) {
        px_.tell(event::takes_no_rows, id);
        return nothing_like(id);
      }
      px_.declined(decline::fold_empty_takes_rows);
    }
    return like_input(rebuilt(id));
  }

  rel_id join(rel_id id, code form) {
    const rel_id old_left(cx_.child(id, 0)), old_right(cx_.child(id, 1));
    const any_id old_on = cx_.child(id, 2);
    const rel_id left = visit(old_left), right = visit(old_right);
    // Where the condition cannot be TRUE no row is found, as if there were none. (A full join still gives those of its right side.)
    const bool never_found = form != join_kind::full && old_on.present() && rejects(cx_, expr_id(old_on), null_row{});
    const bool no_left = empty(left), no_right = empty(right) || never_found;
    const bool needs_both = form == join_kind::inner || form == join_kind::cross || form == join_kind::semi;
    if ((needs_both && (no_left || no_right)) || (no_left && form != join_kind::full) || (no_left && no_right))
      return nothing_like(joined(id, standing(old_left, left), standing(old_right, right)));
    if (no_right && (form == join_kind::left || form == join_kind::anti)) {
      const instance_set lost = instances_made(cx_, old_right);
      if (form == join_kind::anti || lost.known()) {
        ++px_.counters.applied;
        px_.tell(event::finds_nothing, id);
        lost.each([&](std::uint32_t i) { px_.replaced.nulls(i); });
        return left;
      }
      px_.declined(decline::fold_empty_too_many_relations);
    } else if (no_left || no_right) {
      px_.declined(decline::fold_empty_other_side_stays);
    }
    return joined(id, standing(old_left, left), standing(old_right, right));
  }
  rel_id joined(rel_id id, rel_id left, rel_id right) {
    const any_id old_on = cx_.child(id, 2);
    const any_id on = old_on.present() ? expression(old_on) : old_on;
    if (left == rel_id(cx_.child(id, 0)) && right == rel_id(cx_.child(id, 1)) && on == old_on) return id;
    const std::array<std::uint32_t, 3> children = {left.value, right.value, on.value};
    return rel_id(with_children(cx_, id, children));
  }

  rel_id set_operation(rel_id id) {
    const auto s = as<view::set_op>(cx_, id);
    const std::array<rel_id, 2> old = {s.left(), s.right()};
    const auto operation = static_cast<code>(s.operation());
    const bool all = s.all();
    const std::uint32_t own = s.instance();
    const std::array<rel_id, 2> now = {visit(old[0]), visit(old[1])};
    const std::array<bool, 2> none_of = {empty(now[0]), empty(now[1])};
    const std::array<std::uint32_t, 2> children = {standing(old[0], now[0]).value, standing(old[1], now[1]).value};
    if ((none_of[0] && none_of[1]) || (operation != set_kind::union_ && none_of[0]) ||
        (operation == set_kind::intersect && none_of[1]))
      return nothing_like(rel_id(with_children(cx_, id, children)));
    if (none_of[0] || none_of[1]) {
      const rel_id arm = none_of[0] ? now[1] : now[0];
      if (const rel_id alone = only_arm(arm, own, all); alone.present()) {
        px_.tell(event::arm_without_rows, id);
        return alone;
      }
    }
    return rel_id(with_children(cx_, id, children));
  }

  /// The arm that is left, under the set operation's own outputs.
  rel_id only_arm(rel_id arm, std::uint32_t own, bool all) {
    const std::uint32_t outputs = output_instance(cx_, arm);
    const std::size_t count = cx_.outputs(own).size();
    if (outputs == none || cx_.outputs(outputs).size() != count) {
      px_.declined(decline::fold_empty_arm_without_outputs);
      return {};
    }
    ++px_.counters.applied;
    const std::size_t base = px_.stack.size();
    px_.stack.push_back(arm.value);
    for (std::uint32_t i = 0; i < count; ++i) {
      // The operation's columns may be of a wider type than the arm's.
      const expr_id column = cx_.column(outputs, i);
      const type wide = cx_.outputs(own)[i].type.with_nullable(cx_.at(column).type.nullable());
      const std::array<std::uint32_t, 1> of = {column.value};
      const bool same = wide.kind() == cx_.at(column).type.kind();
      px_.stack.push_back(same ? column.value : cx_.make(kind::cast, 0, wide, of).value);
    }
    const any_id project =
        cx_.make(kind::project, 0, {}, std::span<const std::uint32_t>(px_.stack).subspan(base), 0, own);
    px_.stack.resize(base);
    if (all) return rel_id(project);
    const std::array<std::uint32_t, 1> child = {project.value};
    return rel_id(cx_.make(kind::distinct, 0, {}, child));
  }

  any_id expression(any_id e) {
    if (px_.has(feature::subquery)) e = subqueries(e);
    return px_.replaced.empty() ? e : px_.replaced.apply(cx_, e);
  }

  any_id subqueries(any_id e) {
    if (!e.present()) return e;
    const node n = cx_.at(e);
    if (n.child_count == 0) return e;
    const std::size_t base = px_.stack.size();
    bool changed = false, emptied = false;
    for (std::uint32_t i = 0; i < n.child_count; ++i) {
      const any_id old = cx_.child(e, i);
      any_id now = old;
      if (old.present() && is_relation(cx_.at(old).kind)) {
        const rel_id folded = visit(rel_id(old));
        if (empty(folded)) {
          emptied = true;
          px_.tell(event::question_without_rows, rel_id(old));
        } else {
          now = folded;
        }
      } else {
        now = subqueries(old);
      }
      changed = changed || now != old;
      px_.stack.push_back(now.value);
    }
    any_id out = e;
    if (emptied && (n.kind == kind::exists || n.kind == kind::in_query)) out = cx_.boolean(false);
    else if (emptied && n.kind == kind::scalar_of) out = cx_.null(n.type);
    else if (changed) out = with_children(cx_, e, std::span<const std::uint32_t>(px_.stack).subspan(base));
    if (emptied && out != e) ++px_.counters.applied;
    px_.stack.resize(base);
    return out;
  }

  pass_context& px_;
  context& cx_;
  bool emptied_ = false;  // of the relation rebuilt last: an input turned out empty
};

}  // namespace

rel_id fold_empty(pass_context& px, rel_id root) { return empty_folder(px).visit(root); }

}  // namespace quarry::ir
