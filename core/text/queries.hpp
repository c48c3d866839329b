// Managers and QuerySets: what their methods, slices and indexes do.
#pragma once

#include <vector>

#include <quarry/core/text/environment.hpp>
#include <quarry/core/text/operations.hpp>

namespace quarry::text {

/// The chain that a manager's queries start with.
detail::chain chain_of(environment& e, const manager& m);
std::shared_ptr<query_object> query_of(detail::chain c);
std::shared_ptr<query_object> query_of(environment& e, const manager& m);

/// The rows of a QuerySet, fetched at the first call.
const std::vector<object>& rows_of(environment& e, query_object& q);

/// `entry_manager.name(…)` and `query_set.name(…)`.
object call_manager(environment& e, const manager& m, std::string_view name, syntax::span name_span,
                    const call_arguments& given);
object call_query(environment& e, const std::shared_ptr<query_object>& q, std::string_view name, syntax::span name_span,
                  const call_arguments& given);
/// A method of any QuerySet, by a name that is one.
object call_method(environment& e, const std::shared_ptr<query_object>& q, std::string_view name,
                   const call_arguments& given);
/// `query | query` and `query & query`.
object combine_queries(environment& e, syntax::op sign, syntax::span where, const std::shared_ptr<query_object>& a,
                       const std::shared_ptr<query_object>& b);
/// `query_set[i]` and `query_set[a:b:c]`.
object index_query(environment& e, const std::shared_ptr<query_object>& q, std::int64_t index, syntax::span where);
object slice_query(environment& e, const std::shared_ptr<query_object>& q, const slice_bounds& b, syntax::span where);
/// Every method of QuerySets that managers have too, in no order.
std::vector<std::string_view> query_method_names();
/// An attribute that is not called: fails, with a suggestion.
[[noreturn]] void refuse_attribute(environment& e, std::string_view owner, bool manager, std::string_view name,
                                   syntax::span name_span);

/// The one row of a model whose column has this value, or DoesNotExist.
std::shared_ptr<instance> fetch_one(environment& e, std::uint32_t model, std::string_view path, const object& what);

}  // namespace quarry::text
