// How an application describes its models: constant data beside plain structs.
//
//   template <> struct quarry::meta<Entry> {
//     static constexpr auto value = quarry::describe("Entry",
//         quarry::field("id", &Entry::id), quarry::field("headline", &Entry::headline, {.max_length = 255}));
//   };
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>

#include <quarry/core/schema/fields.hpp>
#include <quarry/ir/model/catalog.hpp>

namespace quarry {

/// What happens to the rows that refer to a deleted row. `protect` and `restrict_` refuse the deletion.
enum class delete_rule : std::uint8_t { cascade, protect, restrict_, set_null, set_initial, do_nothing };
using enum delete_rule;

struct today_t {};
struct now_t {};
struct random_uuid_t {};
inline constexpr today_t today{};              ///< default_: the current date
inline constexpr now_t now{};                  ///< default_: the current date and time
inline constexpr random_uuid_t random_uuid{};  ///< default_: a new UUID

/// What a column holds in rows that say nothing about it.
class initial {
 public:
  using form = ir::initial_value::form;
  constexpr initial() noexcept = default;
  constexpr initial(std::nullptr_t) noexcept : what(form::null) {}                                 // NOLINT
  constexpr initial(std::same_as<bool> auto v) noexcept : what(form::boolean), integer(v) {}       // NOLINT
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  constexpr initial(T v) noexcept : what(form::integer), integer(v) {}                             // NOLINT
  constexpr initial(double v) noexcept : what(form::real), real(v) {}                              // NOLINT
  constexpr initial(const char* v) noexcept : what(form::text), text(v) {}                         // NOLINT
  constexpr initial(today_t) noexcept : what(form::today) {}                                       // NOLINT
  constexpr initial(now_t) noexcept : what(form::now) {}                                           // NOLINT
  constexpr initial(random_uuid_t) noexcept : what(form::random_uuid) {}                           // NOLINT

  form what = form::absent;
  std::int64_t integer = 0;  ///< also the boolean
  double real = 0;
  std::string_view text;  ///< also decimals, dates, times and JSON
};

/// Options of a field, in Django's words.
struct field_options {
  bool primary_key = false;
  std::uint32_t max_length = 0;      ///< text: most characters; 0 = no limit
  std::uint32_t max_digits = 0;      ///< decimal
  std::uint32_t decimal_places = 0;  ///< decimal
  bool unique = false;
  bool index = false;
  std::string_view db_column = {};
  std::string_view db_collation = {};  ///< text: a collation of the database, by its name; empty: ours
  delete_rule on_delete = cascade;
  std::string_view to_field = {};  ///< field of the target that the key refers to; its primary key if empty
  std::string_view related_name = {};  ///< of the way back; "+" = none
  std::string_view related_query_name = {};  ///< of the way back in lookups
  std::string_view through = {};  ///< name of the model that links both sides of a many_to_many
  bool symmetrical = true;  ///< many_to_many to the same model
  bool db_constraint = true;  ///< the database enforces the key
  initial default_ = {};
};

/// A few names, kept by value so that they can stand in constant data.
struct name_list {
  std::array<std::string_view, 8> names{};
  std::size_t count = 0;
  constexpr name_list() noexcept = default;
  constexpr name_list(std::initializer_list<std::string_view> list) {  // NOLINT: written as {"a", "b"}
    for (std::string_view name : list) names.at(count++) = name;
  }
  constexpr const std::string_view* begin() const noexcept { return names.data(); }
  constexpr const std::string_view* end() const noexcept { return names.data() + count; }
};

/// Options of a model: what Django writes into class Meta.
struct model_options {
  std::string_view table = {};  ///< empty: <app>_<model in lower case>
  name_list ordering = {};
  std::array<name_list, 4> unique_together = {};
  std::string_view get_latest_by = {};
};

/// Specialized for each model by the application; `value` is the result of describe().
template <class Model>
struct meta;

template <class Model>
concept model = requires { meta<Model>::value.fields; };

namespace detail {

/// A field without its C++ type: all that checks and the catalog need.
struct field_info {
  std::string_view name;
  member_facts facts;
  field_options options;
  constexpr bool has_column() const noexcept { return facts.form != member_form::many_to_many; }
  constexpr bool is_relation() const noexcept { return facts.form != member_form::column; }
  constexpr bool primary_key() const noexcept { return options.primary_key || facts.generated; }
};

template <class Model, class T>
struct field_definition {
  T Model::* member;
  field_info info;
};

template <std::size_t I, class Model, class T>
struct member_at {
  T Model::* member;
};

template <class Model, class Indices, class... T>
struct description;

template <class Model, std::size_t... I, class... T>
struct description<Model, std::index_sequence<I...>, T...> : member_at<I, Model, T>... {
  std::string_view name;
  model_options options;
  std::array<field_info, sizeof...(T)> fields;
  static constexpr std::size_t size = sizeof...(T);

  consteval description(std::string_view n, const model_options& o, const field_definition<Model, T>&... f)
      : member_at<I, Model, T>{f.member}..., name(n), options(o), fields{f.info...} {}

  /// The pointer to the I-th member.
  template <std::size_t N, class U>
  static constexpr U Model::* member_of(const member_at<N, Model, U>& m) noexcept {
    return m.member;
  }
  template <std::size_t N>
  constexpr auto member() const noexcept {
    return member_of<N>(*this);
  }
};

/// Position of the primary key among the fields, or the number of fields.
template <class Model>
consteval std::size_t key_position() {
  const auto& fields = meta<Model>::value.fields;
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (fields[i].primary_key()) return i;
  return fields.size();
}

template <class T>
const auto& key_of(const T& object) {
  static_assert(model<T>, "quarry: this type is no model: quarry::meta<T> describes none");
  static_assert(key_position<T>() < meta<T>::value.size, "quarry: the model has no primary key");
  return object.*(meta<T>::value.template member<key_position<T>()>());
}

}  // namespace detail

template <class Model, class T>
consteval detail::field_definition<Model, T> field(std::string_view name, T Model::* member,
                                                   const field_options& options = {}) {
  return {member, {name, detail::member_type<T>::facts, options}};
}

template <class Model, class... T>
  requires(sizeof...(T) > 0)
consteval auto describe(std::string_view name, const model_options& options,
                        const detail::field_definition<Model, T>&... fields) {
  return detail::description<Model, std::index_sequence_for<T...>, T...>(name, options, fields...);
}
template <class Model, class... T>
  requires(sizeof...(T) > 0)
consteval auto describe(std::string_view name, const detail::field_definition<Model, T>&... fields) {
  return describe(name, model_options{}, fields...);
}

}  // namespace quarry
