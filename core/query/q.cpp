#include <quarry/core/query/q.hpp>

namespace quarry::detail {

tree combine(expression_form form, const tree& left, const tree& right) {
  if (!left) return right;
  if (!right) return left;
  return unwrap(make_condition(form, std::array{left, right}));
}

tree negate(const tree& what) {
  if (!what) return what;
  return unwrap(make_condition(expression_form::negation, std::array{what}));
}

tree arithmetic(ir::op op, const tree& left, const tree& right) {
  return unwrap(make_operation(op, std::array{left, right}));
}

}  // namespace quarry::detail
