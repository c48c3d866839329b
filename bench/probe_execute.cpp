// The pairs of bench_execute, for instructions.sh.
#include "executed.hpp"
#include "plain_sqlite.hpp"
#include "probe.hpp"

int main() {
  using namespace quarry::bench;
  const quarry::database db = filled_database();
  plain_database plain(row_count);
  const auto nothing = [] {};
  probe("execute\tpk-get", nothing, [&] { (void)get_entry(db, 5000); });
  probe("execute\tplain pk-get", nothing, [&] { (void)plain.get(5000); });
  probe("execute\tstream", nothing, [&] { (void)read_all(db); }, 1);
  probe("execute\tplain stream", nothing, [&] { (void)plain.read_all(); }, 1);
}
