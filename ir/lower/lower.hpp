// The mandatory lowering: surface -> related -> logical. What a query means is decided here and nowhere later.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include <quarry/ir/lower/resolve_paths.hpp>
#include <quarry/ir/match/fresh_copy.hpp>
#include <quarry/ir/match/rewrite.hpp>
#include <quarry/ir/model/context.hpp>
#include <quarry/ir/provenance/provenance.hpp>
#include <quarry/ir/support/result.hpp>

namespace quarry::ir {

struct lower_options {
  bool native = false;          ///< text operations as the database understands them; else by code point
  bool strict_exclude = false;  ///< exclude() as the exact complement of filter(), also over NULL
  /// In native semantics an integer that Django makes of what the database computes, of a key it does not. There they are decimals:
  bool decimal_key_sums = false;  ///< sums of keys
  bool exact_quotients = false;  ///< quotients of keys
  bool django_aggregates = false;  ///< every aggregate of a call over one join of all its relations, as Django does
};

/// A key that the database makes, or a reference to another row.
bool is_key(const context& cx, any_id value);

/// group-relations: which instance a step of a path leads to. A to-one step is shared per parent instance. A to-many step is shared
/// within one filter() or exclude() call; who reads a path outside of one (order_by, values) gets the most recent instance.
class relation_groups {
 public:
  static constexpr std::uint32_t any_call = none;
  static constexpr std::uint32_t filtered_call = none - 1;  ///< of the condition of a FilteredRelation()

  void clear() noexcept { known_.clear(); }
  /// The instance that this step leads to for this call, or none when it is not joined yet.
  std::uint32_t find(std::uint32_t parent, std::uint32_t relation, bool many, std::uint32_t call) const noexcept;
  void add(std::uint32_t parent, std::uint32_t relation, std::uint32_t call, std::uint32_t instance) {
    known_.push_back({parent, relation, call, instance});
  }
  std::size_t size() const noexcept { return known_.size(); }
  void truncate(std::size_t size) { known_.resize(size); }
  /// Forgets the to-many steps from the `first` on, and what lies beyond them: whoever reads these paths joins them anew.
  void forget_many(const context& cx, std::size_t first);
  /// Makes the first so many steps the most recent ones again.
  void repeat(std::size_t first);
  /// The steps between the instances of a relation that was copied lead between those of the copy.
  void copied(const fresh_copy& copy);
  /// The instance that the step to this one starts from, or none.
  std::uint32_t parent_of(std::uint32_t instance) const noexcept;

 private:
  struct entry {
    std::uint32_t parent, relation, call, instance;
  };
  std::vector<entry> known_;
};

/// While it lives, what is joined is joined for this call of the user's. A test of one pointer where nobody asks why.
class asking {
 public:
  asking(const context& cx, clause call, std::uint32_t number = 0, symbol name = {}, const path_words& words = {})
      : asking(cx, [&] { return provenance::asker{call, number, name, words}; }) {}
  /// `who()` is not called where nobody asks why.
  template <class F>
    requires std::is_invocable_v<F>
  asking(const context& cx, F&& who) : why_(cx.why()) {
    if (why_ != nullptr) [[unlikely]]
      before_ = why_->asks(who());
  }
  asking(const asking&) = delete;
  asking& operator=(const asking&) = delete;
  ~asking() {
    if (why_ != nullptr) why_->asks(before_);
  }

 private:
  provenance* why_;
  provenance::asker before_;
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
  /// An error unless the meaning of a registered lookup or transform fits its types; `cx` is reset to its catalog.
  result<void> check(context& cx, const extension& x);
  /// lower-relations: relate becomes a left join on key equality.
  rel_id to_logical(context& cx, rel_id related);

 private:
  // lower_queries.cpp: one chained call after the other
  result<void> call(std::size_t index);
  result<void> filter(rel_id surface);
  /// The condition that the rows of these calls satisfy, for a query that is combined with another; absent: all do.
  result<expr_id> satisfied(rel_id surface);
  result<expr_id> filter_condition(rel_id surface);
  result<rel_id> finish();
  result<void> order();
  result<void> order_key(std::string_view path, bool descending, std::uint32_t origin, int depth);
  result<bool> order_groups_by_related(std::string_view path, expr_id key, bool descending, int depth);
  /// A name of Meta.ordering, of the model that the path `relation` leads to.
  result<void> order_text(std::string_view relation, std::string_view name, bool flip, int depth);
  result<void> choose_values(rel_id surface);
  result<void> choose_columns();
  void choose_columns_of(std::uint32_t instance);
  result<void> choose_related(std::string_view path, std::uint32_t origin);
  rel_id project();
  rel_id project_first(std::size_t count);
  void make_distinct(bool by_row);
  void keep_first_of_each();
  void keep_one_by_key();
  bool sorts_by_own_columns() const;
  result<void> lock_rows();
  result<void> add_tables(rel_id surface);
  rel_id count_rows();
  rel_id any_row();
  result<rel_id> insert(rel_id surface);
  result<rel_id> update(rel_id surface);

  // lower_aggregates.cpp: annotate() and aggregate()
  struct annotation {
    symbol name;
    expr_id value;
    bool hidden;  ///< made by alias(): conditions may name it, rows do not have it
    bool aggregate;  ///< computed from an aggregate
    std::uint32_t relation = none;  ///< FilteredRelation(): the instance that paths behind the name start from
  };
  result<void> filter_relation(symbol name, expr_id surface);
  result<void> reach_beside(any_id surface, std::uint32_t relation, std::string_view name);
  /// A path that begins with the name of a filtered relation and goes on to a member of its model: where it goes on.
  bool starts_at_filtered(const annotation* a, std::string_view path, std::size_t rest) const;
  /// An aggregate as it was written, and the column that holds what it computes.
  struct pending_aggregate {
    any_id surface;
    std::uint32_t first_word, word_count;  ///< its branch, in branch_words_: the steps of its to-many paths
    expr_id value;
    bool reads_root;  ///< what does not lie beyond a to-many relation has a part in it
    bool of_decimals;
    bool done;
  };
  class over_copy;
  const annotation* find_annotation(std::string_view path, std::size_t& rest) const;
  expr_id value_of(const annotation& a);
  bool names_annotation(std::string_view path, std::size_t from_call) const;
  bool reads_annotation(any_id surface, std::size_t from_call) const;
  bool has_aggregate(any_id surface) const;
  bool names_computed(any_id surface) const;
  result<void> collect_aggregates_of(rel_id surface);
  result<void> collect_aggregates(any_id surface);
  result<void> collect_branch(any_id surface, std::string_view aggregate, pending_aggregate& p);
  bool same_branch(const pending_aggregate& a, const pending_aggregate& b) const;
  bool starts_at_relation(std::size_t first, std::uint32_t& step) const;
  bool repeats_beyond(rel_id rows, std::span<const std::uint32_t> chain) const;
  void add_chain(any_id e, bool in_query = false);
  result<void> push_pieces(std::size_t first);
  result<void> compute(std::size_t first, std::size_t at, child_list& computed);
  void take_values(std::size_t first, std::uint32_t made, std::uint32_t field, bool null_extended);
  result<rel_id> grouped(std::size_t first, std::span<const std::uint32_t> keys, bool null_extended,
                         std::uint32_t& made);
  void each_once(std::size_t base);
  result<void> annotate(std::size_t index);
  result<void> add_annotations(rel_id surface);
  void add_annotation(const annotation& made);
  bool conflicts(symbol name) const;
  result<void> annotate_as_django(std::size_t index);
  result<void> join_paths(any_id surface);
  result<void> join_row_branches();
  result<rel_id> row_branch(std::size_t first, rel_id rows, expr_id& near, std::uint32_t& made);
  result<void> annotate_groups(std::size_t index);
  result<void> narrow_rows(std::size_t call, std::size_t grouping);
  result<rel_id> value_branch(std::size_t first, rel_id rows, bool copy, std::uint32_t& made);
  result<rel_id> aggregate_all(rel_id surface);

  any_id order_of(any_id surface, std::span<const std::uint32_t> keys);
  result<expr_id> aggregate_of(const node& surface, std::span<std::uint32_t> parts);

  // lower_windows.cpp: Window()
  struct window_column {
    any_id call;
    std::uint32_t instance;
  };
  result<any_id> window_list(any_id surface);
  result<any_id> window_frame(any_id surface);
  result<expr_id> window_function(expr_id surface);
  result<expr_id> window_aggregate(expr_id surface);
  result<expr_id> window_value(expr_id surface);
  bool reads_window(any_id e) const;
  void keep(expr_id predicate);
  void compute_windows();

  // lower_sets.cpp: union() and its like
  result<void> start_with_set(rel_id surface);
  rel_id arm_with_values(rel_id arm);
  bool order_wanted() const noexcept;
  void name_set_columns();
  std::uint32_t model_of(rel_id surface) const;
  void choose_set_columns();
  bool gives_whole_set() const;

  // lower_conditions.cpp: Q trees, lookups, values
  result<expr_id> condition(expr_id surface, polarity where);
  static bool connects_conditions(const context& cx, any_id surface) noexcept;
  result<expr_id> truth_value(expr_id surface);
  expr_id holds(expr_id condition);
  result<expr_id> lookup(expr_id surface, polarity where);
  result<expr_id> atom_of(const resolved_path& resolved, expr_id left, expr_id operand, polarity where,
                          std::string_view path, std::uint32_t origin);
  struct relation_key {
    const relation* step;
    expr_id near;  ///< the value in the row that the relation starts from
  };
  relation_key near_key(const resolved_path& path, std::uint32_t first_many);
  result<expr_id> exists_over(const resolved_path& path, std::uint32_t first_many, expr_id operand,
                              std::string_view text, std::uint32_t origin);
  expr_id guarded(expr_id atom, expr_id left);
  result<expr_id> apply_lookup(const resolved_path& resolved, expr_id left, expr_id operand, std::string_view path,
                               std::uint32_t origin);
  result<expr_id> compare_columns(op o, expr_id left, expr_id right, std::string_view path, std::uint32_t origin);
  // lower_extensions.cpp: what the application registered
  result<expr_id> meant(const meaning& m, expr_id value, expr_id operand);
  result<expr_id> registered_lookup(const extension& x, expr_id left, expr_id operand, std::string_view path,
                                    std::uint32_t origin);

  // lower_json.cpp: documents
  expr_id json_at(expr_id document, std::span<const expr_id> keys, bool as_text = false);
  expr_id json_key(std::string_view name);
  result<expr_id> json_lookup(const lookup_info& l, expr_id left, expr_id operand, std::string_view path,
                              std::uint32_t origin);
  result<expr_id> json_text_lookup(const lookup_info& l, expr_id left, expr_id operand);
  result<expr_id> json_pair(expr_id left, expr_id operand, std::string_view path, std::uint32_t origin);
  /// The value as a document; itself where it is one.
  expr_id as_document(expr_id e);

  // lower_expressions.cpp: what is computed
  result<expr_id> expression(expr_id surface, type wanted);
  result<expr_id> raw_value(expr_id surface);
  result<expr_id> choice(expr_id surface, type wanted);
  result<expr_id> computed_lookup(expr_id surface);
  result<expr_id> real_operation(expr_id surface);
  result<expr_id> call_value(expr_id surface);
  result<expr_id> collated(expr_id surface);
  result<expr_id> row_of(expr_id surface, type wanted);
  result<expr_id> among(const resolved_path& resolved, expr_id left, expr_id row, std::string_view path,
                        std::uint32_t origin);
  expr_id read_as(type to, expr_id e);
  result<expr_id> with_duration(op o, expr_id duration, expr_id number);
  expr_id uuid_digits(expr_id e);
  result<expr_id> function(op o, std::span<std::uint32_t> operands, type wanted);
  result<expr_id> outer_value(expr_id surface);
  result<expr_id> operation(op o, std::span<const std::uint32_t> operands, type wanted);
  result<expr_id> arithmetic(op o, std::span<const std::uint32_t> operands, type wanted);
  expr_id typed_param(expr_id surface, type t);
  expr_id cast_to(scalar s, expr_id e);
  expr_id cast_to(type to, expr_id e, bool native = false);
  result<expr_id> path_value(std::string_view path, std::uint32_t origin);
  expr_id transformed(expr_id e, const resolved_path& path);
  expr_id constant_text(std::string_view text, scalar as = scalar::text);
  expr_id column_of(const resolved_path& path);
  expr_id column_of(const resolved_path& path, std::uint32_t from_step, std::uint32_t instance);
  /// The diagnostic points at the whole path.
  static failure fail_at(diag id, std::initializer_list<std::string_view> words, std::string_view path,
                         std::uint32_t origin);
  result<expr_id> column_in_scope(const resolved_path& path, std::string_view text, std::uint32_t origin);
  const relation& step_from(std::uint32_t instance, std::uint32_t step) const;
  std::uint32_t root_model() const { return cx_->instance_at(root_).model; }
  /// The instance that a step of a path leads to, joined where it was not yet.
  std::uint32_t join(std::uint32_t parent, const resolved_path& path, std::uint32_t step);
  /// For those who ask why: this instance is joined, or read again, for the step.
  void tell_step(std::uint32_t instance, bool known, std::uint32_t parent, const resolved_path& path,
                 std::uint32_t step);
  void tell_cut(const resolved_path& path, expr_id column);
  void tell_root();
  void tell_no_order();
  void tell_first_of_each();
  provenance::asker who_computes(std::size_t first) const;
  path_words first_path(any_id surface) const;
  void tell(event what, std::uint32_t instance) {
    if (provenance* const why = cx_->why()) why->tell(what, instance);
  }
  rel_id filtered(rel_id input, expr_id predicate);

  // lower_sub_queries.cpp: QuerySets as values
  result<expr_id> sub_query_operand(const resolved_path& resolved, expr_id left, expr_id operand, std::string_view path,
                                    std::uint32_t origin);
  /// The one value that a query gives.
  result<expr_id> only_value(rel_id surface);
  /// Joins what the queries within this one read of its rows, before a question of its own is asked about other rows.
  result<void> reach_outer_paths(any_id surface, std::uint32_t levels);
  /// The rows of a query of its own, with this column unless the query chose another.
  result<rel_id> rows_of(rel_id surface, std::uint32_t column);

  context* cx_ = nullptr;
  lower_options options_;
  lowering* outer_ = nullptr;  ///< of the query around this one
  expr_id ready_;  ///< an operand that is lowered already
  result<void> problem_;  ///< met where only a value could be given back
  relation_groups groups_;
  rel_id current_;
  std::uint32_t root_ = none;
  std::uint32_t distinct_instance_ = none;
  rel_id distinct_rows_;  ///< what aggregate() computes over: from here on only their outputs are left
  std::uint32_t call_ = relation_groups::any_call;  ///< that conditions are lowered for
  rel_id order_, slice_, terminal_, load_, lock_;
  bool is_value_ = false;  ///< a query within another, whose rows nobody sees
  std::uint32_t value_column_ = none;  ///< then: what it gives unless it chose
  bool ordered_ = false, reversed_ = false, empty_ = false, distinct_ = false;
  bool combines_ = false;  ///< the rows are those of other queries, by a set operation
  std::vector<std::uint32_t> keys_, chosen_;
  std::vector<std::uint32_t> distinct_on_;  ///< of distinct("a", …): one row for each combination of these values
  std::vector<output> outputs_;

  std::uint32_t set_instance_ =
      none;  ///< the rows are those of a set operation: from the start nothing but its outputs is there
  std::vector<window_column> windows_;
  std::vector<expr_id> window_conditions_;  ///< what filters say of windows
  std::vector<annotation> annotations_;
  bool row_groups_ = false;  ///< annotate() grouped by the rows: each of them comes once
  bool value_groups_ = false;  ///< it grouped by values(): nothing but these and the annotations is left
  bool split_negations_ = true;  ///< a negated condition over a to-many path asks a question of its own
  std::vector<std::uint8_t> done_;  ///< calls that were lowered before their turn
  std::vector<pending_aggregate> pending_;
  std::vector<std::uint32_t> branch_words_;
  fresh_copy copy_;
  bool copied_ = false;  ///< what is lowered now belongs to copy_
  std::vector<std::uint32_t> group_keys_, copied_keys_;
  std::vector<std::uint32_t> chain_;  ///< the instances that one branch goes over
  std::vector<output> group_outputs_;
  std::vector<std::uint32_t> items_;
  std::string path_;
  std::vector<rel_id> calls_, related_;
  std::unique_ptr<lowering> inner_;  ///< of a query within this one
  rewriter rewriter_;
};

}  // namespace quarry::ir
