// raw(): statements of the application whose rows are objects. Only where the evaluator was told that the text is trusted.
#pragma once

#include <memory>
#include <vector>

#include <quarry/core/text/environment.hpp>

namespace quarry::text {

/// `raw(raw_query, params=…, translations=…)` on the model of a query; what else the query says does not count.
object raw(environment& e, const std::shared_ptr<query_object>& q, const call_arguments& given);

/// The rows of a raw query: columns are fields by their names, what has no field is a value beside them, and fields without a column are
/// read when they are asked for. Throws FieldDoesNotExist where the primary key is missing.
std::vector<object> fetch_raw(environment& e, const query_object& q);

/// The methods and attributes that a raw query has.
object call_raw(environment& e, const std::shared_ptr<query_object>& q, std::string_view name, syntax::span name_span,
                const call_arguments& given);
object raw_attribute(environment& e, const query_object& q, std::string_view name, syntax::span name_span);

}  // namespace quarry::text
