// The bind program: checks and converts the values of one query for a plan. Only here do values meet SQL, on a cache hit and on
// a miss alike, with the same diagnostics.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include <quarry/core/plan/plan.hpp>
#include <quarry/core/query/chain.hpp>
#include <quarry/plugins/abi/quarry_plugin.h>

namespace quarry::detail {

/// A value of the query with the path that it was given for.
struct bound_value {
  const path_ref* path;
  const operand* value;
};

/// Cells for one execution, with the memory that they point to. Used again and again.
class bind_buffer {
 public:
  /// Fills `cells()` for this plan. The operands must outlive the use of the cells.
  ir::result<void> bind(const plan& p, std::span<const bound_value> values);
  /// The same for a chain.
  ir::result<void> bind(const plan& p, const chain& c);
  std::span<const quarry_cell> cells() const noexcept { return cells_; }
  /// Lets go of the values; much memory goes with them.
  void forget() noexcept;

 private:
  std::vector<quarry_cell> cells_;
  std::vector<bound_value> values_;
  std::vector<operand> bounds_;
  std::vector<std::unique_ptr<char[]>> texts_;
  std::vector<std::unique_ptr<quarry_cell[]>> arrays_;
};

/// "an integer", "a date", …: what a column of this type expects, for messages.
std::string_view expected_words(ir::scalar s) noexcept;

/// A value as text, for people: `%0 = "Beatles Blog"` in `quarry compile`.
std::string to_text(const quarry_cell& c);

}  // namespace quarry::detail
