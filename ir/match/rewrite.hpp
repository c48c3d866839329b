// Bottom-up rewriting: children first, each node once. A pass that changes nothing gives back the id that it was given.
#pragma once

#include <span>
#include <vector>

#include <quarry/ir/model/context.hpp>

namespace quarry::ir {

/// Rebuilds a tree bottom-up. `change(id)` sees a node whose children are rewritten already and gives its replacement.
/// Memory is kept between runs; one rewriter serves one run at a time.
class rewriter {
 public:
  template <class F>
  any_id run(context& cx, any_id root, F&& change) {
    return run(cx, root, change, [](any_id) { return true; });
  }
  /// Leaves alone, with all that is below, every node of which `inside(id)` is false.
  template <class F, class G>
  any_id run(context& cx, any_id root, F&& change, G&& inside) {
    memo_.assign(cx.node_count(), none);
    children_.clear();
    return visit(cx, root, change, inside);
  }

 private:
  template <class F, class G>
  any_id visit(context& cx, any_id id, F& change, G& inside) {
    if (!id.present() || !inside(id)) return id;
    // Nodes that the run itself makes are beyond the memo: they are rewritten already.
    if (id.value < memo_.size() && memo_[id.value] != none) return {memo_[id.value]};
    const std::uint32_t count = cx.at(id).child_count;
    const std::uint32_t base = children_.size();
    bool changed = false;
    for (std::uint32_t i = 0; i < count; ++i) {
      const any_id old = cx.child(id, i);
      const any_id now = visit(cx, old, change, inside);
      // Children are collected from the first one that differs.
      if (!changed && now != old) {
        changed = true;
        children_.append(cx.children(id).first(i));
      }
      if (changed) children_.push_back(now.value);
    }
    any_id rebuilt = id;
    if (changed) {
      const node n = cx.at(id);
      rebuilt = cx.make(n.kind, n.flags, n.type, children_.from(base), n.a, n.b);
      children_.truncate(base);
    }
    const any_id out = change(rebuilt);
    if (id.value < memo_.size()) memo_[id.value] = out.value;
    return out;
  }

  std::vector<std::uint32_t> memo_;
  arena_array<std::uint32_t> children_;
};

}  // namespace quarry::ir
