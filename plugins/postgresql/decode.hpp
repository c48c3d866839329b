#ifndef QUARRY_PLUGINS_POSTGRESQL_DECODE_HPP
#define QUARRY_PLUGINS_POSTGRESQL_DECODE_HPP

#include <string>

#include <libpq-fe.h>

#include <quarry/plugins/abi/quarry_plugin.h>
#include <quarry/plugins/sdk/arena.hpp>

namespace quarry::plugin::postgresql {

// Turns PostgreSQL's binary values into cells of the types that the host asked for, whatever exact type the server chose.
class decoder {
 public:
  // Texts and the like are copied into `texts`. Throws data_error, naming the column.
  void read(const PGresult* result, int row, int column, const quarry_type& type, quarry_cell& to, arena& texts);

 private:
  std::string digits_;
};

}  // namespace quarry::plugin::postgresql

#endif
