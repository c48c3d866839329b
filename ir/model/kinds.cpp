#include <quarry/ir/model/kinds.hpp>

namespace quarry::ir {
namespace {

constexpr std::uint8_t stage_set(std::string_view letters) {
  std::uint8_t set = 0;
  for (const char c : letters)
    set = static_cast<std::uint8_t>(set |
                                    (c == 'S'       ? stage_surface
                                         : c == 'R' ? stage_related
                                         : c == 'L' ? stage_logical
                                                    : stage_sql));
  return set;
}

template <std::size_t N>
constexpr kind_info make_kind(kind id, std::string_view name, std::string_view stages, sort s, std::string_view text,
                              const std::array<field_info, N>& fields) {
  kind_info k{id, name, stage_set(stages), s, text, {}, static_cast<std::uint8_t>(N), 0, false};
  for (std::size_t i = 0; i < N; ++i) {
    k.fields[i] = fields[i];
    if (fields[i].form == field_form::children) k.has_tail = true;
    if (fields[i].form == field_form::child || fields[i].form == field_form::optional_child) ++k.fixed_children;
  }
  return k;
}

// A leading dummy lets the array be written by a macro also for a kind without fields.
template <std::size_t N>
constexpr std::array<field_info, N - 1> drop_first(const std::array<field_info, N>& in) {
  std::array<field_info, N - 1> out{};
  for (std::size_t i = 1; i < N; ++i) out[i - 1] = in[i];
  return out;
}

#define QA(name, meaning) \
  , field_info { field_form::word_a, #name, "", word::meaning }
#define QB(name, meaning) \
  , field_info { field_form::word_b, #name, "", word::meaning }
#define QF(name, bit, text) \
  , field_info { field_form::flag, #name, text, word::none, sort::any, bit }
#define QS(slot, name, wants, text) \
  , field_info { field_form::child, #name, text, word::none, sort::wants, slot }
#define QO(slot, name, wants, text) \
  , field_info { field_form::optional_child, #name, text, word::none, sort::wants, slot }
#define QT(slot, name, wants, text) \
  , field_info { field_form::children, #name, text, word::none, sort::wants, slot }
#define QUARRY_KIND(number, name, stages, sort_, text, ...) \
  make_kind(kind::name, #name, #stages, sort::sort_, text, drop_first(std::array{field_info{} __VA_ARGS__})),
constexpr std::array kinds = {
#include <quarry/ir/model/kinds.def>
};
#undef QUARRY_KIND
#undef QA
#undef QB
#undef QF
#undef QS
#undef QO
#undef QT

#define QUARRY_OP(number, name, group, least, most, nulls, result, doc) \
  op_info{op::name, #name, op_class::group, least, most, null_policy::nulls, op_result::result, doc},
constexpr std::array ops = {
#include <quarry/ir/model/ops.def>
};
#undef QUARRY_OP

// Dense tables, so that a look-up is one load.
constexpr std::uint16_t no_index = 0xffff;
template <class Table, class Id>
constexpr auto index_range(const Table& table, Id id, std::uint16_t base) {
  std::array<std::uint16_t, 256> index{};
  index.fill(no_index);
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto n = static_cast<std::uint16_t>(id(table[i]));
    if (n >= base && n < base + 256) index[static_cast<std::size_t>(n - base)] = static_cast<std::uint16_t>(i);
  }
  return index;
}
constexpr auto kind_id = [](const kind_info& k) { return k.id; };
constexpr std::array kind_index = {index_range(kinds, kind_id, 0x0000), index_range(kinds, kind_id, 0x1000),
                                   index_range(kinds, kind_id, 0x2000), index_range(kinds, kind_id, 0x3000)};
constexpr auto op_index = index_range(ops, [](const op_info& o) { return o.code; }, 0);

constexpr bool ascending_kinds() {
  for (std::size_t i = 1; i < kinds.size(); ++i)
    if (kinds[i].id <= kinds[i - 1].id) return false;
  return true;
}
static_assert(ascending_kinds(), "kinds.def is in ascending order, each number once");

}  // namespace

const kind_info& info(kind k) noexcept {
  const auto n = static_cast<std::uint16_t>(k);
  return kinds[kind_index[(n >> 12U) & 3U][n & 0xffU]];
}

const op_info& info(op o) noexcept { return ops[op_index[static_cast<std::uint16_t>(o) & 0xffU]]; }

std::string_view name_of(scalar s) noexcept {
  switch (s) {
#define QUARRY_TYPE(number, name, text, doc) \
  case scalar::name: return text;
#include <quarry/ir/model/types.def>
#undef QUARRY_TYPE
  }
  return "?";
}

std::string_view name_of(stage s) noexcept {
  switch (s) {
    case stage::surface: return "surface";
    case stage::related: return "related";
    case stage::logical: return "logical";
    case stage::sql: return "sql";
  }
  return "?";
}

std::string_view code_text(word meaning, std::uint32_t value) noexcept {
#define QUARRY_CODE(enumeration, name, number, text) \
  if (meaning == word::enumeration && value == number) return text;
#include <quarry/ir/model/codes.def>
#undef QUARRY_CODE
  return {};
}

std::span<const kind_info> all_kinds() noexcept { return kinds; }
std::span<const op_info> all_ops() noexcept { return ops; }

}  // namespace quarry::ir
