// prefetch_related(): the related objects of many rows by one query a relation.
#pragma once

#include <memory>
#include <vector>

#include <quarry/core/text/environment.hpp>

namespace quarry::text {

object prefetch_related(environment& e, const std::shared_ptr<query_object>& q, const call_arguments& given);
/// `Prefetch("entry_set", queryset=…, to_attr="recent")`
object make_prefetch(environment& e, const call_arguments& given);

/// Fetches what the requests name, one after the other, and hangs it on the rows. Throws quarry::error.
void prefetch(environment& e, const std::vector<object>& rows, const std::vector<prefetch_request>& requests);

}  // namespace quarry::text
