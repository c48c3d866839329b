#ifndef QUARRY_PLUGINS_SDK_ARENA_HPP
#define QUARRY_PLUGINS_SDK_ARENA_HPP

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <vector>

namespace quarry::plugin {

// Bytes that stay where they are until clear(), which keeps the memory for the next batch.
class arena {
 public:
  char* take(std::size_t size) {
    while (block_ < blocks_.size() && blocks_[block_].size - used_ < size) {
      ++block_;
      used_ = 0;
    }
    if (block_ == blocks_.size()) {
      std::size_t room = std::max(size, blocks_.empty() ? first_block : blocks_.back().size * 2);
      blocks_.push_back({std::make_unique_for_overwrite<char[]>(room), room});
    }
    char* at = blocks_[block_].bytes.get() + used_;
    used_ += size;
    total_ += size;
    return at;
  }
  const char* copy(const void* from, std::size_t size) {
    char* to = take(size);
    if (size != 0) std::memcpy(to, from, size);
    return to;
  }
  // Gives back the last bytes of what was taken last.
  void shrink(std::size_t by) noexcept {
    used_ -= by;
    total_ -= by;
  }
  void clear() noexcept {
    if (total_ > keep_most) blocks_.clear();
    block_ = used_ = total_ = 0;
  }
  std::size_t size() const noexcept { return total_; }

 private:
  static constexpr std::size_t first_block = 512;
  static constexpr std::size_t keep_most = 4u << 20;
  struct block {
    std::unique_ptr<char[]> bytes;
    std::size_t size;
  };
  std::vector<block> blocks_;
  std::size_t block_ = 0, used_ = 0, total_ = 0;
};

}  // namespace quarry::plugin

#endif
