// Hashing that works in constant expressions: the fingerprint of a path written in the source is computed by the compiler.
#pragma once

#include <cstdint>
#include <string_view>

namespace quarry::ir {

/// A 128-bit fingerprint. Equality of fingerprints is a hint, never a proof: whoever acts on it compares structure too.
struct fingerprint {
  std::uint64_t lo = 0;
  std::uint64_t hi = 0;
  friend constexpr bool operator==(const fingerprint&, const fingerprint&) = default;
};

/// One round of multiply-and-fold: cheap, and every input bit reaches every output bit.
constexpr std::uint64_t mix64(std::uint64_t x, std::uint64_t y) noexcept {
  x = (x ^ y) * 0x9e3779b97f4a7c15ULL;
  return x ^ (x >> 32);
}

/// 64-bit hash of a text, eight bytes a round; the same at compile time and at run time.
constexpr std::uint64_t hash_text(std::string_view s) noexcept {
  std::uint64_t h = 0x243f6a8885a308d3ULL ^ s.size();
  std::size_t i = 0;
  for (; i + 8 <= s.size(); i += 8) {
    std::uint64_t w = 0;
    for (std::size_t k = 0; k < 8; ++k)
      w |= static_cast<std::uint64_t>(static_cast<unsigned char>(s[i + k])) << (8 * k);
    h = mix64(h, w);
  }
  std::uint64_t w = 0;
  for (std::size_t k = 0; i + k < s.size(); ++k)
    w |= static_cast<std::uint64_t>(static_cast<unsigned char>(s[i + k])) << (8 * k);
  return mix64(h, w ^ 0xa4093822299f31d0ULL);
}

/// Extends a fingerprint by one word; order matters.
constexpr fingerprint extend(fingerprint f, std::uint64_t word) noexcept {
  return {mix64(f.lo, word), mix64(f.hi ^ 0x13198a2e03707344ULL, word + f.lo)};
}

}  // namespace quarry::ir
