// Required: what the part of a query above a relation asks of it. Computed on the way down: a pass visits a relation
// after everything above it, so that the columns read so far are those that the relations above read.
#pragma once

#include <quarry/ir/analysis/column_set.hpp>

namespace quarry::ir {

/// What a consumer looks at besides columns.
struct demand {
  bool duplicates = true;  ///< how often a row comes; false: only whether it comes
  bool order = true;  ///< in which order the rows come
  bool one_row = false;  ///< one of the rows is taken and no more, so that repeats don't matter either
  friend bool operator==(const demand&, const demand&) = default;
};

/// What the relation `parent`, of which `above` is asked, asks of its relation child in `slot`. Duplicates are ignored
/// below distinct, exists, in, the right side of semi and anti joins, set operations without `all`, and aggregates that
/// repeats don't change, and where one row is taken. Order is ignored below aggregates, joins, another sort, set operations and subqueries.
demand demand_below(const context& cx, any_id parent, std::uint32_t slot, demand above);

/// The columns that are read so far.
class required_columns {
 public:
  void clear(const context& cx) { read_.clear(cx); }
  /// Every column in the expression, subqueries included.
  void read(const context& cx, any_id id);
  bool reads(std::uint32_t instance, std::uint64_t field) const noexcept { return read_.has(instance, field); }
  bool reads_any(std::uint32_t instance) const noexcept { return read_.has_any(instance); }
  bool reads_any_of(instance_set instances) const { return read_.touches(instances); }
  /// Nothing of the instance is read but, perhaps, this column.
  bool reads_only(std::uint32_t instance, std::uint64_t field) const noexcept {
    return read_.has_only(instance, field);
  }
  /// Rows are asked for, but none of their columns.
  bool reads_nothing() const noexcept { return read_.empty(); }
  void read_column(std::uint32_t instance, std::uint64_t field) { read_.add(instance, field); }
  void read_all(std::uint32_t instance) { read_.add_all(instance); }

 private:
  column_set read_;
};

}  // namespace quarry::ir
