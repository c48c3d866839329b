#include <iostream>

#include <quarry/core/cli/commands.hpp>
#include <quarry/core/cli/fixture.hpp>
#include <quarry/core/cli/table.hpp>
#include <quarry/core/errors.hpp>
#include <quarry/core/exec/core.hpp>
#include <quarry/core/text/canonical.hpp>
#include <quarry/core/text/evaluator.hpp>
#include <quarry/core/text/policy.hpp>

namespace quarry::cli {
namespace {

void print_statement(std::string_view sql, std::span<const quarry_cell> binds) {
  std::cerr << sql << '\n';
  for (std::size_t i = 0; i < binds.size(); ++i)
    std::cerr << "  -- " << i + 1 << ": " << detail::to_text(binds[i]) << '\n';
}

ir::result<text::evaluator> evaluator_for(const text::model_set& models, const std::optional<std::string>& policy,
                                          detail::session& session) {
  if (!policy) return text::evaluator(models, session);
  QUARRY_TRY(allowed, text::read_policy(*policy));
  return text::evaluator::untrusted(models, allowed, session);
}

ir::result<std::string> run(const eval_options& o, const text::model_set& models, const std::string& fixture,
                            const std::optional<std::string>& policy) {
  QUARRY_TRY(core, detail::database_core::open(o.url, o.compile, {}));
  QUARRY_CHECK(set_up(core, models.catalog, o.create, fixture));
  if (o.show_sql) core->listen(print_statement);
  detail::pooled_session session(core);
  QUARRY_TRY(evaluator, evaluator_for(models, policy, session));
  if (o.unsafe_sql && !policy) evaluator.trust_sql();
  QUARRY_TRY(last, evaluator.run(o.statements));
  QUARRY_CHECK(evaluator.fetch(last));
  const std::shared_ptr<const ir::catalog> catalog = evaluator.models().catalog;
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
  std::optional<std::string> policy;
  if (!o.policy.empty()) policy = read_file(o.policy);
  if (!fixture || (!o.policy.empty() && !policy)) return wrong_usage;
  auto shown = run(o, *models, *fixture, policy);
  if (shown) {
    std::cout << *shown;
    return success;
  }
  print_error(shown.error(), o.server_text);
  std::cout << text::canonical_json(shown.error()) << '\n';
  return failed;
}

}  // namespace quarry::cli
