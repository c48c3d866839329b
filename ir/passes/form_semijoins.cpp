// form-semijoins
// Needs: required columns and repeats, multiplicity.   Gives: semi joins for to-many joins that only filter; semi and
// anti joins for exists and not exists.   Never: does so where somebody counts the repeats or reads a column of the
// right side; for a join that finds at most one row; for a subquery that reads the relations around it anywhere but in
// conditions that may stand at its top; takes an order away.
//   distinct (project (join inner b with (filter e where …) on eq(b.id, e.blog_id)) [b.id, b.name])
//   ==>   distinct (project (join semi b with (filter e where …) on eq(b.id, e.blog_id)) [b.id, b.name])
//   filter b where not(exists(filter e where eq(e.blog_id, b.id)))   ==>   join anti b with e on eq(e.blog_id, b.id)
//
// Valid under NULLs: both keep a left row iff some right row makes the condition TRUE; exists is never UNKNOWN, so that
// its negation keeps exactly the others.
// Valid under duplicates: an inner join repeats a left row for each match, a semi join does not: so only where the
// repeats are ignored by what is above: distinct, an aggregate that they don't change, a set operation without `all`.
// exists never repeats. Relations that hang together behind the joined one (a link table and its target, a path of
// several steps) go to the right side together: inner joins are associative, and their conditions read only each other.
//
// Of one row nobody sees repeats either. There a semi join is better where many rows match: the first is found at once. Where few
// do, the join stays, so that the database may start from those; so it does below a sort, which takes in all rows.
#include <algorithm>
#include <array>

#include <quarry/ir/analysis/narrowing.hpp>
#include <quarry/ir/passes/passes.hpp>

namespace quarry::ir {
namespace {

/// One in so many rows of the right side: from there a row is found sooner than by asking for each left row.
constexpr std::uint32_t few_matches = 100;

class semijoin_former : public top_down<semijoin_former> {
 public:
  using top_down::top_down;

  rel_id query(rel_id root, demand asked, bool outputs_read = true) {
    ++depth_;  // inside a subquery nobody sees repeats, and the database stops at the first match anyway
    const rel_id out = top_down::query(root, asked, outputs_read);
    --depth_;
    return out;
  }

  rel_id visit(rel_id id, demand asked) {
    const node& n = cx_.at(id);
    if (n.kind == kind::filter && px_.has(feature::subquery)) return filter(id, asked);
    if (n.kind != kind::join) return descend(id, asked);
    if (n.b == join_kind::semi || n.b == join_kind::anti) return filtering_join(as<view::join>(cx_, id), asked);
    if (n.b != join_kind::inner && n.b != join_kind::left) return descend(id, asked);
    if (asked.duplicates) return kept(id, asked, decline::form_semijoins_repeats_count);
    if (depth_ > 1) return kept(id, asked, decline::form_semijoins_in_subquery);
    if (asked.one_row && !asked.order) return kept(id, asked, decline::form_semijoins_one_of_sorted);
    const rel_id formed = form(id, asked.one_row);
    return formed == id ? descend(id, asked) : visit(formed, asked);
  }

 private:
  struct item {
    rel_id right;
    expr_id on;
    code form = join_kind::inner;
    std::uint16_t flags = 0;
    instance_set made, refers;
    bool kept = false;
    std::uint32_t group = 0;  // the first item of those that it hangs together with
  };
  static constexpr std::size_t most_items = 24;

  /// The right side is a place of its own, where repeats are nobody's concern.
  rel_id filtering_join(const view::join& j, demand asked) {
    ++px_.counters.visited;
    const rel_id id(j.self);
    const code form = j.form();
    px_.required().read(cx_, j.on());
    const rel_id left = visit(j.left(), demand_below(cx_, id, 0, asked));
    ++depth_;
    const rel_id right = visit(j.right(), demand_below(cx_, id, 1, asked));
    --depth_;
    const any_id on = expression(j.on());
    if (left == j.left() && right == j.right() && on == any_id(j.on())) return id;
    const std::array<std::uint32_t, 3> children = {left.value, right.value, on.value};
    return rel_id(cx_.make(kind::join, cx_.at(id).flags, {}, children, 0, form));
  }

  rel_id join_of(code form, std::uint16_t flags, rel_id left, rel_id right, expr_id on) {
    const std::array<std::uint32_t, 3> children = {left.value, right.value, on.value};
    return rel_id(cx_.make(kind::join, flags, {}, children, 0, form));
  }

  // --- to-many joins that only filter ---

  rel_id form(rel_id top, bool one_row) {
    std::array<item, most_items> items;
    std::size_t count = 0;
    rel_id base = top;
    for (;; base = rel_id(cx_.child(base, 0))) {
      const auto j = try_as<view::join>(cx_, base);
      if (!j || (j->form() != join_kind::inner && j->form() != join_kind::left)) break;
      if (count == most_items) return whole(top, decline::form_semijoins_too_many_joins);
      const instance_set made = instances_made(cx_, j->right());
      if (!made.known() || !j->on().present()) return whole(top, decline::form_semijoins_no_condition);
      items[count++] = {j->right(), j->on(), j->form(), cx_.at(base).flags, made, references(cx_, j->on())};
    }
    std::reverse(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(count));
    const std::span<item> all(items.data(), count);
    keep_what_is_read(all);
    keep_what_cannot_repeat(all, one_row);
    group(all);
    if (one_row) keep_what_finds_few(all);
    bool any = false;
    for (const item& i : all) any = any || !i.kept;
    if (!any) return top;
    return assemble(all, base);
  }

  rel_id whole(rel_id top, decline why) {
    px_.declined(why, top);
    return top;
  }

  void keep(item& i, bool when, decline why) {
    if (i.kept || !when) return;
    i.kept = true;
    px_.declined(why, i.right);
  }

  void keep_what_is_read(std::span<item> all) {
    for (item& i : all) keep(i, px_.required().reads_any_of(i.made), decline::form_semijoins_columns_read);
    keep_what_kept_ones_read(all);
  }
  /// Conditions read only relations before them: one walk backwards finds all.
  void keep_what_kept_ones_read(std::span<item> all) {
    for (std::size_t i = all.size(); i-- > 0;)
      for (std::size_t before = 0; before < i && all[i].kept; ++before)
        keep(all[before], all[i].refers.touches(all[before].made), decline::form_semijoins_read_by_another);
  }

  /// A join with at most one match beside what stays is as good as a semi join; left joins are left to prune-joins.
  void keep_what_cannot_repeat(std::span<item> all, bool one_row) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      item& it = all[i];
      if (it.kept || hangs_on_a_dropped_one(all, i)) continue;
      ++px_.counters.matched;
      keep(it, it.form == join_kind::left, decline::form_semijoins_outer_join);
      keep(it, !it.kept && has_subquery(cx_, it.on), decline::form_semijoins_subquery_in_join);
      keep(it, !it.kept && !one_row && ((it.flags & 1U) != 0 || px_.keys.fixes_a_key(cx_, it.right, it.on)),
           decline::form_semijoins_one_match);
    }
  }
  static bool hangs_on_a_dropped_one(std::span<const item> all, std::size_t i) {
    for (std::size_t before = 0; before < i; ++before)
      if (!all[before].kept && all[i].refers.touches(all[before].made)) return true;
    return false;
  }

  /// Those that hang together, behind the first of them; a group whose conditions read more than the group itself stays
  /// whole.
  void group(std::span<item> all) {
    for (std::uint32_t i = 0; i < all.size(); ++i) {
      all[i].group = i;
      for (std::uint32_t before = 0; before < i && !all[i].kept; ++before)
        if (!all[before].kept && all[i].refers.touches(all[before].made)) merge(all, all[before].group, i);
    }
    for (std::uint32_t i = 0; i < all.size(); ++i) {
      if (all[i].kept || all[i].group == i) continue;
      instance_set inside;
      for (std::uint32_t j = 0; j <= i; ++j)
        if (!all[j].kept && all[j].group == all[i].group) inside.add(all[j].made);
      if (all[i].refers.within(inside)) continue;
      px_.declined(decline::form_semijoins_tied_twice, all[i].right);
      keep_group(all, all[i].group);
    }
    keep_what_kept_ones_read(all);
    // What a kept one reads is kept alone, so that its group must stay as well.
    for (std::uint32_t i = 0; i < all.size(); ++i)
      if (all[i].kept) keep_group(all, all[i].group);
  }
  /// Of one row: groups of which few rows match are good to start from.
  void keep_what_finds_few(std::span<item> all) {
    for (std::uint32_t first = 0; first < all.size(); ++first) {
      if (all[first].kept || all[first].group != first) continue;
      std::uint64_t few = 1;
      for (const item& i : all)
        if (!i.kept && i.group == first) few = std::min<std::uint64_t>(few * narrowing_of(cx_, i.right), few_matches);
      if (few < few_matches) continue;
      px_.declined(decline::form_semijoins_few_match, all[first].right);
      keep_group(all, first);
    }
    keep_what_kept_ones_read(all);
    for (std::uint32_t i = 0; i < all.size(); ++i)
      if (all[i].kept) keep_group(all, all[i].group);
  }
  static void merge(std::span<item> all, std::uint32_t into, std::uint32_t from) {
    const std::uint32_t a = std::min(into, all[from].group), b = std::max(into, all[from].group);
    for (item& i : all)
      if (i.group == b) i.group = a;
  }
  static void keep_group(std::span<item> all, std::uint32_t group) {
    for (item& i : all)
      if (i.group == group) i.kept = true;
  }

  rel_id assemble(std::span<const item> all, rel_id base) {
    rel_id out = base;
    for (const item& i : all)
      if (i.kept) out = join_of(i.form, i.flags, out, i.right, i.on);
    for (std::uint32_t first = 0; first < all.size(); ++first) {
      if (all[first].kept || all[first].group != first) continue;
      rel_id right = all[first].right;
      px_.tell(event::became_semi, right);
      for (std::uint32_t i = first + 1; i < all.size(); ++i)
        if (!all[i].kept && all[i].group == first) {
          px_.tell(event::went_along, all[i].right);
          right = join_of(all[i].form, all[i].flags, right, all[i].right, all[i].on);
        }
      out = join_of(join_kind::semi, 0, out, right, all[first].on);
      ++px_.counters.applied;
    }
    return out;
  }

  // --- exists ---

  rel_id filter(rel_id id, demand asked) {
    const auto f = as<view::filter>(cx_, id);
    const rel_id input = f.input();
    const bool order_seen = asked.order && ordered(input);
    const std::size_t base = px_.stack.size();
    bool any = false;
    each_conjunct(cx_, f.predicate(), [&](expr_id c) {
      any = any || is_existence(c);
      px_.stack.push_back(c.value);
    });
    if (!any || order_seen) {
      px_.stack.resize(base);
      if (any) px_.declined(decline::form_semijoins_order_seen);
      else if (px_.watched() && mentions_existence(f.predicate())) px_.declined(decline::form_semijoins_not_a_conjunct);
      return descend(id, asked);
    }
    // Each that becomes a join leaves the list; the rest filters below the joins.
    const std::size_t end = px_.stack.size();
    std::size_t kept = base;
    const std::size_t joins = px_.joins.size();
    for (std::size_t i = base; i < end; ++i) {
      const expr_id c(px_.stack[i]);
      if (!is_existence(c) || !prepare(c, input)) px_.stack[kept++] = c.value;
    }
    px_.stack.resize(kept);
    if (px_.joins.size() == joins) {
      px_.stack.resize(base);
      return descend(id, asked);
    }
    rel_id out = filtered(cx_, input, std::span<const std::uint32_t>(px_.stack).subspan(base));
    px_.stack.resize(base);
    for (std::size_t i = joins; i < px_.joins.size(); ++i)
      out = join_of(px_.joins[i].form, 0, out, px_.joins[i].right, px_.joins[i].on);
    px_.joins.resize(joins);
    return visit(out, asked);
  }

  bool is_existence(expr_id c) const {
    if (is_op(cx_, c, op::not_)) c = expr_id(cx_.child(c, 0));
    return cx_.at(c).kind == kind::exists;
  }

  bool mentions_existence(any_id e) const {
    if (!e.present() || is_relation(cx_.at(e).kind)) return false;
    if (cx_.at(e).kind == kind::exists) return true;
    for (const std::uint32_t child : cx_.children(e))
      if (mentions_existence({child})) return true;
    return false;
  }

  bool ordered(rel_id rel) const {
    for (;;) {
      switch (cx_.at(rel).kind) {
        case kind::sort: return true;
        case kind::filter:
        case kind::project:
        case kind::limit:
        case kind::distinct:
        case kind::lock_rel: rel = rel_id(cx_.child(rel, 0)); break;
        default: return false;
      }
    }
  }

  /// Splits the subquery into rows that need nothing from outside and the condition that ties them to `left`.
  bool prepare(expr_id existence, rel_id left) {
    ++px_.counters.matched;
    const bool negated = is_op(cx_, existence, op::not_);
    const any_id exists = negated ? cx_.child(existence, 0) : any_id(existence);
    const correlated_rows split = px_.correlation.split(cx_, rel_id(cx_.child(exists, 0)));
    switch (split.why) {
      using enum correlated_rows::obstacle;
      case nothing: break;
      case too_many_relations: return refused(decline::form_semijoins_too_many_relations);
      case volatile_condition: return refused(decline::form_semijoins_volatile_condition);
      case subquery_in_tie: return refused(decline::form_semijoins_subquery_in_tie);
      case tied_inside: return refused(decline::form_semijoins_tied_inside);
    }
    if (!split.tie.present()) return refused(decline::form_semijoins_no_tie);
    instance_set seen = instances_visible(cx_, left);
    seen.add(instances_visible(cx_, split.rows));
    if (!references(cx_, split.tie).within(seen)) return refused(decline::form_semijoins_tied_further_out);
    px_.tell(negated ? event::question_became_anti : event::question_became_semi, leading_relation(cx_, split.rows));
    px_.joins.push_back({negated ? join_kind::anti : join_kind::semi, split.rows, split.tie});
    ++px_.counters.applied;
    return true;
  }

  bool refused(decline why) {
    px_.declined(why);
    return false;
  }

  int depth_ = 0;
};

}  // namespace

rel_id form_semijoins(pass_context& px, rel_id root) { return semijoin_former(px).query(root, {}); }

}  // namespace quarry::ir
