#ifndef QUARRY_PLUGINS_POSTGRESQL_ERRORS_HPP
#define QUARRY_PLUGINS_POSTGRESQL_ERRORS_HPP

#include <libpq-fe.h>

#include <quarry/plugins/sdk/error.hpp>

namespace quarry::plugin::postgresql {

// What a result says; where it has no SQLSTATE, because the server is gone, what the connection says.
error result_error(PGconn* connection, const PGresult* result);
// The connection's own last error: the server is gone, or was never reached.
error connection_error(PGconn* connection, std::uint32_t category);

}  // namespace quarry::plugin::postgresql

#endif
