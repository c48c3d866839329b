// Which plugin serves a URL scheme: the file quarry-<scheme>.so in the first folder that has one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <quarry/ir/support/result.hpp>
#include <quarry/plugins/host/plugin.hpp>

namespace quarry::host {

/// One file that `quarry plugins` shows.
struct listed_plugin {
  std::string scheme;
  std::string path;
  std::string target;  ///< what the path points to, where it is a link: the file of another scheme
  std::optional<host::plugin> plugin;
  ir::diagnostic refusal;  ///< why it can't be used, where plugin is absent
  bool hidden = false;     ///< a folder searched earlier has a file of this scheme
};

/// An ordinary object: a program may have several, with folders of their own. Loaded plugins are shared by all of them.
class registry {
 public:
  /// Searches the absolute folders of the environment variable QUARRY_PLUGIN_PATH (separated by ':'), then the plugin folder of
  /// the prefix that the program lies in, then the install folder, then the build folder. The working directory is never searched: empty and relative elements are left out.
  registry();
  /// Searches these folders in this order; relative ones are left out.
  explicit registry(const std::vector<std::string>& folders);

  /// Loads the scheme's plugin, or finds it loaded. The first file of that name counts, even if it is refused.
  ir::result<host::plugin> find(std::string_view scheme) const;
  /// Every plugin file of every folder, loaded to ask it for its name and version.
  std::vector<listed_plugin> list() const;

  const std::vector<std::string>& folders() const noexcept { return folders_; }
  /// Elements of the path that were left out because they are relative.
  const std::vector<std::string>& ignored() const noexcept { return ignored_; }

 private:
  void add_folder(std::string_view folder);
  void add_path(std::string_view path);
  std::string searched() const;
  std::vector<std::string> folders_;
  std::vector<std::string> ignored_;
};

}  // namespace quarry::host
