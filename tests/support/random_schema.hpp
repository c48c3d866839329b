// Catalogs and rows drawn at random.
#pragma once

#include <cstdint>
#include <memory>

#include "support/rows.hpp"

namespace quarry::test {

/// Numbers from a seed: splitmix64, so that no library has a say in them.
class random_numbers {
 public:
  explicit random_numbers(std::uint64_t seed) noexcept : state_(seed) {}
  std::uint64_t next() noexcept {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30U) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27U) * 0x94d049bb133111ebU;
    return z ^ z >> 31U;
  }
  /// 0 to n - 1.
  std::uint32_t below(std::size_t n) noexcept { return static_cast<std::uint32_t>(next() % n); }
  bool chance(std::uint32_t percent) noexcept { return below(100) < percent; }
  template <class List>
  auto& one_of(List& list) noexcept {
    return list[below(list.size())];
  }

 private:
  std::uint64_t state_;
};

std::shared_ptr<const ir::catalog> random_schema(random_numbers& random);
/// `dangling`: keys that no database checks, or none before commit, may lead to no row.
table_rows random_rows(random_numbers& random, const ir::catalog& schema, bool dangling = true);

}  // namespace quarry::test
