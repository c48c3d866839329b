#include <quarry/plugins/host/error.hpp>

#include <algorithm>
#include <string>

namespace quarry::host {
namespace {

constexpr std::size_t longest_server_text = std::size_t{64} * 1024;

ir::diag diagnostic_of(error_category c) noexcept {
  switch (c) {
#define QUARRY_ERROR(number, name, diagnostic, ...) \
  case error_category::name: return ir::diag::diagnostic;
#include <quarry/ir/legalize/errors.def>
#undef QUARRY_ERROR
  }
  return ir::diag::database_other;
}

std::string sqlstate_of(const quarry_error& e) {
  std::string state;
  for (std::size_t i = 0; i < 5; ++i) {
    const char c = e.sqlstate[i];
    if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))) return {};
    state += c;
  }
  return state;
}

std::string words(std::string_view first, std::string_view second) {
  std::string out(first);
  if (!out.empty() && !second.empty()) out += ' ';
  return out += second;
}

ir::diagnostic describe(const call_site& site, error_category c, std::string_view constraint) {
  using ir::diag;
  const diag id = diagnostic_of(c);
  switch (id) {
    case diag::not_supported_here:
      return ir::make_diagnostic(id,
                                 {site.call, site.product.empty() ? "the plugin" : site.product,
                                  site.product.empty() ? site.plugin : site.version});
    case diag::plugin_bad_answer:
      return ir::make_diagnostic(id, {site.plugin, words("it calls the host's use of it a breach:", site.call)});
    case diag::internal_error: return ir::make_diagnostic(diag::database_other, {});
    default: return ir::make_diagnostic(id, {constraint.empty() ? std::string() : ": " + std::string(constraint)});
  }
}

}  // namespace

error_category category_of(int status, const quarry_error& e) noexcept {
  if (status == QUARRY_OK) return error_category::none;
  if (status == QUARRY_UNSUPPORTED) return error_category::unsupported;
  if (e.category == QUARRY_ERROR_NONE || e.category > QUARRY_HIGHEST_ERROR) return error_category::other;
  return static_cast<error_category>(e.category);
}

ir::failure failed_call(const call_site& site, int status, const quarry_error& e) {
  if (status != QUARRY_FAILED && status != QUARRY_UNSUPPORTED)
    return bad_answer(site.plugin, words(site.call, "ended with the unknown status " + std::to_string(status)));
  const std::string_view constraint = view(e.constraint);
  ir::diagnostic d = describe(site, category_of(status, e), constraint);
  const std::string_view text = view(e.server_text);
  d.server_text = text.substr(0, std::min(text.size(), longest_server_text));
  d.constraint = constraint;
  d.sqlstate = sqlstate_of(e);
  d.native_code = e.native_code;
  return d;
}

ir::failure bad_answer(std::string_view plugin, std::string_view what) {
  return {ir::diag::plugin_bad_answer, {plugin, what}};
}

}  // namespace quarry::host
