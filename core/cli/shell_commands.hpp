// The backslash commands of the shell: listed once, for reading them, for \help and for completion.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace quarry::cli {

enum class shell_command : std::uint8_t { ir, sql, why, time, models, disable, help, quit };
enum class command_argument : std::uint8_t { none, expression, on_or_off, pass };

struct command_info {
  std::string_view name;  ///< with its backslash
  shell_command what;
  command_argument argument;
  std::string_view usage;
  std::string_view help;
};

inline constexpr std::array shell_commands = {
    command_info{"\\ir", shell_command::ir, command_argument::expression, "\\ir EXPR",
                 "the query after every pass, its SQL and its values; nothing is run"},
    command_info{"\\sql", shell_command::sql, command_argument::expression, "\\sql EXPR",
                 "the SQL of the query and its values; nothing is run"},
    command_info{"\\why", shell_command::why, command_argument::expression, "\\why EXPR",
                 "the same, and why each table, join and subquery is in it, and what is not; nothing is run"},
    command_info{"\\time", shell_command::time, command_argument::on_or_off, "\\time on|off",
                 "after each statement, how long it took to compile and to run, and how many rows were read"},
    command_info{"\\models", shell_command::models, command_argument::none, "\\models", "the models and their fields"},
    command_info{"\\disable", shell_command::disable, command_argument::pass, "\\disable PASS|all|none",
                 "leave out an optional pass, or all; none: run every pass again"},
    command_info{"\\help", shell_command::help, command_argument::none, "\\help", "this list"},
    command_info{"\\quit", shell_command::quit, command_argument::none, "\\quit", "leave; so does the end of input"},
};

/// Null for a name that no command has.
constexpr const command_info* find_command(std::string_view name) noexcept {
  const auto* const at =
      std::find_if(shell_commands.begin(), shell_commands.end(), [&](const command_info& c) { return c.name == name; });
  return at == shell_commands.end() ? nullptr : at;
}

constexpr bool is_command(std::string_view input) noexcept {
  const std::size_t first = input.find_first_not_of(" \t");
  return first != std::string_view::npos && input[first] == '\\';
}

/// `\name argument`: both parts without blanks around them.
struct command_line {
  std::string_view name;
  std::string_view argument;
};
constexpr command_line split_command(std::string_view line) noexcept {
  const auto trimmed = [](std::string_view s) {
    while (!s.empty() && std::string_view(" \t\r\n").find(s.front()) != std::string_view::npos) s.remove_prefix(1);
    while (!s.empty() && std::string_view(" \t\r\n").find(s.back()) != std::string_view::npos) s.remove_suffix(1);
    return s;
  };
  line = trimmed(line);
  const std::size_t end = std::min(line.find_first_of(" \t\r\n"), line.size());
  return {line.substr(0, end), trimmed(line.substr(end))};
}

}  // namespace quarry::cli
