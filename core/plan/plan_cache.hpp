// The plan cache: bounded, shared by threads, never wrong: a hit is confirmed by comparing structure.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <shared_mutex>
#include <unordered_map>

#include <quarry/core/plan/plan.hpp>

namespace quarry::detail {

class plan_cache {
 public:
  explicit plan_cache(std::size_t capacity = 1024) : capacity_(capacity) {}

  /// The plan with this key whose structure `confirm` accepts, or null.
  template <class Confirm>
  std::shared_ptr<const plan> find(const plan_key& key, Confirm&& confirm) {
    const std::shared_lock lock(mutex_);
    const auto [begin, end] = plans_.equal_range(key.hash());
    for (auto at = begin; at != end; ++at) {
      const plan& p = *at->second.plan;
      if (p.key == key && confirm(std::string_view(p.shape))) {
        at->second.used.store(clock_.fetch_add(1, std::memory_order_relaxed), std::memory_order_relaxed);
        hits_.fetch_add(1, std::memory_order_relaxed);
        return at->second.plan;
      }
    }
    misses_.fetch_add(1, std::memory_order_relaxed);
    return nullptr;
  }
  /// Keeps a plan; when full, the older half goes first.
  void insert(std::shared_ptr<const plan> p);
  void clear();
  std::size_t size() const;
  std::uint64_t hits() const noexcept { return hits_.load(std::memory_order_relaxed); }
  std::uint64_t misses() const noexcept { return misses_.load(std::memory_order_relaxed); }

 private:
  struct entry {
    explicit entry(std::shared_ptr<const detail::plan> p, std::uint64_t now) : plan(std::move(p)), used(now) {}
    std::shared_ptr<const detail::plan> plan;
    std::atomic<std::uint64_t> used;
  };
  void drop_older_half();
  std::size_t capacity_;
  mutable std::shared_mutex mutex_;
  std::unordered_multimap<std::uint64_t, entry> plans_;
  std::atomic<std::uint64_t> clock_{0}, hits_{0}, misses_{0};
};

}  // namespace quarry::detail
