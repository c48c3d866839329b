#ifndef QUARRY_PLUGINS_SQLITE_INSPECT_HPP
#define QUARRY_PLUGINS_SQLITE_INSPECT_HPP

#include <cstdint>
#include <span>
#include <string_view>

#include <quarry/plugins/abi/quarry_plugin.h>

namespace quarry::plugin::sqlite {

// A query that answers one of QUARRY_INSPECT_..., with the types of its columns. ?1: the table, empty for all.
struct inspection {
  std::string_view sql;
  std::span<const quarry_type> columns;
};

// Throws where what is unknown.
inspection inspection_of(std::uint32_t what);

}  // namespace quarry::plugin::sqlite

#endif
