#include <iomanip>
#include <iostream>
#include <sstream>

#include <quarry/core/cli/commands.hpp>
#include <quarry/core/errors.hpp>
#include <quarry/core/plan/bind_program.hpp>
#include <quarry/core/plan/compiler.hpp>
#include <quarry/core/text/evaluator.hpp>
#include <quarry/core/text/queries.hpp>
#include <quarry/ir/text/print.hpp>
#include <quarry/plugins/host/registry.hpp>

namespace quarry::cli {
namespace {

/// A query that somebody wanted to run.
struct caught_query {
  detail::chain chain;
};

/// Stands where a database would be: what is run is what is to be compiled.
class compile_session final : public detail::session {
 public:
  detail::cursor run(const detail::chain& c) override { throw caught_query{c}; }
  std::int64_t insert(const std::shared_ptr<const ir::catalog>&, std::uint32_t,
                      std::span<const detail::assignment>) override {
    refuse();
  }
  std::int64_t update(const std::shared_ptr<const ir::catalog>&, std::uint32_t, const detail::operand&,
                      std::span<const detail::assignment>) override {
    refuse();
  }
  std::string sql(const detail::chain& c, bool) override { throw caught_query{c}; }

 private:
  [[noreturn]] static void refuse() {
    raise(ir::diag::not_supported_yet, {"quarry compile for a statement that writes"});
  }
};

ir::result<detail::chain> query_in(const compile_command& o, text::model_set models) {
  compile_session session;
  text::evaluator evaluator(std::move(models), session);
  try {
    QUARRY_TRY(last, evaluator.run(o.expression));
    if (const auto q = last.query()) return q->chain;
    if (const auto* m = last.as_manager(); m && !m->parent)
      return detail::chain::start(evaluator.models().catalog, m->model);
    return ir::failure(ir::diag::wrong_argument,
                       {"quarry compile", "a query", text::describe(last, *evaluator.models().catalog)});
  } catch (const caught_query& q) {
    return q.chain;
  }
}

bool wanted(const compile_command& o, const detail::trace& steps, std::size_t i) {
  const detail::trace_step& s = steps[i];
  // Of a stage: what its last pass left.
  const auto stage = [&](ir::stage of) { return s.stage == of && (i + 1 == steps.size() || steps[i + 1].stage != of); };
  for (const ir_print p : o.prints) switch (p) {
      case ir_print::surface:
        if (stage(ir::stage::surface)) return true;
        break;
      case ir_print::related:
        if (stage(ir::stage::related)) return true;
        break;
      case ir_print::logical:
        if (stage(ir::stage::logical)) return true;
        break;
      case ir_print::sql:
        if (stage(ir::stage::sql)) return true;
        break;
      case ir_print::after_all: return true;
      case ir_print::after_change:
        if (s.changed) return true;
        break;
    }
  return false;
}

void print_steps(std::ostream& out, const compile_command& o, const detail::trace& steps) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!wanted(o, steps, i)) continue;
    out << "; stage " << name_of(steps[i].stage);
    if (i != 0) out << ", after " << steps[i].pass;
    out << '\n' << steps[i].text;
    if (!steps[i].text.ends_with('\n')) out << '\n';
    out << '\n';
  }
}

void print_times(std::ostream& out, const detail::trace& steps) {
  out << "; time of each pass in microseconds\n";
  for (const detail::trace_step& s : steps)
    out << std::setw(10) << std::fixed << std::setprecision(1) << static_cast<double>(s.nanoseconds) / 1000 << "  "
        << (s.pass == "surface" ? "from the query to surface IR" : s.pass) << '\n';
  out << '\n';
}

ir::result<std::string> run(const compile_command& o, text::model_set models) {
  QUARRY_TRY(query, query_in(o, std::move(models)));
  const std::size_t at = o.dialect.find('@');
  const host::registry registry;
  QUARRY_TRY(plugin, registry.find(std::string_view(o.dialect).substr(0, at)));
  QUARRY_TRY(dialect,
             plugin.describe_offline(at == std::string::npos ? std::string_view()
                                                             : std::string_view(o.dialect).substr(at + 1)));
  const detail::compiler compiler(dialect, o.compile);
  detail::trace steps;
  QUARRY_TRY(plan, compiler.compile(query, &steps));
  detail::bind_buffer binds;
  QUARRY_CHECK(binds.bind(*plan, query));

  std::ostringstream out;
  print_steps(out, o, steps);
  if (o.time_passes) print_times(out, steps);
  out << "; " << dialect.facts().product << ' ' << dialect.facts().version << '\n'
      << (plan->nothing ? "; no row can come out: no statement is run" : plan->sql) << '\n';
  if (!plan->binds.empty()) out << "\n; binds\n";
  for (std::size_t i = 0; i < plan->binds.size(); ++i) {
    const detail::bind_step& b = plan->binds[i];
    out << "  " << i + 1 << ": ";
    if (b.recipe == ir::recipe::constant) out << "constant";
    else out << '%' << b.param;
    if (b.recipe == ir::recipe::element) out << '[' << b.element << ']';
    out << ": " << ir::print(b.type) << " = " << detail::to_text(binds.cells()[i]) << '\n';
  }
  return out.str();
}

/// A path is known by its place in the expression; the compiler sees the path alone.
ir::diagnostic over_expression(ir::diagnostic d, const std::string& expression) {
  if (d.source.empty() || d.origin == detail::no_offset) return d;
  if (d.origin > expression.size() || std::string_view(expression).substr(d.origin, d.source.size()) != d.source)
    return d;
  d.span.offset += d.origin;
  d.source = expression;
  d.origin = detail::no_offset;
  return d;
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
  print_error(over_expression(shown.error(), o.expression));
  return failed;
}

}  // namespace quarry::cli
