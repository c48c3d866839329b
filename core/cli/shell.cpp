#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <sstream>

#include <quarry/core/cli/commands.hpp>
#include <quarry/core/cli/completion.hpp>
#include <quarry/core/cli/explain.hpp>
#include <quarry/core/cli/fixture.hpp>
#include <quarry/core/cli/line_reader.hpp>
#include <quarry/core/cli/shell_commands.hpp>
#include <quarry/core/cli/table.hpp>
#include <quarry/core/errors.hpp>
#include <quarry/core/exec/core.hpp>
#include <quarry/core/text/canonical.hpp>
#include <quarry/core/text/evaluator.hpp>
#include <quarry/core/text/parse.hpp>
#include <quarry/ir/passes/pipeline.hpp>
#include <quarry/version.hpp>

namespace quarry::cli {
namespace {

using clock = std::chrono::steady_clock;

/// What the statements of one input cost.
struct cost {
  clock::duration compiling{};
  int queries = 0;
  std::int64_t rows = 0;
};

/// Counts the rows that a cursor gives.
class counted_rows final : public detail::cursor::source {
 public:
  counted_rows(detail::cursor from, cost& to) : from_(std::move(from)), to_(&to) {}
  std::span<const quarry_cell> fetch(std::uint32_t& rows) override {
    const std::span<const quarry_cell> row = from_.next();
    rows = row.empty() ? 0 : 1;
    to_->rows += rows;
    return row;
  }

 private:
  detail::cursor from_;
  cost* to_;
};

/// Runs queries and measures them, or catches them for \ir and \sql.
class shell_session final : public detail::session {
 public:
  explicit shell_session(std::shared_ptr<detail::database_core> core) : core_(core), running_(std::move(core)) {}

  detail::cursor run(const detail::chain& c) override {
    if (catching) return caught_.run(c);
    const clock::time_point began = clock::now();
    (void)core_->plans().plan_for(c, core_->epoch());  // where it fails, so does the run below
    spent.compiling += clock::now() - began;
    ++spent.queries;
    detail::cursor rows = running_.run(c);
    const std::uint32_t columns = rows.columns();
    return {std::make_unique<counted_rows>(std::move(rows), spent), columns};
  }
  detail::named_rows run_raw(const detail::chain& c, const detail::column_typer& type_of) override {
    if (catching) return caught_.run_raw(c, type_of);
    ++spent.queries;
    detail::named_rows found = running_.run_raw(c, type_of);
    const std::uint32_t columns = found.rows.columns();
    return {std::move(found.names), {std::make_unique<counted_rows>(std::move(found.rows), spent), columns}};
  }
  std::int64_t insert(const std::shared_ptr<const ir::catalog>& catalog, std::uint32_t model,
                      std::span<const detail::assignment> row) override {
    if (catching) return caught_.insert(catalog, model, row);
    ++spent.queries;
    return running_.insert(catalog, model, row);
  }
  std::int64_t update(const std::shared_ptr<const ir::catalog>& catalog, std::uint32_t model,
                      const detail::operand& key, std::span<const detail::assignment> row) override {
    if (catching) return caught_.update(catalog, model, key, row);
    ++spent.queries;
    return running_.update(catalog, model, key, row);
  }
  bool numbers_rows() const override { return running_.numbers_rows(); }
  std::string sql(const detail::chain& c, bool with_values) override { return running_.sql(c, with_values); }

  bool catching = false;
  cost spent;

 private:
  std::shared_ptr<detail::database_core> core_;
  detail::pooled_session running_;
  catching_session caught_{"the shell's \\ir, \\sql or \\why"};
};

/// Is the value of the last statement shown? That of an assignment is not, nor is it fetched.
bool shows_its_value(std::string_view statements) {
  const auto tree = text::parse_statements(statements);
  return tree && !tree->statements().empty() && tree->is<text::syntax::expression_statement>(tree->statements().back());
}

/// The same query with rows of its own: printing a QuerySet leaves it as it is, so that the next time shows what is there then.
text::object printed_copy(const text::object& what) {
  const auto query = what.query();
  if (!query || query->rows) return what;
  return std::make_shared<text::query_object>(*query);
}

std::string words_for(const ir::column& c, std::string_view type) {
  std::string out(type);
  if (c.primary_key) out += ", primary key";
  else if (c.unique) out += ", unique";
  if (c.type.nullable()) out += ", may be NULL";
  return out;
}

std::string words_for(const ir::type& t) {
  switch (t.kind()) {
    case ir::scalar::boolean: return "boolean";
    case ir::scalar::int16:
    case ir::scalar::int32:
    case ir::scalar::int64: return "integer";
    case ir::scalar::float64: return "float";
    case ir::scalar::decimal: return "decimal";
    case ir::scalar::text: return "text";
    case ir::scalar::bytes: return "bytes";
    case ir::scalar::date: return "date";
    case ir::scalar::time: return "time";
    case ir::scalar::datetime: return "date and time";
    case ir::scalar::duration: return "duration";
    case ir::scalar::uuid: return "UUID";
    case ir::scalar::json: return "JSON";
    default: return "value";
  }
}

std::string words_for(const ir::catalog& catalog, const ir::relation& r) {
  const std::string target(catalog.text(catalog.at(r.target).name));
  if (r.form == ir::relation_form::many_to_many) return "many " + target + ", many to many";
  if (r.many) return "many " + target;
  return "one " + target + (r.forward || !r.nullable ? "" : " or none");
}

void print_model(std::ostream& out, const ir::catalog& catalog, const ir::model& m) {
  struct line {
    std::string_view name;
    std::string words;
  };
  std::vector<line> lines;
  for (const ir::column& c : m.columns) {
    const bool key = c.relation != ir::none;
    lines.push_back({catalog.text(key ? c.field : c.name),
                     words_for(c, key ? words_for(catalog, m.relations[c.relation]) : words_for(c.type))});
  }
  for (const ir::relation& r : m.relations)
    if (r.accessor.present() && (!r.forward || r.form == ir::relation_form::many_to_many))
      lines.push_back({catalog.text(r.name), words_for(catalog, r) + (r.forward ? "" : ", the way back")});
  std::size_t width = 0;
  for (const line& l : lines) width = std::max(width, l.name.size());
  out << catalog.text(m.name) << '\n';
  for (const line& l : lines) out << "  " << l.name << std::string(width - l.name.size() + 2, ' ') << l.words << '\n';
}

double milliseconds(clock::duration d) { return std::chrono::duration<double, std::milli>(d).count(); }

std::string counted(std::int64_t n, const char* one, const char* several) {
  return std::to_string(n) + " " + (n == 1 ? one : several);
}

class shell_loop {
 public:
  shell_loop(std::shared_ptr<detail::database_core> core, text::model_set models, bool server_text)
      : core_(std::move(core)), session_(core_), evaluator_(std::move(models), session_), server_text_(server_text) {}

  void trust_sql() noexcept { evaluator_.trust_sql(); }

  void run() {
    const std::unique_ptr<line_reader> lines =
        open_line_reader([this](std::string_view line, std::size_t cursor) { return completed(line, cursor); });
    if (lines->interactive()) greet();
    while (!quit_) {
      const std::optional<std::string> line = lines->read(input_.empty() ? "quarry> " : "   ...> ");
      if (lines->cancelled()) {
        input_.clear();
        continue;
      }
      if (line) {
        add(*line);
        continue;
      }
      if (lines->interactive()) std::cout << '\n';
      if (input_.empty()) return;
      execute();  // and says what is missing at its end
    }
  }

 private:
  const ir::catalog& catalog() const noexcept { return *evaluator_.models().catalog; }

  void greet() const {
    const ir::facts& facts = core_->facts();
    std::cout << "quarry " QUARRY_VERSION " on " << facts.product << ' ' << facts.version
              << ". \\help lists the commands, the tabulator completes names, Ctrl-D leaves.\n";
  }

  void add(const std::string& line) {
    if (input_.empty() && line.find_first_not_of(" \t\r\f") == std::string::npos) return;
    input_ += line;
    input_ += '\n';
    if (!text::wants_more(is_command(input_) ? split_command(input_).argument : std::string_view(input_))) execute();
  }

  void execute() {
    std::string input = std::exchange(input_, {});
    while (input.ends_with('\n') || input.ends_with('\r'))
      input.pop_back();  // a line alone needs no number in a message
    try {
      if (is_command(input)) command(split_command(input));
      else statements(input);
    } catch (const error& e) {  // a document that is no JSON, say
      complain(e.diagnostic());
    } catch (const std::exception& e) {
      std::cout.flush();
      std::cerr << e.what() << '\n';
    }
    std::cout.flush();
  }

  void complain(const ir::diagnostic& d) const {
    std::cout.flush();
    print_error(d, server_text_);
  }

  void statements(const std::string& input) {
    const clock::time_point began = clock::now();
    session_.spent = {};
    auto last = evaluator_.run(input);
    if (!last) return complain(last.error());
    const bool shown = shows_its_value(input) && !last->is_none();
    if (shown) {
      const text::object what = printed_copy(*last);
      if (const auto fetched = evaluator_.fetch(what); !fetched) return complain(fetched.error());
      const clock::duration took = clock::now() - began;
      std::cout << (what.query() ? render(what, catalog()) : text::canonical_json(what, catalog()) + "\n");
      report(took);
    } else {
      report(clock::now() - began);
    }
  }

  void report(clock::duration took) const {
    if (!timed_) return;
    const cost& c = session_.spent;
    std::ostringstream line;
    line.setf(std::ios::fixed);
    line.precision(3);
    line << "compiled in " << milliseconds(c.compiling) << " ms, ran in " << milliseconds(took - c.compiling)
         << " ms: " << counted(c.queries, "statement", "statements") << ", " << counted(c.rows, "row", "rows")
         << " read\n";
    std::cout << line.str();
  }

  // --- backslash commands ---

  void command(command_line line) {
    const command_info* c = find_command(line.name);
    if (!c) {
      ir::nearest_choice nearest(line.name);
      for (const command_info& known : shell_commands) nearest.offer(known.name);
      const std::string best = nearest.best();
      return usage("no command is named '" + std::string(line.name) + "'; " +
                   (best.empty() ? "\\help lists them" : "did you mean '" + best + "'?"));
    }
    if ((c->argument == command_argument::none) != line.argument.empty())
      return usage("usage: " + std::string(c->usage));
    switch (c->what) {
      case shell_command::ir: return show({ir_print::after_all}, std::string(line.argument));
      case shell_command::sql: return show({}, std::string(line.argument));
      case shell_command::why: return show({}, std::string(line.argument), true);
      case shell_command::time: return time(*c, line.argument);
      case shell_command::models:
        for (const ir::model& m : catalog().models())
          if (!m.automatic) print_model(std::cout, catalog(), m);
        return;
      case shell_command::disable: return disable(line.argument);
      case shell_command::help: return help();
      case shell_command::quit: quit_ = true; return;
    }
  }

  static void usage(const std::string& message) {
    std::cout.flush();
    std::cerr << message << '\n';
  }

  void show(const std::vector<ir_print>& prints, const std::string& expression, bool why = false) {
    session_.catching = true;
    std::vector<std::string> prefetched;
    auto query = query_in(evaluator_, expression, why ? "\\why" : prints.empty() ? "\\sql" : "\\ir", &prefetched);
    session_.catching = false;
    if (!query) return complain(query.error());
    std::ostringstream out;
    auto shown = explain(out, core_->plans(), *query, prints, false);
    if (shown && why) shown = explain_why(out, core_->plans(), *query, evaluator_, prefetched);
    if (!shown) return complain(evaluator_.located(shown.error()));
    std::cout << out.str();
  }

  void time(const command_info& c, std::string_view argument) {
    if (argument != "on" && argument != "off") return usage("usage: " + std::string(c.usage));
    timed_ = argument == "on";
  }

  void disable(std::string_view name) {
    detail::compile_options o = core_->plans().options();
    if (name == "none") {
      o.disabled_passes = 0;
    } else if (const std::uint64_t bit = ir::pass_bit(name); bit != 0) {
      o.disabled_passes |= bit;
    } else {
      ir::nearest_choice nearest(name);
      for (const ir::pass_info& p : ir::all_passes()) nearest.offer(p.name);
      const std::string best = nearest.best();
      return usage("no optional pass is named '" + std::string(name) + "'" +
                   (best.empty() ? "" : "; did you mean '" + best + "'?"));
    }
    core_->plans().set_options(o);
    std::cout << "left out:";
    for (const ir::pass_info& p : ir::all_passes())
      if ((o.disabled_passes & ir::pass_bit(p.name)) != 0) std::cout << ' ' << p.name;
    std::cout << (o.disabled_passes == 0 ? " nothing\n" : "\n");
  }

  static void help() {
    std::size_t width = 0;
    for (const command_info& c : shell_commands) width = std::max(width, c.usage.size());
    for (const command_info& c : shell_commands)
      std::cout << "  " << c.usage << std::string(width - c.usage.size() + 2, ' ') << c.help << '\n';
    std::cout << "Anything else is a statement: Entry.objects.filter(rating__gt=3), q = Blog.objects.all(), ….\n"
                 "It goes on to the next line while a bracket is open.\n";
  }

  // --- completion ---

  std::vector<known_name> names() const {
    std::vector<known_name> out;
    for (const auto& [name, what] : evaluator_.variables()) {
      using form = known_name::form;
      if (const auto q = what.query()) out.push_back({name, form::query, q->chain.model()});
      else if (const auto* m = what.as_manager()) out.push_back({name, form::manager, m->model});
      else if (const auto row = what.row()) out.push_back({name, form::row, row->model});
      else out.push_back({name, form::value, ir::none});
    }
    return out;
  }

  completion completed(std::string_view line, std::size_t cursor) const {
    const std::string all = input_ + std::string(line);
    const std::size_t at = input_.size() + cursor;
    completion out = is_command(all) ? complete_command(all, at, evaluator_.models(), names())
                                     : complete(all, at, evaluator_.models(), names());
    if (out.from < input_.size()) return {cursor, {}};  // what is completed began on an earlier line
    out.from -= input_.size();
    return out;
  }

  std::shared_ptr<detail::database_core> core_;
  shell_session session_;
  text::evaluator evaluator_;
  bool server_text_;
  bool timed_ = false;
  bool quit_ = false;
  std::string input_;  ///< lines of a statement that has not ended
};

ir::result<void> run(const database_command& o, text::model_set models, const std::string& fixture) {
  QUARRY_TRY(core, detail::database_core::open(o.url, o.compile, {}));
  QUARRY_CHECK(set_up(core, models.catalog, o.create, fixture));
  shell_loop loop(core, std::move(models), o.server_text);
  if (o.unsafe_sql) loop.trust_sql();
  loop.run();
  return {};
}

}  // namespace

int shell(const database_command& o) {
  int exit_code = success;
  std::optional<text::model_set> models = read_models(o.models, exit_code);
  if (!models) return exit_code;
  std::optional<std::string> fixture = std::string();
  if (!o.fixture.empty()) fixture = read_file(o.fixture);
  if (!fixture) return wrong_usage;
  const auto ended = run(o, std::move(*models), *fixture);
  if (ended) return success;
  print_error(ended.error(), o.server_text);
  return failed;
}

}  // namespace quarry::cli
