// Rows of a statement that the program wrote itself: what unsafe_raw() gives.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quarry/core/exec/decode.hpp>
#include <quarry/core/query/partial.hpp>
#include <quarry/core/query/records.hpp>
#include <quarry/core/query/row_cache.hpp>
#include <quarry/core/query/verbs.hpp>

namespace quarry {

namespace detail {

/// A value of the rows that is no field.
struct raw_value {
  std::string_view name;
  ir::scalar type;
};

/// Names of columns of a statement, each with the field or value that it is.
using raw_translations = std::vector<std::pair<std::string, std::string>>;

/// Reads the rows of a chain of raw(), its cells in the order that a row wants: some columns of the model, then values. Throws
/// field_error where the statement lacks one.
class raw_rows {
 public:
  raw_rows(session& s, const chain& c, const raw_translations& translations, std::span<const std::uint32_t> columns,
           std::span<const raw_value> values);
  /// The next row, or an empty span at the end.
  std::span<const quarry_cell> next();

 private:
  named_rows found_;
  std::vector<std::size_t> from_;  ///< where the statement has each cell
  std::vector<quarry_cell> row_;
};

/// The columns of the model that a row is made of, and the values beside them.
template <class Model, class Row>
struct raw_layout {
  static constexpr std::array<std::uint32_t, columns_of<Model>.size()> columns = [] {
    std::array<std::uint32_t, columns_of<Model>.size()> out{};
    for (std::uint32_t c = 0; c < out.size(); ++c) out[c] = c;
    return out;
  }();
  static constexpr std::array<raw_value, 0> values{};
};
template <class Model, class Row>
  requires is_partial<Row>
struct raw_layout<Model, Row> {
  static constexpr auto columns = Row::columns;
  static constexpr std::array<raw_value, 0> values{};
};
template <class Model, class Row, class... Named>
struct raw_layout<Model, annotated<Row, Named...>> {
  static constexpr auto columns = raw_layout<Model, Row>::columns;
  static constexpr std::array<raw_value, sizeof...(Named)> values{
      raw_value{Named::name, given_of<typename Named::type>().kind}...};
};

}  // namespace detail

/// The objects that the rows of a statement of the program are. Columns are fields by their names in the database; fetched at the first
/// call that needs a row, and kept.
template <class Model, class Row = Model>
class raw_query_set {
 public:
  using value_type = Row;
  using const_iterator = typename std::vector<Row>::const_iterator;

  raw_query_set(detail::chain chain, std::shared_ptr<detail::session> session,
                detail::raw_translations translations = {})
      : chain_(std::move(chain)), session_(std::move(session)), translations_(std::move(translations)) {}

  /// A column of the statement that is a field, or a value, of another name.
  raw_query_set translate(std::string_view column, std::string_view name) const {
    detail::raw_translations all = translations_;
    all.emplace_back(column, name);
    return {chain_, session_, std::move(all)};
  }
  /// A column that is no field: annotate<"entries", std::int64_t>() gives row.get<"entries">(). T may be an optional.
  template <fixed_string Name, class T>
  auto annotate() const {
    static_assert(detail::given_of<T>().kind != ir::scalar::unknown,
                  "quarry: no value of a database has this C++ type");
    using added = named<Name, T>;
    static_assert(!detail::extended_row<Row, added>::taken, "quarry: two values of the row have this name");
    return raw_query_set<Model, typename detail::extended_row<Row, added>::type>(chain_, session_, translations_);
  }

  /// All rows. Throws field_error where a field of the row has no column in the statement.
  const std::vector<Row>& rows() const {
    return cache_.get().rows([this] { return fetch(); });
  }
  const_iterator begin() const { return rows().begin(); }
  const_iterator end() const { return rows().end(); }
  std::size_t size() const { return rows().size(); }
  bool empty() const { return rows().empty(); }
  /// Throws index_error.
  const Row& at(std::size_t i) const {
    if (i >= rows().size()) detail::raise_past_end();
    return rows()[i];
  }
  std::string sql() const { return session_->sql(chain_, false); }
  const detail::chain& chain() const noexcept { return chain_; }

 private:
  std::vector<Row> fetch() const {
    using layout = detail::raw_layout<Model, Row>;
    std::vector<Row> out;
    detail::raw_rows from(*session_, chain_, translations_, layout::columns, layout::values);
    for (std::span<const quarry_cell> cells = from.next(); !cells.empty(); cells = from.next())
      out.push_back(detail::row_reader<Model, Row>::read_row(cells));
    return out;
  }

  detail::chain chain_;
  std::shared_ptr<detail::session> session_;
  detail::raw_translations translations_;
  detail::row_cache_ref<Row> cache_;
};

}  // namespace quarry
