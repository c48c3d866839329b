#include <quarry/ir/support/interner.hpp>

#include <algorithm>
#include <cstring>

namespace quarry::ir {

std::uint32_t interner::find_slot(std::string_view text, std::uint64_t hash) const noexcept {
  const auto mask = static_cast<std::uint32_t>(slots_.size() - 1);
  auto slot = static_cast<std::uint32_t>(hash) & mask;
  while (slots_[slot] != 0) {
    const entry& e = entries_[slots_[slot] - 1];
    if (e.hash == hash && std::string_view(e.data, e.size) == text) break;
    slot = (slot + 1) & mask;
  }
  return slot;
}

symbol interner::find(std::string_view text, std::uint64_t hash) const noexcept {
  if (base_)
    if (const symbol s = base_->find(text, hash); s.present()) return s;
  if (slots_.empty()) return {};
  const std::uint32_t slot = find_slot(text, hash);
  return slots_[slot] == 0 ? symbol{} : symbol{first_ + slots_[slot] - 1};
}

symbol interner::intern(std::string_view text, std::uint64_t hash) {
  if (base_)
    if (const symbol s = base_->find(text, hash); s.present()) return s;
  if ((entries_.size() + 1) * 2 > slots_.size()) grow();
  const std::uint32_t slot = find_slot(text, hash);
  if (slots_[slot] == 0) {
    entries_.push_back({store(text), static_cast<std::uint32_t>(text.size()), hash});
    slots_[slot] = static_cast<std::uint32_t>(entries_.size());
  }
  return symbol{first_ + slots_[slot] - 1};
}

std::string_view interner::text(symbol s) const noexcept {
  if (!s.present()) return {};
  if (s.value < first_) return base_->text(s);
  const entry& e = entries_[s.value - first_];
  return {e.data, e.size};
}

const char* interner::store(std::string_view text) {
  while (block_ < blocks_.size() && blocks_[block_].capacity - used_ < text.size()) {
    ++block_;
    used_ = 0;
  }
  if (block_ == blocks_.size()) {
    const std::size_t capacity = std::max<std::size_t>(text.size(), 4096);
    blocks_.push_back({std::make_unique<char[]>(capacity), capacity});
    used_ = 0;
  }
  char* at = blocks_[block_].bytes.get() + used_;
  if (!text.empty()) std::memcpy(at, text.data(), text.size());
  used_ += text.size();
  return at;
}

void interner::grow() {
  slots_.assign(std::max<std::size_t>(32, slots_.size() * 2), 0);
  for (std::uint32_t i = 0; i < entries_.size(); ++i)
    slots_[find_slot({entries_[i].data, entries_[i].size}, entries_[i].hash)] = i + 1;
}

void interner::reset(const interner* base) noexcept {
  base_ = base;
  first_ = base ? base->size() : 0;
  entries_.clear();
  std::fill(slots_.begin(), slots_.end(), 0U);
  block_ = 0;
  used_ = 0;
}

}  // namespace quarry::ir
