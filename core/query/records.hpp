// Rows with values that have names: records of values() and aggregate(), objects with what annotate() computed, and rows whose
// names only the running program knows.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <quarry/core/exec/decode.hpp>
#include <quarry/core/query/partial.hpp>
#include <quarry/core/query/related.hpp>

namespace quarry {

namespace detail {
template <class Row>
struct choices_of;
}

/// A value of a row and its name: named<"n", std::int64_t>.
template <fixed_string Name, class T>
struct named {
  static constexpr std::string_view name = Name.view();
  using type = T;
};

namespace detail {

template <class... Named>
constexpr std::size_t position_of_name(std::string_view wanted) noexcept {
  constexpr std::array<std::string_view, sizeof...(Named)> names{Named::name...};
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == wanted) return i;
  return not_found;
}

/// The names next to one that is wrong, for a message.
template <class... Named>
constexpr std::string_view nearest_of(std::string_view wrong) noexcept {
  nearest_name nearest{wrong};
  (nearest.offer(Named::name), ...);
  return nearest.best.text;
}

template <fixed_string Name, class... Named>
void refuse_value_name() {
  constexpr std::string_view near = nearest_of<Named...>(Name.view());
  if constexpr (near.empty()) (void)sizeof(no_value_named<Name>);
  else (void)sizeof(no_value_named<Name, did_you_mean<QUARRY_TEXT(near)>>);
}

template <class... T>
void read_values(std::string_view model, std::span<const quarry_cell> cells, std::span<const std::string_view> names,
                 std::tuple<T...>& to) {
  std::size_t n = 0;
  const auto take = [&](auto& value) {
    if (const read_outcome outcome = read(cells[n], value); outcome != read_outcome::good)
      raise_unreadable(model, names[n], outcome);
    ++n;
  };
  std::apply([&](auto&... value) { (take(value), ...); }, to);
}

}  // namespace detail

/// Values with names: a row of values<"author", "title">(), or what aggregate() gives.
template <class... Named>
class record {
 public:
  record() = default;
  /// get<"title">()
  template <fixed_string Name>
  const auto& get() const {
    constexpr std::size_t at = detail::position_of_name<Named...>(Name.view());
    if constexpr (at == detail::not_found) {
      detail::refuse_value_name<Name, Named...>();
      return *this;
    } else {
      return std::get<at>(values_);
    }
  }
  /// All of them, in their order: auto [author, title] = row.values();
  const std::tuple<typename Named::type...>& values() const noexcept { return values_; }
  static constexpr std::array<std::string_view, sizeof...(Named)> names{Named::name...};
  friend bool operator==(const record&, const record&) = default;

 private:
  template <class, class>
  friend struct detail::row_reader;
  std::tuple<typename Named::type...> values_;
};

/// An object (or one with related objects, or with some fields) with the values that annotate() computed for it.
template <class Row, class... Named>
struct annotated : Row {
  annotated() = default;
  /// get<"n">(); of a partial<> also its fields.
  template <fixed_string Name>
  const auto& get() const {
    constexpr std::size_t at = detail::position_of_name<Named...>(Name.view());
    if constexpr (at != detail::not_found) {
      return std::get<at>(values_);
    } else if constexpr (detail::is_partial<Row>) {
      return Row::template get<Name>();
    } else {
      detail::refuse_value_name<Name, Named...>();
      return *this;
    }
  }
  template <fixed_string Name>
  decltype(auto) related() const {
    if constexpr (model<Row>) {
      detail::require_path<Row, Name, detail::path_use::column>();
      (void)sizeof(relation_is_not_loaded<Name, of_model<QUARRY_TEXT(meta<Row>::value.name)>>);
      return static_cast<const Row*>(nullptr);
    } else {
      return Row::template related<Name>();
    }
  }

 private:
  template <class, class>
  friend struct detail::row_reader;
  explicit annotated(Row row) : Row(std::move(row)) {}
  std::tuple<typename Named::type...> values_;
};

/// A row of values whose names, or types, only the running program knows: of values(runtime(name)).
class dynamic_row {
 public:
  std::size_t size() const noexcept { return values_.size(); }
  const std::vector<std::string>& names() const noexcept { return *names_; }
  /// Throws index_error.
  const value& at(std::size_t position) const;
  /// Throws field_error for a name that the row does not have.
  const value& operator[](std::string_view name) const;

 private:
  template <class, class>
  friend struct detail::row_reader;
  template <class>
  friend struct detail::choices_of;
  std::shared_ptr<const std::vector<std::string>> names_;
  std::vector<value> values_;
};

namespace detail {

using name_list = std::shared_ptr<const std::vector<std::string>>;

template <class Model, class... Named>
struct row_reader<Model, record<Named...>> {
  static record<Named...> read_row(std::span<const quarry_cell> cells) {
    if (cells.size() != sizeof...(Named)) raise_wrong_width(meta<Model>::value.name, sizeof...(Named), cells.size());
    record<Named...> row;
    read_values(meta<Model>::value.name, cells, record<Named...>::names, row.values_);
    return row;
  }
};

template <class Model, class Row, class... Named>
struct row_reader<Model, annotated<Row, Named...>> {
  static annotated<Row, Named...> read_row(std::span<const quarry_cell> cells) {
    static constexpr std::array<std::string_view, sizeof...(Named)> names{Named::name...};
    if (cells.size() < sizeof...(Named)) raise_wrong_width(meta<Model>::value.name, sizeof...(Named), cells.size());
    const std::size_t own = cells.size() - sizeof...(Named);
    annotated<Row, Named...> row(row_reader<Model, Row>::read_row(cells.first(own)));
    read_values(meta<Model>::value.name, cells.subspan(own), names, row.values_);
    return row;
  }
};

template <class Model>
struct row_reader<Model, dynamic_row> {
  static dynamic_row read_row(std::span<const quarry_cell> cells) {
    dynamic_row row;
    row.values_.resize(cells.size());
    for (std::size_t i = 0; i < cells.size(); ++i)
      if (const read_outcome outcome = read(cells[i], row.values_[i]); outcome != read_outcome::good)
        raise_unreadable(meta<Model>::value.name, "a value of a row", outcome);
    return row;
  }
};

// --- annotated objects among the other rows ---

template <class Row, class... Named>
struct object_row<annotated<Row, Named...>> : object_row<Row> {};
template <class Row, class... Named, fixed_string... Path>
struct add_joined<annotated<Row, Named...>, Path...> {
  using type = annotated<typename add_joined<Row, Path...>::type, Named...>;
};
template <class Row, class... Named>
struct joined_paths<annotated<Row, Named...>> : joined_paths<Row> {};
template <class Row, class... Named>
struct narrowed_row<annotated<Row, Named...>> {
  template <fixed_string... Name>
  using only = annotated<typename narrowed_row<Row>::template only<Name...>, Named...>;
  template <fixed_string... Name>
  using defer = annotated<typename narrowed_row<Row>::template defer<Name...>, Named...>;
};

/// Rows of which only() and defer() may leave out fields.
template <class Model, class Row>
inline constexpr bool can_narrow = std::same_as<Row, Model> || is_partial<Row>;
template <class Model, class Row, class... Named>
inline constexpr bool can_narrow<Model, annotated<Row, Named...>> = can_narrow<Model, Row>;

/// The row with one more value.
template <class Row, class Named>
struct extended_row {
  static constexpr bool taken = false;
  using type = annotated<Row, Named>;
};
template <class Row, class... Before, class Named>
struct extended_row<annotated<Row, Before...>, Named> {
  static constexpr bool taken = position_of_name<Before...>(Named::name) != not_found;
  using type = annotated<Row, Before..., Named>;
};
template <class Row, fixed_string Name, class Related, class Named>
struct extended_row<prefetched<Row, Name, Related>, Named> {
  static constexpr bool taken = extended_row<Row, Named>::taken;
  using type = prefetched<typename extended_row<Row, Named>::type, Name, Related>;
};
template <class... Before, class Named>
struct extended_row<record<Before...>, Named> {
  static constexpr bool taken = position_of_name<Before...>(Named::name) != not_found;
  using type = record<Before..., Named>;
};
template <class... T, class Named>
struct extended_row<std::tuple<T...>, Named> {
  static constexpr bool taken = false;
  using type = std::tuple<T..., typename Named::type>;
};
template <class Named>
struct extended_row<dynamic_row, Named> {
  static constexpr bool taken = false;
  using type = dynamic_row;
};

/// The names of what annotate() added to the rows, in their order.
template <class Row>
struct names_of_annotations {
  static void append(std::vector<std::string>&) {}
};
template <class Row, class... Named>
struct names_of_annotations<annotated<Row, Named...>> {
  static void append(std::vector<std::string>& to) { (to.emplace_back(Named::name), ...); }
};
template <class... Named>
struct names_of_annotations<record<Named...>> : names_of_annotations<annotated<record<>, Named...>> {};

template <class Row>
inline constexpr bool is_record = false;
template <class... Named>
inline constexpr bool is_record<record<Named...>> = true;
template <class Row>
inline constexpr bool is_tuple = false;
template <class... T>
inline constexpr bool is_tuple<std::tuple<T...>> = true;
/// Rows to which annotate() can add a value.
template <class Row>
inline constexpr bool can_annotate = object_row<Row>::is_object || is_partial<Row> || is_record<Row> || is_tuple<Row>;
template <class Row, class... Named>
inline constexpr bool can_annotate<annotated<Row, Named...>> = true;
/// Rows whose values have names.
template <class Model, class Row>
inline constexpr bool has_names = std::same_as<Model, Row> || is_record<Row>;
template <class Model, class... Named>
inline constexpr bool has_names<Model, annotated<Model, Named...>> = true;

/// The names of all columns of a model.
std::vector<std::string> column_names(const ir::catalog& catalog, std::uint32_t model);

// --- rows of several queries ---

/// The type of values of two queries, one below the other: the wider number, optional where one of them is.
template <class A, class B>
struct merged_value {
  using type = A;
  static constexpr bool alike = std::same_as<A, B>;
};
template <class T>
struct plain_value {
  using type = T;
};
template <class T>
struct plain_value<std::optional<T>> {
  using type = T;
};
template <class A, class B>
  requires(!std::same_as<A, B> && !std::same_as<A, quarry::value> && !std::same_as<B, quarry::value> &&
           scalar_of<typename plain_value<A>::type>() != ir::scalar::unknown &&
           scalar_of<typename plain_value<B>::type>() != ir::scalar::unknown)
struct merged_value<A, B> {
  static constexpr ir::scalar a = scalar_of<typename plain_value<A>::type>(),
                              b = scalar_of<typename plain_value<B>::type>();
  static constexpr bool alike = ir::same_family(a, b);
  static constexpr value_shape both =
      operation_value(ir::op::coalesce, std::array{value_shape{a, false}, value_shape{b, false}});
  using type = typename cpp_value<both.kind, is_optional<A> || is_optional<B>>::type;
};
template <class T>
  requires(!std::same_as<T, quarry::value>)
struct merged_value<quarry::value, T> {
  using type = quarry::value;
  static constexpr bool alike = true;
};
template <class T>
  requires(!std::same_as<T, quarry::value>)
struct merged_value<T, quarry::value> : merged_value<quarry::value, T> {};

/// What a row of union_() is: the names are those of the first query.
template <class A, class B>
struct merged_row {
  using type = A;
  static constexpr bool alike = std::same_as<A, B>;
};
template <class... A, class... B>
  requires(sizeof...(A) == sizeof...(B))
struct merged_row<std::tuple<A...>, std::tuple<B...>> {
  static constexpr bool alike = (merged_value<A, B>::alike && ...);
  using type = std::tuple<typename merged_value<A, B>::type...>;
};
template <class Named, class T>
struct retyped;
template <fixed_string Name, class Was, class T>
struct retyped<named<Name, Was>, T> {
  using type = named<Name, T>;
};
template <class... A, class... B>
  requires(sizeof...(A) == sizeof...(B))
struct merged_row<record<A...>, record<B...>> {
  static constexpr bool alike = (merged_value<typename A::type, typename B::type>::alike && ...);
  using type = record<typename retyped<A, typename merged_value<typename A::type, typename B::type>::type>::type...>;
};

template <class Row, class... Other>
struct merged_rows {
  using type = Row;
};
template <class Row, class First, class... Other>
struct merged_rows<Row, First, Other...> {
  static_assert(merged_row<Row, First>::alike,
                "quarry: these queries have rows of other columns: choose the values of both by values_list()");
  using type = typename merged_rows<typename merged_row<Row, First>::type, Other...>::type;
};

}  // namespace detail
}  // namespace quarry
