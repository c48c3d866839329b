#include <quarry/core/plan/plan_cache.hpp>

#include <algorithm>
#include <mutex>
#include <vector>

namespace quarry::detail {

std::uint64_t plan_key::hash() const noexcept {
  std::uint64_t h = ir::mix64(shape.lo, shape.hi);
  h = ir::mix64(h, catalog ^ (epoch << 32U));
  h = ir::mix64(h,
                static_cast<std::uint64_t>(options.semantics) | static_cast<std::uint64_t>(options.aggregates) << 8U |
                    static_cast<std::uint64_t>(options.exclude) << 16U | static_cast<std::uint64_t>(where) << 24U);
  h = ir::mix64(h, options.disabled_passes);
  return ir::mix64(ir::mix64(h, plugin), facts);
}

void plan_cache::insert(std::shared_ptr<const plan> p) {
  const std::unique_lock lock(mutex_);
  // Two threads may have compiled the same query: the first one stays.
  const auto [begin, end] = plans_.equal_range(p->key.hash());
  for (auto at = begin; at != end; ++at)
    if (at->second.plan->key == p->key && at->second.plan->shape == p->shape) return;
  if (capacity_ == 0) return;
  if (plans_.size() >= capacity_) drop_older_half();
  const std::uint64_t hash = p->key.hash();
  plans_.emplace(std::piecewise_construct, std::forward_as_tuple(hash),
                 std::forward_as_tuple(std::move(p), clock_.fetch_add(1, std::memory_order_relaxed)));
}

void plan_cache::drop_older_half() {
  std::vector<std::uint64_t> ages;
  for (const auto& [hash, e] : plans_) ages.push_back(e.used.load(std::memory_order_relaxed));
  const auto middle = ages.begin() + static_cast<std::ptrdiff_t>(ages.size() / 2);
  std::nth_element(ages.begin(), middle, ages.end());
  const std::uint64_t oldest_kept = *middle;
  for (auto at = plans_.begin(); at != plans_.end();)
    at = at->second.used.load(std::memory_order_relaxed) <= oldest_kept ? plans_.erase(at) : std::next(at);
}

void plan_cache::clear() {
  const std::unique_lock lock(mutex_);
  plans_.clear();
}

std::size_t plan_cache::size() const {
  const std::shared_lock lock(mutex_);
  return plans_.size();
}

}  // namespace quarry::detail
