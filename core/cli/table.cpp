#include <quarry/core/cli/table.hpp>

#include <algorithm>

#include <quarry/core/text/canonical.hpp>

namespace quarry::cli {
namespace {

using text::object;

std::size_t width(std::string_view s) {
  return static_cast<std::size_t>(
      std::count_if(s.begin(), s.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

void pad(std::string& out, std::string_view cell, std::size_t wanted, bool right) {
  const std::string blanks(wanted - width(cell), ' ');
  out += right ? blanks + std::string(cell) : std::string(cell) + blanks;
}

/// Control characters would break the lines of the table.
std::string one_line(std::string_view s) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string out;
  for (const char c : s) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '\n') out += "\\n";
    else if (c == '\t') out += "\\t";
    else if (c == '\r') out += "\\r";
    else if (code < 0x20 || code == 0x7f) out.append("\\x").append({hex[code >> 4U], hex[code & 15U]});
    else out += c;
  }
  return out;
}

struct cell_text {
  const ir::catalog& catalog;
  const object& o;
  std::string operator()(std::monostate) const { return "NULL"; }
  std::string operator()(bool b) const { return b ? "true" : "false"; }
  std::string operator()(const std::string& s) const { return one_line(s); }
  std::string operator()(const decimal& d) const { return d.text(); }
  std::string operator()(const date& d) const { return to_text(d); }
  std::string operator()(const time_of_day& t) const { return to_text(t); }
  std::string operator()(const uuid& u) const { return u.text(); }
  std::string operator()(const json& j) const { return one_line(j.text); }
  std::string operator()(const bytes& b) const { return std::to_string(b.size()) + " bytes"; }
  std::string operator()(const datetime& t) const {
    std::string out = to_text(t);
    out[out.find('T')] = ' ';
    return out;
  }
  std::string operator()(const duration& d) const {
    const std::string seconds = std::to_string(d.count() / 1'000'000);
    return d.count() % 1'000'000 == 0 ? seconds + " s" : std::to_string(d.count()) + " µs";
  }
  template <class T>
  std::string operator()(const T&) const {
    return text::canonical_json(o, catalog);
  }
};

std::string cell(const object& o, const ir::catalog& catalog) {
  if (const value* v = o.plain()) return std::visit(cell_text{catalog, o}, v->data());
  return one_line(text::canonical_json(o, catalog));
}

bool is_number(const object& o) { return o.scalar<std::int64_t>() || o.scalar<double>() || o.scalar<decimal>(); }

class table_builder {
 public:
  explicit table_builder(const ir::catalog& catalog) : catalog_(catalog) {}

  void headings(std::vector<std::string> names) { out_.headings = std::move(names); }
  void add(const std::vector<object>& cells) {
    std::vector<std::string> row;
    for (std::size_t c = 0; c < cells.size(); ++c) {
      if (c >= out_.numeric.size()) out_.numeric.push_back(true);
      out_.numeric[c] = out_.numeric[c] && (is_number(cells[c]) || cells[c].is_none());
      row.push_back(cell(cells[c], catalog_));
    }
    out_.rows.push_back(std::move(row));
  }
  void add_row(const text::instance& i) { add(i.values); }
  void add_dict(const text::mapping& d) {
    std::vector<object> cells;
    for (const auto& [key, what] : d.entries) cells.push_back(what);
    add(cells);
  }
  table finish() && {
    std::size_t columns = out_.headings.size();
    for (const auto& row : out_.rows) columns = std::max(columns, row.size());
    for (std::size_t c = out_.headings.size(); c < columns; ++c)
      out_.headings.push_back(columns == 1 ? "value" : std::to_string(c + 1));
    for (auto& row : out_.rows) row.resize(columns);
    out_.numeric.resize(columns, false);
    return std::move(out_);
  }

 private:
  const ir::catalog& catalog_;
  table out_;
};

std::vector<std::string> columns_of(const ir::model& m, const ir::catalog& catalog) {
  std::vector<std::string> out;
  for (const ir::column& c : m.columns) out.emplace_back(catalog.text(c.name));
  return out;
}

std::vector<std::string> keys_of(const text::mapping& d, const ir::catalog& catalog) {
  std::vector<std::string> out;
  for (const auto& [key, what] : d.entries) out.push_back(cell(key, catalog));
  return out;
}

bool same_keys(const object& a, const text::mapping& b, const ir::catalog& catalog) {
  return a.dict() && keys_of(*a.dict(), catalog) == keys_of(b, catalog);
}

/// Rows of one kind make columns; anything else is one column of values.
std::string render_rows(const std::vector<object>& rows, std::vector<std::string> names, const ir::catalog& catalog) {
  table_builder build(catalog);
  const auto all = [&](auto&& test) { return !rows.empty() && std::all_of(rows.begin(), rows.end(), test); };
  if (all([&](const object& o) { return o.row() && o.row()->model == rows.front().row()->model; })) {
    build.headings(columns_of(catalog.at(rows.front().row()->model), catalog));
    for (const object& o : rows) build.add_row(*o.row());
  } else if (all([&](const object& o) { return rows.front().dict() && same_keys(o, *rows.front().dict(), catalog); })) {
    build.headings(keys_of(*rows.front().dict(), catalog));
    for (const object& o : rows) build.add_dict(*o.dict());
  } else if (all([](const object& o) { return o.items() != nullptr; })) {
    build.headings(std::move(names));
    for (const object& o : rows) build.add(o.items()->items);
  } else {
    build.headings(std::move(names));
    for (const object& o : rows) build.add({o});
  }
  return render(std::move(build).finish());
}

}  // namespace

std::string render(const table& t) {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < t.headings.size(); ++c) {
    widths.push_back(width(t.headings[c]));
    for (const auto& row : t.rows) widths[c] = std::max(widths[c], width(row[c]));
  }
  std::string out;
  const auto line = [&](const std::vector<std::string>& cells, bool heading) {
    std::string text;
    for (std::size_t c = 0; c < cells.size(); ++c) {
      text += c == 0 ? " " : " | ";
      pad(text, cells[c], widths[c], t.numeric[c] && !heading);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + '\n';
  };
  if (!t.headings.empty()) {
    line(t.headings, true);
    for (std::size_t c = 0; c < widths.size(); ++c) out += (c == 0 ? "" : "+") + std::string(widths[c] + 2, '-');
    out += '\n';
  }
  for (const auto& row : t.rows) line(row, false);
  return out + (t.rows.size() == 1 ? "(1 row)\n" : "(" + std::to_string(t.rows.size()) + " rows)\n");
}

std::string render(const object& o, const ir::catalog& catalog) {
  if (const auto q = o.query(); q && q->rows) {
    std::vector<std::string> names = q->names;
    if (q->form == text::row_form::instances) names = columns_of(catalog.at(q->chain.model()), catalog);
    if (q->form == text::row_form::flat) names.resize(1);
    return render_rows(*q->rows, std::move(names), catalog);
  }
  if (const auto* s = o.items()) return render_rows(s->items, {}, catalog);
  if (o.row() || o.dict()) return render_rows({o}, {}, catalog);
  return cell(o, catalog) + "\n";
}

}  // namespace quarry::cli
