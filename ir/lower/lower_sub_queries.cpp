// QuerySets as values: the rows of one query among which, or beside which, another looks.
#include <array>

#include <quarry/ir/lower/lower.hpp>
#include <quarry/ir/match/algebra.hpp>
#include <quarry/ir/model/views.hpp>

namespace quarry::ir {
namespace {

/// What a query says of itself, before it is lowered.
struct query_outline {
  std::uint32_t model = none;
  std::uint32_t columns = 0;  ///< that values() chose; 0: it gives objects
  bool one_row = false;
};

query_outline outline_of(const context& cx, rel_id surface) {
  query_outline out;
  for (rel_id at = surface;; at = rel_id(cx.child(at, 0))) {
    const node& n = cx.at(at);
    if (n.kind == kind::slice_call) out.one_row = as<view::slice_call>(cx, at).one();
    if (n.kind == kind::values_call && out.columns == 0) out.columns = n.child_count - 1;
    if (n.kind != kind::scan_call) continue;
    out.model = static_cast<std::uint32_t>(n.a);
    return out;
  }
}

/// The column that stands for an object at the end of a path: what a relation refers to, else the primary key.
std::uint32_t column_for(const catalog& schema, const resolved_path& path, std::uint32_t model) {
  if (path.model == none) return schema.at(model).primary_key;  // what is computed belongs to no model
  const ir::model& owner = schema.at(path.model);
  const std::uint32_t relation = owner.columns[path.column].relation;
  // A path that ends with a foreign key was cut back to the key's own column.
  const bool refers = path.relation_itself && relation != none && owner.relations[relation].target == model;
  return refers ? owner.relations[relation].remote : schema.at(model).primary_key;
}

}  // namespace

// in: membership, whatever the number of rows; other lookups compare with the one row of a slice.
//   lookup "blog__in" sub_query(q)   ==>   in_query(e.blog_id, project q [b.id])
result<expr_id> lowering::sub_query_operand(const resolved_path& resolved, expr_id left, expr_id operand,
                                            std::string_view path, std::uint32_t origin) {
  const rel_id query(cx_->child(operand, 0));
  const query_outline outline = outline_of(*cx_, query);
  if (outline.columns > 1)
    return fail_at(diag::query_not_one_column, {path, std::to_string(outline.columns)}, path, origin);
  if (outline.columns == 0 && resolved.relation_itself && outline.model != resolved.related_model)
    return fail_at(diag::query_of_other_model,
                   {path, cx_->text(cx_->schema().at(resolved.related_model).name),
                    cx_->text(cx_->schema().at(outline.model).name)},
                   path, origin);
  const bool membership = resolved.lookup->form == lookup_form::list;
  const bool equality = !membership && (resolved.lookup->form == lookup_form::exact || resolved.relation_itself);
  if (equality && !outline.one_row) return fail_at(diag::query_not_one_row, {path}, path, origin);

  const asking who(*cx_, membership ? clause::in_value : clause::subquery_value, 0, {},
                   {path, origin, {0, static_cast<std::uint32_t>(path.size())}});
  QUARRY_TRY(rows, rows_of(query, column_for(cx_->schema(), resolved, outline.model)));
  const type given = cx_->outputs(output_instance(*cx_, rows))[0].type;
  if (!membership) {
    const std::array<std::uint32_t, 1> of = {rows.value};
    return expr_id(cx_->make(kind::scalar_of, 0, given.with_nullable(true), of));
  }
  // Among values of another type a document is the value at its key.
  if (cx_->at(left).type.kind() == scalar::json && given.kind() != scalar::json && given.kind() != scalar::unknown)
    left = cast_to(given.with_nullable(false), left);
  const std::array<std::uint32_t, 2> of = {left.value, rows.value};
  return expr_id(cx_->make(kind::in_query, 0,
                           types::boolean.with_nullable(cx_->at(left).type.nullable() || given.nullable()), of));
}

//   Subquery(q)   ==>   scalar_of(project q [e.headline])
result<expr_id> lowering::only_value(rel_id surface) {
  const query_outline outline = outline_of(*cx_, surface);
  const asking who(*cx_, clause::subquery_value);
  QUARRY_TRY(rows, rows_of(surface, cx_->schema().at(outline.model).primary_key));
  const std::span<const output> given = cx_->outputs(output_instance(*cx_, rows));
  if (given.size() != 1) return failure(diag::query_not_one_column, {"Subquery()", std::to_string(given.size())});
  const type value = given[0].type;
  const std::array<std::uint32_t, 1> of = {rows.value};
  return expr_id(cx_->make(kind::scalar_of, 0, value.with_nullable(true), of));
}

/// `levels`: how many queries lie between the surface and this one.
result<void> lowering::reach_outer_paths(any_id surface, std::uint32_t levels) {
  if (!surface.present()) return {};
  const node n = cx_->at(surface);
  std::uint32_t further = 0;
  any_id at = surface;
  for (; cx_->at(at).kind == kind::outer_value; at = cx_->child(at, 0)) ++further;
  if (cx_->at(at).kind == kind::outer_path) {
    if (further + 1 != levels) return {};
    const node path = cx_->at(at);
    auto value = path_value(cx_->text(symbol{static_cast<std::uint32_t>(path.a)}), path.b);
    return value ? result<void>() : value.take_failure();
  }
  const bool query = n.kind == kind::sub_query || n.kind == kind::scalar_of || n.kind == kind::exists;
  for (std::uint32_t i = 0; i < n.child_count; ++i)
    QUARRY_CHECK(reach_outer_paths(cx_->child(surface, i), levels + (query ? 1 : 0)));
  return {};
}

result<rel_id> lowering::rows_of(rel_id surface, std::uint32_t column) {
  if (!inner_) inner_ = std::make_unique<lowering>();
  // A query that combines others has no rows for them to look at: theirs are those around it.
  inner_->outer_ = combines_ ? outer_ : this;
  inner_->is_value_ = true;
  inner_->value_column_ = column;
  return inner_->to_related(*cx_, surface, options_);
}

}  // namespace quarry::ir
