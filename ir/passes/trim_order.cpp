// trim-order
// Needs: required.   Gives: no sort whose order nobody sees.   Never: drops a sort below a limit, distinct on or a
// window, nor an order that an aggregate reads (string_agg without an order of its own).
//   a = aggregate (sort e [key e.headline]) by [] compute [count_rows]
//   ==>   a = aggregate e by [] compute [count_rows]
//
// Valid under NULLs and duplicates: a bag has no order, and sorting changes neither rows nor repeats; only who sees it
// can tell.
#include <quarry/ir/passes/passes.hpp>

namespace quarry::ir {
namespace {

class order_trimmer : public top_down<order_trimmer, false> {
 public:
  using top_down::top_down;

  rel_id visit(rel_id id, demand asked) {
    if (cx_.at(id).kind != kind::sort) return descend(id, asked);
    ++px_.counters.matched;
    if (asked.order) return kept(id, asked, decline::trim_order_order_seen);
    ++px_.counters.applied;
    px_.tell(event::order_unseen, id, cx_.child(cx_.child(id, 1), 0));
    return visit(rel_id(cx_.child(id, 0)), asked);
  }
};

}  // namespace

rel_id trim_order(pass_context& px, rel_id root) { return order_trimmer(px).query(root, {}); }

}  // namespace quarry::ir
