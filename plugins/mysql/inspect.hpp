#ifndef QUARRY_PLUGINS_MYSQL_INSPECT_HPP
#define QUARRY_PLUGINS_MYSQL_INSPECT_HPP

#include <quarry/plugins/sdk/inspection.hpp>

namespace quarry::plugin::mysql {

// Two parameters, both the name of a table, or empty for all.
extern const inspection_texts inspections;

}  // namespace quarry::plugin::mysql

#endif
