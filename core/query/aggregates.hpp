// Aggregates: values of many rows. Count("entry"_f).distinct().filter("entry__rating__gt"_f = 3), Sum("views"_f).default_(0).
#pragma once

#include <span>
#include <utility>

#include <quarry/core/query/q.hpp>

namespace quarry {
namespace detail {

tree aggregate_tree(ir::op function, const tree* argument);
/// The same aggregate over different values, or over the rows that satisfy one more condition.
tree distinct_aggregate(const tree& aggregate);
tree filtered_aggregate(const tree& aggregate, const tree& condition);
/// Over a sample instead of the population.
tree sample_aggregate(ir::op function, const tree& aggregate);
/// Over the values in this order, in place of any before.
tree ordered_aggregate(const tree& aggregate, std::span<const tree> keys);
tree string_agg_tree(const tree& value, const tree& delimiter);

constexpr bool counts(ir::op o) noexcept { return o == ir::op::count || o == ir::op::count_rows; }

/// What Django appends to the name of the field.
constexpr std::string_view aggregate_suffix(ir::op function) noexcept {
  switch (function) {
    case ir::op::count: return "__count";
    case ir::op::sum: return "__sum";
    case ir::op::avg: return "__avg";
    case ir::op::min: return "__min";
    case ir::op::max: return "__max";
    case ir::op::stddev_pop:
    case ir::op::stddev_samp: return "__stddev";
    case ir::op::var_pop:
    case ir::op::var_samp: return "__variance";
    case ir::op::any_value: return "__anyvalue";
    default: return {};
  }
}

template <fixed_string Path, ir::op Op>
consteval auto name_of_aggregate() {
  constexpr std::size_t size = Path.view().size() + aggregate_suffix(Op).size();
  char name[size + 1]{};
  std::size_t n = 0;
  for (const char c : Path.view()) name[n++] = c;
  for (const char c : aggregate_suffix(Op)) name[n++] = c;
  return fixed_string<size + 1>(std::string_view(name, size));
}

template <ir::op Op>
inline constexpr ir::op over_sample = Op == ir::op::stddev_pop ? ir::op::stddev_samp : ir::op::var_samp;

template <class Shape>
struct aggregate_parts;
template <ir::op Op, class Arg, class... Needs>
struct aggregate_parts<aggregate_shape<Op, Arg, Needs...>> {
  static constexpr ir::op function = Op;
  using sample = aggregate_shape<over_sample<Op>, Arg, Needs...>;
  template <class... More>
  static aggregate_shape<Op, Arg, Needs..., More...> with(needs_list<More...>);
};

}  // namespace detail

/// An aggregate; its modifiers give a new one each.
template <class Shape>
class aggregate : public expression<Shape> {
  using parts = detail::aggregate_parts<Shape>;

 public:
  using expression<Shape>::expression;

  /// Each value once.
  aggregate distinct() const {
    static_assert(parts::function != ir::op::count_rows, "quarry: rows differ already: count the values of a field");
    return aggregate(detail::distinct_aggregate(this->tree()));
  }
  /// Only over rows that satisfy the condition, beside those of earlier calls.
  template <class Condition>
  auto filter(Condition&& condition) const {
    using filtered = decltype(parts::with(detail::needs_of_condition<Condition>()));
    return aggregate<filtered>(
        detail::filtered_aggregate(this->tree(), detail::as_truth(std::forward<Condition>(condition)).tree()));
  }
  /// Of a sample: for StdDev() and Variance().
  auto sample() const
    requires(ir::is_spread(parts::function))
  {
    return aggregate<typename parts::sample>(
        detail::sample_aggregate(detail::over_sample<parts::function>, this->tree()));
  }
  /// This value instead of NULL where there are no rows.
  template <detail::argument A>
  auto default_(A&& value) const {
    static_assert(!detail::counts(parts::function), "quarry: a count has no default: it is 0 already");
    return detail::called<ir::op::coalesce>(static_cast<const expression<Shape>&>(*this),
                                            detail::as_argument(std::forward<A>(value)));
  }
};

namespace detail {

template <ir::op Op>
struct aggregate_function {
  template <argument A>
  auto operator()(A&& value) const {
    const auto over = as_argument(std::forward<A>(value));
    using shape = typename std::remove_cvref_t<decltype(over)>::shape;
    return aggregate<aggregate_shape<Op, shape>>(aggregate_tree(Op, &over.tree()));
  }
};
struct count_function : aggregate_function<ir::op::count> {
  using aggregate_function::operator();
  /// Rows: Django's Count("*").
  auto operator()() const {
    return aggregate<aggregate_shape<ir::op::count_rows, rows_shape>>(aggregate_tree(ir::op::count_rows, nullptr));
  }
};

}  // namespace detail

inline constexpr detail::count_function Count{};
inline constexpr detail::aggregate_function<ir::op::sum> Sum{};
inline constexpr detail::aggregate_function<ir::op::avg> Avg{};
inline constexpr detail::aggregate_function<ir::op::min> Min{};
inline constexpr detail::aggregate_function<ir::op::max> Max{};
inline constexpr detail::aggregate_function<ir::op::stddev_pop> StdDev{};
inline constexpr detail::aggregate_function<ir::op::var_pop> Variance{};
inline constexpr detail::aggregate_function<ir::op::any_value> AnyValue{};

}  // namespace quarry
