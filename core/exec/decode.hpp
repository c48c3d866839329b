// Rows to objects and tuples, and objects to rows. Templates only name the members; the work is done on cells.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <quarry/core/errors.hpp>
#include <quarry/core/exec/session.hpp>
#include <quarry/core/query/operands.hpp>
#include <quarry/core/schema/schema.hpp>

namespace quarry::detail {

enum class read_outcome : std::uint8_t { good, null, wrong_type, out_of_range };

inline bool is_null(const quarry_cell& c) noexcept { return (c.flags & QUARRY_CELL_NULL) != 0; }

// Each gives `null` for a NULL cell and leaves the target as it was unless it succeeds.
read_outcome read(const quarry_cell& c, bool& to) noexcept;
inline read_outcome read(const quarry_cell& c, std::int64_t& to) noexcept {
  if (is_null(c)) return read_outcome::null;
  if (!ir::is_integer(static_cast<ir::scalar>(c.type))) return read_outcome::wrong_type;
  to = c.v.i;
  return read_outcome::good;
}
read_outcome read(const quarry_cell& c, double& to) noexcept;
inline read_outcome read(const quarry_cell& c, std::string& to) {
  if (is_null(c)) return read_outcome::null;
  if (c.type != QUARRY_TYPE_TEXT) return read_outcome::wrong_type;
  to.assign(static_cast<const char*>(c.v.p), c.len);
  return read_outcome::good;
}
read_outcome read(const quarry_cell& c, decimal& to);
read_outcome read(const quarry_cell& c, bytes& to);
inline read_outcome read(const quarry_cell& c, date& to) noexcept {
  if (is_null(c)) return read_outcome::null;
  if (c.type != QUARRY_TYPE_DATE) return read_outcome::wrong_type;
  to = date(std::chrono::local_days(std::chrono::days(c.v.i)));
  return read_outcome::good;
}
read_outcome read(const quarry_cell& c, time_of_day& to) noexcept;
read_outcome read(const quarry_cell& c, datetime& to) noexcept;
read_outcome read(const quarry_cell& c, duration& to) noexcept;
read_outcome read(const quarry_cell& c, uuid& to) noexcept;
read_outcome read(const quarry_cell& c, json& to);
inline read_outcome read(const quarry_cell& c, auto_id& to) noexcept {
  std::int64_t key = 0;
  const read_outcome outcome = read(c, key);
  if (outcome == read_outcome::good) to = key;
  return outcome;
}

/// Any value, NULL too.
read_outcome read(const quarry_cell& c, value& to);

template <std::signed_integral T>
  requires(!std::same_as<T, std::int64_t>)
read_outcome read(const quarry_cell& c, T& to) noexcept {
  std::int64_t wide = 0;
  const read_outcome outcome = read(c, wide);
  if (outcome != read_outcome::good) return outcome;
  if (!std::in_range<T>(wide)) return read_outcome::out_of_range;
  to = static_cast<T>(wide);
  return outcome;
}
template <class T, class Key>
read_outcome read(const quarry_cell& c, foreign_key<T, Key>& to) {
  Key key{};
  const read_outcome outcome = read(c, key);
  if (outcome == read_outcome::good) to = foreign_key<T, Key>(std::move(key), nullptr);
  return outcome;
}
template <class T, class Key>
read_outcome read(const quarry_cell& c, one_to_one<T, Key>& to) {
  return read(c, static_cast<foreign_key<T, Key>&>(to));
}
template <class T>
read_outcome read(const quarry_cell& c, std::optional<T>& to) {
  if (is_null(c)) {
    to.reset();
    return read_outcome::good;
  }
  return read(c, to.emplace());
}

/// NULL for what is unset.
template <class T>
operand written(const T& member) {
  return scalar_operand(member);
}
inline operand written(const auto_id& member) { return member ? scalar_operand(member) : operand(); }
template <class T, class Key>
operand written(const foreign_key<T, Key>& member) {
  return member.has_value() ? scalar_operand(member.id()) : operand();
}
template <class T, class Key>
operand written(const one_to_one<T, Key>& member) {
  return written(static_cast<const foreign_key<T, Key>&>(member));
}
template <class T>
operand written(const std::optional<T>& member) {
  return member ? written(*member) : operand();
}

/// One column of a model: how to fill and how to read its member.
template <class Model>
struct column_access {
  read_outcome (*set)(Model&, const quarry_cell&);
  operand (*get)(const Model&);
  std::uint32_t field;  ///< position among the fields
};

template <class Model, std::size_t I>
read_outcome set_member(Model& object, const quarry_cell& c) {
  return read(c, object.*(meta<Model>::value.template member<I>()));
}
template <class Model, std::size_t I>
operand get_member(const Model& object) {
  return written(object.*(meta<Model>::value.template member<I>()));
}

template <class Model>
consteval std::size_t count_columns() {
  std::size_t n = 0;
  for (const field_info& f : meta<Model>::value.fields) n += f.has_column() ? 1U : 0U;
  return n;
}

template <class Model, std::size_t... I>
consteval auto make_columns(std::index_sequence<I...>) {
  std::array<column_access<Model>, count_columns<Model>()> out{};
  std::size_t n = 0;
  const auto add = [&]<std::size_t F>() {
    if constexpr (meta<Model>::value.fields[F].has_column())
      out[n++] = {&set_member<Model, F>, &get_member<Model, F>, static_cast<std::uint32_t>(F)};
  };
  (add.template operator()<I>(), ...);
  return out;
}

/// The columns of a model, in the order of its catalog.
template <class Model>
inline constexpr auto columns_of = make_columns<Model>(std::make_index_sequence<meta<Model>::value.size>());

/// Position among the columns of a field that has one.
template <class Model>
consteval std::uint32_t column_at(std::size_t field) {
  for (std::uint32_t c = 0; c < columns_of<Model>.size(); ++c)
    if (columns_of<Model>[c].field == field) return c;
  return 0;
}
template <class Model>
consteval std::uint32_t key_column() {
  return column_at<Model>(key_position<Model>());
}

/// Throws for a row that its C++ type can't hold: the model and its table do not agree.
[[noreturn]] void raise_unreadable(std::string_view model, std::string_view column, read_outcome outcome);
[[noreturn]] void raise_wrong_width(std::string_view model, std::size_t wanted, std::size_t got);

/// How a row becomes a value of type Row.
template <class Model, class Row>
struct row_reader;

template <class Model>
struct row_reader<Model, Model> {
  static Model read_row(std::span<const quarry_cell> cells) {
    Model object{};
    read_into(object, cells);
    return object;
  }
  /// Into a new object, where it is to stay.
  static void read_into(Model& object, std::span<const quarry_cell> cells) {
    constexpr const auto& columns = columns_of<Model>;
    if (cells.size() != columns.size()) raise_wrong_width(meta<Model>::value.name, columns.size(), cells.size());
    [&]<std::size_t... Column>(std::index_sequence<Column...>) {
      (read_column<Column>(object, cells[Column]), ...);
    }(std::make_index_sequence<columns.size()>());
  }

 private:
  template <std::size_t Column>
  static void read_column(Model& object, const quarry_cell& cell) {
    constexpr const auto& description = meta<Model>::value;
    constexpr std::size_t field = columns_of<Model>[Column].field;
    const read_outcome outcome = read(cell, object.*(description.template member<field>()));
    if (outcome != read_outcome::good) raise_unreadable(description.name, description.fields[field].name, outcome);
  }
};

template <class Model, class Row>
inline constexpr bool reads_in_place =
    requires(Row& row, std::span<const quarry_cell> cells) { row_reader<Model, Row>::read_into(row, cells); };

/// Reads a row to the end of those that are there.
template <class Model, class Row>
Row& append_row(std::vector<Row>& rows, std::span<const quarry_cell> cells) {
  if constexpr (reads_in_place<Model, Row>) {
    row_reader<Model, Row>::read_into(rows.emplace_back(), cells);
    return rows.back();
  } else {
    return rows.emplace_back(row_reader<Model, Row>::read_row(cells));
  }
}
/// Reads a row in the place of the one that is there.
template <class Model, class Row>
Row& replace_row(std::optional<Row>& row, std::span<const quarry_cell> cells) {
  if constexpr (reads_in_place<Model, Row>) {
    row_reader<Model, Row>::read_into(row.emplace(), cells);
    return *row;
  } else {
    return row.emplace(row_reader<Model, Row>::read_row(cells));
  }
}

template <class Row>
inline constexpr bool is_flat_row = given_scalar_of<Row> != ir::scalar::unknown || std::same_as<Row, value>;
template <class T>
inline constexpr bool is_flat_row<std::optional<T>> = is_flat_row<T>;

/// A row of one value.
template <class Model, class Row>
  requires is_flat_row<Row>
struct row_reader<Model, Row> {
  static Row read_row(std::span<const quarry_cell> cells) {
    if (cells.size() != 1) raise_wrong_width(meta<Model>::value.name, 1, cells.size());
    Row row{};
    if (const read_outcome outcome = read(cells[0], row); outcome != read_outcome::good)
      raise_unreadable(meta<Model>::value.name, "the value of each row", outcome);
    return row;
  }
};

template <class Model, class... T>
struct row_reader<Model, std::tuple<T...>> {
  static std::tuple<T...> read_row(std::span<const quarry_cell> cells) {
    if (cells.size() != sizeof...(T)) raise_wrong_width(meta<Model>::value.name, sizeof...(T), cells.size());
    std::tuple<T...> row;
    std::size_t n = 0;
    const auto take = [&](auto& to) {
      if (const read_outcome outcome = read(cells[n], to); outcome != read_outcome::good)
        raise_unreadable(meta<Model>::value.name, "value " + std::to_string(n + 1) + " of values_list()", outcome);
      ++n;
    };
    std::apply([&](auto&... to) { (take(to), ...); }, row);
    return row;
  }
};

/// The columns of an object as a row to be written; the primary key only when asked for. Throws integrity_error for a
/// key that is not set where the column needs one.
template <class Model>
std::vector<assignment> assignments_of(const Model& object, bool with_key);

[[noreturn]] void raise_null(std::string_view model, std::string_view field);
/// The same error again, with the field in it.
[[noreturn]] void raise_unwritable(const error& e, std::string_view model, std::string_view field);

template <class Model>
operand written_column(const column_access<Model>& column, const Model& object, std::string_view model,
                       std::string_view field) {
  try {
    return column.get(object);
  } catch (const error& e) {
    raise_unwritable(e, model, field);
  }
}

template <class Model>
std::vector<assignment> assignments_of(const Model& object, bool with_key) {
  constexpr const auto& columns = columns_of<Model>;
  constexpr const auto& fields = meta<Model>::value.fields;
  std::vector<assignment> row;
  row.reserve(columns.size());
  for (std::uint32_t c = 0; c < columns.size(); ++c) {
    if (c == key_column<Model>() && !with_key) continue;
    const field_info& f = fields[columns[c].field];
    const operand value = written_column(columns[c], object, meta<Model>::value.name, f.name);
    if (value.form == operand_form::null && !f.facts.nullable) raise_null(meta<Model>::value.name, f.name);
    row.push_back({c, value});
  }
  return row;
}

}  // namespace quarry::detail
