// Spelling of groups that are joined by their key, where the connection is faster with a subquery for each row.
#pragma once

#include <vector>

#include <quarry/ir/match/fresh_copy.hpp>
#include <quarry/ir/match/rewrite.hpp>

namespace quarry::ir {

/// One query at a time; keeps its memory.
class group_speller {
 public:
  /// The same rows, with a subquery in place of each value of a joined group that is read once or twice.
  rel_id run(context& cx, rel_id root);

 private:
  struct joined_group {
    std::uint32_t instance;  // of the group
    rel_id group;
    expr_id key, near;       // of the group's rows, and what it is equal to
    std::uint32_t reads = 0;  // of its values
    std::uint32_t affordable = 2;
    bool usable = true;
  };
  struct spelled_value {
    std::uint32_t instance, field;
    expr_id subquery;
  };

  void find(rel_id rel, bool stops_early);
  void consider(rel_id join, bool stops_early);
  void count_reads(any_id id, std::uint32_t depth);
  void count_order(any_id key);
  bool joins_group(any_id join);
  joined_group* at(std::uint32_t instance);
  expr_id subquery_for(const joined_group& g, std::uint32_t field);

  context* cx_ = nullptr;
  std::vector<joined_group> groups_;
  std::vector<spelled_value> values_;
  std::uint32_t budget_ = 0;  // of nodes that are looked at
  any_id items_;  // of these a sort below gives the order: a project, or absent
  fresh_copy copy_;
  rewriter rewriter_;
};

}  // namespace quarry::ir
