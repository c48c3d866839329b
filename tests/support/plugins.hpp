// The plugins of the build tree, for tests that need a real dialect or database.
#pragma once

#include <string>

#include <quarry/plugins/host/dialect.hpp>
#include <quarry/plugins/host/registry.hpp>

namespace quarry::test {

/// A dialect of the build tree, without a connection. Throws std::runtime_error with the diagnostic when that fails.
host::dialect offline_dialect(const std::string& scheme, const std::string& version = {});

/// Makes database::open find the plugins of the build tree; call it before the first open.
void use_built_plugins();

}  // namespace quarry::test
