#include <quarry/core/plan/compiler.hpp>

#include <chrono>
#include <optional>

#include <quarry/core/lower/surface.hpp>
#include <quarry/ir/legalize/legalize.hpp>
#include <quarry/ir/lower/lower.hpp>
#include <quarry/ir/passes/pipeline.hpp>
#include <quarry/ir/provenance/explain.hpp>
#include <quarry/ir/text/print.hpp>
#include <quarry/ir/verify/verify.hpp>

namespace quarry::detail {
namespace {

/// Memory of one compilation, used again by the next one of this thread: the arena of the IR exists only during a cache miss.
struct workspace {
  ir::context context;
  ir::lowering lowering;
  ir::pass_runner passes;
  ir::legalizer legalizer;
  host::emit_buffer emit;
};

workspace& this_threads_workspace() {
  thread_local workspace w;
  return w;
}

/// Takes the time of each pass and prints what it made, when somebody asked.
class tracer final : public ir::pass_observer {
 public:
  tracer(const ir::context& cx, trace* steps) : cx_(cx), steps_(steps) { restart(); }
  void restart() {
    if (steps_) start_ = std::chrono::steady_clock::now();
  }
  void after_pass(const ir::context&, const ir::pass_report& report) override {
    last_ = report.root;
    steps_->push_back({std::string(report.name), ir::stage::logical, ir::print(cx_, report.root, ir::stage::logical),
                       report.changed, static_cast<std::int64_t>(report.nanoseconds)});
    restart();
  }
  /// Null when nobody asked: then no pass reads a clock.
  ir::pass_observer* observer() noexcept { return steps_ ? this : nullptr; }
  void step(std::string_view pass, ir::stage stage, ir::any_id root) {
    if (!steps_) return;
    const auto took = std::chrono::steady_clock::now() - start_;
    const bool changed = root != last_;
    last_ = root;
    steps_->push_back({std::string(pass), stage, ir::print(cx_, root, stage), changed,
                       std::chrono::duration_cast<std::chrono::nanoseconds>(took).count()});
    restart();
  }

 private:
  const ir::context& cx_;
  trace* steps_;
  ir::any_id last_;
  std::chrono::steady_clock::time_point start_;
};

/// What happens to the query, written down and told, when somebody asked why.
class recording {
 public:
  recording(ir::context& cx, ir::explanation* told) : cx_(cx), told_(told) {
    if (told_ != nullptr) cx_.tell_why(&notes_.emplace());
  }
  recording(const recording&) = delete;
  recording& operator=(const recording&) = delete;
  ~recording() { cx_.tell_why(nullptr); }
  void explain(ir::rel_id statement) const {
    if (told_ != nullptr) *told_ = ir::explain(cx_, *notes_, statement);
  }

 private:
  ir::context& cx_;
  ir::explanation* told_;
  std::optional<ir::provenance> notes_;
};

}  // namespace

namespace {

/// Passes go down a query's relations by recursion: how far is bounded here, whatever was chained.
constexpr std::uint32_t deepest_query = 600;

ir::result<void> check_depth(const ir::context& cx, ir::any_id relation) {
  std::uint32_t depth = 0;
  while (cx.at(relation).child_count > 0 && cx.child(relation, 0).present() &&
         ir::info(cx.at(cx.child(relation, 0)).kind).sort == ir::sort::rel) {
    if (++depth > deepest_query) return ir::failure(ir::diag::query_too_deep, {std::to_string(deepest_query)});
    relation = cx.child(relation, 0);
  }
  return {};
}

/// How many parameters the query's own values are: constants come behind them.
std::uint32_t values_of(const ir::context& cx) {
  auto n = static_cast<std::uint32_t>(cx.param_count());
  while (n > 0 && cx.param_at(n - 1).what == ir::param::form::constant) --n;
  return n;
}

/// Values of which nothing is left in the statement, since a pass found that no row depends on them: what they were compared with
/// still says what they have to be, so that a wrong one is an error whatever the passes do.
void check_unbound(const ir::context& cx, plan& p) {
  std::vector<std::uint8_t> known(p.params, 0);
  std::uint32_t missing = p.params;
  for (const bind_step& step : p.binds)
    if (step.recipe != ir::recipe::constant && known[step.param] == 0) known[step.param] = 1, --missing;
  if (missing == 0) return;
  for (std::uint32_t id = 0; id < cx.node_count(); ++id) {
    const ir::node& n = cx.at({id});
    if (n.kind != ir::kind::param || n.type.kind() == ir::scalar::unknown) continue;
    const auto param = static_cast<std::uint32_t>(n.a);
    if (param >= p.params || known[param] != 0) continue;
    known[param] = 1;
    const bool list = n.type.kind() == ir::scalar::array;
    p.unbound.push_back({param, 0, ir::recipe::value, list ? ir::type(n.type.element(), false) : n.type});
  }
}

/// The plan of a query that can give no row: it has columns, and nothing to run.
std::shared_ptr<plan> empty_plan(const ir::context& cx, ir::any_id empty) {
  auto out = std::make_shared<plan>();
  out->nothing = true;
  out->params = values_of(cx);
  // What the rows would look like: below sorts and limits a projection says it.
  ir::any_id rows = cx.child(empty, 0);
  while (cx.at(rows).kind != ir::kind::project && cx.at(rows).child_count != 0) rows = cx.child(rows, 0);
  if (cx.at(rows).kind == ir::kind::project)
    for (const ir::output& o : cx.outputs(cx.at(rows).b)) out->columns.push_back(o.type);
  out->visible = static_cast<std::uint32_t>(out->columns.size());
  check_unbound(cx, *out);
  return out;
}

}  // namespace

compiler::compiler(const host::dialect& dialect, compile_options options)
    : dialect_(&dialect),
      options_(options),
      plugin_hash_(ir::mix64(ir::hash_text(dialect.plugin().name()), ir::hash_text(dialect.plugin().version()))),
      facts_hash_(dialect.facts().hash()) {}

plan_key compiler::key_of(std::uint64_t catalog, const ir::fingerprint& shape, std::uint64_t epoch,
                          running where) const noexcept {
  return {catalog, epoch, shape, options_, where, plugin_hash_, facts_hash_};
}

namespace {

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

// In the order of their bits in the facts explain_formats and explain_options.
constexpr std::string_view explain_formats[] = {"TEXT", "JSON", "XML", "YAML", "TREE", "TRADITIONAL"};
constexpr std::string_view explain_options[] = {"ANALYZE",  "BUFFERS", "COSTS",  "GENERIC_PLAN", "MEMORY", "SERIALIZE",
                                                "SETTINGS", "SUMMARY", "TIMING", "VERBOSE",      "WAL"};
constexpr std::string_view explain_values[] = {"TRUE", "FALSE", "NONE", "TEXT", "BINARY"};

template <std::size_t N>
bool among(const std::string_view (&words)[N], std::string_view word, std::int64_t bits) noexcept {
  for (std::size_t i = 0; i < N; ++i)
    if (words[i] == word) return (bits >> i & 1) != 0;
  return false;
}

/// EXPLAIN around a statement. Only words of the lists above become part of the text.
ir::result<ir::any_id> explained(ir::context& cx, ir::any_id statement, const explain_request& how,
                                 const ir::facts& facts) {
  if (!facts.legal(ir::kind::explain))
    return ir::failure(ir::diag::not_supported_here, {"explain()", facts.product, facts.version});
  const std::string format = upper(how.format);
  if (!format.empty() && !among(explain_formats, format, facts[ir::fact::explain_formats]))
    return ir::failure(ir::diag::explain_format, {facts.product, facts.version, how.format});
  ir::child_list children(cx);
  children.add(statement);
  for (const auto& [given_name, given_value] : how.options) {
    const std::string name = upper(given_name), value = upper(given_value);
    if (!among(explain_options, name, facts[ir::fact::explain_options]) || !among(explain_values, value, -1))
      return ir::failure(ir::diag::explain_option, {facts.product, facts.version, given_name});
    children.add(
        cx.make(ir::kind::explain_option, 0, {}, {}, cx.names().intern(name).value, cx.names().intern(value).value));
  }
  const ir::symbol written = format.empty() ? ir::symbol() : cx.names().intern(format);
  return cx.make(ir::kind::explain, 0, {}, children.ids(), written.value);
}

}  // namespace

ir::result<std::shared_ptr<plan>> compiler::build(const ir::catalog& catalog, const surface_builder& surface,
                                                  running where, trace* steps, ir::explanation* why,
                                                  const explain_request* how_explained) const {
  workspace& w = this_threads_workspace();
  ir::context& cx = w.context;
  cx.reset(catalog);
  if (where == running::alone) cx.settle_keys();
  const recording record(cx, why);
  tracer traced(cx, steps);
  const auto sound = [&](std::string_view step, ir::any_id root, ir::stage at) -> ir::result<void> {
    if constexpr (ir::verifies_each_step) return ir::verify_after(step, cx, root, at);
    return {};
  };
  const ir::rel_id written = surface(cx);
  QUARRY_CHECK(check_depth(cx, written));
  QUARRY_CHECK(sound("surface", written, ir::stage::surface));
  traced.step("surface", ir::stage::surface, written);

  ir::lower_options how;
  how.native = options_.semantics == semantics::native;
  const ir::facts& known = dialect_->facts();
  how.decimal_key_sums = how.native && known.has(ir::fact::decimal_sums);
  how.exact_quotients =
      how.native && static_cast<ir::integer_division>(known[ir::fact::integer_division]) == ir::integer_division::exact;
  how.strict_exclude = options_.exclude == exclude_rule::strict;
  how.django_aggregates = options_.aggregates == aggregate_rule::django_joins;
  QUARRY_TRY(related, w.lowering.to_related(cx, written, how));
  QUARRY_CHECK(check_depth(cx, related));
  QUARRY_CHECK(sound("lower-lookups", related, ir::stage::related));
  traced.step("resolve-paths, group-relations, lower-exclude, lower-lookups", ir::stage::related, related);
  const ir::rel_id logical = w.lowering.to_logical(cx, related);
  QUARRY_CHECK(sound("lower-relations", logical, ir::stage::logical));
  traced.step("lower-relations", ir::stage::logical, logical);

  const ir::rel_id optimized = w.passes.run(cx, logical, options_.disabled_passes, traced.observer());

  if (auto broken = w.passes.take_problem()) return std::move(*broken);

  const ir::facts& facts = dialect_->facts();
  if (cx.at(optimized).kind == ir::kind::empty) {
    record.explain(ir::rel_id());
    return empty_plan(cx, optimized);
  }
  QUARRY_TRY(legal, w.legalizer.legalize(cx, optimized, facts, how.native));
  QUARRY_CHECK(sound("legalize-rels", legal, ir::stage::logical));
  traced.step("legalize-types, legalize-ops, legalize-rels", ir::stage::logical, legal);
  QUARRY_TRY(statement, w.legalizer.form(cx, legal, facts));
  QUARRY_CHECK(sound("form-selects", statement.root, ir::stage::sql));
  traced.step("form-selects, assign-aliases, layout-binds", ir::stage::sql, statement.root);
  ir::any_id emitted = statement.root;
  if (how_explained) {
    QUARRY_TRY(around, explained(cx, statement.root, *how_explained, facts));
    emitted = around;
  }
  QUARRY_CHECK(dialect_->emit(cx, emitted, w.emit));
  record.explain(statement.root);

  auto out = std::make_shared<plan>();
  out->sql = w.emit.text;
  out->params = values_of(cx);
  out->columns.assign(statement.columns.begin(), statement.columns.end());
  out->visible = statement.visible;
  if (how_explained) {
    const auto columns = how_explained->format.empty() ? facts[ir::fact::explain_columns] : 1;
    out->columns.assign(static_cast<std::size_t>(columns), ir::type(ir::scalar::text, true));
    out->visible = static_cast<std::uint32_t>(columns);
  }
  out->locks = statement.locks && !how_explained;
  out->key_by_outcome = statement.key_by_outcome;
  out->binds.reserve(w.emit.binds.size());
  out->bind_types.reserve(w.emit.binds.size());
  for (const std::uint32_t slot : w.emit.binds) {
    const ir::bind_slot& s = statement.slots[slot];
    std::uint32_t param = s.param;
    if (s.recipe == ir::recipe::constant) {
      param = static_cast<std::uint32_t>(out->constants.size());
      out->constants.emplace_back(cx.text(cx.param_at(s.param).text));
    }
    out->binds.push_back({param, s.element, s.recipe, s.type});
    out->bind_types.push_back(s.type);
  }
  if (static_cast<std::int64_t>(out->binds.size()) > facts[ir::fact::max_binds])
    return ir::failure(ir::diag::too_many_binds, {facts.product, facts.version});
  check_unbound(cx, *out);
  return out;
}

ir::result<std::shared_ptr<plan>> compiler::build(const chain& c, running where, trace* steps, ir::explanation* why,
                                                  const explain_request* how) const {
  if (is_raw(c)) return build_raw(c, steps);
  return build(*c.catalog(), [&](ir::context& cx) { return to_surface(cx, c); }, where, steps, why, how);
}

// The pieces of the text as they stand, a slot for each value between them:
//   raw(raw_text "select * from blog_entry where rating > ", bind 0)
ir::result<std::shared_ptr<plan>> compiler::build_raw(const chain& c, trace* steps) const {
  workspace& w = this_threads_workspace();
  ir::context& cx = w.context;
  cx.reset(*c.catalog());
  tracer traced(cx, steps);
  const std::span<const expression* const> parts = c.last().terms[0].tree->all_children();
  const std::vector<std::string> texts = raw_pieces(parts[0]->path.view());
  ir::child_list pieces(cx);
  const auto text = [&](std::string_view t) {
    if (!t.empty()) pieces.add(cx.make(ir::kind::raw_text, 0, {}, {}, cx.names().intern(t).value));
  };
  std::vector<bind_step> slots;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    text(texts[i]);
    if (i + 1 == parts.size()) break;
    const operand& value = parts[i + 1]->constant;
    const auto param = static_cast<std::uint32_t>(i);
    const ir::type type(value.type, false);
    if (value.form == operand_form::null) text("NULL");
    else pieces.add(cx.make(ir::kind::bind, 0, type, {}, slots.size()));
    if (value.form != operand_form::null) slots.push_back({param, 0, ir::recipe::value, type});
  }
  const ir::any_id statement = cx.make(ir::kind::raw, 0, {}, pieces.ids());
  traced.step("layout-binds", ir::stage::sql, statement);
  QUARRY_CHECK(dialect_->emit(cx, statement, w.emit));
  auto out = std::make_shared<plan>();
  out->sql = w.emit.text;
  out->params = static_cast<std::uint32_t>(parts.size() - 1);
  for (const std::uint32_t slot : w.emit.binds) {
    out->binds.push_back(slots[slot]);
    // What a text is compared with says what it is: a date, say, as in a statement where it stands itself.
    const bool open = slots[slot].type.kind() == ir::scalar::text;
    out->bind_types.push_back(open ? ir::types::null : slots[slot].type);
  }
  const ir::facts& facts = dialect_->facts();
  if (static_cast<std::int64_t>(out->binds.size()) > facts[ir::fact::max_binds])
    return ir::failure(ir::diag::too_many_binds, {facts.product, facts.version});
  return out;
}

ir::result<std::shared_ptr<const plan>> compiler::compile(const chain& c, trace* steps) const {
  QUARRY_TRY(made, build(c, running::alone, steps));
  return std::shared_ptr<const plan>(std::move(made));
}

ir::result<ir::explanation> compiler::why(const chain& c) const {
  ir::explanation out;
  QUARRY_TRY(made, build(c, running::alone, nullptr, &out));
  out.sql = made->sql;
  return out;
}

ir::result<std::shared_ptr<const plan>> compiler::explain(const chain& c, const explain_request& how,
                                                          running where) const {
  QUARRY_TRY(made, build(c, where, nullptr, nullptr, &how));
  return std::shared_ptr<const plan>(std::move(made));
}

ir::result<std::shared_ptr<const plan>> compiler::plan_for(const chain& c, std::uint64_t epoch, running where) {
  const plan_key key = key_of(c.catalog()->id(), c.shape(), epoch, where);
  if (auto known = cache_.find(key, [&](std::string_view shape) { return matches_shape(c, shape); })) return known;
  QUARRY_TRY(made, build(c, where, nullptr));
  made->key = key;
  made->shape = encode_shape(c);
  std::shared_ptr<const plan> out = std::move(made);
  if (dialect_->plugin().plans_cacheable()) cache_.insert(out);
  return out;
}

ir::result<std::shared_ptr<const plan>> compiler::plan_for_write(char verb,
                                                                 const std::shared_ptr<const ir::catalog>& catalog,
                                                                 std::uint32_t model,
                                                                 std::span<const std::uint32_t> columns,
                                                                 std::span<const operand> values, std::uint64_t epoch) {
  std::string shape(1, verb);
  const auto put = [&](std::uint64_t word) { shape.append(reinterpret_cast<const char*>(&word), sizeof word); };
  static constexpr path_ref no_path;
  std::vector<ir::param> params;
  put(model);
  for (const std::uint32_t c : columns) put(c);
  for (const operand& o : values) {
    put(slot_class(no_path, o));
    params.push_back(shape_of(no_path, o));
  }
  const ir::fingerprint fingerprint{ir::hash_text(shape), ir::mix64(ir::hash_text(shape), shape.size())};
  const plan_key key = key_of(catalog->id(), fingerprint, epoch);
  if (auto known = cache_.find(key, [&](std::string_view known_shape) { return known_shape == shape; })) return known;
  const auto surface = [&](ir::context& cx) {
    if (verb == 'I') return insert_surface(cx, model, columns, params);
    return update_surface(cx, model, columns, std::span<const ir::param>(params).first(columns.size()), params.back());
  };
  QUARRY_TRY(made, build(*catalog, surface, running::in_transaction, nullptr));
  made->key = key;
  made->shape = std::move(shape);
  std::shared_ptr<const plan> out = std::move(made);
  if (dialect_->plugin().plans_cacheable()) cache_.insert(out);
  return out;
}

ir::result<std::shared_ptr<const plan>> compiler::plan_for_insert(const std::shared_ptr<const ir::catalog>& catalog,
                                                                  std::uint32_t model,
                                                                  std::span<const std::uint32_t> columns,
                                                                  std::span<const operand> values,
                                                                  std::uint64_t epoch) {
  return plan_for_write('I', catalog, model, columns, values, epoch);
}

ir::result<std::shared_ptr<const plan>> compiler::plan_for_update(const std::shared_ptr<const ir::catalog>& catalog,
                                                                  std::uint32_t model,
                                                                  std::span<const std::uint32_t> columns,
                                                                  std::span<const operand> values,
                                                                  std::uint64_t epoch) {
  return plan_for_write('U', catalog, model, columns, values, epoch);
}

ir::result<std::vector<std::string>> compiler::emit(
    const ir::catalog& catalog, const std::function<std::vector<ir::rel_id>(ir::context&)>& build_trees) const {
  workspace& w = this_threads_workspace();
  w.context.reset(catalog);
  std::vector<std::string> texts;
  for (const ir::rel_id root : build_trees(w.context)) {
    QUARRY_CHECK(dialect_->emit(w.context, root, w.emit));
    texts.push_back(w.emit.text);
  }
  return texts;
}

}  // namespace quarry::detail
