#include <quarry/ir/text/print.hpp>

#include <bit>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include <quarry/ir/text/form.hpp>
#include <quarry/ir/verify/typing.hpp>

namespace quarry::ir {
namespace {

/// Pieces of one node, with blanks between them. An absent name in front of what could be taken for it is spelt out.
class pieces {
 public:
  explicit pieces(std::string_view first) : text_(first) {}
  void add(std::string_view piece, std::string_view before = " ") {
    if (piece.starts_with('"') || piece == "none")
      for (; absent_ > 0; --absent_) text_ += " none";
    absent_ = 0;
    text_ += before;
    text_ += piece;
    single_ = false;
  }
  void add_name(std::string_view name, bool present) {
    if (!present) {
      ++absent_;
      return;
    }
    add(quoted(name));
  }
  bool single() const noexcept { return single_; }
  const std::string& text() const noexcept { return text_; }

 private:
  std::string text_;
  int absent_ = 0;
  bool single_ = true;
};

class printer {
 public:
  printer(const context& cx, stage s) : cx_(cx), stage_(s) {}

  std::string run(any_id root) {
    if (!root.present()) return "none\n";
    collect(root);
    name_all(root);
    std::string body;
    for (const any_id rel : relations_) body += "  " + rel_names_[rel.value] + " = " + statement(rel) + "\n";
    if (info(cx_.at(root).kind).sort != sort::rel) body += "  = " + inline_text(root, false) + "\n";
    return "query(" + head() + ") {  ; stage " + std::string(name_of(stage_)) + "\n" + body + "}\n";
  }

 private:
  // --- names ---

  /// Relations in the order of their statements: operands first.
  void collect(any_id id) {
    if (!id.present() || !seen_.insert(id.value).second) return;
    for (const std::uint32_t c : cx_.children(id)) collect({c});
    if (info(cx_.at(id).kind).sort == sort::rel) relations_.push_back(id);
  }

  /// Names in the order of the text, so that each stands before its first use; an instance that is used earlier goes to the head.
  void name_all(any_id root) {
    for (const any_id rel : relations_) {
      const node& n = cx_.at(rel);
      const bool own = has_instance(info(n.kind)) && n.b < cx_.instance_count();
      const bool early = own && names_a_model(info(n.kind));
      if (early) name_relation(rel, n, own);
      for (const std::uint32_t c : cx_.children(rel)) name_columns({c});
      if (!early) name_relation(rel, n, own);
    }
    name_columns(root);
  }

  void name_columns(any_id id) {
    if (!id.present() || info(cx_.at(id).kind).sort == sort::rel || !named_.insert(id.value).second) return;
    if (cx_.at(id).kind == kind::column) name_outer(cx_.at(id).b);
    for (const std::uint32_t c : cx_.children(id)) name_columns({c});
  }

  void name_relation(any_id id, const node& n, bool own) {
    std::string wanted(1, info(n.kind).text[0]);
    if (n.kind == kind::scan_call) wanted = initial(n.a);
    if (own && cx_.instance_at(n.b).model != none) wanted = initial(cx_.instance_at(n.b).model);
    const std::string name = unique(wanted);
    rel_names_[id.value] = name;
    if (own && instance_names_.emplace(n.b, name).second) makers_.insert(id.value);
  }

  void name_outer(std::uint32_t instance) {
    if (instance >= cx_.instance_count() || instance_names_.contains(instance)) return;
    const std::uint32_t model = cx_.instance_at(instance).model;
    instance_names_[instance] = unique(model != none ? initial(model) : "x");
    outer_.push_back(instance);
  }

  std::string initial(std::uint64_t model) const {
    const std::string_view name = model_name(model);
    const char c = name.empty() ? 't' : name[0];
    if (c >= 'A' && c <= 'Z') return {static_cast<char>(c - 'A' + 'a')};
    return {c >= 'a' && c <= 'z' ? c : 't'};
  }

  std::string unique(const std::string& wanted) {
    std::string name = wanted;
    for (int i = 2; !used_.insert(name).second; ++i) name = wanted + std::to_string(i);
    return name;
  }

  std::string_view model_name(std::uint64_t model) const {
    return model < cx_.schema().models().size() ? cx_.text(cx_.schema().at(static_cast<std::uint32_t>(model)).name)
                                                : std::string_view();
  }

  std::string_view text_of(std::uint64_t s) const {
    return s < cx_.names().size() ? cx_.text(symbol{static_cast<std::uint32_t>(s)}) : std::string_view();
  }

  // --- the head ---

  std::string head() const {
    std::string out;
    const auto add = [&](const std::string& entry) { out += (out.empty() ? "" : ", ") + entry; };
    for (const auto& [index, t] : params_) add("%" + std::to_string(index) + type_suffix(t) + shape_text(index, t));
    for (const auto& [slot, t] : binds_) add("$" + std::to_string(slot) + type_suffix(t));
    for (const std::uint32_t i : outer_) {
      const instance& in = cx_.instance_at(i);
      const std::string what = in.model != none ? name_text(model_name(in.model)) : columns_of(i);
      add(instance_names_.at(i) + ": " + what + (in.model != none && in.null_extended ? " optional" : ""));
    }
    return out;
  }

  static std::string type_suffix(type t) { return t == type() ? "" : ": " + print(t); }

  /// What the user gave, where the type does not tell it.
  std::string shape_text(std::uint64_t index, type t) const {
    if (index >= cx_.param_count()) return {};
    const param& p = cx_.param_at(static_cast<std::uint32_t>(index));
    const std::string of = p.given == scalar::unknown ? "" : " of " + std::string(name_of(p.given));
    if (p.what == param::form::constant) return " from constant " + quoted(cx_.text(p.text));
    if (p.what == param::form::null) return " from null" + of;
    if (p.what == param::form::list)
      return " from list(" + std::to_string(p.length) + (p.has_null ? ", null)" : ")") +
          (p.calendar_year ? " of year" : of);
    if (p.truth) return " from true";
    if (p.calendar_year) return " from year";
    return p.given == t.kind() ? "" : " from " + std::string(name_of(p.given));
  }

  // --- words ---

  std::string instance_name(std::uint64_t i) const {
    const auto known = instance_names_.find(static_cast<std::uint32_t>(i));
    return known != instance_names_.end() ? known->second : "#" + std::to_string(i);
  }

  std::string column_text(std::uint64_t instance, std::uint64_t field) const {
    const std::string owner = instance_name(instance) + ".";
    if (!has_column(cx_, instance, field)) return owner + "#" + std::to_string(field);
    const auto i = static_cast<std::uint32_t>(instance);
    const std::string_view name = cx_.column_name(i, static_cast<std::uint32_t>(field));
    // The first column of that name is meant by it; another one goes by its number.
    for (std::uint32_t f = 0; f < field; ++f)
      if (cx_.column_name(i, f) == name) return owner + "#" + std::to_string(field);
    if (name.empty()) return owner + "#" + std::to_string(field);
    return owner + (is_identifier(name) ? std::string(name) : quoted(name));
  }

  /// relate: the relation's name on the model that the key column belongs to.
  std::string relation_text(any_id relate, const node& n) const {
    const any_id key = n.child_count > 1 ? cx_.child(relate, 1) : any_id{};
    const std::string number = "#" + std::to_string(n.a);
    if (!key.present() || cx_.at(key).kind != kind::column) return number;
    const std::uint32_t from = cx_.at(key).b;
    const std::uint32_t model = from < cx_.instance_count() ? cx_.instance_at(from).model : none;
    const std::string owner = instance_name(from) + ".";
    if (model >= cx_.schema().models().size() || n.a >= cx_.schema().at(model).relations.size()) return owner + number;
    const std::vector<relation>& all = cx_.schema().at(model).relations;
    for (std::size_t i = 0; i < n.a; ++i)
      if (all[i].name == all[n.a].name) return owner + number;
    const std::string_view name = cx_.text(all[n.a].name);
    return owner + (is_identifier(name) ? std::string(name) : quoted(name));
  }

  void add_word(pieces& out, const field_info& f, any_id id, const node& n) const {
    const std::uint64_t v = f.form == field_form::word_a ? n.a : n.b;
    switch (f.meaning) {
      case word::symbol: return out.add_name(text_of(v), v != none);
      case word::model: return out.add(v == none ? "none" : name_text(model_name(v)));
      case word::relation: return out.add(relation_text(id, n));
      case word::origin:
        if (v != none) out.add("@" + std::to_string(v));
        return;
      case word::op: {
        const op_info* o = find_op(v);
        return out.add(o != nullptr ? op_text(*o) : "?");
      }
      case word::instance:
        if (!makers_.contains(id.value)) out.add("of " + instance_name(v));
        else if (cx_.instance_at(n.b).null_extended) out.add("optional");
        return;
      default: break;
    }
    if (is_numeral(f)) return out.add(std::string(f.name) + "=" + std::to_string(static_cast<std::int64_t>(v)));
    const std::string_view known = code_text(f.meaning, static_cast<std::uint32_t>(v));
    out.add(known.empty() ? std::to_string(v) : std::string(known));
  }

  // --- nodes ---

  /// The kind, its words, flags and children. `between`: what separates the children of a statement.
  pieces fields(any_id id, const node& n, std::string_view between) {
    pieces out(info(n.kind).text);
    for (const field_info* f : in_text_order(info(n.kind))) {
      if (f->form == field_form::flag) {
        if ((n.flags & f->slot) != 0) out.add(f->text);
      } else if (is_word(*f)) {
        add_word(out, *f, id, n);
      } else if (f->form == field_form::children) {
        const auto tail = cx_.children(id).subspan(std::min<std::size_t>(f->slot, n.child_count));
        if (!tail.empty() || f->text.empty()) out.add(labelled(*f, items(tail, '[', ']')), between);
      } else {
        const any_id c = f->slot < n.child_count ? cx_.child(id, f->slot) : any_id{};
        if (c.present() || f->form == field_form::child) out.add(labelled(*f, inline_text(c, false)), between);
      }
    }
    return out;
  }

  static std::string labelled(const field_info& f, const std::string& child) {
    return f.text.empty() ? child : std::string(f.text) + " " + child;
  }

  std::string statement(any_id id) {
    const node& n = cx_.at(id);
    const bool tall = stage_ == stage::sql && info(n.kind).fixed_children > 1;
    std::string out = fields(id, n, tall ? "\n      " : " ").text();
    if (n.type != type()) out = "(" + out + ")" + type_suffix(n.type);
    if (makers_.contains(id.value) && cx_.instance_at(n.b).model == none) out += " -> " + columns_of(n.b);
    return out;
  }

  std::string columns_of(std::uint32_t instance) const {
    std::string out = "(";
    for (const output& o : cx_.outputs(instance)) {
      const std::string_view name = cx_.text(o.name);
      if (out.size() > 1) out += ", ";
      out += (!o.name.present() ? "#" : is_identifier(name) ? std::string(name) : quoted(name)) + ": " + print(o.type);
    }
    return out + ")";
  }

  std::string items(std::span<const std::uint32_t> ids, char open, char close) {
    std::string out(1, open);
    for (const std::uint32_t c : ids) {
      if (out.size() > 1) out += ", ";
      out += inline_text({c}, true);
    }
    return out + close;
  }

  /// `item`: the text ends at a comma or bracket, so that it needs none of its own.
  std::string inline_text(any_id id, bool item) {
    if (!id.present()) return "none";
    if (const auto named = rel_names_.find(id.value); named != rel_names_.end()) return named->second;
    const node& n = cx_.at(id);
    const type derived = derived_type(cx_, {n.kind, n.flags, n.a, n.b, cx_.children(id)}).value_or(type());
    type implied = derived;
    std::string out = pretty(id, n, implied);
    if (!out.empty()) return out + (n.type == implied ? "" : ": " + print(n.type));
    implied = derived;
    const pieces generic = fields(id, n, " ");
    if (item && n.type == implied && !generic.single()) return generic.text();
    return "(" + generic.text() + ")" + (n.type == implied ? "" : ": " + print(n.type));
  }

  /// The kinds that have a form of their own; `implied` becomes the type that this form stands for. Empty: the general form.
  std::string pretty(any_id id, const node& n, type& implied) {
    switch (n.kind) {
      case kind::column: return column_text(n.b, n.a);
      case kind::param:
        implied = params_.emplace(n.a, n.type).first->second;
        return "%" + std::to_string(n.a) + (n.b != 0 ? "[" + std::to_string(n.b - 1) + "]" : "");
      case kind::bind: implied = binds_.emplace(n.a, n.type).first->second; return "$" + std::to_string(n.a);
      case kind::literal: return literal_text(n, implied);
      case kind::list: return items(cx_.children(id), '[', ']');
      case kind::path: return n.a == none ? "" : quoted(text_of(n.a)) + (n.b != none ? " @" + std::to_string(n.b) : "");
      case kind::op: {
        const op_info* o = find_op(n.b);
        return o != nullptr ? std::string(op_text(*o)) + items(cx_.children(id), '(', ')') : "";
      }
      case kind::name_ref: {
        if (n.b == none) return {};
        type& last = column_types_[{n.a, n.b}];
        implied = last;
        last = n.type;
        return n.a == none ? free_name(text_of(n.b)) : free_name(text_of(n.a)) + "." + member_text(text_of(n.b));
      }
      default: return {};
    }
  }

  static std::string member_text(std::string_view name) {
    return is_identifier(name) ? std::string(name) : quoted(name);
  }
  std::string free_name(std::string_view name) const {
    return used_.contains(std::string(name)) ? quoted(name) : name_text(name);
  }

  static std::string literal_text(const node& n, type& implied) {
    if ((n.flags & 1U) != 0) {
      implied = types::null;
      return n.a == 0 ? "null" : "";
    }
    if (n.type.kind() == scalar::boolean && n.a <= 1) {
      implied = types::boolean;
      return n.a != 0 ? "true" : "false";
    }
    if (n.type.kind() == scalar::float64) {
      const auto value = std::bit_cast<double>(n.a);
      if (!std::isfinite(value)) return {};
      implied = types::float64;
      char text[32];
      const auto end = std::to_chars(std::begin(text), std::end(text), value);
      const std::string out(text, end.ptr);
      return out.find_first_of(".e") == std::string::npos ? out + ".0" : out;
    }
    implied = types::int64;
    return std::to_string(static_cast<std::int64_t>(n.a));
  }

  const context& cx_;
  stage stage_;
  std::set<std::uint32_t> seen_, named_;
  std::set<std::string> used_;
  std::vector<any_id> relations_;
  std::map<std::uint32_t, std::string> rel_names_;
  std::map<std::uint32_t, std::string> instance_names_;
  std::set<std::uint32_t> makers_;  // the relations that make their instance
  std::vector<std::uint32_t> outer_;
  std::map<std::uint64_t, type> params_, binds_;
  std::map<std::pair<std::uint64_t, std::uint32_t>, type> column_types_;
};

}  // namespace

std::string print(type t) {
  const char mark = t.nullable() ? '?' : '!';
  const std::string name(name_of(t.kind()));
  type shown(t.kind(), t.nullable());
  std::string inside;
  if (t.kind() == scalar::decimal && (t.precision() != 0 || t.scale() != 0)) {
    inside = std::to_string(t.precision()) + "," + std::to_string(t.scale());
    shown = type(t.kind(), t.nullable(), t.precision(), t.scale());
  } else if (t.kind() == scalar::array && name_of(t.element()) != "?") {
    inside = name_of(t.element());
    shown = type(t.kind(), t.nullable(), static_cast<std::uint32_t>(t.element()));
  } else if (t.kind() == scalar::text) {
    if (t.length() != 0) inside = std::to_string(t.length());
    if (t.collation() == collation_class::code_point) inside += inside.empty() ? "code_point" : ", code_point";
    if (t.collation() == collation_class::named) inside += inside.empty() ? "named" : ", named";
    shown = type(t.kind(), t.nullable(), t.length()).with_collation(t.collation());
    if (static_cast<unsigned>(t.collation()) > 2) shown = type();
  }
  // What no rule of types makes is shown as it is.
  if (shown != t || name == "?") return "bits(" + std::to_string(t.bits()) + ")";
  return name + (inside.empty() ? "" : "(" + inside + ")") + mark;
}

std::string print(const context& cx, any_id root, stage s) { return printer(cx, s).run(root); }

}  // namespace quarry::ir
