#include <string_view>

#include <quarry/dialects/postgresql/dialect.hpp>
#include <quarry/plugins/postgresql/connection.hpp>
#include <quarry/plugins/sdk/plugin.hpp>

namespace quarry::plugin::postgresql {
namespace {

struct description {
  using dialect = quarry::dialect::postgresql::dialect;
  using connection = postgresql::connection;
  static constexpr std::string_view name = "postgresql";
  static constexpr std::string_view version = "0.1.0";
};

}  // namespace
}  // namespace quarry::plugin::postgresql

extern "C" QUARRY_PLUGIN_EXPORT const quarry_plugin* quarry_plugin_entry(uint32_t, uint32_t) {
  return quarry::plugin::table<quarry::plugin::postgresql::description>();
}
