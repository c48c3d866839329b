// Methods of QuerySets that ormar's relation proxies and Ryx have and Django lacks.
#pragma once

#include <memory>

#include <quarry/core/text/environment.hpp>

namespace quarry::text {

object limit(environment& e, const std::shared_ptr<query_object>& q, const call_arguments& given);
object offset(environment& e, const std::shared_ptr<query_object>& q, const call_arguments& given);
object paginate(environment& e, const std::shared_ptr<query_object>& q, const call_arguments& given);
object get_or_none(environment& e, const std::shared_ptr<query_object>& q, const call_arguments& given);
object least(environment& e, const std::shared_ptr<query_object>& q, const call_arguments& given);
object greatest(environment& e, const std::shared_ptr<query_object>& q, const call_arguments& given);
object total(environment& e, const std::shared_ptr<query_object>& q, const call_arguments& given);
object average(environment& e, const std::shared_ptr<query_object>& q, const call_arguments& given);
object fields(environment& e, const std::shared_ptr<query_object>& q, const call_arguments& given);
object exclude_fields(environment& e, const std::shared_ptr<query_object>& q, const call_arguments& given);
object select_all(environment& e, const std::shared_ptr<query_object>& q, const call_arguments& given);

/// The columns of values() and values_list() one by one, whatever form they were given in: without the keywords of those pages.
call_arguments spread_columns(environment& e, const query_object& q, const call_arguments& given);

}  // namespace quarry::text
