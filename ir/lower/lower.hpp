// The mandatory lowering: surface -> related -> logical. What a query means is decided here and nowhere later.
#pragma once

#include <cstdint>
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

/// Relation instances of one query, shared by group-relations' rules: a to-one step is shared per parent instance.
class relation_groups {
 public:
  void clear() noexcept { known_.clear(); }
  /// The instance that this relation of this parent leads to, or none when it is not joined yet.
  std::uint32_t find(std::uint32_t parent, std::uint32_t relation) const noexcept;
  void add(std::uint32_t parent, std::uint32_t relation, std::uint32_t instance) { known_.push_back({parent, relation, instance}); }

 private:
  struct entry {
    std::uint32_t parent, relation, instance;
  };
  std::vector<entry> known_;
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
  result<void> order_text(const std::string& prefix, std::string_view name, bool flip, int depth);
  rel_id project_columns();
  result<void> resolve_values();
  rel_id project_values();
  rel_id count_rows();
  rel_id any_row();
  result<rel_id> insert(rel_id surface);
  result<rel_id> update(rel_id surface);

  // lower_conditions.cpp: Q trees, lookups, values
  result<expr_id> condition(expr_id surface, bool negated);
  result<expr_id> lookup(expr_id surface, bool negated);
  result<expr_id> apply_lookup(const lookup_info& l, expr_id left, expr_id operand, std::string_view path, std::uint32_t origin);
  result<expr_id> expression(expr_id surface, type wanted);
  expr_id typed_param(expr_id surface, type t);
  result<expr_id> path_value(std::string_view path, std::uint32_t origin);
  result<expr_id> column_of(const resolved_path& path, std::string_view text, std::uint32_t origin);
  std::uint32_t join(std::uint32_t parent, std::uint32_t relation);

  context* cx_ = nullptr;
  lower_options options_;
  relation_groups groups_;
  rel_id current_;
  std::uint32_t root_ = none;
  rel_id order_, slice_, values_, terminal_;
  bool ordered_ = false, reversed_ = false, empty_ = false;
  std::vector<std::uint32_t> keys_, chosen_;
  std::vector<output> outputs_;
  std::vector<std::uint32_t> items_;
  std::vector<rel_id> calls_;
  rewriter rewriter_;
};

}  // namespace quarry::ir
