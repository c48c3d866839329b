#include "support/plugins.hpp"

#include <cstdlib>
#include <stdexcept>

namespace quarry::test {

host::dialect offline_dialect(const std::string& scheme, const std::string& version) {
  const host::registry plugins(std::vector<std::string>{QUARRY_TEST_PLUGIN_DIR});
  auto plugin = plugins.find(scheme);
  if (!plugin) throw std::runtime_error(ir::render(plugin.error()));
  auto dialect = plugin->describe_offline(version);
  if (!dialect) throw std::runtime_error(ir::render(dialect.error()));
  return *std::move(dialect);
}

void use_built_plugins() { setenv("QUARRY_PLUGIN_PATH", QUARRY_TEST_PLUGIN_DIR, 1); }

}  // namespace quarry::test
