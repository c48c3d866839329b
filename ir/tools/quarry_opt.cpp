// quarry-opt: runs stages and passes on the cases of .qir files and compares the outcome with what the file expects.
//   quarry-opt FILE.qir… [--pass NAME]… [--stage related|logical|legal|sql] [--only TEXT] [--verify] [--reparse]
//              [--print after-all|after-change] [--time-passes] [--stats] [--bless]
// With --pass or --stage, these run instead of what the file says, and their outcome is printed; with --bless it is written.
// --stats counts what passes looked at, matched and changed, and their reasons for leaving things as they are.
// Exit code: 0 all as expected, 1 a difference or a failure, 2 wrong usage.
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <quarry/ir/passes/pipeline.hpp>
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

int usage(const std::string& mistake) {
  std::cerr << "quarry-opt: " << mistake << "\n";
  std::cerr << "usage: quarry-opt FILE.qir... [--pass NAME]... [--stage related|logical|legal|sql] [--only TEXT]\n"
               "                  [--verify] [--reparse] [--print after-all|after-change] [--time-passes] [--stats] "
               "[--bless]\n";
  return 2;
}

constexpr std::array<std::string_view, 4> stages = {"related", "logical", "legal", "sql"};

/// "no pass is called 'prune-jions'; did you mean 'prune-joins'?"
template <class Names>
std::string unknown(std::string_view what, std::string_view name, const Names& known) {
  nearest_choice nearest(name);
  for (const std::string_view k : known) nearest.offer(k);
  const std::string best = nearest.best();
  return fmt::format("no {} is called '{}'{}", what, name, best.empty() ? "" : "; did you mean '" + best + "'?");
}

std::vector<std::string_view> pass_names() {
  std::vector<std::string_view> out = {"passes"};
  for (const pass_info& p : all_passes()) out.push_back(p.name);
  return out;
}

template <class Names>
bool has(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// What is wrong with the command line, or nothing.
std::string read(std::span<char*> words, arguments& out) {
  static constexpr std::array<std::string_view, 4> with_value = {"--pass", "--stage", "--only", "--print"};
  static constexpr std::array<std::string_view, 5> alone = {"--verify", "--reparse", "--time-passes", "--stats",
                                                            "--bless"};
  std::vector<std::string> after;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view a = words[i];
    std::string_view value;
    if (has(with_value, a)) {
      if (i + 1 == words.size()) return std::string(a) + " needs a value";
      value = words[++i];
    }
    if (a == "--pass") {
      if (!has(pass_names(), value)) return unknown("pass", value, pass_names());
      out.run.run.emplace_back(value);
    } else if (a == "--stage") {
      if (!has(stages, value)) return unknown("stage", value, stages);
      after.emplace_back(value);
    } else if (a == "--only") {
      out.only = value;
    } else if (a == "--print") {
      if (value != "after-all" && value != "after-change") return "--print takes after-all or after-change";
      (value == "after-all" ? out.print_all : out.print_changes) = true;
    } else if (a == "--verify") {
      out.run.verify = true;
    } else if (a == "--reparse") {
      out.run.reparse = true;
    } else if (a == "--time-passes") {
      out.time = true;
    } else if (a == "--stats") {
      out.stats = true;
    } else if (a == "--bless") {
      out.bless = true;
    } else if (a.starts_with("--")) {
      std::vector<std::string_view> known(with_value.begin(), with_value.end());
      known.insert(known.end(), alone.begin(), alone.end());
      return unknown("option", a, known);
    } else {
      out.files.emplace_back(a);
    }
  }
  if (out.files.empty()) return "no file is given";
  out.run.run.insert(out.run.run.end(), after.begin(), after.end());
  out.run.keep_text = out.print_all || out.print_changes;
  out.run.measure = out.time || out.stats;
  return "";
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
      if (args.stats) fmt::print("  left as it is: {} ({})\n", reason, count);
  }
}

class program {
 public:
  explicit program(arguments args) : args_(std::move(args)) {}

  int run() {
    for (const std::string& path : args_.files)
      if (!run_file(path)) failed_ = true;
    if (cases_ == 0 && !failed_) return complain(fmt::format("no case has '{}' in its name", args_.only));
    print_totals(args_, sums_, order_);
    return failed_ ? 1 : 0;
  }

 private:
  static int complain(const std::string& what) {
    std::cerr << "quarry-opt: " << what << "\n";
    return 1;
  }

  bool run_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream content;
    content << in.rdbuf();
    if (!in || std::filesystem::is_directory(path)) return complain(path + " can't be read") == 0;
    auto file = parse_golden(content.str());
    if (!file) {
      std::cerr << path << ": " << render(file.error()) << "\n";
      return false;
    }
    if (file->cases.empty()) return complain(path + " has no case") == 0;
    bool good = true;
    std::vector<golden_outcome> outcomes;
    for (const golden_case& c : file->cases) {
      outcomes.push_back({std::string(file->part(c.expected)), {}, {}});
      if (c.name.find(args_.only) == std::string::npos) continue;
      ++cases_;
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
        if (!(std::ofstream(path, std::ios::binary) << text << std::flush))
          return complain(path + " can't be written") == 0;
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
  std::size_t cases_ = 0;
  bool failed_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  arguments args;
  if (const std::string mistake = read(std::span(argv, static_cast<std::size_t>(argc)).subspan(1), args);
      !mistake.empty())
    return usage(mistake);
  return program(std::move(args)).run();
}
