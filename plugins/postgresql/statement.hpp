#ifndef QUARRY_PLUGINS_POSTGRESQL_STATEMENT_HPP
#define QUARRY_PLUGINS_POSTGRESQL_STATEMENT_HPP

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <quarry/plugins/postgresql/decode.hpp>
#include <quarry/plugins/postgresql/encode.hpp>
#include <quarry/plugins/postgresql/session.hpp>
#include <quarry/plugins/sdk/arena.hpp>
#include <quarry/plugins/sdk/plugin.hpp>

namespace quarry::plugin::postgresql {

class statement;

// A statement that is dropped waits in its session for the next use of its text, with the memory that it has grown.
struct to_cache {
  void operator()(statement* used) const noexcept;
};
using statement_pointer = std::unique_ptr<statement, to_cache>;

// One statement and its current execution. All rows are taken at once. Those of a query that was told a fetch size come one by one
// from the server, so that memory is bounded by a batch; not those that a change returns, for only behind the last of them is it known
// that the change holds.
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
  friend struct to_cache;

  // idle: not executed; whole: result_ holds all rows; reading: the server sends rows, result_ is the first of those that were not
  // handed out; collected: what is left is in cells_; done.
  enum class state : std::uint8_t { idle, whole, reading, collected, done };
  static constexpr std::uint32_t default_fetch_size = 1024;
  static constexpr std::size_t batch_bytes = 1u << 20;
  static constexpr std::size_t most_cells = 16'384;

  bool is(std::string_view sql, std::span<const quarry_type> binds,
          std::span<const quarry_type> results) const noexcept;
  // What it has grown is little enough to be kept.
  bool is_small() const noexcept {
    return cells_.capacity() + kept_.capacity() <= most_cells && texts_.size() <= batch_bytes;
  }
  const std::string& prepared_name();
  void send();
  // The first result of what was sent. Throws the database's error, with the connection free again.
  result_pointer first_result();
  // True where it was the statement as prepared that failed, and preparing it again may help.
  bool outdated(const error& failure) const;
  void take(result_pointer result);
  void read_row(const PGresult* result);
  rows next_of_whole(std::uint32_t limit);
  // Reads what the server still sends for this statement and drops it.
  void drain() noexcept;
  void collect_rest();
  void check_columns(const PGresult* result) const;

  std::shared_ptr<session> session_;
  std::string sql_;
  std::vector<quarry_type> bind_types_;
  std::vector<quarry_type> result_types_;
  std::vector<Oid> oids_;
  bool changes_;
  parameters values_;
  decoder decoder_;
  result_pointer result_;
  std::string name_;  // under which it is prepared, while session_->names_dropped() is
  std::uint64_t names_dropped_ = 0;
  std::vector<quarry_cell> cells_;
  std::vector<quarry_cell> kept_;  // what was handed out before the rest was collected
  arena texts_;
  plugin::column_names names_;
  std::uint32_t fetch_size_ = default_fetch_size;
  std::size_t handed_out_ = 0;  // cells; of a whole result, rows
  std::int64_t rows_affected_ = -1;
  bool streams_ = false;
  state state_ = state::idle;
};

}  // namespace quarry::plugin::postgresql

#endif
