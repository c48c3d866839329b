#ifndef QUARRY_PLUGINS_SQLITE_SETTINGS_HPP
#define QUARRY_PLUGINS_SQLITE_SETTINGS_HPP

#include <string>

#include <quarry/plugins/sdk/url.hpp>

namespace quarry::plugin::sqlite {

enum class open_mode { read_only, read_write, create };

// What a URL asks for.
struct settings {
  std::string file;  // a path, or ":memory:"
  open_mode mode = open_mode::create;
  int busy_timeout = 5000;  // milliseconds
  bool foreign_keys = true;
  std::string journal_mode;  // empty: WAL for files, where possible
  std::string synchronous;   // empty: SQLite's own

  bool in_memory() const { return file == ":memory:"; }
};

// Throws an error that names the option, or the part of the URL, that is not understood.
settings read_settings(const url& from);

}  // namespace quarry::plugin::sqlite

#endif
