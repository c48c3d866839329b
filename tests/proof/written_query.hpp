// A query written as text over rows written by hand.
#pragma once

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include <quarry/ir/text/parse.hpp>
#include <quarry/ir/text/parse_catalog.hpp>
#include <quarry/ir/verify/verify.hpp>

#include "support/interpreter.hpp"

namespace quarry::test {

class written_query : public testing::Test {
 protected:
  explicit written_query(std::string_view schema) : schema_(*ir::parse_catalog(schema)) {
    tables_.of.resize(schema_->models().size());
  }
  std::vector<row>& rows_of(std::string_view model) { return tables_.of[schema_->find_model(model)]; }

  /// Parses and verifies; `text` is what stands between the braces.
  ir::rel_id parse(std::string_view head, std::string_view text) {
    cx_.reset(*schema_);
    const std::string whole = "query(" + std::string(head) + ") {  ; stage logical\n" + std::string(text) + "\n}\n";
    auto parsed = ir::parse_query(cx_, whole);
    if (!parsed) {
      ADD_FAILURE() << ir::render(parsed.error()) << whole;
      return {};
    }
    if (auto sound = ir::verify(cx_, parsed->root, ir::stage::logical); !sound)
      ADD_FAILURE() << ir::render(sound.error()) << whole;
    return ir::rel_id(parsed->root);
  }
  std::vector<row> answer(std::string_view text) { return answer("", text, {}); }
  std::vector<row> answer(std::string_view head, std::string_view text, const param_values& values) {
    const ir::rel_id root = parse(head, text);
    return root.present() ? interpret(cx_, root, tables_, values) : std::vector<row>();
  }

  std::shared_ptr<const ir::catalog> schema_;
  table_rows tables_;
  ir::context cx_;
};

}  // namespace quarry::test
