#include <quarry/core/text/loaded_lists.hpp>

#include <algorithm>

#include <quarry/core/query/verbs.hpp>

namespace quarry::text {

const std::vector<object>& loaded_list(const manager& m) {
  static const std::vector<object> empty;
  const auto known = m.parent->loaded.find(m.relation);
  return known == m.parent->loaded.end() ? empty : known->second;
}

void fill_list(environment& e, const std::shared_ptr<instance>& parent, std::uint32_t relation,
               std::vector<object> rows) {
  parent->loaded[relation] = std::move(rows);
  e.linked.push_back(parent);
}

void add_to_list(environment& e, const manager& m, const object& row) {
  m.parent->loaded[m.relation].push_back(row);
  e.linked.push_back(m.parent);
}

void fill_list(environment& e, const query_object& q, const std::vector<object>& rows) {
  if (!q.relation || q.form != row_form::instances) return;
  std::vector<object> list = rows;
  if (!detail::has_order(q.chain)) sort_by_key(e, list);
  fill_list(e, q.relation->parent, q.relation->relation, std::move(list));
}

void sort_by_key(const environment& e, std::vector<object>& rows) {
  const auto key = [&](const object& o) -> const object& {
    const auto row = o.row();
    return row->values[e.model(row->model).primary_key];
  };
  std::vector<std::size_t> order(rows.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const int c = compare(key(rows[a]), key(rows[b])).value_or(0);
    return c != 0 ? c < 0 : a < b;  // equal ones stay as they came
  });
  std::vector<object> sorted;
  for (const std::size_t i : order) sorted.push_back(std::move(rows[i]));
  rows = std::move(sorted);
}

}  // namespace quarry::text
