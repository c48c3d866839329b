#ifndef QUARRY_PLUGINS_MYSQL_STATEMENT_HPP
#define QUARRY_PLUGINS_MYSQL_STATEMENT_HPP

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <quarry/plugins/mysql/decode.hpp>
#include <quarry/plugins/mysql/session.hpp>
#include <quarry/plugins/sdk/arena.hpp>
#include <quarry/plugins/sdk/plugin.hpp>

namespace quarry::plugin::mysql {

// One statement and its current execution. A prepared statement brings all its rows into the client's memory; only a statement that is sent
// as text streams. So one that was told a fetch size streams: its values become variables of the session by a prepared SET, and
// EXECUTE … USING reads them; no value is ever written into a text.
class statement final : public handle {
 public:
  statement(std::shared_ptr<session> owner, std::string_view sql, std::span<const quarry_type> binds,
            std::span<const quarry_type> results);
  ~statement();

  outcome execute(std::span<const quarry_cell> values);
  rows next(std::uint32_t most);
  void finish() noexcept;
  void execute_many(many_rows& all);
  std::span<const quarry_str> column_names();
  void set_fetch_size(std::uint32_t count) noexcept {
    fetch_size_ = count == 0 ? default_fetch_size : count;
    streams_ = count != 0;
  }

 private:
  friend class session;

  // idle: not executed; reading: rows_ stands before its next row; collected: what is left is in cells_; done.
  enum class state : std::uint8_t { idle, reading, collected, done };
  static constexpr std::uint32_t default_fetch_size = 1024;
  static constexpr std::size_t batch_bytes = 1u << 20;

  void bind(sql::PreparedStatement& to, std::span<const quarry_cell> values);
  outcome start(std::span<const quarry_cell> values);
  void start_stream(std::span<const quarry_cell> values);
  void end_stream() noexcept;
  // Reads one row into cells_; false: there is none left.
  bool read_row();
  void collect_rest();
  void end_rows();
  void close_rows() noexcept;

  std::shared_ptr<session> session_;
  std::string sql_;
  std::vector<quarry_type> bind_types_;
  std::vector<quarry_type> result_types_;
  std::unique_ptr<sql::PreparedStatement> prepared_;
  std::unique_ptr<sql::Statement> streaming_;
  std::unique_ptr<sql::ResultSet> rows_;  // goes before its statement
  decoder decoder_;
  std::vector<quarry_cell> cells_;
  std::vector<quarry_cell> kept_;  // what was handed out before the rest was collected
  arena texts_;
  plugin::column_names names_;
  std::uint32_t fetch_size_ = default_fetch_size;
  std::size_t handed_out_ = 0;  // cells
  bool streams_ = false;
  state state_ = state::idle;
};

using statement_pointer = std::unique_ptr<statement>;

}  // namespace quarry::plugin::mysql

#endif
