#include <quarry/plugins/mysql/settings.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include <quarry/plugins/sdk/error.hpp>

namespace quarry::plugin::mysql {

namespace {

struct known_option {
  std::string_view key;
  const char* connector;  // its name there, where a misspelt one is passed over in silence
};

constexpr std::array<known_option, 3> seconds = {{{"connect_timeout", "OPT_CONNECT_TIMEOUT"},
                                                  {"read_timeout", "OPT_READ_TIMEOUT"},
                                                  {"write_timeout", "OPT_WRITE_TIMEOUT"}}};
constexpr std::array<known_option, 5> texts = {{{"ssl_ca", "sslCA"},
                                                {"ssl_capath", "sslCAPath"},
                                                {"ssl_cert", "sslCert"},
                                                {"ssl_key", "sslKey"},
                                                {"ssl_cipher", "sslCipher"}}};

[[noreturn]] void refuse(std::string what) { throw error(QUARRY_ERROR_CANNOT_OPEN, std::move(what)); }

int whole_number(std::string_view key, std::string_view value) {
  int number = -1;
  const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (failure != std::errc() || end != value.data() + value.size() || number < 0)
    refuse("option '" + std::string(key) + "' is a number of seconds");
  return number;
}

[[noreturn]] void unknown(std::string_view key) {
  std::string known = "socket";
  for (const known_option& one : seconds) known += ", " + std::string(one.key);
  for (const known_option& one : texts) known += ", " + std::string(one.key);
  refuse("unknown option '" + std::string(key) + "'; known are " + known);
}

}  // namespace

settings read_settings(const url& from) {
  settings to;
  to.user = from.user();
  to.password = from.password();
  to.database = from.database();
  if (to.database.empty()) refuse("the URL names no database");
  std::string_view socket;
  to.numbers.emplace_back("OPT_CONNECT_TIMEOUT", 10);
  from.each_option([&](std::string_view key, std::string_view value) {
    const auto named = [&](const known_option& one) { return one.key == key; };
    if (value.find('\0') != std::string_view::npos) refuse("'" + std::string(key) + "' holds a zero byte");
    if (key == "socket") {
      socket = value;
    } else if (const auto number = std::ranges::find_if(seconds, named); number != seconds.end()) {
      const int wanted = whole_number(key, value);
      std::erase_if(to.numbers, [&](const auto& old) { return old.first == number->connector; });
      to.numbers.emplace_back(number->connector, wanted);
    } else if (const auto text = std::ranges::find_if(texts, named); text != texts.end()) {
      to.texts.emplace_back(text->connector, value);
    } else {
      unknown(key);
    }
  });
  if (!socket.empty()) {
    to.host_name = "unix://" + std::string(socket);
  } else {
    const std::string host(from.host().empty() ? "127.0.0.1" : from.host());
    to.host_name = "tcp://" + host + ":" + std::to_string(from.port() == 0 ? 3306 : from.port());
  }
  return to;
}

}  // namespace quarry::plugin::mysql
