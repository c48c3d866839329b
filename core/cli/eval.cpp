#include <iostream>

#include <quarry/core/cli/commands.hpp>
#include <quarry/core/cli/fixture.hpp>
#include <quarry/core/cli/table.hpp>
#include <quarry/core/errors.hpp>
#include <quarry/core/exec/core.hpp>
#include <quarry/core/text/canonical.hpp>
#include <quarry/core/text/evaluator.hpp>

namespace quarry::cli {
namespace {

void print_statement(std::string_view sql, std::span<const quarry_cell> binds) {
  std::cerr << sql << '\n';
  for (std::size_t i = 0; i < binds.size(); ++i)
    std::cerr << "  -- " << i + 1 << ": " << detail::to_text(binds[i]) << '\n';
}

ir::result<std::string> run(const eval_options& o, text::model_set models, const std::string& fixture) {
  QUARRY_TRY(core, detail::database_core::open(o.url, o.compile, {}));
  const std::shared_ptr<const ir::catalog> catalog = models.catalog;
  QUARRY_CHECK(set_up(core, catalog, o.create, fixture));
  if (o.show_sql) core->listen(print_statement);
  detail::pooled_session session(core);
  text::evaluator evaluator(std::move(models), session);
  if (o.unsafe_sql) evaluator.trust_sql();
  QUARRY_TRY(last, evaluator.run(o.statements));
  QUARRY_CHECK(evaluator.fetch(last));
  try {
    return o.format == result_format::table ? render(last, *catalog) : text::canonical_json(last, *catalog) + "\n";
  } catch (const error& e) {  // a document that is no JSON, say
    return ir::failure(e.diagnostic());
  }
}

}  // namespace

int eval(const eval_options& o) {
  int exit_code = success;
  std::optional<text::model_set> models = read_models(o.models, exit_code);
  if (!models) return exit_code;
  std::optional<std::string> fixture = std::string();
  if (!o.fixture.empty()) fixture = read_file(o.fixture);
  if (!fixture) return wrong_usage;
  auto shown = run(o, std::move(*models), *fixture);
  if (shown) {
    std::cout << *shown;
    return success;
  }
  print_error(shown.error(), o.server_text);
  std::cout << text::canonical_json(shown.error()) << '\n';
  return failed;
}

}  // namespace quarry::cli
