#include <quarry/core/text/model_classes.hpp>

#include <algorithm>
#include <map>
#include <set>

#include <quarry/core/text/refusal.hpp>

namespace quarry::text {
namespace {

using ir::diag;

class checker {
 public:
  explicit checker(const std::vector<model_class>& models) {
    for (const model_class& m : models)
      if (!m.meta.abstract) models_.push_back(&m);
  }

  void run() {
    for (const model_class* m : models_) own_names(*m);
    for (const model_class* m : models_)
      for (const declared_field& f : m->fields)
        if (f.spec.relation) relation(*m, f);
    for (const model_class* m : models_) meta(*m);
  }

 private:
  using name_set = std::set<std::string, std::less<>>;

  void own_names(const model_class& m) {
    name_set& names = names_[m.name];
    names.insert("pk");
    bool has_key = false;
    for (const declared_field& f : m.fields) {
      if (f.spec.primary_key && has_key) refuse(diag::several_primary_keys, {m.name}, f.where);
      has_key = has_key || f.spec.primary_key;
      const bool key = f.spec.relation && f.spec.relation->form != ir::relation_form::many_to_many;
      if (!names.insert(f.spec.name).second || (key && !names.insert(f.spec.name + "_id").second))
        refuse(diag::field_redefined, {m.name, f.spec.name}, f.where);
    }
    if (!has_key && !names.insert("id").second) {
      const auto id =
          std::find_if(m.fields.begin(), m.fields.end(), [](const declared_field& f) { return f.spec.name == "id"; });
      refuse(diag::field_option_invalid, {m.name + ".id", "primary_key", "a field named 'id' must be the primary key"},
             id->where);
    }
  }

  const model_class* find(const model_class& from, std::string_view name) const {
    if (name == "self") return &from;
    const auto at = std::find_if(models_.begin(), models_.end(), [&](const model_class* m) { return m->name == name; });
    return at == models_.end() ? nullptr : *at;
  }

  const model_class& target(const model_class& m, const declared_field& f, std::string_view name,
                            syntax::span where) const {
    if (const model_class* found = find(m, name)) return *found;
    ir::nearest_choice nearest(name);
    for (const model_class* other : models_) nearest.offer(other->name);
    refuse(diag::relation_target_unknown, {m.name, f.spec.name, name}, where, nearest.best());
  }

  static const declared_field* field_of(const model_class& m, std::string_view name) {
    const auto at =
        std::find_if(m.fields.begin(), m.fields.end(), [&](const declared_field& f) { return f.spec.name == name; });
    return at == m.fields.end() ? nullptr : &*at;
  }

  void relation(const model_class& m, const declared_field& f) {
    const ir::relation_spec& r = *f.spec.relation;
    const model_class& to = target(m, f, r.target, f.target);
    if (!r.to_field.empty() && r.to_field != "id" && r.to_field != "pk") {
      const declared_field* remote = field_of(to, r.to_field);
      if (!remote || remote->spec.relation) unknown_field(to, r.to_field, f.remote);
      if (!remote->spec.unique)
        refuse(diag::field_option_invalid,
               {m.name + "." + f.spec.name, "to_field", to.name + "." + r.to_field + " is not unique"}, f.remote);
    }
    if (!r.through.empty()) link_model(m, f, to);
    reverse_name(m, f, to);
  }

  void link_model(const model_class& m, const declared_field& f, const model_class& to) const {
    const ir::relation_spec& r = *f.spec.relation;
    const model_class& link = target(m, f, r.through, f.through);
    const auto keys_to = [&](const model_class& wanted) {
      return std::count_if(link.fields.begin(), link.fields.end(), [&](const declared_field& k) {
        return k.spec.relation && k.spec.relation->form != ir::relation_form::many_to_many &&
            find(link, k.spec.relation->target) == &wanted;
      });
    };
    const std::ptrdiff_t needed = &m == &to ? 2 : 1;
    if (keys_to(m) != needed || keys_to(to) != needed)
      refuse(diag::field_option_invalid,
             {m.name + "." + f.spec.name, "through", link.name + " must have one foreign key to each side"}, f.through);
  }

  void reverse_name(const model_class& m, const declared_field& f, const model_class& to) {
    const ir::relation_spec& r = *f.spec.relation;
    const bool hidden = r.related_name.ends_with('+');
    if (hidden || (r.form == ir::relation_form::many_to_many && &m == &to && r.symmetrical)) return;
    std::string name = r.related_query_name;
    if (name.empty()) name = r.related_name.empty() ? lower_case(m.name) : r.related_name;
    if (!names_[to.name].insert(name).second)
      refuse(diag::relation_name_clash, {name, m.name, f.spec.name, to.name},
             f.reverse.present() ? f.reverse : f.where);
  }

  [[noreturn]] void unknown_field(const model_class& m, std::string_view name, syntax::span where) {
    ir::nearest_choice nearest(name);
    for (const std::string& known : names_[m.name]) nearest.offer(known);
    refuse(diag::unknown_field, {m.name, name}, where, nearest.best());
  }

  void meta(const model_class& m) {
    const name_set& names = names_[m.name];
    for (const std::vector<std::string>& together : m.meta.unique_together)
      for (const std::string& name : together)
        if (!names.contains(name)) unknown_field(m, name, m.meta.unique_span);
    for (const std::string& text : m.meta.ordering) {
      std::string_view name = text;
      if (name.starts_with('-')) name.remove_prefix(1);
      name = name.substr(0, name.find("__"));
      if (name != "?" && !names.contains(name)) unknown_field(m, name, m.meta.ordering_span);
    }
  }

  std::vector<const model_class*> models_;
  std::map<std::string, name_set, std::less<>> names_;
};

}  // namespace

void check(const std::vector<model_class>& classes) { checker(classes).run(); }

}  // namespace quarry::text
