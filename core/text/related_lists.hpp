// Lists of related objects that come with a query: select_related() across to-many relations, and what masks say of prefetched lists.
#pragma once

#include <string_view>
#include <vector>

#include <quarry/core/text/environment.hpp>

namespace quarry::text {

void add_once(std::vector<std::string>& names, std::string_view name);

/// One more path of select_related(), which may cross to-many relations. Throws FieldError for one that leads to no object.
void add_related(environment& e, std::uint32_t model, loading& what, const detail::path_ref& path);

/// Every relation of the model, in both directions; `follow`: with those of the related objects, each model once.
void add_all_related(environment& e, std::uint32_t model, loading& what, bool follow);

/// What prefetch() has to fetch for the rows of a query.
std::vector<prefetch_request> list_requests(environment& e, const query_object& q);

/// Whether rows of the query with the same object count once: one that fills lists.
inline bool each_once(const query_object& q) noexcept {
  return q.form == row_form::instances && (q.loading.once || !q.loading.lists.empty());
}
/// Whether the chain may give an object several times: it reads columns across a to-many relation.
bool may_repeat(environment& e, const detail::chain& c);

}  // namespace quarry::text
