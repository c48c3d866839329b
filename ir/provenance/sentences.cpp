#include <quarry/ir/provenance/sentences.hpp>

#include <algorithm>

#include <quarry/ir/model/views.hpp>
#include <quarry/ir/passes/declines.hpp>

namespace quarry::ir {
namespace {

std::string in_quotes(std::string_view s) { return "'" + std::string(s) + "'"; }

/// Operations that people write between their operands.
std::string_view sign_of(op o) {
  switch (o) {
    case op::eq: return " = ";
    case op::ne: return " <> ";
    case op::lt: return " < ";
    case op::le: return " <= ";
    case op::gt: return " > ";
    case op::ge: return " >= ";
    case op::and_: return " and ";
    case op::or_: return " or ";
    default: return {};
  }
}

}  // namespace

std::string sentences::sentence(const provenance::entry& e) const {
  const std::string_view text = all_events()[static_cast<std::size_t>(e.what)].sentence;
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '{') {
      out += text[i];
      continue;
    }
    const std::size_t end = text.find('}', i);
    out += slot(text.substr(i + 1, end - i - 1), e);
    i = end;
  }
  return out;
}

std::string sentences::slot(std::string_view name, const provenance::entry& e) const {
  if (name == "call") return call(e.by);
  if (name == "relation") return relation(e);
  if (name == "model") return model(e);
  if (name == "because") return describe(e.because);
  if (name == "column") return column(e.because);
  if (name == "other") return name_of_rows(e.other);
  if (name == "number") return std::to_string(e.number);
  if (name == "doc") return std::string(all_declines()[e.number].doc);
  if (e.what == event::filtered_relation) return std::string(cx_.text(e.by.name));
  return e.because.present() && e.what != event::key_is_near ? describe(e.because) : std::string(e.words.text);
}

path_words sentences::asked_by(const provenance::entry& e) const {
  const event_form form = all_events()[static_cast<std::size_t>(e.what)].form;
  if (e.what == event::copied) {
    provenance::entry original{};
    original.instance = e.other;
    original.what = event::join_unread;
    return asked_by(original);
  }
  // What became of a relation stands below the words that asked for it: only what is gone has to repeat them.
  if (form == event_form::made) return e.by.words;
  if (form != event_form::gone) return {};
  if (e.because.present())
    if (const path_words* words = origin_of(e.because)) return *words;
  for (const provenance::entry& other : record_.entries())
    if (e.instance != none && other.instance != none && original(other.instance) == original(e.instance) &&
        all_events()[static_cast<std::size_t>(other.what)].form != event_form::gone)
      return other.words.text.empty() ? other.by.words : other.words;
  return {};
}

std::string sentences::call(const provenance::asker& by) const {
  const auto numbered = [&](std::string_view name) {
    return std::string(name) + (by.number > 1 ? "() (call " + std::to_string(by.number) + ")" : "()");
  };
  const auto computing = [&](std::string_view name) {
    return std::string(name) + "(" + (by.name.present() ? std::string(cx_.text(by.name)) + "=…" : "") + ")";
  };
  switch (by.call) {
    case clause::nobody: return "the query";
    case clause::filter: return numbered("filter");
    case clause::exclude: return numbered("exclude");
    case clause::order_by: return "order_by()";
    case clause::model_order: return "Meta.ordering";
    case clause::values: return "values()";
    case clause::only: return "only()";
    case clause::annotate: return computing("annotate");
    case clause::aggregate: return computing("aggregate");
    case clause::select_related: return "select_related()";
    case clause::distinct: return "distinct()";
    case clause::dates: return "dates()";
    case clause::filtered_relation: return "FilteredRelation()";
    case clause::in_value:
    case clause::subquery_value: return by.words.text.empty() ? "Subquery()" : in_quotes(by.words.text);
    case clause::exists_value: return "Exists()";
    case clause::set_arm: return std::string(cx_.text(by.name)) + "()";
    case clause::count: return "count()";
    case clause::exists: return "exists()";
  }
  return {};
}

std::string sentences::model(const provenance::entry& e) const {
  if (e.what == event::key_is_near) return std::string(cx_.schema().text(cx_.schema().at(e.number).name));
  return model_of(e.instance);
}

std::string sentences::model_of(std::uint32_t instance) const {
  if (instance == none) return "rows";
  if (const std::uint32_t model = cx_.instance_at(instance).model; model != none)
    return std::string(cx_.schema().text(cx_.schema().at(model).name));
  for (const provenance::entry& e : record_.entries())
    if (e.instance != none && original(e.instance) == original(instance)) return "what " + call(e.by) + " computes";
  return "rows";
}

std::string sentences::relation(const provenance::entry& e) const {
  if (!e.words.text.empty()) return std::string(e.words.text.substr(e.words.segment.offset, e.words.segment.size));
  if (e.other == none) return {};
  const ir::model& owner = cx_.schema().at(cx_.instance_at(e.other).model);
  return std::string(cx_.schema().text(owner.relations[e.number].name));
}

std::string sentences::name_of_rows(std::uint32_t instance) const {
  // A table that stands alone goes by no alias.
  for (const provenance::name_of_instance& n : record_.names())
    if (record_.names().size() > 1 && original(n.instance) == original(instance)) return std::string(cx_.text(n.alias));
  return model_of(instance);
}

std::uint32_t sentences::original(std::uint32_t instance) const {
  for (const auto& [stands, before] : record_.originals())
    if (stands == instance) return original(before);
  return instance;
}

/// The instance that a copy was made of, which the user's words are about.
std::uint32_t sentences::source(std::uint32_t instance) const {
  instance = original(instance);
  for (const provenance::entry& e : record_.entries())
    if (e.what == event::copied && e.instance == instance) return source(e.other);
  return instance;
}

/// The same but for what may be NULL by its type, and for copies: conditions are made anew for both.
bool sentences::alike(any_id a, any_id b) const {
  if (a == b || !a.present() || !b.present()) return a == b;
  const node &x = cx_.at(a), &y = cx_.at(b);
  if (x.kind != y.kind || x.flags != y.flags || x.a != y.a || x.child_count != y.child_count) return false;
  if (x.kind == kind::column ? source(x.b) != source(y.b) : x.b != y.b) return false;
  for (std::uint32_t i = 0; i < x.child_count; ++i)
    if (!alike(cx_.child(a, i), cx_.child(b, i))) return false;
  return true;
}

const path_words* sentences::origin_of(any_id e) const {
  if (!e.present()) return nullptr;
  for (const provenance::origin_of& o : record_.origins())
    if (alike(o.expression, e)) return &o.words;
  if (info(cx_.at(e).kind).sort == sort::rel) return nullptr;
  for (const std::uint32_t child : cx_.children(e))
    if (const path_words* found = origin_of({child})) return found;
  return nullptr;
}

std::string sentences::column(any_id e) const {
  const node& n = cx_.at(e);
  return name_of_rows(n.b) + "." + std::string(cx_.column_name(n.b, static_cast<std::uint32_t>(n.a)));
}

/// The user's words where there are any, else the condition itself.
std::string sentences::describe(any_id e) const {
  if (!e.present()) return "it";
  if (const path_words* words = origin_of(e)) return in_quotes(words->text);
  const node& n = cx_.at(e);
  switch (n.kind) {
    case kind::column: return column(e);
    case kind::op: return operation(e);
    case kind::param: return "…";
    case kind::literal:
      if (n.type.kind() == scalar::boolean) return n.a != 0 ? "true" : "false";
      return (n.flags & 1U) != 0 ? "NULL" : std::to_string(static_cast<std::int64_t>(n.a));
    default: return std::string(info(n.kind).text) + "(…)";
  }
}

std::string sentences::operation(any_id e) const {
  const op o = op_of(cx_, e);
  const std::string_view sign = sign_of(o);
  const std::span<const std::uint32_t> parts = cx_.children(e);
  std::string out;
  for (const std::uint32_t part : parts) {
    if (!out.empty()) out += sign.empty() ? ", " : sign;
    out += describe({part});
  }
  return sign.empty() ? std::string(info(o).name) + "(" + out + ")" : out;
}

}  // namespace quarry::ir
