// The steps that methods of QuerySets are made of: shared by the files that hold such methods, and by nobody else.
#pragma once

#include <memory>
#include <vector>

#include <quarry/core/text/environment.hpp>

namespace quarry::text {

using query = std::shared_ptr<query_object>;

/// The same kind of rows from another chain.
query with(const query_object& q, detail::chain c);
query with(const query_object& q, ir::result<detail::chain> c);

/// The query narrowed by filter() or exclude().
query conditioned(environment& e, const query& q, detail::link_form form, const call_arguments& given);
inline bool has_arguments(const call_arguments& given) { return !given.plain.empty() || !given.named.empty(); }

/// The query with limit() and offset() as a slice of its chain, which no condition can follow.
query settled(const query& q);
/// The query as a condition on its rows, where limit() and offset() left some out: more conditions can follow.
query as_condition(environment& e, const query& q);
/// Rows low <= i < high of what the query gives.
query rows_between(const query& q, std::int64_t low, std::optional<std::int64_t> high);

/// The rows, as the database gives them now.
std::vector<object> fetch(environment& e, const query_object& q);
/// The one row that get() gives, or none. Throws MultipleObjectsReturned.
std::optional<object> fetch_single(environment& e, const query& q);

}  // namespace quarry::text
