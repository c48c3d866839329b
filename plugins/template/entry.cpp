// The one symbol that a plugin exports.
#include <string_view>

#include <quarry/plugins/sdk/plugin.hpp>

#include "dialect.hpp"
#include "driver.hpp"

namespace {

struct description {
  using dialect = template_plugin::dialect;
  using connection = template_plugin::connection;  // leave this out, and driver.*, for a plugin that only writes SQL
  static constexpr std::string_view name = "template";
  static constexpr std::string_view version = "0.1.0";
};

}  // namespace

extern "C" QUARRY_PLUGIN_EXPORT const quarry_plugin* quarry_plugin_entry(uint32_t, uint32_t) {
  return quarry::plugin::table<description>();
}
