// The list that a relation of an object also is: the related objects that a read or a write met last.
#pragma once

#include <memory>
#include <vector>

#include <quarry/core/text/environment.hpp>

namespace quarry::text {

/// The related objects that the list of this relation holds; empty until something filled it. Never asks the database.
const std::vector<object>& loaded_list(const manager& m);

/// What the list holds from here on.
void fill_list(environment& e, const std::shared_ptr<instance>& parent, std::uint32_t relation,
               std::vector<object> rows);
/// The same with what a query over the relation gave: by primary key where the query has no order. Queries on other rows, and
/// those of values, leave every list alone.
void fill_list(environment& e, const query_object& q, const std::vector<object>& rows);

/// An object that was made for the relation stands behind what the list holds.
void add_to_list(environment& e, const manager& m, const object& row);

/// Objects of one model by their primary key.
void sort_by_key(const environment& e, std::vector<object>& rows);

}  // namespace quarry::text
