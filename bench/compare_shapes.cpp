// The queries of slow_shapes on its rows, beside the best SQL known for each: equal rows, and the time of both.
// usage: compare_shapes bench.sqlite shapes.jsonl      exit status 1 where rows differ
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "shape_rows.hpp"
#include "shapes.hpp"

namespace quarry::bench {
namespace {

namespace js = boost::json;

template <class F>
double milliseconds(F&& f) {
  const auto start = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

bool compare(const database& db, plain_file& plain, const js::object& shape) {
  const std::string id(shape.at("id").as_string());
  const std::string expression(shape.at("expr").as_string());
  const auto say = [&](const std::string& what) { std::printf("%-5s %s\n", id.c_str(), what.c_str()); };
  if (expression.find("...") != std::string::npos || expression.find("prefetch_related") != std::string::npos) {
    say("not one statement: not compared");
    return true;
  }
  std::vector<text_row> ours, theirs;
  detail::chain query;
  try {
    query = chain_of(expression);
    run_query(db, query, &ours);
  } catch (const error& e) {
    say(std::string("not yet: ") + e.what());
    return true;
  }
  std::string best;
  double best_time = 0;
  for (const js::value& candidate : shape.at("known_good").at("sqlite").as_array()) {
    const std::string sql(candidate.as_string());
    plain.run(sql, nullptr);
    const double time = milliseconds([&] { plain.run(sql, nullptr); });
    if (best.empty() || time < best_time) best = sql, best_time = time;
  }
  plain.run(best, &theirs);
  std::sort(ours.begin(), ours.end());
  std::sort(theirs.begin(), theirs.end());
  if (ours != theirs) {
    say("other rows: " + std::to_string(ours.size()) + " and " + std::to_string(theirs.size()) + "\n      " +
        db.session()->sql(query, false));
    return false;
  }
  std::vector<double> our_times, their_times;
  double spent = 0;
  for (int round = 0; round < 15 && (round < 3 || spent < 4000); ++round) {
    our_times.push_back(milliseconds([&] { run_query(db, query, nullptr); }));
    their_times.push_back(milliseconds([&] { plain.run(best, nullptr); }));
    spent += our_times.back() + their_times.back();
  }
  const double our_time = median(our_times), their_time = median(their_times);
  std::printf("%-5s %7zu %10.2f %10.2f %7.2f\n", id.c_str(), ours.size(), our_time, their_time, our_time / their_time);
  std::fflush(stdout);
  return true;
}

}  // namespace
}  // namespace quarry::bench

int main(int argc, char** argv) {
  using namespace quarry::bench;
  if (argc != 3) {
    std::fprintf(stderr, "usage: compare_shapes bench.sqlite shapes.jsonl\n");
    return 2;
  }
  setenv("QUARRY_PLUGIN_PATH", QUARRY_BENCH_PLUGIN_DIR, 1);
  const quarry::database db = quarry::database::open("sqlite:///" + std::string(argv[1]));
  plain_file plain(argv[1]);
  std::printf("%-5s %7s %10s %10s %7s\n", "shape", "rows", "ours ms", "best ms", "ratio");
  std::ifstream lines(argv[2]);
  bool equal = true;
  for (std::string line; std::getline(lines, line);)
    equal = compare(db, plain, boost::json::parse(line).as_object()) && equal;
  return equal ? 0 : 1;
}
