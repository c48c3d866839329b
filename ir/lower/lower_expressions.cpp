// Expressions: values computed from columns, parameters and queries, typed bottom-up.
#include <array>

#include <quarry/ir/lower/lower.hpp>
#include <quarry/ir/match/algebra.hpp>
#include <quarry/ir/model/operands.hpp>
#include <quarry/ir/model/views.hpp>

namespace quarry::ir {
namespace {

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

bool is_key(const context& cx, any_id value) {
  const node& n = cx.at(value);
  if (n.kind != kind::column || cx.instance_at(n.b).model == none || !is_integer(n.type.kind())) return false;
  const column& c = cx.schema().at(cx.instance_at(n.b).model).columns[n.a];
  return c.relation != none || (c.primary_key && c.generated);
}

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
    case kind::lookup_on: return computed_lookup(surface);
    case kind::row: return row_of(surface, wanted);
    case kind::call: return call_value(surface);
    case kind::collate: return collated(surface);
    case kind::typed_value: {
      QUARRY_TRY(value, expression(expr_id(cx_->child(surface, 0)), n.type));
      return read_as(n.type, value);
    }
    case kind::numeric_value: return real_operation(expr_id(cx_->child(surface, 0)));
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
      // A decimal is rounded to its places by the cast, so that a value is none of that type yet.
      const type as = n.type.kind() == scalar::decimal ? type(scalar::decimal, false) : n.type;
      QUARRY_TRY(value, expression(expr_id(cx_->child(surface, 0)), as));
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
    case op::json_object:
    case op::json_array:
      // A database without truth values of its own has numbers in their place; as a document they are true and false.
      for (std::uint32_t& operand : operands)
        if (!options_.native && cx_->at({operand}).type.kind() == scalar::boolean)
          operand = as_document(expr_id(operand)).value;
      return operation(o, operands, type(scalar::json, false));
    case op::to_json: return as_document(expr_id(operands[0]));
    case op::date_of:
      if (cx_->at({operands[0]}).type.kind() == scalar::date) return expr_id(operands[0]);
      break;
    default:
      if (cuts_time_of_day(o) && cx_->at({operands[0]}).type.kind() == scalar::date)
        return failure(diag::wrong_number, {info(o).name, "a datetime", "a date"});
      break;
  }
  if (o == op::div && options_.exact_quotients && operands.size() == 2 && is_key(*cx_, {operands[0]}) &&
      is_integer(cx_->at({operands[1]}).type.kind()))
    return read_as(type(scalar::decimal, true), cx_->make_op(op::div_native, operands));
  QUARRY_TRY(made, arithmetic(options_.native ? native_of(o) : o, operands, wanted));
  if (gives_real(o))
    for (const std::uint32_t operand : operands)
      if (cx_->at({operand}).type.kind() == scalar::decimal) return cast_to(scalar::decimal, made);
  return made;
}

/// An operation that is computed over reals: of integers alone, the first becomes one.
result<expr_id> lowering::real_operation(expr_id surface) {
  const node n = cx_->at(surface);
  std::vector<std::uint32_t> operands;
  bool integers = true;
  for (std::uint32_t i = 0; i < n.child_count; ++i) {
    QUARRY_TRY(operand, expression(expr_id(cx_->child(surface, i)), types::null));
    operands.push_back(operand.value);
    const scalar s = cx_->at(operand).type.kind();
    integers = integers && (is_integer(s) || s == scalar::unknown);
  }
  if (integers) operands[0] = cast_to(scalar::float64, expr_id(operands[0])).value;
  return function(static_cast<op>(n.b), operands, types::null);
}

/// A lookup of a value that is computed: the path is what follows the name of a field.
result<expr_id> lowering::computed_lookup(expr_id surface) {
  const node n = cx_->at(surface);
  const std::string_view path = cx_->text(symbol{static_cast<std::uint32_t>(n.a)});
  QUARRY_TRY(left, expression(expr_id(cx_->child(surface, 1)), types::null));
  QUARRY_TRY(tail, resolve_tail(*cx_, cx_->at(left).type.kind(), "the expression", path, 0, path_use::condition, n.b));
  return apply_lookup(tail, transformed(left, tail), expr_id(cx_->child(surface, 0)), path, n.b);
}

result<expr_id> lowering::row_of(expr_id surface, type wanted) {
  std::vector<std::uint32_t> items;
  for (std::uint32_t i = 0; i < cx_->at(surface).child_count; ++i) {
    QUARRY_TRY(item, expression(expr_id(cx_->child(surface, i)), wanted));
    items.push_back(item.value);
  }
  return expr_id(cx_->make(kind::row, 0, {}, items));
}

/// Func(): a function of the database by its name. It gives what the user said, else what its first argument is.
result<expr_id> lowering::call_value(expr_id surface) {
  const node n = cx_->at(surface);
  const std::string_view name = cx_->text(symbol{static_cast<std::uint32_t>(n.a)});
  std::vector<std::uint32_t> arguments;
  type gives = n.type;
  for (std::uint32_t i = 0; i < n.child_count; ++i) {
    QUARRY_TRY(argument, expression(expr_id(cx_->child(surface, i)), types::null));
    arguments.push_back(argument.value);
    if (gives.kind() == scalar::unknown) gives = cx_->at(argument).type;
  }
  if (gives.kind() == scalar::unknown) return failure(diag::call_without_type, {name});
  return expr_id(cx_->make(kind::call, 0, gives.with_nullable(true), arguments, n.a));
}

/// Collate(): a text that compares and sorts by a collation that the database knows by name.
result<expr_id> lowering::collated(expr_id surface) {
  const node n = cx_->at(surface);
  QUARRY_TRY(value, expression(expr_id(cx_->child(surface, 0)), type(scalar::text, false)));
  const expr_id text = cast_to(scalar::text, value);
  const std::array<std::uint32_t, 1> of = {text.value};
  return expr_id(cx_->make(kind::collate, 0, cx_->at(text).type, of, n.a, n.b));
}

/// An operation that the user wrote, over operands that it works on.
result<expr_id> lowering::operation(op o, std::span<const std::uint32_t> operands, type wanted) {
  if (const any_id odd = first_misfit(*cx_, o, operands); odd.present()) {
    const std::string given = "a value of the type " + std::string(name_of(cx_->at(odd).type.kind()));
    // Extract…() and Trunc…(), as in Django; a transform in a path is unknown for its field before it comes here.
    if (info(o).group == op_class::temporal && operands.size() == 1)
      return failure(diag::wrong_number, {info(o).name, "a value with this part", given});
    return failure(diag::wrong_operand, {info(o).name, given});
  }
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
  if ((o == op::mul || o == op::div) && from == scalar::duration && is_number(by)) return with_duration(o, left, right);
  if (o == op::mul && by == scalar::duration && is_number(from)) return with_duration(o, right, left);
  const auto has_date = [](scalar s) { return s == scalar::date || s == scalar::datetime; };
  if (o == op::sub && ((has_date(from) && has_date(by)) || (from == scalar::time && by == scalar::time)))
    return cx_->make_op(op::time_diff, {left, right});
  return failure(diag::not_supported_yet, {"this arithmetic with dates, times and durations"});
}

//   mul(e.length, %0)   ==>   duration_scale(e.length, %0)
//   div(e.length, %0)   ==>   duration_scale(e.length, div(1.0, %0))
result<expr_id> lowering::with_duration(op o, expr_id duration, expr_id number) {
  const type gives(scalar::duration, false);
  if (o == op::mul) return cx_->make_op(op::duration_scale, {duration, number}, gives);
  const expr_id one = cast_to(scalar::float64, cx_->integer(1));
  const expr_id share = cx_->make_op(op::div, {one, cast_to(scalar::float64, number)});
  return cx_->make_op(op::duration_scale, {duration, share}, gives);
}

/// output_field: a number is read as a float or a decimal and stays what it is; any other type is a conversion.
expr_id lowering::read_as(type to, expr_id e) {
  const type from = cx_->at(e).type;
  if (from.kind() == to.kind() && from.kind() != scalar::array) return e;
  // What cuts a quotient of integers short in Django is that it is read as an integer.
  if (options_.exact_quotients && is_op(*cx_, e, op::div) && is_integer(from.kind()) && is_number(to.kind()) &&
      !is_integer(to.kind())) {
    const std::vector<std::uint32_t> operands(cx_->children(e).begin(), cx_->children(e).end());
    return read_as(to, cx_->make_op(op::div_native, operands));
  }
  const bool reads = is_number(from.kind()) && (to.kind() == scalar::float64 || to.kind() == scalar::decimal);
  if (!reads || cx_->at(e).kind == kind::param) return cast_to(to, e);
  const std::array<std::uint32_t, 1> operand = {e.value};
  const type plain = to.kind() == scalar::decimal ? type(scalar::decimal, false) : to;
  return expr_id(cx_->make(kind::read_as, 0, plain.with_nullable(from.nullable()), operand));
}

expr_id lowering::cast_to(scalar s, expr_id e) { return cast_to(type(s, false), e); }

/// The value itself where it is of this type already.
expr_id lowering::cast_to(type to, expr_id e, bool native) {
  const type from = cx_->at(e).type;
  // The text at a place of a document, not the document's own way of writing it.
  if (to.kind() != scalar::json && cx_->at(e).kind == kind::json_path && (cx_->at(e).flags & 1U) == 0) {
    const expr_id text = json_at(e, {}, true);
    return to.kind() == scalar::text ? text : cast_to(to, text);
  }
  const bool same = from.kind() == to.kind() &&
      (to.kind() != scalar::decimal || (from.precision() == to.precision() && from.scale() == to.scale()));
  if (same) return e;
  const std::array<std::uint32_t, 1> operand = {e.value};
  // Between other types than these the portable cast is what every database does.
  const bool cuts = native && is_integer(to.kind()) &&
      (from.kind() == scalar::text || (is_number(from.kind()) && !is_integer(from.kind())));
  const bool writes = options_.native && to.kind() == scalar::text &&
      (from.kind() == scalar::boolean || from.kind() == scalar::float64 || from.kind() == scalar::datetime ||
       from.kind() == scalar::time || from.kind() == scalar::uuid);
  const bool differs = cuts || writes;
  return expr_id(cx_->make(kind::cast, differs ? 1 : 0, to.with_nullable(from.nullable()), operand));
}

}  // namespace quarry::ir
