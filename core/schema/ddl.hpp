// DDL from the catalog, as statements of the SQL stage: the dialect spells them.
#pragma once

#include <vector>

#include <quarry/ir/legalize/facts.hpp>
#include <quarry/ir/model/context.hpp>

namespace quarry::detail {

/// CREATE TABLE for every model of the context's catalog, referenced tables first where that is possible, then the indexes of
/// foreign keys and indexed columns. `portable`: text columns compare by code point.
std::vector<ir::rel_id> creation_statements(ir::context& cx, const ir::facts& facts, bool portable);

/// DROP TABLE IF EXISTS for every model, in the opposite order.
std::vector<ir::rel_id> removal_statements(ir::context& cx, const ir::facts& facts);

}  // namespace quarry::detail
