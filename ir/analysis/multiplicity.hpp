// Multiplicity: what a join does to the number of its left rows.
#pragma once

#include <quarry/ir/analysis/keys.hpp>

namespace quarry::ir {

struct multiplicity {
  bool drops = true;    ///< a left row may be missing from the result
  bool repeats = true;  ///< a left row may come more than once
};

/// A key equality over a foreign key that the database enforces at each statement, against the whole table that it refers
/// to: a key that is not NULL finds exactly one row.
bool always_finds(const context& cx, const view::join& j);

multiplicity multiplicity_of(const context& cx, const view::join& j, key_analysis& keys);

}  // namespace quarry::ir
