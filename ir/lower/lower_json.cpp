// Keys of JSON documents in paths and lookups.
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

/// A name of digits is a place in a list.
expr_id lowering::json_key(std::string_view name) {
  std::int64_t place = 0;
  const auto read = std::from_chars(name.data(), name.data() + name.size(), place);
  const bool is_place = read.ec == std::errc() && read.ptr == name.data() + name.size() && place >= 0;
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
  switch (l.form) {
    case lookup_form::json_key:
      if (!is_param || list_given || null_given)
        return fail_at(diag::wrong_argument, {path, "a key", list_given ? "a list" : "something else"}, path, origin);
      return has(typed_param(operand, type(scalar::text, false)));
    case lookup_form::json_keys:
    case lookup_form::json_any_key: {
      if (!list_given) return fail_at(diag::lookup_needs_list, {path, "one value"}, path, origin);
      const auto index = static_cast<std::uint32_t>(cx_->at(operand).a);
      std::vector<std::uint32_t> made;
      for (std::uint32_t i = 0; i < shape.length; ++i)
        made.push_back(has(cx_->param_ref(index, type(scalar::text, false), i + 1)).value);
      return cx_->make_op(l.form == lookup_form::json_keys ? op::and_ : op::or_, made);
    }
    case lookup_form::exact:
      if (null_given) return cx_->make_op(op::eq, {left, constant_text("null", scalar::json)});
      break;
    case lookup_form::compare:
      if (null_given) return fail_at(diag::none_with_lookup, {path}, path, origin);
      break;
    case lookup_form::itext:
    case lookup_form::text: {
      const bool at_key = cx_->at(left).kind == kind::json_path;
      if (null_given || list_given)
        return fail_at(diag::wrong_argument, {path, "a text", null_given ? "None" : "a list"}, path, origin);
      if (l.name == "contains" || !at_key)
        return fail_at(diag::not_supported_yet, {"this lookup of a whole JSON document"}, path, origin);
      const expr_id text = json_at(left, {}, true);
      const type wanted(scalar::text, false);
      QUARRY_TRY(right, is_param ? result<expr_id>(typed_param(operand, wanted)) : expression(operand, wanted));
      return cx_->make_op(options_.native ? l.native : l.portable, {text, right});
    }
    default: return fail_at(diag::not_supported_yet, {"this lookup of a JSON document"}, path, origin);
  }
  if (list_given) return fail_at(diag::wrong_argument, {path, "one value", "a list"}, path, origin);
  QUARRY_TRY(right, is_param ? result<expr_id>(typed_param(operand, document)) : expression(operand, document));
  if (cx_->at(right).type.kind() != scalar::json)
    return fail_at(diag::not_supported_yet, {"a JSON document beside another value"}, path, origin);
  return cx_->make_op(l.portable, {left, right});
}

}  // namespace quarry::ir
