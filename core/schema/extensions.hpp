// Lookups and transforms of an application: registered with its schema, used in paths like the built-in ones.
//
//   QUARRY_SCHEMA(blog_schema, Blog, Author, Entry)
//   inline quarry::extension_list quarry_extensions_of(const blog_schema*) {
//     using namespace quarry::extend;
//     return {transform<std::string, std::string>("initial", apply(quarry::ir::op::substr, input, 1, 1)),
//             lookup<std::string, std::string>("unlike", input != operand),
//             transform<std::string, std::string>("sound", call<std::string>("soundex", input))};
//   }
//
//   db.objects<Blog>().filter(quarry::runtime("name__initial__unlike") = "B")
//
// The C++ compiler does not know them: their paths are runtime() ones. As text they stand in every path. What they compute is made of the
// operations of ir/model/ops.def, so that each database spells it, or of a function that the application says the database has.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quarry/core/schema/fields.hpp>
#include <quarry/ir/model/extensions.hpp>

namespace quarry {

/// What quarry_extensions_of(const Schema*) returns, found in the namespace of the schema; and what load_models() takes.
using extension_list = std::vector<ir::extension>;

namespace extend {

/// What is computed: from the input, from the operand of a lookup, from constants.
class computed {
 public:
  explicit computed(ir::meaning m) : meaning_(std::move(m)) {}
  computed(int constant) {  // NOLINT: constants stand among what is computed
    meaning_.what = ir::meaning::form::integer;
    meaning_.integer = constant;
  }
  computed(std::string_view constant) {  // NOLINT
    meaning_.what = ir::meaning::form::text;
    meaning_.text = constant;
  }
  computed(const char* constant) : computed(std::string_view(constant)) {}  // NOLINT
  const ir::meaning& meaning() const noexcept { return meaning_; }

 private:
  ir::meaning meaning_;
};

namespace detail {

template <class... Part>
computed of_parts(ir::meaning::form form, const Part&... parts) {
  ir::meaning m;
  m.what = form;
  (m.parts.push_back(computed(parts).meaning()), ...);
  return computed(std::move(m));
}

inline computed leaf(ir::meaning::form form) {
  ir::meaning m;
  m.what = form;
  return computed(std::move(m));
}

template <class T>
consteval ir::scalar kind_of() {
  constexpr ir::scalar kind = quarry::detail::scalar_of<T>();
  static_assert(kind != ir::scalar::unknown, "quarry: no column has this C++ type");
  return kind;
}

}  // namespace detail

/// What stands before the name in the path.
inline const computed input = detail::leaf(ir::meaning::form::value);
/// The right side of a lookup.
inline const computed operand = detail::leaf(ir::meaning::form::operand);

/// An operation over what is computed.
template <class... Part>
computed apply(ir::op operation, const Part&... parts) {
  ir::meaning m = detail::of_parts(ir::meaning::form::operation, parts...).meaning();
  m.operation = operation;
  return computed(std::move(m));
}

/// A function that the database has under this name, a plain one. The application answers for it: no database is asked.
template <class Result, class... Part>
computed call(std::string_view function, const Part&... parts) {
  ir::meaning m = detail::of_parts(ir::meaning::form::call, parts...).meaning();
  m.text = function;
  m.type = detail::kind_of<Result>();
  return computed(std::move(m));
}

template <class To>
computed cast(const computed& what) {
  ir::meaning m = detail::of_parts(ir::meaning::form::cast, what).meaning();
  m.type = detail::kind_of<To>();
  return computed(std::move(m));
}

inline computed operator==(const computed& a, const computed& b) { return apply(ir::op::eq, a, b); }
inline computed operator!=(const computed& a, const computed& b) { return apply(ir::op::ne, a, b); }
inline computed operator<(const computed& a, const computed& b) { return apply(ir::op::lt, a, b); }
inline computed operator<=(const computed& a, const computed& b) { return apply(ir::op::le, a, b); }
inline computed operator>(const computed& a, const computed& b) { return apply(ir::op::gt, a, b); }
inline computed operator>=(const computed& a, const computed& b) { return apply(ir::op::ge, a, b); }
inline computed operator+(const computed& a, const computed& b) { return apply(ir::op::add, a, b); }
inline computed operator-(const computed& a, const computed& b) { return apply(ir::op::sub, a, b); }
inline computed operator*(const computed& a, const computed& b) { return apply(ir::op::mul, a, b); }
inline computed operator/(const computed& a, const computed& b) { return apply(ir::op::div, a, b); }
inline computed operator%(const computed& a, const computed& b) { return apply(ir::op::mod, a, b); }
inline computed operator&(const computed& a, const computed& b) { return apply(ir::op::and_, a, b); }
inline computed operator|(const computed& a, const computed& b) { return apply(ir::op::or_, a, b); }
inline computed operator~(const computed& a) { return apply(ir::op::not_, a); }

/// `name__NAME` gives a To of each From. Integers of all widths are one type.
template <class From, class To>
ir::extension transform(std::string_view name, const computed& what) {
  return {ir::extension::form::transform, std::string(name), detail::kind_of<From>(), ir::scalar::unknown,
          detail::kind_of<To>(),          what.meaning()};
}

/// `name__NAME=operand` is a condition on each Of; the operand becomes an Operand, or is refused with a diagnostic.
template <class Of, class Operand>
ir::extension lookup(std::string_view name, const computed& what) {
  return {ir::extension::form::lookup, std::string(name),   detail::kind_of<Of>(),
          detail::kind_of<Operand>(),  ir::scalar::boolean, what.meaning()};
}

}  // namespace extend
}  // namespace quarry
