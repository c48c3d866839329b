// Rows of which only some fields were read: what only() and defer() give. Never an object with empty members.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <quarry/core/exec/decode.hpp>
#include <quarry/core/query/q.hpp>

namespace quarry {

template <class Model, fixed_string... Name>
struct partial;
template <class Model, fixed_string... Name>
struct deferred;

namespace detail {

/// Fields of a model, a bit each.
using field_set = std::uint64_t;

/// Position of a field with a column, also as "pk"; not_found for every other name.
template <class Model>
constexpr std::size_t own_field(std::string_view name) noexcept {
  const auto& fields = meta<Model>::value.fields;
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (fields[i].has_column() && (fields[i].name == name || (name == "pk" && i == key_position<Model>()))) return i;
  return not_found;
}

/// Compiles iff the name is that of a field with a column.
template <class Model, fixed_string Name>
void require_own_field() {
  if constexpr (own_field<Model>(Name.view()) == not_found) {
    require_path<Model, Name, path_use::column>();
    if constexpr (resolved<Model, Name, path_use::column>.fault == path_fault::none)
      (void)sizeof(not_a_field_of_the_model_itself<Name, of_model<QUARRY_TEXT(meta<Model>::value.name)>>);
  }
}

template <class Model, fixed_string... Name>
consteval field_set fields_named() {
  static_assert(meta<Model>::value.size <= 64, "quarry: only() and defer() serve models of up to 64 fields");
  field_set out = 0;
  for (const std::size_t i : {own_field<Model>(Name.view())..., not_found})
    if (i != not_found) out |= field_set{1} << i;
  return out;
}

template <class Model>
consteval field_set fields_with_columns() {
  field_set out = 0;
  for (std::size_t i = 0; i < meta<Model>::value.size; ++i)
    if (meta<Model>::value.fields[i].has_column()) out |= field_set{1} << i;
  return out;
}

constexpr std::size_t nth_field(field_set set, std::size_t n) noexcept {
  std::size_t i = 0;
  for (;; ++i)
    if ((set >> i & 1U) != 0 && n-- == 0) return i;
}

constexpr std::size_t size_of(field_set set) noexcept { return static_cast<std::size_t>(__builtin_popcountll(set)); }

/// The positions of the columns of some fields.
template <class Model, field_set Fields>
consteval auto columns_among() {
  std::array<std::uint32_t, size_of(Fields)> out{};
  std::size_t n = 0;
  for (std::uint32_t c = 0; c < columns_of<Model>.size(); ++c)
    if ((Fields >> columns_of<Model>[c].field & 1U) != 0) out[n++] = c;
  return out;
}

/// Some fields of an object; the primary key is one of them. `Fields` have columns.
template <class Model, field_set Fields>
class some_fields {
 public:
  using model_type = Model;
  static constexpr auto columns = columns_among<Model, Fields>();

  some_fields() = default;
  /// A field that was loaded: get<"headline">(). The primary key always is, also as get<"pk">().
  template <fixed_string Name>
  const auto& get() const {
    constexpr std::size_t at = own_field<Model>(Name.view());
    constexpr bool loaded = at != not_found && (Fields >> (at % 64) & 1U) != 0;
    require_own_field<Model, Name>();
    if constexpr (loaded) {
      return object_.*(meta<Model>::value.template member<at>());
    } else {
      if constexpr (at != not_found)
        (void)sizeof(field_is_not_loaded<Name, of_model<QUARRY_TEXT(meta<Model>::value.name)>>);
      return object_;
    }
  }
  /// The whole object as it is now, by one statement. `db`: a database or a transaction. Throws does_not_exist.
  template <class Database>
  Model load(Database&& db) const {
    return db.template objects<Model>().get(runtime("pk") = get<"pk">());
  }

 private:
  template <class, class>
  friend struct row_reader;
  Model object_{};  // the members that were not loaded are out of reach
};

/// partial<> or deferred<> of the fields in a set, in the order of the model.
template <template <class, fixed_string...> class Kind, class Model, field_set Fields>
struct of_fields {
  template <std::size_t... I>
  static auto make(std::index_sequence<I...>) {
    constexpr const auto& fields = meta<Model>::value.fields;
    return std::type_identity<Kind<
        Model, fixed_string<fields[nth_field(Fields, I)].name.size() + 1>(fields[nth_field(Fields, I)].name)...>>();
  }
  using type = typename decltype(make(std::make_index_sequence<size_of(Fields)>()))::type;
};

template <class Model>
inline constexpr field_set key_field = field_set{1} << key_position<Model>();

/// What only() and defer() make of a type of rows.
template <class Row>
struct narrowed_row {
  template <fixed_string... Name>
  using only = partial<Row, Name...>;
  template <fixed_string... Name>
  using defer = deferred<Row, Name...>;
};
template <class Model, fixed_string... Before>
struct narrowed_row<partial<Model, Before...>> {
  template <fixed_string... Name>
  using only = partial<Model, Name...>;
  // Deferring all that only() chose turns the choice around, as in Django.
  template <field_set Was, field_set Now>
  using less = typename std::conditional_t<(Was & ~Now & ~key_field<Model>) != 0, of_fields<partial, Model, Was & ~Now>,
                                           of_fields<deferred, Model, Now & ~Was>>::type;
  template <fixed_string... Name>
  using defer = less<fields_named<Model, Before...>(), fields_named<Model, Name...>()>;
};
template <class Model, fixed_string... Before>
struct narrowed_row<deferred<Model, Before...>> {
  template <fixed_string... Name>
  using only =
      typename of_fields<partial, Model, fields_named<Model, Name...>() & ~fields_named<Model, Before...>()>::type;
  template <fixed_string... Name>
  using defer = typename of_fields<deferred, Model, fields_named<Model, Before..., Name...>()>::type;
};

}  // namespace detail

/// An object with these fields and its primary key alone: a row of only<"headline", "blog">().
template <class Model, fixed_string... Name>
struct partial : detail::some_fields<Model, detail::fields_named<Model, Name...>() | detail::key_field<Model>> {};

/// An object without these fields: a row of defer<"body_text">().
template <class Model, fixed_string... Name>
struct deferred : detail::some_fields<Model,
                                      (detail::fields_with_columns<Model>() & ~detail::fields_named<Model, Name...>()) |
                                          detail::key_field<Model>> {};

namespace detail {

template <class Row>
inline constexpr bool is_partial = false;
template <class Model, fixed_string... Name>
inline constexpr bool is_partial<partial<Model, Name...>> = true;
template <class Model, fixed_string... Name>
inline constexpr bool is_partial<deferred<Model, Name...>> = true;

template <class Model, class Row>
  requires is_partial<Row>
struct row_reader<Model, Row> {
  static Row read_row(std::span<const quarry_cell> cells) {
    constexpr const auto& wanted = Row::columns;
    if (cells.size() != wanted.size()) raise_wrong_width(meta<Model>::value.name, wanted.size(), cells.size());
    Row row;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const auto& column = columns_of<Model>[wanted[i]];
      if (const read_outcome outcome = column.set(row.object_, cells[i]); outcome != read_outcome::good)
        raise_unreadable(meta<Model>::value.name, meta<Model>::value.fields[column.field].name, outcome);
    }
    return row;
  }
};

}  // namespace detail
}  // namespace quarry
