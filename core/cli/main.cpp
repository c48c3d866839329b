// The command line: the only file that includes CLI11.
#include <iostream>
#include <map>

#include <CLI/CLI.hpp>

#include <quarry/core/cli/commands.hpp>
#include <quarry/core/errors.hpp>
#include <quarry/version.hpp>
#include <quarry/ir/passes/pipeline.hpp>

namespace quarry::cli {
namespace {

template <class T>
using choices = std::vector<std::pair<std::string, T>>;

template <class T>
std::string names_of(const choices<T>& all) {
  std::string out;
  for (const auto& [name, what] : all) out += (out.empty() ? "" : "|") + name;
  return out;
}

template <class T>
T chosen(const std::string& option, const choices<T>& all, const std::string& given) {
  for (const auto& [name, what] : all)
    if (name == given) return what;
  throw CLI::ValidationError(option, "is one of " + names_of(all));
}

/// An option that takes one name of a list.
template <class T>
void add_choice(CLI::App* command, const std::string& option, T& target, const choices<T>& all,
                const std::string& help) {
  command
      ->add_option_function<std::string>(
          option, [&target, option, all](const std::string& s) { target = chosen(option, all, s); }, help)
      ->type_name(names_of(all));
}

void add_models(CLI::App* command, models_option& o) {
  command->add_option("--models", o.path, "the models.py")->required()->type_name("FILE");
  command
      ->add_option("--app", o.app,
                   "label of the application, part of table names; default: the folder of the models file")
      ->type_name("LABEL");
}

void add_compile_options(CLI::App* command, detail::compile_options& o) {
  add_choice<detail::semantics>(
      command, "--semantics", o.semantics,
      {{"portable", detail::semantics::portable}, {"native", detail::semantics::native}},
      "portable (the default): the same answers on every database; native: the database's own");
  add_choice<detail::aggregate_rule>(
      command, "--aggregates", o.aggregates,
      {{"per_relation", detail::aggregate_rule::per_relation}, {"django_joins", detail::aggregate_rule::django_joins}},
      "per_relation (the default): each aggregate sees each related row once; django_joins: joins multiply them");
  add_choice<detail::exclude_rule>(command, "--exclude", o.exclude,
                                   {{"django", detail::exclude_rule::django}, {"strict", detail::exclude_rule::strict}},
                                   "django (the default), or strict: exclude() keeps exactly what filter() drops");
  command
      ->add_option_function<std::vector<std::string>>(
          "--disable",
          [&o](const std::vector<std::string>& names) {
            for (const std::string& name : names) o.disabled_passes |= ir::pass_bit(name);
          },
          "leave out an optional pass, or all of them; may be repeated")
      ->type_name("PASS")
      ->check([](const std::string& name) {
        return ir::pass_bit(name) != 0 ? std::string() : "no optional pass is named '" + name + "'";
      });
}

void add_unsafe_sql(CLI::App* command, bool& allowed) {
  command->add_flag("--unsafe-sql", allowed,
                    "accept SQL text in statements (extra): only where no stranger wrote them");
}

void add_database(CLI::App* command, database_command& o) {
  add_models(command, o.models);
  command->add_option("--db", o.url, "the database: scheme:///file, scheme://:memory:, scheme://user@host/name")
      ->required()
      ->type_name("URL");
  command->add_flag("--create", o.create, "make the tables first");
  command->add_option("--fixture", o.fixture, "load these rows first, in one transaction")->type_name("FILE.json");
  add_compile_options(command, o.compile);
  command->add_flag("--server-text", o.server_text,
                    "print also what the database itself says of an error: it may hold values");
  add_unsafe_sql(command, o.unsafe_sql);
}

void add_eval(CLI::App& app, eval_options& o) {
  CLI::App* command = app.add_subcommand("eval", "run statements; print the last value as canonical JSON");
  add_database(command, o);
  add_choice<result_format>(command, "--format", o.format,
                            {{"json", result_format::json}, {"table", result_format::table}},
                            "json (the default), or a table for people");
  command->add_flag("--sql", o.show_sql, "print each statement and its values to stderr");
  command
      ->add_option(
          "--policy", o.policy,
          "the statements are of somebody who is not trusted: one expression, which may do what this file allows")
      ->type_name("FILE.json")
      ->excludes("--unsafe-sql");
  command->add_option("statements", o.statements, "separated by newlines or ';'")->required()->type_name("STATEMENTS");
}

void add_compile(CLI::App& app, compile_command& o) {
  CLI::App* command = app.add_subcommand("compile", "show what becomes of a query: IR, SQL, binds; needs no server");
  add_models(command, o.models);
  command
      ->add_option("--dialect", o.dialect,
                   "the plugin, and the version of the server; default: the newest that it knows")
      ->required()
      ->type_name("NAME[@VERSION]");
  add_compile_options(command, o.compile);
  const choices<ir_print> prints = {{"surface", ir_print::surface},     {"related", ir_print::related},
                                    {"logical", ir_print::logical},     {"sql", ir_print::sql},
                                    {"after-all", ir_print::after_all}, {"after-change", ir_print::after_change}};
  const auto add_print = [&o, prints](const std::vector<std::string>& names) {
    for (const std::string& name : names) o.prints.push_back(chosen("--print-ir", prints, name));
  };
  command
      ->add_option_function<std::vector<std::string>>(
          "--print-ir", add_print, "IR of a stage, or after every pass, or after every pass that changed it")
      ->type_name(names_of(prints))
      ->expected(1)
      ->take_all();
  command->add_flag("--time-passes", o.time_passes, "how long each pass took");
  command->add_flag(
      "--why", o.why,
      "for each table, join and subquery what asked for it and what passes did with it; what is left out");
  add_unsafe_sql(command, o.unsafe_sql);
  command->add_option("expression", o.expression, "statements; the last one is the query")
      ->required()
      ->type_name("EXPR");
}

void add_conformance(CLI::App& app, conformance_options& o) {
  CLI::App* command =
      app.add_subcommand("conformance", "run cases with known answers, each over the rows of a fixture");
  add_models(command, o.models);
  command->add_option("--fixture", o.fixture, "the rows that every case starts from")
      ->required()
      ->type_name("FILE.json");
  command->add_option("--cases", o.cases, "a case a line: id, steps, expr, expect, …")
      ->required()
      ->type_name("FILE.jsonl");
  command
      ->add_option("--db", o.url,
                   "a database to work in; tables of the models that are in it are dropped and made anew")
      ->required()
      ->type_name("URL");
  add_compile_options(command, o.compile);
  command->add_option("--only", o.only, "run this case alone; may be repeated")
      ->type_name("ID")
      ->expected(1)
      ->take_all();
  command->add_option("--out", o.out, "write the answer to each case, and the statements that it took")
      ->type_name("FILE.jsonl");
}

int run(int argc, char** argv) {
  CLI::App app("Django-style QuerySets over several databases", "quarry");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("quarry " QUARRY_VERSION));
  eval_options of_eval;
  compile_command of_compile;
  add_eval(app, of_eval);
  add_compile(app, of_compile);
  database_command of_shell;
  add_database(app.add_subcommand("shell", "read statements and run each; \\help inside lists its commands"), of_shell);
  conformance_options of_conformance;
  add_conformance(app, of_conformance);
  app.add_subcommand("plugins", "list the database plugins: where they are, versions, what they can do");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? success : wrong_usage;
  }
  if (app.got_subcommand("eval")) return eval(of_eval);
  if (app.got_subcommand("compile")) return compile(of_compile);
  if (app.got_subcommand("shell")) return shell(of_shell);
  if (app.got_subcommand("conformance")) return conformance(of_conformance);
  return plugins();
}

}  // namespace
}  // namespace quarry::cli

int main(int argc, char** argv) {
  try {
    return quarry::cli::run(argc, argv);
  } catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return quarry::cli::failed;
  }
}
