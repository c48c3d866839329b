#include <quarry/ir/tools/golden.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>

#include <quarry/ir/legalize/legalize.hpp>
#include <quarry/ir/lower/lower.hpp>
#include <quarry/ir/passes/pipeline.hpp>
#include <quarry/ir/text/form.hpp>
#include <quarry/ir/text/parse.hpp>
#include <quarry/ir/text/parse_catalog.hpp>
#include <quarry/ir/text/print.hpp>
#include <quarry/ir/text/same_tree.hpp>
#include <quarry/ir/verify/verify.hpp>

namespace quarry::ir {
namespace {

// --- files ---

result<fact> find_fact(token_stream& in) {
  nearest_choice nearest(in.peek().text);
#define QUARRY_FACT(number, name, ...)   \
  if (in.take(#name)) return fact::name; \
  nearest.offer(#name);
#include <quarry/ir/legalize/facts.def>
#undef QUARRY_FACT
  failure f = in.fail(diag::unknown_name, {in.peek().text}, in.peek());
  f->suggestion = nearest.best();
  return f;
}

/// facts ["product" "version"] { without regex, array   max_binds = 4 }
result<facts> parse_facts(std::string_view text, text_range r) {
  QUARRY_TRY(in, token_stream::of(text, r.begin, r.end));
  facts out;
  out.product = "A database";
  out.version = "1.0";
  QUARRY_CHECK(in.expect("facts"));
  if (in.peek().kind == token_kind::string) {
    QUARRY_TRY(product, in.name("a product"));
    QUARRY_TRY(version, in.name("a version"));
    out.product = product;
    out.version = version;
  }
  QUARRY_CHECK(in.expect('{'));
  std::set<std::string> without;
  while (!in.take('}')) {
    if (in.take("without")) {
      do {
        const token at = in.peek();
        QUARRY_TRY(name, in.name("an operation, a type or a kind"));
        const auto named = [&](const kind_info& k) { return k.name == name; };
        const bool known = find_op(std::string_view(name)) != nullptr || find_scalar(name) ||
            std::any_of(all_kinds().begin(), all_kinds().end(), named);
        if (!known) return in.fail(diag::unknown_name, {name}, at);
        without.insert(name);
      } while (in.take(','));
      continue;
    }
    QUARRY_TRY(which, find_fact(in));
    QUARRY_CHECK(in.expect('='));
    QUARRY_TRY(value, in.integer("a number"));
    out.set(which, value);
  }
  if (!in.at_end()) return in.expected("the end");
  for (const kind_info& k : all_kinds())
    if (is_public(k.id) && !without.contains(std::string(k.name))) out.allow(k.id);
  for (const op_info& o : all_ops())
    if (!without.contains(std::string(op_text(o)))) out.allow(o.code);
#define QUARRY_TYPE(number, name, text, doc) \
  if (!without.contains(text)) out.allow(scalar::name);
#include <quarry/ir/model/types.def>
#undef QUARRY_TYPE
  return out;
}

class file_parser {
 public:
  explicit file_parser(golden_file& file) : file_(file), text_(file.text) {}

  result<void> run() {
    if (text_.size() > max_text_size) return failure(diag::text_too_large, {std::to_string(max_text_size) + " bytes"});
    while (next_line()) {
      if (line_.empty() || line_.starts_with(';')) continue;
      if (starts("catalog")) {
        const text_range r{begin_, block_end()};
        QUARRY_TRY(schema, parse_catalog(text_, r.begin, r.end));
        file_.schema = schema;
      } else if (starts("facts")) {
        const text_range r{begin_, block_end()};
        QUARRY_TRY(parsed, parse_facts(text_, r));
        file_.facts.push_back(parsed);
      } else if (starts("run")) {
        run_ = words(line_.substr(3));
      } else if (starts("case")) {
        QUARRY_CHECK(parse_case());
      } else {
        return expected("catalog, facts, run or case");
      }
    }
    return {};
  }

 private:
  bool next_line() {
    if (at_ >= text_.size()) return false;
    begin_ = at_;
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    line_ = text_.substr(begin_, end - begin_);
    at_ = end + 1;
    return true;
  }
  bool starts(std::string_view word) const {
    return line_.starts_with(word) && (line_.size() == word.size() || line_[word.size()] == ' ');
  }
  failure expected(std::string_view what) const {
    failure f(diag::syntax_error, {what});
    f->source = text_;
    f->span = {static_cast<std::uint32_t>(begin_), static_cast<std::uint32_t>(std::max<std::size_t>(1, line_.size()))};
    return f;
  }

  /// From the current line to the one that is a closing brace, or to its own end where it closes itself.
  std::size_t block_end() {
    const bool one_line = line_.ends_with('}') && line_.find('{') != std::string_view::npos;
    while (!one_line && line_ != "}")
      if (!next_line()) return text_.size();
    return std::min(at_, text_.size());
  }

  static std::vector<std::string> words(std::string_view line) {
    std::vector<std::string> out;
    line = line.substr(0, line.find(';'));
    for (std::size_t i = 0; i < line.size();) {
      const std::size_t end = std::min(line.find_first_of(" ,", i), line.size());
      if (end > i) out.emplace_back(line.substr(i, end - i));
      i = end + 1;
    }
    return out;
  }

  result<void> parse_case() {
    if (!file_.schema) return expected("a catalog before the first case");
    if (file_.facts.empty()) {
      QUARRY_TRY(everything, parse_facts("facts {}", {0, 8}));
      file_.facts.push_back(everything);
    }
    golden_case c;
    c.name = line_.substr(std::min<std::size_t>(5, line_.size()));
    c.facts = file_.facts.size() - 1;
    c.run = run_;
    while (next_line() && !starts("query") && !line_.starts_with("query(")) {
      if (line_.empty() || line_.starts_with(';')) continue;
      if (starts("because")) c.because = words(line_.substr(7));
      else if (starts("run")) c.run = words(line_.substr(3));
      else return expected("run, because or query");
    }
    c.input.begin = begin_;
    c.input.end = block_end();
    while (at_ < text_.size()) {
      const std::size_t before = at_;
      next_line();
      if (line_.empty() || line_.starts_with(';')) continue;
      if (line_ != "==>") {
        at_ = before;
        break;
      }
      c.marked = true;
      c.expected = {std::min(at_, text_.size()), std::min(at_, text_.size())};
      while (next_line() && !line_.empty()) {
        c.wants_sql = c.wants_sql || starts("sql");
        if (!c.wants_sql) c.expected.end = std::min(at_, text_.size());
        else c.sql = {c.expected.end, std::min(at_, text_.size())};
      }
      break;
    }
    file_.cases.push_back(std::move(c));
    return {};
  }

  golden_file& file_;
  std::string_view text_;
  std::size_t at_ = 0, begin_ = 0;
  std::string_view line_;
  std::vector<std::string> run_;
};

// --- running ---

std::uint64_t now() {
  const auto t = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(t).count());
}

class case_runner : public pass_observer {
 public:
  case_runner(const golden_file& file, const golden_case& c, const golden_options& options)
      : file_(file), case_(c), options_(options), facts_(file.facts[c.facts]) {}

  result<golden_outcome> run() {
    cx_.reset(*file_.schema);
    cx_.tell_why(options_.record);
    QUARRY_TRY(parsed, parse_query(cx_, file_.text, case_.input.begin, case_.input.end));
    root_ = rel_id(parsed.root);
    stage_ = parsed.at;
    const rel_id first = root_;
    const stage first_stage = stage_;
    QUARRY_CHECK(inspect("the input", cx_, root_));
    const std::vector<std::string>& words = options_.run.empty() ? case_.run : options_.run;
    QUARRY_CHECK(read_options(words));
    if (stage_ == stage::logical) logical_ = root_;
    if (steps_.empty()) return failure(diag::syntax_error, {"a step to run in case '" + case_.name + "'"});
    for (const std::string& step : steps_) {
      QUARRY_CHECK(take(step));
      if (refused_) break;
    }
    if (refused_) out_.actual = render(*refused_) + "\n";
    else if (root_ == first && stage_ == first_stage) out_.actual = "noop\n";
    else out_.actual = print(cx_, root_, stage_) + notes_;
    // A measured pass may not have been called at all.
    if (options_.run.empty() && !options_.measure) QUARRY_CHECK(check_reasons());
    if (case_.wants_sql && options_.write_sql) QUARRY_CHECK(write_sql());
    return std::move(out_);
  }

  void after_pass(const context& cx, const pass_report& r) override {
    out_.steps.push_back({std::string(r.name), stage::logical, r.changed, r.visited, r.matched, r.applied,
                          r.nanoseconds, options_.keep_text ? print(cx, r.root, stage::logical) : "",
                          reasons_in(*r.declines)});
    if (pass_failure_) return;
    if (auto ok = inspect(r.name, cx, r.root); !ok) pass_failure_.emplace(ok.take_failure());
  }

 private:
  static constexpr std::uint64_t no_pass = 0;

  result<void> read_options(const std::vector<std::string>& words) {
    for (const std::string& w : words) {
      if (w == "native") how_.native = true;
      else if (w == "strict_exclude") how_.strict_exclude = true;
      else if (w == "django_aggregates") how_.django_aggregates = true;
      else if (w == "settled") cx_.settle_keys();
      else if (w == "related" || w == "logical" || w == "legal" || w == "sql" || w == "passes" ||
               pass_bit(w) != no_pass)
        steps_.push_back(w);
      else return unknown_step(w);
    }
    return {};
  }

  static std::vector<golden_reason> reasons_in(const decline_counts& counts) {
    std::vector<golden_reason> out;
    for (std::size_t i = 0; i < counts.size(); ++i)
      if (counts[i] != 0) out.push_back({all_declines()[i].reason, counts[i]});
    return out;
  }

  /// What the case says of reasons is what the passes said.
  result<void> check_reasons() const {
    std::set<std::string_view> given;
    std::string said;
    for (const golden_step& s : out_.steps)
      for (const golden_reason& r : s.declined)
        if (given.insert(r.name).second) said += (said.empty() ? "" : ", ") + std::string(r.name);
    for (const std::string& reason : case_.because) {
      if (reason == "nothing" ? given.empty() : given.contains(reason)) continue;
      failure f(
          diag::syntax_error,
          {"the reason '" + reason + "' in case '" + case_.name + "', which gives " + (said.empty() ? "none" : said)});
      nearest_choice nearest(reason);
      for (const std::string_view known : given) nearest.offer(known);
      f->suggestion = nearest.best();
      return f;
    }
    return {};
  }

  result<void> write_sql() {
    if (refused_ || stage_ != stage::logical)
      return failure(diag::syntax_error, {"a query of the logical stage for the SQL of case '" + case_.name + "'"});
    QUARRY_TRY(before, options_.write_sql(cx_, logical_));
    QUARRY_TRY(after, options_.write_sql(cx_, root_));
    out_.sql = "sql before\n" + before + "\nsql after\n" + after + "\n";
    return {};
  }

  static failure unknown_step(const std::string& w) {
    failure f(diag::unknown_name, {w});
    nearest_choice nearest(w);
    for (const pass_info& p : all_passes()) nearest.offer(p.name);
    for (const std::string_view s : {"related", "logical", "legal", "sql", "passes"}) nearest.offer(s);
    f->suggestion = nearest.best();
    return f;
  }

  result<void> take(const std::string& step) {
    if (step == "related") return lower_to(stage::related);
    QUARRY_CHECK(lower_to(stage::logical));
    if (refused_ || step == "logical") return {};
    if (step == "legal") return legalize();
    if (step == "sql") return form();
    return optimize(step);
  }

  /// Lowers a query that has not come as far yet.
  result<void> lower_to(stage wanted) {
    if (stage_ == stage::surface) {
      const std::uint64_t started = now();
      auto related = lowering_.to_related(cx_, root_, how_);
      if (!related) return refuse(related.error());
      QUARRY_CHECK(arrive("related", *related, stage::related, started));
    }
    if (stage_ == stage::related && wanted == stage::logical) {
      const std::uint64_t started = now();
      QUARRY_CHECK(arrive("logical", lowering_.to_logical(cx_, root_), stage::logical, started));
      logical_ = root_;
    }
    return {};
  }

  result<void> legalize() {
    const std::uint64_t started = now();
    auto legal = legalizer_.legalize(cx_, root_, facts_, how_.native);
    if (!legal) return refuse(legal.error());
    legal_ = true;
    return arrive("legal", *legal, stage::logical, started);
  }

  result<void> form() {
    if (!legal_) QUARRY_CHECK(legalize());
    if (refused_) return {};
    const std::uint64_t started = now();
    auto formed = legalizer_.form(cx_, root_, facts_);
    if (!formed) return refuse(formed.error());
    for (std::size_t i = 0; i < formed->slots.size(); ++i)
      notes_ += (i == 0 ? "; binds " : ", ") + bind_text(i, formed->slots[i]);
    if (!notes_.empty()) notes_ += "\n";
    if (formed->visible < formed->columns.size() && formed->visible > 0)
      notes_ += "; the first " + std::to_string(formed->visible) + " columns were asked for\n";
    if (formed->key_by_outcome) notes_ += "; the generated key is told by the outcome\n";
    return arrive("sql", formed->root, stage::sql, started);
  }

  static std::string bind_text(std::size_t slot, const bind_slot& b) {
    const std::string value = "$" + std::to_string(slot) + " = %" + std::to_string(b.param);
    switch (b.recipe) {
      case recipe::element: return value + "[" + std::to_string(b.element) + "]";
      case recipe::array: return value + " as an array";
      case recipe::year_first: return "first of year " + value;
      case recipe::year_last: return "last of year " + value;
      case recipe::iso_year_first: return "first of ISO year " + value;
      case recipe::iso_year_last: return "last of ISO year " + value;
      case recipe::day_first: return "first of day " + value;
      case recipe::day_last: return "last of day " + value;
      case recipe::value:
      case recipe::constant: return value;
    }
    return value;
  }

  result<void> optimize(const std::string& pass) {
    const std::uint64_t started = now();
    const std::uint64_t others = pass == "passes" ? 0 : ~pass_bit(pass);
    if (pass == "passes" || options_.measure) {
      root_ = passes_.run(cx_, root_, others, this);
      if (auto broken = passes_.take_problem()) return std::move(*broken);
      if (pass_failure_) return std::move(*pass_failure_);
      return {};
    }
    decline_counts declines{};
    const rel_id out = passes_.run_one(cx_, root_, pass, &declines);
    QUARRY_CHECK(arrive(pass, out, stage::logical, started));
    out_.steps.back().declined = reasons_in(declines);
    return {};
  }

  result<void> refuse(diagnostic& d) {
    refused_ = std::move(d);
    return {};
  }

  result<void> arrive(const std::string& step, rel_id root, stage s, std::uint64_t started) {
    const std::uint64_t took = now() - started;
    out_.steps.push_back(
        {step, s, root != root_ || s != stage_, 0, 0, 0, took, options_.keep_text ? print(cx_, root, s) : "", {}});
    root_ = root;
    stage_ = s;
    return inspect(step, cx_, root);
  }

  /// The verifier, and the way through the text and back.
  result<void> inspect(std::string_view step, const context& cx, rel_id root) {
    const auto blame = [&](failure f, std::string_view what) {
      f->message += " (" + std::string(what) + " after " + std::string(step) + ", case '" + case_.name + "')\n" +
          print(cx, root, stage_);
      return f;
    };
    if (options_.verify)
      if (auto ok = verify(cx, root, stage_); !ok) return blame(ok.take_failure(), "found");
    if (!options_.reparse) return {};
    const std::string text = print(cx, root, stage_);
    again_.reset(*file_.schema);
    auto back = parse_query(again_, text);
    if (!back) return blame(back.take_failure(), "reading its text");
    if (std::string difference = tree_difference(cx, root, again_, back->root); !difference.empty())
      return blame(failure(diag::internal_error, {"another tree comes back: " + difference}), "reading its text");
    if (const std::string twice = print(again_, back->root, back->at); twice != text)
      return blame(failure(diag::internal_error, {"another text comes back:\n" + line_difference(text, twice)}),
                   "printing it twice");
    return {};
  }

  const golden_file& file_;
  const golden_case& case_;
  const golden_options& options_;
  const facts& facts_;
  context cx_, again_;
  lowering lowering_;
  legalizer legalizer_;
  pass_runner passes_;
  lower_options how_;
  std::vector<std::string> steps_;
  rel_id root_;
  rel_id logical_;  // before any pass
  stage stage_ = stage::surface;
  bool legal_ = false;
  std::string notes_;
  std::optional<diagnostic> refused_;
  std::optional<failure> pass_failure_;
  golden_outcome out_;
};

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace

result<golden_file> parse_golden(std::string text) {
  golden_file out;
  out.text = std::move(text);
  QUARRY_CHECK(file_parser(out).run());
  return out;
}

result<golden_outcome> run_case(const golden_file& file, const golden_case& c, const golden_options& options) {
  return case_runner(file, c, options).run();
}

std::string blessed(const golden_file& file, const std::vector<golden_outcome>& outcomes) {
  std::string out;
  std::size_t at = 0;
  for (std::size_t i = 0; i < file.cases.size(); ++i) {
    const golden_case& c = file.cases[i];
    const std::size_t from = c.marked ? c.expected.begin : c.input.end;
    out += file.text.substr(at, from - at);
    if (!c.marked) out += "==>\n";
    out += outcomes[i].actual;
    at = c.marked ? c.expected.end : c.input.end;
    if (!c.wants_sql || outcomes[i].sql.empty()) continue;
    out += outcomes[i].sql;
    at = c.sql.end;
  }
  return out + file.text.substr(at);
}

std::string line_difference(std::string_view expected, std::string_view actual) {
  const std::vector<std::string_view> a = lines_of(expected), b = lines_of(actual);
  // Length of the longest common rest from each pair of lines on; goldens are short.
  std::vector<std::vector<std::uint32_t>> common(a.size() + 1, std::vector<std::uint32_t>(b.size() + 1, 0));
  for (std::size_t i = a.size(); i-- > 0;)
    for (std::size_t j = b.size(); j-- > 0;)
      common[i][j] = a[i] == b[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
  std::string out;
  const auto put = [&](char mark, std::string_view line) { out += mark + std::string(line) + "\n"; };
  std::size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      put(' ', a[i++]);
      ++j;
    } else if (i < a.size() && (j == b.size() || common[i + 1][j] >= common[i][j + 1])) {
      put('-', a[i++]);
    } else {
      put('+', b[j++]);
    }
  }
  return out;
}

}  // namespace quarry::ir
