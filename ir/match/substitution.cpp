#include <quarry/ir/match/substitution.hpp>

namespace quarry::ir {

any_id substitution::replacement(context& cx, any_id column) {
  const node n = cx.at(column);
  for (const entry& e : entries_) {
    if (e.instance != n.b) continue;
    switch (e.what) {
      case form::column:
        if (e.field == n.a) return apply(cx, {e.by});
        break;
      case form::maker: {
        const bool project = cx.at({e.by}).kind == kind::project;
        const auto field = static_cast<std::uint32_t>(n.a);
        return apply(cx, project ? cx.child({e.by}, 1 + field) : cx.child(cx.child({e.by}, 1), field));
      }
      case form::nulls: return cx.null(n.type);
      case form::renamed: return apply(cx, cx.column(e.by, static_cast<std::uint32_t>(n.a)));
    }
  }
  return column;
}

any_id substitution::apply(context& cx, any_id id) {
  if (!id.present() || entries_.empty()) return id;
  const node n = cx.at(id);
  if (n.kind == kind::column) return replacement(cx, id);
  if (n.child_count == 0) return id;
  const std::size_t base = stack_.size();
  bool changed = false;
  for (std::uint32_t i = 0; i < n.child_count; ++i) {
    const any_id old = cx.child(id, i);
    const any_id now = apply(cx, old);
    changed = changed || now != old;
    stack_.push_back(now.value);
  }
  const any_id out = changed ? with_children(cx, id, std::span<const std::uint32_t>(stack_).subspan(base)) : id;
  stack_.resize(base);
  return out;
}

}  // namespace quarry::ir
