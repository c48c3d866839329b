#include <quarry/ir/text/form.hpp>

#include <algorithm>
#include <vector>

namespace quarry::ir {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

std::vector<std::string_view> reserved_words() {
  std::vector<std::string_view> out = {"none", "null", "true", "false", "of", "optional"};
  for (const kind_info& k : all_kinds())
    for (const field_info& f : k.all_fields())
      if (f.form == field_form::flag) out.push_back(f.text);
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

text_fields in_text_order(const kind_info& k) noexcept {
  text_fields out;
  const auto add = [&](auto&& wanted) {
    for (const field_info& f : k.all_fields())
      if (wanted(f)) out.at[out.count++] = &f;
  };
  const auto first_child = [](const field_info& f) { return is_child(f) && f.slot == 0; };
  add([](const field_info& f) { return !is_child(f) && !is_numeral(f); });
  add(first_child);
  add([](const field_info& f) { return is_numeral(f); });
  add([&](const field_info& f) { return is_child(f) && !first_child(f); });
  return out;
}

bool names_a_model(const kind_info& k) noexcept {
  return std::any_of(k.all_fields().begin(), k.all_fields().end(),
                     [](const field_info& f) { return f.meaning == word::model || f.meaning == word::relation; });
}

bool has_instance(const kind_info& k) noexcept {
  return k.sort == sort::rel && std::any_of(k.all_fields().begin(), k.all_fields().end(), [](const field_info& f) {
           return f.meaning == word::instance;
         });
}

const kind_info* find_kind(stage s, bool relation, std::string_view text) noexcept {
  for (const kind_info& k : all_kinds())
    if ((k.stages & static_cast<std::uint8_t>(s)) != 0 && (k.sort == sort::rel) == relation && k.text == text)
      return &k;
  return nullptr;
}

std::string_view op_text(const op_info& o) noexcept {
  return o.name.ends_with('_') ? o.name.substr(0, o.name.size() - 1) : o.name;
}

const op_info* find_op(std::string_view text) noexcept {
  for (const op_info& o : all_ops())
    if (op_text(o) == text) return &o;
  return nullptr;
}

std::optional<std::uint32_t> find_code(word meaning, std::string_view wanted) noexcept {
#define QUARRY_CODE(enumeration, name, number, text) \
  if (meaning == word::enumeration && wanted == text) return number;
#include <quarry/ir/model/codes.def>
#undef QUARRY_CODE
  return std::nullopt;
}

std::optional<scalar> find_scalar(std::string_view wanted) noexcept {
#define QUARRY_TYPE(number, name, text, doc) \
  if (wanted == text) return scalar::name;
#include <quarry/ir/model/types.def>
#undef QUARRY_TYPE
  return std::nullopt;
}

bool is_reserved(std::string_view name) noexcept {
  static const std::vector<std::string_view> words = reserved_words();
  return std::binary_search(words.begin(), words.end(), name);
}

bool is_identifier(std::string_view name) noexcept {
  return !name.empty() && is_letter(name[0]) &&
      std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

std::string quoted(std::string_view s) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : s) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\x";
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string name_text(std::string_view name) {
  return is_identifier(name) && !is_reserved(name) ? std::string(name) : quoted(name);
}

}  // namespace quarry::ir
