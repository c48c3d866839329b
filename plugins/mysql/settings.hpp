#ifndef QUARRY_PLUGINS_MYSQL_SETTINGS_HPP
#define QUARRY_PLUGINS_MYSQL_SETTINGS_HPP

#include <string>
#include <utility>
#include <vector>

#include <quarry/plugins/sdk/url.hpp>

namespace quarry::plugin::mysql {

// What a URL asks for. Kept by the connection: a statement is stopped through a second connection to the same server.
struct settings {
  std::string host_name;  // "tcp://host:port" or "unix:///path"
  std::string user, password, database;
  std::vector<std::pair<std::string, int>> numbers;        // options of the connector
  std::vector<std::pair<std::string, std::string>> texts;  // the same
};

// Throws an error that names the option that is not understood.
settings read_settings(const url& from);

}  // namespace quarry::plugin::mysql

#endif
