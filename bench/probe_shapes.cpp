// The shapes of shapes.hpp, for instructions.sh: a cache miss (cold); the calls, the plan that is there, and the binds (warm); and a
// query that is there, with other values than the last time (again).
#include <quarry/core/plan/bind_program.hpp>
#include <quarry/core/plan/compiler.hpp>

#include "probe.hpp"
#include "shapes.hpp"
#include "stages.hpp"

int main() {
  using namespace quarry;
  using namespace quarry::bench;
  const host::dialect dialect = built_dialect();
  for (const shape& s : shapes()) {
    const std::string name(s.name);
    detail::compiler compiler(dialect, {});
    detail::bind_buffer binds;
    const auto bind = [&](const detail::chain& c) { unwrap(binds.bind(*unwrap(compiler.plan_for(c)), c)); };
    const detail::chain first = s.make(0), other = s.make(1);
    const auto nothing = [] {};
    probe(name + "\tcold", [&] { compiler.cache().clear(); }, [&] { (void)unwrap(compiler.plan_for(first)); });
    if (!s.from_text) probe(name + "\twarm", nothing, [&] { bind(s.make(0)); });
    int turn = 0;
    probe(name + "\tagain", nothing, [&] { bind(turn++ % 2 == 0 ? other : first); });
  }
}
