// drop-distinct
// Needs: keys, required.   Gives: no distinct over rows that differ anyway, nor where nobody sees repeats.   Never:
// touches distinct on.
//   d = distinct (project (join semi b with e …) [b.id, b.name])
//   ==>   d = project (join semi b with e …) [b.id, b.name]
//
// Valid under NULLs: a unique column that may be NULL is no key here, since distinct takes NULLs for equal and UNIQUE
// does not.
// Valid under duplicates: a key among the outputs means that each row comes once; or repeats are ignored above.
#include <quarry/ir/passes/passes.hpp>

namespace quarry::ir {
namespace {

class distinct_dropper : public top_down<distinct_dropper, false> {
 public:
  using top_down::top_down;

  rel_id visit(rel_id id, demand asked) {
    const node& n = cx_.at(id);
    if (n.kind != kind::distinct) return descend(id, asked);
    ++px_.counters.matched;
    const rel_id input(cx_.child(id, 0));
    if (n.child_count > 1) return kept(id, asked, decline::drop_distinct_distinct_on);
    if (asked.duplicates && !px_.keys.rows_differ(cx_, input))
      return kept(id, asked, decline::drop_distinct_rows_may_repeat);
    ++px_.counters.applied;
    px_.tell(asked.duplicates ? event::distinct_by_key : event::distinct_unseen, id);
    return visit(input, asked);
  }
};

}  // namespace

rel_id drop_distinct(pass_context& px, rel_id root) { return distinct_dropper(px).query(root, {}); }

}  // namespace quarry::ir
