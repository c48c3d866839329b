// What a plugin reports, as diagnostics. The server's own words stay apart: they may hold user data.
#pragma once

#include <cstdint>
#include <string_view>

#include <quarry/ir/support/result.hpp>
#include <quarry/plugins/abi/quarry_plugin.h>

namespace quarry::host {

/// Why a call to a database failed: what a program acts on (run again, prepare again, connect again).
enum class error_category : std::uint32_t {
#define QUARRY_ERROR(number, name, ...) name = number,
#include <quarry/ir/legalize/errors.def>
#undef QUARRY_ERROR
};

/// Who was asked to do what; for the words of a diagnostic.
struct call_site {
  std::string_view plugin;   ///< name of the plugin
  std::string_view product;  ///< product and version of the server, where known; else empty
  std::string_view version;
  std::string_view call;     ///< what was asked, as a noun: "a savepoint"
};

/// A record for the next call, as the header wants it.
inline quarry_error fresh_error() noexcept {
  quarry_error e{};
  e.size = sizeof e;
  e.node = QUARRY_NONE;
  return e;
}

/// Empty where the plugin's pointer is missing.
inline std::string_view view(const quarry_str& s) noexcept {
  return s.data != nullptr ? std::string_view(s.data, static_cast<std::size_t>(s.size)) : std::string_view();
}
inline quarry_str to_c(std::string_view s) noexcept { return {s.data(), s.size()}; }

error_category category_of(int status, const quarry_error& e) noexcept;

/// The diagnostic for a call that did not answer QUARRY_OK.
ir::failure failed_call(const call_site& site, int status, const quarry_error& e);
/// The plugin broke the contract of quarry_plugin.h.
ir::failure bad_answer(std::string_view plugin, std::string_view what);

}  // namespace quarry::host
