#include <quarry/core/text/utf8.hpp>

#include <algorithm>
#include <array>

namespace quarry::text {
namespace {

struct range {
  std::uint32_t first, last;
};

// Whole blocks of Unicode that hold no letters, and the signs among the letters of Latin-1.
constexpr std::array<range, 20> no_letters = {{
    {0x0080, 0x00a9}, {0x00ab, 0x00b4}, {0x00b6, 0x00b6}, {0x00b8, 0x00b9}, {0x00bb, 0x00bf},
    {0x00d7, 0x00d7}, {0x00f7, 0x00f7}, {0x1680, 0x1680}, {0x2000, 0x203e}, {0x2041, 0x2053},
    {0x2055, 0x206f}, {0x20a0, 0x20cf}, {0x2190, 0x2bff}, {0x2e00, 0x2e7f}, {0x3000, 0x3004},
    {0x3008, 0x3020}, {0xe000, 0xf8ff}, {0xfeff, 0xff0f}, {0xfff0, 0xffff}, {0x1f000, 0x1faff},
}};

}  // namespace

code_point decode_utf8(std::string_view s, std::size_t at) noexcept {
  const auto byte = [&](std::size_t i) -> std::uint32_t {
    return at + i < s.size() ? static_cast<unsigned char>(s[at + i]) : 0U;
  };
  const std::uint32_t lead = byte(0);
  if (at >= s.size()) return {};
  if (lead < 0x80U) return {lead, 1};
  const std::size_t size = lead >= 0xf0U ? 4 : lead >= 0xe0U ? 3 : 2;
  if (lead < 0xc2U || lead > 0xf4U) return {};
  std::uint32_t value = lead & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return {};
    value = value << 6U | (byte(i) & 0x3fU);
  }
  constexpr std::array<std::uint32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
  if (value < smallest[size] || value > 0x10ffffU || (value >= 0xd800U && value <= 0xdfffU)) return {};
  return {value, size};
}

void append_utf8(std::string& out, std::uint32_t value) {
  const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80U | (value >> shift & 0x3fU)); };
  if (value < 0x80U) {
    out += static_cast<char>(value);
  } else if (value < 0x800U) {
    out += static_cast<char>(0xc0U | value >> 6U);
    tail(0);
  } else if (value < 0x10000U) {
    out += static_cast<char>(0xe0U | value >> 12U);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xf0U | value >> 18U);
    tail(12);
    tail(6);
    tail(0);
  }
}

bool may_be_in_a_name(std::uint32_t value) noexcept {
  return std::none_of(no_letters.begin(), no_letters.end(),
                      [=](range r) { return value >= r.first && value <= r.last; });
}

std::string code_point_name(std::uint32_t value) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out = "U+";
  for (unsigned shift = value > 0xffffU ? 20U : 12U;; shift -= 4U) {
    out += digits[value >> shift & 0xfU];
    if (shift == 0) return out;
  }
}

}  // namespace quarry::text
