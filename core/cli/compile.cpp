#include <iostream>
#include <sstream>

#include <quarry/core/cli/commands.hpp>
#include <quarry/core/cli/explain.hpp>
#include <quarry/plugins/host/registry.hpp>

namespace quarry::cli {
namespace {

ir::result<std::string> run(const compile_command& o, text::model_set models) {
  catching_session session("quarry compile");
  text::evaluator evaluator(std::move(models), session);
  if (o.unsafe_sql) evaluator.trust_sql();
  std::vector<std::string> prefetched;
  QUARRY_TRY(query, query_in(evaluator, o.expression, "quarry compile", &prefetched));
  const std::size_t at = o.dialect.find('@');
  const host::registry registry;
  QUARRY_TRY(plugin, registry.find(std::string_view(o.dialect).substr(0, at)));
  QUARRY_TRY(dialect,
             plugin.describe_offline(at == std::string::npos ? std::string_view()
                                                             : std::string_view(o.dialect).substr(at + 1)));
  std::ostringstream out;
  const detail::compiler compiler(dialect, o.compile);
  auto shown = explain(out, compiler, query, o.prints, o.time_passes);
  if (shown && o.why) shown = explain_why(out, compiler, query, evaluator, prefetched);
  if (!shown) return ir::failure(evaluator.located(std::move(shown.error())));
  return out.str();
}

}  // namespace

int compile(const compile_command& o) {
  int exit_code = success;
  std::optional<text::model_set> models = read_models(o.models, exit_code);
  if (!models) return exit_code;
  const auto shown = run(o, std::move(*models));
  if (shown) {
    std::cout << *shown;
    return success;
  }
  print_error(shown.error());
  return failed;
}

}  // namespace quarry::cli
