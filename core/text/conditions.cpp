#include <quarry/core/text/conditions.hpp>

#include <algorithm>

#include <quarry/core/text/canonical.hpp>
#include <quarry/core/text/instances.hpp>
#include <quarry/core/text/queries.hpp>
#include <quarry/core/text/query_steps.hpp>
#include <quarry/ir/lower/resolve_paths.hpp>

namespace quarry::text {

using detail::operand;
using detail::path_ref;
using detail::term;
using ir::diag;

namespace {

/// The column of the related model that a relation at the end of a path refers to; absent when the path ends elsewhere.
struct path_end {
  std::uint32_t related_model;
  std::uint32_t column;
};

std::optional<path_end> relation_at_end(environment& e, std::uint32_t model, const path_ref& path) {
  const ir::resolved_path r =
      unwrap(ir::resolve_path(e.paths, model, path.view(), ir::path_use::condition, path.offset));
  if (!r.relation_itself) return std::nullopt;
  const ir::column& c = e.model(r.model).columns[r.column];
  // A path that ends with a foreign key was cut back to the key's own column.
  const bool own_column = r.model != r.related_model || c.relation != ir::none;
  if (own_column && c.relation != ir::none && e.model(r.model).relations[c.relation].target == r.related_model)
    return path_end{r.related_model, e.model(r.model).relations[c.relation].remote};
  return path_end{r.related_model, e.model(r.related_model).primary_key};
}

/// Is a list the value of this lookup as it stands, since the path leads into a JSON document?
bool is_document(const environment& e, std::uint32_t model, const path_ref& path) {
  const auto r = ir::resolve_path(e.paths, model, path.view(), ir::path_use::condition, path.offset);
  if (!r || r->transform_count != 0) return false;
  const bool whole = r->lookup->form == ir::lookup_form::exact || r->lookup->form == ir::lookup_form::json_part ||
      r->lookup->name == "contains";
  if (!whole) return false;
  return e.model(r->model).columns[r->column].type.kind() == ir::scalar::json;
}

/// Can a list be an element of what this lookup is given, since its path leads into a document? In a Q nobody knows yet.
bool may_hold_documents(const environment& e, const std::optional<std::uint32_t>& model, const path_ref& path) {
  if (!model) return true;
  const auto r = ir::resolve_path(e.paths, *model, path.view(), ir::path_use::condition, path.offset);
  return r && r->transform_count == 0 && e.model(r->model).columns[r->column].type.kind() == ir::scalar::json;
}

}  // namespace

std::vector<term> condition_builder::terms(const call_arguments& given) {
  std::vector<term> out;
  for (const argument& a : given.plain) out.push_back(positional(a, given.function));
  for (const argument& a : given.named) out.push_back(keyword(a, e_.path_of(a)));
  return out;
}

formula condition_builder::as_formula(const call_arguments& given, detail::expression_form form) {
  std::vector<detail::ref<detail::expression>> parts;
  for (const term& t : terms(given)) {
    if (t.tree) parts.push_back(detail::ref<detail::expression>::share(t.tree));
    else if (t.path.size != 0) parts.push_back(detail::make_lookup(t.path, t.value));
  }
  formula out{{}, true, std::move(late_)};
  if (parts.size() == 1) out.tree = parts[0];
  else if (!parts.empty()) out.tree = unwrap(detail::make_condition(form, parts));
  return out;
}

term condition_builder::positional(const argument& a, std::string_view function) {
  if (const formula* f = a.what.as_formula(); f && (f->condition || is_expression(*f))) {
    for (const late_instance& late : f->late) {
      if (model_) check_late(late, a);
      else late_.push_back(late);
    }
    return {{}, {}, f->tree.get()};
  }
  // Django also takes a pair of lookup and value.
  const sequence* pair = a.what.items();
  if (pair && pair->what == collection::tuple && pair->items.size() == 2) {
    if (const auto* path = pair->items[0].scalar<std::string>()) {
      argument of_pair{pair->items[1], *path, a.where, {}};
      return keyword(of_pair, path_ref::text(*path));
    }
  }
  fail(diag::wrong_argument, {std::string(function) + "()", "Q objects and lookups", e_.describe(a.what)}, a.where);
}

/// Whether the formula has a value in each row: a Q() of lookups and an order have none.
bool condition_builder::is_expression(const formula& f) {
  using detail::expression_form;
  if (!f.tree || f.tree->form == expression_form::ordering || f.tree->form == expression_form::when) return false;
  return !f.condition || f.tree->form == expression_form::exists || f.tree->form == expression_form::operation ||
      f.tree->form == expression_form::lookup_on || f.tree->form == expression_form::typed;
}

term condition_builder::keyword(const argument& a, const path_ref& path) {
  if (path.size == 0) fail(diag::empty_path, {path.view()}, a.where);
  return {path, operand_of(a, path), nullptr};
}

operand condition_builder::operand_of(const argument& a, const path_ref& path) {
  const object& o = a.what;
  if (const formula* f = o.as_formula()) {
    if (!is_expression(*f))
      fail(diag::wrong_argument, {path.view(), "a value", f->condition ? "a condition" : "an order"}, a.where);
    return operand::of_expression(f->tree.get());
  }
  if (const auto q = o.query(); q && q->raw)
    return operand_of({{collection::list, rows_of(e_, *q)}, a.name, a.where, a.name_span}, path);
  if (const auto q = o.query()) {
    queries_.push_back(settled(q)->chain);
    return detail::query_operand(queries_.back());
  }
  if (const manager* m = o.as_manager()) {
    queries_.push_back(chain_of(e_, *m));
    return detail::query_operand(queries_.back());
  }
  if (o.items() && model_ && is_document(e_, *model_, path))
    return operand::of_text(store_.keep(json_text(o)), ir::scalar::json);
  if (const sequence* s = o.items()) {
    if (std::ranges::any_of(s->items, [](const object& i) { return i.as_formula() != nullptr; }))
      return row_of(s->items, a, path);
    std::vector<operand> items;
    for (const object& i : s->items) items.push_back(item(i, a, path));
    return store_.list_of(items);
  }
  return item(o, a, path);
}

/// Values of which some are computed. None matches nothing, so that it need not be there.
operand condition_builder::row_of(const std::vector<object>& items, const argument& a, const path_ref& path) {
  std::vector<detail::ref<detail::expression>> parts;
  for (const object& o : items) {
    if (o.is_none()) continue;
    const argument one{o, a.name, a.where, a.name_span};  // the operand refers to its text
    const operand given = operand_of(one, path);
    if (given.form == detail::operand_form::expression)
      parts.push_back(detail::ref<detail::expression>::share(given.expr));
    else if (given.form == detail::operand_form::scalar) parts.push_back(detail::make_constant(given));
    else fail(diag::wrong_argument, {path.view(), "values and expressions", e_.describe(o)}, a.where);
  }
  rows_.push_back(unwrap(detail::make_row(parts)));
  return operand::of_expression(rows_.back().get());
}

operand condition_builder::item(const object& o, const argument& a, const path_ref& path) {
  if (const value* v = o.plain()) return store_.of(*v);
  if (const auto i = o.row()) return key_of(*i, a, path);
  if (o.dict() || (o.items() && may_hold_documents(e_, model_, path)))
    return operand::of_text(store_.keep(json_text(o)), ir::scalar::json);
  fail(diag::wrong_argument, {path.view(), "a value", e_.describe(o)}, a.where);
}

operand condition_builder::key_of(instance& i, const argument& a, const path_ref& path) {
  std::uint32_t column = e_.model(i.model).primary_key;
  if (model_) {
    const auto end = relation_at_end(e_, *model_, path);
    const std::string given = e_.describe(a.what);
    if (!end) fail(diag::wrong_argument, {path.view(), "a value", given}, a.where);
    if (end->related_model != i.model)
      fail(diag::wrong_number, {path.view(), "an object of " + e_.name_of(end->related_model), given}, a.where);
    column = end->column;
  } else {
    late_.push_back({std::string(path.view()), path.offset, i.model});
  }
  const object& key = column_value(e_, i, column);
  if (key.is_none()) fail(diag::unsaved_object, {e_.name_of(i.model)}, a.where);
  return store_.of(*key.plain());
}

void condition_builder::check_paths(const std::vector<term>& terms) const {
  for (const term& t : terms) {
    if (t.tree) check_expression(e_, *over_, *t.tree);
    else if (t.path.size != 0) {
      if (!detail::names_annotation(*over_, t.path.view()))
        (void)unwrap(ir::resolve_path(e_.paths, *model_, t.path.view(), ir::path_use::condition, t.path.offset));
      if (t.value.form == detail::operand_form::expression) check_expression(e_, *over_, *t.value.expr);
    }
  }
}

void condition_builder::check_late(const late_instance& late, const argument& a) const {
  const auto end = relation_at_end(e_, *model_, path_ref::text(late.path, late.offset));
  const std::string given = "an object of " + e_.name_of(late.model);
  if (!end) fail(diag::wrong_argument, {late.path, "a value", given}, a.where);
  if (end->related_model != late.model)
    fail(diag::wrong_number, {late.path, "an object of " + e_.name_of(end->related_model), given}, a.where);
  if (end->column != e_.model(late.model).primary_key)
    not_yet("an object in a Q over a relation that does not refer to its primary key", a.where);
}

namespace {

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find("__", at), path.size());
    out.push_back(path.substr(at, end - at));
    at = end + 2;
  }
  return out;
}

/// A condition speaks of the related rows and of rows one step from them: Django's rule, which looks closer where a lookup is written
/// out.
void check_reach(const environment& e, const detail::chain& over, std::string_view relation,
                 const detail::expression& condition) {
  for (const detail::expression* part : condition.all_children()) check_reach(e, over, relation, *part);
  if (condition.form != detail::expression_form::lookup) return;
  const path_ref& path = condition.path;
  const ir::resolved_path r =
      unwrap(ir::resolve_path(e.paths, over.model(), path.view(), ir::path_use::condition, path.offset));
  const std::vector<std::string_view> all = segments_of(path.view());
  const std::vector<std::string_view> allowed = segments_of(relation);
  const std::size_t lookups = r.transform_count + r.key_count + (all.back() == r.lookup->name ? 1U : 0U);
  const std::size_t names = all.size() - std::min(all.size(), lookups);
  const std::size_t steps = names - std::min<std::size_t>(names, lookups != 0 ? 1 : 2);
  for (std::size_t i = 0; i < steps; ++i) {
    if (i < allowed.size() && allowed[i] == all[i]) continue;
    ir::diagnostic d = ir::make_diagnostic(diag::filtered_relation_reach, {relation, path.view()});
    d.source = path.view();
    d.span = {0, path.size};
    d.origin = path.offset;
    raise(std::move(d));
  }
}

}  // namespace

void check_expression(const environment& e, const detail::chain& over, const detail::expression& tree) {
  if (tree.form == detail::expression_form::filtered_relation) {
    const std::string_view relation = tree.path.view();
    if (const auto value = ir::resolve_path(e.paths, over.model(), relation, ir::path_use::condition, tree.path.offset);
        value && (value->transform_count != 0 || relation.ends_with("__" + std::string(value->lookup->name))))
      fail(diag::wrong_number, {"FilteredRelation()", "the name of a relation", "one with a lookup"});
    (void)unwrap(ir::resolve_path(e.paths, over.model(), relation, ir::path_use::relation, tree.path.offset));
    check_expression(e, over, *tree.constant.expr);
    check_reach(e, over, relation, *tree.constant.expr);
    return;
  }
  if (tree.form == detail::expression_form::lookup) {
    if (!detail::names_annotation(over, tree.path.view()))
      (void)unwrap(
          ir::resolve_path(e.paths, over.model(), tree.path.view(), ir::path_use::condition, tree.path.offset));
    if (tree.constant.form == detail::operand_form::expression) check_expression(e, over, *tree.constant.expr);
  } else if (tree.form == detail::expression_form::lookup_on) {
    if (tree.constant.form == detail::operand_form::expression) check_expression(e, over, *tree.constant.expr);
  } else if (tree.form == detail::expression_form::path) {
    check_value_path(e, over, tree.path.view(), tree.path.offset);
  }
  for (const detail::expression* child : tree.all_children()) check_expression(e, over, *child);
}

void check_value_path(const environment& e, const detail::chain& over, std::string_view path, std::uint32_t offset) {
  if (!detail::names_annotation(over, path))
    (void)unwrap(ir::resolve_path(e.paths, over.model(), path, ir::path_use::value, offset));
}

}  // namespace quarry::text
