#include <quarry/ir/model/catalog.hpp>

#include <algorithm>
#include <atomic>
#include <cctype>

#include <quarry/ir/lower/check_extensions.hpp>

namespace quarry::ir {
namespace {

std::string lower_case(std::string_view s) {
  std::string out(s);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

}  // namespace

/// Names of collations are quoted wherever they are written; nothing that needs it is let in all the same.
bool is_name_of_collation(std::string_view name) noexcept {
  constexpr std::size_t longest = 63;
  return name.size() <= longest && std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '.';
         });
}

class catalog_builder {
 public:
  catalog_builder(std::string_view app, std::vector<model_spec> specs, std::vector<extension> extensions)
      : specs_(std::move(specs)) {
    out_->app_ = app;
    out_->extensions_ = std::move(extensions);
  }

  result<std::shared_ptr<const catalog>> run() {
    QUARRY_CHECK(declare_models());
    for (std::uint32_t m = 0; m < declared_; ++m) QUARRY_CHECK(declare_fields(m));
    QUARRY_CHECK(resolve_foreign_keys());
    QUARRY_CHECK(declare_links());
    for (std::uint32_t m = 0; m < declared_; ++m) QUARRY_CHECK(resolve_unique_together(m));
    QUARRY_CHECK(check_extensions(*out_));
    for (const model& m : out_->models_)
      for (const column& c : m.columns)
        out_->other_collations_ = out_->other_collations_ || c.type.collation() == collation_class::named;
    static std::atomic<std::uint64_t> next_id{1};
    out_->id_ = next_id.fetch_add(1, std::memory_order_relaxed);
    return std::shared_ptr<const catalog>(std::move(out_));
  }

 private:
  struct pending_key {
    std::uint32_t model;
    std::uint32_t column;
    relation_spec spec;
  };
  struct pending_link {
    std::uint32_t model;
    std::string field;
    relation_spec spec;
  };

  symbol intern(std::string_view s) { return out_->names_.intern(s); }
  std::string text(symbol s) const { return std::string(out_->names_.text(s)); }

  result<void> declare_models() {
    for (const model_spec& s : specs_) {
      if (s.name.empty() || out_->find_model(s.name) != none) return failure(diag::model_redefined, {s.name});
      add_model(s.name, s.table.empty() ? out_->app_ + "_" + lower_case(s.name) : s.table);
    }
    declared_ = static_cast<std::uint32_t>(specs_.size());
    return {};
  }

  std::uint32_t add_model(const std::string& name, const std::string& table) {
    model m;
    m.name = intern(name);
    m.table = intern(table);
    m.label = out_->app_ + "." + name;
    out_->models_.push_back(std::move(m));
    return static_cast<std::uint32_t>(out_->models_.size() - 1);
  }

  result<void> add_member(std::uint32_t m, symbol name, catalog::member what, std::string_view field) {
    const std::uint64_t key = std::uint64_t{m} << 32U | name.value;
    if (!out_->members_.emplace(key, what).second)
      return failure(diag::field_redefined, {out_->text(out_->models_[m].name), field});
    return {};
  }

  result<void> declare_fields(std::uint32_t m) {
    model_spec& spec = specs_[m];
    model& out = out_->models_[m];
    out.ordering = spec.ordering;
    out.get_latest_by = spec.get_latest_by;
    const bool has_key =
        std::any_of(spec.fields.begin(), spec.fields.end(), [](const field_spec& f) { return f.primary_key; });
    if (!has_key) {
      field_spec id;
      id.name = "id";
      id.type = types::int64;
      id.primary_key = id.generated = true;
      spec.fields.insert(spec.fields.begin(), std::move(id));
    }
    for (const field_spec& f : spec.fields) QUARRY_CHECK(declare_field(m, f));
    return {};
  }

  result<void> declare_field(std::uint32_t m, const field_spec& f) {
    model& out = out_->models_[m];
    if (f.relation && f.relation->form == relation_form::many_to_many) {
      links_.push_back({m, f.name, *f.relation});
      return {};
    }
    column c;
    c.field = intern(f.name);
    c.name = intern(f.relation ? f.name + "_id" : f.name);
    c.db_name = f.db_column.empty() ? c.name : intern(f.db_column);
    c.type = f.type;
    QUARRY_CHECK(collate(m, f, c));
    c.primary_key = f.primary_key;
    c.generated = f.generated;
    c.unique = f.unique || (f.relation && f.relation->form == relation_form::one_to_one);
    c.indexed = f.indexed || f.relation.has_value();
    c.initial = f.initial;
    const auto index = static_cast<std::uint32_t>(out.columns.size());
    if (f.primary_key) {
      if (out.primary_key != none) return failure(diag::several_primary_keys, {out_->text(out.name)});
      out.primary_key = index;
    }
    out.columns.push_back(std::move(c));
    QUARRY_CHECK(add_member(m, out.columns[index].name, {catalog::member::form::column, index}, f.name));
    if (f.primary_key) QUARRY_CHECK(add_member(m, intern("pk"), {catalog::member::form::column, index}, "pk"));
    if (f.relation) keys_.push_back({m, index, *f.relation});
    return {};
  }

  result<void> collate(std::uint32_t m, const field_spec& f, column& out) {
    if (f.collation.empty()) return {};
    const std::string owner = text(out_->models_[m].name) + "." + f.name;
    if (f.relation || f.type.kind() != scalar::text)
      return failure(diag::field_option_invalid, {owner, "db_collation", "only texts have a collation"});
    if (!is_name_of_collation(f.collation))
      return failure(diag::field_option_invalid,
                     {owner, "db_collation",
                      "a collation has a plain name of letters, digits, '_', '-' and '.', at most 63 of them"});
    out.collation = intern(f.collation);
    out.type = f.type.with_collation(collation_class::named);
    return {};
  }

  result<std::uint32_t> target_of(std::uint32_t m, std::string_view field, const relation_spec& spec) {
    if (spec.target == "self") return m;
    const std::size_t dot = spec.target.rfind('.');
    const std::string_view name =
        dot == std::string::npos ? std::string_view(spec.target) : std::string_view(spec.target).substr(dot + 1);
    const std::uint32_t target = out_->find_model(name);
    if (target != none) return target;
    failure f(diag::relation_target_unknown, {out_->text(out_->models_[m].name), field, spec.target});
    nearest_choice nearest(name);
    for (const model& other : out_->models_) nearest.offer(out_->text(other.name));
    f->suggestion = nearest.best();
    return f;
  }

  result<void> resolve_foreign_keys() {
    // Relations first, so that to_field may name any column; then types, which may chain (a primary key that is a foreign key).
    for (const pending_key& key : keys_) {
      QUARRY_TRY(target, target_of(key.model, text(out_->models_[key.model].columns[key.column].field), key.spec));
      QUARRY_CHECK(add_foreign_key(key, target));
    }
    for (std::size_t round = 0; round < keys_.size() + 1; ++round)
      for (const pending_key& key : keys_) {
        column& c = out_->models_[key.model].columns[key.column];
        const relation& r = out_->models_[key.model].relations[c.relation];
        const column& target = out_->models_[r.target].columns[r.remote];
        c.type = target.type.with_nullable(c.type.nullable());
        c.collation = target.collation;
      }
    return {};
  }

  result<void> add_foreign_key(const pending_key& key, std::uint32_t target) {
    model& from = out_->models_[key.model];
    const std::string field = text(from.columns[key.column].field);
    std::uint32_t remote = out_->models_[target].primary_key;
    if (!key.spec.to_field.empty()) {
      const catalog::member to = out_->find(target, key.spec.to_field);
      if (to.what != catalog::member::form::column)
        return failure(diag::unknown_field, {out_->text(out_->models_[target].name), key.spec.to_field});
      remote = to.index;
    }
    const bool nullable = from.columns[key.column].type.nullable();
    const bool one = key.spec.form == relation_form::one_to_one || from.columns[key.column].unique;
    relation forward{intern(field),
                     intern(field),
                     target,
                     key.column,
                     remote,
                     key.spec.form,
                     true,
                     false,
                     nullable,
                     key.spec.enforced,
                     key.spec.deferrable,
                     none,
                     none,
                     none,
                     none,
                     none,
                     key.spec.on_delete};
    const auto index = static_cast<std::uint32_t>(from.relations.size());
    from.columns[key.column].relation = index;
    from.relations.push_back(forward);
    QUARRY_CHECK(add_member(key.model, forward.name, {catalog::member::form::relation, index}, field));

    relation reverse = forward;
    reverse.target = key.model;
    reverse.local = remote;
    reverse.remote = key.column;
    reverse.forward = false;
    reverse.many = !one;
    reverse.nullable = true;
    reverse.trusted = false;
    return add_reverse(key.model, field, target, key.spec, reverse, key.spec.form == relation_form::one_to_one);
  }

  /// Django's rules: related_name names attribute and lookup; related_query_name the lookup; default <model>_set and <model>.
  result<void> add_reverse(std::uint32_t from, const std::string& field, std::uint32_t target,
                           const relation_spec& spec, relation reverse, bool single) {
    const std::string model_name = lower_case(out_->text(out_->models_[from].name));
    const bool hidden = !spec.related_name.empty() && spec.related_name.back() == '+';
    const std::string accessor = !spec.related_name.empty() ? spec.related_name
        : single                                            ? model_name
                                                            : model_name + "_set";
    std::string query = spec.related_query_name;
    if (query.empty()) query = spec.related_name.empty() || hidden ? model_name : spec.related_name;
    reverse.name = intern(query);
    reverse.accessor = hidden ? symbol{} : intern(accessor);
    model& to = out_->models_[target];
    const auto index = static_cast<std::uint32_t>(to.relations.size());
    to.relations.push_back(reverse);
    if (hidden) return {};
    if (auto added = add_member(target, reverse.name, {catalog::member::form::relation, index}, field); !added)
      return failure(diag::relation_name_clash,
                     {query, out_->text(out_->models_[from].name), field, out_->text(out_->models_[target].name)});
    return {};
  }

  result<void> declare_links() {
    for (const pending_link& link : links_) {
      QUARRY_TRY(target, target_of(link.model, link.field, link.spec));
      std::uint32_t through = none;
      if (!link.spec.through.empty()) {
        relation_spec named;
        named.target = link.spec.through;
        QUARRY_TRY(found, target_of(link.model, link.field, named));
        through = found;
      } else {
        QUARRY_TRY(made, make_link_model(link, target));
        through = made;
      }
      QUARRY_CHECK(add_many_to_many(link, target, through));
    }
    return {};
  }

  result<std::uint32_t> make_link_model(const pending_link& link, std::uint32_t target) {
    const std::string from_name = text(out_->models_[link.model].name);
    const std::string from_table = text(out_->models_[link.model].table);
    const std::string near = lower_case(from_name);
    const std::string far = lower_case(out_->text(out_->models_[target].name));
    const bool to_self = target == link.model;
    const std::uint32_t through = add_model(from_name + "_" + link.field, from_table + "_" + link.field);
    out_->models_[through].automatic = true;
    specs_.emplace_back();
    field_spec id;
    id.name = "id";
    id.type = types::int64;
    id.primary_key = id.generated = true;
    QUARRY_CHECK(declare_field(through, id));
    const std::size_t first_key = keys_.size();
    for (const auto& [name, to] :
         {std::pair(to_self ? "from_" + near : near, link.model), std::pair(to_self ? "to_" + far : far, target)}) {
      field_spec f;
      f.name = name;
      f.relation = relation_spec{};
      f.relation->target = text(out_->models_[to].name);
      f.relation->related_name = "+";
      f.relation->deferrable = link.spec.deferrable;
      QUARRY_CHECK(declare_field(through, f));
    }
    for (std::size_t k = first_key; k < keys_.size(); ++k) {
      const pending_key key = keys_[k];
      QUARRY_TRY(to, target_of(through, "", key.spec));
      QUARRY_CHECK(add_foreign_key(key, to));
      column& c = out_->models_[through].columns[key.column];
      const relation& r = out_->models_[through].relations[c.relation];
      c.type = out_->models_[r.target].columns[r.remote].type.with_nullable(false);
    }
    out_->models_[through].unique_together.push_back({1, 2});
    return through;
  }

  result<void> add_many_to_many(const pending_link& link, std::uint32_t target, std::uint32_t through) {
    const auto key_to = [&](std::uint32_t wanted, std::uint32_t skip) {
      for (std::uint32_t c = 0; c < out_->models_[through].columns.size(); ++c) {
        const column& candidate = out_->models_[through].columns[c];
        if (c != skip && candidate.relation != none &&
            out_->models_[through].relations[candidate.relation].target == wanted)
          return c;
      }
      return none;
    };
    const std::uint32_t near = key_to(link.model, none);
    const std::uint32_t far = key_to(target, near);
    if (near == none || far == none)
      return failure(
          diag::field_option_invalid,
          {out_->text(out_->models_[link.model].name), "through", "the link model needs a foreign key to each side"});
    const auto remote_of = [&](std::uint32_t c) {
      return out_->models_[through].relations[out_->models_[through].columns[c].relation].remote;
    };
    relation forward{intern(link.field),
                     intern(link.field),
                     target,
                     remote_of(near),
                     remote_of(far),
                     relation_form::many_to_many,
                     true,
                     true,
                     true,
                     false,
                     false,
                     through,
                     near,
                     far,
                     none,
                     none,
                     link.spec.on_delete};
    const auto reverse_of = [&](std::uint32_t m, std::uint32_t key) {
      const std::vector<relation>& all = out_->models_[m].relations;
      std::uint32_t i = 0;
      while (i < all.size() && (all[i].forward || all[i].target != through || all[i].remote != key)) ++i;
      return i;
    };
    const auto relation_of = [&](std::uint32_t key) { return out_->models_[through].columns[key].relation; };
    forward.link_step = reverse_of(link.model, near);
    forward.far_step = relation_of(far);
    model& from = out_->models_[link.model];
    const auto index = static_cast<std::uint32_t>(from.relations.size());
    from.relations.push_back(forward);
    QUARRY_CHECK(add_member(link.model, forward.name, {catalog::member::form::relation, index}, link.field));
    const bool symmetrical = target == link.model && link.spec.symmetrical;
    relation reverse = forward;
    reverse.target = link.model;
    std::swap(reverse.local, reverse.remote);
    std::swap(reverse.through_near, reverse.through_far);
    reverse.link_step = reverse_of(target, far);
    reverse.far_step = relation_of(near);
    reverse.forward = false;
    relation_spec spec = link.spec;
    if (symmetrical) spec.related_name = link.field + "_rel_+";
    return add_reverse(link.model, link.field, target, spec, reverse, false);
  }

  result<void> resolve_unique_together(std::uint32_t m) {
    for (const std::vector<std::string>& names : specs_[m].unique_together) {
      std::vector<std::uint32_t> columns;
      for (const std::string& name : names) {
        const catalog::member found = out_->find(m, name);
        if (found.what == catalog::member::form::absent)
          return failure(diag::unknown_field, {out_->text(out_->models_[m].name), name});
        columns.push_back(found.what == catalog::member::form::column ? found.index
                                                                      : out_->models_[m].relations[found.index].local);
      }
      out_->models_[m].unique_together.push_back(std::move(columns));
    }
    return {};
  }

  std::vector<model_spec> specs_;
  std::uint32_t declared_ = 0;
  std::vector<pending_key> keys_;
  std::vector<pending_link> links_;
  std::shared_ptr<catalog> out_{new catalog};
};

result<std::shared_ptr<const catalog>> catalog::build(std::string_view app, std::vector<model_spec> models,
                                                      std::vector<extension> extensions) {
  return catalog_builder(app, std::move(models), std::move(extensions)).run();
}

const extension* catalog::find_extension(std::string_view name, scalar of) const noexcept {
  for (const extension& x : extensions_)
    if (x.name == name && x.applies(of)) return &x;
  return nullptr;
}

std::uint32_t catalog::find_model(std::string_view name) const noexcept {
  for (std::uint32_t m = 0; m < models_.size(); ++m)
    if (names_.text(models_[m].name) == name) return m;
  return none;
}

catalog::member catalog::find(std::uint32_t m, std::string_view name) const noexcept {
  const symbol s = names_.find(name, hash_text(name));
  if (!s.present()) return {};
  const auto found = members_.find(std::uint64_t{m} << 32U | s.value);
  return found == members_.end() ? member{} : found->second;
}

std::vector<std::string_view> member_names(const catalog& c, std::uint32_t m) {
  std::vector<std::string_view> out;
  for (const column& col : c.at(m).columns) out.push_back(c.text(col.name));
  for (const relation& r : c.at(m).relations)
    if (r.accessor.present()) out.push_back(c.text(r.name));
  out.emplace_back("pk");
  return out;
}

}  // namespace quarry::ir
