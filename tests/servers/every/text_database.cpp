#include "servers/every/text_database.hpp"

#include <quarry/core/errors.hpp>
#include <quarry/core/text/canonical.hpp>

#include "servers/server.hpp"
#include "support/plugins.hpp"

namespace quarry::test {

std::string scheme() {
  const std::string url = server_url();
  return url.substr(0, url.find(':'));
}

std::string case_blind_collation() {
  if (scheme() == "sqlite") return "NOCASE";
  if (scheme() == "mariadb") return "utf8mb4_general_ci";
  server_connection().run(
      "CREATE COLLATION IF NOT EXISTS case_blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
  return "case_blind";
}

text_database::text_database(std::string_view models, const std::string& app, compile_options how) {
  use_built_plugins();
  core_ = unwrap(detail::database_core::open(server_url(), how, {}));
  core_->listen([this](std::string_view sql, std::span<const quarry_cell>) { (statements_ += sql) += '\n'; });
  session_ = std::make_unique<detail::pooled_session>(core_);
  text_ = std::make_unique<text::evaluator>(unwrap(text::load_models(models, app)), *session_);
}

void text_database::create_tables() {
  unwrap(detail::create_tables(*core_, *unwrap(core_->take()), *text_->models().catalog));
}

std::string text_database::eval(std::string_view source) {
  auto last = text_->run(source);
  if (!last) return text::canonical_json(last.error());
  if (auto fetched = text_->fetch(*last); !fetched) return text::canonical_json(fetched.error());
  return text::canonical_json(*last, *text_->models().catalog);
}

std::string text_database::statements() { return std::exchange(statements_, {}); }

}  // namespace quarry::test
