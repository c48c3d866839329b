// Functions and collations of the database by their names, JSON documents made of values, texts joined in one.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include <quarry/core/query/aggregates.hpp>
#include <quarry/core/query/annotations.hpp>
#include <quarry/core/query/q.hpp>
#include <quarry/core/query/windows.hpp>

namespace quarry {
namespace detail {

/// A value made of others, whose type the program says.
template <ir::scalar Kind, bool Nullable, class... Arg>
struct call_shape {
  static constexpr bool is_condition = Kind == ir::scalar::boolean;
  template <class Scope>
  static constexpr value_shape in{Kind, Nullable, (Arg::template in<Scope>.aggregate || ... || false),
                                  value_shape::no_model};
  template <class Scope>
  static void check() {
    (Arg::template check<Scope>(), ...);
  }
};

tree call_tree(std::string_view function, std::span<const tree> arguments, ir::type gives);
tree collate_tree(const tree& value, std::string_view collation);

/// A key of the order within an aggregate.
template <class T>
auto order_of_aggregate(const T& key) {
  auto part = as_order(key);
  if (part.key->form != expression_form::ordering) part.key = unwrap(make_ordering(part.key, {}));
  return part;
}

template <class Key>
using order_shape = typename decltype(as_order(std::declval<const Key&>()))::shape;

}  // namespace detail

/// A function of the database by its name: Func<std::string>("soundex", "name"_f). The name is a plain one, of letters, digits and
/// underscores; it is not for others to choose, since a function may do anything. T is the C++ type of what it gives. Throws value_error
/// for any other name.
template <class T, std::uint32_t Size = 0, std::uint32_t Places = 0, detail::argument... A>
auto Func(std::string_view function, A&&... arguments) {
  constexpr ir::scalar kind = detail::scalar_of<T>();
  static_assert(kind != ir::scalar::unknown, "quarry: no value of a database has this C++ type");
  const std::array<detail::tree, sizeof...(A)> trees{detail::as_argument(std::forward<A>(arguments)).tree()...};
  return expression<detail::call_shape<kind, true, detail::shape_of_argument<A>...>>(
      detail::call_tree(function, trees, ir::type(kind, false, Size, Places)));
}

/// A text that is compared and sorted by a collation that the database knows by this name: Collate("name"_f, "nocase"). Throws value_error
/// for a name that is no plain one.
template <detail::argument A>
auto Collate(A&& text, std::string_view collation) {
  const auto value = detail::as_argument(std::forward<A>(text));
  using shape = typename std::remove_cvref_t<decltype(value)>::shape;
  return expression<detail::cast_shape<ir::scalar::text, shape>>(detail::collate_tree(value.tree(), collation));
}

/// A document with these members: JSONObject("name"_a = F("name"_f), "words"_a = Length("text"_f)).
template <fixed_string... Name, class... Shape>
auto JSONObject(const annotation<Name, Shape>&... members) {
  std::array<detail::tree, 2 * sizeof...(Name)> parts;
  std::size_t n = 0;
  ((parts[n] = detail::make_constant(detail::operand::of_text(Name.view())), parts[n + 1] = members.tree(), n += 2),
   ...);
  return expression<detail::call_shape<ir::scalar::json, false, Shape...>>(
      detail::operation_tree(ir::op::json_object, parts));
}

/// A document with these elements.
template <detail::argument... A>
auto JSONArray(A&&... elements) {
  const std::array<detail::tree, sizeof...(A)> parts{detail::as_argument(std::forward<A>(elements)).tree()...};
  return expression<detail::call_shape<ir::scalar::json, false, detail::shape_of_argument<A>...>>(
      detail::operation_tree(ir::op::json_array, parts));
}

/// What StringAgg() makes: an aggregate with an order.
template <class Shape>
class string_aggregate : public aggregate<Shape> {
 public:
  using aggregate<Shape>::aggregate;
  string_aggregate distinct() const { return string_aggregate(detail::distinct_aggregate(this->tree())); }
  template <class Condition>
  auto filter(Condition&& condition) const {
    const auto filtered = aggregate<Shape>::filter(std::forward<Condition>(condition));
    return string_aggregate<typename decltype(filtered)::shape>(filtered.tree());
  }
  /// The texts in this order: "name"_f, "-name"_f, expressions, F("name"_f).desc(). NULLs are left out.
  template <class... Key>
  auto order_by(const Key&... keys) const {
    using ordered = typename Shape::template filtered<detail::order_shape<Key>...>;
    const std::array<detail::tree, sizeof...(Key)> trees{detail::order_of_aggregate(keys).key...};
    return string_aggregate<ordered>(detail::ordered_aggregate(this->tree(), trees));
  }
};

/// The texts of all rows in one: StringAgg("name"_f, ", ").order_by("name"_f).
template <detail::argument A, detail::argument B>
auto StringAgg(A&& text, B&& delimiter) {
  const auto value = detail::as_argument(std::forward<A>(text));
  using shape = typename std::remove_cvref_t<decltype(value)>::shape;
  return string_aggregate<detail::aggregate_shape<ir::op::string_agg, shape, detail::shape_of_argument<B>>>(
      detail::string_agg_tree(value.tree(), detail::as_argument(std::forward<B>(delimiter)).tree()));
}

}  // namespace quarry
