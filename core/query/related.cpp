#include <quarry/core/query/related.hpp>

namespace quarry::detail {

const chain* chosen_rows(const prefetch_choices& choices, std::string_view path) noexcept {
  if (choices)
    for (const prefetch_choice& c : *choices)
      if (c.path == path) return &c.rows;
  return nullptr;
}

prefetch_choices with_choice(const prefetch_choices& before, std::string_view path, const chain& rows,
                             const prefetch_choices& below) {
  std::vector<prefetch_choice> all;
  if (before)
    for (const prefetch_choice& c : *before)
      if (c.path != path) all.push_back(c);
  all.push_back({std::string(path), rows});
  if (below)
    for (const prefetch_choice& c : *below) all.push_back({std::string(path) + "__" + c.path, c.rows});
  return std::make_shared<const std::vector<prefetch_choice>>(std::move(all));
}

std::uint32_t relation_named(const ir::catalog& catalog, std::uint32_t model, std::string_view name) noexcept {
  return catalog.find(model, name).index;
}

}  // namespace quarry::detail
