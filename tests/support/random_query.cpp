#include "support/random_query.hpp"

#include <algorithm>
#include <array>

#include "support/random_windows.hpp"

namespace quarry::test {
namespace {

using namespace ir;

/// A relation with the instances whose columns may be read above it.
struct source {
  rel_id rel;
  instances shown;
};

class query_maker : public window_maker {
 public:
  using window_maker::window_maker;

  rel_id query() {
    if (random_.chance(8)) return selected_by_either();
    const source rows = maybe_filtered(relation(1 + random_.below(3), false), 75);
    switch (random_.below(22)) {
      case 0:
      case 1: return project(rows, 1 + random_.below(3)).rel;
      case 2: return project(filtered(rows, 2), 2).rel;
      case 3:
      case 4: return make_.distinct(project(maybe_sorted(rows), 1 + random_.below(3)).rel);
      case 5: return make_.count(maybe_sorted(rows).rel);
      case 6: return make_.count(make_.distinct(project(rows, 1 + random_.below(2)).rel));
      case 7: {
        const source groups = maybe_filtered(grouped(rows, false), 40);
        return random_.chance(50) ? groups.rel : project(groups, 1).rel;
      }
      case 8: return project(cut(totally_sorted(rows)), 2).rel;
      case 9: return project(totally_sorted(rows), 2).rel;
      case 10: return make_.project(make_.limit(rows.rel, 1), {cx_.integer(1)});
      case 11: return set_of(2, false).rel;
      case 12: {
        const source each = project(rows, 2);
        const source once{make_.distinct(each.rel), each.shown};
        return project(totally_sorted(once), 1).rel;
      }
      case 13: return spread(rows).rel;
      case 14: return project(maybe_filtered(windowed(rows, false), 50), 3).rel;
      case 15: return project(cut(totally_sorted(maybe_filtered(windowed(rows, false), 30))), 2).rel;
      case 16: {
        const source groups = maybe_filtered(grouped(rows, false), 30);
        return project(random_.chance(60) ? totally_sorted(groups) : cut(totally_sorted(groups)), 2).rel;
      }
      case 17: return with_values_of_others(rows);
      case 18: return first_of_its_group(rows);
      case 19: return asked_twice(rows);
      case 20: return project(summed_beside(summed_beside(rows)), 3).rel;
      default: return cut(totally_sorted(project(rows, 2))).rel;
    }
  }

 private:
  // --- shapes that passes look for ---

  /// Rows of which one or another relation has something, each once.
  rel_id selected_by_either() {
    source rows = scan(false);
    const std::uint32_t root = rows.shown[0];
    exprs either;
    for (std::uint32_t i = 2 + random_.below(2); i > 0; --i) {
      const ir::relation* const r = relation_of(cx_.instance_at(root).model);
      if (r == nullptr) break;
      const source other = scan(r->target, true);
      const expr_id on = make_.eq(cx_.column(root, r->local), cx_.column(other.shown[0], r->remote));
      rows.rel = make_.join(join_kind::left, rows.rel, other.rel, on, !r->many, r->trusted, r->deferrable);
      either.push_back(condition(other.shown, random_.below(2)));
    }
    if (random_.chance(60) || either.empty()) either.push_back(condition(rows.shown, 1));
    rows.rel = make_.filter(rows.rel, either.size() == 1 ? either[0] : make_.op(op::or_, either));
    const exprs all = columns(rows.shown, any_type);
    const rel_id out = make_.project(rows.rel, random_.chance(70) ? all : exprs{column(rows.shown)});
    if (random_.chance(15)) return make_.count(make_.distinct(out));
    return random_.chance(85) ? make_.distinct(out) : out;
  }
  const ir::relation* relation_of(std::uint32_t model) {
    std::vector<const ir::relation*> out;
    for (const ir::relation& r : cx_.schema().at(model).relations)
      if (r.through == none) out.push_back(&r);
    return out.empty() ? nullptr : random_.one_of(out);
  }

  /// Rows that are among the first of those that have something in common with them.
  rel_id first_of_its_group(const source& rows) {
    const std::uint32_t at = random_.one_of(rows.shown), model = cx_.instance_at(at).model;
    if (model == none) return project(rows, 2).rel;
    const auto numbers = columns({at}, +[](scalar s) { return is_integer(s); });
    const expr_id own = random_.one_of(numbers);
    const source others = maybe_filtered(scan(model, false), 30);
    const auto field = static_cast<std::uint32_t>(cx_.at(own).a);
    source same{make_.filter(others.rel, make_.eq(cx_.column(others.shown[0], field), own)), others.shown};
    same = totally_sorted(same);
    const std::uint32_t key = cx_.schema().at(model).primary_key;
    const bool by_key = random_.chance(60);
    const auto wanted = by_key ? key : static_cast<std::uint32_t>(cx_.at(random_.one_of(numbers)).a);
    const expr_id value = cx_.column(at, wanted);
    const bool several = by_key && random_.chance(40);
    const rel_id first = make_.project(make_.limit(same.rel, several ? 2 : 1, random_.chance(15) ? 1 : 0),
                                       exprs{cx_.column(others.shown[0], wanted)});
    const expr_id among = several ? make_.in_query(value, first) : make_.eq(value, make_.scalar_of(first));
    return project({make_.filter(rows.rel, among), rows.shown}, 2).rel;
  }

  /// A subquery for conditions and values.
  rel_id asked_twice(const source& rows) {
    const source others = scan(false);
    const source tied{make_.filter(others.rel, tie(others.shown, rows.shown)), others.shown};
    const expr_id value = number(others.shown);
    const expr_id found = random_.chance(60)
        ? make_.scalar_of(make_.project(make_.limit(totally_sorted(tied).rel, 1), exprs{value}))
        : make_.scalar_of(make_.group(tied.rel, {}, {aggregate(others.shown)}));
    const bool counts = is_integer(cx_.at(found).type.kind());
    const expr_id asked = counts ? comparison({found, constant()}) : make_.op(op::is_not_null, {found});
    const rel_id some = make_.filter(rows.rel, asked);
    return make_.project(some, {found, column(rows.shown)});
  }

  /// With aggregates over the related rows of the first relation that there is.
  source summed_beside(const source& rows) {
    for (const std::uint32_t i : rows.shown) {
      if (cx_.instance_at(i).model == none) continue;
      for (const ir::relation& r : cx_.schema().at(cx_.instance_at(i).model).relations) {
        if (r.through != none || !r.many) continue;
        const source others = scan(r.target, false);
        const source sums = summed_up(others, cx_.column(others.shown[0], r.remote), true);
        const expr_id on = make_.eq(cx_.column(i, r.local), cx_.column(sums.shown[0], 0));
        return {make_.join(join_kind::left, rows.rel, sums.rel, on, true), together(rows, sums)};
      }
    }
    return rows;
  }

  /// Columns beside values that others give, one of them perhaps twice.
  rel_id with_values_of_others(const source& rows) {
    exprs items = {column(rows.shown)};
    for (std::uint32_t i = 1 + random_.below(2); i > 0; --i)
      if (const expr_id other = value_of_others(rows.shown); other.present()) items.push_back(other);
    if (random_.chance(40)) items.push_back(make_.op(op::coalesce, {items.back(), items.back()}));
    rel_id from = rows.rel;
    if (random_.chance(40)) from = make_.filter(from, comparison({number_like(items.back()), constant()}));
    return make_.project(from, items);
  }
  expr_id number_like(expr_id e) { return is_integer(cx_.at(e).type.kind()) ? e : constant(); }

  /// Variances last: nobody compares what rounding may tell apart.
  source spread(const source& rows) {
    static constexpr std::array ops = {op::var_pop, op::var_samp, op::stddev_pop, op::stddev_samp};
    const exprs keys = random_.chance(60) ? exprs{column(rows.shown)} : exprs();
    const rel_id rel =
        make_.group(rows.rel, keys, {make_.aggregate(random_.one_of(ops), number(rows.shown), random_.chance(20))});
    return {rel, {cx_.at(rel).b}};
  }

  // --- relations ---

  /// `padded`: an outer join above may pad it.
  source relation(std::uint32_t depth, bool padded) {
    if (depth == 0) return scan(padded);
    const std::uint32_t roll = random_.below(100);
    if (roll < 12) return scan(padded);
    if (roll < 62) return related(depth, padded);
    if (roll < 72) return filtered(relation(depth - 1, padded), 2);
    if (roll < 78) return project(maybe_filtered(relation(depth - 1, padded), 50), 1 + random_.below(3), padded);
    if (roll < 83) return grouped(maybe_filtered(relation(depth - 1, padded), 50), padded);
    if (roll < 87) {
      const source each = project(relation(depth - 1, padded), 1 + random_.below(2), padded);
      return {make_.distinct(each.rel), each.shown};
    }
    if (roll < 91) return cut(totally_sorted(relation(depth - 1, padded)));
    if (roll < 94) return set_of(depth - 1, padded);
    if (roll < 95) return written(padded);
    if (roll < 96) return first_of_each(totally_sorted(relation(depth - 1, padded)));
    if (roll < 98) return windowed(relation(depth - 1, padded), padded);
    return unrelated(depth, padded);
  }

  /// A filter above may ask for the value of a window; one below narrows what it sees.
  source windowed(const source& rows, bool padded) {
    // Of rows that are alike each window may number another one first: two of them would not agree.
    bool unlike = true;
    for (const std::uint32_t i : rows.shown) unlike = unlike && cx_.instance_at(i).model != none;
    exprs calls;
    for (std::uint32_t i = 1 + random_.below(unlike ? 2 : 1); i > 0; --i) calls.push_back(window_call(rows.shown));
    const rel_id rel = make_.window(rows.rel, calls, padded);
    instances shown = rows.shown;
    shown.push_back(cx_.at(rel).b);
    return {rel, shown};
  }

  source scan(bool padded) { return scan(random_.below(cx_.schema().models().size()), padded); }
  source scan(std::uint32_t model, bool padded) {
    const rel_id rel = make_.scan(model, padded);
    return {rel, {cx_.at(rel).b}};
  }

  /// Rows that stand in the query itself, or none of them.
  source written(bool padded) {
    std::vector<exprs> all(1 + random_.below(3));
    for (exprs& r : all)
      for (int column = 0; column < 2; ++column)
        r.push_back(random_.chance(70) ? make_.integer(random_.below(4)) : cx_.null(types::int32));
    const rel_id rows = make_.rows(all, types::int32.with_nullable(true), padded);
    return {random_.chance(20) ? make_.empty(rows) : rows, {cx_.at(rows).b}};
  }

  source filtered(const source& rows, int depth) {
    return {make_.filter(rows.rel, condition(rows.shown, depth)), rows.shown};
  }
  source maybe_filtered(const source& rows, std::uint32_t percent) {
    return random_.chance(percent) ? filtered(rows, 2) : rows;
  }

  code join_form() {
    static constexpr std::array forms = {join_kind::left,  join_kind::left,  join_kind::left,  join_kind::left,
                                         join_kind::inner, join_kind::inner, join_kind::inner, join_kind::semi,
                                         join_kind::anti,  join_kind::full};
    return random_.one_of(forms);
  }

  /// A join along a relation of a model that the left side shows, as lowering makes it, and less tidy.
  source related(std::uint32_t depth, bool padded) {
    const code form = join_form();
    const source left = relation(depth - 1, padded || form == join_kind::full);
    std::vector<std::pair<std::uint32_t, const ir::relation*>> steps;
    for (const std::uint32_t i : left.shown)
      if (cx_.instance_at(i).model != none)
        for (const ir::relation& r : cx_.schema().at(cx_.instance_at(i).model).relations)
          if (r.through == none) steps.emplace_back(i, &r);
    if (steps.empty()) return left;
    const auto [from, r] = random_.one_of(steps);
    const bool pads = form == join_kind::left || form == join_kind::full;
    const expr_id near = cx_.column(from, r->local);
    const bool extra = random_.chance(20);
    const std::uint32_t side = random_.below(10);
    // As lowering has it: the row of a required, enforced key is always there.
    const bool always = form == join_kind::left && !r->many && r->trusted && !r->deferrable && !extra && side < 6 &&
        !padded && !cx_.at(near).type.nullable();
    source right = scan(r->target, padded || (pads && !always));
    expr_id far = cx_.column(right.shown[0], r->remote);
    bool keyed = true;
    if (side >= 6 && side < 9) right = filtered(right, 1);
    if (side == 9) {
      right = joined_below(right);
      keyed = false;
    }
    if (r->many && random_.chance(30)) {
      right = summed_up(right, far, padded || pads);
      far = cx_.column(right.shown[0], 0);
    }
    expr_id on = random_.chance(70) ? make_.eq(near, far) : make_.eq(far, near);
    if (extra) on = make_.both(on, condition(together(left, right), 1));
    const rel_id rel =
        make_.join(form, left.rel, right.rel, on, keyed && !r->many, keyed && r->trusted, keyed && r->deferrable);
    if (form == join_kind::semi || form == join_kind::anti) return {rel, left.shown};
    return {rel, together(left, right)};
  }

  /// Aggregates over related rows, each group found by the key that it has in common.
  source summed_up(const source& rows, expr_id key, bool padded) {
    exprs computed;
    for (std::uint32_t i = 1 + random_.below(2); i > 0; --i) computed.push_back(aggregate(rows.shown));
    const rel_id rel = make_.group(rows.rel, {key}, computed, padded);
    return {rel, {cx_.at(rel).b}};
  }

  /// A further relation behind the right side of a join.
  source joined_below(const source& rows) {
    const source other = scan(true);
    const code form = random_.chance(50) ? join_kind::inner : join_kind::left;
    const instances both = together(rows, other);
    return {make_.join(form, rows.rel, other.rel, pair_condition(rows.shown, other.shown)), both};
  }

  source unrelated(std::uint32_t depth, bool padded) {
    const code form = random_.chance(40) ? join_kind::cross : join_form();
    const source left = relation(depth - 1, padded || form == join_kind::full);
    const source right = relation(0, true);
    const expr_id on = form == join_kind::cross ? expr_id() : pair_condition(left.shown, right.shown);
    const rel_id rel = make_.join(form, left.rel, right.rel, on);
    if (form == join_kind::semi || form == join_kind::anti) return {rel, left.shown};
    return {rel, together(left, right)};
  }

  static instances together(const source& a, const source& b) {
    instances out = a.shown;
    out.insert(out.end(), b.shown.begin(), b.shown.end());
    return out;
  }

  source project(const source& rows, std::uint32_t count, bool padded = false) {
    const rel_id rel = make_.project(rows.rel, outputs(rows, count), padded);
    return {rel, {cx_.at(rel).b}};
  }
  exprs outputs(const source& rows, std::uint32_t count) {
    exprs out;
    for (std::uint32_t i = 0; i < count; ++i)
      out.push_back(random_.chance(85) ? column(rows.shown) : number(rows.shown));
    return out;
  }

  source grouped(const source& rows, bool padded) {
    exprs keys, computed;
    for (std::uint32_t i = random_.below(3); i > 0; --i) keys.push_back(column(rows.shown));
    for (std::uint32_t i = random_.below(3); i > 0 || keys.size() + computed.size() == 0; i -= i > 0 ? 1U : 0U)
      computed.push_back(aggregate(rows.shown));
    const rel_id rel = make_.group(random_.chance(15) ? maybe_sorted(rows).rel : rows.rel, keys, computed, padded);
    return {rel, {cx_.at(rel).b}};
  }

  source set_of(std::uint32_t depth, bool padded) {
    const rel_id left = arm(depth), right = arm(depth);
    static constexpr std::array operations = {set_kind::union_, set_kind::union_, set_kind::intersect,
                                              set_kind::except};
    const bool all = random_.chance(50);
    const rel_id rel = make_.set(random_.one_of(operations), all, left, right, padded);
    return {rel, {cx_.at(rel).b}};
  }
  rel_id arm(std::uint32_t depth) {
    if (depth > 0 && random_.chance(20)) return set_of(depth - 1, false).rel;
    const source rows = maybe_filtered(relation(depth, false), 60);
    const rel_id values = make_.project(rows.rel, {wide(number(rows.shown)), wide(number(rows.shown))});
    if (random_.chance(10)) return make_.distinct(values);
    return random_.chance(10) ? cut(totally_sorted({values, {cx_.at(values).b}})).rel : values;
  }
  /// The arms of a set operation are of the same types.
  expr_id wide(expr_id e) {
    const type t = cx_.at(e).type;
    const std::array<std::uint32_t, 1> of = {e.value};
    return t.kind() == scalar::int64 ? e
                                     : expr_id(cx_.make(kind::cast, 0, types::int64.with_nullable(t.nullable()), of));
  }

  // --- order ---

  source maybe_sorted(const source& rows) {
    if (!random_.chance(25)) return rows;
    return {make_.sort(rows.rel, {order_key(column(rows.shown))}), rows.shown};
  }
  /// What a limit keeps is decided.
  source totally_sorted(const source& rows) {
    std::vector<any_id> keys;
    if (random_.chance(60)) keys.push_back(order_key(column(rows.shown)));
    const std::vector<any_id> rest = total_order(rows.shown);
    keys.insert(keys.end(), rest.begin(), rest.end());
    return {make_.sort(rows.rel, keys), rows.shown};
  }
  source cut(const source& sorted) {
    const std::int64_t count = random_.chance(8) ? 0 : 1 + random_.below(4);
    return {make_.limit(sorted.rel, count, random_.chance(30) ? 1 : 0), sorted.shown};
  }
  source first_of_each(const source& sorted) {
    exprs alike = {column(sorted.shown)};
    if (random_.chance(25)) alike.push_back(column(sorted.shown));
    return {make_.distinct(sorted.rel, alike), sorted.shown};
  }

  /// A question about other rows, most often about those that belong to the row at hand.
  expr_id existence(const instances& shown, int depth) override {
    if (nested_ >= 2) return atom(shown);
    ++nested_;
    const expr_id out = subquery(shown, depth);
    --nested_;
    return out;
  }
  /// Rows that are tied to those around them, and most often narrowed.
  source others(const instances& shown, int depth) {
    source rows = random_.chance(60) ? scan(false) : relation(1, false);
    const instances inside = rows.shown;
    exprs where = {tie(inside, shown)};
    if (random_.chance(50)) where.push_back(condition(inside, depth - 1));
    if (random_.chance(10)) {
      instances both = inside;
      both.insert(both.end(), shown.begin(), shown.end());
      where.push_back(condition(both, 0));
    }
    rows.rel = make_.filter(rows.rel, where.size() == 1 ? where[0] : make_.op(op::and_, where));
    return rows;
  }

  /// Of the first row, or an aggregate.
  expr_id value_of_others(const instances& shown) override {
    if (nested_ >= 2) return {};
    ++nested_;
    const source rows = others(shown, 1);
    expr_id out;
    if (random_.chance(40)) {
      static constexpr std::array ops = {op::count, op::sum, op::min, op::max};
      out = make_.scalar_of(make_.group(rows.rel, {}, {make_.aggregate(random_.one_of(ops), number(rows.shown))}));
    } else {
      const source sorted = totally_sorted(rows);
      const rel_id value = make_.project(sorted.rel, {number(rows.shown)});
      out = make_.scalar_of(make_.limit(value, 1, random_.chance(15) ? 1 : 0));
    }
    --nested_;
    return out;
  }

  expr_id subquery(const instances& shown, int depth) {
    if (random_.chance(15))
      if (const expr_id value = value_of_others(shown); value.present()) return comparison({number(shown), value});
    const source rows = others(shown, depth);
    const instances inside = rows.shown;
    switch (random_.below(10)) {
      case 0: {
        const rel_id values = make_.project(rows.rel, {number(inside)});
        return make_.in_query(number(shown), values);
      }
      case 1: {
        const expr_id of = aggregate(inside);
        const expr_id value = make_.scalar_of(make_.group(rows.rel, {}, {of}));
        return is_number(cx_.at(of).type.kind()) ? comparison({constant(), value}) : make_.is_null(value);
      }
      case 5: {  // membership in the first rows of a sort
        const rel_id values = make_.project(totally_sorted(rows).rel, {number(inside)});
        return make_.in_query(number(shown), make_.limit(values, 1 + random_.below(2)));
      }
      case 2: return make_.exists(make_.project(rows.rel, {column(inside)}));
      case 3: return make_.exists(make_.limit(make_.project(totally_sorted(rows).rel, {column(inside)}), 1));
      case 4: return make_.exists(make_.distinct(make_.project(rows.rel, {column(inside)})));
      default: return make_.exists(rows.rel);
    }
  }

  /// What ties a subquery to the row around it: a key equality where there is a relation between the two.
  expr_id tie(const instances& inside, const instances& outside) {
    std::vector<expr_id> ties;
    for (const std::uint32_t i : inside)
      for (const std::uint32_t o : outside) {
        if (cx_.instance_at(i).model == none || cx_.instance_at(o).model == none) continue;
        for (const ir::relation& r : cx_.schema().at(cx_.instance_at(i).model).relations)
          if (r.through == none && r.target == cx_.instance_at(o).model)
            ties.push_back(make_.eq(cx_.column(i, r.local), cx_.column(o, r.remote)));
      }
    if (ties.empty() || random_.chance(15)) return comparison({number(inside), number(outside)});
    return random_.one_of(ties);
  }

  int nested_ = 0;
};

}  // namespace

rel_id random_query(context& cx, random_numbers& random, param_values& values) {
  return query_maker(cx, random, values).query();
}

}  // namespace quarry::test
