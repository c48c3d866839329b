// Constructors of expressions: Value, Case, Subquery, the database functions, and the field classes that name types.
#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

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

/// Arguments of one function call, with the objects that their conditions name.
class expression_reader {
 public:
  expression_reader(environment& e, const call_arguments& given) : e_(e), given_(given) {}

  /// As named_or_value() and value_expression().
  detail::ref<detail::expression> named(const argument& a) {
    keep_late(a.what);
    return named_or_value(e_, a, given_.function);
  }
  detail::ref<detail::expression> value(const argument& a) {
    keep_late(a.what);
    return value_expression(e_, a.what, given_.function, a.where);
  }
  void keep_late(const object& o) {
    if (const formula* f = o.as_formula()) late_.insert(late_.end(), f->late.begin(), f->late.end());
  }
  formula made(detail::ref<detail::expression> tree, bool condition = false) {
    return {std::move(tree), condition, std::move(late_)};
  }

 private:
  environment& e_;
  const call_arguments& given_;
  std::vector<late_instance> late_;
};

constexpr std::size_t by_name_only = 100;  ///< a position that no argument has

/// The argument output_field, where it is given.
std::optional<ir::type> output_field(environment& e, const call_arguments& given, std::size_t position = by_name_only);

/// The expression, read as a value of this type.
detail::ref<detail::expression> typed(detail::ref<detail::expression> tree, const std::optional<ir::type>& t);

}  // namespace quarry::text
