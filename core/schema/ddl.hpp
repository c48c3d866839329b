// DDL from the catalog, as statements of the SQL stage: the dialect spells them.
#pragma once

#include <vector>

#include <quarry/ir/legalize/facts.hpp>
#include <quarry/ir/model/context.hpp>

namespace quarry::detail {

/// CREATE TABLE for every model of the context's catalog, referenced tables first where that is possible, then the indexes of
/// foreign keys and indexed columns. `portable`: text columns compare by code point.
std::vector<ir::rel_id> creation_statements(ir::context& cx, const ir::facts& facts, bool portable);

/// After rows were written with keys of their own: generated keys go on behind them. Nothing where the database sees to that itself.
std::vector<ir::rel_id> key_restart_statements(ir::context& cx, const ir::facts& facts);

/// DROP TABLE IF EXISTS for every model, in the opposite order; before it, where tables refer to each other in a circle, what holds
/// them to each other is dropped.
std::vector<ir::rel_id> removal_statements(ir::context& cx, const ir::facts& facts);

}  // namespace quarry::detail
