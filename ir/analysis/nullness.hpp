// Nullness: which instances an outer join may pad with NULLs, and which columns cannot be NULL.
#pragma once

#include <quarry/ir/match/algebra.hpp>

namespace quarry::ir {

/// Within `rel`, an outer join may give this instance a row of NULLs. Yes where `rel` does not make the instance
/// visible.
bool padded_in(const context& cx, rel_id rel, std::uint32_t instance);

/// In no row of `rel` the column is NULL: by its declaration, with no outer join between. Says nothing of joins above
/// `rel`.
bool never_null_in(const context& cx, rel_id rel, std::uint32_t instance, std::uint32_t field);

/// Whether `on` being TRUE implies that the column is not NULL: a strict comparison reads it bare.
bool implies_not_null(const context& cx, expr_id on, std::uint32_t instance, std::uint32_t field);

}  // namespace quarry::ir
