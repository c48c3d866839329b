#ifndef QUARRY_DIALECTS_BASE_SPELLING_HPP
#define QUARRY_DIALECTS_BASE_SPELLING_HPP

#include <cstdint>
#include <string_view>

#include <quarry/plugins/abi/quarry_plugin.h>

namespace quarry::dialect {

// How tightly a piece of SQL holds together, loosest first. The order is one on which the databases agree; where they do not
// (bitwise operators, ||), operands are wanted tight and the result counts as `other`, so that parentheses decide.
enum class level : std::uint8_t {
  loose,
  alternative,
  conjunction,
  negation,
  comparison,
  other,
  sum,
  product,
  sign,
  tight
};

// The words for an operation.
//  infix   text stands between the arguments; the first must be at least as tight as left, the others as right
//  else    text is a pattern: $1 the first argument (anything goes: for places between parentheses and commas),
//          @1 the first argument, tight; $* all arguments, separated by commas
struct spelling {
  std::string_view text;
  level binds = level::tight;
  bool infix = false;
  level left = level::tight;
  level right = level::tight;
};

constexpr spelling infix(std::string_view text, level binds, level left, level right) {
  return {text, binds, true, left, right};
}
constexpr spelling compared(std::string_view text) {
  return infix(text, level::comparison, level::other, level::other);
}
constexpr spelling pattern(std::string_view text, level binds = level::tight) { return {text, binds, false}; }

// Standard SQL's words; an empty text where it has none or databases disagree.
spelling standard_spelling(std::uint32_t op);
// The name of an aggregate or window function: "sum", "row_number"; empty where databases disagree.
std::string_view standard_function(std::uint32_t op);

}  // namespace quarry::dialect

#endif
