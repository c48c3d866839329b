// SQL text of the application within queries: extra(). Only where the evaluator was told that the text is trusted.
#pragma once

#include <memory>

#include <quarry/core/text/environment.hpp>

namespace quarry::text {

/// Throws SuspiciousOperation unless SQL text is allowed here.
void require_trusted_sql(const environment& e, std::string_view what, syntax::span where);

/// `extra(select=…, where=…, params=…, tables=…, order_by=…, select_params=…)`
object extra(environment& e, const std::shared_ptr<query_object>& q, const call_arguments& given);

}  // namespace quarry::text
