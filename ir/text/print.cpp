#include <quarry/ir/text/print.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cctype>
#include <map>
#include <set>

#include <quarry/ir/model/views.hpp>

namespace quarry::ir {
namespace {

std::string quoted(std::string_view s) {
  std::string out = "\"";
  for (const char c : s) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') out += "\\n";
    else out += c;
  }
  return out + "\"";
}

class printer {
 public:
  printer(const context& cx, stage s) : cx_(cx), stage_(s) {}

  std::string run(any_id root) {
    collect(root);
    std::string body;
    for (const any_id rel : relations_) body += "  " + rel_names_[rel.value] + " = " + statement(rel) + "\n";
    return "query(" + parameters() + ") {  ; stage " + std::string(name_of(stage_)) + "\n" + body + "}\n";
  }

 private:
  static bool is_rel(const node& n) { return info(n.kind).sort == sort::rel; }

  /// Relations in the order of definition; names and instance names come with them.
  void collect(any_id id) {
    if (!id.present() || !seen_.insert(id.value).second) return;
    const node& n = cx_.at(id);
    const std::uint32_t instance = instance_of(n);
    for (const std::uint32_t c : cx_.children(id)) collect({c});
    if (n.kind == kind::param) params_[static_cast<std::uint32_t>(n.a)] = n.type;
    if (n.kind == kind::bind) params_[static_cast<std::uint32_t>(n.a)] = n.type;
    if (!is_rel(n)) return;
    relations_.push_back(id);
    std::string wanted(1, info(n.kind).text[0]);
    if (n.kind == kind::scan_call) wanted = initial(static_cast<std::uint32_t>(n.a));
    if (instance != none && cx_.instance_at(instance).model != none) wanted = initial(cx_.instance_at(instance).model);
    const std::string name = unique(wanted);
    rel_names_[id.value] = name;
    if (instance != none) instance_names_[instance] = name;
  }

  std::string initial(std::uint32_t model) const {
    const std::string_view name = cx_.text(cx_.schema().at(model).name);
    return {static_cast<char>(std::tolower(static_cast<unsigned char>(name[0])))};
  }

  static std::uint32_t instance_of(const node& n) {
    for (const field_info& f : info(n.kind).all_fields())
      if (f.meaning == word::instance && n.kind != kind::column) return n.b;
    return none;
  }

  std::string unique(const std::string& wanted) {
    std::string name = wanted;
    for (int i = 2; !used_.insert(name).second; ++i) name = wanted + std::to_string(i);
    return name;
  }

  std::string parameters() const {
    std::string out;
    for (const auto& [index, t] : params_) {
      if (!out.empty()) out += ", ";
      out += "%" + std::to_string(index);
      if (t.kind() != scalar::unknown) out += ": " + print(t);
    }
    return out;
  }

  std::string word_text(const field_info& f, const node& n) const {
    const std::uint64_t v = f.form == field_form::word_a ? n.a : n.b;
    const auto narrow = static_cast<std::uint32_t>(v);
    switch (f.meaning) {
      case word::symbol: return narrow == none ? "" : quoted(cx_.text(symbol{narrow}));
      case word::model: return std::string(cx_.text(cx_.schema().at(narrow).name));
      case word::instance: return "";
      case word::origin: return "";
      case word::op: return std::string(info(static_cast<op>(narrow)).name);
      case word::number: return std::string(f.name) + "=" + std::to_string(v);
      case word::relation: return "";
      default: break;
    }
    const std::string_view known = code_text(f.meaning, narrow);
    return known.empty() ? std::to_string(v) : std::string(known);
  }

  /// Payload words and flags, as they stand between the kind and its children.
  std::string head(const node& n) const {
    std::string out;
    for (const field_info& f : info(n.kind).all_fields()) {
      std::string piece;
      if (f.form == field_form::word_a || f.form == field_form::word_b) piece = word_text(f, n);
      if (f.form == field_form::flag && (n.flags & f.slot) != 0) piece = f.text;
      if (piece.empty()) continue;
      if (!out.empty()) out += ' ';
      out += piece;
    }
    return out;
  }

  /// relate: the relation's name on the model that the key column belongs to.
  std::string relation_name(any_id relate) const {
    const std::uint32_t model = cx_.instance_at(cx_.at(cx_.child(relate, 1)).b).model;
    return std::string(cx_.text(cx_.schema().at(model).relations[cx_.at(relate).a].name));
  }

  std::string statement(any_id id) {
    const node& n = cx_.at(id);
    std::string out(info(n.kind).text);
    if (n.kind == kind::relate) out += " " + relation_name(id);
    const std::string words = head(n);
    if (!words.empty()) out += " " + words;
    const bool tall = stage_ == stage::sql && info(n.kind).fixed_children > 1;
    for (const field_info& f : info(n.kind).all_fields()) {
      std::string piece;
      if (f.form == field_form::child || f.form == field_form::optional_child) {
        const any_id c = cx_.child(id, f.slot);
        if (!c.present()) continue;
        piece = inline_text(c);
      } else if (f.form == field_form::children) {
        piece = items(cx_.children(id).subspan(f.slot));
      } else {
        continue;
      }
      out += (tall ? "\n      " : " ") + (f.text.empty() ? "" : std::string(f.text) + " ") + piece;
    }
    if (const std::uint32_t i = instance_of(n); i != none && cx_.instance_at(i).model == none) out += columns_of(i);
    return out;
  }

  std::string columns_of(std::uint32_t instance) const {
    std::string out;
    for (const output& o : cx_.outputs(instance))
      out += (out.empty() ? "" : ", ") + std::string(cx_.text(o.name)) + ": " + print(o.type);
    return " -> (" + out + ")";
  }

  std::string items(std::span<const std::uint32_t> ids) {
    std::string out = "[";
    for (const std::uint32_t c : ids) out += (out.size() > 1 ? ", " : "") + inline_text({c});
    return out + "]";
  }

  std::string column_text(std::uint32_t instance, std::uint64_t field) const {
    const auto known = instance_names_.find(instance);
    const std::string owner = known != instance_names_.end() ? known->second : "#" + std::to_string(instance);
    return owner + "." + std::string(cx_.column_name(instance, static_cast<std::uint32_t>(field)));
  }

  std::string inline_text(any_id id) {
    if (!id.present()) return "none";
    const node& n = cx_.at(id);
    if (const auto named = rel_names_.find(id.value); named != rel_names_.end()) return named->second;
    switch (n.kind) {
      case kind::column: return column_text(n.b, n.a);
      case kind::param: return "%" + std::to_string(n.a) + (n.b != 0 ? "[" + std::to_string(n.b - 1) + "]" : "");
      case kind::bind: return "%" + std::to_string(n.a);
      case kind::literal: return literal_text(n);
      case kind::list: return items(cx_.children(id));
      case kind::path: return quoted(cx_.text(symbol{static_cast<std::uint32_t>(n.a)}));
      case kind::name_ref: {
        const symbol qualifier{static_cast<std::uint32_t>(n.a)};
        return (qualifier.present() ? std::string(cx_.text(qualifier)) + "." : "") + std::string(cx_.text(symbol{n.b}));
      }
      case kind::op: return std::string(trimmed(info(op_of(cx_, id)).name)) + arguments(cx_.children(id));
      default: return generic(id, n);
    }
  }

  static std::string_view trimmed(std::string_view name) { return name.ends_with('_') ? name.substr(0, name.size() - 1) : name; }

  std::string arguments(std::span<const std::uint32_t> ids) {
    std::string out = "(";
    for (const std::uint32_t c : ids) out += (out.size() > 1 ? ", " : "") + inline_text({c});
    return out + ")";
  }

  static std::string literal_text(const node& n) {
    if ((n.flags & 1U) != 0) return "null:" + print(n.type);
    switch (n.type.kind()) {
      case scalar::boolean: return n.a != 0 ? "true" : "false";
      case scalar::float64: {
        char text[32];
        const auto end = std::to_chars(std::begin(text), std::end(text), std::bit_cast<double>(n.a));
        return std::string(text, end.ptr) + ":f64";
      }
      case scalar::int64: return std::to_string(static_cast<std::int64_t>(n.a));
      default: return std::to_string(static_cast<std::int64_t>(n.a)) + ":" + std::string(name_of(n.type.kind()));
    }
  }

  std::string generic(any_id id, const node& n) {
    std::string out(info(n.kind).text);
    const std::string words = head(n);
    if (!words.empty()) out += " " + words;
    for (const field_info& f : info(n.kind).all_fields()) {
      if (f.form == field_form::child || f.form == field_form::optional_child) {
        const any_id c = cx_.child(id, f.slot);
        if (c.present()) out += " " + (f.text.empty() ? "" : std::string(f.text) + " ") + inline_text(c);
      } else if (f.form == field_form::children) {
        out += " " + items(cx_.children(id).subspan(f.slot));
      }
    }
    if (n.kind == kind::cast || n.kind == kind::call || n.kind == kind::column_def) out += " : " + print(n.type);
    return "(" + out + ")";
  }

  const context& cx_;
  stage stage_;
  std::set<std::uint32_t> seen_;
  std::set<std::string> used_;
  std::vector<any_id> relations_;
  std::map<std::uint32_t, std::string> rel_names_;
  std::map<std::uint32_t, std::string> instance_names_;
  std::map<std::uint32_t, type> params_;
};

}  // namespace

std::string print(type t) {
  std::string out(name_of(t.kind()));
  if (t.kind() == scalar::decimal && t.precision() != 0)
    out += "(" + std::to_string(t.precision()) + "," + std::to_string(t.scale()) + ")";
  if (t.kind() == scalar::text && t.length() != 0) out += "(" + std::to_string(t.length()) + ")";
  if (t.kind() == scalar::array) out += "(" + std::string(name_of(t.element())) + ")";
  return out + (t.nullable() ? "?" : "!");
}

std::string print(const context& cx, any_id root, stage s) { return printer(cx, s).run(root); }

}  // namespace quarry::ir
