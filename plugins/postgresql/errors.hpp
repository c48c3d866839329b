#ifndef QUARRY_PLUGINS_POSTGRESQL_ERRORS_HPP
#define QUARRY_PLUGINS_POSTGRESQL_ERRORS_HPP

#include <string_view>

#include <libpq-fe.h>

#include <quarry/plugins/sdk/error.hpp>

namespace quarry::plugin::postgresql {

// SQLSTATEs that the driver itself acts on.
inline constexpr std::string_view state_no_statement = "26000";
inline constexpr std::string_view state_statement_exists = "42P05";

// Does a result have this SQLSTATE?
bool says(const PGresult* result, std::string_view state) noexcept;

// What a result says; where it has no SQLSTATE, because the server is gone, what the connection says.
error result_error(PGconn* connection, const PGresult* result);
// The connection's own last error: the server is gone, or was never reached.
error connection_error(PGconn* connection, std::uint32_t category);

}  // namespace quarry::plugin::postgresql

#endif
