#include <string_view>

#include <quarry/dialects/mysql/dialect.hpp>
#include <quarry/plugins/mysql/connection.hpp>
#include <quarry/plugins/sdk/plugin.hpp>

namespace quarry::plugin::mysql {
namespace {

struct description {
  using dialect = quarry::dialect::mysql::dialect;
  using connection = mysql::connection;
  static constexpr std::string_view name = "mysql";
  static constexpr std::string_view version = "0.1.0";
};

}  // namespace
}  // namespace quarry::plugin::mysql

extern "C" QUARRY_PLUGIN_EXPORT const quarry_plugin* quarry_plugin_entry(uint32_t, uint32_t) {
  return quarry::plugin::table<quarry::plugin::mysql::description>();
}
