// Conditions: "path"_f = value, Q, F. Paths and values are checked by the compiler when a condition meets its model.
//
//   "rating__gt"_f = 3                       a lookup: borrows its value, is used where it is written
//   ("rating"_f = 1) | ("rating"_f = 5)      a condition of no model yet: owns its values
//   quarry::Q<Entry> recent = "pub_date__year"_f = 2026;   a condition of a model: one type, composed at run time
//   "rating__gt"_f = F("number_of_comments"_f) * 2
#pragma once

#include <array>
#include <initializer_list>
#include <tuple>

#include <quarry/core/errors.hpp>
#include <quarry/core/query/operands.hpp>
#include <quarry/core/query/path.hpp>

namespace quarry {

template <class Model, class Row = Model>
class query_set;

// --- what the compiler says about a wrong path or value: the name of one of these types, never defined ---

template <fixed_string Name>
struct in_path;
template <fixed_string Name>
struct of_model;
template <fixed_string Name>
struct did_you_mean;
template <fixed_string What>
struct expects;
template <fixed_string What>
struct given;
/// The model has no field or relation of this name.
template <fixed_string Segment, class... Where>
struct no_field_named;
/// The field before it has no lookup or transform of this name.
template <fixed_string Segment, class... Where>
struct no_lookup_named;
/// Nothing can follow a lookup.
template <fixed_string Segment, class... Where>
struct nothing_can_follow_a_lookup;
/// Two underscores with no name between or beside them.
template <class... Where>
struct empty_segment;
/// The name is a field, where a relation is wanted.
template <fixed_string Segment, class... Where>
struct not_a_relation;
/// select_related() follows relations to one object; lists are for prefetch_related().
template <fixed_string Segment, class... Where>
struct leads_to_many_objects;
/// select_related() follows a relation backwards as first step only; prefetch_related() does it anywhere.
template <fixed_string Segment, class... Where>
struct leads_backwards_after_another_step;
/// only(), defer() and get() name fields of the model itself.
template <fixed_string Segment, class... Where>
struct not_a_field_of_the_model_itself;
/// The field is not among those that only() or defer() loaded; load() reads the whole object.
template <fixed_string Segment, class... Where>
struct field_is_not_loaded;
/// The related objects are not among those that select_related() or prefetch_related() named.
template <fixed_string Segment, class... Where>
struct relation_is_not_loaded;
/// in_bulk() goes by a field whose values differ.
template <fixed_string Segment, class... Where>
struct field_is_not_unique;
/// The condition is a Q of another model.
template <class... Where>
struct condition_of_another_model;
/// The value is not what the field and the lookup need.
template <class... Where>
struct wrong_value;

namespace detail {

template <class Model, fixed_string Path, path_use Use>
inline constexpr resolved_path resolved = resolve(schema_view_of<Model>, position_of<Model>, Path.view(), Use);

/// A constant text as a template argument. Undefined again at the end of query_set.hpp.
#define QUARRY_TEXT(text, ...) ::quarry::fixed_string<(text).size() + 1>(text __VA_OPT__(, ) __VA_ARGS__)

// Plain functions, neither constexpr nor consteval: a type without a definition is then the one error that the compiler
// reports.
template <class Model, fixed_string Path, path_use Use>
void refuse_path() {
  constexpr const resolved_path& r = resolved<Model, Path, Use>;
  constexpr const schema_view& s = schema_view_of<Model>;
  constexpr std::string_view wrong = Path.view().substr(r.at, r.size);
  constexpr std::string_view owner = s.models[r.model].name;
  constexpr relation_name nearest = suggest(s, r, wrong);
  if constexpr (r.fault == path_fault::empty_segment) (void)sizeof(empty_segment<in_path<Path>>);
  else if constexpr (r.fault == path_fault::past_lookup)
    (void)sizeof(nothing_can_follow_a_lookup<QUARRY_TEXT(wrong), in_path<Path>>);
  else if constexpr (r.fault == path_fault::no_member && nearest.text.empty())
    (void)sizeof(no_field_named<QUARRY_TEXT(wrong), of_model<QUARRY_TEXT(owner)>, in_path<Path>>);
  else if constexpr (r.fault == path_fault::no_member)
    (void)sizeof(no_field_named<QUARRY_TEXT(wrong), of_model<QUARRY_TEXT(owner)>,
                                did_you_mean<QUARRY_TEXT(nearest.text, nearest.in_lower_case)>, in_path<Path>>);
  else if constexpr (nearest.text.empty()) (void)sizeof(no_lookup_named<QUARRY_TEXT(wrong), in_path<Path>>);
  else
    (void)sizeof(no_lookup_named<QUARRY_TEXT(wrong), did_you_mean<QUARRY_TEXT(nearest.text, nearest.in_lower_case)>,
                                 in_path<Path>>);
}

constexpr std::string_view words_for(ir::scalar kind) noexcept {
  switch (kind) {
    case ir::scalar::boolean: return "a bool";
    case ir::scalar::int16:
    case ir::scalar::int32:
    case ir::scalar::int64: return "an integer";
    case ir::scalar::float64: return "a number";
    case ir::scalar::decimal: return "a quarry::decimal or an integer";
    case ir::scalar::text: return "a text";
    case ir::scalar::bytes: return "quarry::bytes";
    case ir::scalar::date: return "a date";
    case ir::scalar::time: return "a time_of_day";
    case ir::scalar::datetime: return "a datetime";
    case ir::scalar::duration: return "a duration";
    case ir::scalar::uuid: return "a uuid";
    case ir::scalar::json: return "json";
    default: return "a value";
  }
}

constexpr bool fits(ir::scalar field, ir::scalar value) noexcept {
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

/// Compiles iff the path is one of the model's.
template <class Model, fixed_string Path, path_use Use>
void require_path() {
  if constexpr (resolved<Model, Path, Use>.fault != path_fault::none) refuse_path<Model, Path, Use>();
}

template <fixed_string Path>
inline constexpr path_ref path_of = path_ref::literal(Path.view());

// --- what a condition asks of the model that it meets: check<Model>() compiles iff the model fits ---

/// A lookup with a value.
template <fixed_string Path, given_type Given>
struct needs {
  template <class Model>
  static void check() {
    constexpr const resolved_path& r = resolved<Model, Path, path_use::condition>;
    require_path<Model, Path, path_use::condition>();
    if constexpr (r.fault == path_fault::none) {
      constexpr value_verdict v = judge(r, Given);
      if constexpr (!v.good())
        (void)sizeof(wrong_value<expects<QUARRY_TEXT(v.wanted)>, given<QUARRY_TEXT(v.got)>, in_path<Path>>);
    }
  }
};

/// A path as a value.
template <fixed_string Path>
struct needs_column {
  template <class Model>
  static void check() {
    require_path<Model, Path, path_use::column>();
  }
};

constexpr bool comparable(ir::scalar a, ir::scalar b) noexcept {
  return a == b || (ir::is_number(a) && ir::is_number(b));
}

/// The kind of a single field, as a lookup's right side; unknown for what is computed or checked later.
template <class Model, class... Columns>
inline constexpr ir::scalar kind_of_fields = ir::scalar::unknown;
template <class Model, fixed_string Path>
inline constexpr ir::scalar kind_of_fields<Model, needs_column<Path>> = resolved<Model, Path, path_use::column>.kind;

/// A lookup with an F expression.
template <fixed_string Path, class... Columns>
struct needs_comparable {
  template <class Model>
  static void check() {
    constexpr const resolved_path& r = resolved<Model, Path, path_use::condition>;
    require_path<Model, Path, path_use::condition>();
    if constexpr (r.fault == path_fault::none) {
      constexpr bool one_value =
          r.lookup != lookup_class::list && r.lookup != lookup_class::pair && r.lookup != lookup_class::truth;
      if constexpr (!one_value) (void)sizeof(wrong_value<expects<"no F">, given<"an F expression">, in_path<Path>>);
    }
    (Columns::template check<Model>(), ...);
    constexpr ir::scalar other = kind_of_fields<Model, Columns...>;
    if constexpr (r.fault == path_fault::none && other != ir::scalar::unknown && !comparable(r.kind, other))
      (void)sizeof(
          wrong_value<expects<QUARRY_TEXT(words_for(r.kind))>, given<QUARRY_TEXT(words_for(other))>, in_path<Path>>);
  }
};

/// A relation with an object of its target. `Late`: the object has become its primary key before the model was known.
template <fixed_string Path, class Target, bool Late>
struct needs_object {
  template <class Model>
  static void check() {
    constexpr const resolved_path& r = resolved<Model, Path, path_use::condition>;
    require_path<Model, Path, path_use::condition>();
    if constexpr (r.fault == path_fault::none) {
      constexpr const schema_view& s = schema_view_of<Model>;
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
inline constexpr ir::scalar kind_of_rows = ir::scalar::unknown;
template <class T>
inline constexpr ir::scalar kind_of_rows<std::tuple<T>> = given_of<T>().kind;
template <class Row>
inline constexpr bool gives_one_value = true;
template <class... T>
inline constexpr bool gives_one_value<std::tuple<T...>> = sizeof...(T) == 1;

/// A lookup with a QuerySet: `in` looks among its rows, other lookups compare with the one row of a slice.
template <fixed_string Path, class Target, class Row>
struct needs_query {
  template <class Model>
  static void check() {
    constexpr const resolved_path& r = resolved<Model, Path, path_use::condition>;
    require_path<Model, Path, path_use::condition>();
    if constexpr (r.fault == path_fault::none) {
      constexpr bool takes_query = r.lookup != lookup_class::pair && r.lookup != lookup_class::truth;
      if constexpr (!takes_query) (void)sizeof(wrong_value<expects<"no query">, given<"a query">, in_path<Path>>);
      if constexpr (!gives_one_value<Row>)
        (void)sizeof(wrong_value<expects<"a query of one column">, given<"a query of several">, in_path<Path>>);
      constexpr const schema_view& s = schema_view_of<Model>;
      constexpr bool objects = std::same_as<Row, Target>;
      if constexpr (objects && r.relation && s.models[r.model].tag != tag_of<Target>)
        (void)sizeof(wrong_value<expects<QUARRY_TEXT(s.models[r.model].name)>, given<"objects of another model">,
                                 in_path<Path>>);
      constexpr ir::scalar kind = kind_of_rows<Row>;
      if constexpr (kind != ir::scalar::unknown && !comparable(r.kind, kind))
        (void)sizeof(
            wrong_value<expects<QUARRY_TEXT(words_for(r.kind))>, given<QUARRY_TEXT(words_for(kind))>, in_path<Path>>);
    }
  }
};

/// A path that is checked when the query is compiled.
struct needs_nothing {
  template <class Model>
  static void check() {}
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

template <class... Needs>
class f_expression;

namespace detail {

template <class T>
inline constexpr bool is_f_expression = false;
template <class... Needs>
inline constexpr bool is_f_expression<f_expression<Needs...>> = true;

template <class Iterator>
void fill(operand_buffer& list, const path_ref& path, Iterator at, Iterator end) {
  for (; at != end; ++at) list.push(element_operand(path, *at));
}

/// Needs of a lookup at Path with a value of type V.
template <fixed_string Path, class V>
struct needs_for {
  using type = needs<Path, given_of<V>()>;
};
template <fixed_string Path, class... Columns>
struct needs_for<Path, f_expression<Columns...>> {
  using type = needs_comparable<Path, Columns...>;
};
template <fixed_string Path, model V>
struct needs_for<Path, V> {
  using type = needs_object<Path, V, false>;
};

template <class V>
inline constexpr bool is_query_set = false;
template <class Model, class Row>
inline constexpr bool is_query_set<query_set<Model, Row>> = true;
template <fixed_string Path, class Model, class Row>
struct needs_for<Path, query_set<Model, Row>> {
  using type = needs_query<Path, Model, Row>;
};

template <class Needs, class V>
lookup<Needs> make_written(const path_ref& path, const V& v) {
  if constexpr (is_f_expression<V>) {
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

using tree = ref<expression>;

/// The tree of `left form right`; an absent side is neutral.
tree combine(expression_form form, const tree& left, const tree& right);
tree negate(const tree& what);
tree arithmetic(ir::op op, const tree& left, const tree& right);

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
template <class... Needs>
class ordering {
 public:
  ordering(const detail::tree& key, bool descending, nulls where)
      : tree_(unwrap(detail::make_ordering(key, {descending, where == nulls::first, where == nulls::last}))) {}
  const detail::tree& tree() const noexcept { return tree_; }

 private:
  detail::tree tree_;
};

/// The value of another field of the same row, and arithmetic with it, also on its bits.
template <class... Needs>
class f_expression {
 public:
  explicit f_expression(detail::tree tree) noexcept : tree_(std::move(tree)) {}
  const detail::tree& tree() const noexcept { return tree_; }
  ordering<Needs...> asc(nulls where = nulls::as_usual) const { return {tree_, false, where}; }
  ordering<Needs...> desc(nulls where = nulls::as_usual) const { return {tree_, true, where}; }

 private:
  detail::tree tree_;
};

template <fixed_string Path>
f_expression<detail::needs_column<Path>> F(field_path<Path>) {
  return f_expression<detail::needs_column<Path>>(detail::make_path(detail::path_of<Path>));
}
template <fixed_string Path>
f_expression<detail::needs_column<Path>> F() {
  return F(field_path<Path>());
}
inline f_expression<detail::needs_nothing> F(const runtime& path) {
  return f_expression<detail::needs_nothing>(detail::make_path(path.path()));
}

namespace detail {

template <class... A, class... B>
f_expression<A..., B...> computed(ir::op op, const f_expression<A...>& a, const f_expression<B...>& b) {
  return f_expression<A..., B...>(arithmetic(op, a.tree(), b.tree()));
}
template <class... Needs>
const f_expression<Needs...>& as_expression(const f_expression<Needs...>& e) {
  return e;
}
template <class V>
  requires(given_of<V>().form == given_form::single && given_of<V>().kind != ir::scalar::unknown)
f_expression<> as_expression(const V& v) {
  return f_expression<>(make_constant(element_operand(v)));
}
template <class A, class B>
concept computable = (is_f_expression<A> || is_f_expression<B>) && requires(const A& a, const B& b) {
  as_expression(a);
  as_expression(b);
};

}  // namespace detail

template <class A, class B>
  requires detail::computable<A, B>
auto operator+(const A& a, const B& b) {
  return detail::computed(ir::op::add, detail::as_expression(a), detail::as_expression(b));
}
template <class A, class B>
  requires detail::computable<A, B>
auto operator-(const A& a, const B& b) {
  return detail::computed(ir::op::sub, detail::as_expression(a), detail::as_expression(b));
}
template <class A, class B>
  requires detail::computable<A, B>
auto operator*(const A& a, const B& b) {
  return detail::computed(ir::op::mul, detail::as_expression(a), detail::as_expression(b));
}
template <class A, class B>
  requires detail::computable<A, B>
auto operator/(const A& a, const B& b) {
  return detail::computed(ir::op::div, detail::as_expression(a), detail::as_expression(b));
}
template <class A, class B>
  requires detail::computable<A, B>
auto operator%(const A& a, const B& b) {
  return detail::computed(ir::op::mod, detail::as_expression(a), detail::as_expression(b));
}
// Django's bitand(), bitor(), bitxor(), bitleftshift() and bitrightshift().
template <class A, class B>
  requires detail::computable<A, B>
auto operator&(const A& a, const B& b) {
  return detail::computed(ir::op::bit_and, detail::as_expression(a), detail::as_expression(b));
}
template <class A, class B>
  requires detail::computable<A, B>
auto operator|(const A& a, const B& b) {
  return detail::computed(ir::op::bit_or, detail::as_expression(a), detail::as_expression(b));
}
template <class A, class B>
  requires detail::computable<A, B>
auto operator^(const A& a, const B& b) {
  return detail::computed(ir::op::bit_xor, detail::as_expression(a), detail::as_expression(b));
}
template <class A, class B>
  requires detail::computable<A, B>
auto operator<<(const A& a, const B& b) {
  return detail::computed(ir::op::shift_left, detail::as_expression(a), detail::as_expression(b));
}
template <class A, class B>
  requires detail::computable<A, B>
auto operator>>(const A& a, const B& b) {
  return detail::computed(ir::op::shift_right, detail::as_expression(a), detail::as_expression(b));
}

/// A value where an expression is wanted: `"data"_f = Value(json{"null"})` is the document null, where nullptr is no document.
template <class V>
  requires requires(const V& v) { detail::as_expression(v); }
auto Value(const V& v) {
  return detail::as_expression(v);
}

namespace detail {

// --- arguments of filter() and exclude(); a lookup only where it is written, since it borrows ---

template <class Model, class Needs>
term as_term(lookup<Needs>&& l) {
  Needs::template check<Model>();
  return {l.path, l.value, nullptr};
}
template <class Model, fixed_string Path, class T>
term as_term(lookup<needs_object<Path, T, false>>&& l) {
  needs_object<Path, T, false>::template check<Model>();
  return {l.path,
          field_operand(*static_cast<const T*>(l.object), resolved<Model, Path, path_use::condition>.remote,
                        std::make_index_sequence<meta<T>::value.size>()),
          nullptr};
}
template <class Model, class Needs>
term as_term(lookup<Needs>&) {
  static_assert(!std::same_as<Needs, Needs>,
                "quarry: a lookup borrows its value: write it in the call itself, or keep it as a quarry::Q<Model>");
  return {};
}
template <class Model, class... Needs>
term as_term(const condition<Needs...>& c) {
  (Needs::template check<Model>(), ...);
  return {{}, {}, c.tree().get()};
}
template <class Model, class Other>
term as_term(const Q<Other>& q) {
  if constexpr (!std::same_as<Model, Other>)
    (void)sizeof(condition_of_another_model<expects<QUARRY_TEXT(meta<Model>::value.name)>,
                                            given<QUARRY_TEXT(meta<Other>::value.name)>>);
  return {{}, {}, q.tree().get()};
}

// --- names: arguments of order_by() ---

// Not constexpr on purpose: the compiler names them when a name is wrong.
inline void no_field_of_this_name_in_the_model() {}
inline void nothing_can_follow_this_name() {}
inline void the_name_has_an_empty_segment() {}

template <class Model>
class order_name {
 public:
  constexpr order_name() noexcept = default;
  template <std::size_t N>
  consteval order_name(const char (&name)[N]) : path(path_ref::literal(std::string_view(name, N - 1))) {  // NOLINT
    check(std::string_view(name, N - 1));
  }
  order_name(const runtime& name) noexcept : path(name.path()) {}  // NOLINT
  template <class... Needs>
  order_name(const ordering<Needs...>& o) : key(o.tree().get()) {  // NOLINT: borrowed for the call
    (Needs::template check<Model>(), ...);
  }
  bool empty() const noexcept { return path.size == 0 && !key; }
  path_ref path;
  const expression* key = nullptr;

 private:
  static consteval void check(std::string_view name) {
    if (name == "?") return;
    if (name.starts_with("-")) name.remove_prefix(1);
    const resolved_path r = resolve(schema_view_of<Model>, position_of<Model>, name, path_use::column);
    if (r.fault != path_fault::none) refuse(name.substr(r.at, r.size), r);
  }
  static constexpr void did_you_mean(std::string_view name) {
    if (!name.empty()) no_field_of_this_name_in_the_model();
  }
  static constexpr void refuse(std::string_view wrong, const resolved_path& r) {
    const path_fault fault = r.fault;
    const std::string_view nearest = suggest(schema_view_of<Model>, r, wrong).text;
    if (fault == path_fault::no_member && !nearest.empty()) did_you_mean(nearest);
    else if (fault == path_fault::no_member) no_field_of_this_name_in_the_model();
    else if (fault == path_fault::empty_segment) the_name_has_an_empty_segment();
    else if (fault != path_fault::none) nothing_can_follow_this_name();
  }
};

/// The C++ type in which a path is read: optional where a NULL can come.
template <class Model, fixed_string Path>
struct column_type {
  static constexpr const resolved_path& r = resolved<Model, Path, path_use::column>;
  using plain = typename value_type<r.fault == path_fault::none ? r.kind : ir::scalar::int64>::type;
  using type = std::conditional_t<r.nullable, std::optional<plain>, plain>;
};

}  // namespace detail
}  // namespace quarry
