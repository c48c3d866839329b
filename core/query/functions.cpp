#include <quarry/core/query/functions.hpp>

namespace quarry::detail {

tree cast_tree(const tree& what, ir::type to) { return unwrap(make_cast(what, to)); }

tree typed_tree(const tree& what, ir::type as) { return unwrap(make_typed(what, as)); }

tree when_tree(const tree& condition, const tree& value) {
  if (!condition) raise(ir::diag::wrong_number, {"When()", "a condition", "an empty Q"});
  return unwrap(make_when(condition, value));
}

tree case_tree(std::span<const tree> branches) { return unwrap(make_case(branches)); }

}  // namespace quarry::detail
