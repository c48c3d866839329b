// Brings plugins into the process, for good: a library that was loaded once stays until the process ends.
#pragma once

#include <string>

#include <quarry/ir/support/result.hpp>
#include <quarry/plugins/host/plugin.hpp>

namespace quarry::host {

using entry_function = const quarry_plugin* (*)(std::uint32_t major, std::uint32_t minor);

/// Loads a file, or finds it among those that are loaded (links count as what they point to). Any thread.
/// A file that is refused is refused again with the same words, without being asked anew once its code has run.
ir::result<plugin> load(const std::string& path);

/// A plugin that is part of the program: the same handshake, no file.
ir::result<plugin> adopt(entry_function entry);

}  // namespace quarry::host
