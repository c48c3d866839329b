// Values as JSON, in the form that every front end prints and fixtures are written in: dates, decimals and other values that JSON
// lacks are objects with one key that starts with '$'.
#pragma once

#include <string>
#include <string_view>

#include <quarry/core/text/object.hpp>

namespace quarry::text {

/// One line of JSON. QuerySets must have been fetched. Throws type_error for what is no value (a manager, a condition, …).
std::string canonical_json(const object& o, const ir::catalog& catalog);
/// {"$error": "FieldError"}
std::string canonical_json(const ir::diagnostic& d);

/// A document of tagged values as dicts, lists and values. A diagnostic of wrong JSON points into `text`.
ir::result<object> parse_canonical(std::string_view text);

/// The JSON document of a plain value, list or dict: what a JSON column stores. Throws type_error for other objects.
std::string json_text(const object& o);
/// The other way round. Throws value_error for text that is no JSON.
object from_json(std::string_view text);

}  // namespace quarry::text
