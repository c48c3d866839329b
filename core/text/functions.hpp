// Names that are not the user's own: constructors of values, Q and F, a few functions of Python.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <quarry/core/text/environment.hpp>

namespace quarry::text {

struct function_entry {
  std::string_view name;      ///< with what it is an attribute of: "date.today"
  object (*call)(environment&, const call_arguments&);
  std::string_view same_as;   ///< another name for that entry
};

/// What a name stands for that is neither a variable nor a model: a function or a module.
std::optional<object> builtin(std::string_view name);
/// `owner.name` for a module or a function, such as `datetime.date` and `date.today`.
std::optional<object> builtin_attribute(const object& owner, std::string_view name);
/// A name of Django that is known and not supported yet.
bool is_later_name(std::string_view name) noexcept;
std::vector<std::string_view> builtin_names();
/// What may stand after `of.`: "today" for "date".
std::vector<std::string_view> builtin_members(std::string_view of);

}  // namespace quarry::text
