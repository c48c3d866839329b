#include <quarry/core/query/raw_query_set.hpp>

#include <algorithm>

#include <quarry/core/errors.hpp>

namespace quarry::detail {
namespace {

std::string_view translated(const raw_translations& translations, std::string_view name) {
  for (const auto& [from, to] : translations)
    if (from == name) return to;
  return name;
}

}  // namespace

raw_rows::raw_rows(session& s, const chain& c, const raw_translations& translations,
                   std::span<const std::uint32_t> columns, std::span<const raw_value> values)
    : found_(s.run_raw(c, [&](std::string_view given) {
        const std::string_view name = translated(translations, given);
        for (const raw_value& v : values)
          if (v.name == name) return ir::type(v.type, true);
        for (const ir::column& column : c.catalog()->at(c.model()).columns)
          if (c.catalog()->text(column.name) == name) return column.type;
        return ir::types::null;
      })) {
  const ir::model& m = c.catalog()->at(c.model());
  const auto look = [&](std::string_view name) {
    const auto at = std::ranges::find_if(
        found_.names, [&](const std::string& given) { return translated(translations, given) == name; });
    if (at == found_.names.end()) raise(ir::diag::raw_without_column, {c.catalog()->text(m.name), name});
    from_.push_back(static_cast<std::size_t>(at - found_.names.begin()));
  };
  for (const std::uint32_t column : columns) look(c.catalog()->text(m.columns[column].name));
  for (const raw_value& v : values) look(v.name);
  row_.resize(from_.size());
}

std::span<const quarry_cell> raw_rows::next() {
  const std::span<const quarry_cell> cells = found_.rows.next();
  if (cells.empty()) return {};
  for (std::size_t i = 0; i < from_.size(); ++i) row_[i] = cells[from_[i]];
  return row_;
}

}  // namespace quarry::detail
