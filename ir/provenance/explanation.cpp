#include <quarry/ir/provenance/explanation.hpp>

#include <quarry/ir/support/source_line.hpp>

namespace quarry::ir {
namespace {

void write(std::string& out, const explanation::note& n, std::size_t indent) {
  out += std::string(indent, ' ') + n.text;
  if (!n.rule.empty()) out += "  [" + n.rule + "]";
  out += '\n';
  if (n.words.present() && n.words.span.present())
    out += source_line(n.words.source, n.words.span, indent + 4, true) + '\n';
}

}  // namespace

std::string explanation::text() const {
  std::string out;
  for (const item& i : items) {
    const std::size_t indent = 2 * std::size_t{i.depth};
    out += std::string(indent, ' ') + i.form;
    if (!i.table.empty()) out += " " + i.table;
    if (!i.name.empty()) out += (i.table.empty() ? " (…) " : " ") + i.name;
    out += '\n';
    for (const note& n : i.notes) write(out, n, indent + 4);
  }
  if (!gone.empty()) out += "not in the SQL\n";
  for (const note& n : gone) write(out, n, 4);
  return out;
}

}  // namespace quarry::ir
