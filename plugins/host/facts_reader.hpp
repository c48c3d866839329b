// A plugin's capability record as ir::facts.
#pragma once

#include <quarry/ir/legalize/facts.hpp>
#include <quarry/ir/support/result.hpp>
#include <quarry/plugins/abi/quarry_plugin.h>

namespace quarry::host {

/// What the plugin states and this program knows. Facts that this program doesn't know are left out; kinds, operations and types
/// above the highest that the plugin's table names are illegal, whatever the record says.
ir::result<ir::facts> read_facts(const quarry_plugin& table, const quarry_facts& record);

}  // namespace quarry::host
