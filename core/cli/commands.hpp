// What the subcommands of `quarry` are asked to do, and the functions that do it. Each returns the exit code of the process.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <quarry/core/plan/plan.hpp>
#include <quarry/core/text/models.hpp>

namespace quarry::cli {

inline constexpr int success = 0;
inline constexpr int failed = 1;  ///< a diagnostic was printed
inline constexpr int wrong_usage = 2;  ///< the command line, or a file that can't be read

struct models_option {
  std::string path;
  std::string app;  ///< empty: the folder of the file
};

enum class result_format : std::uint8_t { json, table };

/// Where statements run, and on which rows.
struct database_command {
  models_option models;
  std::string url;
  bool create = false;
  std::string fixture;  ///< empty: none
  detail::compile_options compile;
  bool server_text = false;
  bool unsafe_sql = false;  ///< statements may hold SQL text
};

struct eval_options : database_command {
  result_format format = result_format::json;
  bool show_sql = false;
  std::string policy;  ///< file of what the statements may do; empty: everything
  std::string statements;
};
int eval(const eval_options& o);

/// Reads statements and backslash commands until \quit or the end of stdin; success however many of them failed.
int shell(const database_command& o);

enum class ir_print : std::uint8_t { surface, related, logical, sql, after_all, after_change };

struct compile_command {
  models_option models;
  std::string dialect;  ///< NAME or NAME@VERSION
  detail::compile_options compile;
  std::vector<ir_print> prints;
  bool time_passes = false;
  bool why = false;
  bool unsafe_sql = false;  ///< the expression may hold SQL text
  std::string expression;
};
int compile(const compile_command& o);

struct conformance_options {
  models_option models;
  std::string fixture;
  std::string cases;
  std::string url;
  detail::compile_options compile;
  std::vector<std::string> only;  ///< ids; empty: all cases
  std::string out;  ///< empty: answers are not written
};
/// Prints each case that failed, and how many did at the end; `failed` when there is one.
int conformance(const conformance_options& o);

int plugins();

// --- shared by the commands ---

/// The content of a file, or a message on stderr and an empty optional.
std::optional<std::string> read_file(const std::string& path);
/// The models of a file. On failure a message was printed and `exit_code` is set.
std::optional<text::model_set> read_models(const models_option& o, int& exit_code);
/// The rendered diagnostic on stderr, with the server's own words when asked for.
void print_error(const ir::diagnostic& d, bool server_text = false);

}  // namespace quarry::cli
