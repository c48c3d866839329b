// Why a statement is as it is: what each table, join, subquery and derived table of its SQL is there for, what the passes
// did with it, and what is not in the SQL any more. Plain data, made when somebody asks (core/plan/compiler.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <quarry/ir/support/diagnostic.hpp>

namespace quarry::ir {

/// A place in what the user wrote: the path, and the part of it that is meant.
struct user_words {
  std::string source;  ///< the path as it was written; once found in a text, that text
  source_span span;  ///< bytes of `source`
  std::uint32_t origin = 0xffffffffU;  ///< where `source` stands in the text that it was taken from, if in any
  bool present() const noexcept { return !source.empty(); }
};

struct explanation {
  /// One thing that lowering or a pass did or left, by a line of events.def.
  struct note {
    std::string event;  ///< its name, with hyphens: "became-inner"
    std::string rule;  ///< the step of lowering, or the pass as `--disable` knows it
    std::string text;  ///< a sentence, without a full stop
    user_words words;  ///< that asked for it; absent where none did
  };
  /// A table, derived table or subquery of the statement, in the order of the text.
  struct item {
    std::string form;  ///< how it stands there: "FROM", "LEFT JOIN", "FROM, in NOT EXISTS", …
    std::string name;  ///< its alias in the SQL; a table that stands alone has none, and goes by its own name
    std::string table;  ///< empty for a derived table
    std::uint32_t depth = 0;  ///< how many derived tables and subqueries it stands in
    std::vector<note> notes;  ///< first what asked for it, then what became of it
  };

  std::string sql;  ///< empty where no statement is run
  std::vector<item> items;
  std::vector<note> gone;  ///< what was asked for, or would have been, and is not in the SQL

  /// For people: a paragraph for each item, with the user's words below the sentence that they asked for.
  std::string text() const;
};

}  // namespace quarry::ir
