// quarry-opt: runs stages and passes on the cases of .qir files and compares the outcome with what the file expects.
//   quarry-opt FILE.qir… [--pass NAME]… [--stage related|logical|legal|sql] [--only TEXT] [--verify] [--reparse]
//              [--print after-all|after-change] [--time-passes] [--stats] [--bless]
// With --pass or --stage, these run instead of what the file says, and their outcome is printed; with --bless it is written.
// Exit code: 0 all as expected, 1 a difference or a failure, 2 wrong usage.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <quarry/ir/tools/golden.hpp>

namespace {

using namespace quarry::ir;

struct arguments {
  std::vector<std::string> files;
  golden_options run;
  std::string only;
  bool print_all = false, print_changes = false, time = false, stats = false, bless = false;
};

/// Sums over all cases.
struct totals {
  std::uint64_t nanoseconds = 0;
  std::uint64_t runs = 0, changed = 0, visited = 0, matched = 0, applied = 0;
  std::map<std::string_view, std::uint64_t> declined;
};

int usage() {
  std::cerr << "usage: quarry-opt FILE.qir... [--pass NAME]... [--stage related|logical|legal|sql] [--only TEXT]\n"
               "                  [--verify] [--reparse] [--print after-all|after-change] [--time-passes] [--stats] "
               "[--bless]\n";
  return 2;
}

bool read(int argc, char** argv, arguments& out) {
  const std::vector<std::string_view> all(argv + 1, argv + argc);
  std::vector<std::string> passes, stages;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string_view a = all[i];
    const bool has_value = i + 1 < all.size();
    if (a == "--pass" && has_value) passes.emplace_back(all[++i]);
    else if (a == "--stage" && has_value) stages.emplace_back(all[++i]);
    else if (a == "--only" && has_value) out.only = all[++i];
    else if (a == "--verify") out.run.verify = true;
    else if (a == "--reparse") out.run.reparse = true;
    else if (a == "--print" && has_value) (all[++i] == "after-all" ? out.print_all : out.print_changes) = true;
    else if (a == "--time-passes") out.time = true;
    else if (a == "--stats") out.stats = true;
    else if (a == "--bless") out.bless = true;
    else if (!a.starts_with("--")) out.files.emplace_back(a);
    else return false;
  }
  out.run.run = passes;
  out.run.run.insert(out.run.run.end(), stages.begin(), stages.end());
  out.run.keep_text = out.print_all || out.print_changes;
  out.run.measure = out.time || out.stats;
  return !out.files.empty();
}

void print_steps(const golden_case& c, const golden_outcome& o, bool every) {
  for (const golden_step& s : o.steps)
    if (every || s.changed)
      fmt::print("; {}: after {}{}\n{}\n", c.name, s.name, s.changed ? "" : " (no change)", s.text);
}

void add(std::map<std::string, totals>& sums, std::vector<std::string>& order, const golden_outcome& o) {
  for (const golden_step& s : o.steps) {
    const auto [known, fresh] = sums.try_emplace(s.name);
    if (fresh) order.push_back(s.name);
    totals& t = known->second;
    t.nanoseconds += s.nanoseconds;
    ++t.runs;
    t.changed += s.changed ? 1 : 0;
    t.visited += s.visited;
    t.matched += s.matched;
    t.applied += s.applied;
    for (const golden_reason& r : s.declined) t.declined[r.name] += r.count;
  }
}

void print_totals(const arguments& args, const std::map<std::string, totals>& sums,
                  const std::vector<std::string>& order) {
  if (args.time) fmt::print("{:<24}{:>8}{:>12}\n", "step", "runs", "mean ns");
  for (const std::string& name : order)
    if (args.time)
      fmt::print("{:<24}{:>8}{:>12}\n", name, sums.at(name).runs, sums.at(name).nanoseconds / sums.at(name).runs);
  if (args.stats)
    fmt::print("{:<24}{:>8}{:>9}{:>9}{:>9}{:>9}\n", "step", "runs", "changed", "visited", "matched", "applied");
  for (const std::string& name : order) {
    const totals& t = sums.at(name);
    if (args.stats)
      fmt::print("{:<24}{:>8}{:>9}{:>9}{:>9}{:>9}\n", name, t.runs, t.changed, t.visited, t.matched, t.applied);
    for (const auto& [reason, count] : t.declined)
      if (args.stats) fmt::print("  left as it is: {:<26}{:>26}\n", reason, count);
  }
}

class program {
 public:
  explicit program(arguments args) : args_(std::move(args)) {}

  int run() {
    for (const std::string& path : args_.files)
      if (!run_file(path)) failed_ = true;
    print_totals(args_, sums_, order_);
    return failed_ ? 1 : 0;
  }

 private:
  bool run_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream content;
    content << in.rdbuf();
    if (!in) {
      std::cerr << "quarry-opt: " << path << " can't be read\n";
      return false;
    }
    auto file = parse_golden(content.str());
    if (!file) {
      std::cerr << path << ": " << render(file.error()) << "\n";
      return false;
    }
    bool good = true;
    std::vector<golden_outcome> outcomes;
    for (const golden_case& c : file->cases) {
      outcomes.push_back({std::string(file->part(c.expected)), {}, {}});
      if (c.name.find(args_.only) == std::string::npos) continue;
      auto outcome = run_case(*file, c, args_.run);
      if (!outcome) {
        std::cerr << path << ": case " << c.name << "\n" << render(outcome.error()) << "\n";
        good = false;
        continue;
      }
      good = judge(*file, c, *outcome, path) && good;
      outcomes.back() = std::move(*outcome);
    }
    if (args_.bless && good)
      if (const std::string text = blessed(*file, outcomes); text != file->text)
        std::ofstream(path, std::ios::binary) << text;
    return good;
  }

  bool judge(const golden_file& file, const golden_case& c, const golden_outcome& o, const std::string& path) {
    if (args_.run.keep_text) print_steps(c, o, args_.print_all);
    add(sums_, order_, o);
    if (args_.bless) return true;
    if (!args_.run.run.empty()) {
      fmt::print("; {}\n{}\n", c.name, o.actual);
      return true;
    }
    const std::string_view expected = file.part(c.expected);
    if (expected == o.actual) return true;
    fmt::print("{}: case {}\n{}\n", path, c.name, line_difference(expected, o.actual));
    return false;
  }

  arguments args_;
  std::map<std::string, totals> sums_;
  std::vector<std::string> order_;
  bool failed_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  arguments args;
  if (!read(argc, argv, args)) return usage();
  return program(std::move(args)).run();
}
