// Values of the C++ API as canonical JSON, so that they can be compared with the answers of the conformance cases.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <boost/json.hpp>

#include <quarry/core/quarry.hpp>

namespace quarry::test {

/// One seed case of a suite, written in C++.
struct spelled_seed {
  std::string_view id;
  boost::json::value (*answer)(const database& db);
};
struct suite {
  std::string_view name;
  std::shared_ptr<const ir::catalog> catalog;
  std::vector<spelled_seed> seeds;
  /// Readable cases that have no C++ form, each with the reason.
  std::map<std::string_view, std::string_view> unspelled;
};
suite blog_suite();
suite news_suite();
suite proxy_suite();

/// A value as it is written to a column.
boost::json::value answer_of(const detail::operand& value);
boost::json::value object_answer(const ir::catalog& catalog, std::uint32_t model,
                                 const std::vector<detail::operand>& columns);

inline boost::json::value answer(bool v) { return v; }
inline boost::json::value answer(std::integral auto v) { return static_cast<std::int64_t>(v); }
inline boost::json::value answer(double v) { return v; }
inline boost::json::value answer(const std::string& v) { return boost::json::string(v.data(), v.size()); }
inline boost::json::value answer(date v) { return answer_of(detail::to_operand(v)); }
inline boost::json::value answer(const auto_id& v) { return v ? boost::json::value(v.value()) : nullptr; }
template <class T, class Key>
boost::json::value answer(const foreign_key<T, Key>& v) {
  return answer(v.id());
}
template <class T>
  requires(detail::object_row<T>::is_object)
boost::json::value answer(const T& object) {
  using model_type = detail::model_of<T>;
  std::vector<detail::operand> columns;
  for (const auto& column : detail::columns_of<model_type>) columns.push_back(column.get(object));
  return object_answer(*catalog_of<detail::schema_of<model_type>>(), detail::position_of<model_type>, columns);
}
template <class T>
boost::json::value answer(const std::optional<T>& v) {
  return v ? answer(*v) : nullptr;
}
template <class... T>
boost::json::value answer(const std::tuple<T...>& row) {
  boost::json::array out;
  std::apply([&](const auto&... v) { (out.push_back(answer(v)), ...); }, row);
  return out;
}
template <class... Named>
boost::json::value answer(const record<Named...>& row) {
  boost::json::object out;
  std::size_t n = 0;
  std::apply([&](const auto&... v) { ((out[record<Named...>::names[n++]] = answer(v)), ...); }, row.values());
  return out;
}
template <class Rows>
  requires requires(const Rows& r) { r.begin() != r.end(); } && (!std::convertible_to<Rows, std::string_view>)
boost::json::value answer(const Rows& rows) {
  boost::json::array out;
  for (const auto& row : rows) out.push_back(answer(row));
  return out;
}
template <class Key, class Row>
boost::json::value answer(const std::map<Key, Row>& rows) {
  boost::json::object out;
  for (const auto& [key, row] : rows) {
    if constexpr (std::convertible_to<Key, std::string_view>) out[key] = answer(row);
    else out[std::to_string(key)] = answer(row);
  }
  return out;
}

/// values_list(…, flat=True): the one value of each row.
template <class Rows>
boost::json::value flat(const Rows& rows) {
  boost::json::array out;
  for (const auto& row : rows) out.push_back(answer(std::get<0>(row)));
  return out;
}
/// values(…): rows with names.
template <class Rows>
boost::json::value named(const std::vector<std::string_view>& names, const Rows& rows) {
  boost::json::array out;
  for (const auto& row : rows) {
    const boost::json::value values = answer(row);
    boost::json::object o;
    for (std::size_t i = 0; i < names.size(); ++i) o[names[i]] = values.as_array().at(i);
    out.push_back(std::move(o));
  }
  return out;
}

}  // namespace quarry::test
