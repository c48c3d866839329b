#include <quarry/core/query/aggregates.hpp>

namespace quarry::detail {
namespace {

tree condition_of(const tree& aggregate) {
  return aggregate->aggregate.condition ? tree::share(aggregate->all_children().back()) : tree();
}

/// Its arguments, without the condition that stands behind them.
std::vector<tree> arguments_of(const tree& aggregate) {
  std::vector<tree> out;
  for (const expression* child : aggregate->all_children()) out.push_back(tree::share(child));
  if (aggregate->aggregate.condition) out.pop_back();
  return out;
}

}  // namespace

tree aggregate_tree(ir::op function, const tree* argument) {
  return unwrap(make_aggregate(function, {argument, argument == nullptr ? 0U : 1U}, false, {}));
}

tree distinct_aggregate(const tree& aggregate) {
  return unwrap(make_aggregate(aggregate->operation, arguments_of(aggregate), true, condition_of(aggregate)));
}

tree filtered_aggregate(const tree& aggregate, const tree& condition) {
  const tree both = combine(expression_form::all_of, condition_of(aggregate), condition);
  return unwrap(make_aggregate(aggregate->operation, arguments_of(aggregate), aggregate->aggregate.distinct, both));
}

tree sample_aggregate(ir::op function, const tree& aggregate) {
  return unwrap(
      make_aggregate(function, arguments_of(aggregate), aggregate->aggregate.distinct, condition_of(aggregate)));
}

}  // namespace quarry::detail
