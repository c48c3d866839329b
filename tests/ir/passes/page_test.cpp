#include <quarry/ir/passes/page.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include <quarry/ir/passes/pipeline.hpp>

namespace quarry::ir {
namespace {

TEST(the_page_on_passes, is_up_to_date) {
  const std::string source = QUARRY_SOURCE_DIR;
  std::ifstream in(source + "/docs/passes.md", std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  EXPECT_EQ(text.str(), passes_page(source)) << "run: quarry-defs passes . >docs/passes.md";
}

TEST(the_page_on_passes, tells_the_contract_of_each_and_shows_it) {
  const std::string page = passes_page(QUARRY_SOURCE_DIR);
  for (const pass_info& p : all_passes()) {
    const std::string head = "\n## " + std::string(p.name) + "\n";
    const std::size_t at = page.find(head);
    ASSERT_NE(at, std::string::npos) << p.name;
    const std::string part = page.substr(at, page.find("\n## ", at + 1) - at);
    for (const char* word :
         {"Needs:", "Gives:", "Never:", "==>", "Example:", "Valid under", "Left as it is:", "\n-- becomes\n"})
      EXPECT_NE(part.find(word), std::string::npos) << p.name << " lacks " << word;
  }
}

}  // namespace
}  // namespace quarry::ir
