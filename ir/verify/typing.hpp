// The type that a node must have by its kind, its words and its children. The text form leaves such types out, the verifier
// compares them with what stands in the tree.
#pragma once

#include <optional>
#include <span>

#include <quarry/ir/model/context.hpp>

namespace quarry::ir {

/// A node before it is made.
struct draft {
  ir::kind kind;
  std::uint16_t flags = 0;
  std::uint64_t a = 0;
  std::uint32_t b = 0;
  std::span<const std::uint32_t> children = {};
};

/// Absent where only the node itself can say its type: literals, params, binds, casts, calls.
/// `given`: what an operation whose rule is `given` is given. Words that mean nothing give an absent type, never a crash.
std::optional<type> derived_type(const context& cx, const draft& d, type given = {});

/// Type of the first column of the rows that a relation gives, where it is known.
std::optional<type> first_column(const context& cx, any_id rel);

/// The operation with this number, or null.
const op_info* find_op(std::uint64_t number) noexcept;
/// True if the instance exists and has this field.
bool has_column(const context& cx, std::uint64_t instance, std::uint64_t field) noexcept;

}  // namespace quarry::ir
