#ifndef QUARRY_PLUGINS_POSTGRESQL_NUMERIC_HPP
#define QUARRY_PLUGINS_POSTGRESQL_NUMERIC_HPP

#include <string>
#include <string_view>

namespace quarry::plugin::postgresql {

// Writes the decimal that PostgreSQL's binary form of numeric holds, digits and as many places as it has: "12.50". Appends to `to`.
// False: not a number, infinite, or no such form.
bool append_numeric(std::string_view binary, std::string& to);

}  // namespace quarry::plugin::postgresql

#endif
