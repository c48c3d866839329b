// Keys: whether the rows of a relation differ in certain columns. Keys of a scan are its primary key and its unique
// columns; filter, sort, limit, semi and anti joins and joins with at most one match keep the keys of their left side;
// a project keeps a key whose columns it outputs; an aggregate's keys are one; so are all outputs of a distinct or of a
// set operation without `all`.
#pragma once

#include <quarry/ir/analysis/column_set.hpp>

namespace quarry::ir {

class key_analysis {
 public:
  /// No two rows of `rel` are equal in all columns that it shows: `distinct` over it changes nothing. NULLs count as
  /// equal.
  bool rows_differ(const context& cx, rel_id rel);

  /// No two rows of `rel` are equal in these columns; what is no column among them tells nothing. NULLs count as equal.
  bool rows_differ_in(const context& cx, rel_id rel, std::span<const std::uint32_t> columns);

  /// For each row of the left side at most one row of `right` makes `on` TRUE, since it fixes a key of `right`.
  bool fixes_a_key(const context& cx, rel_id right, expr_id on);

 private:
  bool determined(const context& cx, rel_id rel);
  bool scan_determined(const context& cx, const node& scan) const;
  bool every_output(const context& cx, std::uint32_t instance, std::uint32_t count) const;
  column_set known_;  // columns that are equal by assumption
  column_set inner_;
  bool null_is_equal_ = true;  // NULLs are no duplicates for a unique column; where equality fixed it, it is not NULL
};

}  // namespace quarry::ir
