// Random pairs: a query and what passes make of it give the same rows.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "support/checked_passes.hpp"
#include "support/random_case.hpp"

namespace quarry::test {

/// Checks one seed after the other and counts.
///
/// A query as it was drawn is compared, in the interpreter, with the query after all passes and with the query after all but
/// one, another one for each seed; a query that filters, also with its three parts: the rows for which the condition is TRUE,
/// FALSE and UNKNOWN are together the rows without the condition. One in four runs in a database as well, before and after. A
/// QuerySet whose meaning is known without lowering is compared with it first.
class random_pairs {
 public:
  /// Empty when all is well; else what went wrong, as small as it could be made: the query as text, its rows and values, the
  /// seed.
  std::string check(std::uint64_t seed);

  std::uint64_t pairs = 0, lowered = 0, plain = 0, partitions = 0, in_database = 0;
  std::uint64_t undecided =
      0;  ///< the order of the tables' rows decides what the rows are: whoever differs may be right
  std::map<std::string_view, std::uint64_t> drawn;  ///< queries by the kinds of their relations
  std::uint64_t failing = 0;  ///< queries that give an error over their rows: nothing to compare
  checked_passes passes;
  /// The numbers above, in words.
  std::string summary() const;

 private:
  struct question {
    const random_case* of;
    ir::rel_id query;
    std::string_view pass_off;
    bool database;
  };
  std::string difference(ir::context& cx, const question& q);
  std::string partition(ir::context& cx, const question& q);
  std::string answers_in_database(ir::context& cx, const question& q, ir::rel_id optimized,
                                  const std::vector<row>& expected);
  std::string shrunk(random_case c, std::string text, question q, std::string what);
  std::string misread(ir::context& cx, random_case& c);
  std::string shrunk_plain(random_case c, std::string what);

  ir::context cx_;
};

}  // namespace quarry::test
