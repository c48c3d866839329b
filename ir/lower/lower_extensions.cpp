// Lookups and transforms that an application registered: their meaning, over what the query says.
//   transform initial: text -> text = substr(value, 1, 1)
//   lookup "name__initial" %0   ==>   eq(substr(b.name, 1, 1), %0)
#include <algorithm>
#include <array>
#include <vector>

#include <quarry/ir/lower/check_extensions.hpp>
#include <quarry/ir/lower/lower.hpp>

namespace quarry::ir {

result<expr_id> lowering::meant(const meaning& m, expr_id value, expr_id operand) {
  switch (m.what) {
    case meaning::form::value: return value;
    case meaning::form::operand: return operand;
    case meaning::form::integer: return cx_->integer(m.integer);
    case meaning::form::text: return constant_text(m.text);
    default: break;
  }
  std::vector<std::uint32_t> parts;
  for (const meaning& part : m.parts) {
    QUARRY_TRY(made, meant(part, value, operand));
    parts.push_back(made.value);
  }
  if (m.what == meaning::form::cast) return cast_to(m.type, expr_id(parts.at(0)));
  if (m.what == meaning::form::call)
    return expr_id(cx_->make(kind::call, 0, type(m.type, true), parts, cx_->names().intern(m.text).value));
  return function(m.operation, parts, types::null);
}

/// A lookup that the application registered: its operand is one value of the declared type.
result<expr_id> lowering::registered_lookup(const extension& x, expr_id left, expr_id operand, std::string_view path,
                                            std::uint32_t origin) {
  const node given = cx_->at(operand);
  const bool is_param = given.kind == kind::param;
  const param shape = is_param ? cx_->param_at(static_cast<std::uint32_t>(given.a)) : param{};
  if (is_param && shape.what == param::form::null) return fail_at(diag::none_with_lookup, {path}, path, origin);
  if ((is_param && shape.what == param::form::list) || given.kind == kind::row)
    return fail_at(diag::wrong_argument, {path, "one value", "a list"}, path, origin);
  const type wanted(x.operand, false);
  QUARRY_TRY(right, is_param ? result<expr_id>(typed_param(operand, wanted)) : expression(operand, wanted));
  const scalar has = cx_->at(right).type.kind();
  if (has != scalar::unknown && !(has == x.operand || (is_number(has) && is_number(x.operand))))
    return fail_at(diag::wrong_argument,
                   {path, "a value of the type " + std::string(name_of(x.operand)),
                    "one of the type " + std::string(name_of(has))},
                   path, origin);
  return meant(x.meaning, left, right);
}

/// Lowers the meaning over values of the declared types, which nobody will see.
result<void> lowering::check(context& cx, const extension& x) {
  cx_ = &cx;
  options_ = {};
  const auto given = [&](scalar s) {
    param p;
    p.given = s;
    return cx.param_ref(cx.add_param(p), type(s, false));
  };
  const expr_id value = given(x.of);
  const bool lookup = x.what == extension::form::lookup;
  QUARRY_TRY(made, meant(x.meaning, value, lookup ? given(x.operand) : expr_id()));
  const scalar has = cx.at(made).type.kind();
  const scalar wanted = lookup ? scalar::boolean : x.result;
  if (has == wanted || (is_integer(has) && is_integer(wanted))) return {};
  return failure(diag::extension_invalid,
                 {x.name, "its meaning is " + std::string(name_of(has)) + ", not " + std::string(name_of(wanted))});
}

namespace {

/// What is wrong with a meaning by itself; empty when nothing is.
std::string_view fault_of(const meaning& m, bool lookup) {
  using form = meaning::form;
  if (m.what == form::operand && !lookup) return "a transform has no operand";
  if (m.what == form::cast && m.parts.size() != 1) return "a cast has one part";
  if (m.what == form::call && !is_function_name(m.text)) return "a function needs a plain name";
  if ((m.what == form::call || m.what == form::cast) && m.type == scalar::unknown) return "a type is missing";
  if (m.what == form::operation) {
    const op_info& o = info(m.operation);
    if (o.group == op_class::aggregate || o.group == op_class::window) return "it works on one row";
    if (m.parts.size() < o.least || m.parts.size() > o.most) return "an operation has the wrong number of parts";
  }
  for (const meaning& part : m.parts)
    if (const std::string_view wrong = fault_of(part, lookup); !wrong.empty()) return wrong;
  return {};
}

result<void> check_extension(const catalog& c, std::size_t index) {
  const extension& x = c.extensions()[index];
  const auto wrong = [&](std::string_view why) { return failure(diag::extension_invalid, {x.name, why}); };
  if (!is_function_name(x.name) || x.name.find("__") != std::string::npos || x.name.starts_with('_') ||
      x.name.ends_with('_'))
    return wrong("its name can't stand in a path");
  const bool taken = std::ranges::any_of(all_lookups(), [&](const lookup_info& l) { return l.name == x.name; }) ||
      std::ranges::any_of(all_transforms(), [&](const transform_info& t) { return t.name == x.name; });
  if (taken) return wrong("the name is taken");
  for (const extension& before : c.extensions().first(index))
    if (before.name == x.name && before.applies(x.of)) return wrong("it is registered twice for one type");
  const bool lookup = x.what == extension::form::lookup;
  if (x.of == scalar::unknown || x.of == scalar::array) return wrong("it needs a type to work on");
  if (lookup && (x.operand == scalar::unknown || x.operand == scalar::array)) return wrong("its operand needs a type");
  if (const std::string_view fault = fault_of(x.meaning, lookup); !fault.empty()) return wrong(fault);
  context cx;
  cx.reset(c);
  auto fits = lowering().check(cx, x);
  if (fits || fits.error().id == diag::extension_invalid) return fits;
  return wrong("its meaning does not fit the types");
}

}  // namespace

result<void> check_extensions(const catalog& c) {
  for (std::size_t i = 0; i < c.extensions().size(); ++i) QUARRY_CHECK(check_extension(c, i));
  return {};
}

}  // namespace quarry::ir
