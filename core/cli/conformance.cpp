#include <algorithm>
#include <fstream>
#include <iostream>

#include <quarry/core/cli/cases.hpp>
#include <quarry/core/cli/commands.hpp>
#include <quarry/core/cli/fixture.hpp>
#include <quarry/core/errors.hpp>
#include <quarry/core/exec/core.hpp>
#include <quarry/core/text/canonical.hpp>
#include <quarry/core/text/evaluator.hpp>

namespace quarry::cli {
namespace {

namespace js = boost::json;

/// Passes everything on, and remembers whether something was written.
class watching_session final : public detail::session {
 public:
  explicit watching_session(std::shared_ptr<detail::database_core> core) : inside_(std::move(core)) {}
  bool wrote() const noexcept { return wrote_; }

  detail::cursor run(const detail::chain& c) override { return inside_.run(c); }
  detail::named_rows run_raw(const detail::chain& c, const detail::column_typer& type_of) override {
    wrote_ = true;  // nobody knows what the statement does
    return inside_.run_raw(c, type_of);
  }
  std::int64_t insert(const std::shared_ptr<const ir::catalog>& catalog, std::uint32_t model,
                      std::span<const detail::assignment> row) override {
    wrote_ = true;
    return inside_.insert(catalog, model, row);
  }
  std::int64_t update(const std::shared_ptr<const ir::catalog>& catalog, std::uint32_t model,
                      const detail::operand& key, std::span<const detail::assignment> row) override {
    wrote_ = true;
    return inside_.update(catalog, model, key, row);
  }
  bool numbers_rows() const override { return inside_.numbers_rows(); }
  std::string sql(const detail::chain& c, bool with_values) override { return inside_.sql(c, with_values); }

 private:
  detail::pooled_session inside_;
  bool wrote_ = false;
};

/// A database whose tables hold the rows of the fixture.
class prepared_database {
 public:
  prepared_database(const conformance_options& o, std::shared_ptr<const ir::catalog> catalog, std::string fixture)
      : options_(o), catalog_(std::move(catalog)), fixture_(std::move(fixture)) {}

  /// Ready for the next case: as it is, unless a case wrote to it.
  ir::result<std::shared_ptr<detail::database_core>> get() {
    if (core_ && !written_) return core_;
    // A private database is made anew; its tables go with it.
    const bool keeps = core_ && !core_->facts().has(ir::fact::private_database);
    if (!keeps) {
      QUARRY_TRY(opened, detail::database_core::open(options_.url, options_.compile, {}));
      core_ = std::move(opened);
    }
    if (!core_->facts().has(ir::fact::private_database)) QUARRY_CHECK(detail::drop_tables(core_, *catalog_));
    {
      QUARRY_TRY(connection, core_->take());
      QUARRY_CHECK(detail::create_tables(*core_, *connection, *catalog_));
    }
    QUARRY_CHECK(load_fixture(core_, catalog_, fixture_));
    written_ = false;
    return core_;
  }
  void spoil() noexcept { written_ = true; }

 private:
  const conformance_options& options_;
  std::shared_ptr<const ir::catalog> catalog_;
  std::string fixture_;
  std::shared_ptr<detail::database_core> core_;
  bool written_ = false;
};

struct answer {
  std::string json;              ///< canonical
  std::vector<std::string> sql;  ///< of the expression
  std::string message;           ///< of the error that the answer is, for people
};

class runner {
 public:
  runner(const conformance_options& o, text::model_set models, std::string fixture)
      : options_(o), models_(std::move(models)), database_(o, models_.catalog, std::move(fixture)) {}

  /// Gives the exit code.
  ir::result<int> run(const std::vector<conformance_case>& cases, std::ostream* out) {
    std::size_t passed = 0, wrong = 0, skipped = 0;
    for (const conformance_case& c : cases) {
      if (!options_.only.empty() && std::find(options_.only.begin(), options_.only.end(), c.id) == options_.only.end())
        continue;
      QUARRY_TRY(core, database_.get());
      const judge rules{std::string(core->plans().dialect().plugin().name()), options_.compile};
      if (rules.skips(c)) {
        ++skipped;
        continue;
      }
      const answer a = answer_to(c, core);
      const js::value actual = js::parse(a.json);
      if (out) write(*out, c, a);
      const bool right = rules.accepts(c, actual);
      if (!right) print_failure(c, rules, a);
      ++(right ? passed : wrong);
    }
    std::cout << passed << " passed, " << wrong << " failed, " << skipped << " skipped\n";
    return wrong == 0 ? success : failed;
  }

 private:
  answer answer_to(const conformance_case& c, const std::shared_ptr<detail::database_core>& core) {
    answer out;
    watching_session session(core);
    {
      text::evaluator evaluator(models_, session);
      const auto value = [&]() -> ir::result<std::string> {
        for (const std::string& step : c.steps) QUARRY_CHECK(evaluator.run_step(step));
        core->listen([&](std::string_view sql, std::span<const quarry_cell>) { out.sql.emplace_back(sql); });
        QUARRY_TRY(last, evaluator.run(c.expression));
        QUARRY_CHECK(evaluator.fetch(last));
        try {
          return text::canonical_json(last, *models_.catalog);
        } catch (const error& e) {
          return ir::failure(e.diagnostic());
        }
      }();
      core->listen(nullptr);
      if (!value) out.message = ir::render(value.error());
      out.json = value ? *value : text::canonical_json(value.error());
    }
    if (session.wrote()) database_.spoil();
    return out;
  }

  static void write(std::ostream& out, const conformance_case& c, const answer& a) {
    js::array sql;
    for (const std::string& s : a.sql) sql.emplace_back(s);
    out << "{\"id\": " << js::serialize(js::value(c.id)) << ", \"actual\": " << a.json
        << ", \"sql\": " << js::serialize(sql) << "}\n";
  }

  static void print_failure(const conformance_case& c, const judge& rules, const answer& a) {
    std::cout << "FAIL " << c.id << "  ";
    for (const std::string& step : c.steps) std::cout << step << " ; ";
    std::cout << c.expression << "\n  expected " << js::serialize(*rules.expected(c)) << "\n  actual   " << a.json
              << '\n';
    if (!a.message.empty()) std::cout << "  " << a.message.substr(0, a.message.find('\n')) << '\n';
  }

  const conformance_options& options_;
  text::model_set models_;
  prepared_database database_;
};

}  // namespace

int conformance(const conformance_options& o) {
  int exit_code = success;
  std::optional<text::model_set> models = read_models(o.models, exit_code);
  if (!models) return exit_code;
  std::optional<std::string> fixture = read_file(o.fixture);
  const std::optional<std::string> lines = read_file(o.cases);
  if (!fixture || !lines) return wrong_usage;
  const auto cases = read_cases(*lines);
  if (!cases) {
    print_error(cases.error());
    return wrong_usage;
  }
  std::ofstream out;
  if (!o.out.empty()) {
    out.open(o.out);
    if (!out) {
      std::cerr << "quarry: can't write " << o.out << '\n';
      return wrong_usage;
    }
  }
  const auto done = runner(o, std::move(*models), std::move(*fixture)).run(*cases, o.out.empty() ? nullptr : &out);
  if (done) return *done;
  print_error(done.error(), true);
  return failed;
}

}  // namespace quarry::cli
