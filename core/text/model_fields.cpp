#include <quarry/core/text/model_fields.hpp>

#include <algorithm>
#include <cctype>

#include <quarry/core/text/field_types.hpp>
#include <quarry/core/text/refusal.hpp>

namespace quarry::text {
namespace {

using ir::diag;
using syntax::node_id;

constexpr std::uint32_t most_length = 0xffffff;  // of a text, as types hold it

std::string_view last_part(std::string_view dotted) {
  const std::size_t dot = dotted.rfind('.');
  return dot == std::string_view::npos ? dotted : dotted.substr(dot + 1);
}

bool in_django_models(std::string_view dotted) {
  return dotted.starts_with("django.db.models.") || dotted.starts_with("models.") ||
      dotted.starts_with("django.contrib.");
}

class field_reader {
 public:
  field_reader(const model_scope& scope, std::string_view app, std::string_view model)
      : scope_(scope), app_(app), model_(model) {}

  declared_field run(node_id target, node_id value) {
    const auto call = tree().as<syntax::call>(value);
    callee_ = call.callee;
    class_ = find_field_class(last_part(scope_.dotted(callee_)));
    out_.where = tree().where(target);
    spec().name = tree().as<syntax::name>(target).text;
    owner_ = std::string(model_) + "." + spec().name;
    if ((class_->scopes & field_scope::relation) != 0) relation_spec();
    spec().indexed = class_->indexed;
    length_ = class_->length;
    std::size_t position = 0;
    for (const node_id argument : call.arguments) {
      if (tree().is<syntax::star_argument>(argument) || tree().is<syntax::double_star_argument>(argument))
        refuse(diag::models_unsupported, {"an argument with a star"}, tree().where(argument));
      if (const auto keyword = tree().try_as<syntax::keyword_argument>(argument)) option(*keyword);
      else positional(position++, argument);
    }
    finish(value);
    return std::move(out_);
  }

 private:
  const syntax::tree& tree() const { return scope_.tree(); }
  ir::field_spec& spec() { return out_.spec; }
  ir::relation_spec& relation_spec() {
    if (!spec().relation) spec().relation.emplace();
    return *spec().relation;
  }
  bool has(std::uint32_t scope) const { return (class_->scopes & scope) != 0; }

  void positional(std::size_t position, node_id value) {
    if (has(field_scope::relation)) {
      if (position == 0) return related_model(value);
      if (position == 1 && has(field_scope::key)) return delete_rule(value);
    } else if (position == 0) {
      const node_id at = scope_.resolve(value);
      if (tree().is<syntax::string>(at) || tree().is<syntax::none_literal>(at) || tree().is<syntax::call>(at)) return;
      refuse(
          diag::wrong_argument,
          {std::string(class_->name) + "()", "a verbose name as its first argument", syntax::describe(tree().what(at))},
          tree().where(value));
    }
    refuse(diag::wrong_argument, {std::string(class_->name) + "()", "named options here", "another plain argument"},
           tree().where(value));
  }

  void option(const syntax::keyword_argument& k) {
    const field_option* o = find_field_option(*class_, k.name);
    if (!o) unknown_option(k);
    if (o->effect == option_effect::unsupported)
      refuse(diag::models_unsupported, {"the option '" + std::string(k.name) + "'"}, k.name_span);
    if (o->effect == option_effect::handled) handle(k.name, k.value);
  }

  [[noreturn]] void unknown_option(const syntax::keyword_argument& k) const {
    ir::nearest_choice nearest(k.name);
    for (const field_option& o : field_options())
      if ((o.scopes & class_->scopes) != 0) nearest.offer(o.name);
    refuse(diag::unknown_argument, {class_->name, k.name}, k.name_span, nearest.best());
  }

  bool truth(std::string_view name, node_id value) const { return scope_.truth_of(value, owner_, name); }
  std::string text(std::string_view name, node_id value) const {
    return std::string(scope_.text_of(value, owner_, name));
  }

  void handle(std::string_view name, node_id value) {
    if (name == "primary_key") spec().primary_key = truth(name, value);
    else if (name == "unique") spec().unique = truth(name, value);
    else if (name == "db_index") spec().indexed = truth(name, value);
    else if (name == "null") nullable_ = truth(name, value);
    else if (name == "db_column") spec().db_column = text(name, value);
    else if (name == "db_collation") collation(name, value);
    else if (name == "default") default_ = value;
    else if (name == "max_length") length_ = optional_count(name, value);
    else if (name == "max_digits") digits_ = scope_.count_of(value, owner_, name, 127);
    else if (name == "decimal_places") places_ = scope_.count_of(value, owner_, name, 63);
    else if (name == "auto_now") out_.auto_now = truth(name, value);
    else if (name == "auto_now_add") auto_now_add_ = truth(name, value);
    else relation_option(name, value);
  }

  void collation(std::string_view name, node_id value) {
    if (tree().is<syntax::none_literal>(scope_.resolve(value))) return;
    spec().collation = text(name, value);
  }

  std::uint32_t optional_count(std::string_view name, node_id value) const {
    if (tree().is<syntax::none_literal>(scope_.resolve(value))) return 0;
    return scope_.count_of(value, owner_, name, most_length);
  }

  void relation_option(std::string_view name, node_id value) {
    ir::relation_spec& r = relation_spec();
    const bool no_value = tree().is<syntax::none_literal>(scope_.resolve(value));
    if (name == "to") return related_model(value);
    if (name == "on_delete") return delete_rule(value);
    if (name == "db_constraint") {
      r.enforced = truth(name, value);
    } else if (name == "symmetrical") {
      r.symmetrical = no_value || truth(name, value);
    } else if (no_value) {
      return;
    } else if (name == "to_field") {
      r.to_field = text(name, value);
      out_.remote = tree().where(value);
    } else if (name == "through") {
      r.through = model_name(value, name);
      out_.through = tree().where(value);
    } else if (name == "related_name") {
      r.related_name = text(name, value);
      out_.reverse = tree().where(value);
    } else if (name == "related_query_name") {
      r.related_query_name = text(name, value);
      out_.reverse = tree().where(value);
    }
  }

  std::string model_name(node_id value, std::string_view option) const {
    const node_id at = scope_.resolve(value);
    std::string name;
    if (const auto s = tree().try_as<syntax::string>(at)) name = s->value;
    else name = last_part(scope_.dotted(at));
    if (name.empty()) refuse(diag::field_option_invalid, {owner_, option, "it must name a model"}, tree().where(value));
    const std::size_t dot = name.find('.');
    if (dot != std::string::npos && std::string_view(name).substr(0, dot) == app_) name.erase(0, dot + 1);
    return name;
  }

  void related_model(node_id value) {
    relation_spec().target = model_name(value, "to");
    out_.target = tree().where(value);
  }

  void delete_rule(node_id value) {
    const std::string dotted = scope_.dotted(value);
    const std::string_view rule = last_part(dotted);
    ir::code& out = relation_spec().on_delete;
    if (rule == "CASCADE") out = ir::referential_action::cascade;
    else if (rule == "PROTECT" || rule == "RESTRICT") out = ir::referential_action::restrict;
    else if (rule == "SET_NULL") out = ir::referential_action::set_null;
    else if (rule == "SET_DEFAULT") out = ir::referential_action::set_default;
    else if (rule == "DO_NOTHING") out = ir::referential_action::no_action;
    else unknown_delete_rule(value, rule);
    delete_rule_ = value;
  }

  [[noreturn]] void unknown_delete_rule(node_id value, std::string_view rule) const {
    if (const auto call = tree().try_as<syntax::call>(value); call && last_part(scope_.dotted(call->callee)) == "SET")
      refuse(diag::models_unsupported, {"on_delete=SET(…)"}, tree().where(value));
    ir::nearest_choice nearest(rule);
    for (const std::string_view known : {"CASCADE", "PROTECT", "RESTRICT", "SET_NULL", "SET_DEFAULT", "DO_NOTHING"})
      nearest.offer(known);
    refuse(diag::field_option_invalid,
           {owner_, "on_delete", "it is one of CASCADE, PROTECT, RESTRICT, SET_NULL, SET_DEFAULT, DO_NOTHING"},
           tree().word(value), nearest.best());
  }

  void finish(node_id call) {
    ir::field_spec& f = spec();
    if (f.relation) finish_relation(call);
    if (f.primary_key) nullable_ = false;
    f.generated = class_->generated && f.primary_key;
    f.unique = f.unique || f.primary_key;
    f.type = column_type(call);
    if (!f.collation.empty()) f.type = f.type.with_collation(ir::collation_class::named);
    if (default_.present()) f.initial = scope_.initial_of(default_, owner_, class_->kind);
    if (out_.auto_now || auto_now_add_)
      f.initial.what = class_->kind == ir::scalar::date ? ir::initial_value::form::today : ir::initial_value::form::now;
    if (class_->generated && !f.primary_key) missing("primary_key=True", call);
    check_name();
  }

  ir::type column_type(node_id call) const {
    if (has(field_scope::many)) return {ir::scalar::unknown, true};
    if (!has(field_scope::decimal)) return {class_->kind, nullable_, class_->kind == ir::scalar::text ? length_ : 0};
    if (!digits_) missing("max_digits", call);
    if (!places_) missing("decimal_places", call);
    if (*places_ > *digits_)
      refuse(diag::field_option_invalid, {owner_, "decimal_places", "it is more than max_digits"}, tree().where(call));
    return {ir::scalar::decimal, nullable_, *digits_, *places_};
  }

  void finish_relation(node_id call) {
    ir::relation_spec& r = *spec().relation;
    if (r.target.empty()) missing("to", call);
    r.deferrable = true;  // as ddl.cpp declares it where the database can
    if (has(field_scope::many)) {
      r.form = ir::relation_form::many_to_many;
      return;
    }
    r.form = class_->name == "OneToOneField" ? ir::relation_form::one_to_one : ir::relation_form::foreign_key;
    if (!delete_rule_.present()) missing("on_delete", call);
    if (r.on_delete == ir::referential_action::set_null && !nullable_)
      refuse(diag::field_option_invalid, {owner_, "on_delete", "SET_NULL needs null=True"}, tree().where(delete_rule_));
  }

  [[noreturn]] void missing(std::string_view option, node_id call) const {
    refuse(diag::field_option_invalid,
           {owner_, option, "it is missing, and " + std::string(class_->name) + " needs it"}, tree().word(call));
  }

  void check_name() const {
    const std::string& name = out_.spec.name;
    std::string_view why;
    if (name == "pk") why = "'pk' always means the primary key";
    if (name.find("__") != std::string::npos) why = "two underscores separate the parts of a lookup";
    if (name.ends_with('_')) why = "a name can't end with an underscore";
    if (!why.empty()) refuse(diag::field_option_invalid, {owner_, "name", why}, out_.where);
  }

  const model_scope& scope_;
  std::string_view app_, model_;
  std::string owner_;
  const field_class* class_ = nullptr;
  node_id callee_;
  declared_field out_;
  bool nullable_ = false;
  bool auto_now_add_ = false;
  std::uint32_t length_ = 0;
  std::optional<std::uint32_t> digits_, places_;
  node_id default_, delete_rule_;
};

}  // namespace

std::string lower_case(std::string_view s) {
  std::string out(s);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

attribute_kind classify(const model_scope& scope, syntax::node_id value) {
  const syntax::tree& tree = scope.tree();
  const auto call = tree.try_as<syntax::call>(value);
  if (!call) return attribute_kind::other;
  const std::string dotted = scope.dotted(call->callee);
  const std::string_view name = last_part(dotted);
  if (find_field_class(name)) return attribute_kind::field;
  if (name.ends_with("Manager") || name == "from_queryset") return attribute_kind::manager;
  if (const auto a = tree.try_as<syntax::attribute>(call->callee); a && a->name == "as_manager")
    return attribute_kind::manager;
  if (const auto inner = tree.try_as<syntax::call>(call->callee); inner)  // Manager.from_queryset(X)()
    if (const auto a = tree.try_as<syntax::attribute>(inner->callee); a && a->name == "from_queryset")
      return attribute_kind::manager;
  // A field of a kind that nobody here knows must not vanish; any other call is none of our business.
  if (in_django_models(dotted) || name.ends_with("Field") || name.ends_with("Key")) {
    ir::nearest_choice nearest(name);
    for (const field_class& c : field_classes()) nearest.offer(c.name);
    refuse(diag::unknown_field_type, {name}, tree.word(call->callee), nearest.best());
  }
  return attribute_kind::other;
}

declared_field read_field(const model_scope& scope, std::string_view app, std::string_view model,
                          syntax::node_id target, syntax::node_id value) {
  return field_reader(scope, app, model).run(target, value);
}

}  // namespace quarry::text
