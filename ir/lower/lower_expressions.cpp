// Expressions: values computed from columns, parameters and queries, typed bottom-up.
#include <array>

#include <quarry/ir/lower/lower.hpp>
#include <quarry/ir/model/operands.hpp>
#include <quarry/ir/model/views.hpp>

namespace quarry::ir {
namespace {

bool is_temporal(scalar s) noexcept {
  return s == scalar::date || s == scalar::time || s == scalar::datetime || s == scalar::duration;
}

/// Functions of texts: any value serves as the text that it is written as.
bool takes_text(op o, std::size_t position) noexcept {
  switch (o) {
    case op::upper:
    case op::lower:
    case op::length:
    case op::trim:
    case op::ltrim:
    case op::rtrim:
    case op::replace:
    case op::reverse:
    case op::position:
    case op::ord:
    case op::concat: return true;
    case op::substr:
    case op::right:
    case op::repeat: return position == 0;
    case op::lpad:
    case op::rpad: return position != 1;
    default: return false;
  }
}

/// The native sister of an operation, or the operation itself.
op native_of(op o) noexcept {
  switch (o) {
    case op::upper: return op::upper_native;
    case op::greatest: return op::greatest_native;
    case op::least: return op::least_native;
    case op::round: return op::round_native;
    case op::lower: return op::lower_native;
    default: return o;
  }
}

bool cuts_time_of_day(op o) noexcept { return o == op::trunc_hour || o == op::trunc_minute || o == op::trunc_second; }

}  // namespace

expr_id lowering::typed_param(expr_id surface, type t) {
  return cx_->param_ref(static_cast<std::uint32_t>(cx_->at(surface).a), t.with_nullable(false));
}

result<expr_id> lowering::expression(expr_id surface, type wanted) {
  if (surface == ready_) return surface;
  const node n = cx_->at(surface);
  switch (n.kind) {
    case kind::param: {
      const param& p = cx_->param_at(static_cast<std::uint32_t>(n.a));
      if (p.what == param::form::null) return cx_->null();
      // Beside an expression a value keeps the type that the user gave it.
      return typed_param(surface, wanted.kind() == scalar::unknown ? type(p.given, false) : wanted);
    }
    case kind::path:
    case kind::field_value: return path_value(cx_->text(symbol{static_cast<std::uint32_t>(n.a)}), n.b);
    case kind::lookup: return condition(surface, {});
    case kind::aggregate: {
      for (const pending_aggregate& p : pending_)
        if (p.surface == surface && p.done) return p.value;
      return failure(diag::aggregate_not_here, {info(static_cast<op>(n.b)).name});
    }
    case kind::op: {
      if (connects_conditions(*cx_, surface)) return condition(surface, {});
      const op o = static_cast<op>(n.b);
      if (info(o).group == op_class::window) return failure(diag::aggregate_not_here, {info(o).name});
      const std::size_t base = items_.size();
      for (std::uint32_t i = 0; i < n.child_count; ++i) {
        auto lowered = expression(expr_id(cx_->child(surface, i)), types::null);
        if (!lowered) {
          items_.resize(base);
          return lowered.take_failure();
        }
        items_.push_back(lowered->value);
      }
      auto out = function(o, std::span<std::uint32_t>(items_).subspan(base), wanted);
      items_.resize(base);
      return out;
    }
    case kind::window_call: return window_value(surface);
    case kind::raw: return raw_value(surface);
    case kind::case_when: return choice(surface, wanted);
    case kind::cast: {
      QUARRY_TRY(value, expression(expr_id(cx_->child(surface, 0)), n.type));
      return cast_to(n.type, value, options_.native);
    }
    case kind::exists: {
      const asking who(*cx_, clause::exists_value);
      QUARRY_TRY(rows, rows_of(rel_id(cx_->child(surface, 0)), cx_->schema().at(root_model()).primary_key));
      const std::array<std::uint32_t, 1> of = {rows.value};
      return expr_id(cx_->make(kind::exists, 0, types::boolean, of));
    }
    case kind::scalar_of: return only_value(rel_id(cx_->child(surface, 0)));
    case kind::outer_path:
    case kind::outer_value: return outer_value(surface);
    default: return surface;
  }
}

/// OuterRef(): a value of the query around, or of one further out.
result<expr_id> lowering::outer_value(expr_id surface) {
  const node n = cx_->at(surface);
  if (outer_ == nullptr) return failure(diag::outer_reference_alone, {});
  if (n.kind == kind::outer_value) return outer_->outer_value(expr_id(cx_->child(surface, 0)));
  return outer_->path_value(cx_->text(symbol{static_cast<std::uint32_t>(n.a)}), n.b);
}

// SQL text that the application trusts, with the values that its placeholders stand for. What the text reads is unknown.
//   raw(raw_text "rating > ", %0)
result<expr_id> lowering::raw_value(expr_id surface) {
  const node n = cx_->at(surface);
  const std::size_t base = items_.size();
  for (std::uint32_t i = 0; i < n.child_count; ++i) {
    const any_id piece = cx_->child(surface, i);
    auto value = cx_->at(piece).kind == kind::raw_text ? result<expr_id>(expr_id(piece))
                                                       : expression(expr_id(piece), types::null);
    if (!value) {
      items_.resize(base);
      return value.take_failure();
    }
    items_.push_back(value->value);
  }
  const any_id made = cx_->make(kind::raw, 0, n.type, std::span<const std::uint32_t>(items_).subspan(base));
  items_.resize(base);
  return expr_id(made);
}

// Case(): the first branch whose condition is true. The values of all branches are of one family.
//   case(else v, when p then x, …)
result<expr_id> lowering::choice(expr_id surface, type wanted) {
  const std::uint32_t count = cx_->at(surface).child_count;
  const std::size_t base = items_.size();
  items_.resize(base + count, none);  // the parts, as they are made
  std::vector<std::uint32_t> values;
  bool nullable = !cx_->child(surface, 0).present();
  for (std::uint32_t i = 1; i <= count; ++i) {
    const any_id branch = cx_->child(surface, i == count ? 0 : i);  // the value for all other rows comes last
    if (!branch.present()) break;
    expr_id test;
    auto made = [&]() -> result<expr_id> {
      if (i == count) return expression(expr_id(branch), wanted);
      QUARRY_TRY(condition_of, condition(expr_id(cx_->child(branch, 0)), {}));
      test = condition_of;
      return expression(expr_id(cx_->child(branch, 1)), wanted);
    }();
    if (!made) {
      items_.resize(base);
      return made.take_failure();
    }
    values.push_back(made->value);
    nullable = nullable || cx_->at(*made).type.nullable();
    const std::array<std::uint32_t, 2> parts = {test.value, made->value};
    items_[base + (i == count ? 0 : i)] = i == count ? made->value : cx_->make(kind::when, 0, {}, parts).value;
  }
  result<expr_id> out = expr_id();
  if (const any_id odd = first_misfit(*cx_, op::coalesce, values); odd.present()) {
    out = failure(diag::mixed_types,
                  {"Case()", name_of(cx_->at(any_id{values[0]}).type.kind()), name_of(cx_->at(odd).type.kind())});
  } else {
    std::vector<type> of;
    for (const std::uint32_t v : values) of.push_back(cx_->at({v}).type);
    const type t = type_of(op::coalesce, of, {}).with_nullable(nullable);
    out = expr_id(cx_->make(kind::case_when, 0, t, std::span(items_).subspan(base)));
  }
  items_.resize(base);
  return out;
}

/// An operation that the user wrote, with the operands in the form that it takes.
result<expr_id> lowering::function(op o, std::span<std::uint32_t> operands, type wanted) {
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const scalar given = cx_->at(any_id{operands[i]}).type.kind();
    if (takes_text(o, i) && given != scalar::text && given != scalar::unknown)
      operands[i] = cast_to(type(scalar::text, false), expr_id(operands[i])).value;
  }
  switch (o) {
    case op::concat:  // a NULL is an empty text here
      for (std::uint32_t& operand : operands)
        if (cx_->at({operand}).type.nullable())
          operand = cx_->make_op(op::coalesce, {expr_id(operand), constant_text("")}).value;
      break;
    case op::coalesce:
    case op::greatest:
    case op::least:
    case op::nullif: {
      bool moments = false;
      for (const std::uint32_t operand : operands) moments |= cx_->at({operand}).type.kind() == scalar::datetime;
      for (std::uint32_t& operand : operands)
        if (moments && cx_->at({operand}).type.kind() == scalar::date)
          operand = cast_to(type(scalar::datetime, false), expr_id(operand)).value;
      break;
    }
    case op::date_of:
      if (cx_->at({operands[0]}).type.kind() == scalar::date) return expr_id(operands[0]);
      break;
    default:
      if (cuts_time_of_day(o) && cx_->at({operands[0]}).type.kind() == scalar::date)
        return failure(diag::wrong_number, {info(o).name, "a datetime", "a date"});
      break;
  }
  return arithmetic(options_.native ? native_of(o) : o, operands, wanted);
}

/// An operation that the user wrote, over operands that it works on.
result<expr_id> lowering::operation(op o, std::span<const std::uint32_t> operands, type wanted) {
  if (const any_id odd = first_misfit(*cx_, o, operands); odd.present())
    return failure(diag::wrong_operand,
                   {info(o).name, "a value of the type " + std::string(name_of(cx_->at(odd).type.kind()))});
  return cx_->make_op(o, operands, wanted);
}

// Dates, times and durations have operations of their own; a date and a duration make a datetime.
//   add(e.pub_date, %0: duration)   ==>   time_add(cast(e.pub_date as datetime), %0)
result<expr_id> lowering::arithmetic(op o, std::span<const std::uint32_t> operands, type wanted) {
  const auto kind_at = [&](std::size_t i) { return cx_->at(any_id{operands[i]}).type.kind(); };
  const bool computes = o == op::add || o == op::sub || o == op::mul || o == op::div || o == op::mod || o == op::pow;
  bool temporal = false;
  for (std::size_t i = 0; i < operands.size(); ++i) temporal = temporal || is_temporal(kind_at(i));
  if (!computes || !temporal || operands.size() != 2) return operation(o, operands, wanted);

  expr_id left(operands[0]), right(operands[1]);
  const auto is_duration = [&](expr_id e) { return cx_->at(e).type.kind() == scalar::duration; };
  if (o == op::add && is_duration(left) && !is_duration(right)) std::swap(left, right);
  const scalar from = cx_->at(left).type.kind();
  const scalar by = cx_->at(right).type.kind();
  if ((o == op::add || o == op::sub) && is_temporal(from) && by == scalar::duration) {
    const expr_id moment = from == scalar::date ? cast_to(scalar::datetime, left) : left;
    return cx_->make_op(o == op::add ? op::time_add : op::time_sub, {moment, right},
                        cx_->at(moment).type.with_nullable(false));
  }
  const auto has_date = [](scalar s) { return s == scalar::date || s == scalar::datetime; };
  if (o == op::sub && ((has_date(from) && has_date(by)) || (from == scalar::time && by == scalar::time)))
    return cx_->make_op(op::time_diff, {left, right});
  return failure(diag::not_supported_yet, {"this arithmetic with dates, times and durations"});
}

expr_id lowering::cast_to(scalar s, expr_id e) { return cast_to(type(s, false), e); }

/// The value itself where it is of this type already.
expr_id lowering::cast_to(type to, expr_id e, bool native) {
  const type from = cx_->at(e).type;
  // The text at a place of a document, not the document's own way of writing it.
  if (to.kind() == scalar::text && cx_->at(e).kind == kind::json_path) return json_at(e, {}, true);
  const bool same = from.kind() == to.kind() &&
      (to.kind() != scalar::decimal || (from.precision() == to.precision() && from.scale() == to.scale()));
  if (same) return e;
  const std::array<std::uint32_t, 1> operand = {e.value};
  // Between other types than these the portable cast is what every database does.
  const bool differs = native && is_integer(to.kind()) && is_number(from.kind()) && !is_integer(from.kind());
  return expr_id(cx_->make(kind::cast, differs ? 1 : 0, to.with_nullable(from.nullable()), operand));
}

}  // namespace quarry::ir
