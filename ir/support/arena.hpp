// Memory of one compilation that the next one uses again: arrays of plain structs that grow and never shrink.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

namespace quarry::ir {

/// Like std::vector, for what can be copied as bytes. `clear` keeps the memory; a new element costs a comparison and a store.
template <class T>
class arena_array {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  arena_array() noexcept = default;
  arena_array(arena_array&& o) noexcept { swap(o); }
  arena_array& operator=(arena_array&& o) noexcept {
    swap(o);
    return *this;
  }

  std::uint32_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  T* data() noexcept { return data_.get(); }
  const T* data() const noexcept { return data_.get(); }
  T& operator[](std::size_t i) noexcept { return data_[i]; }
  const T& operator[](std::size_t i) const noexcept { return data_[i]; }
  T* begin() noexcept { return data_.get(); }
  T* end() noexcept { return data_.get() + size_; }
  const T* begin() const noexcept { return data_.get(); }
  const T* end() const noexcept { return data_.get() + size_; }
  /// The elements from `first` on; until the next one is added.
  std::span<const T> from(std::uint32_t first) const noexcept { return {data_.get() + first, size_ - first}; }

  void clear() noexcept { size_ = 0; }
  /// Forgets the elements from `size` on.
  void truncate(std::uint32_t size) noexcept { size_ = size; }
  void push_back(T value) {
    if (size_ == capacity_) grow(1);
    data_[size_++] = value;
  }
  /// `more` must not be a part of this array.
  void append(std::span<const T> more) {
    std::copy(more.begin(), more.end(), room(more.size()));
    extend(static_cast<std::uint32_t>(more.size()));
  }
  /// Where the next `more` elements go; they count once `extend` says so.
  T* room(std::size_t more) {
    if (more > capacity_ - size_) grow(more);
    return data_.get() + size_;
  }
  void extend(std::uint32_t more) noexcept { size_ += more; }

 private:
  [[gnu::cold, gnu::noinline]] void grow(std::size_t more) {
    const std::size_t wanted = std::max<std::size_t>({64, std::size_t{capacity_} * 2, size_ + more});
    auto larger = std::make_unique_for_overwrite<T[]>(wanted);
    std::copy_n(data_.get(), size_, larger.get());
    data_ = std::move(larger);
    capacity_ = static_cast<std::uint32_t>(wanted);
  }
  void swap(arena_array& o) noexcept {
    std::swap(data_, o.data_);
    std::swap(size_, o.size_);
    std::swap(capacity_, o.capacity_);
  }

  std::unique_ptr<T[]> data_;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
};

}  // namespace quarry::ir
