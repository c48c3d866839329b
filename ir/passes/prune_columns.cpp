// prune-columns
// Needs: required columns.   Gives: derived relations that output only what is read; none that outputs nothing.
// Never: changes the outputs of the query itself, of a set operation's arms, or below a distinct, which compares them;
// drops a key of an aggregate.
//   a = aggregate (project e [e.id, e.headline]) by [] compute [count_rows]
//   ==>   a = aggregate e by [] compute [count_rows]
//
// Valid under NULLs and duplicates: a project gives one row for each of its input, whatever it outputs; leaving out an
// aggregate leaves the groups as they are.
#include <array>

#include <quarry/ir/passes/passes.hpp>

namespace quarry::ir {
namespace {

class column_pruner : public top_down<column_pruner> {
 public:
  using top_down::top_down;

  rel_id visit(rel_id id, demand asked) {
    switch (cx_.at(id).kind) {
      case kind::project:
      case kind::window_rel: return items(id, asked);
      case kind::group: return group(id, asked);
      default: return descend(id, asked);
    }
  }

 private:
  /// How many of the outputs are read.
  std::uint32_t read_fields(std::uint32_t instance, std::uint32_t count) {
    std::uint32_t read = 0;
    for (std::uint32_t i = 0; i < count; ++i) read += px_.required().reads(instance, i) ? 1U : 0U;
    return read;
  }

  rel_id items(rel_id id, demand asked) {
    const node n = cx_.at(id);
    const std::uint32_t count = n.child_count - 1;
    ++px_.counters.matched;
    px_.replaced.forget(n.b);
    const std::uint32_t read = read_fields(n.b, count);
    if (read == count) return kept(id, asked, decline::prune_columns_all_read);
    ++px_.counters.applied;
    px_.tell(event::columns_unread, id, {}, count - read);
    if (read == 0) return visit(rel_id(cx_.child(id, 0)), asked);
    const std::size_t base = px_.stack.size();
    px_.outputs.clear();
    px_.stack.push_back(cx_.child(id, 0).value);
    for (std::uint32_t i = 0; i < count; ++i) {
      if (!px_.required().reads(n.b, i)) continue;
      px_.stack.push_back(cx_.child(id, 1 + i).value);
      px_.outputs.push_back(cx_.outputs(n.b)[i]);
    }
    const std::uint32_t made = cx_.new_computed_instance(px_.outputs, cx_.instance_at(n.b).null_extended);
    rename(n.b, count, made);
    const rel_id narrow(
        cx_.make(n.kind, n.flags, n.type, std::span<const std::uint32_t>(px_.stack).subspan(base), n.a, made));
    px_.stack.resize(base);
    return descend(narrow, asked);
  }

  rel_id group(rel_id id, demand asked) {
    const node n = cx_.at(id);
    const any_id keys = cx_.child(id, 1), aggregates = cx_.child(id, 2);
    const std::uint32_t key_count = cx_.at(keys).child_count, count = key_count + cx_.at(aggregates).child_count;
    ++px_.counters.matched;
    px_.replaced.forget(n.b);
    for (std::uint32_t i = 0; i < key_count; ++i) px_.required().read_column(n.b, i);
    // An aggregate of nothing is nothing to write down: one output stays.
    if (key_count == 0 && read_fields(n.b, count) == 0) {
      px_.declined(decline::prune_columns_one_output_stays);
      px_.required().read_column(n.b, 0);
    }
    const std::uint32_t read = read_fields(n.b, count);
    if (read == count) return kept(id, asked, decline::prune_columns_all_read);
    ++px_.counters.applied;
    px_.tell(event::columns_unread, id, {}, count - read);
    const std::size_t base = px_.stack.size();
    px_.outputs.clear();
    for (std::uint32_t i = 0; i < count; ++i) {
      if (!px_.required().reads(n.b, i)) continue;
      px_.outputs.push_back(cx_.outputs(n.b)[i]);
      if (i >= key_count) px_.stack.push_back(cx_.child(aggregates, i - key_count).value);
    }
    const part_id computed = cx_.list(std::span<const std::uint32_t>(px_.stack).subspan(base));
    px_.stack.resize(base);
    const std::uint32_t made = cx_.new_computed_instance(px_.outputs, cx_.instance_at(n.b).null_extended);
    rename(n.b, count, made);
    const std::array<std::uint32_t, 3> children = {cx_.child(id, 0).value, keys.value, computed.value};
    return descend(rel_id(cx_.make(n.kind, n.flags, n.type, children, n.a, made)), asked);
  }

  /// What reads the wide instance reads the narrow one.
  void rename(std::uint32_t wide, std::uint32_t count, std::uint32_t narrow) {
    px_.stands_for(narrow, wide);
    std::uint32_t place = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (!px_.required().reads(wide, i)) continue;
      px_.required().read_column(narrow, place);
      px_.replaced.column(wide, i, cx_.column(narrow, place++));
    }
  }
};

}  // namespace

rel_id prune_columns(pass_context& px, rel_id root) { return column_pruner(px).query(root, {}); }

}  // namespace quarry::ir
