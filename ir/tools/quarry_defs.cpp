// quarry-defs: writes what is generated from the .def files. Run by `./dev build`'s staleness test and, with a file, by hand.
//   quarry-defs header FILE   replaces the generated section of quarry_plugin.h
//   quarry-defs errors        prints docs/errors.md
//   quarry-defs passes DIR    prints docs/passes.md; DIR is the checkout
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include <quarry/ir/passes/page.hpp>
#include <quarry/ir/text/abi_header.hpp>

namespace {

using quarry::ir::abi_header_section;

int write_header(const char* path) {
  std::ifstream in(path);
  std::stringstream content;
  content << in.rdbuf();
  const std::string old = content.str();
  const std::string begin = "/* BEGIN GENERATED NUMBERS */\n";
  const std::size_t from = old.find(begin);
  const std::size_t to = old.find("/* END GENERATED NUMBERS */");
  if (from == std::string::npos || to == std::string::npos) {
    std::cerr << "quarry-defs: " << path << " has no generated section\n";
    return 1;
  }
  std::ofstream(path) << old.substr(0, from + begin.size()) << abi_header_section() << old.substr(to);
  return 0;
}

void print_errors() {
  std::cout << "# Diagnostics\n\nGenerated from `ir/support/diagnostics.def`. `{0}`, `{1}` … stand for the user's own "
               "words.\n";
  std::string family;
#define QUARRY_DIAGNOSTIC(number, name, family_, exception, text)                          \
  if (family != #family_) {                                                                \
    family = #family_;                                                                     \
    std::cout << "\n## " << family << "\n\n| id | exception | message |\n|---|---|---|\n"; \
  }                                                                                        \
  std::cout << "| QRY" << number << " | " << exception << " | " << text << " |\n";
#include <quarry/ir/support/diagnostics.def>
#undef QUARRY_DIAGNOSTIC
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "header" && argc == 3) return write_header(argv[2]);
  if (what == "errors" && argc == 2) {
    print_errors();
    return 0;
  }
  if (what == "passes" && argc == 3) {
    std::cout << quarry::ir::passes_page(argv[2]);
    return 0;
  }
  std::cerr << "usage: quarry-defs header FILE | errors | passes DIR\n";
  return 2;
}
