// What is loaded of each object: only(), defer(), select_related(), and rows that hold several objects.
#pragma once

#include <memory>
#include <span>

#include <quarry/core/text/environment.hpp>

namespace quarry::text {

object only(environment& e, const std::shared_ptr<query_object>& q, const call_arguments& given);
object defer(environment& e, const std::shared_ptr<query_object>& q, const call_arguments& given);
object select_related(environment& e, const std::shared_ptr<query_object>& q, const call_arguments& given);

/// The query with other things loaded of its objects. Throws what only(), select_related() and the like throw.
std::shared_ptr<query_object> loaded(environment& e, const std::shared_ptr<query_object>& q, loading what);

/// A row of these parts as it came from the database: the first object, which knows the others.
object make_rows(environment& e, const std::vector<row_part>& parts, std::span<const quarry_cell> cells);

}  // namespace quarry::text
