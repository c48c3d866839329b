#include <quarry/core/query/functions.hpp>

namespace quarry::detail {

tree cast_tree(const tree& what, ir::type to) { return unwrap(make_cast(what, to)); }

tree typed_tree(const tree& what, ir::type as) { return unwrap(make_typed(what, as)); }

tree numeric_tree(const tree& what) { return unwrap(make_numeric(what)); }

tree lookup_tree(const tree& what, std::string_view lookup, const tree& with) {
  const operand value = with->form == expression_form::constant ? with->constant : operand::of_expression(with.get());
  return unwrap(make_lookup_on(what, path_ref::literal(lookup), value));
}

tree when_tree(const tree& condition, const tree& value) {
  if (!condition) raise(ir::diag::wrong_number, {"When()", "a condition", "an empty Q"});
  return unwrap(make_when(condition, value));
}

tree case_tree(std::span<const tree> branches) { return unwrap(make_case(branches)); }

}  // namespace quarry::detail
