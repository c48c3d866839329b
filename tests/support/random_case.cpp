#include "support/random_case.hpp"

#include <algorithm>
#include <array>

#include "support/logical_builder.hpp"
#include "support/random_schema.hpp"
#include "support/random_surface.hpp"

namespace quarry::test {
namespace {

using namespace ir;
using exprs = logical_builder::exprs;

/// A relation with the instances whose columns may be read above it.
struct source {
  rel_id rel;
  std::vector<std::uint32_t> shown;
};

class query_maker {
 public:
  query_maker(context& cx, random_numbers& random, param_values& values)
      : cx_(cx), make_(cx), random_(random), values_(values) {}

  /// Ends in what a caller of the library may ask for: rows, each once, sorted, cut, counted, grouped.
  rel_id query() {
    source rows = maybe_filtered(relation(1 + random_.below(3), false), 75);
    switch (random_.below(14)) {
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
      default: return cut(totally_sorted(project(rows, 2))).rel;
    }
  }

 private:
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
    if (roll < 97) return first_of_each(totally_sorted(relation(depth - 1, padded)));
    return unrelated(depth, padded);
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
    const std::vector<std::uint32_t> both = together(rows, other);
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

  static std::vector<std::uint32_t> together(const source& a, const source& b) {
    std::vector<std::uint32_t> out = a.shown;
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

  expr_id aggregate(const std::vector<std::uint32_t>& shown) {
    static constexpr std::array ops = {op::count_rows, op::count, op::count, op::sum, op::avg, op::min, op::max};
    const expr_id over = random_.chance(25) ? condition(shown, 1) : expr_id();
    const expr_id numeric = number(shown), any_kind = column(shown);
    const bool each_once = random_.chance(40);
    const op o = random_.one_of(ops);
    if (o == op::count_rows) return make_.aggregate(o, {}, false, over);
    return make_.aggregate(o, o == op::count ? any_kind : numeric, each_once, over);
  }

  source set_of(std::uint32_t depth, bool padded) {
    const source a = maybe_filtered(relation(depth, false), 60), b = maybe_filtered(relation(depth, false), 60);
    const rel_id left = make_.project(a.rel, {wide(number(a.shown)), wide(number(a.shown))});
    const rel_id right = make_.project(b.rel, {wide(number(b.shown)), wide(number(b.shown))});
    static constexpr std::array operations = {set_kind::union_, set_kind::union_, set_kind::intersect,
                                              set_kind::except};
    const bool all = random_.chance(50);
    const rel_id rel = make_.set(random_.one_of(operations), all, left, right, padded);
    return {rel, {cx_.at(rel).b}};
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
  any_id order_key(expr_id e) { return random_.chance(50) ? make_.descending(e) : make_.ascending(e); }

  /// No two rows that differ stand beside each other: what a limit keeps is decided.
  source totally_sorted(const source& rows) {
    std::vector<any_id> keys;
    if (random_.chance(60)) keys.push_back(order_key(column(rows.shown)));
    for (const std::uint32_t i : rows.shown) {
      const std::uint32_t model = cx_.instance_at(i).model;
      if (model != none) keys.push_back(make_.ascending(cx_.column(i, cx_.schema().at(model).primary_key)));
      else
        for (std::uint32_t f = 0; f < cx_.instance_at(i).count; ++f) keys.push_back(make_.ascending(cx_.column(i, f)));
    }
    return {make_.sort(rows.rel, keys), rows.shown};
  }
  source cut(const source& sorted) {
    const std::int64_t count = random_.chance(8) ? 0 : 1 + random_.below(4);
    return {make_.limit(sorted.rel, count, random_.chance(30) ? 1 : 0), sorted.shown};
  }
  source first_of_each(const source& sorted) {
    return {make_.distinct(sorted.rel, {column(sorted.shown)}), sorted.shown};
  }

  // --- values ---

  std::vector<expr_id> columns(const std::vector<std::uint32_t>& shown, bool (*wanted)(scalar)) {
    std::vector<expr_id> out;
    for (const std::uint32_t i : shown) {
      const instance in = cx_.instance_at(i);
      const auto count =
          in.model != none ? static_cast<std::uint32_t>(cx_.schema().at(in.model).columns.size()) : in.count;
      for (std::uint32_t f = 0; f < count; ++f)
        if (wanted(cx_.column_type(i, f).kind())) out.push_back(cx_.column(i, f));
    }
    return out;
  }
  static bool any(scalar) { return true; }
  static bool integer(scalar s) { return is_integer(s); }
  static bool text(scalar s) { return s == scalar::text; }
  static bool truth(scalar s) { return s == scalar::boolean; }

  expr_id column(const std::vector<std::uint32_t>& shown) {
    const auto all = columns(shown, any);
    return random_.one_of(all);
  }
  /// An integer that may be NULL, and stays small.
  expr_id number(const std::vector<std::uint32_t>& shown) {
    const auto all = columns(shown, integer);
    if (all.empty()) return constant();
    const expr_id c = random_.one_of(all);
    switch (random_.below(12)) {
      case 0: return make_.op(op::add, {c, constant()});
      case 1: return make_.op(op::coalesce, {c, constant()});
      case 2: return make_.op(op::div, {c, random_.one_of(all)});
      case 3: return make_.op(op::mul, {c, make_.integer(-1)});
      default: return c;
    }
  }
  expr_id constant() { return random_.chance(60) ? make_.integer(random_.below(5)) : parameter(small()); }
  cell small() { return std::int64_t{random_.below(5)}; }
  expr_id parameter(cell value) {
    ir::param p;
    p.given = std::holds_alternative<std::string>(value) ? scalar::text : scalar::int64;
    values_.push_back({std::move(value)});
    return cx_.param_ref(cx_.add_param(p), type(p.given, false));
  }
  expr_id list_parameter() {
    std::vector<cell> elements;
    for (std::uint32_t i = 1 + random_.below(3); i > 0; --i) elements.push_back(small());
    ir::param p;
    p.what = ir::param::form::list;
    p.given = scalar::int64;
    p.length = static_cast<std::uint32_t>(elements.size());
    values_.push_back(std::move(elements));
    return cx_.param_ref(cx_.add_param(p), type::array_of(scalar::int64));
  }

  // --- conditions ---

  expr_id condition(const std::vector<std::uint32_t>& shown, int depth) {
    if (depth > 0) switch (random_.below(10)) {
        case 0:
        case 1: return make_.op(op::and_, some_conditions(shown, depth));
        case 2:
        case 3: return make_.op(op::or_, some_conditions(shown, depth));
        case 4:
        case 5: return make_.negated(condition(shown, depth - 1));
        case 6: return existence(shown, depth);
        default: break;
      }
    return atom(shown);
  }
  exprs some_conditions(const std::vector<std::uint32_t>& shown, int depth) {
    exprs out;
    for (std::uint32_t i = 2 + random_.below(2); i > 0; --i) out.push_back(condition(shown, depth - 1));
    return out;
  }

  /// Operands in a list, here and below: it is evaluated from left to right by every compiler.
  expr_id comparison(const exprs& operands) {
    static constexpr std::array ops = {op::eq, op::eq, op::eq, op::ne,          op::lt,
                                       op::le, op::gt, op::ge, op::not_distinct};
    return make_.op(random_.one_of(ops), operands);
  }

  expr_id atom(const std::vector<std::uint32_t>& shown) {
    switch (random_.below(20)) {
      case 0:
      case 1:
      case 2: return make_.is_null(column(shown));
      case 3: return make_.op(op::is_not_null, {column(shown)});
      case 4:
        return make_.op(op::in_list,
                        {number(shown), constant(), random_.chance(30) ? cx_.null(types::int32) : constant()});
      case 5: return make_.op(op::in_array, {number(shown), list_parameter()});
      case 6: return make_.op(op::between, {number(shown), constant(), constant()});
      case 7:
      case 8: return of_text(shown);
      case 9:
      case 10:
        if (const auto all = columns(shown, truth); !all.empty()) return random_.one_of(all);
        return comparison({number(shown), constant()});
      case 11:
        if (random_.chance(40)) return random_.chance(60) ? cx_.boolean(random_.chance(30)) : cx_.null(types::boolean);
        return make_.op(op::is_true, {comparison({number(shown), constant()})});
      case 12: return make_.is_null(comparison({number(shown), number(shown)}));
      case 13: return comparison({number(shown), number(shown)});
      default: return comparison({number(shown), constant()});
    }
  }

  expr_id of_text(const std::vector<std::uint32_t>& shown) {
    const auto all = columns(shown, text);
    if (all.empty()) return comparison({number(shown), constant()});
    static constexpr std::array ops = {op::eq, op::contains, op::startswith, op::endswith, op::lt, op::ne};
    static constexpr std::array texts = {"", "a", "b", "é"};
    const exprs operands = {random_.one_of(all), parameter(std::string(random_.one_of(texts)))};
    return make_.op(random_.one_of(ops), operands);
  }

  expr_id pair_condition(const std::vector<std::uint32_t>& left, const std::vector<std::uint32_t>& right) {
    return comparison({number(left), number(right)});
  }

  /// A question about other rows, most often about those that belong to the row at hand.
  expr_id existence(const std::vector<std::uint32_t>& shown, int depth) {
    if (nested_ >= 2) return atom(shown);
    ++nested_;
    const expr_id out = subquery(shown, depth);
    --nested_;
    return out;
  }
  expr_id subquery(const std::vector<std::uint32_t>& shown, int depth) {
    source rows = random_.chance(60) ? scan(false) : relation(1, false);
    const std::vector<std::uint32_t> inside = rows.shown;
    exprs where = {tie(inside, shown)};
    if (random_.chance(50)) where.push_back(condition(inside, depth - 1));
    if (random_.chance(10)) {
      std::vector<std::uint32_t> both = inside;
      both.insert(both.end(), shown.begin(), shown.end());
      where.push_back(condition(both, 0));
    }
    rows.rel = make_.filter(rows.rel, where.size() == 1 ? where[0] : make_.op(op::and_, where));
    switch (random_.below(10)) {
      case 0: {
        const rel_id values = make_.project(rows.rel, {number(inside)});
        return make_.in_query(number(shown), values);
      }
      case 1: return comparison({constant(), make_.scalar_of(make_.group(rows.rel, {}, {aggregate(inside)}))});
      case 2: return make_.exists(make_.project(rows.rel, {column(inside)}));
      case 3: return make_.exists(make_.limit(make_.project(totally_sorted(rows).rel, {column(inside)}), 1));
      case 4: return make_.exists(make_.distinct(make_.project(rows.rel, {column(inside)})));
      default: return make_.exists(rows.rel);
    }
  }

  /// What ties a subquery to the row around it: a key equality where there is a relation between the two.
  expr_id tie(const std::vector<std::uint32_t>& inside, const std::vector<std::uint32_t>& outside) {
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

  context& cx_;
  logical_builder make_;
  random_numbers& random_;
  param_values& values_;
  int nested_ = 0;
};

}  // namespace

random_case make_random_case(context& cx, std::uint64_t seed) {
  random_numbers random(seed);
  random_case out;
  out.schema = random_schema(random);
  out.tables = random_rows(random, *out.schema);
  cx.reset(*out.schema);
  // A third as callers chain them; the others in shapes that no lowering makes yet.
  if (random.chance(33)) out.query = random_query_set(cx, random, out.values);
  out.lowered = out.query.present();
  if (out.lowered) return out;
  cx.reset(*out.schema);
  out.values.clear();
  out.query = query_maker(cx, random, out.values).query();
  return out;
}

}  // namespace quarry::test
