#include <quarry/core/text/models.hpp>

#include <algorithm>
#include <filesystem>
#include <set>

#include <quarry/core/text/field_types.hpp>
#include <quarry/core/text/model_classes.hpp>
#include <quarry/core/text/parse.hpp>
#include <quarry/core/text/refusal.hpp>

namespace quarry::text {
namespace {

using ir::diag;
using syntax::node_id;

std::string_view last_part(std::string_view dotted) {
  const std::size_t dot = dotted.rfind('.');
  return dot == std::string_view::npos ? dotted : dotted.substr(dot + 1);
}

bool is_enumeration(std::string_view base) {
  return base.ends_with("Choices") || base == "Enum" || base.ends_with(".Enum");
}

class file_reader {
 public:
  file_reader(const syntax::tree& t, std::string_view app) : tree_(t), app_(app), scope_(t) {}

  void run() {
    for (const node_id statement : tree_.statements()) {
      if (tree_.is<syntax::import_statement>(statement)) import(tree_.as<syntax::import_statement>(statement));
      else if (tree_.is<syntax::assignment>(statement))
        keep_constant(tree_.as<syntax::assignment>(statement), scope_.module_constants);
      else if (tree_.is<syntax::class_definition>(statement)) read_class(tree_.as<syntax::class_definition>(statement));
    }
  }

  const std::vector<model_class>& classes() const noexcept { return classes_; }

 private:
  void import(const syntax::import_statement& s) {
    for (const node_id id : s.names) {
      const auto n = tree_.as<syntax::import_name>(id);
      // `import a.b` makes the name a known; `from a import b` the name b.
      if (!s.is_from && !n.renamed) {
        const std::string_view first = n.name.substr(0, n.name.find('.'));
        scope_.imports.emplace(first, first);
      } else {
        scope_.imports[std::string(n.alias)] =
            s.is_from ? std::string(s.from_module) + "." + std::string(n.name) : std::string(n.name);
      }
    }
  }

  void keep_constant(const syntax::assignment& a, constants& where) {
    if (const auto n = tree_.try_as<syntax::name>(a.target)) where[std::string(n->text)] = a.value;
  }

  void keep_enumeration(const syntax::class_definition& c) {
    constants members;
    for (const node_id statement : c.body)
      if (const auto a = tree_.try_as<syntax::assignment>(statement)) keep_constant(*a, members);
    scope_.enumerations[std::string(c.name)] = std::move(members);
  }

  struct bases {
    bool model = false;
    bool enumeration = false;
    node_id foreign;  ///< a base that another file declares
    std::vector<const model_class*> abstract;
  };

  bases read_bases(const syntax::class_definition& c) {
    bases out;
    for (const node_id base : c.bases) {
      if (tree_.is<syntax::keyword_argument>(base)) continue;
      const std::string dotted = scope_.dotted(base);
      const model_class* parent = find(dotted);
      if (parent && !parent->meta.abstract)
        refuse(
            diag::models_unsupported,
            {"inheritance from a model that is not abstract (" + std::string(c.name) + " from " + parent->name + ")"},
            tree_.where(base));
      if (parent) out.abstract.push_back(parent);
      else if (dotted == "models.Model" || dotted == "django.db.models.Model") out.model = true;
      else if (is_enumeration(dotted)) out.enumeration = true;
      else check_base(c, base, dotted, out);
    }
    out.model = out.model || !out.abstract.empty();
    return out;
  }

  void check_base(const syntax::class_definition&, node_id base, const std::string& dotted, bases& out) const {
    const std::string_view first = std::string_view(dotted).substr(0, dotted.find('.'));
    if (plain_classes_.contains(dotted) || dotted.empty()) return;
    if (dotted.starts_with("django.db.models.") || dotted.starts_with("models.")) {
      static constexpr std::string_view others[] = {"Manager",    "QuerySet",  "Choices",    "Field",
                                                    "Lookup",     "Transform", "Func",       "Aggregate",
                                                    "Expression", "Index",     "Constraint", "Prefetch"};
      const std::string_view name = last_part(dotted);
      if (std::any_of(std::begin(others), std::end(others), [&](std::string_view o) { return name.ends_with(o); }))
        return;
      ir::nearest_choice nearest(name);
      nearest.offer("Model");
      refuse(diag::unknown_attribute, {"models", name}, tree_.word(base), nearest.best());
    }
    static constexpr std::string_view builtin[] = {"object", "str", "int", "Exception"};
    if (std::find(std::begin(builtin), std::end(builtin), first) != std::end(builtin)) return;
    const auto imported = std::find_if(scope_.imports.begin(), scope_.imports.end(),
                                       [&](const auto& i) { return dotted.starts_with(i.second); });
    if (imported != scope_.imports.end()) {
      out.foreign = base;
      return;
    }
    ir::nearest_choice nearest(first);
    for (const model_class& m : classes_) nearest.offer(m.name);
    for (const auto& [name, means] : scope_.imports) nearest.offer(name);
    refuse(diag::unknown_name, {first}, tree_.where(base), nearest.best());
  }

  const model_class* find(std::string_view name) const {
    const auto at =
        std::find_if(classes_.begin(), classes_.end(), [&](const model_class& m) { return m.name == name; });
    return at == classes_.end() ? nullptr : &*at;
  }

  void read_class(const syntax::class_definition& c) {
    const bases parents = read_bases(c);
    if (parents.enumeration) return keep_enumeration(c);
    if (!parents.model) {
      if (parents.foreign.present() && has_fields(c))
        refuse(diag::models_unsupported, {"a base class of another file"}, tree_.where(parents.foreign));
      plain_classes_.emplace(c.name);
      return;
    }
    if (find(c.name)) refuse(diag::model_redefined, {c.name}, c.name_span);
    model_class m;
    m.name = c.name;
    m.where = c.name_span;
    for (const model_class* parent : parents.abstract) inherit(m, *parent);
    std::size_t inherited = m.fields.size();
    scope_.class_constants = m.class_constants;
    // Constants first: a field may use one that stands below it, and so may Meta.
    for (const node_id statement : c.body) {
      if (const auto a = tree_.try_as<syntax::assignment>(statement)) keep_constant(*a, scope_.class_constants);
      if (const auto inner = tree_.try_as<syntax::class_definition>(statement); inner && inner->name != "Meta")
        keep_enumeration(*inner);
    }
    for (const node_id statement : c.body)
      if (const auto inner = tree_.try_as<syntax::class_definition>(statement); inner && inner->name == "Meta")
        read_meta(m, *inner);
    for (const node_id statement : c.body)
      if (const auto a = tree_.try_as<syntax::assignment>(statement)) read_attribute(m, *a, inherited);
    if (!m.meta.abstract) name_reverse_sides(m);
    m.class_constants = std::move(scope_.class_constants);
    scope_.class_constants.clear();
    classes_.push_back(std::move(m));
  }

  bool has_fields(const syntax::class_definition& c) const {
    return std::any_of(c.body.begin(), c.body.end(), [&](node_id s) {
      const auto a = tree_.try_as<syntax::assignment>(s);
      return a && classify(scope_, a->value) == attribute_kind::field;
    });
  }

  /// Everything of an abstract base is as if it stood in the class.
  void inherit(model_class& m, const model_class& parent) {
    for (const declared_field& f : parent.fields) {
      if (std::any_of(m.fields.begin(), m.fields.end(),
                      [&](const declared_field& own) { return own.spec.name == f.spec.name; }))
        continue;
      m.fields.push_back(f);
    }
    for (const std::string& manager : parent.managers) m.managers.push_back(manager);
    for (const auto& [name, value] : parent.class_constants) m.class_constants.emplace(name, value);
    if (m.meta.table.empty() && m.meta.ordering.empty() && m.meta.unique_together.empty()) {
      m.meta = parent.meta;
      m.meta.abstract = false;
    }
  }

  /// Reverse names of an abstract base leave room for the name of the class that inherits them.
  void name_reverse_sides(model_class& m) const {
    const std::string model = lower_case(m.name);
    for (declared_field& f : m.fields) {
      if (!f.spec.relation) continue;
      ir::relation_spec& r = *f.spec.relation;
      if (r.related_name.empty()) r.related_name = m.meta.default_related_name;
      for (std::string* name : {&r.related_name, &r.related_query_name}) {
        fill_in(*name, "%(class)s", model);
        fill_in(*name, "%(model_name)s", model);
        fill_in(*name, "%(app_label)s", lower_case(app_));
      }
    }
  }

  static void fill_in(std::string& name, std::string_view what, std::string_view by) {
    for (std::size_t at = name.find(what); at != std::string::npos; at = name.find(what, at + by.size()))
      name.replace(at, what.size(), by);
  }

  void read_attribute(model_class& m, const syntax::assignment& a, std::size_t& inherited) {
    const auto name = tree_.try_as<syntax::name>(a.target);
    if (!name) return;
    const auto same = std::find_if(m.fields.begin(), m.fields.end(),
                                   [&](const declared_field& f) { return f.spec.name == name->text; });
    const bool known = same != m.fields.end();
    switch (classify(scope_, a.value)) {
      case attribute_kind::manager: m.managers.emplace_back(name->text); return;
      case attribute_kind::other:
        if (known && tree_.is<syntax::none_literal>(a.value)) {  // `field = None` takes an inherited field away
          if (static_cast<std::size_t>(same - m.fields.begin()) < inherited) --inherited;
          m.fields.erase(same);
        }
        return;
      case attribute_kind::field: break;
    }
    declared_field f = read_field(scope_, app_, m.name, a.target, a.value);
    if (known && static_cast<std::size_t>(same - m.fields.begin()) >= inherited)
      refuse(diag::field_redefined, {m.name, name->text}, f.where);
    if (known) *same = std::move(f);
    else m.fields.push_back(std::move(f));
  }

  void read_meta(model_class& m, const syntax::class_definition& c) {
    const bool extends =
        std::any_of(c.bases.begin(), c.bases.end(), [&](node_id b) { return scope_.dotted(b).ends_with(".Meta"); });
    if (!extends) m.meta = {};
    m.meta.abstract = false;
    for (const node_id statement : c.body)
      if (const auto a = tree_.try_as<syntax::assignment>(statement))
        if (const auto n = tree_.try_as<syntax::name>(a->target)) read_meta_option(m, n->text, a->target, a->value);
  }

  void read_meta_option(model_class& m, std::string_view name, node_id target, node_id value) {
    const auto options = meta_options();
    const auto known =
        std::find_if(options.begin(), options.end(), [&](const meta_option& o) { return o.name == name; });
    const std::string owner = m.name + ".Meta";
    if (known == options.end()) {
      ir::nearest_choice nearest(name);
      for (const meta_option& o : options) nearest.offer(o.name);
      refuse(diag::unknown_attribute, {owner, name}, tree_.where(target), nearest.best());
    }
    if (known->effect == option_effect::unsupported)
      refuse(diag::models_unsupported, {owner + "." + std::string(name)}, tree_.where(target));
    if (known->effect == option_effect::ignored) return;
    if (name == "abstract") {
      m.meta.abstract = scope_.truth_of(value, owner, name);
    } else if (name == "proxy" || name == "managed") {
      if (scope_.truth_of(value, owner, name) == (name == "proxy"))
        refuse(diag::models_unsupported,
               {name == "proxy" ? "a proxy model (" + m.name + ")" : "a model that is not managed (" + m.name + ")"},
               tree_.where(target));
    } else if (name == "db_table") {
      m.meta.table = scope_.text_of(value, owner, name);
    } else if (name == "default_related_name") {
      m.meta.default_related_name = scope_.text_of(value, owner, name);
    } else if (name == "ordering") {
      m.meta.ordering = scope_.texts_of(value, owner, name);
      m.meta.ordering_span = tree_.where(value);
    } else if (name == "get_latest_by") {
      const auto one = tree_.try_as<syntax::string>(scope_.resolve(value));
      m.meta.get_latest_by = one ? std::string(one->value) : joined(scope_.texts_of(value, owner, name));
    } else if (name == "unique_together") {
      read_unique_together(m, owner, value);
    }
  }

  static std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& n : names) out += (out.empty() ? "" : " ") + n;
    return out;
  }

  void read_unique_together(model_class& m, const std::string& owner, node_id value) {
    const node_id at = scope_.resolve(value);
    m.meta.unique_together.clear();
    m.meta.unique_span = tree_.where(value);
    const syntax::nodes items =
        tree_.is<syntax::list>(at) || tree_.is<syntax::tuple>(at) ? tree_.children(at) : syntax::nodes();
    const bool flat = !items.empty() &&
        std::all_of(items.begin(), items.end(), [&](node_id i) { return tree_.is<syntax::string>(scope_.resolve(i)); });
    if (flat) m.meta.unique_together.push_back(scope_.texts_of(at, owner, "unique_together"));
    else
      for (const node_id item : items)
        m.meta.unique_together.push_back(scope_.texts_of(item, owner, "unique_together"));
  }

  const syntax::tree& tree_;
  std::string_view app_;
  model_scope scope_;
  std::vector<model_class> classes_;
  std::set<std::string, std::less<>> plain_classes_;
};

models_file to_specs(const std::vector<model_class>& classes) {
  models_file out;
  for (const model_class& m : classes) {
    if (m.meta.abstract) continue;
    ir::model_spec spec;
    spec.name = m.name;
    spec.table = m.meta.table;
    spec.ordering = m.meta.ordering;
    spec.unique_together = m.meta.unique_together;
    spec.get_latest_by = m.meta.get_latest_by;
    model_notes notes;
    notes.managers = m.managers;
    for (const declared_field& f : m.fields) {
      if (f.auto_now) notes.auto_now.push_back(f.spec.name);
      spec.fields.push_back(f.spec);
    }
    if (notes.managers.empty()) notes.managers.emplace_back("objects");
    out.models.push_back(std::move(spec));
    out.notes.push_back(std::move(notes));
  }
  return out;
}

}  // namespace

ir::result<models_file> read_models(std::string_view source, std::string_view app) {
  QUARRY_TRY(tree, parse_models(source));
  try {
    file_reader reader(tree, app);
    reader.run();
    check(reader.classes());
    return to_specs(reader.classes());
  } catch (refusal& r) {
    r.what.source = source;
    return std::move(r.what);
  }
}

ir::result<model_set> load_models(std::string_view source, std::string_view app,
                                  std::vector<ir::extension> extensions) {
  QUARRY_TRY(file, read_models(source, app));
  QUARRY_TRY(catalog, ir::catalog::build(app, std::move(file.models), std::move(extensions)));
  return model_set{std::move(catalog), std::move(file.notes)};
}

std::string app_label(std::string_view path) {
  std::error_code ignored;
  const std::filesystem::path whole =
      std::filesystem::absolute(std::filesystem::path(path), ignored).lexically_normal();
  return whole.parent_path().filename().string();
}

}  // namespace quarry::text
