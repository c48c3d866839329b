// Narrowing: about how few of its rows a relation keeps, told from the form of its conditions alone.
//
// No database is asked and no value is looked at: a condition on a key keeps one row of many, a range keeps a good part. This decides
// nothing but between spellings and forms of the same rows, where one is fast over few rows and the other over many.
#pragma once

#include <cstdint>
#include <span>

#include <quarry/ir/match/algebra.hpp>

namespace quarry::ir {

/// About one in so many rows meets the condition; 1: perhaps all. A subquery in it counts for nothing.
std::uint32_t narrowing_of(const context& cx, expr_id condition);

/// The same of the conditions within the relation: those of its filters and of what is joined to it, but for semi and anti joins.
std::uint32_t narrowing_of(const context& cx, rel_id rel);

/// How few rows of a table are left by conditions of which an index may serve one.
enum class input_size : std::uint8_t {
  all,
  filtered,  ///< fewer, but each row is looked at
  bounded,  ///< an index or a limit leaves few
};

/// That of `rel` where the conditions are put to it beside its own.
input_size input_size_of(const context& cx, rel_id rel, std::span<const std::uint32_t> conditions);

/// The condition holds of rows only that have one of some values: in each of its alternatives a column or the like is compared for
/// equality.
bool asks_for_values(const context& cx, expr_id condition);

/// An index finds the rows by the column: it is a key, refers to one, leads one, or was declared so.
bool is_indexed(const context& cx, any_id column);

/// The rows of the sort come in its order without being sorted: an index has it, as far as its first key tells.
bool is_ordered_by_index(const context& cx, rel_id sort);

}  // namespace quarry::ir
