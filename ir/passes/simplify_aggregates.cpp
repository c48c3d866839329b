// simplify-aggregates
// Needs: keys, nullness.   Gives: aggregates without DISTINCT over values that differ anyway; counts of rows for counts
// of what is never NULL.   Never: touches an aggregate whose value may come twice in a group, or may be NULL.
//   aggregate e by [e.blog_id] compute [aggregate count distinct [e.id]]
//   ==>   aggregate e by [e.blog_id] compute [aggregate count_rows []]
//
// Valid under NULLs: aggregates leave NULLs out, so that only values that are not NULL have to differ; a count of rows
// counts each, so that none may be NULL.
// Valid under duplicates: the keys of the group and the value together have a key of the rows, so that two rows of a
// group differ in the value.
#include <array>

#include <quarry/ir/passes/passes.hpp>

namespace quarry::ir {
namespace {

class aggregate_simplifier {
 public:
  explicit aggregate_simplifier(pass_context& px) : px_(px), cx_(px.cx()) {}

  any_id grouping(any_id id) {
    const auto g = as<view::group>(cx_, id);
    ++px_.counters.visited;
    const std::size_t base = px_.stack.size();
    const std::uint32_t count = cx_.at(g.aggregates()).child_count;
    bool changed = false;
    for (std::uint32_t i = 0; i < count; ++i) {
      const any_id old = cx_.child(g.aggregates(), i);
      const any_id now = aggregate(old, g.input(), g.keys());
      changed = changed || now != old;
      px_.stack.push_back(now.value);
    }
    any_id out = id;
    if (changed) {
      const part_id aggregates = cx_.list(std::span<const std::uint32_t>(px_.stack).subspan(base));
      const std::array<std::uint32_t, 3> children = {cx_.child(id, 0).value, cx_.child(id, 1).value, aggregates.value};
      const node n = cx_.at(id);
      out = cx_.make(n.kind, n.flags, n.type, children, n.a, n.b);
    }
    px_.stack.resize(base);
    return out;
  }

 private:
  static constexpr std::uint32_t first_argument = 2;  // behind condition and order

  any_id aggregate(any_id id, rel_id rows, part_id keys) {
    node n = cx_.at(id);
    if (n.kind != kind::aggregate || n.child_count != first_argument + 1) return id;
    const any_id argument = cx_.child(id, first_argument);
    const any_id condition = cx_.child(id, 0);
    const bool distinct = (n.flags & 1U) != 0;
    const bool counts = static_cast<op>(n.b) == op::count;
    if (!distinct && !counts) return id;
    ++px_.counters.matched;
    if (distinct) {
      if (!differs_in_group(argument, rows, keys)) {
        px_.declined(decline::simplify_aggregates_value_may_repeat);
        return id;
      }
      n.flags = static_cast<std::uint16_t>(n.flags & ~1U);
      px_.tell(event::values_differ, rows);
    }
    if (counts && is_never_null(argument, rows)) {
      const std::array<std::uint32_t, first_argument> parts = {condition.value, none};
      ++px_.counters.applied;
      px_.tell(event::rows_counted, rows);
      return cx_.make(n.kind, n.flags, n.type, parts, n.a, static_cast<std::uint32_t>(op::count_rows));
    }
    if (!distinct) {
      px_.declined(decline::simplify_aggregates_may_be_null);
      return id;
    }
    ++px_.counters.applied;
    const std::array<std::uint32_t, first_argument + 1> parts = {condition.value, cx_.child(id, 1).value,
                                                                 argument.value};
    return cx_.make(n.kind, n.flags, n.type, parts, n.a, n.b);
  }

  bool differs_in_group(any_id value, rel_id rows, part_id keys) {
    const std::size_t base = px_.stack.size();
    px_.stack.push_back(value.value);
    for (const std::uint32_t key : cx_.children(keys)) px_.stack.push_back(key);
    const bool differs = px_.keys.rows_differ_in(cx_, rows, std::span<const std::uint32_t>(px_.stack).subspan(base));
    px_.stack.resize(base);
    return differs;
  }

  bool is_never_null(any_id value, rel_id rows) const {
    const node& n = cx_.at(value);
    return n.kind == kind::column && never_null_in(cx_, rows, n.b, static_cast<std::uint32_t>(n.a));
  }

  pass_context& px_;
  context& cx_;
};

}  // namespace

rel_id simplify_aggregates(pass_context& px, rel_id root) {
  aggregate_simplifier simplifier(px);
  return rel_id(px.bottom_up.run(
      px.cx(), root, [&](any_id id) { return px.cx().at(id).kind == kind::group ? simplifier.grouping(id) : id; }));
}

}  // namespace quarry::ir
