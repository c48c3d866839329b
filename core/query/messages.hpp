// What the compiler says about a wrong path, value or name: the name of one of these types, never defined.
#pragma once

#include <string_view>

#include <quarry/core/schema/fixed_string.hpp>
#include <quarry/ir/model/kinds.hpp>

namespace quarry {

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
/// The model has no field or relation of this name, and nothing was annotated with it.
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
/// A function, an aggregate or an arithmetic sign does not work on a value of this type.
template <fixed_string Function, class... Where>
struct function_does_not_take;
/// The values of a Case(), or the columns of union_(), are of types that don't go together.
template <class... Where>
struct types_do_not_go_together;
/// filter() and When() want what is true or false.
template <class... Where>
struct not_a_condition;
/// An aggregate of an aggregate: annotate() the inner one, and aggregate() over its name.
template <fixed_string Function>
struct aggregate_of_an_aggregate;
/// Rank() and the like are values of a Window().
template <fixed_string Function>
struct needs_a_window;
/// Window() computes an aggregate, or a function such as Rank().
template <class... Where>
struct not_a_function_of_windows;
/// KT() names a key of a JSON document.
template <fixed_string Path>
struct not_a_path_into_a_document;
/// The row has no value of this name.
template <fixed_string Name, class... Where>
struct no_value_named;
/// The row has a value of this name already.
template <fixed_string Name>
struct name_is_taken;

namespace detail {

/// A constant text as a template argument.
#define QUARRY_TEXT(text, ...) ::quarry::fixed_string<(text).size() + 1>(text __VA_OPT__(, ) __VA_ARGS__)

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

constexpr std::string_view word_of(ir::op o) noexcept {
  switch (o) {
#define QUARRY_OP(number, name, ...) \
  case ir::op::name: return #name;
#include <quarry/ir/model/ops.def>
#undef QUARRY_OP
  }
  return {};
}

}  // namespace detail
}  // namespace quarry
