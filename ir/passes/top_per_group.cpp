// top-per-group
// Needs: keys, ties.   Gives: the first rows of each group, numbered once, for a subquery that looks for them again for each
// row.   Never: does so for a subquery that is tied by anything but equality of a column with the same column; without an
// order; below a row that is fixed by its key.
//   filter e where eq(e.id, scalar_of (project (limit (sort (filter e2 where eq(e2.blog_id, e.blog_id)) [key desc e2.pub_date]) count 1) [e2.id]))
//   ==>   filter e where in_query e.id in
//           (project (filter (window e2 [row_number over (partition [e2.blog_id] order [key desc e2.pub_date])]) where le(number, 1)) [e2.id])
//
// Valid since both read the same table and the value is its key: a row that is among the first of some group is among the
// first of its own. A value that is no key is compared together with the group's.
// Valid under NULLs: a row whose group is NULL finds nothing; so rows whose group is NULL are left out before they are numbered.
// Valid under duplicates: a filter stays a filter; a group has one first row, so that the join finds one.
// Among rows that the order takes for equal, the subquery took any; so does the number.
#include <array>

#include <quarry/ir/match/fresh_copy.hpp>
#include <quarry/ir/passes/passes.hpp>
#include <quarry/ir/passes/ties.hpp>

namespace quarry::ir {
namespace {

class group_numberer : public top_down<group_numberer, false> {
 public:
  using top_down::top_down;

  rel_id visit(rel_id id, demand asked) {
    if (cx_.at(id).kind != kind::filter) return descend(id, asked);
    const auto f = as<view::filter>(cx_, id);
    const rel_id input = f.input();
    if (!looks_for_first_rows(f.predicate())) return descend(id, asked);
    std::vector<std::uint32_t> conjuncts;
    each_conjunct(cx_, f.predicate(), [&](expr_id c) { conjuncts.push_back(c.value); });
    rel_id out = input;
    bool changed = false;
    for (std::size_t i = 0; i < conjuncts.size(); ++i) {
      const rel_id before = out;
      const expr_id now = numbered(expr_id(conjuncts[i]), conjuncts, out);
      if (!now.present()) continue;
      ++px_.counters.applied;
      px_.tell(event::groups_numbered, input, expr_id(conjuncts[i]));
      changed = true;
      conjuncts[i] = out == before ? now.value : none;
    }
    if (!changed) return descend(id, asked);
    std::erase(conjuncts, none);
    return descend(filtered(cx_, out, conjuncts), asked);
  }

 private:
  bool looks_for_first_rows(expr_id predicate) const {
    bool found = false;
    each_conjunct(cx_, predicate, [&](expr_id c) {
      found = found || cx_.at(c).kind == kind::in_query ||
          (is_op(cx_, c, op::eq) &&
           (cx_.at(cx_.child(c, 0)).kind == kind::scalar_of || cx_.at(cx_.child(c, 1)).kind == kind::scalar_of));
    });
    return found;
  }

  expr_id refused(decline why) {
    px_.declined(why);
    return {};
  }

  /// The instance is a table that `rel` shows.
  bool is_table(std::uint32_t instance, rel_id rel) const {
    return cx_.instance_at(instance).model != none && instances_visible(cx_, rel).has(instance);
  }
  const model& model_of(std::uint32_t instance) const { return cx_.schema().at(cx_.instance_at(instance).model); }

  /// What stands for the conjunct; or a join that does, put over `input`, and anything present. Absent: it stays.
  expr_id numbered(expr_id conjunct, std::span<const std::uint32_t> beside, rel_id& input) {
    const bool membership = cx_.at(conjunct).kind == kind::in_query;
    if (!membership && !is_op(cx_, conjunct, op::eq)) return {};
    std::uint32_t side = membership ? 1 : 0;
    if (!membership && cx_.at(cx_.child(conjunct, 0)).kind != kind::scalar_of) side = 1;
    const expr_id left(cx_.child(conjunct, 1 - side));
    any_id query = cx_.child(conjunct, side);
    if (!membership) {
      if (cx_.at(query).kind != kind::scalar_of) return {};
      query = cx_.child(query, 0);
    }
    first_rows first;
    if (cx_.at(left).kind != kind::column || !first.read(cx_, rel_id(query))) return {};
    ++px_.counters.matched;
    const std::uint32_t outer = cx_.at(left).b, inner = cx_.at(first.value).b;
    const auto field = static_cast<std::uint32_t>(cx_.at(left).a);
    if (!is_table(outer, input) || !is_table(inner, first.rows) || cx_.at(first.value).a != field ||
        cx_.instance_at(outer).model != cx_.instance_at(inner).model)
      return refused(decline::top_per_group_other_relation);
    if (!first.order.present()) return refused(decline::top_per_group_no_order);
    const bool by_key = model_of(outer).primary_key == field;
    if (!by_key && !may_be_joined(input)) return {};
    if (!by_key && (membership || first.offset.present())) return refused(decline::top_per_group_no_key);
    const kind below = cx_.at(first.rows).kind;
    const bool plain_rows = below == kind::filter || below == kind::join;
    untied_rows untied = plain_rows ? untie(px_, first.rows) : untied_rows();
    if (!untied.fits || is_volatile(cx_, first.order) ||
        !references(cx_, order_list(first.order)).within(instances_visible(cx_, untied.rows)))
      return refused(decline::top_per_group_tied_inside);
    std::vector<expr_id> groups;
    for (const expr_id t : untied.ties) {
      const expr_id g = group_of(t, outer, inner);
      if (!g.present()) return refused(decline::top_per_group_tied_otherwise);
      groups.push_back(g);
    }
    if (groups.empty()) return refused(decline::top_per_group_no_tie);
    if (fixes_a_row(beside, input, outer)) return refused(decline::top_per_group_few_rows);
    first.rows = narrowed(untied.rows, groups, beside, conjunct, outer, inner);
    const rel_id numbers = number(first, groups, membership);
    return by_key ? among(left, numbers, first.value) : joined(left, numbers, first.value, groups, outer, input);
  }

  /// In no order that somebody sees.
  bool may_be_joined(rel_id input) const {
    while (cx_.at(input).kind == kind::filter) input = rel_id(cx_.child(input, 0));
    return cx_.at(input).kind == kind::scan || cx_.at(input).kind == kind::join;
  }

  /// The group column of a tie eq(inner column, the same column outside).
  expr_id group_of(expr_id tie, std::uint32_t outer, std::uint32_t inner) const {
    if (!is_op(cx_, tie, op::eq)) return {};
    for (std::uint32_t side = 0; side < 2; ++side) {
      const any_id in = cx_.child(tie, side), out = cx_.child(tie, 1 - side);
      if (cx_.at(in).kind == kind::column && cx_.at(out).kind == kind::column && cx_.at(in).b == inner &&
          cx_.at(out).b == outer && cx_.at(in).a == cx_.at(out).a)
        return expr_id(in);
    }
    return {};
  }

  bool fixes_a_row(std::span<const std::uint32_t> beside, rel_id input, std::uint32_t outer) {
    if (px_.keys.fixes_a_key(cx_, input, conjunction(cx_, plain(beside)))) return true;
    bool fixed = false;
    for (rel_id rel = input; input_count(cx_.at(rel)) > 0; rel = rel_id(cx_.child(rel, 0)))
      if (cx_.at(rel).kind == kind::filter)
        each_conjunct(cx_, expr_id(cx_.child(rel, 1)), [&](expr_id c) { fixed = fixed || is_key_value(c, outer); });
    return fixed;
  }
  bool is_key_value(expr_id c, std::uint32_t outer) const {
    if (!is_op(cx_, c, op::eq)) return false;
    const node& first = cx_.at(cx_.child(c, 0));
    return first.kind == kind::column && first.b == outer && model_of(outer).primary_key == first.a;
  }
  /// Those without subqueries.
  std::vector<std::uint32_t> plain(std::span<const std::uint32_t> conjuncts) const {
    std::vector<std::uint32_t> out;
    for (const std::uint32_t c : conjuncts)
      if (c != none && !has_subquery(cx_, {c})) out.push_back(c);
    return out;
  }

  /// Only groups that matter: of rows that are known, and of those that a condition beside leaves, where that finds few.
  rel_id narrowed(rel_id rows, std::span<const expr_id> groups, std::span<const std::uint32_t> beside, expr_id conjunct,
                  std::uint32_t outer, std::uint32_t inner) {
    child_list conditions(cx_);
    for (const expr_id g : groups)
      if (model_of(inner).columns[cx_.at(g).a].type.nullable()) {
        const expr_id known = cx_.make_op(op::is_not_null, {g});
        conditions.add(known);
      }
    instance_set own;
    own.add(outer);
    std::vector<std::uint32_t> narrow;
    bool few = false;
    for (const std::uint32_t c : plain(beside)) {
      if (c == conjunct.value || !references(cx_, {c}).within(own) || is_volatile(cx_, {c})) continue;
      narrow.push_back(c);
      few = few || finds_few(expr_id(c));
    }
    if (few && groups.size() == 1) {
      const rel_id scan(cx_.make(kind::scan, 0, {}, {}, cx_.instance_at(outer).model, outer));
      const expr_id group = cx_.column(outer, static_cast<std::uint32_t>(cx_.at(groups[0]).a));
      const rel_id keys = copies_.run(cx_, listed(filtered(cx_, scan, narrow), group));
      const expr_id within = member(groups[0], keys);
      conditions.add(within);
    }
    return filtered(cx_, rows, conditions.ids());
  }
  /// By its name and type alone: there are no statistics.
  bool finds_few(expr_id c) const {
    const node& n = cx_.at(c);
    if (n.kind != kind::op || n.child_count == 0) return false;
    const any_id first = cx_.child(c, 0);
    if (cx_.at(first).kind != kind::column) return false;
    const instance& in = cx_.instance_at(cx_.at(first).b);
    const column& column = cx_.schema().at(in.model).columns[cx_.at(first).a];
    const bool indexed = column.primary_key || column.unique || column.indexed || column.relation != none;
    const scalar type = column.type.kind();
    switch (static_cast<op>(n.b)) {
      case op::eq:
      case op::in_list:
      case op::in_array: return indexed || (type != scalar::boolean && type != scalar::int16 && type != scalar::int32);
      default: return false;
    }
  }

  rel_id listed(rel_id rows, expr_id value) {
    const output named{cx_.names().intern("key"), cx_.at(value).type};
    const std::uint32_t made = cx_.new_computed_instance({&named, 1});
    const std::array<std::uint32_t, 2> children = {rows.value, value.value};
    return rel_id(cx_.make(kind::project, 0, {}, children, 0, made));
  }
  expr_id member(expr_id value, rel_id keys) {
    const std::array<std::uint32_t, 2> children = {value.value, keys.value};
    const bool nullable = cx_.at(value).type.nullable() || cx_.column_type(cx_.at(keys).b, 0).nullable();
    return expr_id(cx_.make(kind::in_query, 0, types::boolean.with_nullable(nullable), children));
  }

  part_id order_list(rel_id sort) {
    child_list keys(cx_);
    for (std::uint32_t i = 1; i < cx_.at(sort).child_count; ++i) keys.add(cx_.child(sort, i));
    return cx_.list(keys.ids());
  }

  /// The rows that the subquery took of each group; one value is of one row, whatever the limit says.
  rel_id number(const first_rows& first, std::span<const expr_id> groups, bool membership) {
    child_list partition(cx_);
    for (const expr_id g : groups) partition.add(g);
    const std::array<std::uint32_t, 3> spec = {cx_.list(partition.ids()).value, order_list(first.order).value, none};
    const any_id function = cx_.make_op(op::row_number, std::span<const std::uint32_t>());
    const std::array<std::uint32_t, 2> call = {function.value,
                                               cx_.make(kind::window_spec, 0, {}, spec, symbol().value).value};
    const output named{cx_.names().intern("number"), types::int64};
    const std::uint32_t made = cx_.new_computed_instance({&named, 1});
    const std::array<std::uint32_t, 1> value = {cx_.make(kind::window_call, 0, types::int64, call).value};
    const std::array<std::uint32_t, 2> window = {first.rows.value,
                                                 cx_.make(kind::named, 0, {}, value, named.name.value).value};
    const rel_id rows(cx_.make(kind::window_rel, 0, {}, window, 0, made));
    const expr_id place = cx_.column(made, 0), count = membership ? first.count : cx_.integer(1);
    child_list conditions(cx_);
    if (first.offset.present()) {
      const expr_id after = cx_.make_op(op::gt, {place, first.offset});
      conditions.add(after);
      const expr_id end = cx_.make_op(op::add, {first.offset, count});
      const expr_id until = cx_.make_op(op::le, {place, end});
      conditions.add(until);
    } else {
      const expr_id until = cx_.make_op(op::le, {place, count});
      conditions.add(until);
    }
    return filtered(cx_, rows, conditions.ids());
  }

  expr_id among(expr_id key, rel_id numbers, expr_id value) {
    return member(key, copies_.run(cx_, listed(numbers, value)));
  }

  /// Value and group of the first rows, joined with the rows that have both.
  expr_id joined(expr_id left, rel_id numbers, expr_id value, std::span<const expr_id> groups, std::uint32_t outer,
                 rel_id& input) {
    px_.outputs.clear();
    child_list items(cx_);
    items.add(numbers);
    const auto give = [&](expr_id e) {
      items.add(e);
      px_.outputs.push_back({cx_.names().intern("c" + std::to_string(px_.outputs.size())), cx_.at(e).type});
    };
    give(value);
    for (const expr_id g : groups) give(g);
    const std::uint32_t made = cx_.new_computed_instance(px_.outputs);
    const rel_id firsts = copies_.run(cx_, rel_id(cx_.make(kind::project, 0, {}, items.ids(), 0, made)));
    const std::uint32_t given = cx_.at(firsts).b;
    child_list on(cx_);
    const expr_id same_value = cx_.make_op(op::eq, {left, cx_.column(given, 0)});
    on.add(same_value);
    for (std::uint32_t i = 0; i < groups.size(); ++i) {
      const expr_id mine = cx_.column(outer, static_cast<std::uint32_t>(cx_.at(groups[i]).a));
      const expr_id same_group = cx_.make_op(op::eq, {mine, cx_.column(given, i + 1)});
      on.add(same_group);
    }
    const std::array<std::uint32_t, 3> children = {input.value, firsts.value, conjunction(cx_, on.ids()).value};
    input = rel_id(cx_.make(kind::join, 1, {}, children, 0, join_kind::inner));
    return same_value;
  }

  fresh_copy copies_;
};

}  // namespace

rel_id top_per_group(pass_context& px, rel_id root) {
  group_numberer numberer(px);
  const rel_id out = numberer.query(root, {});
  if (out == root) return root;
  px.add(feature::subquery | feature::computed_below);
  return out;
}

}  // namespace quarry::ir
