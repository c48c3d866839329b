#include <quarry/core/text/model_scope.hpp>

#include <limits>

#include <quarry/core/query/value.hpp>
#include <quarry/core/text/literals.hpp>
#include <quarry/core/text/refusal.hpp>
#include <quarry/core/text/temporal.hpp>

namespace quarry::text {
namespace {

using ir::initial_value;
using syntax::node_id;
using form = initial_value::form;

initial_value of_text(std::string text) {
  initial_value v;
  v.what = form::text;
  v.text = std::move(text);
  return v;
}

initial_value of_form(form f, std::int64_t integer = 0) {
  initial_value v;
  v.what = f;
  v.integer = integer;
  return v;
}

std::string_view last_part(std::string_view dotted) {
  const std::size_t dot = dotted.rfind('.');
  return dot == std::string_view::npos ? dotted : dotted.substr(dot + 1);
}

}  // namespace

std::string model_scope::dotted(node_id id) const {
  if (const auto n = tree_->try_as<syntax::name>(id)) {
    const auto known = imports.find(n->text);
    return known == imports.end() ? std::string(n->text) : known->second;
  }
  const auto a = tree_->try_as<syntax::attribute>(id);
  if (!a) return {};
  std::string object = dotted(a->object);
  if (object.empty()) return {};
  return object + "." + std::string(a->name);
}

node_id model_scope::resolve(node_id id) const {
  for (int round = 0; round < 8; ++round) {  // constants may be written by way of others
    node_id next;
    if (const auto n = tree_->try_as<syntax::name>(id)) {
      for (const constants* c : {&class_constants, &module_constants})
        if (const auto found = c->find(n->text); found != c->end() && !next.present()) next = found->second;
    } else if (const auto a = tree_->try_as<syntax::attribute>(id)) {
      const auto owner = tree_->try_as<syntax::name>(a->object);
      const auto of = owner ? enumerations.find(owner->text) : enumerations.end();
      if (of != enumerations.end())
        if (const auto found = of->second.find(a->name); found != of->second.end()) next = found->second;
    }
    if (!next.present()) return id;
    id = next;
  }
  return id;
}

void model_scope::refuse_option(node_id id, std::string_view owner, std::string_view option,
                                std::string_view why) const {
  refuse(ir::diag::field_option_invalid, {owner, option, why}, tree_->where(id));
}

std::string_view model_scope::text_of(node_id id, std::string_view owner, std::string_view option) const {
  const node_id at = resolve(id);
  if (const auto s = tree_->try_as<syntax::string>(at)) return s->value;
  refuse_option(id, owner, option, "it must be a text");
}

bool model_scope::truth_of(node_id id, std::string_view owner, std::string_view option) const {
  const node_id at = resolve(id);
  if (const auto b = tree_->try_as<syntax::boolean>(at)) return b->value;
  refuse_option(id, owner, option, "it must be True or False");
}

std::uint32_t model_scope::count_of(node_id id, std::string_view owner, std::string_view option,
                                    std::uint32_t most) const {
  const auto n = tree_->try_as<syntax::integer>(resolve(id));
  if (!n) refuse_option(id, owner, option, "it must be a number");
  if (!n->magnitude || *n->magnitude > most)
    refuse_option(id, owner, option, "it may be at most " + std::to_string(most));
  return static_cast<std::uint32_t>(*n->magnitude);
}

std::vector<std::string> model_scope::texts_of(node_id id, std::string_view owner, std::string_view option) const {
  const node_id at = resolve(id);
  std::vector<std::string> out;
  if (!tree_->is<syntax::list>(at) && !tree_->is<syntax::tuple>(at))
    refuse_option(id, owner, option, "it must be a list of names");
  for (const node_id item : tree_->children(at)) out.emplace_back(text_of(item, owner, option));
  return out;
}

std::optional<std::int64_t> model_scope::number_of(node_id id) const {
  const node_id at = resolve(id);
  if (const auto n = tree_->try_as<syntax::integer>(at)) {
    if (!n->magnitude || *n->magnitude > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      return std::nullopt;
    return static_cast<std::int64_t>(*n->magnitude);
  }
  const auto u = tree_->try_as<syntax::unary>(at);
  if (!u || u->sign != syntax::op::negate) return std::nullopt;
  const auto inner = number_of(u->operand);
  return inner ? std::optional(-*inner) : std::nullopt;
}

std::string model_scope::json_of(node_id id, std::string_view owner) const {
  const node_id at = resolve(id);
  std::string out;
  const auto list = [&](syntax::nodes items) {
    out += '[';
    for (const node_id item : items) out += (out.size() > 1 ? ", " : "") + json_of(item, owner);
    out += ']';
  };
  tree_->visit(
      at,
      syntax::overloaded{[&](syntax::none_literal) { out = "null"; },
                         [&](syntax::boolean b) { out = b.value ? "true" : "false"; },
                         [&](const syntax::integer& n) { out = n.text; }, [&](syntax::floating n) { out = n.text; },
                         [&](syntax::string s) { out += detail::json_text(s.value); },
                         [&](syntax::list l) { list(l.items); }, [&](syntax::tuple t) { list(t.items); },
                         [&](syntax::dict d) {
                           out += '{';
                           for (const node_id entry : d.entries) {
                             const auto e = tree_->as<syntax::dict_entry>(entry);
                             if (out.size() > 1) out += ", ";
                             out += detail::json_text(text_of(e.key, owner, "default"));
                             out += ": " + json_of(e.value, owner);
                           }
                           out += '}';
                         },
                         [&](auto) { refuse_option(id, owner, "default", "this is no JSON constant"); }});
  return out;
}

initial_value model_scope::initial_of(node_id id, std::string_view owner, ir::scalar kind) const {
  const node_id at = resolve(id);
  if (tree_->is<syntax::none_literal>(at)) return of_form(form::null);
  const bool collection = tree_->is<syntax::list>(at) || tree_->is<syntax::tuple>(at) || tree_->is<syntax::dict>(at);
  if (collection && kind != ir::scalar::json) {
    // An enumeration's member may be written as value and label.
    if (at != id && tree_->is<syntax::tuple>(at) && !tree_->children(at).empty())
      return initial_of(tree_->children(at)[0], owner, kind);
    refuse_option(id, owner, "default", "the field holds one value");
  }
  if (kind == ir::scalar::json && !tree_->is<syntax::name>(at) && !tree_->is<syntax::attribute>(at) &&
      !tree_->is<syntax::call>(at))
    return of_text(json_of(at, owner));
  if (const auto b = tree_->try_as<syntax::boolean>(at)) return of_form(form::boolean, b->value ? 1 : 0);
  if (const auto n = number_of(at)) return of_form(form::integer, *n);
  if (const auto s = tree_->try_as<syntax::string>(at)) return of_text(std::string(s->value));
  if (const auto b = tree_->try_as<syntax::bytes>(at)) return of_text(std::string(b->value));
  const auto u = tree_->try_as<syntax::unary>(at);
  const node_id magnitude = u && u->sign == syntax::op::negate ? u->operand : at;
  if (const auto f = tree_->try_as<syntax::floating>(magnitude)) {
    initial_value v = of_form(form::real);
    v.real = u ? -f->value : f->value;
    return v;
  }
  if (tree_->is<syntax::call>(at)) return initial_of_call(at, owner, kind);
  const std::string name = dotted(at);
  if (auto known = initial_of_function(name, kind)) return *std::move(known);
  if (name.ends_with(".value") && tree_->is<syntax::attribute>(at)) {  // Status.DRAFT.value
    const node_id member = tree_->as<syntax::attribute>(at).object;
    if (resolve(member) != member) return initial_of(member, owner, kind);
  }
  refuse_option(id, owner, "default", "only constants, and now, today, uuid4, dict and list, are understood");
}

std::optional<initial_value> model_scope::initial_of_function(std::string_view name, ir::scalar kind) const {
  const std::string_view function = last_part(name);
  if (function == "now" || function == "utcnow" || function == "today" || function == "localdate")
    return of_form(kind == ir::scalar::date ? form::today : form::now);
  if (function == "uuid4") return of_form(form::random_uuid);
  if (name == "dict") return of_text("{}");
  if (name == "list") return of_text("[]");
  if (name == "str") return of_text("");
  if (name == "int") return of_form(form::integer);
  if (name == "bool") return of_form(form::boolean);
  return std::nullopt;
}

initial_value model_scope::initial_of_call(node_id id, std::string_view owner, ir::scalar kind) const {
  const auto call = tree_->as<syntax::call>(id);
  const std::string name = dotted(call.callee);
  const std::string_view function = last_part(name);
  if (initial_of_function(name, kind))
    refuse_option(id, owner, "default",
                  "give the function itself, without parentheses: they call it once, when the file is read");
  std::vector<std::int64_t> numbers;
  std::string_view text;
  std::int64_t length = 0;
  bool plain = true;
  for (const node_id argument : call.arguments) {
    if (const auto keyword = tree_->try_as<syntax::keyword_argument>(argument)) {
      const std::int64_t unit = function == "timedelta" ? unit_of_duration(keyword->name) : 0;
      const auto count = number_of(keyword->value);
      const auto part = count ? part_of_duration(*count, unit) : std::nullopt;
      plain = plain && unit != 0 && part && !__builtin_add_overflow(length, *part, &length);
    } else if (const auto n = number_of(argument)) {
      numbers.push_back(*n);
    } else if (const auto s = tree_->try_as<syntax::string>(resolve(argument))) {
      text = s->value;
    } else {
      plain = false;
    }
  }
  const auto number = [&](std::size_t i) { return i < numbers.size() ? numbers[i] : 0; };
  if (plain && function == "Decimal") {
    if (const auto d = decimal::parse(numbers.empty() ? std::string(text) : std::to_string(numbers[0])))
      return of_text(d->text());
  } else if (plain && function == "UUID") {
    if (const auto u = uuid::parse(text)) return of_text(u->text());
  } else if (plain && function == "date") {
    if (const auto d = make_date(number(0), number(1), number(2))) return of_text(to_text(*d));
  } else if (plain && function == "time") {
    if (const auto t = make_time(number(0), number(1), number(2), number(3))) return of_text(to_text(*t));
  } else if (plain && function == "datetime") {
    const auto d = make_date(number(0), number(1), number(2));
    const auto t = make_time(number(3), number(4), number(5), number(6));
    if (d && t) return of_text(to_text(datetime(std::chrono::local_days(*d)) + t->since_midnight));
  } else if (plain && function == "timedelta") {
    const auto days = part_of_duration(number(0), unit_of_duration("days"));
    const auto seconds = part_of_duration(number(1), unit_of_duration("seconds"));
    if (days && seconds) return of_form(form::integer, length + *days + *seconds + number(2));
  }
  refuse_option(id, owner, "default", "only constants, and now, today, uuid4, dict and list, are understood");
}

}  // namespace quarry::text
