// The rows of a QuerySet that was evaluated: shared by all copies of its handle, filled once.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace quarry::detail {

template <class Row>
class row_cache {
 public:
  /// The rows, fetched at the first call; when that throws, the next call tries again.
  template <class Fetch>
  const std::vector<Row>& rows(Fetch&& fetch) {
    if (!filled()) {
      const std::lock_guard lock(mutex_);
      if (!filled()) {
        rows_ = fetch();
        filled_.store(true, std::memory_order_release);
      }
    }
    return rows_;
  }
  bool filled() const noexcept { return filled_.load(std::memory_order_acquire); }
  const std::vector<Row>& filled_rows() const noexcept { return rows_; }

  void retain() noexcept { refs_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  std::atomic<std::uint32_t> refs_{1};
  std::atomic<bool> filled_{false};
  std::mutex mutex_;
  std::vector<Row> rows_;
};

/// Refers to a cache that comes into being when the handle is first copied or evaluated: a chained call needs none.
template <class Row>
class row_cache_ref {
 public:
  row_cache_ref() noexcept = default;
  row_cache_ref(const row_cache_ref& o) : cache_(&o.get()) { cache_.load(std::memory_order_relaxed)->retain(); }
  row_cache_ref(row_cache_ref&& o) noexcept : cache_(o.cache_.exchange(nullptr, std::memory_order_relaxed)) {}
  row_cache_ref& operator=(row_cache_ref o) noexcept {
    row_cache<Row>* const mine = cache_.exchange(o.cache_.load(std::memory_order_relaxed), std::memory_order_relaxed);
    o.cache_.store(mine, std::memory_order_relaxed);
    return *this;
  }
  ~row_cache_ref() {
    if (row_cache<Row>* const c = cache_.load(std::memory_order_acquire)) c->release();
  }
  /// The cache, made now if there is none; safe from several threads.
  row_cache<Row>& get() const {
    row_cache<Row>* c = cache_.load(std::memory_order_acquire);
    if (c) return *c;
    auto* made = new row_cache<Row>;
    if (cache_.compare_exchange_strong(c, made, std::memory_order_acq_rel)) return *made;
    made->release();
    return *c;
  }
  /// Is there a cache, of which another handle may know?
  bool is_shared() const noexcept { return cache_.load(std::memory_order_relaxed) != nullptr; }
  /// The rows if somebody has fetched them.
  const std::vector<Row>* peek() const noexcept {
    const row_cache<Row>* c = cache_.load(std::memory_order_acquire);
    return c && c->filled() ? &c->filled_rows() : nullptr;
  }

 private:
  mutable std::atomic<row_cache<Row>*> cache_{nullptr};
};

}  // namespace quarry::detail
