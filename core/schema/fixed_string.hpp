// A text as a template argument.
#pragma once

#include <cstddef>
#include <string_view>

namespace quarry {

template <std::size_t N>
struct fixed_string {
  char text[N]{};
  consteval fixed_string(const char (&s)[N]) {  // NOLINT: a literal is what it is made of
    for (std::size_t i = 0; i < N; ++i) text[i] = s[i];
  }
  /// The first N - 1 bytes of a text, or those in lower case.
  explicit consteval fixed_string(std::string_view s, bool in_lower_case = false) {
    for (std::size_t i = 0; i + 1 < N; ++i) {
      const bool upper = s[i] >= 'A' && s[i] <= 'Z';
      text[i] = in_lower_case && upper ? static_cast<char>(s[i] + ('a' - 'A')) : s[i];
    }
    text[N - 1] = '\0';  // written, so that clang shows a text rather than numbers in its messages
  }
  constexpr std::string_view view() const noexcept { return {text, N - 1}; }
  friend bool operator==(const fixed_string&, const fixed_string&) = default;
};

}  // namespace quarry
