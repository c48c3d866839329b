// The mandatory lowering: surface -> related -> logical. What a query means is decided here and nowhere later.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <quarry/ir/lower/resolve_paths.hpp>
#include <quarry/ir/match/rewrite.hpp>
#include <quarry/ir/model/context.hpp>
#include <quarry/ir/support/result.hpp>

namespace quarry::ir {

struct lower_options {
  bool native = false;          ///< text operations as the database understands them; else by code point
  bool strict_exclude = false;  ///< exclude() as the exact complement of filter(), also over NULL
  bool django_aggregates = false;
};

/// group-relations: which instance a step of a path leads to. A to-one step is shared per parent instance. A to-many step is shared
/// within one filter() or exclude() call; who reads a path outside of one (order_by, values) gets the most recent instance.
class relation_groups {
 public:
  static constexpr std::uint32_t any_call = none;

  void clear() noexcept { known_.clear(); }
  /// The instance that this step leads to for this call, or none when it is not joined yet.
  std::uint32_t find(std::uint32_t parent, std::uint32_t relation, bool many, std::uint32_t call) const noexcept;
  void add(std::uint32_t parent, std::uint32_t relation, std::uint32_t call, std::uint32_t instance) {
    known_.push_back({parent, relation, call, instance});
  }

 private:
  struct entry {
    std::uint32_t parent, relation, call, instance;
  };
  std::vector<entry> known_;
};

/// Where a condition stands among negations.
struct polarity {
  bool negated = false;  ///< an odd number of negations above
  bool inside = false;  ///< any negation above
  constexpr polarity flipped() const noexcept { return {!negated, true}; }
};

/// Lowers one query at a time; keeps its memory for the next.
class lowering {
 public:
  result<rel_id> to_related(context& cx, rel_id surface, const lower_options& options);
  /// lower-relations: relate becomes a left join on key equality.
  rel_id to_logical(context& cx, rel_id related);

 private:
  // lower_queries.cpp: one chained call after the other
  result<void> call(rel_id surface);
  result<rel_id> finish();
  result<void> order();
  result<void> order_key(std::string_view path, bool descending, std::uint32_t origin, int depth);
  /// A name of Meta.ordering, of the model that the path `relation` leads to.
  result<void> order_text(std::string_view relation, std::string_view name, bool flip, int depth);
  result<void> choose_values(rel_id surface);
  void choose_columns();
  rel_id project();
  rel_id project_first(std::size_t count);
  void make_distinct();
  rel_id count_rows();
  rel_id any_row();
  result<rel_id> insert(rel_id surface);
  result<rel_id> update(rel_id surface);

  // lower_conditions.cpp: Q trees, lookups, values
  result<expr_id> condition(expr_id surface, polarity where);
  result<expr_id> lookup(expr_id surface, polarity where);
  result<expr_id> exists_over(const resolved_path& path, std::uint32_t first_many, expr_id operand,
                              std::string_view text, std::uint32_t origin);
  expr_id guarded(expr_id atom, expr_id left);
  result<expr_id> apply_lookup(const lookup_info& l, expr_id left, expr_id operand, std::string_view path,
                               std::uint32_t origin);
  result<expr_id> expression(expr_id surface, type wanted);
  expr_id typed_param(expr_id surface, type t);
  result<expr_id> path_value(std::string_view path, std::uint32_t origin);
  expr_id column_of(const resolved_path& path);
  expr_id column_of(const resolved_path& path, std::uint32_t from_step, std::uint32_t instance);
  const relation& step_from(std::uint32_t instance, std::uint32_t step) const;
  std::uint32_t join(std::uint32_t parent, std::uint32_t relation);
  rel_id filtered(rel_id input, expr_id predicate);

  context* cx_ = nullptr;
  lower_options options_;
  relation_groups groups_;
  rel_id current_;
  std::uint32_t root_ = none;
  std::uint32_t distinct_instance_ = none;
  std::uint32_t call_ = relation_groups::any_call;  ///< that conditions are lowered for
  rel_id order_, slice_, terminal_;
  bool ordered_ = false, reversed_ = false, empty_ = false, distinct_ = false;
  std::vector<std::uint32_t> keys_, chosen_;
  std::vector<output> outputs_;
  std::vector<std::uint32_t> items_;
  std::string path_;
  std::vector<rel_id> calls_;
  rewriter rewriter_;
};

}  // namespace quarry::ir
