// Rows of models as objects: construction, attributes, related objects, save().
#pragma once

#include <span>

#include <quarry/core/text/environment.hpp>

namespace quarry::text {

/// A row as it came from the database.
object make_row(environment& e, std::uint32_t model, std::span<const quarry_cell> cells);

/// The value of a column; one that only() or defer() left out is fetched now.
const object& column_value(environment& e, instance& row, std::uint32_t column);

/// `Entry(headline="…", blog=b)`: a row that is not saved.
std::shared_ptr<instance> construct(environment& e, std::uint32_t model, const call_arguments& given);
/// `manager.create(…)`: constructed, related to the manager's parent, and saved.
object create_row(environment& e, const manager& m, const call_arguments& given);

/// `row.name`: a column, a related object (fetched when it is not there yet), a manager of related rows.
object attribute_of(environment& e, const std::shared_ptr<instance>& row, std::string_view name,
                    syntax::span name_span);
void set_attribute(environment& e, const std::shared_ptr<instance>& row, std::string_view name, syntax::span name_span,
                   const object& what);
object call_instance(environment& e, const std::shared_ptr<instance>& row, std::string_view name,
                     syntax::span name_span, const call_arguments& given);
/// What an object can be asked to do.
std::vector<std::string_view> instance_method_names();

/// UPDATE of the row with this primary key, or INSERT where there is none; a `fresh` row is inserted, whatever its key.
void save(environment& e, instance& row, bool fresh = false);

}  // namespace quarry::text
