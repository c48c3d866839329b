// share-subplans
// Needs: nothing.   Gives: a subquery that a row's condition, order and values ask for more than once, computed once for the
// row.   Never: touches what is volatile; computes for a row what only a branch of a case asked for; takes away that a limit
// stops early.
//   project (sort (filter b where gt(scalar_of q, %0)) [key scalar_of q]) [b.id, scalar_of q],   q the first entry's headline
//   ==>   project (sort (filter (join left to_one b with e on eq(e.id, scalar_of q')) where gt(e.headline, %0)) [key e.headline])
//           [b.id, e.headline],   q' the first entry's key
//   any other q   ==>   conditions, order and values over limit (project b [b.id, scalar_of q]) offset 0, which no database
//           merges with the query around it
//
// Valid under NULLs: without a row the subquery is NULL, and so are the columns that the left join pads. A row that passed a
// filter made its conditions TRUE: above it an exists is TRUE, and a subquery that was compared is what it was equal to.
// Valid under duplicates: the key finds one row at most; the limit takes all rows.
#include <algorithm>
#include <array>

#include <quarry/ir/match/same_shape.hpp>
#include <quarry/ir/passes/passes.hpp>
#include <quarry/ir/passes/ties.hpp>

namespace quarry::ir {
namespace {

/// A subquery among the expressions of a query.
struct subplan {
  expr_id query;  // scalar_of
  std::uint32_t filters = 0;  // how often conditions ask for it
  std::uint32_t values = 0;  // order and outputs; the same as output and as key counts once
  bool bare_output = false, bare_key = false;
  bool always = false;  // asked for without a condition
  bool compared = false;  // a condition asks for one value of it
  bool shared = false;
};

class subplan_sharer : public top_down<subplan_sharer, false> {
 public:
  using top_down::top_down;

  rel_id query(rel_id root, demand asked, bool = true) { return visit(shared(root), asked); }

  rel_id visit(rel_id id, demand asked) { return descend(id, asked); }

 private:
  // --- the query as operations over rows ---

  /// From the top down to what gives the rows.
  rel_id split(rel_id root) {
    spine_.clear();
    for (;; root = rel_id(cx_.child(root, 0))) {
      const node& n = cx_.at(root);
      const bool over =
          n.kind == kind::project || n.kind == kind::filter || n.kind == kind::sort || n.kind == kind::limit;
      if (!over) return root;
      spine_.push_back(root);
    }
  }

  /// The operations over other rows, each with `change(expression)`.
  template <class F>
  rel_id rebuilt(rel_id rows, F&& change) {
    for (std::size_t i = spine_.size(); i-- > 0;) {
      const std::array<rel_id, 1> input = {rows};
      rows = with_inputs(px_, spine_[i], input, [&](any_id e) { return e.present() ? change(e, i) : e; });
    }
    return rows;
  }

  any_id replaced_in(any_id e, expr_id old, expr_id now) {
    return px_.bottom_up.run(
        cx_, e, [&](any_id id) { return id == any_id(old) ? any_id(now) : id; },
        [&](any_id id) { return id == e || !is_relation(cx_.at(id).kind); });
  }

  // --- what a passed condition says ---

  /// Above a filter its conditions are TRUE.
  rel_id with_known_values(rel_id root) {
    const rel_id rows = split(root);
    for (std::size_t f = spine_.size(); f-- > 0;) {
      if (cx_.at(spine_[f]).kind != kind::filter) continue;
      std::vector<std::pair<expr_id, expr_id>>& known = px_.known;
      known.clear();
      each_conjunct(cx_, expr_id(cx_.child(spine_[f], 1)), [&](expr_id c) { learn(c, known); });
      for (const auto& [old, now] : known) {
        bool used = false;
        for (std::size_t i = 0; i < f; ++i)
          for (const std::uint32_t e : cx_.children(spine_[i]).subspan(1)) used = used || mentions({e}, old);
        if (!used) continue;
        ++px_.counters.matched;
        ++px_.counters.applied;
        px_.tell(event::value_known, rows);
        const rel_id out =
            rebuilt(rows, [&](any_id e, std::size_t at) { return at < f ? replaced_in(e, old, now) : e; });
        split(out);
      }
    }
    return spine_.empty() ? root : spine_[0];
  }

  void learn(expr_id c, std::vector<std::pair<expr_id, expr_id>>& known) {
    const bool negated = is_op(cx_, c, op::not_);
    const expr_id e = negated ? expr_id(cx_.child(c, 0)) : c;
    if (cx_.at(e).kind == kind::exists && !is_volatile(cx_, e)) known.emplace_back(e, cx_.boolean(!negated));
    if (!is_op(cx_, c, op::eq)) return;
    for (std::uint32_t side = 0; side < 2; ++side) {
      const expr_id value(cx_.child(c, side)), asked(cx_.child(c, 1 - side));
      const kind given = cx_.at(value).kind;
      const type t = cx_.at(asked).type;
      // Of what databases compare by more than identity, such as text, the equal value may be another one.
      const bool row = cx_.at(asked).kind == kind::scalar_of && given == kind::column &&
          (is_integer(t.kind()) || t.kind() == scalar::date) && cx_.at(value).type.with_nullable(true) == t;
      const bool found = cx_.at(asked).kind == kind::exists && cx_.at(value).type == t &&
          (given == kind::param || given == kind::literal);
      if ((row || found) && !is_volatile(cx_, asked)) known.emplace_back(asked, value);
    }
  }

  bool mentions(any_id e, any_id what) const {
    if (!e.present()) return false;
    if (e == what) return true;
    if (is_relation(cx_.at(e).kind)) return false;
    return std::ranges::any_of(cx_.children(e), [&](std::uint32_t c) { return mentions({c}, what); });
  }

  // --- uses ---

  subplan& plan_of(expr_id query) {
    for (subplan& p : plans_)
      if (p.query == query) return p;
    plans_.push_back({query});
    return plans_.back();
  }

  template <class F>
  void each_use(any_id e, bool conditional, F&& f) {
    if (!e.present() || is_relation(cx_.at(e).kind)) return;
    const node& n = cx_.at(e);
    if (n.kind == kind::scalar_of) {
      f(expr_id(e), conditional);
      return;
    }
    const bool chooses = n.kind == kind::case_when || (n.kind == kind::op && op_of(cx_, e) == op::coalesce);
    for (const std::uint32_t c : cx_.children(e)) each_use({c}, conditional || chooses, f);
  }

  void count_uses() {
    plans_.clear();
    for (const rel_id at : spine_) {
      const kind k = cx_.at(at).kind;
      if (k == kind::limit) continue;
      for (const std::uint32_t part : cx_.children(at).subspan(1)) {
        const any_id whole = cx_.at({part}).kind == kind::order_item ? cx_.child({part}, 0) : any_id{part};
        const auto use = [&](expr_id c, expr_id q, bool conditional) {
          subplan& p = plan_of(q);
          p.always = p.always || !conditional;
          if (k == kind::filter) {
            ++p.filters;
            p.compared =
                p.compared || is_op(cx_, c, op::eq) || is_op(cx_, c, op::in_list) || is_op(cx_, c, op::in_array);
            return;
          }
          bool& bare = k == kind::sort ? p.bare_key : p.bare_output;
          const bool as_it_is = whole == any_id(q);
          const bool twin = as_it_is && (k == kind::sort ? p.bare_output : p.bare_key);
          bare = bare || as_it_is;
          if (!twin) ++p.values;
        };
        if (k == kind::filter) {
          each_conjunct(cx_, expr_id(part), [&](expr_id c) {
            each_use(c, false, [&](expr_id q, bool conditional) { use(c, q, conditional); });
          });
        } else {
          each_use({part}, false, [&](expr_id q, bool conditional) { use({}, q, conditional); });
        }
      }
    }
  }

  // --- one row found once ---

  bool limited() const {
    return std::ranges::any_of(spine_, [&](rel_id at) { return cx_.at(at).kind == kind::limit; });
  }
  bool sorts_by(const subplan& p) const {
    for (const rel_id at : spine_)
      if (cx_.at(at).kind == kind::sort)
        for (const std::uint32_t key : cx_.children(at).subspan(1))
          if (mentions({key}, p.query)) return true;
    return false;
  }

  const first_rows* keyed(expr_id query, first_rows& out) const {
    if (!out.read(cx_, rel_id(cx_.child(query, 0)))) return nullptr;
    const std::uint32_t table = cx_.at(out.value).b, model = cx_.instance_at(table).model;
    if (model == none || !instances_visible(cx_, out.rows).has(table)) return nullptr;
    const node& count = cx_.at(out.count);
    if (count.kind == kind::literal && count.a == 0) return nullptr;
    return cx_.schema().at(model).primary_key == none ? nullptr : &out;
  }

  /// Both take the same row: the first one, whatever their limits are.
  bool same_row(const first_rows& a, const first_rows& b) {
    alike_.clear();
    if (!alike_.compare(cx_, a.rows, b.rows) || a.offset != b.offset) return false;
    if (a.order.present() != b.order.present()) return false;
    if (a.order.present()) {
      const std::uint32_t keys = cx_.at(a.order).child_count;
      if (keys != cx_.at(b.order).child_count) return false;
      for (std::uint32_t i = 1; i < keys; ++i)
        if (!alike_.compare(cx_, cx_.child(a.order, i), cx_.child(b.order, i))) return false;
    }
    const std::uint32_t first = cx_.at(a.value).b, second = cx_.at(b.value).b;
    return first == second || std::ranges::any_of(alike_.instances(), [&](const auto& pair) {
             return pair.first == first && pair.second == second;
           });
  }

  /// Subqueries for columns of one row, each of which would look for it again.
  rel_id with_rows_joined(rel_id root, rel_id& rows) {
    for (std::size_t i = 0; i < plans_.size(); ++i) {
      first_rows first;
      if (plans_[i].shared || is_volatile(cx_, plans_[i].query) || keyed(plans_[i].query, first) == nullptr) continue;
      std::vector<std::pair<expr_id, std::uint64_t>> values = {{plans_[i].query, cx_.at(first.value).a}};
      std::uint32_t uses = plans_[i].filters + plans_[i].values,
                    for_each_row = plans_[i].filters + (sorts_by(plans_[i]) ? 1 : 0);
      bool always = plans_[i].always;
      for (std::size_t j = i + 1; j < plans_.size(); ++j) {
        first_rows other;
        if (plans_[j].shared || keyed(plans_[j].query, other) == nullptr || !same_row(first, other)) continue;
        values.emplace_back(plans_[j].query, cx_.at(other.value).a);
        uses += plans_[j].filters + plans_[j].values;
        for_each_row += plans_[j].filters + (sorts_by(plans_[j]) ? 1 : 0);
        always = always || plans_[j].always;
      }
      if (uses < 2) continue;
      ++px_.counters.matched;
      if (!always) {
        px_.declined(decline::share_subplans_asked_in_branches);
        continue;
      }
      if (limited() && for_each_row == 0) {
        px_.declined(decline::share_subplans_limit_stops);
        continue;
      }
      if (!references(cx_, plans_[i].query).touches(instances_visible(cx_, rows))) continue;
      px_.tell(event::subquery_joined, rows);
      root = joined(rows, first, values);
      ++px_.counters.applied;
      for (subplan& p : plans_)
        for (const auto& [query, field] : values) p.shared = p.shared || p.query == query;
      rows = split(root);
    }
    return root;
  }

  rel_id joined(rel_id rows, const first_rows& first, std::span<const std::pair<expr_id, std::uint64_t>> values) {
    const std::uint32_t inner = cx_.at(first.value).b, model = cx_.instance_at(inner).model;
    const std::uint32_t primary = cx_.schema().at(model).primary_key;
    const expr_id key = cx_.column(inner, primary);
    const std::uint32_t far = cx_.new_instance(model, true);
    expr_id on = fixed_row(first, inner, far);
    if (!on.present()) on = cx_.make_op(op::eq, {cx_.column(far, primary), key_of(first, key)});
    const std::array<std::uint32_t, 3> join = {rows.value, cx_.make(kind::scan, 0, {}, {}, model, far).value, on.value};
    const rel_id with_row(cx_.make(kind::join, 1, {}, join, 0, join_kind::left));
    return rebuilt(with_row, [&](any_id e, std::size_t) {
      for (const auto& [old, field] : values)
        e = replaced_in(e, old, cx_.column(far, static_cast<std::uint32_t>(field)));
      return e;
    });
  }

  /// Rows of the table itself, one of which the ties fix by a key: they may as well be joined. Absent where they don't.
  expr_id fixed_row(const first_rows& first, std::uint32_t inner, std::uint32_t far) {
    const kind below = cx_.at(first.rows).kind;
    if (below != kind::filter || first.offset.present()) return {};
    const untied_rows untied = untie(px_, first.rows);
    if (!untied.fits) return {};
    child_list all(cx_);
    for (const expr_id t : untied.ties) all.add(t);
    if (!px_.keys.fixes_a_key(cx_, untied.rows, conjunction(cx_, all.ids()))) return {};
    rel_id rows = untied.rows;
    for (; cx_.at(rows).kind == kind::filter; rows = rel_id(cx_.child(rows, 0)))
      each_conjunct(cx_, expr_id(cx_.child(rows, 1)), [&](expr_id c) { all.add(c); });
    if (cx_.at(rows).kind != kind::scan || has_subquery(cx_, conjunction(cx_, all.ids()))) return {};
    substitution names;
    names.renamed(inner, far);
    return expr_id(names.apply(cx_, conjunction(cx_, all.ids())));
  }

  expr_id key_of(const first_rows& first, expr_id key) {
    rel_id found = first.rows;
    if (first.order.present()) {
      const std::array<rel_id, 1> input = {found};
      found = with_inputs(px_, first.order, input, [](any_id e) { return e; });
    }
    const std::array<std::uint32_t, 3> limit = {found.value, first.count.value, first.offset.value};
    const output named{cx_.names().intern("key"), cx_.at(key).type};
    const std::uint32_t made = cx_.new_computed_instance({&named, 1});
    const std::array<std::uint32_t, 2> project = {cx_.make(kind::limit, 0, {}, limit).value, key.value};
    const std::array<std::uint32_t, 1> query = {cx_.make(kind::project, 0, {}, project, 0, made).value};
    return expr_id(cx_.make(kind::scalar_of, 0, cx_.at(key).type.with_nullable(true), query));
  }

  // --- one value kept ---

  bool worth_keeping(const subplan& p) {
    if (p.shared || p.filters + p.values < 2 || is_volatile(cx_, p.query)) return false;
    ++px_.counters.matched;
    if (!p.always) px_.declined(decline::share_subplans_asked_in_branches);
    else if (limited()) px_.declined(decline::share_subplans_limit_stops);
    else if (p.filters == 1 && p.compared) px_.declined(decline::share_subplans_few_pass);
    else return true;
    return false;
  }

  /// Conditions without the values below, a project with them, and all else above it.
  rel_id with_values_kept(rel_id root, rel_id rows) {
    std::vector<expr_id> kept;
    for (const subplan& p : plans_)
      if (worth_keeping(p) && references(cx_, p.query).touches(instances_visible(cx_, rows))) kept.push_back(p.query);
    if (kept.empty()) return root;
    const bool projected = std::ranges::any_of(spine_, [&](rel_id at) { return cx_.at(at).kind == kind::project; });
    const instance_set visible = instances_visible(cx_, rows);
    if (!projected || !visible.known()) {
      px_.declined(decline::share_subplans_whole_rows);
      return root;
    }
    ++px_.counters.applied;
    px_.tell(event::value_kept, rows);
    std::vector<std::uint32_t> below, items;
    std::vector<rel_id> above;
    for (std::size_t i = spine_.size(); i-- > 0;) {
      if (cx_.at(spine_[i]).kind != kind::filter) {
        above.insert(above.begin(), spine_[i]);
        continue;
      }
      std::vector<std::uint32_t> later;
      const bool lowest = std::ranges::all_of(above, [&](rel_id at) { return cx_.at(at).kind == kind::filter; });
      each_conjunct(cx_, expr_id(cx_.child(spine_[i], 1)), [&](expr_id c) {
        const bool waits =
            !lowest || is_volatile(cx_, c) || std::ranges::any_of(kept, [&](expr_id q) { return mentions(c, q); });
        (waits ? later : below).push_back(c.value);
      });
      const std::array<std::uint32_t, 2> again = {cx_.child(spine_[i], 0).value, conjunction(cx_, later).value};
      if (!later.empty()) above.insert(above.begin(), rel_id(cx_.make(kind::filter, 0, {}, again)));
    }
    spine_ = above;
    // What stands above reads columns of the rows: those go through.
    std::vector<expr_id> columns;
    const auto collect = [&](auto& self, any_id e) -> void {
      if (!e.present() || std::ranges::find(kept, expr_id(e)) != kept.end()) return;
      const node n = cx_.at(e);
      if (n.kind == kind::column && visible.has(n.b) && std::ranges::find(columns, expr_id(e)) == columns.end())
        columns.push_back(expr_id(e));
      for (std::uint32_t i = 0; i < n.child_count; ++i) self(self, cx_.child(e, i));
    };
    for (const rel_id at : spine_)
      for (std::uint32_t i = 1; i < cx_.at(at).child_count; ++i) collect(collect, cx_.child(at, i));
    px_.outputs.clear();
    items.push_back(filtered(cx_, rows, below).value);
    const auto give = [&](expr_id e) {
      items.push_back(e.value);
      px_.outputs.push_back({cx_.names().intern("c" + std::to_string(px_.outputs.size())), cx_.at(e).type});
    };
    for (const expr_id c : columns) give(c);
    for (const expr_id q : kept) give(q);
    const std::uint32_t made = cx_.new_computed_instance(px_.outputs);
    const std::array<std::uint32_t, 3> all = {cx_.make(kind::project, 0, {}, items, 0, made).value, none,
                                              cx_.integer(0).value};
    const rel_id together(cx_.make(kind::limit, 0, {}, all));
    substitution through;
    for (std::uint32_t i = 0; i < columns.size(); ++i)
      through.column(cx_.at(columns[i]).b, cx_.at(columns[i]).a, cx_.column(made, i));
    return rebuilt(together, [&](any_id e, std::size_t) {
      for (std::uint32_t i = 0; i < kept.size(); ++i)
        e = replaced_in(e, kept[i], cx_.column(made, static_cast<std::uint32_t>(columns.size()) + i));
      return through.apply(cx_, e);
    });
  }

  /// A subquery among order and outputs, or one for a value anywhere. Looks without taking notes: most queries have none.
  bool asks_for_values(rel_id root) const {
    for (;; root = rel_id(cx_.child(root, 0))) {
      const kind k = cx_.at(root).kind;
      if (k != kind::project && k != kind::filter && k != kind::sort && k != kind::limit) return false;
      if (k == kind::limit) continue;
      for (const std::uint32_t e : cx_.children(root).subspan(1))
        if (asks_for_value({e}, k != kind::filter)) return true;
    }
  }
  bool asks_for_value(any_id e, bool or_existence) const {
    if (!e.present() || is_relation(cx_.at(e).kind)) return false;
    const kind k = cx_.at(e).kind;
    if (k == kind::scalar_of || (or_existence && k == kind::exists)) return true;
    return std::ranges::any_of(cx_.children(e), [&](std::uint32_t c) { return asks_for_value({c}, or_existence); });
  }

  rel_id shared(rel_id root) {
    if (!px_.has(feature::subquery) || !asks_for_values(root)) return root;
    root = with_known_values(root);
    rel_id rows = split(root);
    count_uses();
    root = with_rows_joined(root, rows);
    return with_values_kept(root, rows);
  }

  std::vector<rel_id>& spine_ = px_.spine;
  std::vector<subplan> plans_;
  same_shape alike_;
};

}  // namespace

rel_id share_subplans(pass_context& px, rel_id root) {
  const rel_id out = subplan_sharer(px).query(root, {});
  if (out != root) px.add(feature::join | feature::outer_join | feature::computed_below | feature::filter);
  return out;
}

}  // namespace quarry::ir
