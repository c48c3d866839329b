// Keys of JSON documents in paths and lookups.
#include <array>
#include <charconv>
#include <vector>

#include <quarry/ir/lower/lower.hpp>
#include <quarry/ir/model/views.hpp>

namespace quarry::ir {

/// A text of the query itself, as a value that is bound: it never becomes a part of the statement.
expr_id lowering::constant_text(std::string_view text, scalar as) {
  param p;
  p.what = param::form::constant;
  p.given = as;
  p.text = cx_->names().intern(text);
  std::uint32_t index = 0;
  while (
      index < cx_->param_count() &&
      !(cx_->param_at(index).what == p.what && cx_->param_at(index).text == p.text && cx_->param_at(index).given == as))
    ++index;
  if (index == cx_->param_count()) index = cx_->add_param(p);
  return cx_->param_ref(index, type(as, false));
}

/// A name that is a number is a place in a list, from its end where it is negative.
expr_id lowering::json_key(std::string_view name) {
  std::int64_t place = 0;
  const auto read = std::from_chars(name.data(), name.data() + name.size(), place);
  const bool is_place = read.ec == std::errc() && read.ptr == name.data() + name.size();
  return is_place ? cx_->integer(place) : constant_text(name);
}

//   lookup "data__owner__name" %0   ==>   eq(json_path d.data [%1: "owner", %2: "name"], %0)
expr_id lowering::json_at(expr_id document, std::span<const expr_id> keys, bool as_text) {
  const node from = cx_->at(document);
  const bool deeper = from.kind == kind::json_path;
  child_list children(*cx_);
  for (std::uint32_t i = 0; i < (deeper ? from.child_count : 0U); ++i) children.add(cx_->child(document, i));
  if (!deeper) children.add(document);
  for (const expr_id key : keys) children.add(key);
  const type value(as_text ? scalar::text : scalar::json, true);
  return expr_id(cx_->make(kind::json_path, as_text ? 1 : 0, value, children.ids()));
}

/// The value as a document: a number as a number, a text in its quotes.
expr_id lowering::as_document(expr_id e) {
  const type from = cx_->at(e).type;
  if (from.kind() == scalar::json || from.kind() == scalar::unknown) return e;
  return cx_->make_op(op::to_json, {e}, type(scalar::json, false));
}

//   lookup "data__age__range" %0   ==>   and(ge(json_path d.data […], %0[0]), le(json_path d.data […], %0[1]))
result<expr_id> lowering::json_pair(expr_id left, expr_id operand, std::string_view path, std::uint32_t origin) {
  const node given = cx_->at(operand);
  std::array<expr_id, 2> ends;
  if (given.kind == kind::row) {
    for (std::uint32_t i = 0; i < 2; ++i) ends[i] = as_document(expr_id(cx_->child(operand, i)));
  } else {
    const param& shape = cx_->param_at(static_cast<std::uint32_t>(given.a));
    if (given.kind != kind::param || shape.what != param::form::list || shape.length != 2 || shape.has_null)
      return fail_at(diag::lookup_needs_pair, {path}, path, origin);
    for (std::uint32_t i = 0; i < 2; ++i)
      ends[i] = cx_->param_ref(static_cast<std::uint32_t>(given.a), type(scalar::json, false), i + 1);
  }
  return cx_->make_op(op::and_, {cx_->make_op(op::ge, {left, ends[0]}), cx_->make_op(op::le, {left, ends[1]})});
}

/// What is said of a text: of the text at a key, or of the text of the whole document.
result<expr_id> lowering::json_text_lookup(const lookup_info& l, expr_id left, expr_id operand) {
  const type wanted(scalar::text, false);
  const bool is_param = cx_->at(operand).kind == kind::param;
  QUARRY_TRY(right, is_param ? result<expr_id>(typed_param(operand, wanted)) : expression(operand, wanted));
  const scalar has = cx_->at(right).type.kind();
  if (!is_param && has != scalar::text && has != scalar::unknown) right = cast_to(wanted, right);
  return cx_->make_op(options_.native ? l.native : l.portable, {cast_to(wanted, left), right});
}

// Documents compare as documents, not as the texts that hold them; what is said of texts is said of the text at a key.
result<expr_id> lowering::json_lookup(const lookup_info& l, expr_id left, expr_id operand, std::string_view path,
                                      std::uint32_t origin) {
  const type document(scalar::json, false);
  const bool is_param = cx_->at(operand).kind == kind::param;
  const param shape = is_param ? cx_->param_at(static_cast<std::uint32_t>(cx_->at(operand).a)) : param{};
  const bool list_given = is_param && shape.what == param::form::list;
  const bool null_given = is_param && shape.what == param::form::null;
  const auto has = [&](expr_id key) {
    return cx_->make_op(op::is_not_null, {json_at(left, std::span<const expr_id>(&key, 1))});
  };
  const bool takes_several =
      l.form == lookup_form::pair || l.form == lookup_form::json_keys || l.form == lookup_form::json_any_key;
  if (cx_->at(operand).kind == kind::row && !takes_several)
    return fail_at(diag::wrong_argument, {path, "one value", "several"}, path, origin);
  // A list is a document of its own: its elements become those of an array.
  const auto value = [&](const type& wanted) {
    return is_param ? result<expr_id>(typed_param(operand, wanted)) : expression(operand, wanted);
  };
  switch (l.form) {
    case lookup_form::json_key: {
      if (list_given || null_given)
        return fail_at(diag::wrong_argument, {path, "a key", list_given ? "a list" : "None"}, path, origin);
      QUARRY_TRY(key, value(type(scalar::text, false)));
      return has(cast_to(scalar::text, key));
    }
    case lookup_form::json_keys:
    case lookup_form::json_any_key: {
      const bool all = l.form == lookup_form::json_keys;
      const kind given = cx_->at(operand).kind;
      if (!list_given && given != kind::row) return fail_at(diag::lookup_needs_list, {path, "one value"}, path, origin);
      std::vector<std::uint32_t> made;
      if (list_given) {
        const auto index = static_cast<std::uint32_t>(cx_->at(operand).a);
        for (std::uint32_t i = 0; i < shape.length; ++i)
          made.push_back(has(cx_->param_ref(index, type(scalar::text, false), i + 1)).value);
      } else {
        QUARRY_TRY(keys, operand == ready_ ? result<expr_id>(operand) : row_of(operand, type(scalar::text, false)));
        for (std::uint32_t i = 0; i < cx_->at(keys).child_count; ++i)
          made.push_back(has(cast_to(scalar::text, expr_id(cx_->child(keys, i)))).value);
      }
      return cx_->make_op(all ? op::and_ : op::or_, made);
    }
    case lookup_form::json_part: {
      if (null_given) return fail_at(diag::none_with_lookup, {path}, path, origin);
      QUARRY_TRY(whole, value(document));
      return cx_->make_op(op::json_contains, {as_document(whole), left});
    }
    case lookup_form::pair: {
      QUARRY_TRY(pair, is_param || operand == ready_ ? result<expr_id>(operand) : row_of(operand, document));
      return json_pair(left, pair, path, origin);
    }
    case lookup_form::exact:
      if (null_given) return cx_->make_op(op::eq, {left, constant_text("null", scalar::json)});
      break;
    case lookup_form::compare:
      if (null_given) return fail_at(diag::none_with_lookup, {path}, path, origin);
      if (list_given) return fail_at(diag::wrong_argument, {path, "one value", "a list"}, path, origin);
      break;
    case lookup_form::itext:
      if (null_given) return cx_->make_op(op::eq, {left, constant_text("null", scalar::json)});
      [[fallthrough]];
    case lookup_form::text: {
      if (null_given) return fail_at(diag::none_with_lookup, {path}, path, origin);
      if (l.name == "contains") {
        QUARRY_TRY(part, value(document));
        return cx_->make_op(op::json_contains, {left, as_document(part)});
      }
      if (list_given) return fail_at(diag::wrong_argument, {path, "a text", "a list"}, path, origin);
      return json_text_lookup(l, left, operand);
    }
    default: return fail_at(diag::not_supported_yet, {"this lookup of a JSON document"}, path, origin);
  }
  QUARRY_TRY(right, value(document));
  if (cx_->at(right).type.kind() == scalar::unknown) right = constant_text("null", scalar::json);
  return cx_->make_op(l.portable, {left, as_document(right)});
}

}  // namespace quarry::ir
