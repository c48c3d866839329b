// Conditions: "path"_f = value, Q, F. Paths and values are checked by the compiler when a condition meets its model.
//
//   "rating__gt"_f = 3                       a lookup: borrows its value, is used where it is written
//   ("rating"_f = 1) | ("rating"_f = 5)      a condition of no model yet: owns its values
//   quarry::Q<Entry> recent = "pub_date__year"_f = 2026;   a condition of a model: one type, composed at run time
//   "rating__gt"_f = F("number_of_comments"_f) * 2
#pragma once

#include <array>
#include <initializer_list>
#include <span>
#include <tuple>

#include <quarry/core/errors.hpp>
#include <quarry/core/query/operands.hpp>
#include <quarry/core/query/shapes.hpp>

namespace quarry {

template <class Model, class Row = Model, class Scope = Model>
class query_set;
template <fixed_string Name, class T>
struct named;
template <class... Named>
class record;

namespace detail {

constexpr bool fits(ir::scalar field, ir::scalar value) noexcept {
  if (field == ir::scalar::unknown) return true;
  if (ir::is_integer(field)) return ir::is_integer(value);
  if (field == ir::scalar::float64) return ir::is_integer(value) || value == ir::scalar::float64;
  if (field == ir::scalar::decimal) return ir::is_integer(value) || value == ir::scalar::decimal;
  if (field == ir::scalar::json) return value != ir::scalar::unknown;
  return field == value;
}

/// What is wrong with a value on the right of a path; empty words when nothing is.
struct value_verdict {
  std::string_view wanted{};
  std::string_view got{};
  constexpr bool good() const noexcept { return wanted.empty(); }
};

constexpr value_verdict judge(const resolved_path& r, given_type g) noexcept {
  const std::string_view one = words_for(g.kind);
  if (r.lookup == lookup_class::truth)
    return g == given_type{given_form::single, ir::scalar::boolean} ? value_verdict{}
                                                                    : value_verdict{"true or false", one};
  if (r.lookup == lookup_class::list || r.lookup == lookup_class::pair) {
    if (g.form != given_form::list) return {r.lookup == lookup_class::list ? "a list of values" : "two values", one};
    return fits(r.kind, g.kind) ? value_verdict{} : value_verdict{words_for(r.kind), one};
  }
  if (g.form == given_form::list) return {"one value (a list goes with __in)", "a list"};
  if (g.form == given_form::null || g.form == given_form::optional)
    if (r.lookup != lookup_class::equality)
      return {"a value that is not NULL", g.form == given_form::null ? "NULL" : "an optional"};
  if (g.form == given_form::null) return {};
  if (r.lookup == lookup_class::text)
    return g.kind == ir::scalar::text ? value_verdict{} : value_verdict{"a text", one};
  return fits(r.kind, g.kind) ? value_verdict{} : value_verdict{words_for(r.kind), one};
}

template <fixed_string Path>
inline constexpr path_ref path_of = path_ref::literal(Path.view());

// --- what a condition asks of the scope that it meets: check<Scope>() compiles iff it fits; nullable<Scope>: its truth may be NULL ---

template <class Scope, fixed_string Path>
inline constexpr bool lookup_nullable = resolved<Scope, Path, path_use::condition>.nullable &&
    resolved<Scope, Path, path_use::condition>.lookup != lookup_class::truth;

/// A lookup with a value.
template <fixed_string Path, given_type Given>
struct needs {
  template <class Scope>
  static constexpr bool nullable = Given.form != given_form::null && lookup_nullable<Scope, Path>;
  template <class Scope>
  static void check() {
    constexpr const resolved_path& r = resolved<Scope, Path, path_use::condition>;
    require_path<Scope, Path, path_use::condition>();
    if constexpr (r.fault == path_fault::none) {
      constexpr value_verdict v = judge(r, Given);
      if constexpr (!v.good())
        (void)sizeof(wrong_value<expects<QUARRY_TEXT(v.wanted)>, given<QUARRY_TEXT(v.got)>, in_path<Path>>);
    }
  }
};

constexpr bool comparable(ir::scalar a, ir::scalar b) noexcept {
  return a == b || (ir::is_number(a) && ir::is_number(b));
}

/// A lookup with an expression.
template <fixed_string Path, class Shape>
struct needs_comparable {
  template <class Scope>
  static constexpr bool nullable = lookup_nullable<Scope, Path> || Shape::template in<Scope>.nullable;
  template <class Scope>
  static void check() {
    constexpr const resolved_path& r = resolved<Scope, Path, path_use::condition>;
    require_path<Scope, Path, path_use::condition>();
    if constexpr (r.fault == path_fault::none) {
      constexpr bool one_value =
          r.lookup != lookup_class::list && r.lookup != lookup_class::pair && r.lookup != lookup_class::truth;
      if constexpr (!one_value)
        (void)sizeof(wrong_value<expects<"no expression">, given<"an expression">, in_path<Path>>);
    }
    Shape::template check<Scope>();
    constexpr ir::scalar other = Shape::template in<Scope>.kind;
    constexpr bool told = other != ir::scalar::unknown && r.kind != ir::scalar::unknown && !r.inside_json;
    if constexpr (r.fault == path_fault::none && told && !ir::same_family(r.kind, other))
      (void)sizeof(
          wrong_value<expects<QUARRY_TEXT(words_for(r.kind))>, given<QUARRY_TEXT(words_for(other))>, in_path<Path>>);
  }
};

/// A relation with an object of its target. `Late`: the object has become its primary key before the model was known.
template <fixed_string Path, class Target, bool Late>
struct needs_object {
  template <class Scope>
  static constexpr bool nullable = lookup_nullable<Scope, Path>;
  template <class Scope>
  static void check() {
    constexpr const resolved_path& r = resolved<Scope, Path, path_use::condition>;
    require_path<Scope, Path, path_use::condition>();
    if constexpr (r.fault == path_fault::none) {
      constexpr const schema_view& s = schema_view_of<model_in<Scope>>;
      constexpr bool matches =
          r.relation && r.lookup == lookup_class::equality && s.models[r.model].tag == tag_of<Target>;
      if constexpr (!matches)
        (void)sizeof(wrong_value<expects<QUARRY_TEXT(words_for(r.kind))>, given<"an object">, in_path<Path>>);
      static_assert(!matches || !Late || r.remote == s.models[r.model].key(),
                    "quarry: give this object's key itself: the relation does not refer to its primary key");
    }
  }
};

/// What a QuerySet gives as a value: unknown for objects, else the kind of its one column.
template <class Row>
inline constexpr ir::scalar kind_of_rows = given_of<Row>().kind;
template <class T>
inline constexpr ir::scalar kind_of_rows<std::tuple<T>> = given_of<T>().kind;
template <fixed_string Name, class T>
inline constexpr ir::scalar kind_of_rows<record<named<Name, T>>> = given_of<T>().kind;
template <class Row>
inline constexpr bool gives_one_value = true;
template <class... T>
inline constexpr bool gives_one_value<std::tuple<T...>> = sizeof...(T) == 1;
template <class... Named>
inline constexpr bool gives_one_value<record<Named...>> = sizeof...(Named) == 1;

/// A lookup with a QuerySet: `in` looks among its rows, other lookups compare with the one row of a slice.
template <fixed_string Path, class Target, class Row>
struct needs_query {
  template <class Scope>
  static constexpr bool nullable = true;
  template <class Scope>
  static void check() {
    constexpr const resolved_path& r = resolved<Scope, Path, path_use::condition>;
    require_path<Scope, Path, path_use::condition>();
    if constexpr (r.fault == path_fault::none) {
      constexpr bool takes_query = r.lookup != lookup_class::pair && r.lookup != lookup_class::truth;
      if constexpr (!takes_query) (void)sizeof(wrong_value<expects<"no query">, given<"a query">, in_path<Path>>);
      if constexpr (!gives_one_value<Row>)
        (void)sizeof(wrong_value<expects<"a query of one column">, given<"a query of several">, in_path<Path>>);
      constexpr const schema_view& s = schema_view_of<model_in<Scope>>;
      constexpr bool objects = std::same_as<Row, Target>;
      if constexpr (objects && r.relation && s.models[r.model].tag != tag_of<Target>)
        (void)sizeof(wrong_value<expects<QUARRY_TEXT(s.models[r.model].name)>, given<"objects of another model">,
                                 in_path<Path>>);
      constexpr ir::scalar kind = kind_of_rows<Row>;
      if constexpr (kind != ir::scalar::unknown && r.kind != ir::scalar::unknown && !comparable(r.kind, kind))
        (void)sizeof(
            wrong_value<expects<QUARRY_TEXT(words_for(r.kind))>, given<QUARRY_TEXT(words_for(kind))>, in_path<Path>>);
    }
  }
};

/// A path that is checked when the query is compiled.
struct needs_nothing {
  template <class Scope>
  static constexpr bool nullable = true;
  template <class Scope>
  static void check() {}
};

/// An expression that is true or false.
template <class Shape>
struct needs_truth {
  template <class Scope>
  static constexpr bool nullable = Shape::template in<Scope>.nullable;
  template <class Scope>
  static void check() {
    Shape::template check<Scope>();
    constexpr ir::scalar kind = Shape::template in<Scope>.kind;
    if constexpr (kind != ir::scalar::boolean && kind != ir::scalar::unknown)
      (void)sizeof(not_a_condition<given<QUARRY_TEXT(words_for(kind))>>);
  }
};

/// A Q, which was checked when it was made.
template <class Model>
struct needs_model {
  template <class Scope>
  static constexpr bool nullable = true;
  template <class Scope>
  static void check() {
    if constexpr (!std::same_as<Model, model_in<Scope>>)
      (void)sizeof(condition_of_another_model<expects<QUARRY_TEXT(meta<model_in<Scope>>::value.name)>,
                                              given<QUARRY_TEXT(meta<Model>::value.name)>>);
  }
};

struct lookup_base {
  path_ref path;
  operand value;
  operand_buffer list{};
  const void* object = nullptr;  ///< of needs_object
};

}  // namespace detail

/// A condition as it is written: borrows path and value, so it is used in the same expression. To keep one, make it a
/// Q<Model>.
template <class Needs>
struct lookup : detail::lookup_base {
  using needs = Needs;
};

template <class Shape>
class expression;

namespace detail {

template <class Shape>
void base_of_expression(const quarry::expression<Shape>&);
/// An expression, also one with further modifiers: an aggregate, a window.
template <class T>
concept any_expression = requires(const T& e) { base_of_expression(e); };

template <class Iterator>
void fill(operand_buffer& list, const path_ref& path, Iterator at, Iterator end) {
  for (; at != end; ++at) list.push(element_operand(path, *at));
}

/// Needs of a lookup at Path with a value of type V.
template <fixed_string Path, class V>
struct needs_for {
  using type = needs<Path, given_of<V>()>;
};
template <fixed_string Path, any_expression V>
struct needs_for<Path, V> {
  using type = needs_comparable<Path, typename V::shape>;
};
template <fixed_string Path, model V>
struct needs_for<Path, V> {
  using type = needs_object<Path, V, false>;
};

template <class V>
inline constexpr bool is_query_set = false;
template <class Model, class Row, class Scope>
inline constexpr bool is_query_set<query_set<Model, Row, Scope>> = true;
template <fixed_string Path, class Model, class Row, class Scope>
struct needs_for<Path, query_set<Model, Row, Scope>> {
  using type = needs_query<Path, Model, Row>;
};

template <class Needs, class V>
lookup<Needs> make_written(const path_ref& path, const V& v) {
  if constexpr (any_expression<V>) {
    return {{path, operand::of_expression(v.tree().get())}};
  } else if constexpr (is_query_set<V>) {
    return {{path, query_operand(v.chain())}};
  } else if constexpr (model<V>) {
    return {{path, {}, {}, &v}};
  } else if constexpr (null_value<V>) {
    return {{path, {}}};
  } else {
    constexpr given_type g = given_of<V>();
    static_assert(g.kind != ir::scalar::unknown, "quarry: a value of this C++ type can't stand in a condition");
    if constexpr (g.form != given_form::list) {
      return {{path, element_operand(path, v)}};
    } else {
      lookup<Needs> l{{path, {}}};
      fill(l.list, path, std::begin(v), std::end(v));
      l.value = l.list.as_list();
      return l;
    }
  }
}

}  // namespace detail

/// What "…"_f is.
template <fixed_string Path>
struct field_path {
  field_path() = default;
  field_path(const field_path&) = default;
  field_path& operator=(const field_path&) = delete;  // to compare with another field: = F("…"_f)

  template <class V>
  lookup<typename detail::needs_for<Path, V>::type> operator=(const V& v) const {
    return detail::make_written<typename detail::needs_for<Path, V>::type>(detail::path_of<Path>, v);
  }
  template <class V>
  auto operator=(std::initializer_list<V> v) const {
    return operator= <std::initializer_list<V>>(v);
  }
};

inline namespace literals {
template <fixed_string Path>
consteval field_path<Path> operator""_f() {
  return {};
}
}  // namespace literals

/// A path known only at run time: checked when the query is compiled, not by the C++ compiler.
class runtime {
 public:
  explicit runtime(std::string_view path) noexcept : path_(detail::path_ref::text(path)) {}
  runtime(const runtime&) = default;
  runtime& operator=(const runtime&) = delete;
  template <class V>
  lookup<detail::needs_nothing> operator=(const V& v) const {
    return detail::make_written<detail::needs_nothing>(path_, v);
  }
  template <class V>
  lookup<detail::needs_nothing> operator=(std::initializer_list<V> v) const {
    return operator= <std::initializer_list<V>>(v);
  }
  const detail::path_ref& path() const noexcept { return path_; }

 private:
  detail::path_ref path_;
};

template <class Model>
class Q;

namespace detail {

using tree = ref<detail::expression>;

/// The tree of `left form right`; an absent side is neutral.
tree combine(expression_form form, const tree& left, const tree& right);
tree negate(const tree& what);

template <class Needs>
tree tree_of(const lookup<Needs>& l) {
  return make_lookup(l.path, l.value);
}
template <fixed_string Path, class T>
tree tree_of(const lookup<needs_object<Path, T, false>>& l) {
  return make_lookup(l.path, scalar_operand(key_of(*static_cast<const T*>(l.object))));
}

/// The value of the field of an object that a relation refers to.
template <class T, std::size_t... I>
operand field_operand(const T& object, std::size_t field, std::index_sequence<I...>) {
  operand out;
  const auto take = [&]<std::size_t N>() {
    using member = std::remove_cvref_t<decltype(object.*(meta<T>::value.template member<N>()))>;
    if constexpr (given_of<member>().kind != ir::scalar::unknown)
      out = element_operand(object.*(meta<T>::value.template member<N>()));
  };
  ((I == field ? take.template operator()<I>() : void()), ...);
  return out;
}

template <class Needs>
struct kept {
  using type = Needs;
};
template <fixed_string Path, class T>
struct kept<needs_object<Path, T, false>> {
  using type = needs_object<Path, T, true>;
};

}  // namespace detail

/// Lookups joined by & | ^ ~ before their model is known. Owns its values.
template <class... Needs>
class condition {
 public:
  explicit condition(detail::tree tree) noexcept : tree_(std::move(tree)) {}
  const detail::tree& tree() const noexcept { return tree_; }

 private:
  detail::tree tree_;
};

namespace detail {

template <class Needs>
condition<typename kept<Needs>::type> as_condition(lookup<Needs>&& l) {
  return condition<typename kept<Needs>::type>(tree_of(l));
}
template <class... Needs>
const condition<Needs...>& as_condition(const condition<Needs...>& c) {
  return c;
}

template <class Shape>
  requires(Shape::is_condition)
condition<needs_truth<Shape>> as_condition(const quarry::expression<Shape>& e) {
  return condition<needs_truth<Shape>>(e.tree());
}

template <class... A, class... B>
condition<A..., B...> joined(expression_form form, const condition<A...>& a, const condition<B...>& b) {
  return condition<A..., B...>(combine(form, a.tree(), b.tree()));
}

template <class T>
concept free_condition = requires(T&& t) { as_condition(std::forward<T>(t)); };

}  // namespace detail

template <detail::free_condition A, detail::free_condition B>
auto operator&(A&& a, B&& b) {
  return detail::joined(detail::expression_form::all_of, detail::as_condition(std::forward<A>(a)),
                        detail::as_condition(std::forward<B>(b)));
}
template <detail::free_condition A, detail::free_condition B>
auto operator|(A&& a, B&& b) {
  return detail::joined(detail::expression_form::any_of, detail::as_condition(std::forward<A>(a)),
                        detail::as_condition(std::forward<B>(b)));
}
template <detail::free_condition A, detail::free_condition B>
auto operator^(A&& a, B&& b) {
  return detail::joined(detail::expression_form::one_of, detail::as_condition(std::forward<A>(a)),
                        detail::as_condition(std::forward<B>(b)));
}
template <detail::free_condition A>
auto operator~(A&& a) {
  auto c = detail::as_condition(std::forward<A>(a));
  return decltype(c)(detail::negate(c.tree()));
}

/// A condition on a model, one type whatever it holds. A default-made one says nothing and changes nothing.
template <class Model>
class Q {
 public:
  Q() = default;
  template <class Needs>
  Q(lookup<Needs>&& l) : Q(detail::as_condition(std::move(l))) {}  // NOLINT: a lookup is a condition
  template <class... Needs>
  Q(const condition<Needs...>& c) : tree_(c.tree()) {  // NOLINT
    (Needs::template check<Model>(), ...);
  }
  template <class Shape>
  Q(const expression<Shape>& e) : tree_(e.tree()) {  // NOLINT: one that is true or false
    detail::needs_truth<Shape>::template check<Model>();
  }
  const detail::tree& tree() const noexcept { return tree_; }
  bool empty() const noexcept { return !tree_; }

  friend Q operator&(const Q& a, const Q& b) {
    return Q(detail::combine(detail::expression_form::all_of, a.tree_, b.tree_));
  }
  friend Q operator|(const Q& a, const Q& b) {
    return Q(detail::combine(detail::expression_form::any_of, a.tree_, b.tree_));
  }
  friend Q operator^(const Q& a, const Q& b) {
    return Q(detail::combine(detail::expression_form::one_of, a.tree_, b.tree_));
  }
  friend Q operator~(const Q& a) { return Q(detail::negate(a.tree_)); }
  Q& operator&=(const Q& other) { return *this = *this & other; }
  Q& operator|=(const Q& other) { return *this = *this | other; }

 private:
  explicit Q(detail::tree tree) noexcept : tree_(std::move(tree)) {}
  detail::tree tree_;
};

/// Where NULLs stand in an order: where the semantics put them, or before or after all values.
enum class nulls : std::uint8_t { as_usual, first, last };

/// A key of order_by().
template <class Shape>
class ordering {
 public:
  ordering(const detail::tree& key, bool descending, nulls where)
      : tree_(unwrap(detail::make_ordering(key, {descending, where == nulls::first, where == nulls::last}))) {}
  const detail::tree& tree() const noexcept { return tree_; }

 private:
  detail::tree tree_;
};

/// A value that each row has: that of a field, F("rating"_f), or one computed from others. `Shape` is what the compiler knows of it.
template <class Shape>
class expression {
 public:
  using shape = Shape;
  explicit expression(detail::tree tree) noexcept : tree_(std::move(tree)) {}
  const detail::tree& tree() const noexcept { return tree_; }
  ordering<Shape> asc(nulls where = nulls::as_usual) const { return {tree_, false, where}; }
  ordering<Shape> desc(nulls where = nulls::as_usual) const { return {tree_, true, where}; }

 private:
  detail::tree tree_;
};

template <fixed_string Path>
expression<detail::path_shape<Path>> F(field_path<Path>) {
  return expression<detail::path_shape<Path>>(detail::make_path(detail::path_of<Path>));
}
template <fixed_string Path>
expression<detail::path_shape<Path>> F() {
  return F(field_path<Path>());
}
inline expression<detail::runtime_shape> F(const runtime& path) {
  return expression<detail::runtime_shape>(detail::make_path(path.path()));
}

namespace detail {

// --- operands of arithmetic, arguments of functions ---

/// Throws value_error where `number` is a constant below the least one.
void require_at_least(std::string_view function, const tree& number, std::int64_t least);
/// The tree of a function; throws value_error for a constant that can't be a number of characters.
tree operation_tree(ir::op o, std::span<const tree> parts);

template <ir::op Op, class... Shape>
auto called(const quarry::expression<Shape>&... parts) {
  const tree trees[] = {parts.tree()..., tree()};
  return quarry::expression<operation_shape<Op, Shape...>>(operation_tree(Op, {trees, sizeof...(Shape)}));
}

template <class Shape>
const quarry::expression<Shape>& as_expression(const quarry::expression<Shape>& e) {
  return e;
}
template <class V>
  requires((given_of<V>().form == given_form::single || given_of<V>().form == given_form::optional) &&
           given_of<V>().kind != ir::scalar::unknown)
auto as_expression(const V& v) {
  constexpr given_type g = given_of<V>();
  return quarry::expression<constant_shape<g.kind, g.form == given_form::optional>>(make_constant(element_operand(v)));
}
inline quarry::expression<constant_shape<ir::scalar::unknown, true>> as_expression(std::nullptr_t) {
  return quarry::expression<constant_shape<ir::scalar::unknown, true>>(make_constant({}));
}

/// Arithmetic takes an expression, and beside it another or a value; conditions are joined instead.
template <class T>
inline constexpr bool is_number_like = requires(const T& t) { as_expression(t); };
template <any_expression T>
inline constexpr bool is_number_like<T> = !T::shape::is_condition;
template <class A, class B>
concept computable = (any_expression<A> || any_expression<B>) && is_number_like<A> && is_number_like<B>;

}  // namespace detail

template <class A, class B>
  requires detail::computable<A, B>
auto operator+(const A& a, const B& b) {
  return detail::called<ir::op::add>(detail::as_expression(a), detail::as_expression(b));
}
template <class A, class B>
  requires detail::computable<A, B>
auto operator-(const A& a, const B& b) {
  return detail::called<ir::op::sub>(detail::as_expression(a), detail::as_expression(b));
}
template <detail::any_expression A>
  requires(!A::shape::is_condition)
auto operator-(const A& a) {
  return detail::called<ir::op::mul>(detail::as_expression(a), detail::as_expression(-1));
}
template <class A, class B>
  requires detail::computable<A, B>
auto operator*(const A& a, const B& b) {
  return detail::called<ir::op::mul>(detail::as_expression(a), detail::as_expression(b));
}
template <class A, class B>
  requires detail::computable<A, B>
auto operator/(const A& a, const B& b) {
  return detail::called<ir::op::div>(detail::as_expression(a), detail::as_expression(b));
}
template <class A, class B>
  requires detail::computable<A, B>
auto operator%(const A& a, const B& b) {
  return detail::called<ir::op::mod>(detail::as_expression(a), detail::as_expression(b));
}
// Django's bitand(), bitor(), bitxor(), bitleftshift() and bitrightshift().
template <class A, class B>
  requires detail::computable<A, B>
auto operator&(const A& a, const B& b) {
  return detail::called<ir::op::bit_and>(detail::as_expression(a), detail::as_expression(b));
}
template <class A, class B>
  requires detail::computable<A, B>
auto operator|(const A& a, const B& b) {
  return detail::called<ir::op::bit_or>(detail::as_expression(a), detail::as_expression(b));
}
template <class A, class B>
  requires detail::computable<A, B>
auto operator^(const A& a, const B& b) {
  return detail::called<ir::op::bit_xor>(detail::as_expression(a), detail::as_expression(b));
}
template <class A, class B>
  requires detail::computable<A, B>
auto operator<<(const A& a, const B& b) {
  return detail::called<ir::op::shift_left>(detail::as_expression(a), detail::as_expression(b));
}
template <class A, class B>
  requires detail::computable<A, B>
auto operator>>(const A& a, const B& b) {
  return detail::called<ir::op::shift_right>(detail::as_expression(a), detail::as_expression(b));
}

/// A value where an expression is wanted: `"data"_f = Value(json{"null"})` is the document null, where nullptr is no document.
template <class V>
  requires requires(const V& v) { detail::as_expression(v); }
auto Value(const V& v) {
  return detail::as_expression(v);
}

namespace detail {

// What a function takes: an expression, a field, a condition, or a value. (In text a name stands for a field; here "…"_f does.)
template <class V>
  requires requires(const V& v) { as_expression(v); }
decltype(auto) as_argument(const V& v) {
  return as_expression(v);
}
template <fixed_string Path>
auto as_argument(field_path<Path> path) {
  return F(path);
}
inline auto as_argument(const runtime& path) { return F(path); }
template <class Needs>
auto as_argument(lookup<Needs>&& l) {
  return quarry::expression<condition_shape<typename kept<Needs>::type>>(tree_of(l));
}
template <class... Needs>
auto as_argument(const condition<Needs...>& c) {
  return quarry::expression<condition_shape<Needs...>>(c.tree());
}
/// A Q that says nothing holds for every row.
template <class Model>
auto as_argument(const Q<Model>& q) {
  static const tree always = make_constant(operand::of_integer(1, ir::scalar::boolean));
  return quarry::expression<condition_shape<needs_model<Model>>>(q.empty() ? always : q.tree());
}
template <class T>
concept argument = requires(T&& t) { as_argument(std::forward<T>(t)); };
template <class T>
using shape_of_argument = typename std::remove_cvref_t<decltype(as_argument(std::declval<T>()))>::shape;

/// What a condition needs, in one type.
template <class... Needs>
struct needs_list {};
template <class... Needs>
needs_list<Needs...> needs_of(const condition<Needs...>&);
template <class Model>
needs_list<needs_model<Model>> needs_of(const Q<Model>&);

/// A condition in an argument: lookups, what & | ^ ~ made of them, a Q, an expression that is true or false.
template <class T>
decltype(auto) as_truth(T&& t) {
  using plain = std::remove_cvref_t<T>;
  if constexpr (free_condition<T>) return as_condition(std::forward<T>(t));
  else if constexpr (any_expression<plain>) return condition<needs_truth<typename plain::shape>>(t.tree());
  else return static_cast<const plain&>(t);  // a Q
}
template <class T>
using needs_of_condition = decltype(needs_of(as_truth(std::declval<T>())));

// --- arguments of filter() and exclude(); a lookup only where it is written, since it borrows ---

template <class Scope, class Needs>
term as_term(lookup<Needs>&& l) {
  Needs::template check<Scope>();
  return {l.path, l.value, nullptr};
}
template <class Scope, fixed_string Path, class T>
term as_term(lookup<needs_object<Path, T, false>>&& l) {
  needs_object<Path, T, false>::template check<Scope>();
  return {l.path,
          field_operand(*static_cast<const T*>(l.object), resolved<Scope, Path, path_use::condition>.remote,
                        std::make_index_sequence<meta<T>::value.size>()),
          nullptr};
}
template <class Scope, class Needs>
term as_term(lookup<Needs>&) {
  static_assert(!std::same_as<Needs, Needs>,
                "quarry: a lookup borrows its value: write it in the call itself, or keep it as a quarry::Q<Model>");
  return {};
}
template <class Scope, class... Needs>
term as_term(const condition<Needs...>& c) {
  (Needs::template check<Scope>(), ...);
  return {{}, {}, c.tree().get()};
}
template <class Scope, class Shape>
term as_term(const quarry::expression<Shape>& e) {
  needs_truth<Shape>::template check<Scope>();
  return {{}, {}, e.tree().get()};
}
template <class Scope, class Other>
term as_term(const Q<Other>& q) {
  needs_model<Other>::template check<Scope>();
  return {{}, {}, q.tree().get()};
}

// --- names: arguments of order_by() ---

// Not constexpr on purpose: the compiler names them when a name is wrong.
inline void no_field_of_this_name_in_the_model() {}
inline void nothing_can_follow_this_name() {}
inline void the_name_has_an_empty_segment() {}

template <class Scope>
class order_name {
 public:
  constexpr order_name() noexcept = default;
  template <std::size_t N>
  consteval order_name(const char (&name)[N]) : path(path_ref::literal(std::string_view(name, N - 1))) {  // NOLINT
    check(std::string_view(name, N - 1));
  }
  order_name(const runtime& name) noexcept : path(name.path()) {}  // NOLINT
  template <class Shape>
  order_name(const ordering<Shape>& o) : key(o.tree().get()) {  // NOLINT: borrowed for the call
    Shape::template check<Scope>();
  }
  template <class Shape>
  order_name(const quarry::expression<Shape>& e) : key(e.tree().get()) {  // NOLINT: likewise
    Shape::template check<Scope>();
  }
  bool empty() const noexcept { return path.size == 0 && !key; }
  path_ref path;
  const detail::expression* key = nullptr;

 private:
  static consteval void check(std::string_view name) {
    if (name == "?") return;
    if (name.starts_with("-")) name.remove_prefix(1);
    const resolved_path r = resolve(schema_view_of<model_in<Scope>>, position_of<model_in<Scope>>,
                                    scope_facts<Scope>::names, name, path_use::column);
    if (r.fault != path_fault::none) refuse(name.substr(r.at, r.size), r);
  }
  static constexpr void did_you_mean(std::string_view name) {
    if (!name.empty()) no_field_of_this_name_in_the_model();
  }
  static constexpr void refuse(std::string_view wrong, const resolved_path& r) {
    const path_fault fault = r.fault;
    const std::string_view nearest = suggest(schema_view_of<model_in<Scope>>, r, scope_facts<Scope>::names, wrong).text;
    if (fault == path_fault::no_member && !nearest.empty()) did_you_mean(nearest);
    else if (fault == path_fault::no_member) no_field_of_this_name_in_the_model();
    else if (fault == path_fault::empty_segment) the_name_has_an_empty_segment();
    else if (fault != path_fault::none) nothing_can_follow_this_name();
  }
};

}  // namespace detail
}  // namespace quarry
