// Lookups and transforms that an application adds to a catalog: a typed signature and a meaning.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <quarry/ir/model/kinds.hpp>

namespace quarry::ir {

/// Letters, digits and underscores, no digit first, at most 63: what may stand in SQL as the name of a function.
constexpr bool is_function_name(std::string_view name) noexcept {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !name.empty() && name.size() <= 63 && letter(name.front()) &&
      std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

/// What a lookup or transform computes: a tree over the value that it stands behind, and over its operand.
struct meaning {
  enum class form : std::uint8_t {
    value,      ///< what stands before the name in the path
    operand,    ///< the right side of a lookup
    operation,  ///< an op over the parts
    call,       ///< a function that the database has, by name, over the parts; `type` says what it gives
    cast,       ///< the one part as a `type`
    integer,
    text        ///< a constant, which is bound
  };
  form what = form::value;
  op operation = op::and_;
  scalar type = scalar::unknown;
  std::int64_t integer = 0;
  std::string text;  ///< also the name of a function
  std::vector<meaning> parts;
};

/// One that is registered. Its name stands in paths like that of a built-in one: `name__initial`, `name__unlike="x"`.
struct extension {
  enum class form : std::uint8_t { transform, lookup };
  form what = form::transform;
  std::string name;
  scalar of = scalar::unknown;       ///< the values that it works on; integers of all widths are one type
  scalar operand = scalar::unknown;  ///< of a lookup: what its right side is converted to
  scalar result = scalar::boolean;   ///< of a transform: what it gives
  ir::meaning meaning;

  /// Whether it works on values of this type.
  bool applies(scalar to) const noexcept {
    const auto integer = [](scalar s) { return s == scalar::int16 || s == scalar::int32 || s == scalar::int64; };
    return of == to || (integer(of) && integer(to));
  }
};

}  // namespace quarry::ir
