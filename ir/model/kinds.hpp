// Kinds, operations, types and codes as C++ enumerations, with the tables that generic code walks. All come from the .def files.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace quarry::ir {

/// The sort of a node: a bag of rows, a value, or a piece of a statement.
enum class sort : std::uint8_t { rel, expr, part, any };

/// The four stages, as a set of bits.
enum stage_bits : std::uint8_t { stage_surface = 1, stage_related = 2, stage_logical = 4, stage_sql = 8 };
enum class stage : std::uint8_t {
  surface = stage_surface,
  related = stage_related,
  logical = stage_logical,
  sql = stage_sql
};

enum class kind : std::uint16_t {
#define QUARRY_KIND(number, name, ...) name = number,
#include <quarry/ir/model/kinds.def>
#undef QUARRY_KIND
};

enum class op : std::uint16_t {
#define QUARRY_OP(number, name, ...) name = number,
#include <quarry/ir/model/ops.def>
#undef QUARRY_OP
};

enum class scalar : std::uint8_t {
#define QUARRY_TYPE(number, name, ...) name = number,
#include <quarry/ir/model/types.def>
#undef QUARRY_TYPE
};

// Codes are numbers in a namespace of their enumeration's name: a node's payload word holds them as they are.
using code = std::uint32_t;
#define QUARRY_CODE(enumeration, name, number, text) \
  namespace enumeration {                            \
  inline constexpr code name = number;               \
  }
#include <quarry/ir/model/codes.def>
#undef QUARRY_CODE

enum class op_class : std::uint8_t { logic, compare, text, arith, temporal, value, aggregate, window };
enum class null_policy : std::uint8_t { strict, never, kleene, all, may };
enum class op_result : std::uint8_t {
  boolean,
  arg0,
  promote,
  int32,
  int64,
  float64,
  text,
  date,
  time,
  datetime,
  duration,
  given
};

struct op_info {
  op code;
  std::string_view name;
  op_class group;
  std::uint8_t least;
  std::uint8_t most;
  null_policy nulls;
  op_result result;
  std::string_view doc;
};

/// What a payload word of a kind means.
enum class word : std::uint8_t {
  none,
  symbol,
  model,
  field,
  instance,
  relation,
  param,
  slot,
  op,
  number,
  bits,
  origin,
  join_kind,
  set_kind,
  conflict_action,
  lock_strength,
  frame_unit,
  frame_edge,
  constraint_kind,
  referential_action,
  object_kind
};

enum class field_form : std::uint8_t { word_a, word_b, flag, child, optional_child, children };

/// One field of a kind, as listed in kinds.def.
struct field_info {
  field_form form;
  std::string_view name;
  std::string_view text;  ///< the word printed before a child, or the name of a flag
  word meaning = word::none;
  sort wants = sort::any;
  std::uint16_t slot = 0;  ///< position of a child, or the bit of a flag
};

inline constexpr std::size_t max_fields = 13;

struct kind_info {
  kind id;
  std::string_view name;
  std::uint8_t stages;
  enum sort sort;
  std::string_view text;
  std::array<field_info, max_fields> fields{};
  std::uint8_t field_count = 0;
  std::uint8_t fixed_children = 0;  ///< slots before the tail
  bool has_tail = false;
  constexpr std::span<const field_info> all_fields() const noexcept { return {fields.data(), field_count}; }
};

const kind_info& info(kind k) noexcept;
const op_info& info(op o) noexcept;
std::string_view name_of(scalar s) noexcept;
std::string_view name_of(stage s) noexcept;
/// The text of a code of the enumeration that `meaning` names, or empty.
std::string_view code_text(word meaning, std::uint32_t value) noexcept;
std::span<const kind_info> all_kinds() noexcept;
std::span<const op_info> all_ops() noexcept;

/// Kinds below this number are public: scalars and the SQL stage.
inline constexpr std::uint16_t first_private_kind = 0x1000;
constexpr bool is_public(kind k) noexcept { return static_cast<std::uint16_t>(k) < first_private_kind; }

}  // namespace quarry::ir
