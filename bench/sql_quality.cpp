// The quality of the SQL on SQLite: steps of its virtual machine for each shape, beside the best SQL known for the same rows, and beside
// the plain form, with all optional passes off.
// usage: sql_quality bench.sqlite SHAPES.jsonl...     exit status 1 where rows differ or a ratio is above what is allowed
//
// A shape: id, expr, and known_good {sqlite: [SQL…]} where there is SQL to compare with. A line with an id and no expr allows that shape other
// ratios than hold else, and says why: {id, best, plain, why}.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include <quarry/ir/passes/pipeline.hpp>

#include "plain_steps.hpp"
#include "shape_rows.hpp"
#include "shapes.hpp"

namespace quarry::bench {
namespace {

namespace js = boost::json;

constexpr double allowed_ratio = 1.1;
/// Small statements differ by what they do once.
constexpr double allowed_steps = 200;
constexpr std::uint64_t most_steps = 300'000'000;

struct outcome {
  std::vector<text_row> rows;
  std::uint64_t steps = 0;
};

outcome sorted(outcome o) {
  std::sort(o.rows.begin(), o.rows.end());
  return o;
}

outcome of_query(const database& db, const detail::chain& query) {
  outcome out;
  take_steps();
  run_query(db, query, &out.rows);
  out.steps = take_steps();
  return sorted(std::move(out));
}

outcome of_sql(plain_file& plain, const std::string& sql) {
  outcome out;
  take_steps();
  plain.run(sql, &out.rows);
  out.steps = take_steps();
  return sorted(std::move(out));
}

class comparison {
 public:
  explicit comparison(const std::string& file)
      : optimized_(open(file, 0)), plain_(open(file, ir::pass_bit("all"))), by_hand_(file) {}

  void allow(const js::object& ratios) { allowed_[std::string(ratios.at("id").as_string())] = ratios; }

  /// Prints a row of the table.
  bool shape(const js::object& shape) {
    const std::string id(shape.at("id").as_string()), expression(shape.at("expr").as_string());
    if (expression.find("...") != std::string::npos || expression.find("prefetch_related") != std::string::npos) {
      std::printf("%-7s not one statement: not compared\n", id.c_str());
      return true;
    }
    const detail::chain query = chain_of(expression);
    limit_steps(most_steps);
    outcome ours;
    try {
      ours = of_query(optimized_, query);
    } catch (const error& e) {
      take_steps();
      std::printf("%-7s not ended: %s\n", id.c_str(), e.what());
      return allowed_.contains(id);
    }
    std::printf("%-7s %7zu %10llu", id.c_str(), ours.rows.size(), static_cast<unsigned long long>(ours.steps));
    bool good = true;
    limit_steps(0);
    if (const std::optional<outcome> best = best_of(shape)) {
      good = judge(shape, "best", ours, *best);
    } else {
      std::printf(" %10s %6s ", "", "");
    }
    limit_steps(most_steps);  // counted anew
    try {
      good = judge(shape, "plain", ours, of_query(plain_, query)) && good;
    } catch (const error&) {
      take_steps();
      std::printf(" %10s %6s ", "> 3e8", "");
    }
    std::printf("\n");
    std::fflush(stdout);
    if (!good) std::printf("        %s\n", optimized_.session()->sql(query, false).c_str());
    return good;
  }

 private:
  static database open(const std::string& file, std::uint64_t disabled) {
    database_options options;
    options.compile.disabled_passes = disabled;
    return database::open("sqlite:///" + file, options);
  }

  std::optional<outcome> best_of(const js::object& shape) {
    const auto* known = shape.if_contains("known_good");
    const auto* of_sqlite = known == nullptr ? nullptr : known->as_object().if_contains("sqlite");
    if (of_sqlite == nullptr) return std::nullopt;
    std::optional<outcome> best;
    for (const js::value& sql : of_sqlite->as_array()) {
      outcome one = of_sql(by_hand_, std::string(sql.as_string()));
      if (!best || one.steps < best->steps) best = std::move(one);
    }
    return best;
  }

  bool judge(const js::object& shape, const char* beside, const outcome& ours, const outcome& other) const {
    double allowed = allowed_ratio;
    if (const auto other_ratios = allowed_.find(std::string(shape.at("id").as_string()));
        other_ratios != allowed_.end())
      if (const auto* ratio = other_ratios->second.if_contains(beside)) allowed = ratio->to_number<double>();
    const auto mine = static_cast<double>(ours.steps), its = static_cast<double>(other.steps);
    const bool fast = mine <= std::max(its * allowed, its + allowed_steps);
    const bool same = ours.rows == other.rows;
    std::printf(" %10llu %6.2f%c", static_cast<unsigned long long>(other.steps), mine / its,
                !same      ? '#'
                    : fast ? ' '
                           : '!');
    return same && fast;
  }

  database optimized_, plain_;
  plain_file by_hand_;
  std::map<std::string, js::object> allowed_;
};

}  // namespace
}  // namespace quarry::bench

int main(int argc, char** argv) {
  using namespace quarry::bench;
  if (argc < 3) {
    std::fprintf(stderr, "usage: sql_quality bench.sqlite SHAPES.jsonl...\n");
    return 2;
  }
  setenv("QUARRY_PLUGIN_PATH", QUARRY_BENCH_PLUGIN_DIR, 1);
  watch_steps();
  comparison all(argv[1]);
  std::printf("%-7s %7s %10s %10s %6s  %10s %6s   (! slower than allowed, # other rows)\n", "shape", "rows", "ours",
              "best", "ratio", "plain", "ratio");
  std::vector<boost::json::object> shapes;
  for (int file = 2; file < argc; ++file) {
    std::ifstream lines(argv[file]);
    for (std::string line; std::getline(lines, line);) {
      if (line.empty()) continue;
      const boost::json::object one = boost::json::parse(line).as_object();
      if (one.contains("expr")) shapes.push_back(one);
      else all.allow(one);
    }
  }
  bool good = true;
  for (const boost::json::object& shape : shapes) good = all.shape(shape) && good;
  return good ? 0 : 1;
}
