// Names for values: "n"_a = Count("entry"_f), as annotate(), alias(), aggregate() and values() take them.
#pragma once

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <quarry/core/query/aggregates.hpp>
#include <quarry/core/query/records.hpp>

namespace quarry {

/// A value under a name.
template <fixed_string Name, class Shape>
class annotation {
 public:
  explicit annotation(detail::tree tree) noexcept : tree_(std::move(tree)) {}
  const detail::tree& tree() const noexcept { return tree_; }

 private:
  detail::tree tree_;
};

namespace detail {

/// Not by find(): under a sanitizer g++ 12 takes that for no constant.
constexpr bool is_annotation_name(std::string_view name) noexcept {
  for (std::size_t i = 1; i < name.size(); ++i)
    if (name[i - 1] == '_' && name[i] == '_') return false;
  return !name.empty();
}

}  // namespace detail

/// What "…"_a is.
template <fixed_string Name>
struct annotation_name {
  static_assert(detail::is_annotation_name(Name.view()),
                "quarry: the name of an annotation has no two underscores in a row");
  annotation_name() = default;
  annotation_name(const annotation_name&) = default;
  annotation_name& operator=(const annotation_name&) = delete;

  /// An expression, a condition, or a value.
  template <detail::argument V>
  auto operator=(V&& v) const {
    const auto value = detail::as_argument(std::forward<V>(v));
    return annotation<Name, typename std::remove_cvref_t<decltype(value)>::shape>(value.tree());
  }
};

inline namespace literals {
template <fixed_string Name>
consteval annotation_name<Name> operator""_a() {
  return {};
}
}  // namespace literals

namespace detail {

/// A value under a name that only the running program knows.
struct dynamic_annotation {
  path_ref name;
  tree value;
};
[[noreturn]] void raise_not_an_expression(std::string_view name);

// --- what annotate(), alias() and aggregate() take ---

template <fixed_string Name, class Shape>
const annotation<Name, Shape>& as_annotation(const annotation<Name, Shape>& a) {
  return a;
}
inline dynamic_annotation as_annotation(lookup<needs_nothing>&& l) {
  if (l.value.form != operand_form::expression) raise_not_an_expression(l.path.view());
  return {l.path, tree::share(l.value.expr)};
}
/// An aggregate of one field needs no name: Count("entry"_f) is entry__count.
template <class Shape>
struct own_name {
  static constexpr bool has = false;
};
template <ir::op Op, fixed_string Path, class... Needs>
struct own_name<aggregate_shape<Op, path_shape<Path>, Needs...>> {
  static constexpr bool has = true;
  static constexpr auto name = name_of_aggregate<Path, Op>();
};
template <class Aggregate, class Default>
struct own_name<operation_shape<ir::op::coalesce, Aggregate, Default>> : own_name<Aggregate> {};
template <class Shape>
auto as_annotation(const quarry::expression<Shape>& e) {
  static_assert(own_name<Shape>::has,
                "quarry: this value needs a name, \"n\"_a = …: only an aggregate of one field has one of its own");
  if constexpr (own_name<Shape>::has) return annotation<own_name<Shape>::name, Shape>(e.tree());
}

template <fixed_string Name, class Shape>
term named_term(const annotation<Name, Shape>& a) {
  return {path_of<Name>, {}, a.tree().get()};
}
inline term named_term(const dynamic_annotation& a) { return {a.name, {}, a.value.get()}; }

template <class T>
inline constexpr bool is_dynamic = false;
template <>
inline constexpr bool is_dynamic<dynamic_annotation> = true;
template <>
inline constexpr bool is_dynamic<runtime> = true;

// --- the scope and the rows behind a call ---

/// The scope with more names, each of which may stand in the values of the next.
template <class Scope, class... Annotation>
struct scope_with {
  using type = Scope;
  static void check() {}
};
template <class Scope, fixed_string Name, class Shape, class... Rest>
struct scope_with<Scope, annotation<Name, Shape>, Rest...> {
  static constexpr value_shape what = Shape::template in<Scope>;
  using rest = scope_with<typename scope_facts<Scope>::template with<known<Name, what>>, Rest...>;
  using type = typename rest::type;
  static void check() {
    Shape::template check<Scope>();
    rest::check();
  }
};
template <class Scope, class... Rest>
struct scope_with<Scope, dynamic_annotation, Rest...> : scope_with<Scope, Rest...> {};

/// What the annotation gives out as a column; void for a FilteredRelation, which is a name for rows.
template <class Scope, class Annotation>
struct column_of {
  using type = void;
};
template <class Scope, fixed_string Name, class Shape>
struct column_of<Scope, annotation<Name, Shape>> {
  using value = cpp_type<Shape, Scope>;
  using type = std::conditional_t<value::what.model == value_shape::no_model, named<Name, typename value::type>, void>;
};

template <class Row, class Named>
struct row_plus {
  static auto make() {
    if constexpr (std::is_void_v<Named>) {
      return std::type_identity<Row>();
    } else if constexpr (extended_row<Row, Named>::taken) {
      (void)sizeof(name_is_taken<QUARRY_TEXT(Named::name)>);
      return std::type_identity<Row>();
    } else {
      return std::type_identity<typename extended_row<Row, Named>::type>();
    }
  }
  using type = typename decltype(make())::type;
};

/// The rows with what annotate() adds to them.
template <class Row, class Scope, class... Annotation>
struct row_with {
  using type = Row;
};
template <class Row, class Scope, class First, class... Rest>
struct row_with<Row, Scope, First, Rest...>
    : row_with<typename row_plus<Row, typename column_of<Scope, First>::type>::type,
               typename scope_with<Scope, First>::type, Rest...> {};

/// The record of aggregate().
template <class Scope, class... Annotation>
using record_of = typename row_with<record<>, Scope, Annotation...>::type;

// --- the columns of values() and values_list() ---

template <class V>
  requires any_expression<std::remove_cvref_t<V>>
decltype(auto) as_column(V&& e) {
  return as_expression(e);
}
template <fixed_string Path>
field_path<Path> as_column(field_path<Path> path) {
  return path;
}
template <fixed_string Name, class Shape>
const annotation<Name, Shape>& as_column(const annotation<Name, Shape>& a) {
  return a;
}
inline const runtime& as_column(const runtime& path) { return path; }

/// A column, the name it has, and what has to be named before it.
template <class Column>
struct column_facts;
template <fixed_string Path>
struct column_facts<field_path<Path>> {
  template <class Scope>
  using type = named<Path, typename column_type<Scope, Path>::type>;
  template <class Scope>
  static void check() {
    require_path<Scope, Path, path_use::column>();
  }
};
template <fixed_string Name, class Shape>
struct column_facts<annotation<Name, Shape>> {
  template <class Scope>
  using type = named<Name, typename column_type<Scope, Name>::type>;
  template <class Scope>
  static void check() {}  // with the names
};
template <class Shape>
struct column_facts<quarry::expression<Shape>> {
  template <class Scope>
  using type = named<"expression", typename cpp_type<Shape, Scope>::type>;
  template <class Scope>
  static void check() {
    Shape::template check<Scope>();
  }
};
template <>
struct column_facts<runtime> {
  template <class Scope>
  using type = named<"", quarry::value>;
  template <class Scope>
  static void check() {}
};

/// Names of the columns that are expressions without one: expression1 and so on, as in Django.
path_ref expression_name(std::size_t position, std::vector<std::string>& keep);

template <fixed_string Path>
term column_term(field_path<Path>, std::size_t, std::vector<std::string>&) {
  return {path_of<Path>, {}, nullptr};
}
template <fixed_string Name, class Shape>
term column_term(const annotation<Name, Shape>&, std::size_t, std::vector<std::string>&) {
  return {path_of<Name>, {}, nullptr};
}
template <class Shape>
term column_term(const quarry::expression<Shape>& e, std::size_t position, std::vector<std::string>& keep) {
  return {expression_name(position, keep), {}, e.tree().get()};
}
inline term column_term(const runtime& path, std::size_t, std::vector<std::string>&) {
  return {path.path(), {}, nullptr};
}

/// The names among the columns: what alias() names before values() chooses it.
template <class Column>
std::tuple<> names_among(const Column&) {
  return {};
}
template <fixed_string Name, class Shape>
std::tuple<annotation<Name, Shape>> names_among(const annotation<Name, Shape>& a) {
  return {a};
}
template <class Scope, class Tuple>
struct scope_with_tuple;
template <class Scope, class... Annotation>
struct scope_with_tuple<Scope, std::tuple<Annotation...>> : scope_with<Scope, Annotation...> {};

template <class... Named>
using tuple_of = std::tuple<typename Named::type...>;

}  // namespace detail
}  // namespace quarry
