#include <quarry/core/query/annotations.hpp>

namespace quarry::detail {

void raise_not_an_expression(std::string_view name) {
  raise(ir::diag::wrong_argument, {name, "an expression (Value() makes one of a value)", "a value"});
}

path_ref expression_name(std::size_t position, std::vector<std::string>& keep) {
  keep.push_back("expression" + std::to_string(position + 1));
  return path_ref::text(keep.back());
}

}  // namespace quarry::detail
