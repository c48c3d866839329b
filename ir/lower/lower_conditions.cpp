// group-relations, lower-lookups and lower-exclude over the conditions of one filter() or exclude() call.
#include <array>

#include <quarry/ir/lower/lower.hpp>
#include <quarry/ir/model/views.hpp>

namespace quarry::ir {

std::uint32_t relation_groups::find(std::uint32_t parent, std::uint32_t relation) const noexcept {
  for (const entry& e : known_)
    if (e.parent == parent && e.relation == relation) return e.instance;
  return none;
}

namespace {

failure fail_at(diag id, std::initializer_list<std::string_view> words, std::string_view path, std::uint32_t origin) {
  failure f(id, words);
  f->source = path;
  f->span = {0, static_cast<std::uint32_t>(path.size())};
  f->origin = origin;
  return f;
}

/// The type in which a value is compared with a column: a number out of the column's range is a number still, and finds no row.
type comparable(type column, scalar given) {
  if (!is_integer(column.kind())) return column;
  if (given == scalar::float64) return types::float64;
  if (given == scalar::decimal) return {scalar::decimal, false};
  return types::int64;
}

}  // namespace

std::uint32_t lowering::join(std::uint32_t parent, std::uint32_t index) {
  if (const std::uint32_t known = groups_.find(parent, index); known != none) return known;
  const instance& from = cx_->instance_at(parent);
  const relation& r = cx_->schema().at(from.model).relations[index];
  const bool may_lack_row = from.null_extended || r.nullable || !r.trusted;
  const expr_id key = cx_->column(parent, r.local);
  const std::uint32_t made = cx_->new_instance(r.target, may_lack_row);
  const std::array<std::uint32_t, 2> children = {current_.value, key.value};
  current_ = rel_id(cx_->make(kind::relate, 0, {}, children, index, made));
  groups_.add(parent, index, made);
  return made;
}

result<expr_id> lowering::column_of(const resolved_path& path, std::string_view text, std::uint32_t origin) {
  std::uint32_t at = root_;
  for (std::uint8_t i = 0; i < path.step_count; ++i) {
    const relation& r = cx_->schema().at(cx_->instance_at(at).model).relations[path.steps[i]];
    if (r.many) return fail_at(diag::not_supported_yet, {"a path over a to-many relation"}, text, origin);
    at = join(at, path.steps[i]);
  }
  expr_id e = cx_->column(at, path.column);
  for (std::uint8_t i = 0; i < path.transform_count; ++i) e = cx_->make_op(path.transforms[i], {e});
  return e;
}

result<expr_id> lowering::path_value(std::string_view path, std::uint32_t origin) {
  QUARRY_TRY(resolved, resolve_path(*cx_, cx_->instance_at(root_).model, path, path_use::value, origin));
  return column_of(resolved, path, origin);
}

result<expr_id> lowering::condition(expr_id surface, bool negated) {
  if (cx_->at(surface).kind != kind::op) return lookup(surface, negated);
  const op o = op_of(*cx_, surface);
  const bool inside = o == op::not_ ? !negated : negated;
  const std::size_t base = items_.size();
  for (std::uint32_t i = 0; i < cx_->at(surface).child_count; ++i) {
    auto lowered = condition(expr_id(cx_->child(surface, i)), inside);
    if (!lowered) {
      items_.resize(base);
      return lowered.take_failure();
    }
    items_.push_back(lowered->value);
  }
  const std::size_t count = items_.size() - base;
  expr_id out;
  if ((o == op::and_ || o == op::or_) && count == 1) out = expr_id(items_[base]);
  else out = cx_->make_op(o, std::span<const std::uint32_t>(items_).subspan(base));
  items_.resize(base);
  return out;
}

result<expr_id> lowering::lookup(expr_id surface, bool negated) {
  if (cx_->at(surface).kind == kind::literal) return surface;
  const auto l = as<view::lookup>(*cx_, surface);
  const std::string_view path = cx_->text(symbol{static_cast<std::uint32_t>(l.text())});
  const std::uint32_t origin = l.origin();
  QUARRY_TRY(resolved, resolve_path(*cx_, cx_->instance_at(root_).model, path, path_use::condition, origin));
  QUARRY_TRY(left, column_of(resolved, path, origin));
  QUARRY_TRY(atom, apply_lookup(*resolved.lookup, left, l.operand(), path, origin));
  // lower-exclude: inside a negation a row whose value is NULL does not satisfy the atom, so that it is kept.
  if (!negated || !cx_->at(atom).type.nullable()) return atom;
  if (options_.strict_exclude) return cx_->make_op(op::is_true, {atom});
  std::array<std::uint32_t, 3> guarded = {atom.value};
  std::size_t count = 1;
  if (cx_->at(left).type.nullable()) guarded[count++] = cx_->make_op(op::is_not_null, {left}).value;
  // The other side of a comparison with F() counts when it is a plain column; through arithmetic a NULL drops the row, as in Django.
  const node& compared = cx_->at(atom);
  if (compared.kind == kind::op && compared.child_count == 2) {
    const any_id right = cx_->child(atom, 1);
    if (cx_->at(right).kind == kind::column && cx_->at(right).type.nullable())
      guarded[count++] = cx_->make_op(op::is_not_null, {expr_id(right)}).value;
  }
  return cx_->make_op(op::and_, std::span<const std::uint32_t>(guarded.data(), count));
}

expr_id lowering::typed_param(expr_id surface, type t) {
  return cx_->param_ref(static_cast<std::uint32_t>(cx_->at(surface).a), t.with_nullable(false));
}

result<expr_id> lowering::expression(expr_id surface, type wanted) {
  const node n = cx_->at(surface);
  switch (n.kind) {
    case kind::param: {
      const param& p = cx_->param_at(static_cast<std::uint32_t>(n.a));
      if (p.what == param::form::null) return cx_->null();
      // Beside an expression a value keeps the type that the user gave it.
      return typed_param(surface, wanted.kind() == scalar::unknown ? type(p.given, false) : wanted);
    }
    case kind::path:
      return path_value(cx_->text(symbol{static_cast<std::uint32_t>(n.a)}), n.b);
    case kind::op: {
      const std::size_t base = items_.size();
      for (std::uint32_t i = 0; i < n.child_count; ++i) {
        auto lowered = expression(expr_id(cx_->child(surface, i)), types::null);
        if (!lowered) {
          items_.resize(base);
          return lowered.take_failure();
        }
        items_.push_back(lowered->value);
      }
      const expr_id out = cx_->make_op(static_cast<op>(n.b), std::span<const std::uint32_t>(items_).subspan(base), wanted);
      items_.resize(base);
      return out;
    }
    default: return surface;
  }
}

result<expr_id> lowering::apply_lookup(const lookup_info& l, expr_id left, expr_id operand, std::string_view path,
                                       std::uint32_t origin) {
  const op operation = options_.native ? l.native : l.portable;
  const type left_type = cx_->at(left).type;
  const bool is_param = cx_->at(operand).kind == kind::param;
  const param shape = is_param ? cx_->param_at(static_cast<std::uint32_t>(cx_->at(operand).a)) : param{};
  const bool null_given = is_param && shape.what == param::form::null;
  const bool list_given = is_param && shape.what == param::form::list;

  switch (l.form) {
    case lookup_form::null_test:
      if (!is_param || shape.what != param::form::scalar || shape.given != scalar::boolean)
        return fail_at(diag::isnull_needs_bool, {path}, path, origin);
      return cx_->make_op(shape.truth ? op::is_null : op::is_not_null, {left});
    case lookup_form::list:
      if (!list_given) return fail_at(diag::lookup_needs_list, {path, "one value"}, path, origin);
      if (shape.length == 0) return cx_->boolean(false);
      return cx_->make_op(operation, {left, typed_param(operand, type::array_of(comparable(left_type, scalar::unknown).kind()))});
    case lookup_form::pair: {
      if (!list_given || shape.length != 2 || shape.has_null) return fail_at(diag::lookup_needs_pair, {path}, path, origin);
      const auto index = static_cast<std::uint32_t>(cx_->at(operand).a);
      const type element = comparable(left_type, scalar::unknown).with_nullable(false);
      return cx_->make_op(operation, {left, cx_->param_ref(index, element, 1), cx_->param_ref(index, element, 2)});
    }
    case lookup_form::exact:
    case lookup_form::itext:
      if (null_given) return cx_->make_op(op::is_null, {left});
      break;
    default: break;
  }
  if (null_given) return fail_at(diag::none_with_lookup, {path}, path, origin);
  if (list_given) return fail_at(diag::wrong_argument, {path, "one value", "a list"}, path, origin);
  const bool as_text = l.form == lookup_form::text || l.form == lookup_form::itext;
  expr_id compared = left;
  if (as_text && left_type.kind() != scalar::text) {
    const std::array<std::uint32_t, 1> operand_of_cast = {left.value};
    compared = expr_id(cx_->make(kind::cast, 0, type(scalar::text, left_type.nullable()), operand_of_cast));
  }
  const type wanted = as_text ? type(scalar::text, false) : comparable(left_type, shape.given);
  QUARRY_TRY(right, is_param ? result<expr_id>(typed_param(operand, wanted)) : expression(operand, wanted));
  return cx_->make_op(operation, {compared, right});
}

}  // namespace quarry::ir
