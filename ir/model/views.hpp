// Typed views: a node seen as its kind, by value, with a named accessor for each field of kinds.def.
//   if (auto f = try_as<view::filter>(cx, id)) use(f->input(), f->predicate());
#pragma once

#include <optional>
#include <span>

#include <quarry/ir/model/context.hpp>

namespace quarry::ir {
namespace view {

struct base {
  const context* cx;
  any_id self;
  const node& raw() const noexcept { return cx->at(self); }
  ir::type type() const noexcept { return raw().type; }
};

// What `wants` in kinds.def is in C++.
using any_child = any_id;
using rel_child = rel_id;
using expr_child = expr_id;
using part_child = part_id;

#define QA(name, meaning) \
  std::uint64_t name() const noexcept { return raw().a; }
#define QB(name, meaning) \
  std::uint32_t name() const noexcept { return raw().b; }
#define QF(name, bit, text) \
  bool name() const noexcept { return (raw().flags & (bit)) != 0; }
#define QS(slot, name, wants, text) \
  wants##_child name() const noexcept { return wants##_child{cx->child(self, slot).value}; }
#define QO(slot, name, wants, text) QS(slot, name, wants, text)
#define QT(slot, name, wants, text) \
  std::span<const std::uint32_t> name() const noexcept { return cx->children(self).subspan(slot); }
#define QUARRY_KIND(number, name, stages, sort_, text, ...) \
  struct name : base {                                      \
    static constexpr ir::kind id = ir::kind::name;          \
    __VA_ARGS__                                             \
  };
#include <quarry/ir/model/kinds.def>
#undef QUARRY_KIND
#undef QA
#undef QB
#undef QF
#undef QS
#undef QO
#undef QT

}  // namespace view

template <class V>
std::optional<V> try_as(const context& cx, any_id id) noexcept {
  if (!id.present() || cx.at(id).kind != V::id) return std::nullopt;
  return V{{&cx, id}};
}

/// For a node that is known to be of this kind.
template <class V>
V as(const context& cx, any_id id) noexcept {
  return V{{&cx, id}};
}

/// The operation of an `op` node.
inline op op_of(const context& cx, any_id id) noexcept { return static_cast<op>(cx.at(id).b); }

}  // namespace quarry::ir
