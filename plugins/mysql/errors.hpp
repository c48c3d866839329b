#ifndef QUARRY_PLUGINS_MYSQL_ERRORS_HPP
#define QUARRY_PLUGINS_MYSQL_ERRORS_HPP

#include <cppconn/exception.h>

#include <quarry/plugins/sdk/error.hpp>

namespace quarry::plugin::mysql {

// What the connector threw. opening: while a connection was being made.
error mapped(const sql::SQLException& thrown, bool opening = false);

// Runs f; what the connector throws comes out as our error.
template <class F>
decltype(auto) guarded(F&& f) {
  try {
    return f();
  } catch (const sql::SQLException& e) {
    throw mapped(e);
  }
}

}  // namespace quarry::plugin::mysql

#endif
