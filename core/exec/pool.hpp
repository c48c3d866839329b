// A small bounded pool of connections. A database whose every connection is a database of its own has exactly one, which a
// thread that holds it already may take again.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <quarry/ir/support/result.hpp>
#include <quarry/plugins/host/connection.hpp>

namespace quarry::detail {

struct pool_options {
  std::uint32_t size = 8;
  std::chrono::milliseconds wait{30'000};
};

class connection_pool;

/// A borrowed connection; goes back when destroyed.
class lease {
 public:
  lease() = default;
  lease(lease&& o) noexcept : pool_(std::exchange(o.pool_, nullptr)), index_(o.index_) {}
  lease& operator=(lease&& o) noexcept {
    std::swap(pool_, o.pool_);
    std::swap(index_, o.index_);
    return *this;
  }
  ~lease();
  host::connection& operator*() const noexcept;
  host::connection* operator->() const noexcept { return &**this; }
  explicit operator bool() const noexcept { return pool_ != nullptr; }

 private:
  friend class connection_pool;
  lease(connection_pool* pool, std::size_t index) noexcept : pool_(pool), index_(index) {}
  connection_pool* pool_ = nullptr;
  std::size_t index_ = 0;
};

class connection_pool {
 public:
  using opener = std::function<ir::result<host::connection>()>;
  connection_pool(opener open, pool_options options, bool single);

  /// A connection that nobody else uses; waits when all are in use, and gives up after `wait`.
  ir::result<lease> take();
  /// Hands the pool a connection that was opened before it.
  void adopt(host::connection c);

 private:
  friend class lease;
  struct slot {
    host::connection connection;
    std::uint32_t users = 0;
    std::thread::id user;
  };
  void give_back(std::size_t index) noexcept;
  opener open_;
  pool_options options_;
  bool single_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<slot>> slots_;
  std::uint32_t opening_ = 0;
};

}  // namespace quarry::detail
