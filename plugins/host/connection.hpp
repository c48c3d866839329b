// Connections and statements of a plugin, as owners of its handles. What the plugin answers is checked before it is believed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quarry/ir/model/type.hpp>
#include <quarry/plugins/host/dialect.hpp>
#include <quarry/plugins/host/error.hpp>
#include <quarry/plugins/host/plugin.hpp>

namespace quarry::host {

namespace detail {
class connection_state;
}

/// What kind of transaction begins. Values combine: read_only | serializable.
enum class begin_mode : std::uint32_t {
  normal = QUARRY_BEGIN_DEFAULT,
  read_only = QUARRY_BEGIN_READ_ONLY,
  read_committed = QUARRY_BEGIN_READ_COMMITTED,
  repeatable_read = QUARRY_BEGIN_REPEATABLE_READ,
  serializable = QUARRY_BEGIN_SERIALIZABLE,
  load = QUARRY_BEGIN_LOAD  ///< foreign keys are not checked; where the fact unchecked_load says so
};
constexpr begin_mode operator|(begin_mode a, begin_mode b) noexcept {
  return static_cast<begin_mode>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}

enum class inspection : std::uint32_t {
  tables = QUARRY_INSPECT_TABLES,
  columns = QUARRY_INSPECT_COLUMNS,
  constraints = QUARRY_INSPECT_CONSTRAINTS,
  indexes = QUARRY_INSPECT_INDEXES
};

struct outcome {
  std::int64_t rows_affected = -1;  ///< matched by an INSERT, UPDATE or DELETE; -1 when not known
  std::optional<std::int64_t> generated_key;
};

/// Rows as the plugin holds them, until the next call on their statement. Cells have the types told to prepare, or are NULL.
class row_batch {
 public:
  row_batch() = default;
  row_batch(const quarry_cell* cells, std::uint32_t rows, std::uint32_t columns) noexcept
      : cells_(cells), rows_(rows), columns_(columns) {}
  std::uint32_t size() const noexcept { return rows_; }
  bool empty() const noexcept { return rows_ == 0; }
  std::span<const quarry_cell> operator[](std::uint32_t row) const noexcept {
    return {cells_ + std::size_t{row} * columns_, columns_};
  }

 private:
  const quarry_cell* cells_ = nullptr;
  std::uint32_t rows_ = 0;
  std::uint32_t columns_ = 0;
};

inline bool is_null(const quarry_cell& c) noexcept { return (c.flags & QUARRY_CELL_NULL) != 0; }

/// A prepared statement; move-only. It keeps its connection open. One thread at a time for a connection and all its statements.
class statement {
 public:
  statement() = default;
  statement(statement&& other) noexcept
      : state_(std::move(other.state_)),
        handle_(std::exchange(other.handle_, nullptr)),
        bind_count_(other.bind_count_),
        columns_(std::move(other.columns_)) {}
  statement& operator=(statement&& other) noexcept {
    statement(std::move(other)).swap(*this);
    return *this;
  }
  ~statement();

  explicit operator bool() const noexcept { return handle_ != nullptr; }
  std::uint32_t bind_count() const noexcept { return bind_count_; }
  std::uint32_t column_count() const noexcept { return static_cast<std::uint32_t>(columns_.size()); }

  /// Runs it, from the beginning if it ran before. One cell a placeholder, valid during the call.
  ir::result<outcome> execute(std::span<const quarry_cell> binds);
  /// Rows of binds, row after row; outcomes has room for one record a row and says how far it got by `done`.
  ir::result<void> execute_many(std::span<const quarry_cell> rows, std::span<outcome> outcomes, std::uint32_t& done);
  /// Up to max_rows rows; none: that was the last.
  ir::result<row_batch> next(std::uint32_t max_rows);
  /// Ends the execution; the statement may be executed again.
  void finish() noexcept;
  /// The names of the columns of its rows, of a statement that was prepared without types for them.
  ir::result<std::vector<std::string>> column_names();
  /// Rows to fetch ahead at most; a plugin that knows no such thing ignores it.
  ir::result<void> set_fetch_size(std::uint32_t rows);

 private:
  friend class connection;
  statement(std::shared_ptr<detail::connection_state> state, quarry_statement* handle, std::uint32_t bind_count,
            std::span<const quarry_type> columns);
  void swap(statement& other) noexcept;
  ir::failure bad_cell(std::size_t column, const quarry_cell& cell) const;
  ir::result<void> execute_each(std::span<const quarry_cell> rows, std::span<outcome> outcomes, std::uint32_t& done);

  std::shared_ptr<detail::connection_state> state_;
  quarry_statement* handle_ = nullptr;
  std::uint32_t bind_count_ = 0;
  std::vector<std::uint8_t> columns_;  // QUARRY_TYPE_ of each
};

/// An open connection; move-only. It is closed when it and all its statements are gone.
class connection {
 public:
  connection() = default;
  explicit operator bool() const noexcept { return state_ != nullptr; }

  const host::plugin& plugin() const noexcept;
  /// Capabilities of this very connection: server version and settings.
  ir::result<dialect> describe();

  ir::result<statement> prepare(std::string_view sql, std::span<const ir::type> binds,
                                std::span<const ir::type> columns);
  /// `table` may be empty: all of them. quarry_plugin.h lists the columns of each answer.
  ir::result<statement> inspect(inspection what, std::string_view table = {});

  ir::result<void> begin(begin_mode mode = begin_mode::normal);
  ir::result<void> commit();
  ir::result<void> rollback();
  ir::result<void> savepoint(std::uint32_t number);
  ir::result<void> release_savepoint(std::uint32_t number);
  ir::result<void> rollback_to(std::uint32_t number);

  /// Stops what runs on this connection; from any thread, as long as the connection lives.
  ir::result<void> cancel() const;
  /// Whether the plugin can be asked that.
  bool can_cancel() const noexcept;
  /// Is it alive and able to do work? A plugin that can't tell says yes.
  ir::result<void> ping();
  /// Idle and outside a transaction: fit to go back to a pool.
  bool idle();
  /// A call on this connection or one of its statements has reported that the connection is gone.
  bool lost() const noexcept;
  /// Why the last call on this connection or one of its statements failed; none after success.
  error_category last_error() const noexcept;

 private:
  friend class host::plugin;
  explicit connection(std::shared_ptr<detail::connection_state> state) noexcept : state_(std::move(state)) {}
  std::shared_ptr<detail::connection_state> state_;
};

}  // namespace quarry::host
