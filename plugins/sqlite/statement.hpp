#ifndef QUARRY_PLUGINS_SQLITE_STATEMENT_HPP
#define QUARRY_PLUGINS_SQLITE_STATEMENT_HPP

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sqlite3.h>

#include <quarry/plugins/sdk/arena.hpp>
#include <quarry/plugins/sdk/plugin.hpp>
#include <quarry/plugins/sqlite/database.hpp>

namespace quarry::plugin::sqlite {

// A prepared statement. Between its uses it waits in its database's cache; memory for binds, cells and texts is kept.
class statement final : public handle {
 public:
  // Throws the database's error, or one that says that the text is not exactly one statement.
  statement(database& db, std::string_view sql, std::size_t hash);
  ~statement();

  void start(std::shared_ptr<database> db, std::span<const quarry_type> binds, std::span<const quarry_type> results);

  outcome execute(std::span<const quarry_cell> values);
  rows next(std::uint32_t most);
  void finish() noexcept;
  void execute_many(many_rows& all);
  std::span<const quarry_str> column_names();
  void set_fetch_size(std::uint32_t count) noexcept { fetch_size_ = count == 0 ? default_fetch_size : count; }

 private:
  friend class database;
  friend struct to_cache;

  // idle: not executed; row_ready: on a row that is not read yet; at_row: on a row that was; collected: all rows are in cells_.
  enum class state : std::uint8_t { idle, row_ready, at_row, collected, done };
  static constexpr std::uint32_t default_fetch_size = 1024;
  static constexpr std::size_t batch_bytes = 1u << 20;
  static constexpr std::size_t most_kept_cells = 65'536;

  void bind(int index, const quarry_type& type, const quarry_cell& value);
  void bind_text(int index, const char* text, std::size_t size);
  bool is_running() const noexcept { return state_ == state::row_ready || state_ == state::at_row; }
  // The value is one of this connection's current row. No other thread uses the connection, so that it needs no protection.
  bool read_plain(sqlite3_value* value, std::uint16_t type, quarry_cell& to);
  void read(int column, sqlite3_value* value, const quarry_type& type, quarry_cell& to);
  void step();
  void begin_batch() noexcept;
  void read_row();
  void collect();
  [[noreturn]] void fail(int code);
  [[noreturn]] void mismatch(int column, const quarry_type& type);

  std::shared_ptr<database> db_;
  sqlite3_stmt* stmt_ = nullptr;
  std::string sql_;
  std::size_t hash_;
  statement* previous_ = nullptr;
  statement* next_ = nullptr;

  std::vector<quarry_type> bind_types_;
  std::vector<quarry_type> result_types_;
  arena bound_;
  std::vector<quarry_cell> cells_;
  std::size_t read_ = 0;  // cells
  arena texts_;
  plugin::column_names names_;
  std::uint32_t fetch_size_ = default_fetch_size;
  std::size_t handed_out_ = 0;  // cells
  state state_ = state::idle;
};

struct to_cache {
  void operator()(statement* used) const noexcept;
};
using statement_pointer = std::unique_ptr<statement, to_cache>;

}  // namespace quarry::plugin::sqlite

#endif
