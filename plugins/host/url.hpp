// Database URLs: scheme://user:password@host:port/database?key=value
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <quarry/ir/support/result.hpp>
#include <quarry/plugins/abi/quarry_plugin.h>

namespace quarry::host {

/// A scheme names a plugin's file, so it has letters a-z, digits, '_', '+' and '-' only, and begins with a letter.
bool is_scheme(std::string_view s) noexcept;

/// A database URL, split and percent-decoded. Absent parts are empty, an absent port is 0.
///   scheme:///name, scheme://host/name   database "name"; one slash belongs to the URL: scheme:////a/b is "/a/b"
///   scheme://:name:                      a database that the plugin itself knows by that name: database ":name:"
///   scheme://h1:1,h2:2/name              several hosts: `host` is that list as written, port 0; `text` has it too
/// Diagnostics (url_invalid) name what is wrong and never quote the URL: it may hold a password.
class url {
 public:
  struct option {
    std::string key;
    std::string value;
  };

  static ir::result<url> parse(std::string_view text);

  const std::string& text() const noexcept { return text_; }
  const std::string& scheme() const noexcept { return scheme_; }
  const std::string& user() const noexcept { return user_; }
  const std::string& password() const noexcept { return password_; }
  const std::string& host() const noexcept { return host_; }
  const std::string& database() const noexcept { return database_; }
  std::uint16_t port() const noexcept { return port_; }
  const std::vector<option>& options() const noexcept { return options_; }

  /// For messages and logs: the password and the values of options are "***".
  std::string redacted() const;

 private:
  friend class url_parser;
  url() = default;
  std::string text_, scheme_, user_, password_, host_, database_;
  std::uint16_t port_ = 0;
  std::vector<option> options_;
};

/// A url as the plugin's `open` wants it; refers to the url's texts.
class c_url {
 public:
  explicit c_url(const url& u);
  const quarry_url* get() const noexcept { return &url_; }

 private:
  std::vector<quarry_option> options_;
  quarry_url url_{};
};

}  // namespace quarry::host
