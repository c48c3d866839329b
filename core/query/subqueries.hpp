// Queries as values of other queries, and relations narrowed by a condition.
//   Subquery(db.objects<Entry>().filter("blog"_f = OuterRef("pk"_f)).order_by("-rating").values_list<"rating">().slice(0, 1))
#pragma once

#include <utility>

#include <quarry/core/query/functions.hpp>
#include <quarry/core/query/query_set.hpp>

namespace quarry {
namespace detail {

tree query_tree(expression_form form, const chain& rows);
tree outer_tree(const path_ref& path, std::uint16_t levels);
tree filtered_relation_tree(const path_ref& path, const tree& condition);

}  // namespace detail

/// The value of the one row and column of a query, such as values_list<"rating">() of a slice(0, 1); NULL where it has no row.
template <class Model, class Row, class Scope>
auto Subquery(const query_set<Model, Row, Scope>& rows) {
  static_assert(!detail::object_row<Row>::is_object && detail::gives_one_value<Row>,
                "quarry: Subquery() wants a query of one column: values_list<\"rating\">()");
  constexpr ir::scalar kind = detail::kind_of_rows<Row>;
  return expression<detail::subquery_shape<kind>>(detail::query_tree(detail::expression_form::subquery, rows.chain()));
}

/// Whether a query has rows: a condition.
template <class Model, class Row, class Scope>
expression<detail::exists_shape> Exists(const query_set<Model, Row, Scope>& rows) {
  return expression<detail::exists_shape>(detail::query_tree(detail::expression_form::exists, rows.chain()));
}

/// Whether a value is among those that a query of one column gives.
template <detail::argument A, class Model, class Row, class Scope>
auto In(A&& what, const query_set<Model, Row, Scope>& rows) {
  static_assert(detail::gives_one_value<Row>, "quarry: In() wants a query of one column: values_list<\"rating\">()");
  const auto value = detail::as_argument(std::forward<A>(what));
  using shape = detail::operation_shape<ir::op::in_list, typename std::remove_cvref_t<decltype(value)>::shape,
                                        detail::subquery_shape<detail::kind_of_rows<Row>>>;
  return expression<shape>(detail::lookup_tree(value.tree(), "in", detail::query_operand(rows.chain())));
}

/// A value of the row of the query around: its path is checked when the query is compiled.
template <fixed_string Path>
auto OuterRef(field_path<Path>) {
  return expression<detail::runtime_shape>(detail::outer_tree(detail::path_of<Path>, 1));
}
/// The same, checked by the compiler as a path of the model: OuterRef<Blog>("pk"_f).
template <class Model, fixed_string Path>
  requires(model<Model>)
auto OuterRef(field_path<Path>) {
  return expression<detail::outer_shape<Path, Model>>(detail::outer_tree(detail::path_of<Path>, 1));
}
inline auto OuterRef(const runtime& path) {
  return expression<detail::runtime_shape>(detail::outer_tree(path.path(), 1));
}
/// Of the query around the one around: OuterRef(OuterRef("pk"_f)).
template <class Shape>
auto OuterRef(const expression<Shape>& inner) {
  return expression<Shape>(
      detail::outer_tree(inner.tree()->path, static_cast<std::uint16_t>(inner.tree()->levels + 1)));
}

namespace detail {

template <fixed_string Path, class... Needs>
auto relation_of(needs_list<Needs...>, const tree& condition) {
  return quarry::expression<relation_shape<Path, Needs...>>(filtered_relation_tree(path_of<Path>, condition));
}

}  // namespace detail

/// The related rows that satisfy a condition, as a name for later paths:
/// alias("good"_a = FilteredRelation("entry"_f, "entry__rating__gte"_f = 4)).filter("good__headline"_f = "x").
template <fixed_string Path, class Condition>
auto FilteredRelation(field_path<Path>, Condition&& condition) {
  return detail::relation_of<Path>(detail::needs_of_condition<Condition>(),
                                   detail::as_truth(std::forward<Condition>(condition)).tree());
}
template <fixed_string Path>
auto FilteredRelation(field_path<Path>) {
  return detail::relation_of<Path>(detail::needs_list<>(), {});
}

}  // namespace quarry
