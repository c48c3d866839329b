// Why passes leave things as they are (declines.def): counted where somebody watches, else a test of one pointer.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace quarry::ir {

enum class decline : std::uint8_t {
#define QUARRY_DECLINE(pass, reason, doc) pass##_##reason,
#include <quarry/ir/passes/declines.def>
#undef QUARRY_DECLINE
};

struct decline_info {
  std::string_view pass;    ///< name in pipeline.def
  std::string_view reason;  ///< unique for the pass
  std::string_view doc;
};

/// By the value of `decline`.
std::span<const decline_info> all_declines() noexcept;

inline constexpr std::size_t decline_count = 0
#define QUARRY_DECLINE(...) +1
#include <quarry/ir/passes/declines.def>
#undef QUARRY_DECLINE
    ;

/// How often each was met, by the value of `decline`.
using decline_counts = std::array<std::uint32_t, decline_count>;

}  // namespace quarry::ir
