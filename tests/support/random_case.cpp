#include "support/random_case.hpp"

#include <quarry/ir/lower/lower.hpp>
#include <quarry/ir/support/diagnostic.hpp>
#include <quarry/ir/text/print.hpp>

#include "support/random_plain_query.hpp"
#include "support/random_query.hpp"
#include "support/random_schema.hpp"
#include "support/random_surface.hpp"

namespace quarry::test {

ir::rel_id lower_plain_query(ir::context& cx, const plain_query& q, param_values& values, std::string& calls) {
  values.clear();
  const ir::rel_id surface = to_surface(q, cx, values);
  calls = print(cx, surface, ir::stage::surface);
  ir::lowering lower;
  auto related = lower.to_related(cx, surface, {});
  if (related) return lower.to_logical(cx, *related);
  calls += render(related.error());
  return {};
}

random_case make_random_case(ir::context& cx, std::uint64_t seed) {
  random_numbers random(seed);
  random_case out;
  out.schema = random_schema(random);
  const std::uint32_t form = random.below(100);
  // What a path over a key without its row means is a matter of its own: `fk__id` is the key itself.
  const bool dangling = form >= 24;
  out.tables = random_rows(random, *out.schema, dangling);
  // Rows that no key dangles in are those that a statement outside of a transaction sees.
  const auto start = [&] {
    cx.reset(*out.schema);
    if (!dangling && form % 2 == 0) cx.settle_keys();
  };
  start();
  // Half as callers chain them; the others in shapes that no lowering makes yet.
  if (form < 12) {
    out.plain = random_plain_query(random, *out.schema);
    out.query = lower_plain_query(cx, *out.plain, out.values, out.calls);
    return out;
  }
  if (form < 50) out.query = random_query_set(cx, random, out.values, out.calls);
  out.lowered = out.query.present();
  if (out.lowered) return out;
  start();
  out.values.clear();
  out.query = random_query(cx, random, out.values);
  return out;
}

}  // namespace quarry::test
