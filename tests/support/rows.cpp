#include "support/rows.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace quarry::test {

std::string to_text(const cell& c) {
  struct writer {
    std::string operator()(std::monostate) const { return "NULL"; }
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(std::int64_t v) const { return std::to_string(v); }
    std::string operator()(double v) const { return fmt::format("{}", v); }
    std::string operator()(const std::string& v) const { return "'" + v + "'"; }
  };
  return std::visit(writer{}, c);
}

std::string to_text(const row& r) {
  std::string out = "(";
  for (const cell& c : r) {
    if (out.size() > 1) out += ", ";
    out += to_text(c);
  }
  return out + ")";
}

std::string to_text(const std::vector<row>& rows) {
  std::string out;
  for (const row& r : rows) out += to_text(r) + "\n";
  return out;
}

std::string to_text(const ir::catalog& schema, const table_rows& tables) {
  std::string out;
  for (std::size_t m = 0; m < tables.of.size(); ++m) {
    const ir::model& model = schema.models()[m];
    out += std::string(schema.text(model.name)) + " (";
    for (const ir::column& c : model.columns) {
      if (&c != model.columns.data()) out += ", ";
      out += schema.text(c.name);
    }
    out += "):";
    for (const row& r : tables.of[m]) {
      out += " ";
      out += to_text(r);
    }
    out += "\n";
  }
  return out;
}

namespace {

/// Reals that differ only by how they were rounded are the same: ten digits count.
void round_reals(std::vector<row>& rows) {
  for (row& r : rows)
    for (cell& c : r)
      if (double* const v = std::get_if<double>(&c)) *v = *v == 0 ? 0 : std::stod(fmt::format("{:.10g}", *v));
}

}  // namespace

bool same_rows(std::vector<row> a, std::vector<row> b, bool ordered) {
  if (a.size() != b.size()) return false;
  round_reals(a);
  round_reals(b);
  if (!ordered) {
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
  }
  return a == b;
}

}  // namespace quarry::test
