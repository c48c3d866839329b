#include <quarry/core/cli/explain.hpp>

#include <algorithm>
#include <iomanip>

#include <quarry/core/errors.hpp>
#include <quarry/core/plan/bind_program.hpp>
#include <quarry/core/text/queries.hpp>
#include <quarry/core/text/query_steps.hpp>
#include <quarry/ir/text/print.hpp>

namespace quarry::cli {
namespace {

bool wanted(std::span<const ir_print> prints, const detail::trace& steps, std::size_t i) {
  const detail::trace_step& s = steps[i];
  // Of a stage: what its last pass left.
  const auto stage = [&](ir::stage of) { return s.stage == of && (i + 1 == steps.size() || steps[i + 1].stage != of); };
  for (const ir_print p : prints) switch (p) {
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

void print_steps(std::ostream& out, std::span<const ir_print> prints, const detail::trace& steps) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!wanted(prints, steps, i)) continue;
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

/// Which moment of the value a bind is; empty: the value itself.
std::string_view edge_words(ir::recipe r) {
  switch (r) {
    case ir::recipe::year_first:
    case ir::recipe::iso_year_first:
    case ir::recipe::day_first: return "first";
    case ir::recipe::year_last:
    case ir::recipe::iso_year_last:
    case ir::recipe::day_last: return "last";
    default: return {};
  }
}

void print_binds(std::ostream& out, const detail::plan& plan, const detail::bind_buffer& binds) {
  if (!plan.binds.empty()) out << "\n; binds\n";
  for (std::size_t i = 0; i < plan.binds.size(); ++i) {
    const detail::bind_step& b = plan.binds[i];
    out << "  " << i + 1 << ": ";
    if (b.recipe == ir::recipe::constant) out << "constant";
    else out << '%' << b.param;
    const bool of_several = std::ranges::any_of(
        plan.binds, [&](const detail::bind_step& other) { return other.param == b.param && other.element != 0; });
    if (b.recipe == ir::recipe::element || of_several) out << '[' << b.element << ']';
    if (const std::string_view edge = edge_words(b.recipe); !edge.empty()) out << ' ' << edge;
    out << ": " << ir::print(b.type) << " = " << detail::to_text(binds.cells()[i]) << '\n';
  }
}

}  // namespace

void catching_session::refuse() const {
  raise(ir::diag::not_supported_yet, {std::string(command_) + " for a statement that writes"});
}

ir::result<detail::chain> query_in(text::evaluator& evaluator, std::string_view statements, std::string_view command,
                                   std::vector<std::string>* prefetched) {
  try {
    QUARRY_TRY(last, evaluator.run(statements));
    if (const auto q = last.query()) {
      if (prefetched != nullptr)
        for (const text::prefetch_request& p : q->prefetches) prefetched->push_back(p.path);
      return text::settled(q)->chain;
    }
    if (const auto* m = last.as_manager(); m && !m->parent)
      return detail::chain::start(evaluator.models().catalog, m->model);
    return ir::failure(ir::diag::wrong_argument,
                       {command, "a query", text::describe(last, *evaluator.models().catalog)});
  } catch (const caught_query& q) {
    return q.chain;
  }
}

ir::result<void> explain(std::ostream& out, const detail::compiler& compiler, const detail::chain& query,
                         std::span<const ir_print> prints, bool time_passes) {
  detail::trace steps;
  QUARRY_TRY(plan, compiler.compile(query, &steps));
  detail::bind_buffer binds;
  QUARRY_CHECK(binds.bind(*plan, query));
  print_steps(out, prints, steps);
  if (time_passes) print_times(out, steps);
  const ir::facts& facts = compiler.dialect().facts();
  out << "; " << facts.product << ' ' << facts.version << '\n'
      << (plan->nothing ? "; no row can come out: no statement is run" : plan->sql) << '\n';
  print_binds(out, *plan, binds);
  return {};
}

ir::result<void> explain_why(std::ostream& out, const detail::compiler& compiler, const detail::chain& query,
                             const text::evaluator& evaluator, std::span<const std::string> prefetched) {
  QUARRY_TRY(told, compiler.why(query));
  for (const std::string& path : prefetched)
    told.gone.push_back(
        {"fetched-apart",
         "prefetch_related",
         "no join for '" + path + "': these rows are fetched by statements of their own, after this one",
         {}});
  const auto locate = [&](ir::explanation::note& n) {
    if (!n.words.present()) return;
    ir::diagnostic place;
    place.source = std::move(n.words.source);
    place.span = n.words.span;
    place.origin = n.words.origin;
    place = evaluator.located(std::move(place));
    n.words = {std::move(place.source), place.span, place.origin};
  };
  for (ir::explanation::item& i : told.items)
    for (ir::explanation::note& n : i.notes) locate(n);
  for (ir::explanation::note& n : told.gone) locate(n);
  out << "\n; why\n" << told.text();
  return {};
}

}  // namespace quarry::cli
