// Window(): a value of each row, computed over rows beside it.
//   Window(Rank()).partition_by("blog"_f).order_by("-rating"_f)
//   Window(Sum("views"_f)).order_by("pub_date"_f).frame(RowRange(-2, 0))
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <quarry/core/query/q.hpp>

namespace quarry {

/// Rows of a frame that the function passes over: none, the row itself, it and its peers in the order, or its peers alone.
using WindowFrameExclusion = detail::frame_exclusion;

/// The rows around a row that the function of a window sees: from `start` to `end`, negative before it, 0 the row itself,
/// nothing for all there are.
struct window_frame {
  bool rows = true;  ///< counted in rows; else in values of the order
  std::optional<std::int64_t> start, end;
  WindowFrameExclusion exclusion = WindowFrameExclusion::no_others;
};
/// Throws value_error when the start lies behind the end. Where the database can't leave out rows, a query with an exclusion
/// throws not_supported_error.
window_frame RowRange(std::optional<std::int64_t> start = std::nullopt, std::optional<std::int64_t> end = std::nullopt,
                      WindowFrameExclusion exclusion = WindowFrameExclusion::no_others);
window_frame ValueRange(std::optional<std::int64_t> start = std::nullopt,
                        std::optional<std::int64_t> end = std::nullopt,
                        WindowFrameExclusion exclusion = WindowFrameExclusion::no_others);

namespace detail {

/// What a window consists of, before it is a tree.
struct window_parts {
  tree function;
  std::vector<tree> partitions;
  std::vector<tree> orders;
  std::optional<window_frame> frame;
  tree made() const;
};

constexpr std::string_view without_minus(std::string_view name) noexcept {
  return name.starts_with('-') ? name.substr(1) : name;
}
template <fixed_string Path>
inline constexpr fixed_string<without_minus(Path.view()).size() + 1> plain_name{without_minus(Path.view())};

template <class Shape>
struct order_part {
  using shape = Shape;
  tree key;
};
template <fixed_string Path>
auto as_order(field_path<Path>) {
  constexpr const auto& name = plain_name<Path>;
  const tree value = make_path(path_of<name>);
  const bool descending = Path.view().starts_with('-');
  return order_part<path_shape<name>>{descending ? unwrap(make_ordering(value, {true, false, false})) : value};
}
template <class Shape>
auto as_order(const ordering<Shape>& o) {
  return order_part<Shape>{o.tree()};
}
template <class Shape>
auto as_order(const quarry::expression<Shape>& e) {
  return order_part<Shape>{e.tree()};
}

/// How many, how far: throws value_error for a number below 1.
tree positive(std::string_view function, std::int64_t number);

template <ir::op Op>
using number_of_window = operation_shape<Op, constant_shape<ir::scalar::int64, false>>;

template <ir::op Op>
struct neighbour {
  /// The value of the row `offset` rows away, in the order of the window; `otherwise` where there is none.
  template <argument A>
  auto operator()(A&& value, std::int64_t offset = 1) const {
    const auto of = as_argument(std::forward<A>(value));
    return called<Op>(of, number(offset));
  }
  template <argument A, argument B>
  auto operator()(A&& value, std::int64_t offset, B&& otherwise) const {
    const auto of = as_argument(std::forward<A>(value));
    return called<Op>(of, number(offset), as_argument(std::forward<B>(otherwise)));
  }

 private:
  static auto number(std::int64_t offset) {
    return quarry::expression<constant_shape<ir::scalar::int64, false>>(
        positive(Op == ir::op::lag ? "Lag" : "Lead", offset));
  }
};

template <ir::op Op>
struct window_function {
  template <argument... A>
  auto operator()(A&&... value) const {
    static_assert(sizeof...(A) == (Op == ir::op::first_value || Op == ir::op::last_value ? 1 : 0),
                  "quarry: this function of windows has another number of arguments");
    return called<Op>(as_argument(std::forward<A>(value))...);
  }
};

}  // namespace detail

inline constexpr detail::window_function<ir::op::row_number> RowNumber{};
inline constexpr detail::window_function<ir::op::rank> Rank{};
inline constexpr detail::window_function<ir::op::dense_rank> DenseRank{};
inline constexpr detail::window_function<ir::op::percent_rank> PercentRank{};
inline constexpr detail::window_function<ir::op::cume_dist> CumeDist{};
inline constexpr detail::window_function<ir::op::first_value> FirstValue{};
inline constexpr detail::window_function<ir::op::last_value> LastValue{};
inline constexpr detail::neighbour<ir::op::lag> Lag{};
inline constexpr detail::neighbour<ir::op::lead> Lead{};
/// The number of the bucket, of so many.
inline auto Ntile(std::int64_t buckets = 1) {
  return expression<detail::number_of_window<ir::op::ntile>>(
      detail::operation_tree(ir::op::ntile, std::array{detail::positive("Ntile", buckets)}));
}
/// The value of the n-th row of the frame.
template <detail::argument A>
auto NthValue(A&& value, std::int64_t nth = 1) {
  using number = expression<detail::constant_shape<ir::scalar::int64, false>>;
  const auto of = detail::as_argument(std::forward<A>(value));
  return detail::called<ir::op::nth_value>(of, number(detail::positive("NthValue", nth)));
}

/// What Window() makes; its modifiers give a new one each.
template <class Shape>
class window : public expression<Shape> {
 public:
  explicit window(detail::window_parts parts) : expression<Shape>(parts.made()), parts_(std::move(parts)) {}

  /// Over the rows that are alike in these.
  template <detail::argument... A>
  auto partition_by(A&&... values) const {
    detail::window_parts parts = parts_;
    (parts.partitions.push_back(detail::as_argument(std::forward<A>(values)).tree()), ...);
    return window<typename Shape::template with<detail::shape_of_argument<A>...>>(std::move(parts));
  }
  /// In this order: "name"_f, "-name"_f, expressions, F("name"_f).desc().
  template <class... Key>
  auto order_by(const Key&... keys) const {
    detail::window_parts parts = parts_;
    (parts.orders.push_back(detail::as_order(keys).key), ...);
    return window<typename Shape::template with<typename decltype(detail::as_order(keys))::shape...>>(std::move(parts));
  }
  window frame(const window_frame& rows) const {
    detail::window_parts parts = parts_;
    parts.frame = rows;
    return window(std::move(parts));
  }

 private:
  detail::window_parts parts_;
};

/// An aggregate, or a function such as Rank(), over the rows of a window.
template <class Shape>
auto Window(const expression<Shape>& function) {
  if constexpr (requires { requires Shape::of_windows; }) {
    return window<detail::window_shape_of<Shape>>({function.tree(), {}, {}, {}});
  } else {
    (void)sizeof(not_a_function_of_windows<Shape>);
    return function;
  }
}

}  // namespace quarry
