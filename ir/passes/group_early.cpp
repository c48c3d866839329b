// group-early
// Needs: truth, what is read.   Gives: groups of related rows by their foreign key alone, where they were grouped behind
// a second copy of the rows that the groups are joined to.   Never: does so where a group would hold other rows, or
// where a group of no related row tells more than no group.
//   g = aggregate (join left (filter b2 where eq(b2.name, %0)) with e on eq(b2.id, e.blog_id)) by [b2.id] compute […]
//   join left to_one (filter b where eq(b.name, %0)) with g on eq(b.id, g.key1)
//   ==>   g = aggregate e by [e.blog_id] compute […]
//
// Valid under NULLs: a foreign key that is NULL makes a group that no row joins. A row without related rows had a group
// of one padded row, and has none now: its values were NULL, as the join's padding is, and its counts 0: so only where
// each aggregate leaves the padded row out, and each count is read as coalesce(count, 0).
// Valid under duplicates: the copy has each row once for its key; each condition on the copy holds of the rows that the
// groups are joined to, so that a row finds the group that it found before, and groups of other rows find nobody.
#include <algorithm>
#include <array>

#include <quarry/ir/passes/passes.hpp>

namespace quarry::ir {
namespace {

class early_grouper {
 public:
  explicit early_grouper(pass_context& px) : px_(px), cx_(px.cx()) {}

  rel_id run(rel_id root) {
    root_ = root;
    find(root);
    if (regrouped_.empty()) return root;
    const any_id out = px_.bottom_up.run(cx_, root, [&](any_id id) -> any_id {
      const node n = cx_.at(id);
      for (const regrouped& r : regrouped_) {
        if (n.kind == kind::column && n.b == r.old_instance)
          return cx_.column(r.instance, static_cast<std::uint32_t>(n.a));
        if (n.kind == kind::group && n.b == r.old_instance) return r.group;
      }
      return id;
    });
    return px_.nullability.run(cx_, rel_id(out));
  }

 private:
  struct regrouped {
    std::uint32_t old_instance, instance;
    rel_id group;
  };

  void find(rel_id rel) {
    ++px_.counters.visited;
    const node n = cx_.at(rel);
    if (n.kind == kind::join && n.b == join_kind::left) consider(rel);
    for (std::uint32_t i = 0; i < input_count(n); ++i) find(rel_id(cx_.child(rel, i)));
  }

  void refuse(decline why) { px_.declined(why); }

  /// The lowest join of the group's input, whose left side is the copy; absent where there is none.
  rel_id lowest_join(rel_id rel) const {
    rel_id join;
    for (;; rel = rel_id(cx_.child(rel, 0))) {
      const node& n = cx_.at(rel);
      if (n.kind == kind::join && (n.b == join_kind::inner || n.b == join_kind::left)) join = rel;
      else if (n.kind == kind::scan) return join;
      else if (n.kind != kind::filter) return {};
    }
  }

  void consider(rel_id join) {
    const auto j = as<view::join>(cx_, join);
    const auto g = try_as<view::group>(cx_, j.right());
    if (!g || cx_.at(g->keys()).child_count != 1) return;
    const key_equality tie = key_equality_of(cx_, j);
    const any_id key = cx_.child(g->keys(), 0);
    if (!tie.present() || cx_.at(tie.right).a != 0 || cx_.at(key).kind != kind::column) return;
    const rel_id lowest = lowest_join(g->input());
    if (!lowest.present()) return;
    ++px_.counters.matched;
    const auto first = as<view::join>(cx_, lowest);
    const key_equality step = key_equality_of(cx_, first);
    const std::uint32_t copy = cx_.at(key).b, near = cx_.at(tie.left).b;
    const bool same_table = cx_.instance_at(copy).model != none &&
        cx_.instance_at(copy).model == cx_.instance_at(near).model && cx_.at(key).a == cx_.at(tie.left).a;
    if (!same_table || !step.present() || step.left != expr_id(key)) return refuse(decline::group_early_no_copy);
    if (reads_copy(any_id(g->aggregates()), copy) || reads_copy_above(g->input(), lowest, copy))
      return refuse(decline::group_early_copy_read);
    if (!conditions_hold(first.left(), copy, j.left(), near)) return refuse(decline::group_early_other_rows);
    if (first.form() == join_kind::left && !padding_says_nothing(*g, first)) return;
    regroup(*g, lowest, step.right);
  }

  bool reads_copy(any_id id, std::uint32_t copy) const {
    const instance_set read = references(cx_, id);
    return !read.known() || read.has(copy);
  }
  /// In conditions and joins of the group's input that stand above the lowest join.
  bool reads_copy_above(rel_id rel, rel_id lowest, std::uint32_t copy) const {
    for (; rel != lowest; rel = rel_id(cx_.child(rel, 0)))
      for (const std::uint32_t child : cx_.children(rel).subspan(1))
        if (child != none && reads_copy({child}, copy)) return true;
    return reads_copy(cx_.child(lowest, 1), copy);
  }

  /// Each condition on the copy is also one on the rows that the groups are joined to.
  bool conditions_hold(rel_id of_copy, std::uint32_t copy, rel_id left, std::uint32_t near) {
    const std::size_t base = px_.stack.size();
    collect_conditions(left, near);
    const std::size_t end = px_.stack.size();
    bool hold = true;
    px_.replaced.clear();
    px_.replaced.renamed(copy, near);
    for (; cx_.at(of_copy).kind == kind::filter; of_copy = rel_id(cx_.child(of_copy, 0))) {
      const expr_id there(px_.replaced.apply(cx_, cx_.child(of_copy, 1)));
      each_conjunct(cx_, there, [&](expr_id c) {
        const auto known = px_.stack.begin();
        hold = hold && !is_volatile(cx_, c) && !has_subquery(cx_, c) &&
            std::find(known + static_cast<std::ptrdiff_t>(base), known + static_cast<std::ptrdiff_t>(end), c.value) !=
                known + static_cast<std::ptrdiff_t>(end);
      });
    }
    px_.replaced.clear();
    px_.stack.resize(base);
    return hold && cx_.at(of_copy).kind == kind::scan;
  }
  /// What filters the rows of `rel` that are not padded, down to the table of `near`, onto the stack.
  void collect_conditions(rel_id rel, std::uint32_t near) {
    const node n = cx_.at(rel);
    if (n.kind == kind::filter) {
      each_conjunct(cx_, expr_id(cx_.child(rel, 1)), [&](expr_id c) { px_.stack.push_back(c.value); });
      return collect_conditions(rel_id(cx_.child(rel, 0)), near);
    }
    if (n.kind != kind::join || n.b == join_kind::full || n.b == join_kind::cross) return;
    collect_conditions(rel_id(cx_.child(rel, 0)), near);
    if (n.b == join_kind::inner) collect_conditions(rel_id(cx_.child(rel, 1)), near);
  }

  /// A row of the copy without related rows has a group of one padded row: nobody sees it.
  bool padding_says_nothing(const view::group& g, const view::join& first) {
    const null_row padded{instances_made(cx_, first.right())};
    if (!padded.nulls.known()) return refuse(decline::group_early_other_rows), false;
    std::uint32_t field = 1;
    for (const std::uint32_t a : cx_.children(g.aggregates())) {
      const node& n = cx_.at({a});
      const bool ignores = n.kind == kind::aggregate && n.child_count > 2 &&
          possible_values(cx_, expr_id(cx_.child({a}, 2)), padded).only_null();
      if (!ignores) return refuse(decline::group_early_padding_counts), false;
      const bool counts = info(static_cast<op>(n.b)).nulls == null_policy::never;
      if (counts && is_read_bare(root_, g.instance(), field))
        return refuse(decline::group_early_no_group_is_zero), false;
      ++field;
    }
    return true;
  }
  /// Somebody reads the column other than as coalesce(column, 0).
  bool is_read_bare(any_id id, std::uint32_t instance, std::uint32_t field) const {
    if (!id.present()) return false;
    const node& n = cx_.at(id);
    if (n.kind == kind::column) return n.b == instance && n.a == field;
    std::uint32_t from = 0;
    if (n.kind == kind::op && static_cast<op>(n.b) == op::coalesce && n.child_count == 2) {
      const node& value = cx_.at(cx_.child(id, 1));
      if (value.kind == kind::literal && value.flags == 0 && value.a == 0 &&
          cx_.at(cx_.child(id, 0)).kind == kind::column)
        from = 1;
    }
    for (const std::uint32_t child : cx_.children(id).subspan(from))
      if (is_read_bare({child}, instance, field)) return true;
    return false;
  }

  void regroup(const view::group& g, rel_id lowest, expr_id key) {
    const std::uint32_t old_instance = g.instance();
    const std::uint16_t flags = cx_.at(g.self).flags;
    const any_id aggregates = g.aggregates();
    const rel_id rows = without_copy(g.input(), lowest);
    px_.outputs.assign(cx_.outputs(old_instance).begin(), cx_.outputs(old_instance).end());
    const node& column = cx_.at(key);
    const std::uint32_t model = cx_.instance_at(column.b).model;
    px_.outputs[0].type =
        model == none ? column.type.with_nullable(true) : cx_.schema().at(model).columns[column.a].type;
    const std::uint32_t made = cx_.new_computed_instance(px_.outputs, cx_.instance_at(old_instance).null_extended);
    const std::array<std::uint32_t, 1> keys = {key.value};
    const std::array<std::uint32_t, 3> children = {rows.value, cx_.list(keys).value, aggregates.value};
    regrouped_.push_back({old_instance, made, rel_id(cx_.make(kind::group, flags, {}, children, 0, made))});
    ++px_.counters.applied;
    px_.tell(event::grouped_early, regrouped_.back().group);
  }
  rel_id without_copy(rel_id rel, rel_id lowest) {
    if (rel == lowest) return rel_id(cx_.child(rel, 1));
    const rel_id input = without_copy(rel_id(cx_.child(rel, 0)), lowest);
    const std::size_t base = px_.stack.size();
    px_.stack.push_back(input.value);
    for (const std::uint32_t child : cx_.children(rel).subspan(1)) px_.stack.push_back(child);
    const rel_id out(with_children(cx_, rel, std::span<const std::uint32_t>(px_.stack).subspan(base)));
    px_.stack.resize(base);
    return out;
  }

  pass_context& px_;
  context& cx_;
  rel_id root_;
  std::vector<regrouped> regrouped_;
};

}  // namespace

rel_id group_early(pass_context& px, rel_id root) { return early_grouper(px).run(root); }

}  // namespace quarry::ir
