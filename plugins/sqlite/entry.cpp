#include <string_view>

#include <quarry/dialects/sqlite/dialect.hpp>
#include <quarry/plugins/sdk/plugin.hpp>
#include <quarry/plugins/sqlite/connection.hpp>

namespace quarry::plugin::sqlite {
namespace {

struct description {
  using dialect = quarry::dialect::sqlite::dialect;
  using connection = sqlite::connection;
  static constexpr std::string_view name = "sqlite";
  static constexpr std::string_view version = "0.1.0";
};

}  // namespace
}  // namespace quarry::plugin::sqlite

extern "C" QUARRY_PLUGIN_EXPORT const quarry_plugin* quarry_plugin_entry(uint32_t, uint32_t) {
  return quarry::plugin::table<quarry::plugin::sqlite::description>();
}
