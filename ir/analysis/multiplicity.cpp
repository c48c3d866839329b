#include <quarry/ir/analysis/multiplicity.hpp>

#include <quarry/ir/analysis/nullness.hpp>

namespace quarry::ir {

bool always_finds(const context& cx, const view::join& j) {
  return j.to_one() && j.trusted() && !j.deferrable() && cx.at(j.right()).kind == kind::scan &&
      key_equality_of(cx, j).present();
}

multiplicity multiplicity_of(const context& cx, const view::join& j, key_analysis& keys) {
  multiplicity out;
  switch (j.form()) {
    case join_kind::semi:
    case join_kind::anti: out.repeats = false; return out;
    case join_kind::left: out.drops = false; break;
    case join_kind::inner:
      if (always_finds(cx, j)) {
        const node& key = cx.at(key_equality_of(cx, j).left);
        out.drops = !never_null_in(cx, j.left(), key.b, static_cast<std::uint32_t>(key.a));
      }
      break;
    default: return out;
  }
  out.repeats = !j.to_one() && !keys.fixes_a_key(cx, j.right(), j.on());
  return out;
}

}  // namespace quarry::ir
