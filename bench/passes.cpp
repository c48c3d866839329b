#include "passes.hpp"

#include <stdexcept>
#include <string>

#include <quarry/ir/text/parse.hpp>

#include "blog.hpp"

namespace quarry::bench {

staged_pass::staged_pass(const pass_row& row, bool fires)
    : row_(row), fires_(fires), catalog_(make_query_set<blog::Entry>(nullptr).chain().catalog()) {
  prepare();
  // A row that measures something else than its name says is worse than none.
  const ir::rel_id made = runner_.run_one(context_, root_, row_.pass);
  if ((made != root_) != fires_)
    throw std::logic_error(std::string(row_.pass) + (fires_ ? " does nothing" : " does something") + " in its row");
}

void staged_pass::prepare() {
  context_.reset(*catalog_);
  const std::string text = "query(%0: i64!, %1: text!, %2: i32! from year) {  ; stage logical\n" +
      std::string(fires_ ? row_.fires : row_.stays) + "\n}\n";
  root_ = ir::rel_id(unwrap(ir::parse_query(context_, text)).root);
}

void staged_pass::run() { runner_.run_one(context_, root_, row_.pass); }

}  // namespace quarry::bench
