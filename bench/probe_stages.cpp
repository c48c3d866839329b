// Each stage and each pass of bench_stages, for instructions.sh.
#include "passes.hpp"
#include "probe.hpp"
#include "stages.hpp"

int main() {
  using namespace quarry::bench;
  const quarry::host::dialect dialect = built_dialect();
  for (const query q : queries) {
    staged_query staged(dialect, q);
    for (const stage s : all_stages)
      probe(
          std::string(name_of(q)) + "\t" + std::string(name_of(s)), [&] { staged.prepare(s); }, [&] { staged.run(s); });
  }
  for (const pass_row& row : pass_rows)
    for (const bool fires : {true, false}) {
      staged_pass staged(row, fires);
      probe(
          std::string(row.pass) + "\t" + (fires ? "fires" : "stays"), [&] { staged.prepare(); }, [&] { staged.run(); });
    }
}
