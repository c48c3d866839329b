// Rows in memory: what the interpreter reads and gives, and what is loaded into a database to compare with.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <quarry/ir/model/catalog.hpp>

namespace quarry::test {

/// One value. Dates, times and durations are integers, in the units of the plugin border.
using cell = std::variant<std::monostate, bool, std::int64_t, double, std::string>;
inline constexpr std::monostate null;
inline bool is_null(const cell& c) noexcept { return c.index() == 0; }

using row = std::vector<cell>;

/// The rows of each model of a catalog, by the model's index; a row has a cell for each column, in the order of the model.
struct table_rows {
  std::vector<std::vector<row>> of;
};

/// The values of a query's parameters, by number: one cell, or the elements of a list.
using param_values = std::vector<std::vector<cell>>;

std::string to_text(const cell& c);
/// "(1, NULL, 'a')"
std::string to_text(const row& r);
/// One row a line.
std::string to_text(const std::vector<row>& rows);
/// "Blog (id, name): (1, 'a'), (2, 'b')", a line for each model.
std::string to_text(const ir::catalog& schema, const table_rows& tables);

/// Whether both have the same rows, each as often; with `ordered` in the same order as well. Reals may differ in rounding.
bool same_rows(std::vector<row> a, std::vector<row> b, bool ordered = false);

}  // namespace quarry::test
