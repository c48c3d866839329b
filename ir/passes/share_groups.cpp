// share-groups
// Needs: nothing.   Gives: one grouping for aggregates over the same groups that are joined alike.   Never: merges groups of
// other rows or by other keys, or what is joined by another condition; touches what is volatile.
//   join left (join left b with (aggregate e by [e.blog_id] compute [x]) on …) with (aggregate e2 by [e2.blog_id] compute [y]) on …
//   ==>   join left b with (aggregate e by [e.blog_id] compute [x, y]) on …
//
// Valid under NULLs and duplicates: both groupings have the same groups, each once, so that both joins find the same one for a
// row, or both none.
#include <array>

#include <quarry/ir/match/same_shape.hpp>
#include <quarry/ir/passes/passes.hpp>

namespace quarry::ir {
namespace {

class group_sharer : public top_down<group_sharer, false> {
 public:
  using top_down::top_down;

  rel_id visit(rel_id id, demand asked) {
    if (cx_.at(id).kind == kind::join) return descend(merged(id), asked);
    return descend(id, asked);
  }

 private:
  /// A join with the same groups as an earlier one of the chain leaves its aggregates to that.
  rel_id merged(rel_id id) {
    const auto last = as<view::join>(cx_, id);
    if ((last.form() != join_kind::left && last.form() != join_kind::inner) || cx_.at(last.right()).kind != kind::group)
      return id;
    std::vector<rel_id> between;
    for (rel_id at = last.left(); cx_.at(at).kind == kind::join; at = rel_id(cx_.child(at, 0))) {
      const auto first = as<view::join>(cx_, at);
      if (first.form() != join_kind::left && first.form() != join_kind::inner) break;
      if (first.form() == last.form() && cx_.at(first.right()).kind == kind::group && same_groups(first, last))
        return one_grouping(id, at, between);
      between.push_back(at);
    }
    return id;
  }

  bool same_groups(const view::join& a, const view::join& b) {
    ++px_.counters.matched;
    const auto first = as<view::group>(cx_, a.right()), second = as<view::group>(cx_, b.right());
    alike_.clear();
    const bool same =
        alike_.compare(cx_, first.input(), second.input()) && alike_.compare(cx_, first.keys(), second.keys());
    if (!same || is_volatile(cx_, a.right())) {
      px_.declined(decline::share_groups_other_groups);
      return false;
    }
    // The conditions read the keys, which stand first in both.
    substitution names;
    names.renamed(second.instance(), first.instance());
    if (names.apply(cx_, b.on()) == any_id(a.on())) return true;
    px_.declined(decline::share_groups_joined_otherwise);
    return false;
  }

  rel_id one_grouping(rel_id last, rel_id first, std::span<const rel_id> between) {
    ++px_.counters.applied;
    px_.tell(event::groups_shared, as<view::join>(cx_, first).right());
    const auto kept = as<view::group>(cx_, as<view::join>(cx_, first).right());
    const auto gone = as<view::group>(cx_, as<view::join>(cx_, last).right());
    const std::uint32_t keys = cx_.at(kept.keys()).child_count, own = cx_.at(kept.aggregates()).child_count,
                        others = cx_.at(gone.aggregates()).child_count;
    substitution names;
    for (const auto& [mine, other] : alike_.instances()) names.renamed(other, mine);
    child_list computed(cx_);
    for (std::uint32_t i = 0; i < own; ++i) computed.add(cx_.child(kept.aggregates(), i));
    for (std::uint32_t i = 0; i < others; ++i) {
      const any_id one = names.apply(cx_, cx_.child(gone.aggregates(), i));
      computed.add(one);
    }
    px_.outputs.assign(cx_.outputs(kept.instance()).begin(), cx_.outputs(kept.instance()).end());
    for (std::uint32_t i = 0; i < others; ++i) px_.outputs.push_back(cx_.outputs(gone.instance())[keys + i]);
    const std::uint32_t made = cx_.new_computed_instance(px_.outputs, cx_.instance_at(kept.instance()).null_extended);
    for (std::uint32_t i = 0; i < keys + own; ++i) px_.replaced.column(kept.instance(), i, cx_.column(made, i));
    for (std::uint32_t i = 0; i < keys; ++i) px_.replaced.column(gone.instance(), i, cx_.column(made, i));
    for (std::uint32_t i = 0; i < others; ++i)
      px_.replaced.column(gone.instance(), keys + i, cx_.column(made, keys + own + i));
    const std::array<std::uint32_t, 3> parts = {kept.input().value, kept.keys().value, cx_.list(computed.ids()).value};
    const node group = cx_.at(as<view::join>(cx_, first).right());
    const rel_id grouped(cx_.make(kind::group, group.flags, group.type, parts, group.a, made));
    const auto over = [&](rel_id at, rel_id left, rel_id right) {
      const node n = cx_.at(at);
      const std::array<std::uint32_t, 3> children = {left.value, right.value,
                                                     px_.replaced.apply(cx_, cx_.child(at, 2)).value};
      return rel_id(cx_.make(kind::join, n.flags, n.type, children, n.a, n.b));
    };
    rel_id out = over(first, rel_id(cx_.child(first, 0)), grouped);
    for (std::size_t i = between.size(); i-- > 0;) out = over(between[i], out, rel_id(cx_.child(between[i], 1)));
    return cx_.at(out).kind == kind::join ? merged(out) : out;
  }

  same_shape alike_;
};

}  // namespace

rel_id share_groups(pass_context& px, rel_id root) { return group_sharer(px).query(root, {}); }

}  // namespace quarry::ir
