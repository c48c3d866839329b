// Chain -> surface IR, nothing more: paths and lookups as the user wrote them, values as numbered parameters.
#pragma once

#include <span>
#include <vector>

#include <quarry/core/query/chain.hpp>
#include <quarry/ir/model/context.hpp>

namespace quarry::detail {

/// Builds the surface IR of a chain in a context that was reset to the chain's catalog. Parameters are numbered in the order of
/// for_each_value.
ir::rel_id to_surface(ir::context& cx, const chain& c);

/// The shape of one value as the IR sees it.
ir::param shape_of(const path_ref& path, const operand& o);

/// INSERT of one row into these columns; parameter i is the value of columns[i].
ir::rel_id insert_surface(ir::context& cx, std::uint32_t model, std::span<const std::uint32_t> columns,
                          std::span<const ir::param> values);

/// UPDATE of these columns where the primary key is the last parameter.
ir::rel_id update_surface(ir::context& cx, std::uint32_t model, std::span<const std::uint32_t> columns,
                          std::span<const ir::param> values, const ir::param& key);

}  // namespace quarry::detail
