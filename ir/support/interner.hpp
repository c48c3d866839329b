// Interned names. A context's interner stands on a catalog's: names known to the catalog keep their number in every context.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <quarry/ir/support/hash.hpp>

namespace quarry::ir {

/// The number of an interned name. Numbers below the base interner's size belong to the base.
struct symbol {
  std::uint32_t value = 0xffffffffU;
  constexpr bool present() const noexcept { return value != 0xffffffffU; }
  friend constexpr bool operator==(symbol, symbol) = default;
};

class interner {
 public:
  /// `base` must outlive this interner and not change any more; null for none.
  explicit interner(const interner* base = nullptr) noexcept : base_(base), first_(base ? base->size() : 0) {}

  symbol intern(std::string_view text) { return intern(text, hash_text(text)); }
  /// For callers that know hash_text(text) already.
  symbol intern(std::string_view text, std::uint64_t hash);
  /// The symbol of a text that was interned before, or an absent one.
  symbol find(std::string_view text, std::uint64_t hash) const noexcept;
  std::string_view text(symbol s) const noexcept;
  bool has(symbol s) const noexcept { return s.value < size(); }
  std::uint32_t size() const noexcept { return first_ + static_cast<std::uint32_t>(entries_.size()); }
  /// Forgets all names of its own and stands on another base; keeps its memory.
  void reset(const interner* base) noexcept;

 private:
  struct entry {
    const char* data;
    std::uint32_t size;
    std::uint64_t hash;
  };
  struct block {
    std::unique_ptr<char[]> bytes;
    std::size_t capacity;
  };
  const char* store(std::string_view text);
  void grow();
  std::uint32_t find_slot(std::string_view text, std::uint64_t hash) const noexcept;

  const interner* base_;
  std::uint32_t first_;
  std::vector<entry> entries_;
  std::vector<std::uint32_t> slots_;  // open addressing; 0 = empty, else index + 1
  std::vector<block> blocks_;
  std::size_t block_ = 0;
  std::size_t used_ = 0;
};

}  // namespace quarry::ir
