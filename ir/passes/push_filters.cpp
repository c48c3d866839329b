// push-filters
// Needs: instances read and made.   Gives: each condition as near to its tables as it may stand; filters on filters
// merged. Never: moves a condition across a limit, distinct on, a window, a lock or a volatile value; into a side that
// an outer join pads; a condition with a subquery into a join's condition.
//   f = filter (join inner b with e on eq(b.id, e.blog_id)) where and(eq(b.name, %0), gt(e.rating, %1))
//   ==>   join inner (filter b where eq(b.name, %0)) with (filter e where gt(e.rating, %1)) on eq(b.id, e.blog_id)
//
// Valid under NULLs: a filter keeps rows for which the condition is TRUE, before and after. Conditions on both sides of
// an inner join join its condition: both are TRUE or the row goes. The padded side of a left join is left alone: a
// padded row may pass.
// Valid under duplicates: each row is kept or dropped by itself, with all its repeats; a group is kept or dropped with
// all its rows, since the condition reads only its keys.
#include <algorithm>
#include <array>

#include <quarry/ir/passes/passes.hpp>

namespace quarry::ir {
namespace {

class filter_pusher {
 public:
  explicit filter_pusher(pass_context& px) : px_(px), cx_(px.cx()), pending_(px.conditions) {}

  /// The rows of `rel` that meet the pending conditions from `first` on; takes those away.
  rel_id place(rel_id rel, std::size_t first) {
    ++px_.counters.visited;
    const node n = cx_.at(rel);
    switch (n.kind) {
      case kind::filter: return filter(rel, first);
      case kind::join: return join(as<view::join>(cx_, rel), first);
      case kind::sort: return through(rel, first);
      case kind::distinct: return n.child_count == 1 ? through(rel, first) : stop(rel, first);
      case kind::project: return project(rel, first);
      case kind::group: return group(rel, first);
      case kind::set_op: return set_operation(rel, first);
      default: return stop(rel, first);
    }
  }

 private:
  rel_id filter(rel_id rel, std::size_t first) {
    const auto f = as<view::filter>(cx_, rel);
    if (is_volatile(cx_, f.predicate())) {
      px_.declined(decline::push_filters_volatile_condition);
      return stop(rel, first);
    }
    ++px_.counters.matched;
    // Inner filters first, as they were written.
    const std::size_t above = pending_.size();
    each_conjunct(cx_, f.predicate(), [&](expr_id c) {
      const expr_id now(subqueries(c));
      if (!is_boolean(cx_, now, true)) pending_.push_back({now, references(cx_, now)});
    });
    std::rotate(pending_.begin() + static_cast<std::ptrdiff_t>(first),
                pending_.begin() + static_cast<std::ptrdiff_t>(above), pending_.end());
    return place(f.input(), first);
  }

  /// Nothing goes below: the pending conditions stand right above.
  rel_id stop(rel_id rel, std::size_t first) {
    const std::size_t base = px_.stack.size();
    for (std::size_t i = first; i < pending_.size(); ++i) px_.stack.push_back(pending_[i].predicate.value);
    if (pending_.size() > first) say_why_not_below(cx_.at(rel).kind);
    pending_.resize(first);
    const rel_id inside = inputs_apart(rel);
    const rel_id out = filtered(cx_, inside, std::span<const std::uint32_t>(px_.stack).subspan(base));
    px_.stack.resize(base);
    return out;
  }

  void say_why_not_below(kind k) {
    switch (k) {
      case kind::limit: px_.declined(decline::push_filters_limit); break;
      case kind::distinct: px_.declined(decline::push_filters_distinct_on); break;
      case kind::window_rel: px_.declined(decline::push_filters_window); break;
      case kind::lock_rel: px_.declined(decline::push_filters_lock); break;
      default: break;  // a table is as near as it gets
    }
  }

  /// The same relation with each of its inputs a place of its own.
  rel_id inputs_apart(rel_id rel) {
    return rebuilt(rel, [&](rel_id input) { return place(input, pending_.size()); });
  }

  template <class F>
  rel_id rebuilt(rel_id rel, F&& input) {
    return over_new_inputs(px_, rel, input, [&](any_id e) { return subqueries(e); });
  }

  rel_id through(rel_id rel, std::size_t first) {
    count(first);
    return rebuilt(rel, [&](rel_id input) { return place(input, first); });
  }
  void count(std::size_t first) { px_.counters.applied += static_cast<std::uint32_t>(pending_.size() - first); }

  rel_id join(const view::join& j, std::size_t first) {
    const rel_id id(j.self);
    const code form = j.form();
    const instance_set left = instances_visible(cx_, j.left()), right = instances_visible(cx_, j.right());
    const bool inner = form == join_kind::inner;
    const bool to_left = reaches(form).above_left, to_right = reaches(form).above_right;
    const std::size_t base = px_.stack.size();
    const std::size_t end = pending_.size();
    // What stays above goes to the stack; what joins the condition after it; sides to fresh stretches of the list.
    for (std::size_t i = first; i < end; ++i) {
      const tracked_condition c = pending_[i];
      const bool of_left = !c.refers.empty() && c.refers.within(left),
                 of_right = !c.refers.empty() && c.refers.within(right);
      if ((to_left && of_left) || (to_right && of_right)) continue;
      px_.stack.push_back(c.predicate.value);
      if (of_left || of_right) px_.declined(decline::push_filters_padded_side);
      else if (!inner && c.refers.touches(left) && c.refers.touches(right))
        px_.declined(decline::push_filters_both_sides);
      else if (!inner) px_.declined(decline::push_filters_no_side);
    }
    const std::size_t above = px_.stack.size();
    expr_id on(j.on().present() ? subqueries(j.on()) : any_id(j.on()));
    if (inner && on.present()) on = joined_condition(on, base, left, right);
    for (std::size_t i = first; i < end; ++i) {
      const tracked_condition c = pending_[i];
      if (to_left && !c.refers.empty() && c.refers.within(left)) pending_.push_back(c);
    }
    count(end);
    const rel_id new_left = place(j.left(), end);
    for (std::size_t i = first; i < end; ++i) {
      const tracked_condition c = pending_[i];
      const bool of_left = to_left && c.refers.within(left);
      if (to_right && !c.refers.empty() && !of_left && c.refers.within(right)) pending_.push_back(c);
    }
    count(end);
    const rel_id new_right = place(j.right(), end);
    pending_.resize(first);
    rel_id out = id;
    if (new_left != j.left() || new_right != j.right() || on != j.on()) {
      const std::array<std::uint32_t, 3> children = {new_left.value, new_right.value, on.value};
      out = rel_id(cx_.make(kind::join, cx_.at(id).flags, {}, children, 0, form));
    }
    // Conditions that joined the join's own were taken out of the stack.
    out = filtered(cx_, out,
                   std::span<const std::uint32_t>(px_.stack).subspan(base, std::min(above, px_.stack.size()) - base));
    px_.stack.resize(base);
    return out;
  }

  /// Conditions on both sides of an inner join stand beside its own; they leave the stack above `base`.
  expr_id joined_condition(expr_id on, std::size_t base, instance_set left, instance_set right) {
    instance_set both = left;
    both.add(right);
    std::size_t kept = base;
    const std::size_t end = px_.stack.size();
    px_.stack.push_back(on.value);
    for (std::size_t i = base; i < end; ++i) {
      const any_id c{px_.stack[i]};
      const instance_set refers = references(cx_, c);
      const bool fits = refers.touches(left) && refers.touches(right) && refers.within(both);
      const bool nested = fits && has_subquery(cx_, c);
      if (nested) px_.declined(decline::push_filters_subquery_in_join);
      else if (!fits) px_.declined(decline::push_filters_no_side);
      if (fits && !nested) px_.stack.push_back(c.value);
      else px_.stack[kept++] = c.value;
    }
    px_.counters.applied += static_cast<std::uint32_t>(end - kept);
    if (kept == end) {
      px_.stack.resize(end);
      return on;
    }
    // The join's own condition may be an `and` already: one flat list.
    const std::size_t flat = px_.stack.size();
    for (std::size_t i = end; i < flat; ++i)
      each_conjunct(cx_, expr_id(px_.stack[i]), [&](expr_id c) { px_.stack.push_back(c.value); });
    const expr_id out = conjunction(cx_, std::span<const std::uint32_t>(px_.stack).subspan(flat));
    px_.stack.resize(kept);
    return out;
  }

  rel_id project(rel_id rel, std::size_t first) {
    return below_computed(rel, first, [&](std::uint64_t field) {
      const any_id item = cx_.child(rel, 1 + static_cast<std::uint32_t>(field));
      return movable(item);
    });
  }

  rel_id group(rel_id rel, std::size_t first) {
    const any_id keys = cx_.child(rel, 1);
    const std::uint32_t count = cx_.at(keys).child_count;
    return below_computed(rel, first, [&](std::uint64_t field) {
      if (field < count) return movable(cx_.child(keys, static_cast<std::uint32_t>(field)));
      px_.declined(decline::push_filters_reads_aggregate);
      return false;
    });
  }

  bool movable(any_id item) {
    if (cx_.at(item).kind == kind::column) return true;
    if (!is_volatile(cx_, item) && !has_subquery(cx_, item) && !contains_window(item)) return true;
    px_.declined(decline::push_filters_computed_once);
    return false;
  }
  bool contains_window(any_id id) const {
    if (!id.present()) return false;
    const kind k = cx_.at(id).kind;
    if (k == kind::window_call || k == kind::aggregate) return true;
    for (const std::uint32_t child : cx_.children(id))
      if (contains_window({child})) return true;
    return false;
  }

  /// Conditions whose every output of the relation may be computed below it go below, in the terms of what is there.
  template <class F>
  rel_id below_computed(rel_id rel, std::size_t first, F&& may_compute) {
    const std::uint32_t own = cx_.at(rel).b;
    const std::size_t base = px_.stack.size();
    const std::size_t end = pending_.size();
    px_.replaced.clear();
    for (std::size_t i = first; i < end; ++i) {
      const tracked_condition c = pending_[i];
      const bool reads_it = c.refers.known() && c.refers.has(own);
      if (!reads_it) px_.declined(decline::push_filters_no_output_read);
      if (!reads_it || !every_column_of(c.predicate, own, may_compute)) {
        px_.stack.push_back(c.predicate.value);
        continue;
      }
      if (px_.replaced.empty()) px_.replaced.maker(own, rel);
      const expr_id below(px_.replaced.apply(cx_, c.predicate));
      if (cx_.at(rel).kind == kind::group) px_.tell(event::condition_below_groups, rel, c.predicate);
      pending_.push_back({below, references(cx_, below)});
    }
    px_.replaced.clear();
    count(end);
    const rel_id inside = rebuilt(rel, [&](rel_id input) { return place(input, end); });
    pending_.resize(first);
    const rel_id out = filtered(cx_, inside, std::span<const std::uint32_t>(px_.stack).subspan(base));
    px_.stack.resize(base);
    return out;
  }

  template <class F>
  bool every_column_of(any_id e, std::uint32_t instance, F&& holds) const {
    if (!e.present()) return true;
    const node& n = cx_.at(e);
    if (n.kind == kind::column) return n.b != instance || holds(n.a);
    for (const std::uint32_t child : cx_.children(e))
      if (!every_column_of({child}, instance, holds)) return false;
    return true;
  }

  // A row is in the result for the rows of the arms that are equal to it: all of them meet the condition or none.
  rel_id set_operation(rel_id rel, std::size_t first) {
    const auto s = as<view::set_op>(cx_, rel);
    const std::array<rel_id, 2> arms = {s.left(), s.right()};
    const std::uint32_t own = s.instance();
    std::array<std::uint32_t, 2> outputs{};
    bool known = true;
    for (std::size_t a = 0; a < 2; ++a) {
      outputs[a] = output_instance(cx_, arms[a]);
      known = known && outputs[a] != none && cx_.outputs(outputs[a]).size() == cx_.outputs(own).size();
    }
    if (!known) {
      if (pending_.size() > first) px_.declined(decline::push_filters_arm_without_outputs);
      return stop(rel, first);
    }
    const std::size_t end = pending_.size();
    std::array<std::uint32_t, 2> children{};
    instance_set mine;
    mine.add(own);
    for (std::size_t a = 0; a < 2; ++a) {
      px_.replaced.clear();
      px_.replaced.renamed(own, outputs[a]);
      for (std::size_t i = first; i < end; ++i) {
        const tracked_condition c = pending_[i];
        if (!c.refers.within(mine) || c.refers.empty() || has_subquery(cx_, c.predicate)) continue;
        const expr_id below(px_.replaced.apply(cx_, c.predicate));
        pending_.push_back({below, references(cx_, below)});
      }
      px_.replaced.clear();
      count(end);
      children[a] = place(arms[a], end).value;
    }
    const std::size_t base = px_.stack.size();
    for (std::size_t i = first; i < end; ++i) {
      const tracked_condition& c = pending_[i];
      if (c.refers.within(mine) && !c.refers.empty() && !has_subquery(cx_, c.predicate)) continue;
      px_.declined(decline::push_filters_outside_the_arms);
      px_.stack.push_back(c.predicate.value);
    }
    pending_.resize(first);
    const rel_id inside(with_children(cx_, rel, children));
    const rel_id out = filtered(cx_, inside, std::span<const std::uint32_t>(px_.stack).subspan(base));
    px_.stack.resize(base);
    return out;
  }

  any_id subqueries(any_id e) {
    if (!px_.has(feature::subquery) || !e.present()) return e;
    return each_subquery(px_, e, [&](rel_id query, any_id, std::uint32_t) { return place(query, pending_.size()); });
  }

  pass_context& px_;
  context& cx_;
  std::vector<tracked_condition>& pending_;
};

}  // namespace

rel_id push_filters(pass_context& px, rel_id root) { return filter_pusher(px).place(root, 0); }

}  // namespace quarry::ir
