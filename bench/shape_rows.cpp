#include "shape_rows.hpp"

#include <chrono>
#include <string>

#include <quarry/core/query/value.hpp>

namespace quarry::bench {
namespace {

std::string text_of(const quarry_cell& c) {
  if ((c.flags & QUARRY_CELL_NULL) != 0 || c.type == QUARRY_TYPE_UNKNOWN) return {};
  switch (c.type) {
    case QUARRY_TYPE_DATE: return to_text(date(std::chrono::sys_days(std::chrono::days(static_cast<int>(c.v.i)))));
    case QUARRY_TYPE_TEXT:
    case QUARRY_TYPE_DECIMAL: return {static_cast<const char*>(c.v.p), c.len};
    case QUARRY_TYPE_FLOAT64: return std::to_string(c.v.d);
    default: return std::to_string(c.v.i);
  }
}

}  // namespace

void run_query(const database& db, const detail::chain& query, std::vector<text_row>* rows) {
  detail::cursor from = db.session()->run(query);
  for (std::span<const quarry_cell> cells = from.next(); !cells.empty(); cells = from.next()) {
    if (rows == nullptr) continue;
    text_row row;
    for (const quarry_cell& c : cells) {
      row += text_of(c);
      row += '\0';
    }
    rows->push_back(std::move(row));
  }
}

}  // namespace quarry::bench
