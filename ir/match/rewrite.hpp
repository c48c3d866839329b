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
    memo_.assign(cx.node_count(), none);
    children_.clear();
    return visit(cx, root, change);
  }

 private:
  template <class F>
  any_id visit(context& cx, any_id id, F& change) {
    if (!id.present()) return id;
    // Nodes that the run itself makes are beyond the memo: they are rewritten already.
    if (id.value < memo_.size() && memo_[id.value] != none) return {memo_[id.value]};
    const node n = cx.at(id);
    const std::size_t base = children_.size();
    bool changed = false;
    for (std::uint32_t i = 0; i < n.child_count; ++i) {
      const any_id old = cx.child(id, i);
      const any_id now = visit(cx, old, change);
      changed = changed || now != old;
      children_.push_back(now.value);
    }
    any_id rebuilt = id;
    if (changed) rebuilt = cx.make(n.kind, n.flags, n.type, std::span<const std::uint32_t>(children_).subspan(base), n.a, n.b);
    children_.resize(base);
    const any_id out = change(rebuilt);
    if (id.value < memo_.size()) memo_[id.value] = out.value;
    return out;
  }

  std::vector<std::uint32_t> memo_;
  std::vector<std::uint32_t> children_;
};

}  // namespace quarry::ir
