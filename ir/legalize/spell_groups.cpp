// spell-groups: what a joined group gives a row, asked for at that row.
//   g = aggregate e by [e.blog_id] compute [aggregate sum [e.rating]] -> (key1, value1)
//   project (join left to_one b with g on eq(b.id, g.key1)) [b.id, g.value1]
//   ==>   project b [b.id, scalar_of(aggregate (filter e where eq(e.blog_id, b.id)) by [] compute [aggregate sum [e.rating]])]
//
// Valid where the left join's condition is the equality of the group's only key with a value of the left row, nothing but the group's
// values is read of it, and its rows need nothing from around. For a row whose key has no group the join gives NULL, as does every
// aggregate over no row but a count, which gives 0: a count must be read as coalesce(count, 0), where both are the same.
// An inner join whose group is filtered is a filter by the same values, where a row without a group does not pass it.
// Valid under duplicates: a left row has one group at most, and keeps its place with or without it.
//
// A subquery goes through the rows of its group once each time it is read, by an index on the key; a derived table goes through all
// rows once, sorts or groups them, and is searched. So the subquery wins where a value is read once or twice, and by far where few rows
// ask; and loses where one group gives several values.
#include <quarry/ir/legalize/spell_groups.hpp>

#include <algorithm>
#include <array>

#include <quarry/ir/analysis/narrowing.hpp>
#include <quarry/ir/analysis/truth.hpp>
#include <quarry/ir/model/views.hpp>
#include <quarry/ir/provenance/provenance.hpp>

namespace quarry::ir {
namespace {

constexpr std::uint32_t most_nodes = 4000;  // a query in which more would be looked at stays as it is
constexpr std::uint32_t few_rows = 10;  // one in so many

/// Whether a condition on the column would find its table: nothing on the way computes, cuts or pads.
bool reaches_table(const context& cx, rel_id rel, std::uint32_t instance) {
  const node& n = cx.at(rel);
  switch (n.kind) {
    case kind::scan: return n.b == instance;
    case kind::filter: return reaches_table(cx, rel_id(cx.child(rel, 0)), instance);
    case kind::join:
      if (n.b == join_kind::full) return false;
      return reaches_table(cx, rel_id(cx.child(rel, 0)), instance) ||
          (n.b == join_kind::inner && reaches_table(cx, rel_id(cx.child(rel, 1)), instance));
    default: return false;
  }
}

bool is_count(const context& cx, any_id aggregate) {
  return info(static_cast<op>(cx.at(aggregate).b)).nulls == null_policy::never;
}

bool is_zero(const node& n) { return n.kind == kind::literal && n.flags == 0 && n.a == 0; }

}  // namespace

rel_id group_speller::run(context& cx, rel_id root) {
  cx_ = &cx;
  groups_.clear();
  values_.clear();
  budget_ = most_nodes;
  items_ = {};
  find(root, false);
  if (groups_.empty()) return root;
  count_reads(root, 0);
  if (budget_ == 0) return root;
  std::erase_if(groups_, [](const joined_group& g) { return !g.usable || g.reads == 0 || g.reads > g.affordable; });
  if (groups_.empty()) return root;
  if (provenance* const why = cx.why())
    for (const joined_group& g : groups_) why->tell(event::spelled_subquery, cx.at(g.key).b);
  return rel_id(rewriter_.run(cx, root, [&](any_id id) -> any_id {
    const node n = cx.at(id);
    if (n.kind == kind::column) {
      const joined_group* const g = n.a == 0 ? nullptr : at(n.b);
      return g == nullptr ? id : any_id(subquery_for(*g, static_cast<std::uint32_t>(n.a)));
    }
    if (n.kind != kind::join || !joins_group(id)) return id;
    if (n.b == join_kind::left) return cx.child(id, 0);
    const std::array<std::uint32_t, 1> condition = {cx.child(cx.child(id, 1), 1).value};
    return filtered(cx, rel_id(cx.child(id, 0)), condition);
  }));
}

/// The join is that of a group that is spelled otherwise.
bool group_speller::joins_group(any_id join) {
  any_id right = cx_->child(join, 1);
  if (cx_->at(right).kind == kind::filter && cx_->at(join).b == join_kind::inner) right = cx_->child(right, 0);
  return cx_->at(right).kind == kind::group && at(cx_->at(right).b) != nullptr;
}

group_speller::joined_group* group_speller::at(std::uint32_t instance) {
  const auto found = std::ranges::find(groups_, instance, &joined_group::instance);
  return found == groups_.end() ? nullptr : &*found;
}

/// `stops_early`: some of the rows are taken, and the others left.
void group_speller::find(rel_id rel, bool stops_early) {
  const node& n = cx_->at(rel);
  switch (n.kind) {
    case kind::limit: stops_early = stops_early || cx_->child(rel, 1).present(); break;
    case kind::sort: stops_early = stops_early && is_ordered_by_index(*cx_, rel); break;
    case kind::join:
      if (n.b == join_kind::left || n.b == join_kind::inner) consider(rel, stops_early);
      break;
    case kind::group:
    case kind::window_rel:
    case kind::set_op: stops_early = false; break;
    default: break;
  }
  const std::uint32_t inputs = input_count(n);
  for (std::uint32_t i = 0; i < inputs; ++i) find(rel_id(cx_->child(rel, i)), stops_early);
}

void group_speller::consider(rel_id join, bool stops_early) {
  const context& cx = *cx_;
  const auto j = as<view::join>(cx, join);
  // An inner join has a filter on the group's values, which a row without a group must not pass either.
  const bool inner = j.form() == join_kind::inner;
  const auto f = try_as<view::filter>(cx, j.right());
  if (inner && !f) return;
  const auto g = try_as<view::group>(cx, inner ? f->input() : j.right());
  if (!g || cx.at(g->keys()).child_count != 1 || !is_op(cx, j.on(), op::eq)) return;
  if (inner) {
    null_row no_group;
    no_group.nulls.add(g->instance());
    if (!no_group.nulls.known() || !rejects(cx, f->predicate(), no_group)) return;
  }
  const any_id key = cx.child(g->keys(), 0);
  const auto is_key = [&](any_id e) {
    const node& n = cx.at(e);
    return n.kind == kind::column && n.b == g->instance() && n.a == 0;
  };
  any_id near = cx.child(j.on(), 0), far = cx.child(j.on(), 1);
  if (is_key(near)) std::swap(near, far);
  if (!is_key(far) || references(cx, near).touches(instances_visible(cx, j.right()))) return;
  if (!is_indexed(cx, key) || !reaches_table(cx, g->input(), cx.at(key).b)) return;
  if (!references(cx, g->self).empty() || is_volatile(cx, g->self)) return;
  for (const std::uint32_t a : cx.children(g->aggregates()))
    if (cx.at({a}).kind != kind::aggregate) return;
  joined_group found{g->instance(), rel_id(g->self), expr_id(key), expr_id(near)};
  if (stops_early || narrowing_of(cx, j.left()) >= few_rows) found.affordable = 2 * few_rows;
  groups_.push_back(found);
}

/// How often each value is read, and whether all that reads it may hold a subquery. `depth`: subqueries around.
void group_speller::count_reads(any_id id, std::uint32_t depth) {
  if (!id.present() || budget_ == 0) return;
  --budget_;
  const context& cx = *cx_;
  const node n = cx.at(id);
  if (n.kind == kind::column) {
    joined_group* const g = at(n.b);
    if (g == nullptr) return;
    ++g->reads;
    const part_id aggregates = as<view::group>(cx, g->group).aggregates();
    // Not the key; a count is met below, with what makes NULL of it 0; and for the rows of a subquery it would be asked for each.
    if (n.a == 0 || is_count(cx, cx.child(aggregates, static_cast<std::uint32_t>(n.a) - 1)) || depth > 0)
      g->usable = false;
    return;
  }
  if (n.kind == kind::op && static_cast<op>(n.b) == op::coalesce && n.child_count == 2 &&
      is_zero(cx.at(cx.child(id, 1)))) {
    const node& value = cx.at(cx.child(id, 0));
    joined_group* const g = value.kind == kind::column ? at(value.b) : nullptr;
    if (g != nullptr && value.a > 0 && depth == 0) {
      ++g->reads;
      return;
    }
  }
  if (n.kind == kind::project) items_ = id;
  else if (is_relation(n.kind) && n.kind != kind::limit && n.kind != kind::sort) items_ = {};
  if (n.kind == kind::sort && depth == 0)
    for (std::uint32_t i = 1; i < n.child_count; ++i) count_order(cx.child(id, i));
  const std::uint32_t inputs = input_count(n);
  for (std::uint32_t i = 0; i < n.child_count; ++i) {
    const any_id child = cx.child(id, i);
    if (!child.present()) continue;
    if (n.kind == kind::join && i == 2) {
      // Its own condition goes with the group; any other that reads it is no place for a subquery.
      if (!joins_group(id)) count_reads(child, depth + 1);
    } else if (n.kind == kind::sort && i > 0 && depth == 0) {
      continue;  // counted before
    } else if (n.kind == kind::group && i == 1) {
      count_reads(child, depth + 1);
    } else {
      count_reads(child, depth + (i >= inputs && is_relation(cx.at(child).kind) ? 1 : 0));
    }
  }
}

/// An order by what the query gives is said by its place there, and computed once.
void group_speller::count_order(any_id key) {
  const std::uint32_t value = cx_->child(key, 0).value;
  const auto items = items_.present() ? cx_->children(items_).subspan(1) : std::span<const std::uint32_t>();
  if (std::ranges::find(items, value) == items.end()) count_reads(key, 0);
}

expr_id group_speller::subquery_for(const joined_group& g, std::uint32_t field) {
  for (const spelled_value& v : values_)
    if (v.instance == g.instance && v.field == field) return v.subquery;
  context& cx = *cx_;
  const auto group = as<view::group>(cx, g.group);
  rel_id rows = group.input();
  expr_id key = g.key, aggregate(cx.child(group.aggregates(), field - 1));
  // The relations of a query that stands twice are different ones.
  const bool again = std::ranges::any_of(values_, [&](const spelled_value& v) { return v.instance == g.instance; });
  if (again) {
    rows = copy_.run(cx, rows);
    key = copy_.of(cx, key);
    aggregate = copy_.of(cx, aggregate);
  }
  const std::array<std::uint32_t, 1> condition = {cx.make_op(op::eq, {key, g.near}).value};
  const output given = cx.outputs(g.instance)[field];
  const std::array<std::uint32_t, 1> computed = {aggregate.value};
  const std::array<std::uint32_t, 3> parts = {filtered(cx, rows, condition).value, cx.list({}).value,
                                              cx.list(computed).value};
  const std::array<std::uint32_t, 1> of = {
      cx.make(kind::group, 0, {}, parts, 0, cx.new_computed_instance({&given, 1})).value};
  const expr_id out(cx.make(kind::scalar_of, 0, given.type.with_nullable(true), of));
  values_.push_back({g.instance, field, out});
  return out;
}

}  // namespace quarry::ir
