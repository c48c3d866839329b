// A small bounded pool of connections. A database whose every connection is a database of its own has exactly one, which a
// thread that holds it already may take again.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <quarry/ir/support/result.hpp>
#include <quarry/plugins/host/connection.hpp>

namespace quarry::detail {

struct pool_options {
  std::uint32_t size = 8;
  std::chrono::milliseconds wait{30'000};
};

class connection_pool;
struct plan;

/// Prepared statements of one connection, each waiting for the next use of its plan. Plans share places: the last one that was used has
/// it, and the plugin's own cache of texts serves the others.
class kept_statements {
 public:
  /// The statement of this plan, which is kept no longer; empty where there is none.
  host::statement take(const plan& of) noexcept;
  /// A statement that is not executed just now, and whose last execution did not fail.
  void keep(std::shared_ptr<const plan> of, host::statement prepared) noexcept;
  void clear() noexcept;

 private:
  struct kept {
    std::shared_ptr<const plan> of;  ///< lives as long as its place, so that its address is no other plan's
    host::statement prepared;
  };
  kept& place_of(const plan& p) noexcept;
  std::array<kept, 64> places_;
};

/// What a pool keeps of one connection.
struct pooled_connection {
  /// Closes it, unless one of its statements is still in use.
  void close() noexcept {
    statements.clear();
    connection = host::connection();
  }
  host::connection connection;  ///< empty: opened by whoever takes it
  kept_statements statements;
  std::uint32_t users = 0;
  std::thread::id user;
  bool returning =
      false;  ///< is being made fit for the next user; of a single connection, whose user may take it again
  std::chrono::steady_clock::time_point idle_since;
  std::uint64_t losses = 0;  ///< of the pool, when this connection was last known to live
};

/// A borrowed connection; goes back when destroyed.
class lease {
 public:
  lease() = default;
  lease(lease&& o) noexcept : pool_(std::exchange(o.pool_, nullptr)), slot_(o.slot_) {}
  lease& operator=(lease&& o) noexcept {
    std::swap(pool_, o.pool_);
    std::swap(slot_, o.slot_);
    return *this;
  }
  ~lease();
  host::connection& operator*() const noexcept { return slot_->connection; }
  kept_statements& statements() const noexcept { return slot_->statements; }
  host::connection* operator->() const noexcept { return &slot_->connection; }
  explicit operator bool() const noexcept { return pool_ != nullptr; }

 private:
  friend class connection_pool;
  lease(connection_pool* pool, pooled_connection* slot) noexcept : pool_(pool), slot_(slot) {}
  connection_pool* pool_ = nullptr;
  pooled_connection* slot_ = nullptr;
};

class connection_pool {
 public:
  using opener = std::function<ir::result<host::connection>()>;
  connection_pool(opener open, pool_options options, bool single);

  /// A connection that nobody else uses. Waits when all are in use, in the order of the calls, and gives up after `wait`. One
  /// that lay idle for a while, or since before another one was lost, is asked for a sign of life and replaced if it gives none.
  ir::result<lease> take();
  /// Hands the pool a connection that was opened before it.
  void adopt(host::connection c);

 private:
  friend class lease;
  using clock = std::chrono::steady_clock;
  using line = std::list<std::condition_variable>;

  struct claimed {
    pooled_connection* slot;
    bool doubtful;
    std::uint64_t losses;  ///< of the pool by then
  };
  pooled_connection* free_slot();
  void wake_next() noexcept;
  ir::result<claimed> claim();
  bool is_doubtful(const pooled_connection& s) const noexcept;
  void give_back(pooled_connection& s) noexcept;

  opener open_;
  pool_options options_;
  bool single_;
  std::mutex mutex_;
  line waiting_;  // the first comes first
  std::vector<std::unique_ptr<pooled_connection>> slots_;
  std::uint64_t losses_ = 0;  // connections that were found dead
};

}  // namespace quarry::detail
