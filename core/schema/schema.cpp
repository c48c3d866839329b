#include <quarry/core/schema/schema.hpp>

#include <quarry/core/errors.hpp>

namespace quarry::detail {

void raise_unsaved() { raise(ir::diag::unsaved_object, {"object"}); }
void raise_not_loaded() { raise(ir::diag::relation_not_loaded, {}); }

namespace {

ir::initial_value initial_of(const initial& i) {
  ir::initial_value out;
  out.what = i.what;
  out.integer = i.integer;
  out.real = i.real;
  out.text = i.text;
  return out;
}

ir::code action_of(delete_rule rule) noexcept {
  switch (rule) {
    case cascade: return ir::referential_action::cascade;
    case protect:
    case restrict_: return ir::referential_action::restrict;
    case set_null: return ir::referential_action::set_null;
    case set_initial: return ir::referential_action::set_default;
    case do_nothing: return ir::referential_action::no_action;
  }
  return ir::referential_action::no_action;
}

ir::type type_of(const field_info& f) noexcept {
  switch (f.facts.kind) {
    case ir::scalar::text: return {f.facts.kind, f.facts.nullable, f.options.max_length};
    case ir::scalar::decimal: return {f.facts.kind, f.facts.nullable, f.options.max_digits, f.options.decimal_places};
    default: return {f.facts.kind, f.facts.nullable};
  }
}

ir::relation_spec relation_of(const schema_view& schema, const field_info& f) {
  ir::relation_spec r;
  switch (f.facts.form) {
    case member_form::one_to_one: r.form = ir::relation_form::one_to_one; break;
    case member_form::many_to_many: r.form = ir::relation_form::many_to_many; break;
    default: r.form = ir::relation_form::foreign_key; break;
  }
  r.target = schema.models[schema.find(f.facts.target)].name;
  r.to_field = f.options.to_field;
  r.related_name = f.options.related_name;
  r.related_query_name = f.options.related_query_name;
  r.through = f.options.through;
  r.symmetrical = f.options.symmetrical;
  r.enforced = f.options.db_constraint;
  r.deferrable = true;  // as ddl.cpp declares it where the database can
  r.on_delete = action_of(f.options.on_delete);
  return r;
}

ir::field_spec spec_of(const schema_view& schema, const field_info& f) {
  ir::field_spec out;
  out.name = f.name;
  out.db_column = f.options.db_column;
  out.type = type_of(f);
  out.collation = f.options.db_collation;
  out.primary_key = f.primary_key();
  out.generated = f.facts.generated;
  out.unique = f.options.unique;
  out.indexed = f.options.index;
  out.initial = initial_of(f.options.default_);
  if (f.is_relation()) out.relation = relation_of(schema, f);
  return out;
}

std::vector<std::string> texts_of(const name_list& names) { return {names.begin(), names.end()}; }

ir::model_spec spec_of(const schema_view& schema, const model_view& m) {
  ir::model_spec out;
  out.name = m.name;
  out.table = m.options->table;
  out.ordering = texts_of(m.options->ordering);
  out.get_latest_by = m.options->get_latest_by;
  for (const name_list& names : m.options->unique_together)
    if (names.count != 0) out.unique_together.push_back(texts_of(names));
  for (const field_info& f : m) out.fields.push_back(spec_of(schema, f));
  return out;
}

}  // namespace

std::vector<ir::model_spec> make_specs(const schema_view& schema) {
  std::vector<ir::model_spec> out;
  for (const model_view& m : schema) out.push_back(spec_of(schema, m));
  return out;
}

std::shared_ptr<const ir::catalog> make_catalog(const schema_view& schema, extension_list extensions) {
  return unwrap(ir::catalog::build(schema.app, make_specs(schema), std::move(extensions)));
}

}  // namespace quarry::detail
