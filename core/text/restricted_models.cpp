// The models that a policy allows, as a catalog of their own: what is not in it has no name that a text could find.
#include <algorithm>

#include <quarry/core/query/verbs.hpp>
#include <quarry/core/text/policy.hpp>
#include <quarry/ir/lower/resolve_paths.hpp>

namespace quarry::text {
namespace {

using ir::catalog;
using ir::diag;
using ir::relation_form;
using member = catalog::member;

ir::failure invalid(const std::string& why) { return ir::failure(diag::policy_invalid, {why}); }

class restriction {
 public:
  restriction(const model_set& all, const policy& p) : all_(*all.catalog), notes_(all.notes), policy_(p) {}

  ir::result<model_set> run() {
    for (const auto& [name, fields] : policy_.models) QUARRY_CHECK(check_model(name, fields));
    std::vector<ir::model_spec> specs;
    model_set out;
    for (std::uint32_t m = 0; m < all_.models().size(); ++m) {
      const policy::names* fields = allowed(m);
      if (!fields) continue;
      QUARRY_TRY(spec, spec_of(m, *fields));
      specs.push_back(std::move(spec));
      out.notes.push_back(m < notes_.size() ? notes_[m] : model_notes{{"objects"}, {}});
    }
    QUARRY_TRY(made, catalog::build(all_.app(), specs));
    if (drop_hidden_orders(*made, specs)) {
      QUARRY_TRY(again, catalog::build(all_.app(), std::move(specs)));
      made = std::move(again);
    }
    out.catalog = std::move(made);
    return out;
  }

 private:
  std::string text(ir::symbol s) const { return std::string(all_.text(s)); }
  std::string name_of(std::uint32_t m) const { return text(all_.at(m).name); }

  const policy::names* allowed(std::uint32_t m) const {
    if (all_.at(m).automatic) return nullptr;
    const auto at = policy_.models.find(all_.text(all_.at(m).name));
    return at == policy_.models.end() ? nullptr : &at->second;
  }
  bool allows(std::uint32_t m, ir::symbol field) const {
    const policy::names* fields = allowed(m);
    return fields && fields->contains(all_.text(field));
  }

  ir::result<void> check_model(const std::string& name, const policy::names& fields) {
    const std::uint32_t m = all_.find_model(name);
    if (m == ir::none || all_.at(m).automatic) return invalid("no model is named '" + name + "'");
    for (const std::string& field : fields) {
      const member found = all_.find(m, field);
      const ir::model& model = all_.at(m);
      const bool is_column = found.what == member::form::column && all_.text(model.columns[found.index].field) == field;
      if (found.what != member::form::relation && !is_column) return invalid(name + " has no field '" + field + "'");
      if (found.what == member::form::relation) QUARRY_CHECK(check_relation(m, found.index, name + "." + field));
    }
    const ir::column& key = all_.at(m).columns[all_.at(m).primary_key];
    if (!allows(m, key.field))
      return invalid(name + " needs its primary key '" + text(key.field) + "': every object has it");
    return {};
  }

  ir::result<void> check_relation(std::uint32_t m, std::uint32_t index, const std::string& name) {
    const ir::relation& r = all_.at(m).relations[index];
    if (!allowed(r.target))
      return invalid("'" + name + "' leads to " + name_of(r.target) + ", a model that it does not allow");
    const auto needs = [&](std::uint32_t model, ir::symbol field) -> ir::result<void> {
      if (allows(model, field)) return {};
      return invalid("'" + name + "' needs " + name_of(model) + "." + text(field));
    };
    if (!r.forward) {
      const std::uint32_t other = detail::way_back(all_, m, index);
      if (other != ir::none) QUARRY_CHECK(needs(r.target, all_.at(r.target).relations[other].name));
    }
    if (r.form != relation_form::many_to_many) {
      QUARRY_CHECK(needs(r.target, all_.at(r.target).columns[r.remote].field));
      return needs(m, all_.at(m).columns[r.local].field);
    }
    const ir::model& links = all_.at(r.through);
    if (links.automatic) return {};
    if (!allowed(r.through))
      return invalid("'" + name + "' leads through " + name_of(r.through) + ", a model that it does not allow");
    QUARRY_CHECK(needs(r.through, links.columns[r.through_near].field));
    return needs(r.through, links.columns[r.through_far].field);
  }

  ir::result<ir::model_spec> spec_of(std::uint32_t m, const policy::names& fields) const {
    const ir::model& from = all_.at(m);
    ir::model_spec out;
    out.name = name_of(m);
    out.table = text(from.table);
    out.ordering = from.ordering;
    out.get_latest_by = from.get_latest_by;
    for (const ir::column& c : from.columns) {
      if (!fields.contains(all_.text(c.field))) continue;
      ir::field_spec f;
      f.name = text(c.field);
      f.db_column = text(c.db_name);
      f.type = c.type;
      if (c.relation == ir::none && c.collation.present()) f.collation = text(c.collation);
      f.primary_key = c.primary_key;
      f.generated = c.generated;
      f.unique = c.unique;
      f.indexed = c.indexed;
      f.initial = c.initial;
      if (c.relation != ir::none) f.relation = relation_of(m, c.relation);
      out.fields.push_back(std::move(f));
    }
    for (std::uint32_t i = 0; i < from.relations.size(); ++i) {
      const ir::relation& r = from.relations[i];
      if (!r.forward || r.form != relation_form::many_to_many || !fields.contains(all_.text(r.name))) continue;
      ir::field_spec f;
      f.name = text(r.name);
      f.relation = relation_of(m, i);
      out.fields.push_back(std::move(f));
    }
    for (const auto& columns : from.unique_together) {
      std::vector<std::string> names;
      for (const std::uint32_t c : columns)
        if (fields.contains(all_.text(from.columns[c].field))) names.push_back(text(from.columns[c].field));
      if (names.size() == columns.size()) out.unique_together.push_back(std::move(names));
    }
    return out;
  }

  ir::relation_spec relation_of(std::uint32_t m, std::uint32_t index) const {
    const ir::relation& r = all_.at(m).relations[index];
    const ir::model& target = all_.at(r.target);
    ir::relation_spec out;
    out.form = r.form;
    out.target = text(target.name);
    out.on_delete = r.on_delete;
    out.symmetrical = false;  // the other side has its name, or none
    out.related_name = "+";
    if (const std::uint32_t back = detail::way_back(all_, m, index); back != ir::none) {
      const ir::relation& other = target.relations[back];
      if (other.accessor.present() && allows(r.target, other.name)) {
        out.related_name = text(other.accessor);
        out.related_query_name = text(other.name);
      }
    }
    if (r.form == relation_form::many_to_many) {
      const ir::model& links = all_.at(r.through);
      if (!links.automatic) out.through = text(links.name);
      out.deferrable = links.relations[links.columns[r.through_near].relation].deferrable;
      return out;
    }
    if (r.remote != target.primary_key) out.to_field = text(target.columns[r.remote].field);
    out.enforced = r.trusted;
    out.deferrable = r.deferrable;
    return out;
  }

  /// Orders and get_latest_by of the models, up to the first name that is not allowed; whether anything was dropped.
  static bool drop_hidden_orders(const catalog& made, std::vector<ir::model_spec>& specs) {
    ir::context cx;
    cx.reset(made);
    bool dropped = false;
    const auto known = [&](std::uint32_t m, std::string_view name) {
      if (name.starts_with('-') || name.starts_with('+')) name.remove_prefix(1);
      return name == "?" || static_cast<bool>(ir::resolve_path(cx, m, name, ir::path_use::value, ir::none));
    };
    for (ir::model_spec& spec : specs) {
      const std::uint32_t m = made.find_model(spec.name);
      const auto hidden = std::find_if_not(spec.ordering.begin(), spec.ordering.end(),
                                           [&](const std::string& name) { return known(m, name); });
      dropped = dropped || hidden != spec.ordering.end();
      spec.ordering.erase(hidden, spec.ordering.end());
      std::string_view left = spec.get_latest_by;
      bool all_known = true;
      while (!left.empty()) {
        const std::size_t end = std::min(left.find(' '), left.size());
        all_known = all_known && (end == 0 || known(m, left.substr(0, end)));
        left.remove_prefix(std::min(end + 1, left.size()));
      }
      if (all_known) continue;
      spec.get_latest_by.clear();
      dropped = true;
    }
    return dropped;
  }

  const catalog& all_;
  const std::vector<model_notes>& notes_;
  const policy& policy_;
};

}  // namespace

ir::result<model_set> restricted_models(const model_set& all, const policy& p) { return restriction(all, p).run(); }

}  // namespace quarry::text
