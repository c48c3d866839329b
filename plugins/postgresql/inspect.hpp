#ifndef QUARRY_PLUGINS_POSTGRESQL_INSPECT_HPP
#define QUARRY_PLUGINS_POSTGRESQL_INSPECT_HPP

#include <quarry/plugins/sdk/inspection.hpp>

namespace quarry::plugin::postgresql {

// $1: the name of a table, or empty for all.
extern const inspection_texts inspections;

}  // namespace quarry::plugin::postgresql

#endif
