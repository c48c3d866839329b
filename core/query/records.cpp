#include <quarry/core/query/records.hpp>

#include <algorithm>

#include <quarry/core/query/verbs.hpp>

namespace quarry {

const value& dynamic_row::at(std::size_t position) const {
  if (position >= values_.size()) detail::raise_past_end();
  return values_[position];
}

const value& dynamic_row::operator[](std::string_view name) const {
  const auto found = std::find(names_->begin(), names_->end(), name);
  if (found == names_->end()) raise(ir::diag::no_value_of_name, {name});
  return values_[static_cast<std::size_t>(found - names_->begin())];
}

namespace detail {

std::vector<std::string> column_names(const ir::catalog& catalog, std::uint32_t model) {
  std::vector<std::string> out;
  for (const ir::column& c : catalog.at(model).columns) out.emplace_back(catalog.text(c.name));
  return out;
}

}  // namespace detail
}  // namespace quarry
