#ifndef QUARRY_PLUGINS_POSTGRESQL_SETTINGS_HPP
#define QUARRY_PLUGINS_POSTGRESQL_SETTINGS_HPP

#include <string>
#include <utility>
#include <vector>

#include <quarry/plugins/sdk/url.hpp>

namespace quarry::plugin::postgresql {

// What a URL asks for.
struct settings {
  // Keywords of libpq with their values.
  std::vector<std::pair<std::string, std::string>> parameters;
  // Statements are prepared once and kept. Off: each execution sends its text, for poolers that hand a connection to others between
  // transactions.
  bool prepare = true;
};

// Throws an error that names the option that is not understood.
settings read_settings(const url& from);

}  // namespace quarry::plugin::postgresql

#endif
