// Where queries run: the face that a database and a transaction share. Holds no connection itself; each call borrows one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <quarry/core/plan/options.hpp>
#include <quarry/core/query/chain.hpp>
#include <quarry/plugins/abi/quarry_plugin.h>

namespace quarry::detail {

/// Rows of a running query, one at a time, in the columns of the chain's row layout (every column of the model, or the ones
/// that values_list chose; one integer for count and exists). Cells live until the next call. Holds its connection until the
/// last row was read or the cursor is destroyed.
class cursor {
 public:
  class source {
   public:
    virtual ~source() = default;
    /// Up to a batch of rows; count 0 = the end. Throws quarry::error.
    virtual std::span<const quarry_cell> fetch(std::uint32_t& rows) = 0;
  };
  /// `stride`: cells of a row as the source gives it; `columns`: how many of them, from the first on, are the row.
  cursor(std::unique_ptr<source> rows, std::uint32_t stride, std::uint32_t columns)
      : source_(std::move(rows)), stride_(stride), columns_(columns) {}
  cursor(std::unique_ptr<source> rows, std::uint32_t columns) : cursor(std::move(rows), columns, columns) {}
  /// The next row, or an empty span at the end.
  std::span<const quarry_cell> next() {
    if (at_ == rows_ && !refill()) return {};
    return batch_.subspan(std::size_t{at_++} * stride_, columns_);
  }
  std::uint32_t columns() const noexcept { return columns_; }

 private:
  bool refill();
  std::unique_ptr<source> source_;
  std::span<const quarry_cell> batch_;
  std::uint32_t rows_ = 0, at_ = 0, stride_, columns_;
  bool ended_ = false;
};

/// One column of a new or changed row.
struct assignment {
  std::uint32_t column;  ///< of the model
  operand value;
};

/// Says as what type a column of an application's own statement is read: by its name. Unknown: as what is stored.
using column_typer = std::function<ir::type(std::string_view name)>;

/// The rows of a statement of the application, whose columns nobody knew before.
struct named_rows {
  std::vector<std::string> names;
  cursor rows;
};

class session {
 public:
  virtual ~session() = default;
  /// Compiles (or finds the plan), binds, executes. Throws quarry::error.
  virtual cursor run(const chain& c) = 0;
  /// The same for rows that nobody keeps: neither does the driver, where it has the choice.
  virtual cursor stream(const chain& c) { return run(c); }
  /// Runs a statement of the application, a chain of raw(). Throws quarry::error.
  virtual named_rows run_raw(const chain& c, const column_typer& type_of);
  /// INSERT of one row; gives the key that the database generated, or 0 when none was.
  virtual std::int64_t insert(const std::shared_ptr<const ir::catalog>& catalog, std::uint32_t model,
                              std::span<const assignment> row) = 0;
  /// UPDATE of the columns of the row with this primary key; gives the number of rows matched.
  virtual std::int64_t update(const std::shared_ptr<const ir::catalog>& catalog, std::uint32_t model,
                              const operand& key, std::span<const assignment> row) = 0;
  /// Whether the database numbers the rows of a group: row_number() OVER (PARTITION BY …).
  virtual bool numbers_rows() const { return false; }
  /// The SQL text of the chain on this database, with its binds listed below when asked for; nothing is executed.
  virtual std::string sql(const chain& c, bool with_values) = 0;
  /// How the database would run the chain, in its own words, a line each; empty for a query that needs no statement.
  virtual std::string explain(const chain& c, const explain_request& how);
};

}  // namespace quarry::detail
