#include <quarry/plugins/host/facts_reader.hpp>

#include <cstring>
#include <string>

#include <quarry/plugins/host/error.hpp>

namespace quarry::host {
namespace {

enum class fact_form : std::uint8_t { unknown, flag, count, choice };

fact_form form_of(std::uint32_t fact) noexcept {
  switch (fact) {
#define QUARRY_FACT(number, name, type, ...) \
  case number: return fact_form::type;
#include <quarry/ir/legalize/facts.def>
#undef QUARRY_FACT
    default: return fact_form::unknown;
  }
}

/// -1 stands for "no limit" in the one fact that says so.
bool is_valid(ir::fact f, fact_form form, std::int64_t value) noexcept {
  switch (form) {
    case fact_form::flag: return value == 0 || value == 1;
    case fact_form::count: return value >= (f == ir::fact::unlimited_limit ? -1 : 0);
    case fact_form::choice: return value >= 0 && value < 256;
    case fact_form::unknown: break;
  }
  return true;
}

/// Is number n legal, as far as the plugin's array and its table say?
struct legality {
  const std::uint8_t* bytes;
  std::uint32_t count;
  std::uint32_t highest;
  bool operator()(std::uint32_t n) const noexcept { return n <= highest && n < count && bytes[n] != 0; }
};

ir::result<void> read_values(const quarry_plugin& table, const quarry_facts& record, ir::facts& out) {
  const std::string_view plugin = view(table.name);
  if (record.fact_count == 0) return {};
  if (record.facts == nullptr) return bad_answer(plugin, "it counts facts and gives none");
  if (record.fact_stride < sizeof(quarry_fact_value) || record.fact_stride % alignof(quarry_fact_value) != 0)
    return bad_answer(plugin, "the stride of its facts is " + std::to_string(record.fact_stride));
  const auto* at = reinterpret_cast<const unsigned char*>(record.facts);
  for (std::uint32_t i = 0; i < record.fact_count; ++i, at += record.fact_stride) {
    quarry_fact_value fact;
    std::memcpy(&fact, at, sizeof fact);
    const fact_form form = form_of(fact.fact);
    if (form == fact_form::unknown || fact.fact > table.highest_fact) continue;
    const auto id = static_cast<ir::fact>(fact.fact);
    if (!is_valid(id, form, fact.value))
      return bad_answer(plugin,
                        "it states the fact " + std::string(ir::name_of(id)) + " as " + std::to_string(fact.value));
    out.set(id, fact.value);
  }
  return {};
}

}  // namespace

ir::result<ir::facts> read_facts(const quarry_plugin& table, const quarry_facts& record) {
  const std::string_view plugin = view(table.name);
  if (record.size < sizeof(quarry_facts))
    return bad_answer(plugin,
                      "its capability record has " + std::to_string(record.size) + " bytes of " +
                          std::to_string(sizeof(quarry_facts)));
  if ((record.kind_count != 0 && record.kinds == nullptr) || (record.op_count != 0 && record.ops == nullptr) ||
      (record.type_count != 0 && record.types == nullptr))
    return bad_answer(plugin, "it counts legal kinds, operations or types and gives none");

  ir::facts out;
  QUARRY_CHECK(read_values(table, record, out));
  const legality kinds{record.kinds, record.kind_count, table.highest_kind};
  for (const ir::kind_info& k : ir::all_kinds())
    if (ir::is_public(k.id) && kinds(static_cast<std::uint32_t>(k.id))) out.allow(k.id);
  const legality ops{record.ops, record.op_count, table.highest_op};
  for (const ir::op_info& o : ir::all_ops())
    if (ops(static_cast<std::uint32_t>(o.code))) out.allow(o.code);
  const legality scalars{record.types, record.type_count, table.highest_type};
  for (std::uint32_t s = 0; s <= QUARRY_HIGHEST_TYPE; ++s)
    if (scalars(s)) out.allow(static_cast<ir::scalar>(s));
  out.product = view(record.product);
  out.version = view(record.version);
  if (out.product.empty()) out.product = plugin;
  return out;
}

}  // namespace quarry::host
