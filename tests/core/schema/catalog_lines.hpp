// A catalog as lines of text, for comparing and reading.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <quarry/ir/model/catalog.hpp>

namespace quarry::test {

inline std::string text_of(ir::type t) {
  std::string out(ir::name_of(t.kind()));
  if (t.kind() == ir::scalar::text && t.length() != 0) out += "(" + std::to_string(t.length()) + ")";
  if (t.kind() == ir::scalar::decimal)
    out += "(" + std::to_string(t.precision()) + "," + std::to_string(t.scale()) + ")";
  return out + (t.nullable() ? "?" : "");
}

/// Everything that matters of a model, a line for each column and relation.
inline std::vector<std::string> lines_of(const ir::catalog& c, std::string_view name) {
  const ir::model& m = c.at(c.find_model(name));
  std::vector<std::string> out = {m.label + " " + std::string(c.text(m.table))};
  for (const ir::column& col : m.columns) {
    std::string line = std::string(c.text(col.name)) + " " + text_of(col.type);
    if (col.db_name != col.name) line += " as " + std::string(c.text(col.db_name));
    if (col.primary_key) line += " key";
    if (col.generated) line += " generated";
    if (col.unique) line += " unique";
    if (col.indexed) line += " index";
    if (col.initial.what != ir::initial_value::form::absent) line += " initial";
    out.push_back(line);
  }
  for (const ir::relation& r : m.relations) {
    if (!r.accessor.present()) continue;
    std::string line =
        std::string(c.text(r.name)) + (r.forward ? " -> " : " <- ") + std::string(c.text(c.at(r.target).name));
    line += " by " + std::string(c.text(m.columns[r.local].name)) + "=" +
        std::string(c.text(c.at(r.target).columns[r.remote].name));
    if (r.many) line += " many";
    if (r.through != ir::none) line += " through " + std::string(c.text(c.at(r.through).table));
    out.push_back(line);
  }
  return out;
}

}  // namespace quarry::test
