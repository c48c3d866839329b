#include <quarry/ir/text/abi_header.hpp>

#include <cctype>
#include <sstream>
#include <vector>
#include <string_view>

#include <quarry/ir/model/kinds.hpp>

namespace quarry::ir {
namespace {

std::string constant(std::string_view name) {
  std::string out;
  for (const char c : name) out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  while (!out.empty() && out.back() == '_') out.pop_back();
  return out;
}

std::string define(std::string_view prefix, std::string_view name, long number, const std::string& comment) {
  std::string line =
      "#define QUARRY_" + std::string(prefix) + "_" + constant(name) + " " + std::to_string(number) + "u";
  return comment.empty() ? line + "\n" : line + " /* " + comment + " */\n";
}

std::string_view meaning(word w) {
  switch (w) {
    case word::symbol: return "symbol";
    case word::slot: return "slot";
    case word::op: return "QUARRY_OP_";
    case word::bits: return "the value's bits: int64 or double";
    default: return "";
  }
}

std::string describe(const kind_info& k) {
  std::string out;
  for (const field_info& f : k.all_fields()) {
    const std::string separator = out.empty() ? "" : "; ";
    switch (f.form) {
      case field_form::word_a:
      case field_form::word_b: {
        const std::string_view known = meaning(f.meaning);
        std::string of(known);
        if (known.empty() && !code_text(f.meaning, 0).empty()) of = "code";
        out += separator + (f.form == field_form::word_a ? "a = " : "b = ") + std::string(f.name) +
            (of.empty() ? "" : " (" + of + ")");
        break;
      }
      case field_form::flag: out += separator + "flag " + std::to_string(f.slot) + " = " + std::string(f.name); break;
      case field_form::child: out += separator + "[" + std::to_string(f.slot) + "] " + std::string(f.name); break;
      case field_form::optional_child:
        out += separator + "[" + std::to_string(f.slot) + "] " + std::string(f.name) + "?";
        break;
      case field_form::children: out += separator + "[" + std::to_string(f.slot) + "...] " + std::string(f.name); break;
    }
  }
  return out;
}

/// A macro that calls another with each of the numbers, for those who fill a table.
std::string for_each(std::string_view prefix, const std::vector<std::string_view>& names) {
  std::string out = "#define QUARRY_FOR_EACH_" + std::string(prefix) + "(X)";
  for (const std::string_view name : names)
    out += " \\\n  X(QUARRY_" + std::string(prefix) + "_" + constant(name) + ")";
  return out + "\n";
}

}  // namespace

std::string abi_header_section() {
  std::ostringstream out;
  out << "/* Kinds of nodes. */\n";
  long highest = 0;
  std::vector<std::string_view> names;
  for (const kind_info& k : all_kinds())
    if (is_public(k.id)) {
      out << define("KIND", k.name, highest = static_cast<long>(k.id), describe(k));
      names.push_back(k.name);
    }
  out << "#define QUARRY_HIGHEST_KIND " << highest << "u\n"
      << for_each("KIND", names) << "\n/* Operations, of op, aggregate and window nodes; the arguments in order. */\n";
  names.clear();
  for (const op_info& o : all_ops()) {
    out << define("OP", o.name, highest = static_cast<long>(o.code), std::string(o.doc));
    names.push_back(o.name);
  }
  out << "#define QUARRY_HIGHEST_OP " << highest << "u\n" << for_each("OP", names) << "\n/* Types. */\n";
#define QUARRY_TYPE(number, name, text, doc) out << define("TYPE", #name, highest = number, doc);
#include <quarry/ir/model/types.def>
#undef QUARRY_TYPE
  out << "#define QUARRY_HIGHEST_TYPE " << highest
      << "u\n\n/* Facts: what they mean, and what holds when a plugin says nothing. */\n";
#define QUARRY_FACT(number, name, type, initial, doc) \
  out << define("FACT", #name, highest = number, std::string(doc) + " (default " + std::to_string(initial) + ")");
#include <quarry/ir/legalize/facts.def>
#undef QUARRY_FACT
  out << "#define QUARRY_HIGHEST_FACT " << highest << "u\n\n/* Categories of errors. */\n";
#define QUARRY_ERROR(number, name, diagnostic, doc) out << define("ERROR", #name, highest = number, doc);
#include <quarry/ir/legalize/errors.def>
#undef QUARRY_ERROR
  out << "#define QUARRY_HIGHEST_ERROR " << highest << "u\n\n/* Codes in payload words. */\n";
#define QUARRY_CODE(enumeration, name, number, text) out << define(constant(#enumeration), #name, number, "");
#include <quarry/ir/model/codes.def>
#undef QUARRY_CODE
  return out.str();
}

}  // namespace quarry::ir
