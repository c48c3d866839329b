// Conformance cases: statements, an expression, and the answers that are right for it on the databases.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include <quarry/core/plan/options.hpp>
#include <quarry/ir/support/result.hpp>

namespace quarry::cli {

struct conformance_case {
  std::string id;
  std::vector<std::string> steps;
  std::string expression;
  bool ordered = true;
  boost::json::object fields;  ///< everything that the case says, answers included
};

/// One case a line; blank lines are none.
ir::result<std::vector<conformance_case>> read_cases(std::string_view lines);

/// How cases are judged: on which database (the name of its plugin), under which rules.
struct judge {
  std::string database;
  detail::compile_options rules;

  bool skips(const conformance_case& c) const;
  /// Null for a case that is answered, not judged.
  const boost::json::value* expected(const conformance_case& c) const;
  bool accepts(const conformance_case& c, const boost::json::value& actual) const;
};

}  // namespace quarry::cli
