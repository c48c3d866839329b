#include <quarry/core/query/aggregates.hpp>

#include <array>
#include <vector>

namespace quarry::detail {
namespace {

tree condition_of(const tree& aggregate) {
  return aggregate->aggregate.condition ? tree::share(aggregate->all_children().back()) : tree();
}

/// Its arguments and the keys of its order; the condition stands behind them.
struct aggregate_parts {
  std::vector<tree> arguments, order;
};
aggregate_parts parts_of(const tree& aggregate) {
  aggregate_parts out;
  for (const expression* child : aggregate->all_children()) out.arguments.push_back(tree::share(child));
  if (aggregate->aggregate.condition) out.arguments.pop_back();
  const auto first_key = out.arguments.end() - aggregate->aggregate.orders;
  out.order.assign(first_key, out.arguments.end());
  out.arguments.erase(first_key, out.arguments.end());
  return out;
}

tree remade(ir::op function, const tree& aggregate, bool distinct, const tree& condition) {
  const aggregate_parts parts = parts_of(aggregate);
  return unwrap(make_aggregate(function, parts.arguments, distinct, condition, parts.order));
}

}  // namespace

tree aggregate_tree(ir::op function, const tree* argument) {
  return unwrap(make_aggregate(function, {argument, argument == nullptr ? 0U : 1U}, false, {}));
}

tree distinct_aggregate(const tree& aggregate) {
  return remade(aggregate->operation, aggregate, true, condition_of(aggregate));
}

tree filtered_aggregate(const tree& aggregate, const tree& condition) {
  const tree both = combine(expression_form::all_of, condition_of(aggregate), condition);
  return remade(aggregate->operation, aggregate, aggregate->aggregate.distinct, both);
}

tree sample_aggregate(ir::op function, const tree& aggregate) {
  return remade(function, aggregate, aggregate->aggregate.distinct, condition_of(aggregate));
}

tree ordered_aggregate(const tree& aggregate, std::span<const tree> keys) {
  return unwrap(make_aggregate(aggregate->operation, parts_of(aggregate).arguments, aggregate->aggregate.distinct,
                               condition_of(aggregate), keys));
}

tree string_agg_tree(const tree& value, const tree& delimiter) {
  return unwrap(make_aggregate(ir::op::string_agg, std::array{value, delimiter}, false, {}));
}

}  // namespace quarry::detail
