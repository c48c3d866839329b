// libFuzzer target over .qir files: catalogs, facts, queries of every stage. What parses must print, come back as the same tree, and
// go through the verifier; a sound query must go through the lowering.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include <quarry/ir/text/parse.hpp>
#include <quarry/ir/text/print.hpp>
#include <quarry/ir/text/same_tree.hpp>
#include <quarry/ir/tools/golden.hpp>
#include <quarry/ir/verify/verify.hpp>

namespace {

using namespace quarry::ir;

void check(const golden_file& file, const golden_case& c) {
  context cx, again;
  cx.reset(*file.schema);
  again.reset(*file.schema);
  auto parsed = parse_query(cx, file.text, c.input.begin, c.input.end);
  if (!parsed) return;
  const std::string text = print(cx, parsed->root, parsed->at);
  auto back = parse_query(again, text);
  if (!back || !tree_difference(cx, parsed->root, again, back->root).empty() ||
      print(again, back->root, back->at) != text)
    std::abort();
  if (!verify(cx, parsed->root, parsed->at)) return;
  golden_options careful;
  careful.verify = careful.reparse = true;
  static_cast<void>(run_case(file, c, careful));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto file = parse_golden(std::string(reinterpret_cast<const char*>(data), size));
  if (!file) return 0;
  for (const golden_case& c : file->cases) check(*file, c);
  return 0;
}
