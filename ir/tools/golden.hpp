// .qir files: queries before and after. `quarry-opt` and the tests run them through this.
//
//   catalog blog { … }                     ; parse_catalog.hpp
//   facts "A database" "1.0" { … }         ; optional, for the cases after it: what the connection can do
//   run logical                            ; what is done to the cases after it
//
//   case keeps rows whose key is NULL      ; a name up to the end of the line
//   run logical strict_exclude             ; optional: for this case alone
//   because key-may-be-null                ; optional: why the pass leaves things as they are (declines.def), which it must say itself;
//                                          ; `nothing` where nothing looks like its pattern, and it says nothing
//   query(%0 from text) {  ; stage surface
//     …
//   }
//   ==>
//   query(%0: text!) {  ; stage logical
//     …
//   }
//
// What stands after ==> ends with a blank line. It is a query, `noop` where nothing changed, or a diagnostic; then, where
// a line `sql` asks for it, the texts of a dialect: `sql before` of the query as it is, `sql after` of what became of it.
// Steps: related, logical, legal, sql; a pass by name; `passes`: all of them. Each first lowers the query as far as it needs.
// Options: native, strict_exclude, django_aggregates; settled: what is checked on commit holds.
// Facts: every kind, operation and type is legal except those `without`; `name = number` for the others (facts.def).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <quarry/ir/legalize/facts.hpp>
#include <quarry/ir/model/context.hpp>
#include <quarry/ir/support/result.hpp>

namespace quarry::ir {

struct text_range {
  std::size_t begin = 0, end = 0;
  bool empty() const noexcept { return begin == end; }
};

struct golden_case {
  std::string name;
  text_range input;
  text_range expected;  ///< empty before the first bless
  bool marked = false;  ///< has a line ==>
  std::size_t facts;  ///< index into golden_file::facts
  std::vector<std::string> run;
  std::vector<std::string> because;  ///< reasons that the pass has to give
  bool wants_sql = false;
  text_range sql;  ///< the lines of it, and what asks for them
};

struct golden_file {
  std::string text;
  std::shared_ptr<const catalog> schema;
  std::vector<ir::facts> facts;
  std::vector<golden_case> cases;

  std::string_view part(text_range r) const { return std::string_view(text).substr(r.begin, r.end - r.begin); }
};

result<golden_file> parse_golden(std::string text);

/// A reason of a pass, and how often it was met.
struct golden_reason {
  std::string_view name;
  std::uint32_t count = 0;
};

/// What one step did.
struct golden_step {
  std::string name;
  stage at;
  bool changed = false;
  std::uint32_t visited = 0, matched = 0, applied = 0;
  std::uint64_t nanoseconds = 0;
  std::string text;  ///< the query after it, when asked for
  std::vector<golden_reason> declined;
};

/// The text of a dialect for a query of the logical stage.
using golden_writer = std::function<result<std::string>(context& cx, rel_id logical)>;

struct golden_options {
  std::vector<std::string> run;  ///< instead of what the file says; empty: as the file says
  bool verify = false;  ///< before the first step and after each
  bool reparse = false;  ///< print and parse after each step: the same text, the same tree
  bool keep_text = false;
  bool measure = false;  ///< counters of passes; a pass is not called where the query has nothing for it
  provenance* record = nullptr;  ///< told what passes do
  golden_writer write_sql;  ///< for the cases that ask for it; this library knows no dialect itself
};

struct golden_outcome {
  std::string actual;  ///< ends with a newline
  std::string sql;  ///< lines `sql before` and `sql after` with what follows each; empty without a writer
  std::vector<golden_step> steps;
};

/// Fails where the case itself is wrong, a tree is malformed or does not survive its text; a query that the compiler refuses is an outcome.
result<golden_outcome> run_case(const golden_file& file, const golden_case& c, const golden_options& options);

/// The text of the file with these outcomes as what is expected, one for each case.
std::string blessed(const golden_file& file, const std::vector<golden_outcome>& outcomes);

/// Lines of `expected` with '-', of `actual` with '+', common ones with ' '.
std::string line_difference(std::string_view expected, std::string_view actual);

}  // namespace quarry::ir
