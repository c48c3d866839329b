#ifndef QUARRY_PLUGINS_MYSQL_INSPECT_HPP
#define QUARRY_PLUGINS_MYSQL_INSPECT_HPP

#include <cstdint>
#include <span>
#include <string_view>

#include <quarry/plugins/abi/quarry_plugin.h>

namespace quarry::plugin::mysql {

// A statement with two parameters, both the name of a table or '' for all, and the types of its columns, as QUARRY_INSPECT_... says.
struct inspection {
  std::string_view sql;
  std::span<const quarry_type> columns;
};

// Throws unsupported for what is no QUARRY_INSPECT_....
inspection inspection_of(std::uint32_t what);

}  // namespace quarry::plugin::mysql

#endif
