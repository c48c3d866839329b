// Results as tables, for people.
#pragma once

#include <string>
#include <vector>

#include <quarry/core/text/object.hpp>

namespace quarry::cli {

struct table {
  std::vector<std::string> headings;
  std::vector<std::vector<std::string>> rows;
  std::vector<bool> numeric;  ///< columns that line up on the right
};

/// Columns as wide as their widest cell, in code points; a line of how many rows there are at the end.
std::string render(const table& t);

/// A fetched result: rows as a table, a single value as a line.
std::string render(const text::object& o, const ir::catalog& catalog);

}  // namespace quarry::cli
