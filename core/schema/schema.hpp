// A schema: the models of an application that know each other, as constant tables and as a catalog.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <quarry/core/schema/describe.hpp>
#include <quarry/core/schema/extensions.hpp>
#include <quarry/ir/model/catalog.hpp>

namespace quarry {
namespace detail {

/// A model without its C++ type.
struct model_view {
  std::string_view name;
  const model_options* options;
  const field_info* fields;
  std::uint32_t field_count;
  model_tag tag;
  constexpr const field_info* begin() const noexcept { return fields; }
  constexpr const field_info* end() const noexcept { return fields + field_count; }
  /// Position of the primary key among the fields, or field_count.
  constexpr std::uint32_t key() const noexcept {
    std::uint32_t i = 0;
    while (i < field_count && !fields[i].primary_key()) ++i;
    return i;
  }
};

struct schema_view {
  std::string_view app;
  const model_view* models;
  std::uint32_t count;
  constexpr const model_view* begin() const noexcept { return models; }
  constexpr const model_view* end() const noexcept { return models + count; }
  /// Position of a model, or `count`.
  constexpr std::uint32_t find(model_tag tag) const noexcept {
    std::uint32_t i = 0;
    while (i < count && models[i].tag != tag) ++i;
    return i;
  }
  /// Position of the field of the target that a relation refers to, or its number of fields.
  constexpr std::uint32_t remote_field(const model_view& target, const field_info& relation) const noexcept {
    if (relation.options.to_field.empty() || !relation.has_column()) return target.key();
    std::uint32_t i = 0;
    while (i < target.field_count && target.fields[i].name != relation.options.to_field) ++i;
    return i;
  }
};

/// "blog" for blog_schema.
constexpr std::string_view app_of(std::string_view schema_name) noexcept {
  constexpr std::string_view suffix = "_schema";
  if (schema_name.size() > suffix.size() && schema_name.ends_with(suffix)) schema_name.remove_suffix(suffix.size());
  return schema_name;
}

template <class Schema, class... Model>
struct schema_tables {
  static constexpr std::array<model_view, sizeof...(Model)> models{
      model_view{meta<Model>::value.name, &meta<Model>::value.options, meta<Model>::value.fields.data(),
                 static_cast<std::uint32_t>(meta<Model>::value.size), tag_of<Model>}...};
};

std::vector<ir::model_spec> make_specs(const schema_view& schema);
std::shared_ptr<const ir::catalog> make_catalog(const schema_view& schema, extension_list extensions = {});

/// What the application registered: quarry_extensions_of(const Schema*), where its namespace has one.
template <class Schema>
extension_list extensions_of() {
  if constexpr (requires { quarry_extensions_of(static_cast<const Schema*>(nullptr)); })
    return quarry_extensions_of(static_cast<const Schema*>(nullptr));
  else return {};
}

enum class schema_fault : std::uint8_t {
  none,
  listed_twice,
  no_primary_key,
  target_outside,
  to_field_unknown,
  key_type,
  to_field_like_key
};

/// What the constant tables can tell about a schema before any catalog is built.
constexpr schema_fault check_schema(const schema_view& s) noexcept {
  for (std::uint32_t i = 0; i < s.count; ++i) {
    const model_view& m = s.models[i];
    if (s.find(m.tag) != i) return schema_fault::listed_twice;
    if (m.key() == m.field_count) return schema_fault::no_primary_key;
    for (const field_info& f : m) {
      if (!f.is_relation()) continue;
      const std::uint32_t t = s.find(f.facts.target);
      if (t == s.count) return schema_fault::target_outside;
      if (!f.has_column()) continue;
      const model_view& target = s.models[t];
      const std::uint32_t remote = s.remote_field(target, f);
      if (remote == target.field_count) return schema_fault::to_field_unknown;
      if (target.fields[remote].facts.kind != f.facts.kind) return schema_fault::key_type;
      // An object given as key stands for its primary key, and the compiler could not tell the two apart.
      if (remote != target.key() && target.fields[target.key()].facts.kind == f.facts.kind)
        return schema_fault::to_field_like_key;
    }
  }
  return schema_fault::none;
}

template <schema_fault Fault>
consteval bool accept_schema() {
  static_assert(Fault != schema_fault::listed_twice, "quarry: QUARRY_SCHEMA lists a model twice");
  static_assert(Fault != schema_fault::no_primary_key,
                "quarry: a model of the schema has no primary key: declare a quarry::auto_id");
  static_assert(Fault != schema_fault::target_outside,
                "quarry: a relation refers to a model that QUARRY_SCHEMA does not list");
  static_assert(Fault != schema_fault::to_field_unknown,
                "quarry: to_field names no field of the model that the relation refers to");
  static_assert(Fault != schema_fault::key_type,
                "quarry: a relation's key type is not that of the column it refers to: write foreign_key<Model, Key>");
  static_assert(Fault != schema_fault::to_field_like_key,
                "quarry: to_field with the type of the primary key is not supported");
  return true;
}

}  // namespace detail

namespace detail {

// A list of types that finds one by its number without walking over the others.
template <std::size_t I, class T>
struct numbered_type {
  using type = T;
};
template <class Indices, class... T>
struct numbered_types;
template <std::size_t... I, class... T>
struct numbered_types<std::index_sequence<I...>, T...> : numbered_type<I, T>... {};
template <std::size_t I, class T>
numbered_type<I, T> pick_type(const numbered_type<I, T>*);

}  // namespace detail

/// Base of the type that QUARRY_SCHEMA makes.
template <class Self, class... Model>
struct schema {
  static constexpr std::size_t size = sizeof...(Model);
  using tables = detail::schema_tables<Self, Model...>;
  template <class M>
  static constexpr bool has = (std::same_as<M, Model> || ...);
  using types = detail::numbered_types<std::index_sequence_for<Model...>, Model...>;
};

namespace detail {

template <class Schema>
struct schema_data {
  static constexpr schema_view view{app_of(Schema::schema_name), Schema::tables::models.data(),
                                    static_cast<std::uint32_t>(Schema::size)};
  static_assert(accept_schema<check_schema(view)>());
};

/// The schema of a model, found through the namespace of the model.
template <class Model>
using schema_of = decltype(quarry_schema_of(static_cast<const Model*>(nullptr)));

template <class Model>
inline constexpr const schema_view& schema_view_of = schema_data<schema_of<Model>>::view;
/// Position of a model in its schema and in its catalog.
template <class Model>
inline constexpr std::uint32_t position_of = schema_view_of<Model>.find(tag_of<Model>);
/// The model at a position of the schema of Model.
template <class Model, std::uint32_t Position>
using model_at =
    typename decltype(pick_type<Position>(static_cast<const typename schema_of<Model>::types*>(nullptr)))::type;

}  // namespace detail

/// What a schema says, in the form that every front end gives to ir::catalog::build.
template <class Schema>
std::vector<ir::model_spec> specs_of() {
  return detail::make_specs(detail::schema_data<Schema>::view);
}

/// The catalog of a schema with its extensions, built at the first call. Throws value_error when names clash.
template <class Schema>
const std::shared_ptr<const ir::catalog>& catalog_of() {
  static const std::shared_ptr<const ir::catalog> built =
      detail::make_catalog(detail::schema_data<Schema>::view, detail::extensions_of<Schema>());
  return built;
}

}  // namespace quarry

/// QUARRY_SCHEMA(blog_schema, Blog, Author, Entry): in the namespace of the models, after their descriptions. Tables
/// are named blog_entry and so on. All relations among the models are known to queries from here on.
#define QUARRY_SCHEMA(name, ...)                             \
  struct name : ::quarry::schema<name, __VA_ARGS__> {        \
    static constexpr ::std::string_view schema_name = #name; \
  };                                                         \
  template <class Model>                                     \
    requires(name::template has<Model>)                      \
  name quarry_schema_of(const Model*);
