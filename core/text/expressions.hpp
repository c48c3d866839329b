// Constructors of expressions: Value, Case, Subquery, the database functions, and the field classes that name types.
#pragma once

#include <span>

#include <quarry/core/text/functions.hpp>

namespace quarry::text {

std::span<const function_entry> expression_entries() noexcept;

/// The type that an argument output_field names. Throws type_error.
ir::type field_type_in(environment& e, const argument& a);

/// What stands where a value of a query is expected: an expression, a condition, or a plain value. An empty Q is true. Throws type_error
/// for an order and for what is no value.
detail::ref<detail::expression> value_expression(environment& e, const object& o, std::string_view user,
                                                 syntax::span where);

/// The same for an argument of a function, where a text is the name of a field.
detail::ref<detail::expression> named_or_value(environment& e, const argument& a, std::string_view user);

}  // namespace quarry::text
