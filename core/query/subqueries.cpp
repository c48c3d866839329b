#include <quarry/core/query/subqueries.hpp>

namespace quarry::detail {

tree query_tree(expression_form form, const chain& rows) { return unwrap(make_query_value(form, query_operand(rows))); }

tree outer_tree(const path_ref& path, std::uint16_t levels) { return make_outer(path, levels); }

tree filtered_relation_tree(const path_ref& path, const tree& condition) {
  const tree always = condition ? tree() : make_constant(operand::of_integer(1, ir::scalar::boolean));
  return make_filtered_relation(path, operand::of_expression(condition ? condition.get() : always.get()));
}

}  // namespace quarry::detail
