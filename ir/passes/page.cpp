#include <quarry/ir/passes/page.hpp>

#include <fstream>
#include <sstream>
#include <string_view>

#include <quarry/ir/passes/pipeline.hpp>

namespace quarry::ir {
namespace {

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string with_underscores(std::string_view name) {
  std::string out(name);
  for (char& c : out)
    if (c == '-') c = '_';
  return out;
}

std::string_view class_name(pass_class c) {
  switch (c) {
    case pass_class::normal: return "normal";
    case pass_class::relation: return "relation";
    case pass_class::shape: return "shape";
  }
  return "";
}

/// The comment that opens a pass, without its name: prose as paragraphs, what is set further in as code.
std::string head_of(const std::string& file) {
  std::istringstream lines(file);
  std::string line, out;
  bool code = false;
  std::getline(lines, line);
  while (std::getline(lines, line) && line.starts_with("//")) {
    const std::string text = line.size() > 3 ? line.substr(3) : "";
    const bool set_in = text.starts_with("  ");
    if (set_in != code) out += code ? "```\n" : "\n```\n";
    code = set_in;
    out += (set_in ? text.substr(2) : text) + "\n";
  }
  return out + (code ? "```\n" : "");
}

/// The first case of a golden file that shows the SQL of what it changes: the IR before and after, the SQL before and
/// after.
std::string example_of(const std::string& file) {
  static constexpr std::string_view before = "\nsql before\n", after = "\nsql after\n";
  for (std::size_t at = file.find("\ncase "); at != std::string::npos;) {
    const std::size_t next = file.find("\ncase ", at + 1);
    const std::string one = file.substr(at + 1, next == std::string::npos ? next : next - at - 1);
    const std::size_t sql = one.find(before), changed = one.find(after);
    if (changed != std::string::npos) {
      const std::size_t body = one.find('\n') + 1, end = one.find('\n', changed + after.size());
      const std::size_t was = sql + before.size(), is = changed + after.size();
      return "Example: " + one.substr(5, body - 6) + ".\n\n```\n" + one.substr(body, sql - body) + "\n```\n\n```sql\n" +
          one.substr(was, changed - was) + "\n-- becomes\n" + one.substr(is, end - is) + "\n```\n";
    }
    at = next;
  }
  return "";
}

/// Why the pass leaves something as it is, a line each.
std::string declines_of(std::string_view pass) {
  std::string out;
  for (const decline_info& d : all_declines())
    if (d.pass == pass) out += "- `" + std::string(d.reason) + "`: " + std::string(d.doc) + "\n";
  return out.empty() ? out : "Left as it is:\n\n" + out;
}

}  // namespace

std::string passes_page(const std::string& source) {
  std::string out =
      "# Passes\n\nGenerated from `ir/passes/pipeline.def`, `declines.def`, the head of each pass and its first golden "
      "that shows SQL\n(`quarry-defs passes SOURCE_DIR`). The SQL is what the plugin of the build tree writes; a test "
      "holds "
      "it to that.\n\n"
      "The optional passes run over the logical stage, in this order. Correctness rests on none of them: each may be "
      "switched off\nby its name (`--disable`), all of them by `all`, and the rows stay the same.\n\n"
      "| pass | class | contract |\n|---|---|---|\n";
  for (const pass_info& p : all_passes())
    out += "| [" + std::string(p.name) + "](#" + std::string(p.name) + ") | " + std::string(class_name(p.group)) +
        " | " + std::string(p.contract) + " |\n";
  for (const pass_info& p : all_passes()) {
    const std::string file = with_underscores(p.name);
    out += "\n## " + std::string(p.name) + "\n\n" + head_of(content_of(source + "/ir/passes/" + file + ".cpp"));
    const std::string declines = declines_of(p.name);
    if (!declines.empty()) out += "\n" + declines;
    const std::string example = example_of(content_of(source + "/tests/ir/passes/" + file + ".qir"));
    if (!example.empty()) out += "\n" + example;
  }
  return out;
}

}  // namespace quarry::ir
