#include <iostream>

#include <quarry/core/cli/commands.hpp>
#include <quarry/ir/legalize/facts.hpp>
#include <quarry/plugins/host/dialect.hpp>
#include <quarry/plugins/host/registry.hpp>

namespace quarry::cli {
namespace {

/// How many of the kinds, operations and types that this program knows are legal.
struct legal_counts {
  int kinds = 0, ops = 0, types = 0;
};

legal_counts count_legal(const ir::facts& facts) {
  legal_counts n;
#define QUARRY_KIND(number, name, ...) n.kinds += facts.legal(ir::kind::name) ? 1 : 0;
#include <quarry/ir/model/kinds.def>
#undef QUARRY_KIND
#define QUARRY_OP(number, name, ...) n.ops += facts.legal(ir::op::name) ? 1 : 0;
#include <quarry/ir/model/ops.def>
#undef QUARRY_OP
#define QUARRY_TYPE(number, name, ...) n.types += facts.legal(ir::scalar::name) ? 1 : 0;
#include <quarry/ir/model/types.def>
#undef QUARRY_TYPE
  return n;
}

std::string flags_of(const ir::facts& facts) {
  std::string out;
  const auto add = [&](ir::fact f, std::string_view type) {
    if (type == "flag" && facts.has(f)) out += (out.empty() ? "" : ", ") + std::string(ir::name_of(f));
  };
#define QUARRY_FACT(number, name, type, ...) add(ir::fact::name, #type);
#include <quarry/ir/legalize/facts.def>
#undef QUARRY_FACT
  return out;
}

void print_abilities(const host::plugin& p) {
  const auto dialect = p.describe_offline();
  if (!dialect) {
    std::cout << "  can't describe itself: " << dialect.error().message << '\n';
    return;
  }
  const ir::facts& facts = dialect->facts();
  const legal_counts n = count_legal(facts);
  std::cout << "  for " << facts.product << ' ' << facts.version
            << (p.has_driver() ? "" : ", without a driver: compiles only") << ": " << n.kinds << " kinds of nodes, "
            << n.ops << " operations, " << n.types << " types, " << facts[ir::fact::max_binds]
            << " values in a statement\n"
            << "  " << flags_of(facts) << '\n';
}

void print_plugin(const host::listed_plugin& l) {
  std::cout << l.scheme;
  if (!l.plugin) {
    std::cout << "  REFUSED  " << l.path << "\n  " << ir::render(l.refusal) << '\n';
    return;
  }
  std::cout << "  " << l.plugin->name() << ' ' << l.plugin->version() << "  ABI " << host::to_string(l.plugin->abi())
            << "  " << l.path;
  if (!l.target.empty()) std::cout << " -> " << l.target;
  std::cout << '\n';
  if (l.hidden) std::cout << "  hidden: a folder that is searched earlier has a plugin of this name\n";
  else if (l.target.empty()) print_abilities(*l.plugin);
}

}  // namespace

int plugins() {
  const host::registry registry;
  const std::vector<host::listed_plugin> found = registry.list();
  for (const host::listed_plugin& l : found) print_plugin(l);
  if (found.empty()) std::cout << "no plugins found\n";
  std::cout << "searched:";
  for (const std::string& folder : registry.folders()) std::cout << ' ' << folder;
  std::cout << '\n';
  for (const std::string& folder : registry.ignored())
    std::cout << "left out, since it is relative: " << folder << '\n';
  return success;
}

}  // namespace quarry::cli
