// What the paths of a query may begin with: the names of its model, and those that annotate() and alias() gave to values.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include <quarry/core/query/messages.hpp>
#include <quarry/core/query/path.hpp>

namespace quarry::detail {

/// A name that a query gave to a value.
template <fixed_string Name, value_shape What>
struct known {
  static constexpr known_name entry{Name.view(), What};
};

/// A model with names given to values of its rows. Without any the model itself is the scope.
template <class Model, class... Known>
struct scope;

template <class Scope>
struct scope_facts {
  using model = Scope;
  static constexpr std::array<known_name, 0> names{};
  template <class... More>
  using with = scope<Scope, More...>;
};
template <class Model, class... Known>
struct scope_facts<scope<Model, Known...>> {
  using model = Model;
  static constexpr std::array<known_name, sizeof...(Known)> names{Known::entry...};
  template <class... More>
  using with = scope<Model, Known..., More...>;
};
template <class Scope>
using model_in = typename scope_facts<Scope>::model;

template <class Scope, fixed_string Path, path_use Use>
inline constexpr resolved_path resolved =
    resolve(schema_view_of<model_in<Scope>>, position_of<model_in<Scope>>, scope_facts<Scope>::names, Path.view(), Use);

// Plain functions, neither constexpr nor consteval: a type without a definition is then the one error that the compiler
// reports.
template <class Scope, fixed_string Path, path_use Use>
void refuse_path() {
  constexpr const resolved_path& r = resolved<Scope, Path, Use>;
  constexpr const schema_view& s = schema_view_of<model_in<Scope>>;
  constexpr std::string_view wrong = Path.view().substr(r.at, r.size);
  constexpr std::string_view owner = s.models[r.model].name;
  constexpr relation_name nearest = suggest(s, r, scope_facts<Scope>::names, wrong);
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

/// Compiles iff the path is one of the scope's.
template <class Scope, fixed_string Path, path_use Use>
void require_path() {
  if constexpr (resolved<Scope, Path, Use>.fault != path_fault::none) refuse_path<Scope, Path, Use>();
}

}  // namespace quarry::detail
