// The order of a query's rows as keys of a window, which numbers them as they come.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <quarry/core/query/chain.hpp>

namespace quarry::detail {

/// Keys by which a window numbers the rows of the query, from the first on, the primary key last; paths begin with `prefix`, a relation
/// that leads to them, or with nothing. Absent where numbers would not be those of the rows as they come: of distinct, grouped,
/// combined or reversed rows, of an order that is random or lies in another model's hands; behind a prefix also where a row may come
/// several times and where the order is computed.
std::optional<std::vector<ref<expression>>> row_order(const chain& c, std::string_view prefix);

}  // namespace quarry::detail
