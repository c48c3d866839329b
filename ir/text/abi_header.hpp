// The generated section of quarry_plugin.h: every public number with its documentation, from the .def files.
#pragma once

#include <string>

namespace quarry::ir {

/// The text between the BEGIN and END marks of quarry_plugin.h.
std::string abi_header_section();

}  // namespace quarry::ir
