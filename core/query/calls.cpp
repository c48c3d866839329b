#include <quarry/core/query/calls.hpp>

namespace quarry::detail {

tree call_tree(std::string_view function, std::span<const tree> arguments, ir::type gives) {
  return unwrap(make_call(path_ref::text(function), arguments, gives));
}

tree collate_tree(const tree& value, std::string_view collation) {
  return unwrap(make_collate(value, path_ref::text(collation)));
}

}  // namespace quarry::detail
