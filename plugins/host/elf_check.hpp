// Is a file a whole shared library for this machine? Asked before the dynamic linker sees it: a truncated library kills the
// process inside dlopen, and no exception can stop that.
#pragma once

#include <string>

#include <quarry/ir/support/result.hpp>

namespace quarry::host {

/// plugin_not_a_library: no ELF shared object for this machine. plugin_truncated: one whose end is missing.
ir::result<void> check_elf_file(const std::string& path);

}  // namespace quarry::host
