// What printing and parsing have in common: the order of a kind's fields in the text, and which names need quotes.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include <quarry/ir/model/kinds.hpp>
#include <quarry/ir/model/type.hpp>

namespace quarry::ir {

/// Deepest nesting of a tree that the parser takes.
inline constexpr std::uint32_t max_text_depth = 1000;
/// Largest text that it takes, in bytes.
inline constexpr std::size_t max_text_size = std::size_t{4} << 20U;

/// The fields of a kind in the order of the text: words and flags first, then the children; a word that stands as `name=value`
/// comes after the first child.
struct text_fields {
  std::array<const field_info*, max_fields> at{};
  std::size_t count = 0;
  const field_info* const* begin() const noexcept { return at.data(); }
  const field_info* const* end() const noexcept { return at.data() + count; }
};
text_fields in_text_order(const kind_info& k) noexcept;

constexpr bool is_word(const field_info& f) noexcept {
  return f.form == field_form::word_a || f.form == field_form::word_b;
}
constexpr bool is_child(const field_info& f) noexcept {
  return f.form == field_form::child || f.form == field_form::optional_child || f.form == field_form::children;
}
/// A word that is printed as `name=value`.
constexpr bool is_numeral(const field_info& f) noexcept {
  return is_word(f) &&
      (f.meaning == word::number || f.meaning == word::bits || f.meaning == word::field || f.meaning == word::param ||
       f.meaning == word::slot);
}
/// The kind has its own use of a relation, with the columns of a model that it names.
bool names_a_model(const kind_info& k) noexcept;
bool has_instance(const kind_info& k) noexcept;

/// The kind of that text in this stage; relations and everything else have texts of their own. Null if there is none.
const kind_info* find_kind(stage s, bool relation, std::string_view text) noexcept;
/// "and" for and_.
std::string_view op_text(const op_info& o) noexcept;
const op_info* find_op(std::string_view text) noexcept;
std::optional<std::uint32_t> find_code(word meaning, std::string_view text) noexcept;
std::optional<scalar> find_scalar(std::string_view text) noexcept;

/// Words that may stand where a name may: a name that equals one stands in quotes.
bool is_reserved(std::string_view name) noexcept;
bool is_identifier(std::string_view name) noexcept;
std::string quoted(std::string_view s);
/// The name itself, or in quotes where it could be taken for something else.
std::string name_text(std::string_view name);

}  // namespace quarry::ir
