// simplify-outer-joins
// Needs: truth, nullness.   Gives: inner joins where the rows that a left join pads are rejected above; anti joins
// where only they are kept; no test for NULL of what then is never NULL.   Never: looks through a limit, a window, distinct on, a set operation or a full join;
// trusts a foreign key that the database does not enforce.
//   f = filter (join left e with b on eq(e.blog_id, b.id)) where contains(b.name, %0)   ==>   join inner
//   f = filter (join left b with e on eq(b.id, e.blog_id)) where is_null(e.id), e not read elsewhere
//   ==>   join anti b with e
//
// Valid under NULLs: a condition that cannot be TRUE when the whole right side is NULL never passes a padded row,
// wherever it stands above, as long as what is between gives each row by itself: filters, other joins (their
// conditions, too, reject rows), projects, and aggregates for conditions on their keys. is_null(x) keeps exactly the
// padded rows if x is not NULL in a matching row: by its declaration, or since the join condition compares it.
// Valid under duplicates: both forms keep each row as often as the filter let it through; an anti join gives a left row
// once, as does the padding.
#include <array>
#include <utility>

#include <quarry/ir/passes/passes.hpp>

namespace quarry::ir {
namespace {

/// Conditions that rows of the relation at hand must meet, or don't count: a stretch of the list.
struct window {
  std::size_t from = 0;
};

class outer_join_simplifier {
 public:
  explicit outer_join_simplifier(pass_context& px)
      : px_(px), cx_(px.cx()), reads_(false), conditions_(px.conditions), makers_(px.makers) {}

  rel_id query(rel_id root, bool outputs_read = true) {
    px_.enter_query();
    const bool outside = std::exchange(reads_, px_.has(feature::null_test) && asks_for_null(root));
    if (reads_ && outputs_read) px_.read_outputs(root);
    const rel_id out = visit(root, {conditions_.size()});
    px_.leave_query();
    reads_ = outside;
    return out;
  }

  /// Some relation's columns are typed as padded and are not any more.
  bool unpadded() const noexcept { return unpadded_; }

 private:
  bool has_padded_types(instance_set instances) const {
    bool found = !instances.known();
    instances.each([&](std::uint32_t i) { found = found || cx_.instance_at(i).null_extended; });
    return found;
  }

  /// A conjunct asks for NULL: only then it matters who else reads a relation.
  bool asks_for_null(rel_id rel) const {
    const node& n = cx_.at(rel);
    bool found = false;
    if (n.kind == kind::filter)
      each_conjunct(cx_, expr_id(cx_.child(rel, 1)), [&](expr_id c) { found = found || is_op(cx_, c, op::is_null); });
    for (std::uint32_t i = 0; i < input_count(n) && !found; ++i) found = asks_for_null(rel_id(cx_.child(rel, i)));
    return found;
  }

  rel_id visit(rel_id id, window w) {
    ++px_.counters.visited;
    const kind k = cx_.at(id).kind;
    switch (k) {
      case kind::filter: return filter(id, w);
      case kind::join: return join(as<view::join>(cx_, id), w);
      case kind::sort:
      case kind::project:
      case kind::group: break;
      case kind::distinct:
        if (cx_.at(id).child_count > 1) w = forget(w);
        break;
      case kind::scan: return id;
      default: w = forget(w); break;
    }
    // Below what computes columns only conditions on those columns go on; a bare is_null above them is read.
    if (k == kind::project || k == kind::group) remember_maker(id);
    return rebuild(id, w);
  }

  rel_id rebuild(rel_id id, window w) {
    const std::uint32_t inputs = input_count(cx_.at(id));
    if (reads_)
      for (const std::uint32_t child : cx_.children(id).subspan(inputs)) px_.required().read(cx_, {child});
    return over_new_inputs(
        px_, id, [&](rel_id input) { return visit(input, w); }, [&](any_id e) { return subqueries(e); });
  }

  rel_id filter(rel_id id, window w) {
    const auto f = as<view::filter>(cx_, id);
    const std::size_t first = conditions_.size();
    each_conjunct(cx_, f.predicate(), [&](expr_id c) { add(c); });
    const std::size_t last = conditions_.size();
    const rel_id input = visit(f.input(), w);
    bool changed = input != f.input();
    if (!changed && !reads_ && !px_.has(feature::subquery)) {
      conditions_.resize(first);
      return id;
    }
    const std::size_t base = px_.stack.size();
    for (std::size_t i = first; i < last; ++i) {
      const tracked_condition c = conditions_[i];
      const any_id now = c.used_up ? any_id{}
          : input != f.input()     ? decided(c.predicate, input)
                                   : subqueries(c.predicate);
      changed = changed || now != any_id(c.predicate);
      if (now.present()) px_.stack.push_back(now.value);
    }
    conditions_.resize(first);
    const rel_id out = changed ? filtered(cx_, input, std::span<const std::uint32_t>(px_.stack).subspan(base)) : id;
    px_.stack.resize(base);
    return out;
  }

  rel_id join(const view::join& j, window w) {
    const rel_id id(j.self);
    code form = j.form();
    if (form == join_kind::left) {
      ++px_.counters.matched;
      if (rejects_padding(j, w) || always_has_its_row(j)) {
        form = join_kind::inner;
        if (decisive_.present()) px_.tell(event::became_inner, id, decisive_);
        else px_.tell(event::always_found, id);
        unpadded_ = unpadded_ || has_padded_types(instances_made(cx_, j.right()));
        ++px_.counters.applied;
      } else if (reads_ && only_padding_is_kept(j, w)) {
        form = join_kind::anti;
        unpadded_ = unpadded_ || has_padded_types(instances_made(cx_, j.right()));
        px_.tell(event::became_anti, id, decisive_);
        ++px_.counters.applied;
      }
    }
    const std::size_t first = conditions_.size();
    each_conjunct(cx_, j.on(), [&](expr_id c) {
      if (reads_) px_.required().read(cx_, c);
      conditions_.push_back({c, references(cx_, c)});
    });
    // The left side first: its conditions still may use up null tests that the right side has to give up.
    const condition_reach reach = reaches(form);
    if (!reach.above_left) w = forget(w);
    const std::size_t end = conditions_.size();
    // A row of the left side may stay whether the condition holds or not.
    for (std::size_t i = first; i < end; ++i) conditions_[i].used_up = !reach.on_left;
    const rel_id left = visit(j.left(), w);
    for (std::size_t i = first; i < end; ++i) conditions_[i].used_up = false;
    window right_window = w;
    if (!reach.above_right) {
      if (w.from < first && cx_.at(j.right()).kind != kind::scan)
        px_.declined(decline::simplify_outer_joins_below_padding);
      give_up_tests(w, first);
      right_window = reach.on_right ? window{first} : forget(w);
    }
    const rel_id right = visit(j.right(), right_window);
    const any_id on = j.on().present() ? subqueries(j.on()) : any_id(j.on());
    conditions_.resize(first);
    if (form == j.form() && left == j.left() && right == j.right() && on == any_id(j.on())) return id;
    const std::array<std::uint32_t, 3> children = {left.value, right.value, on.value};
    return rel_id(cx_.make(kind::join, cx_.at(id).flags, {}, children, 0, form));
  }

  /// A test for NULL of a column that nothing pads any more has one answer: absent where it is yes.
  any_id decided(expr_id predicate, rel_id input) {
    const bool asks_null = is_op(cx_, predicate, op::is_null);
    if (!asks_null && !is_op(cx_, predicate, op::is_not_null)) return subqueries(predicate);
    const node& column = cx_.at(cx_.child(predicate, 0));
    if (column.kind != kind::column || !never_null_in(cx_, input, column.b, static_cast<std::uint32_t>(column.a)))
      return subqueries(predicate);
    if (!asks_null) return {};
    px_.add(feature::nothing);
    return cx_.boolean(false);
  }

  /// A condition above is not TRUE for any row of which the whole right side is NULL.
  bool rejects_padding(const view::join& j, window w) {
    decisive_ = {};
    null_row row{instances_made(cx_, j.right()), makers_};
    if (!row.nulls.known()) {
      px_.declined(decline::simplify_outer_joins_too_many_relations, rel_id(j.self));
      return false;
    }
    bool asked = false;
    for (std::size_t i = w.from; i < conditions_.size(); ++i) {
      const tracked_condition& c = conditions_[i];
      if (c.used_up || !sees(c.refers, row.nulls)) continue;
      if (rejects(cx_, c.predicate, row)) {
        decisive_ = c.predicate;
        return true;
      }
      asked = true;
    }
    px_.declined(asked ? decline::simplify_outer_joins_padding_passes : decline::simplify_outer_joins_nothing_asked,
                 rel_id(j.self));
    return false;
  }

  /// Directly, or through what computes a column from it.
  bool sees(instance_set refers, instance_set nulls) const {
    if (refers.touches(nulls)) return true;
    bool found = false;
    refers.each([&](std::uint32_t i) { found = found || (i < makers_.size() && makers_[i] != none); });
    return found;
  }

  bool always_has_its_row(const view::join& j) {
    if (!always_finds(cx_, j)) {
      if (j.to_one()) px_.declined(decline::simplify_outer_joins_key_may_dangle, rel_id(j.self));
      return false;
    }
    const node& key = cx_.at(key_equality_of(cx_, j).left);
    if (never_null_in(cx_, j.left(), key.b, static_cast<std::uint32_t>(key.a))) return true;
    px_.declined(decline::simplify_outer_joins_key_may_be_null, rel_id(j.self));
    return false;
  }

  bool only_padding_is_kept(const view::join& j, window w) {
    const instance_set right = instances_made(cx_, j.right());
    if (!right.known()) return false;
    const bool read = px_.required().reads_any_of(right);
    bool kept = false;
    for (std::size_t i = w.from; i < conditions_.size() && !kept; ++i) {
      const tracked_condition& c = conditions_[i];
      if (!c.null_test || c.used_up || !c.refers.touches(right)) continue;
      if (read) {
        px_.declined(decline::simplify_outer_joins_right_side_read, rel_id(j.self));
        return false;
      }
      const node& column = cx_.at(cx_.child(c.predicate, 0));
      const auto field = static_cast<std::uint32_t>(column.a);
      kept = never_null_in(cx_, j.right(), column.b, field) || implies_not_null(cx_, j.on(), column.b, field);
      decisive_ = c.predicate;
      if (!kept) px_.declined(decline::simplify_outer_joins_match_may_be_null, rel_id(j.self));
    }
    // What else asks for NULL on the right side is true of every padded row.
    for (std::size_t i = w.from; kept && i < conditions_.size(); ++i)
      if (conditions_[i].null_test && conditions_[i].refers.touches(right)) conditions_[i].used_up = true;
    return kept;
  }

  void add(expr_id predicate) {
    const bool test = is_op(cx_, predicate, op::is_null) && cx_.at(cx_.child(predicate, 0)).kind == kind::column;
    if (reads_ && !test) px_.required().read(cx_, predicate);
    conditions_.push_back({predicate, references(cx_, predicate), test});
  }

  /// From here on no condition so far says anything; null tests are reads like others.
  window forget(window w) {
    if (w.from < conditions_.size()) px_.declined(decline::simplify_outer_joins_hidden);
    give_up_tests({0}, conditions_.size());
    return {conditions_.size()};
  }
  void give_up_tests(window w, std::size_t end) {
    if (!reads_) return;
    for (std::size_t i = w.from; i < end; ++i)
      if (conditions_[i].null_test && !conditions_[i].used_up) px_.required().read(cx_, conditions_[i].predicate);
  }

  void remember_maker(rel_id id) {
    const std::uint32_t made = instance_made(cx_.at(id));
    if (made >= makers_.size()) makers_.resize(std::size_t{made} + 1, none);
    makers_[made] = id.value;
  }

  any_id subqueries(any_id e) {
    if (!px_.has(feature::subquery) || !e.present()) return e;
    return each_subquery(px_, e, [&](rel_id subquery, any_id holder, std::uint32_t) {
      return query(subquery, cx_.at(holder).kind != kind::exists);
    });
  }

  pass_context& px_;
  context& cx_;
  bool reads_;
  bool unpadded_ = false;
  expr_id decisive_;  ///< the condition for which the join at hand becomes another
  std::vector<tracked_condition>& conditions_;
  std::vector<std::uint32_t>& makers_;
};

}  // namespace

rel_id simplify_outer_joins(pass_context& px, rel_id root) {
  outer_join_simplifier simplifier(px);
  const rel_id out = simplifier.query(root);
  return simplifier.unpadded() ? px.nullability.run(px.cx(), out) : out;
}

}  // namespace quarry::ir
