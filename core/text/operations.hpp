// Operators on values, conditions and expressions, and what Python asks of any object: truth, items, subscripts.
#pragma once

#include <vector>

#include <quarry/core/text/environment.hpp>

namespace quarry::text {

object apply_binary(environment& e, syntax::op sign, syntax::span where, const object& left, const object& right);
object apply_unary(environment& e, syntax::op sign, syntax::span where, const object& operand);
object apply_comparison(environment& e, syntax::op sign, syntax::span where, const object& left, const object& right);

/// `bool(o)`; fetches a QuerySet.
bool is_true(environment& e, const object& o);
/// What iteration over `o` gives. Throws type_error where Python does.
std::vector<object> items_of(environment& e, const object& o, syntax::span where);
/// An index into a list, in Python's way: negative ones count from the end. Throws index_error.
std::size_t index_into(std::size_t size, std::int64_t index, syntax::span where);

/// Bounds of `[lower:upper:step]` as Python reads them for a list of this size.
struct slice_bounds {
  std::optional<std::int64_t> lower, upper, step;
};
std::vector<object> sliced(const std::vector<object>& items, const slice_bounds& b, syntax::span where);

/// A condition or expression as an operand of another; a plain value becomes a constant.
detail::ref<detail::expression> as_expression(environment& e, const object& o, syntax::span where);

}  // namespace quarry::text
