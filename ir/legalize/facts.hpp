// What a connection can do, as legalization asks it: legality per kind, op and type, and the facts of facts.def.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <quarry/ir/model/kinds.hpp>

namespace quarry::ir {

enum class fact : std::uint16_t {
#define QUARRY_FACT(number, name, ...) name = number,
#include <quarry/ir/legalize/facts.def>
#undef QUARRY_FACT
};

inline constexpr std::size_t fact_limit = 64;  ///< above the highest fact number

/// Answer of the facts nulls_sort and text_compare.
enum class null_order : std::uint8_t { unknown = 0, first = 1, last = 2 };
/// Answer of the fact of this name.
enum class integer_division : std::uint8_t { unknown = 0, truncates = 1, exact = 2 };

/// A capability record. Nothing stated means the conservative answer: no kind and no op is legal, every fact has its default.
class facts {
 public:
  facts();
  std::int64_t operator[](fact f) const noexcept { return values_[static_cast<std::size_t>(f)]; }
  bool has(fact f) const noexcept { return (*this)[f] != 0; }
  bool legal(kind k) const noexcept { return test(kinds_, static_cast<std::size_t>(k)); }
  bool legal(op o) const noexcept { return test(ops_, static_cast<std::size_t>(o)); }
  bool legal(scalar s) const noexcept { return test(types_, static_cast<std::size_t>(s)); }

  void set(fact f, std::int64_t value) noexcept { values_[static_cast<std::size_t>(f)] = value; }
  void allow(kind k) { mark(kinds_, static_cast<std::size_t>(k)); }
  void allow(op o) { mark(ops_, static_cast<std::size_t>(o)); }
  void allow(scalar s) { mark(types_, static_cast<std::size_t>(s)); }

  /// For people: product and version, as the plugin names them.
  std::string product;
  std::string version;
  /// Changes with any content: part of the plan key.
  std::uint64_t hash() const noexcept;

 private:
  static bool test(const std::vector<std::uint8_t>& set, std::size_t n) noexcept {
    return n < set.size() && set[n] != 0;
  }
  static void mark(std::vector<std::uint8_t>& set, std::size_t n);
  std::array<std::int64_t, fact_limit> values_{};
  std::vector<std::uint8_t> kinds_, ops_, types_;
};

std::string_view name_of(fact f) noexcept;

}  // namespace quarry::ir
