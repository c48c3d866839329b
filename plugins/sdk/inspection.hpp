#ifndef QUARRY_PLUGINS_SDK_INSPECTION_HPP
#define QUARRY_PLUGINS_SDK_INSPECTION_HPP

#include <cstdint>
#include <span>
#include <string_view>

#include <quarry/plugins/abi/quarry_plugin.h>

namespace quarry::plugin {

// A database's queries for QUARRY_INSPECT_..., each with the columns that quarry_plugin.h lists.
struct inspection_texts {
  std::string_view tables, columns, constraints, indexes;
};

struct inspection {
  std::string_view sql;
  std::span<const quarry_type> columns;
};

// The query for one of QUARRY_INSPECT_..., with the types of its columns. Throws unsupported for another number.
inspection inspection_of(std::uint32_t what, const inspection_texts& texts);

}  // namespace quarry::plugin

#endif
