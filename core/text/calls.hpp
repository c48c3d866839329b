// Constructors of expressions beyond the plain functions: lookups as expressions, Func, Collate, JSON, StringAgg, OrderBy.
#pragma once

#include <optional>
#include <span>

#include <quarry/core/text/functions.hpp>

namespace quarry::text {

std::span<const function_entry> call_entries() noexcept;

/// `F("headline")[:5]`, `F("headline")[0]`: part of a text. Positions count from 0 and can't be negative.
object text_slice(environment& e, const formula& of, std::optional<std::int64_t> lower,
                  std::optional<std::int64_t> upper, syntax::span where);

}  // namespace quarry::text
