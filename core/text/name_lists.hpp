// Names of fields as ormar and Ryx take them: a text, a list, a set, a nested dict, or the same as a keyword.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <quarry/core/text/environment.hpp>

namespace quarry::text {

/// What may stand where Django takes names one by one.
enum class name_forms : std::uint8_t {
  lists,  ///< one list or tuple
  masks   ///< a set or a dict of dicts too: `...` is a leaf, a set the last level
};

/// Whether one list (or what else `forms` allows), or the keyword, stands for the names.
bool is_collective(const call_arguments& given, std::string_view keyword, name_forms forms);

/// The names of one list or of the keyword, as if each had been an argument of its own; other arguments as they are.
call_arguments spread(environment& e, const call_arguments& given, std::string_view keyword, name_forms forms);

/// The paths that the one argument of fields() or exclude_fields() names.
std::vector<argument> mask_names(environment& e, const call_arguments& given);

}  // namespace quarry::text
