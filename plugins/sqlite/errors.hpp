#ifndef QUARRY_PLUGINS_SQLITE_ERRORS_HPP
#define QUARRY_PLUGINS_SQLITE_ERRORS_HPP

#include <string_view>

#include <sqlite3.h>

#include <quarry/plugins/sdk/error.hpp>

namespace quarry::plugin::sqlite {

// The error that SQLite reports by an extended result code and a message.
error mapped(int code, std::string_view message);
// The last error of a connection.
error last_error(sqlite3* db);

// The code by which functions of this plugin say that a value is wrong.
inline constexpr int data_error_code = SQLITE_MISMATCH;

}  // namespace quarry::plugin::sqlite

#endif
