#ifndef QUARRY_TESTS_DIALECTS_CASES_HPP
#define QUARRY_TESTS_DIALECTS_CASES_HPP

#include <functional>
#include <string>
#include <vector>

#include "support/tree_builder.hpp"

namespace quarry::test {

// A statement of the SQL stage: its text in each dialect is compared with that dialect's statements.golden, and that of SQLite is run
// on a database with the tables of `schema`.
struct statement_case {
  std::string name;
  std::function<tree_builder::id(tree_builder&)> build;
};

// Kinds, then every operation.
std::vector<statement_case> statement_cases();

// Arguments of fitting types for an operation, and the type of its result.
struct op_sample {
  std::vector<tree_builder::id> args;
  quarry_type result;
};
op_sample sample_of(tree_builder& t, std::uint32_t op);
std::vector<std::uint32_t> all_ops();

// Tables blog, author and entry as the cases use them.
extern const char* const schema;

}  // namespace quarry::test

#endif
