// Writing objects: INSERT and UPDATE of one row.
#pragma once

#include <cstdint>
#include <vector>

#include <quarry/core/exec/decode.hpp>
#include <quarry/core/exec/session.hpp>
#include <quarry/core/query/verbs.hpp>

namespace quarry::detail {

/// Writes the object as a new row; a key that the database makes is put into the object.
template <class Model>
void insert(session& s, Model& object) {
  auto& key = object.*(meta<Model>::value.template member<key_position<Model>()>());
  constexpr bool generated = std::same_as<std::remove_cvref_t<decltype(key)>, auto_id>;
  bool with_key = true;
  if constexpr (generated) with_key = key.has_value();
  const std::vector<assignment> row = assignments_of(object, with_key);
  const std::int64_t made = s.insert(catalog_of<schema_of<Model>>(), position_of<Model>, row);
  if constexpr (generated)
    if (!with_key) key = made;
}

/// Writes the object as it is: INSERT while its key is unset; else UPDATE, and INSERT when no row has that key.
template <class Model>
void save(session& s, Model& object) {
  const operand key = columns_of<Model>[key_column<Model>()].get(object);
  if (key.form != operand_form::null) {
    const auto& catalog = catalog_of<schema_of<Model>>();
    if constexpr (columns_of<Model>.size() == 1) {
      if (row_exists(s, catalog, position_of<Model>, key)) return;  // there is nothing that could change
    } else {
      const std::vector<assignment> row = assignments_of(object, false);
      if (s.update(catalog, position_of<Model>, key, row) > 0) return;
    }
  }
  insert(s, object);
}

}  // namespace quarry::detail
