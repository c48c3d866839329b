// prune-joins
// Needs: required columns, keys, multiplicity.   Gives: no join that only copies rows; no join that only supplies the
// key that it joins on.   Never: drops a join that can filter rows, repeat them, or supply another column; rests on a
// foreign key that the database does not enforce, or only at commit, or that can be NULL, without saying so in a filter.
//   j = join left to_one e with b on eq(e.blog_id, b.id) ; b unused above   ==>   e
//   f = filter (join inner to_one trusted e with b on eq(e.blog_id, b.id)) where gt(b.id, %0)
//   ==>   f = filter e where gt(e.blog_id, %0)
//
// Valid under NULLs: a left join keeps every left row, whatever its key is. An inner join over a trusted key drops
// exactly the rows whose key is NULL: where it can be NULL, a filter takes the join's place. A key read beyond a left
// join is the near one only if each key that is not NULL has its row; it is NULL exactly when the near one is.
// Valid under duplicates: at most one match, by the join's flag or since the condition fixes a key of the right side;
// or repeats are ignored above.
#include <algorithm>

#include <quarry/ir/passes/passes.hpp>

namespace quarry::ir {
namespace {

/// Equality of the database means that both sides are the same value: so for texts only where it compares code points.
bool equal_means_same(type a, type b) {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case scalar::text:
      return a.collation() == collation_class::code_point && b.collation() == collation_class::code_point;
    case scalar::float64:
    case scalar::decimal:
    case scalar::json:
    case scalar::array:
    case scalar::unknown: return false;
    default: return true;
  }
}

class join_pruner : public top_down<join_pruner> {
 public:
  using top_down::top_down;

  rel_id visit(rel_id id, demand asked) {
    if (cx_.at(id).kind != kind::join) return descend(id, asked);
    const auto j = as<view::join>(cx_, id);
    if (j.form() == join_kind::left) return left_join(j, asked);
    if (j.form() == join_kind::inner) return inner_join(j, asked);
    return kept(id, asked, decline::prune_joins_filtering_join);
  }

 private:
  rel_id left_join(const view::join& j, demand asked) {
    ++px_.counters.matched;
    const rel_id left = j.left();
    if (!px_.required().reads_any_of(instances_made(cx_, j.right()))) {
      if (asked.duplicates && !j.to_one() && !px_.keys.fixes_a_key(cx_, j.right(), j.on()))
        return kept(rel_id(j.self), asked, decline::prune_joins_repeats_rows);
      ++px_.counters.applied;
      px_.tell(j.to_one() || asked.duplicates ? event::join_unread : event::join_unseen, rel_id(j.self));
      return visit(left, asked);
    }
    const key_equality on = key_equality_of(cx_, j);
    if (!on.present()) return kept(rel_id(j.self), asked, decline::prune_joins_columns_read);
    if (!reads_only_key(on, j)) return descend(rel_id(j.self), asked);
    if (!always_finds(cx_, j)) return kept(rel_id(j.self), asked, decline::prune_joins_key_may_dangle);
    read_near(on, j);
    return visit(left, asked);
  }

  rel_id inner_join(const view::join& j, demand asked) {
    ++px_.counters.matched;
    const key_equality on = finds_but_for_the_key(j);
    if (!on.present()) return descend(rel_id(j.self), asked);
    const std::uint32_t far = cx_.at(on.right).b;
    const bool read = px_.required().reads_any(far);
    const bool filtered_right = cx_.at(j.right()).kind == kind::filter;
    // Who reads the far key as never NULL can't read a near one that is declared otherwise, though none is left.
    if (read && cx_.at(on.left).type.nullable() && !cx_.at(on.right).type.nullable())
      return kept(rel_id(j.self), asked, decline::prune_joins_read_as_present);
    if ((read || filtered_right) && !reads_only_key(on, j)) return descend(rel_id(j.self), asked);
    if (read || filtered_right) {
      read_near(on, j);
    } else {
      ++px_.counters.applied;
      px_.tell(event::join_unread, rel_id(j.self));
    }
    const rel_id left = j.left();
    const node near = cx_.at(on.left);
    const bool may_be_null = !never_null_in(cx_, left, near.b, static_cast<std::uint32_t>(near.a));
    if (may_be_null) px_.required().read(cx_, on.left);
    const rel_id right = j.right();
    const rel_id input = visit(left, asked);
    const std::size_t base = px_.stack.size();
    if (may_be_null)
      px_.stack.push_back(cx_.make_op(op::is_not_null, {expr_id(px_.replaced.apply(cx_, on.left))}).value);
    for (rel_id f = right; cx_.at(f).kind == kind::filter; f = rel_id(cx_.child(f, 0))) {
      const any_id condition = px_.replaced.apply(cx_, cx_.child(f, 1));
      each_conjunct(cx_, expr_id(condition), [&](expr_id c) { px_.stack.push_back(c.value); });
    }
    const rel_id out = also_filtered(input, base);
    px_.stack.resize(base);
    return out;
  }

  /// The key equality of a trusted join whose right side is a whole table, or one filtered by nothing but the key.
  key_equality finds_but_for_the_key(const view::join& j) {
    const auto cannot = [&](decline why) {
      px_.declined(why, rel_id(j.self));
      return key_equality{};
    };
    if (!j.to_one()) return cannot(decline::prune_joins_several_matches);
    if (!j.trusted() || j.deferrable()) return cannot(decline::prune_joins_key_may_dangle);
    const key_equality on = key_equality_of(cx_, j);
    if (!on.present()) return cannot(decline::prune_joins_no_key_equality);
    const node far = cx_.at(on.right);
    rel_id right = j.right();
    for (; cx_.at(right).kind == kind::filter; right = rel_id(cx_.child(right, 0)))
      if (!reads_only(cx_.child(right, 1), far)) return cannot(decline::prune_joins_right_side_filtered);
    return cx_.at(right).kind == kind::scan ? on : cannot(decline::prune_joins_right_side_filtered);
  }
  bool reads_only(any_id e, const node& column) const {
    if (!e.present()) return true;
    const node& n = cx_.at(e);
    if (n.kind == kind::column) return n.b == column.b && n.a == column.a;
    if (is_relation(n.kind) || n.kind == kind::raw || n.kind == kind::call || is_op(cx_, e, op::random)) return false;
    for (const std::uint32_t child : cx_.children(e))
      if (!reads_only({child}, column)) return false;
    return true;
  }

  /// The input with the conditions on the stack beside those that it has.
  rel_id also_filtered(rel_id input, std::size_t base) {
    if (px_.stack.size() == base) return input;
    if (cx_.at(input).kind == kind::filter) {
      const expr_id first(cx_.child(input, 1));
      input = rel_id(cx_.child(input, 0));
      const std::size_t end = px_.stack.size();
      each_conjunct(cx_, first, [&](expr_id c) { px_.stack.push_back(c.value); });
      std::rotate(px_.stack.begin() + static_cast<std::ptrdiff_t>(base),
                  px_.stack.begin() + static_cast<std::ptrdiff_t>(end), px_.stack.end());
    }
    return filtered(cx_, input, std::span<const std::uint32_t>(px_.stack).subspan(base));
  }

  bool reads_only_key(const key_equality& on, const view::join& j) {
    const node& far = cx_.at(on.right);
    const bool only_key = px_.required().reads_only(far.b, far.a);
    if (!only_key) px_.declined(decline::prune_joins_more_than_key_read, rel_id(j.self));
    else if (equal_means_same(cx_.at(on.left).type, far.type)) return true;
    else px_.declined(decline::prune_joins_equal_texts_differ, rel_id(j.self));
    return false;
  }

  void read_near(const key_equality& on, const view::join& j) {
    px_.tell(event::key_read_near, rel_id(j.self), on.left);
    const node& far = cx_.at(on.right);
    px_.replaced.column(far.b, far.a, on.left);
    px_.required().read(cx_, on.left);
    ++px_.counters.applied;
  }
};

}  // namespace

rel_id prune_joins(pass_context& px, rel_id root) { return join_pruner(px).query(root, {}); }

}  // namespace quarry::ir
