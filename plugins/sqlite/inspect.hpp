#ifndef QUARRY_PLUGINS_SQLITE_INSPECT_HPP
#define QUARRY_PLUGINS_SQLITE_INSPECT_HPP

#include <quarry/plugins/sdk/inspection.hpp>

namespace quarry::plugin::sqlite {

// ?1: the name of a table, or empty for all.
extern const inspection_texts inspections;

}  // namespace quarry::plugin::sqlite

#endif
