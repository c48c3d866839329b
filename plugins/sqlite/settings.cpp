#include <quarry/plugins/sqlite/settings.hpp>

#include <charconv>
#include <initializer_list>

#include <quarry/plugins/sdk/error.hpp>

namespace quarry::plugin::sqlite {

namespace {

[[noreturn]] void refuse(std::string what) { throw error(QUARRY_ERROR_CANNOT_OPEN, std::move(what)); }

std::string one_of(std::string_view key, std::string_view value, std::initializer_list<std::string_view> choices) {
  std::string known;
  for (std::string_view choice : choices) {
    if (value == choice) return std::string(value);
    known += known.empty() ? "" : ", ";
    known += choice;
  }
  refuse("option '" + std::string(key) + "' is one of " + known);
}

int milliseconds(std::string_view key, std::string_view value) {
  int number = -1;
  auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (failure != std::errc() || end != value.data() + value.size() || number < 0)
    refuse("option '" + std::string(key) + "' is a number of milliseconds");
  return number;
}

void set(settings& to, std::string_view key, std::string_view value) {
  if (key == "mode") {
    std::string mode = one_of(key, value, {"ro", "rw", "rwc"});
    to.mode = mode == "ro" ? open_mode::read_only : mode == "rw" ? open_mode::read_write : open_mode::create;
  } else if (key == "busy_timeout") {
    to.busy_timeout = milliseconds(key, value);
  } else if (key == "foreign_keys") {
    std::string choice = one_of(key, value, {"on", "off", "1", "0", "true", "false"});
    to.foreign_keys = choice == "on" || choice == "1" || choice == "true";
  } else if (key == "journal_mode") {
    to.journal_mode = one_of(key, value, {"wal", "delete", "truncate", "persist", "memory", "off"});
  } else if (key == "synchronous") {
    to.synchronous = one_of(key, value, {"off", "normal", "full", "extra"});
  } else {
    refuse("unknown option '" + std::string(key) +
           "'; known are mode, busy_timeout, foreign_keys, journal_mode, synchronous");
  }
}

}  // namespace

settings read_settings(const url& from) {
  settings to;
  to.file = std::string(from.database());
  if (to.file.empty() && from.host() == ":memory:") {
    to.file = ":memory:";
  } else if (!from.host().empty() && from.host() != ":memory:") {
    refuse("a file has no host: write three slashes before a relative path, four before an absolute one");
  }
  if (!from.user().empty() || !from.password().empty() || from.port() != 0)
    refuse("a file has no user, password or port");
  if (to.file.empty()) refuse("the URL names no file");
  if (to.file.find('\0') != std::string::npos) refuse("the file's name holds a zero byte");
  from.each_option([&](std::string_view key, std::string_view value) { set(to, key, value); });
  return to;
}

}  // namespace quarry::plugin::sqlite
