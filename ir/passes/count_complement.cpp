// count-complement
// Needs: keys, narrowing.   Gives: the number of rows of a whole table without those that few others match, as the
// number of all less that of the matched.   Never: does so for a filtered table, for a tie by anything but its key, where
// nothing tells that few match, or below anything.
//   aggregate (join anti e with (filter l where …) on eq(l.entry_id, e.id)) by [] compute [aggregate count_rows []]
//   ==>   project (aggregate (join inner (filter l where …) with e on eq(l.entry_id, e.id)) by []
//           compute [aggregate count distinct [e.id]]) [sub(scalar_of(aggregate e2 by [] compute [aggregate count_rows []]), matched)]
//
// Valid under NULLs: an anti join keeps the rows for which the condition is TRUE for no row of the other side; each of
// the others is found by an inner join on that condition. The key is never NULL.
// Valid under duplicates: the key is unique, so that distinct keys are distinct rows, however often they are found.
#include <array>

#include <quarry/ir/analysis/narrowing.hpp>
#include <quarry/ir/passes/passes.hpp>

namespace quarry::ir {
namespace {

/// One in so many of the other side's rows is left.
constexpr std::uint32_t few_matches = 50;

class complement_counter {
 public:
  explicit complement_counter(pass_context& px) : px_(px), cx_(px.cx()) {}

  rel_id run(rel_id root) {
    ++px_.counters.visited;
    const auto g = try_as<view::group>(cx_, root);
    if (!g || cx_.at(g->keys()).child_count != 0 || cx_.at(g->aggregates()).child_count != 1) return root;
    const node& count = cx_.at(cx_.child(g->aggregates(), 0));
    if (count.kind != kind::aggregate || static_cast<op>(count.b) != op::count_rows || count.child_count != 2 ||
        cx_.child(cx_.child(g->aggregates(), 0), 0).present())
      return root;
    const auto j = try_as<view::join>(cx_, g->input());
    if (!j || j->form() != join_kind::anti) return root;
    ++px_.counters.matched;
    const auto table = try_as<view::scan>(cx_, j->left());
    if (!table) return refused(root, decline::count_complement_narrowed);
    expr_id key, other;
    if (!ties_by_key(*j, table->instance(), key, other)) return refused(root, decline::count_complement_no_key);
    if (narrowing_of(cx_, j->right()) < few_matches || !references(cx_, j->right()).empty() ||
        is_volatile(cx_, j->right()))
      return refused(root, decline::count_complement_many_match);
    ++px_.counters.applied;
    px_.tell(event::counted_complement, j->left());
    return complement(*g, *j, key, other);
  }

 private:
  rel_id refused(rel_id root, decline why) {
    px_.declined(why);
    return root;
  }

  bool ties_by_key(const view::join& j, std::uint32_t table, expr_id& key, expr_id& other) const {
    const expr_id on = j.on();
    if (!is_op(cx_, on, op::eq)) return false;
    key = expr_id(cx_.child(on, 0));
    other = expr_id(cx_.child(on, 1));
    if (cx_.at(key).kind != kind::column || cx_.at(key).b != table) std::swap(key, other);
    const node& k = cx_.at(key);
    const node& o = cx_.at(other);
    if (k.kind != kind::column || k.b != table || o.kind != kind::column || o.b == table) return false;
    return k.a == cx_.schema().at(cx_.instance_at(table).model).primary_key && !k.type.nullable();
  }

  /// What the catalog says of the other side's column, if it refers to the table.
  std::uint16_t flags_of(const node& other, const node& key) const {
    constexpr std::uint16_t to_one = 1, trusted = 2, deferrable = 4;
    const std::uint32_t model = cx_.instance_at(other.b).model;
    if (model == none) return to_one;
    const ir::model& m = cx_.schema().at(model);
    const std::uint32_t index = m.columns[other.a].relation;
    if (index == none) return to_one;
    const relation& r = m.relations[index];
    if (r.target != cx_.instance_at(key.b).model || r.remote != key.a || !r.trusted) return to_one;
    return cx_.may_dangle(r) ? to_one | trusted | deferrable : to_one | trusted;
  }

  rel_id complement(const view::group& g, const view::join& j, expr_id key, expr_id other) {
    const std::uint32_t table = cx_.at(key).b;
    const output counted = cx_.outputs(g.instance())[0];
    const std::array<std::uint32_t, 3> sides = {j.right().value, j.left().value, j.on().value};
    const std::uint16_t flags = flags_of(cx_.at(other), cx_.at(key));
    const rel_id matched(cx_.make(kind::join, flags, {}, sides, 0, join_kind::inner));
    const std::uint32_t few = cx_.new_computed_instance({&counted, 1});
    const rel_id number = counting(matched, aggregate(op::count, 1, key), few);

    const std::uint32_t again = cx_.copy_instance(table);
    const rel_id whole(cx_.make(kind::scan, 0, {}, {}, cx_.instance_at(table).model, again));
    const rel_id all = counting(whole, aggregate(op::count_rows, 0, {}), cx_.new_computed_instance({&counted, 1}));
    const std::array<std::uint32_t, 1> of = {all.value};
    const expr_id total(cx_.make(kind::scalar_of, 0, types::int64.with_nullable(true), of));
    const expr_id rest = cx_.make_op(op::sub, {cx_.make_op(op::coalesce, {total, cx_.integer(0)}), cx_.column(few, 0)});
    const std::array<std::uint32_t, 2> items = {number.value, rest.value};
    return rel_id(cx_.make(kind::project, 0, {}, items, 0, cx_.new_computed_instance({&counted, 1})));
  }

  rel_id counting(rel_id rows, any_id aggregate, std::uint32_t made) {
    const std::array<std::uint32_t, 1> one = {aggregate.value};
    const std::array<std::uint32_t, 3> parts = {rows.value, cx_.list({}).value, cx_.list(one).value};
    return rel_id(cx_.make(kind::group, 0, {}, parts, 0, made));
  }
  any_id aggregate(op o, std::uint16_t distinct, any_id argument) {
    const std::array<std::uint32_t, 3> parts = {none, none, argument.value};
    return cx_.make(kind::aggregate, distinct, types::int64, std::span(parts).first(argument.present() ? 3 : 2), 0,
                    static_cast<std::uint32_t>(o));
  }

  pass_context& px_;
  context& cx_;
};

}  // namespace

rel_id count_complement(pass_context& px, rel_id root) { return complement_counter(px).run(root); }

}  // namespace quarry::ir
