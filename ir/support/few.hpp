// A short list of at most N values that never allocates.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace quarry::ir {

/// Up to N values in place. What doesn't fit is refused, not lost: add() says so.
template <class T, std::size_t N>
class few {
 public:
  static constexpr std::size_t most = N;

  /// False: full, and `v` was not added.
  bool add(const T& v) {
    if (count_ == N) return false;
    all_[count_++] = v;
    return true;
  }
  std::span<T> all() noexcept { return {all_.data(), count_}; }
  std::span<const T> all() const noexcept { return {all_.data(), count_}; }
  std::size_t size() const noexcept { return count_; }
  T& operator[](std::size_t i) noexcept { return all_[i]; }
  const T& operator[](std::size_t i) const noexcept { return all_[i]; }
  void clear() noexcept { count_ = 0; }

 private:
  std::array<T, N> all_{};
  std::size_t count_ = 0;
};

}  // namespace quarry::ir
