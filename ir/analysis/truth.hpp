// Three-valued logic, the one authority: given that some instances are all NULL, which of TRUE, FALSE and UNKNOWN can a
// predicate be? The answer follows from the null policy of each operation in ops.def.
#pragma once

#include <cstdint>
#include <span>

#include <quarry/ir/match/algebra.hpp>

namespace quarry::ir {

/// Values that an expression can take. Of a value that is not a truth value, `unknown` says NULL, both others together
/// say that it is not NULL.
class truth_set {
 public:
  constexpr explicit truth_set(std::uint8_t bits) noexcept : bits_(bits) {}
  constexpr bool can_be_true() const noexcept { return (bits_ & 1U) != 0; }
  constexpr bool can_be_false() const noexcept { return (bits_ & 2U) != 0; }
  constexpr bool can_be_null() const noexcept { return (bits_ & 4U) != 0; }
  constexpr bool only_null() const noexcept { return bits_ == 4; }
  constexpr std::uint8_t bits() const noexcept { return bits_; }
  friend constexpr bool operator==(truth_set, truth_set) = default;

 private:
  std::uint8_t bits_;
};

namespace truth {
inline constexpr truth_set yes{1}, no{2}, unknown{4}, yes_or_no{3}, not_true{6}, anything{7};
constexpr truth_set both(truth_set a, truth_set b) noexcept {
  return truth_set(static_cast<std::uint8_t>(a.bits() | b.bits()));
}
constexpr truth_set negated(truth_set a) noexcept {
  return truth_set(static_cast<std::uint8_t>((a.bits() & 4U) | (a.bits() & 1U) << 1U | (a.bits() & 2U) >> 1U));
}
}  // namespace truth

/// What is assumed of the row that a predicate is asked about.
struct null_row {
  instance_set nulls;  ///< instances whose every column is NULL; must be `known()`
  std::span<const std::uint32_t>
      makers{};  ///< by instance: the project or aggregate that makes it, looked through; or none
};

/// The values that `e` can take on such a row. Never too few.
truth_set possible_values(const context& cx, expr_id e, const null_row& row);

/// A row like this never passes the filter: TRUE is impossible.
inline bool rejects(const context& cx, expr_id predicate, const null_row& row) {
  return !possible_values(cx, predicate, row).can_be_true();
}

}  // namespace quarry::ir
