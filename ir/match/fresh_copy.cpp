#include <quarry/ir/match/fresh_copy.hpp>

#include <quarry/ir/match/algebra.hpp>

namespace quarry::ir {
namespace {

std::uint32_t maker_of(const node& n) noexcept { return n.kind == kind::relate ? n.b : instance_made(n); }

}  // namespace

void fresh_copy::find_makers(const context& cx, any_id id) {
  if (!id.present() || seen_[id.value] != 0) return;
  seen_[id.value] = 1;
  for (const std::uint32_t child : cx.children(id)) find_makers(cx, {child});
  if (const std::uint32_t own = maker_of(cx.at(id)); own != none) made_.push_back(own);
}

rel_id fresh_copy::run(context& cx, rel_id rel) {
  seen_.assign(cx.node_count(), 0);
  made_.clear();
  find_makers(cx, rel);
  copies_.assign(cx.instance_count(), none);
  for (const std::uint32_t original : made_)
    if (copies_[original] == none) copies_[original] = cx.copy_instance(original);
  return rel_id(rebuilt(cx, rel));
}

expr_id fresh_copy::of(context& cx, expr_id e) { return expr_id(rebuilt(cx, e)); }

any_id fresh_copy::rebuilt(context& cx, any_id root) {
  return rewriter_.run(cx, root, [&](any_id id) -> any_id {
    const node n = cx.at(id);
    if (n.kind == kind::column)
      return of(n.b) == n.b ? id : any_id(cx.column(of(n.b), static_cast<std::uint32_t>(n.a)));
    const std::uint32_t own = maker_of(n);
    if (own == none || of(own) == own) return id;
    // By value: making a node may move the children of all others.
    const std::span<const std::uint32_t> children = cx.children(id);
    children_.assign(children.begin(), children.end());
    return cx.make(n.kind, n.flags, n.type, children_, n.a, of(own));
  });
}

}  // namespace quarry::ir
