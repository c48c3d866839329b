#include <quarry/ir/passes/declines.hpp>

#include <quarry/ir/passes/pipeline.hpp>

namespace quarry::ir {
namespace {

/// A name as it is written in texts: hyphens for underscores.
template <std::size_t size>
struct kebab {
  std::array<char, size> text{};
  constexpr explicit kebab(const char (&name)[size]) {
    for (std::size_t i = 0; i < size; ++i) text[i] = name[i] == '_' ? '-' : name[i];
  }
  constexpr std::string_view view() const noexcept { return {text.data(), size - 1}; }
};

#define QUARRY_PASS(name, function, ...) constexpr std::string_view name_of_##function = name;
#include <quarry/ir/passes/pipeline.def>
#undef QUARRY_PASS
#define QUARRY_DECLINE(pass, reason, doc) constexpr kebab pass##_##reason(#reason);
#include <quarry/ir/passes/declines.def>
#undef QUARRY_DECLINE

constexpr std::array declines = {
#define QUARRY_DECLINE(pass, reason, doc) decline_info{name_of_##pass, pass##_##reason.view(), doc},
#include <quarry/ir/passes/declines.def>
#undef QUARRY_DECLINE
};

}  // namespace

std::span<const decline_info> all_declines() noexcept { return declines; }

}  // namespace quarry::ir
