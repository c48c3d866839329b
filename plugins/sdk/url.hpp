#ifndef QUARRY_PLUGINS_SDK_URL_HPP
#define QUARRY_PLUGINS_SDK_URL_HPP

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <quarry/plugins/abi/quarry_plugin.h>
#include <quarry/plugins/sdk/error.hpp>

namespace quarry::plugin {

inline std::string_view to_view(quarry_str text) noexcept { return {text.data, static_cast<std::size_t>(text.size)}; }

// A quarry_url, read with respect to sizes and strides. Valid while open() runs.
class url {
 public:
  explicit url(const quarry_url& raw) : raw_(raw) {
    if (raw.size < sizeof(quarry_url) || (raw.option_count != 0 && raw.option_stride < sizeof(quarry_option)))
      throw error(QUARRY_ERROR_CONTRACT, "the record of the URL is too small");
  }

  std::string_view text() const noexcept { return to_view(raw_.text); }
  std::string_view scheme() const noexcept { return to_view(raw_.scheme); }
  std::string_view user() const noexcept { return to_view(raw_.user); }
  std::string_view password() const noexcept { return to_view(raw_.password); }
  std::string_view host() const noexcept { return to_view(raw_.host); }
  std::string_view database() const noexcept { return to_view(raw_.database); }
  std::uint32_t port() const noexcept { return raw_.port; }

  // f(key, value) for each option, in the order written.
  template <class F>
  void each_option(F&& f) const {
    auto at = reinterpret_cast<const std::byte*>(raw_.options);
    for (std::uint32_t i = 0; i < raw_.option_count; ++i, at += raw_.option_stride) {
      const auto& option = *reinterpret_cast<const quarry_option*>(at);
      f(to_view(option.key), to_view(option.value));
    }
  }

 private:
  const quarry_url& raw_;
};

}  // namespace quarry::plugin

#endif
