// SQL that the program writes itself. Nothing of it is checked: never let any of it come from somebody else. It is in no other header, so
// that a search for this one finds every use.
#pragma once

#include <array>
#include <string_view>

#include <quarry/core/query/q.hpp>

namespace quarry::unsafe {

/// A value computed by SQL of the database at hand: each `%s` stands for a value, which is bound; `%%` is a percent sign. T is the C++ type of
/// the value. Columns are named as in the database; a query over one table has no other names in its way.
///
///   db.objects<Entry>().filter("rating"_f = quarry::unsafe::raw_sql<int>("(select max(rating) from blog_entry where comments < %s)", 5))
///
/// Throws value_error when the number of values is wrong.
template <class T, class... V>
expression<detail::constant_shape<detail::scalar_of<T>(), true>> raw_sql(std::string_view sql, const V&... values) {
  constexpr ir::scalar kind = detail::scalar_of<T>();
  static_assert(kind != ir::scalar::unknown, "quarry: raw_sql() needs the type of a column");
  const std::array<detail::tree, sizeof...(V)> arguments = {detail::make_constant(detail::element_operand(values))...};
  return expression<detail::constant_shape<kind, true>>(unwrap(detail::make_raw(sql, arguments, ir::type(kind, true))));
}

}  // namespace quarry::unsafe
