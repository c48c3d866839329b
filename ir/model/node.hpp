// Nodes and their ids. A node is a plain struct of 32 bytes in an arena; it never changes after it was made.
#pragma once

#include <cstdint>

#include <quarry/ir/model/kinds.hpp>
#include <quarry/ir/model/type.hpp>

namespace quarry::ir {

inline constexpr std::uint32_t none = 0xffffffffU;

/// Refers to a node of any sort. The other ids convert to it, never back without a check.
struct any_id {
  std::uint32_t value = none;
  constexpr bool present() const noexcept { return value != none; }
  friend constexpr bool operator==(any_id, any_id) = default;
};

template <sort S>
struct typed_id {
  std::uint32_t value = none;
  constexpr typed_id() noexcept = default;
  constexpr explicit typed_id(std::uint32_t v) noexcept : value(v) {}
  constexpr explicit typed_id(any_id id) noexcept : value(id.value) {}
  constexpr operator any_id() const noexcept { return {value}; }  // NOLINT: the wider id
  constexpr bool present() const noexcept { return value != none; }
  friend constexpr bool operator==(typed_id, typed_id) = default;
};

using rel_id = typed_id<sort::rel>;
using expr_id = typed_id<sort::expr>;
using part_id = typed_id<sort::part>;

/// What kinds.def calls its fields: kind tag, flags, type, hash, child span, and two payload words.
struct node {
  ir::kind kind;
  std::uint16_t flags;
  ir::type type;
  std::uint32_t hash;
  std::uint32_t first_child;
  std::uint32_t child_count;
  std::uint32_t b;
  std::uint64_t a;
};
static_assert(sizeof(node) == 32);

}  // namespace quarry::ir
