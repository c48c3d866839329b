#include <quarry/plugins/postgresql/settings.hpp>

#include <algorithm>
#include <array>
#include <string_view>

#include <quarry/plugins/sdk/error.hpp>

namespace quarry::plugin::postgresql {

namespace {

// Keywords that go to libpq as they are. A service or password file would bring options that nobody sees in the URL.
constexpr std::array<std::string_view, 18> passed_on = {"gssencmode",
                                                        "sslmode",
                                                        "sslrootcert",
                                                        "sslcert",
                                                        "sslkey",
                                                        "sslpassword",
                                                        "sslcrl",
                                                        "ssl_min_protocol_version",
                                                        "connect_timeout",
                                                        "application_name",
                                                        "host",
                                                        "target_session_attrs",
                                                        "keepalives",
                                                        "keepalives_idle",
                                                        "keepalives_interval",
                                                        "keepalives_count",
                                                        "tcp_user_timeout",
                                                        "channel_binding"};

[[noreturn]] void refuse(std::string what) { throw error(QUARRY_ERROR_CANNOT_OPEN, std::move(what)); }

bool switched(std::string_view key, std::string_view value) {
  if (value == "on" || value == "1" || value == "true") return true;
  if (value == "off" || value == "0" || value == "false") return false;
  refuse("option '" + std::string(key) + "' is on or off");
}

[[noreturn]] void unknown(std::string_view key) {
  std::string known = "prepare";
  for (std::string_view one : passed_on) known += ", " + std::string(one);
  refuse("unknown option '" + std::string(key) + "'; known are " + known);
}

}  // namespace

settings read_settings(const url& from) {
  settings to;
  const auto set = [&](std::string_view key, std::string_view value) {
    if (value.find('\0') != std::string_view::npos) refuse("'" + std::string(key) + "' holds a zero byte");
    const auto same = [&](const auto& one) { return one.first == key; };
    if (const auto old = std::ranges::find_if(to.parameters, same); old != to.parameters.end()) {
      old->second = value;
    } else {
      to.parameters.emplace_back(key, value);
    }
  };
  set("connect_timeout", "10");
  set("application_name", "quarry");
  set("gssencmode", "disable");  // else each connection asks for a Kerberos ticket first
  if (!from.host().empty()) set("host", from.host());
  if (from.port() != 0) set("port", std::to_string(from.port()));
  if (!from.user().empty()) set("user", from.user());
  if (!from.password().empty()) set("password", from.password());
  if (from.database().empty()) refuse("the URL names no database");
  set("dbname", from.database());
  from.each_option([&](std::string_view key, std::string_view value) {
    if (key == "prepare") {
      to.prepare = switched(key, value);
    } else if (std::ranges::find(passed_on, key) != passed_on.end()) {
      set(key, value);
    } else {
      unknown(key);
    }
  });
  set("client_encoding", "UTF8");
  return to;
}

}  // namespace quarry::plugin::postgresql
