// What passes share: the context, the analyses and their memory, counters, and the walk from the root downwards.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include <quarry/ir/analysis/keys.hpp>
#include <quarry/ir/analysis/multiplicity.hpp>
#include <quarry/ir/analysis/nullness.hpp>
#include <quarry/ir/analysis/required.hpp>
#include <quarry/ir/analysis/truth.hpp>
#include <quarry/ir/match/correlation.hpp>
#include <quarry/ir/match/nullability.hpp>
#include <quarry/ir/match/rewrite.hpp>
#include <quarry/ir/match/substitution.hpp>
#include <quarry/ir/passes/declines.hpp>
#include <quarry/ir/provenance/provenance.hpp>

namespace quarry::ir {

/// What a query has, as bits: a pass whose pattern cannot occur is not called. Never too few.
namespace feature {
inline constexpr std::uint32_t filter = 1U << 0U;           ///< over anything but a table
inline constexpr std::uint32_t logic = 1U << 1U;            ///< conditions that canonicalize might change
inline constexpr std::uint32_t join = 1U << 2U;             ///< inner or left
inline constexpr std::uint32_t outer_join = 1U << 3U;       ///< left
inline constexpr std::uint32_t distinct = 1U << 4U;
inline constexpr std::uint32_t hidden_order = 1U << 5U;     ///< a sort below what sees no order
inline constexpr std::uint32_t subquery = 1U << 6U;         ///< in an expression
inline constexpr std::uint32_t repeats_ignored = 1U << 7U;  ///< something that ignores how often a row comes
inline constexpr std::uint32_t computed_below = 1U << 8U;   ///< a project or an aggregate that is not the root
inline constexpr std::uint32_t nothing = 1U << 9U;          ///< a condition that is never TRUE, a limit of 0
inline constexpr std::uint32_t null_test = 1U << 10U;       ///< is_null
inline constexpr std::uint32_t disjunction = 1U << 11U;     ///< or
inline constexpr std::uint32_t grouped_join = 1U << 12U;    ///< inner or left, with an aggregate on its right
inline constexpr std::uint32_t raw_text = 1U << 13U;        ///< SQL of the application: no pass at all is called
inline constexpr std::uint32_t counted = 1U << 14U;         ///< an aggregate of a value, or groups by keys
inline constexpr std::uint32_t part_of_date = 1U << 15U;    ///< the year of a date, the day of a datetime
}  // namespace feature

std::uint32_t features_of(const context& cx, rel_id root);

/// A conjunct that rows of the relations below it must meet.
struct tracked_condition {
  expr_id predicate;
  instance_set refers;
  bool null_test = false;  ///< is_null of a bare column
  bool used_up = false;
};

/// A join that is to be made, without its left side.
struct join_to_be {
  code form;
  rel_id right;
  expr_id on;
};

/// Of joined rows those that all others are joined to.
inline rel_id leading_relation(const context& cx, rel_id rows) {
  while (cx.at(rows).kind == kind::join || cx.at(rows).kind == kind::filter) rows = rel_id(cx.child(rows, 0));
  return rows;
}

struct pass_counters {
  std::uint32_t visited = 0;  ///< relations or conditions looked at
  std::uint32_t matched = 0;  ///< of the pass's pattern
  std::uint32_t applied = 0;  ///< changed
};

class pass_context {
 public:
  /// Starts a query.
  void start(context& cx, rel_id root) {
    cx_ = &cx;
    features_ = features_of(cx, root);
  }
  /// Starts a pass.
  void begin_pass() {
    counters = {};
    replaced.clear();
    stack.clear();
    conditions.clear();
    makers.clear();
    joins.clear();
    scope_ = 0;
  }
  /// From here on reasons for doing nothing are counted there; null: nobody asks.
  void watch(decline_counts* counts) noexcept { declines_ = counts; }
  /// What looked like the pattern of the pass stays as it is.
  void declined(decline why) noexcept {
    if (declines_ != nullptr) ++(*declines_)[static_cast<std::size_t>(why)];
  }
  /// The same of a relation: who asks why it is still there gets this reason.
  void declined(decline why, rel_id about) {
    declined(why);
    if (cx_->why() != nullptr) [[unlikely]]
      tell_stays(why, about);
  }
  bool watched() const noexcept { return declines_ != nullptr; }
  /// What the pass does with a relation (of a join, with the rows that it joins), for who asks why the SQL is as it is;
  /// else a test of one pointer. `because`: the condition or column that decided, `number`: what the sentence of the
  /// event counts.
  void tell(event what, rel_id about, any_id because = {}, std::uint32_t number = 0) {
    if (cx_->why() != nullptr) [[unlikely]]
      tell_of(what, about, because, number);
  }
  /// The same of the table that an instance is.
  void tell_of_instance(event what, std::uint32_t instance, any_id because) {
    if (provenance* const why = cx_->why()) [[unlikely]]
      why->tell(what, instance).because = because;
  }
  /// A condition goes on in another form, with the words of the user's that it had.
  void rephrased(any_id now, any_id before) {
    if (provenance* const why = cx_->why()) [[unlikely]]
      why->rephrased(now, before);
  }
  /// A relation was made anew under this instance: it goes on with the story of the other.
  void stands_for(std::uint32_t instance, std::uint32_t original) {
    if (provenance* const why = cx_->why()) [[unlikely]]
      why->stands_for(instance, original);
  }
  context& cx() noexcept { return *cx_; }
  bool has(std::uint32_t features) const noexcept { return (features_ & features) != 0; }
  void add(std::uint32_t features) noexcept { features_ |= features; }

  /// Columns read so far by the query, or by the subquery, that is being walked.
  required_columns& required() noexcept { return scopes_[scope_ - 1]; }
  void enter_query() {
    if (scope_ == scopes_.size()) scopes_.emplace_back();
    scopes_[scope_++].clear(*cx_);
  }
  void leave_query() noexcept { --scope_; }
  /// Every column that the relation shows; of all relations, where a query of this size doesn't know which those are.
  void read_visible(rel_id rel) {
    const instance_set visible = instances_visible(*cx_, rel);
    visible.each([&](std::uint32_t i) { required().read_all(i); });
    for (std::uint32_t i = 64; !visible.known() && i < cx_->instance_count(); ++i) required().read_all(i);
  }
  /// All that the query itself gives.
  void read_outputs(rel_id root) {
    const std::uint32_t given = output_instance(*cx_, root);
    if (given != none) required().read_all(given);
    else read_visible(root);
    const node& n = cx_->at(root);
    if (n.kind == kind::update_rel || n.kind == kind::delete_rel) required().read_all(n.b);
  }

  pass_counters counters;
  substitution replaced;
  key_analysis keys;
  rewriter bottom_up;
  nullability_refiner nullability;
  correlation_splitter correlation;
  std::vector<std::uint32_t> stack;  ///< children of nodes being rebuilt
  std::vector<tracked_condition> conditions;  ///< a stack as well
  std::vector<join_to_be> joins;  ///< a stack, too
  std::vector<output> outputs;  ///< of an instance being made
  std::vector<rel_id> spine;  ///< operations over the rows of a query, the topmost first
  std::vector<std::pair<expr_id, expr_id>> known;  ///< expressions with the values that a condition gives them
  std::vector<std::uint32_t> makers;  ///< by instance: the project or aggregate that makes it, where it was met

 private:
  [[gnu::cold]] void tell_of(event what, rel_id about, any_id because, std::uint32_t number);
  [[gnu::cold]] void tell_stays(decline why, rel_id about);
  context* cx_ = nullptr;
  decline_counts* declines_ = nullptr;
  std::uint32_t features_ = 0;
  std::deque<required_columns> scopes_;
  std::size_t scope_ = 0;
};

/// The relation over other inputs, each of its expressions replaced by `change(expression)`.
template <class F>
rel_id with_inputs(pass_context& px, rel_id id, std::span<const rel_id> inputs, F&& change) {
  context& cx = px.cx();
  const std::uint32_t count = cx.at(id).child_count;
  const std::size_t base = px.stack.size();
  bool changed = false;
  for (std::uint32_t i = 0; i < count; ++i) {
    const any_id old = cx.child(id, i);
    const any_id now = i < inputs.size() ? any_id(inputs[i]) : change(old);
    changed = changed || now != old;
    px.stack.push_back(now.value);
  }
  const rel_id out =
      changed ? rel_id(with_children(cx, id, std::span<const std::uint32_t>(px.stack).subspan(base))) : id;
  px.stack.resize(base);
  return out;
}

/// The relation over `input(rel_id)` for each of its inputs, its expressions by `expression(any_id)`, which is called
/// only where something below changed or may have.
template <class F, class G>
rel_id over_new_inputs(pass_context& px, rel_id id, F&& input, G&& expression) {
  context& cx = px.cx();
  const std::uint32_t inputs = input_count(cx.at(id));
  std::array<rel_id, 2> now;
  bool changed = false;
  for (std::uint32_t i = 0; i < inputs; ++i) {
    const rel_id old(cx.child(id, i));
    now[i] = input(old);
    changed = changed || now[i] != old;
  }
  if (!changed && px.replaced.empty() && !px.has(feature::subquery)) return id;
  return with_inputs(px, id, std::span<const rel_id>(now).first(inputs), expression);
}

/// The expression with `query(rel_id, holder, slot)` for each subquery that it holds, outermost ones only.
template <class F>
any_id each_subquery(pass_context& px, any_id e, F&& query) {
  context& cx = px.cx();
  if (!e.present() || cx.at(e).child_count == 0) return e;
  const std::uint32_t count = cx.at(e).child_count;
  const std::size_t base = px.stack.size();
  bool changed = false;
  for (std::uint32_t i = 0; i < count; ++i) {
    const any_id old = cx.child(e, i);
    const bool nested = old.present() && is_relation(cx.at(old).kind);
    const any_id now = nested ? any_id(query(rel_id(old), e, i)) : each_subquery(px, old, query);
    changed = changed || now != old;
    px.stack.push_back(now.value);
  }
  const any_id out = changed ? with_children(cx, e, std::span<const std::uint32_t>(px.stack).subspan(base)) : e;
  px.stack.resize(base);
  return out;
}

/// The walk of most passes: a relation is visited after everything above it was read, with what is asked of it, and
/// rebuilt after what is below it. `Pass` has `rel_id visit(rel_id, demand)`, which ends in `descend` where it does
/// nothing of its own. Subqueries in expressions are queries of their own. Without `reads_columns` nobody keeps account
/// of what is read.
template <class Pass, bool reads_columns = true>
class top_down {
 public:
  explicit top_down(pass_context& px) : px_(px), cx_(px.cx()) {}

  /// A whole query: all outputs of its root are read.
  rel_id query(rel_id root, demand asked, bool outputs_read = true) {
    if constexpr (!reads_columns) return self().visit(root, asked);
    px_.enter_query();
    if (outputs_read) px_.read_outputs(root);
    const rel_id out = self().visit(root, asked);
    px_.leave_query();
    return out;
  }

 protected:
  /// The relation itself stays as it is, for this reason.
  rel_id kept(rel_id id, demand asked, decline why) {
    px_.declined(why, id);
    return descend(id, asked);
  }

  rel_id descend(rel_id id, demand asked) {
    ++px_.counters.visited;
    const node& n = cx_.at(id);
    const std::uint32_t inputs = input_count(n);
    if constexpr (reads_columns) {
      for (const std::uint32_t child : cx_.children(id).subspan(inputs)) px_.required().read(cx_, {child});
      if (n.kind == kind::set_op || (n.kind == kind::distinct && n.child_count == 1)) read_outputs_of(id, inputs);
    }
    std::uint32_t slot = 0;
    return over_new_inputs(
        px_, id, [&](rel_id input) { return self().visit(input, demand_below(cx_, id, slot++, asked)); },
        [&](any_id e) { return expression(e); });
  }

  /// An expression, after the relations that it reads were rebuilt.
  any_id expression(any_id e) {
    if (!e.present()) return e;
    if (px_.has(feature::subquery)) e = subqueries(e);
    return px_.replaced.empty() ? e : px_.replaced.apply(cx_, e);
  }

  pass_context& px_;
  context& cx_;

 private:
  Pass& self() noexcept { return static_cast<Pass&>(*this); }

  /// Arms of a set operation correspond by position, and distinct compares every column.
  void read_outputs_of(rel_id id, std::uint32_t inputs) {
    for (std::uint32_t i = 0; i < inputs; ++i) px_.read_visible(rel_id(cx_.child(id, i)));
  }

  /// A query that is asked twice, as a value that two columns read, is rebuilt once: its instances have one successor each.
  any_id subqueries(any_id e) {
    return each_subquery(px_, e, [&](rel_id query, any_id holder, std::uint32_t slot) {
      const demand asked = demand_below(cx_, holder, slot, {});
      const bool outputs_read = cx_.at(holder).kind != kind::exists;
      const auto same = [&](const seen_query& s) {
        return s.query == query && s.outputs_read == outputs_read && s.asked == asked;
      };
      const std::span few = std::span(few_seen_).first(few_count_);
      if (const auto s = std::ranges::find_if(few, same); s != few.end()) return s->rebuilt;
      if (const auto s = std::ranges::find_if(more_seen_, same); s != more_seen_.end()) return s->rebuilt;
      const rel_id rebuilt = self().query(query, asked, outputs_read);
      const seen_query made{query, rebuilt, asked, outputs_read};
      if (few_count_ < few_seen_.size()) few_seen_[few_count_++] = made;
      else more_seen_.push_back(made);
      return rebuilt;
    });
  }

  struct seen_query {
    rel_id query, rebuilt;
    demand asked{};
    bool outputs_read = false;
  };
  std::array<seen_query, 4> few_seen_{};  // most queries have no more, and memory is got for none of these
  std::size_t few_count_ = 0;
  std::vector<seen_query> more_seen_;
};

}  // namespace quarry::ir
