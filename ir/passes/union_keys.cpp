// union-keys
// Needs: required columns and repeats, three-valued logic.   Gives: a disjunction over several relations as membership in
// a union of key sets, or as a disjunction of memberships and exists.   Never: does so where a column of such a relation
// is read above, or its repeats are seen; for a condition that reads two relations at once, or that a padded row passes.
//   distinct (project (filter (join left (join left e with b …) with l …) where or(eq(b.name, %0), eq(l.x, %1))) [e.id])
//   ==>   … filter e where in_query e.id in (set union all (project (filter e2 where in_query e2.blog_id in …) [e2.id])
//                                                     with (project (filter l where eq(l.x, %1)) [l.e_id]))
//
// Valid under NULLs: the filter keeps a row where the disjunction is TRUE, and an OR is TRUE iff one of its parts is. A part
// that is not TRUE for the row that a left join pads is TRUE for some joined row iff that row is found by its key; a test
// that only the padded row meets is a not exists. An IN is TRUE iff the key is found, so that NULL keys do no harm; under a
// `not` neither side may be NULL.
// Valid under duplicates: each row comes once, where the joins repeated it: only where repeats are ignored above, or where
// no join finds several rows.
//
// Which form is a matter of what it may cost. Sets are worked out once and whole: good where their conditions find few rows.
// Where the rows around are few by an index, or a row needs no more than its first child, each row asks for itself.
#include <algorithm>
#include <array>
#include <optional>

#include <quarry/ir/passes/key_tests.hpp>
#include <quarry/ir/passes/passes.hpp>

namespace quarry::ir {
namespace {

constexpr std::size_t most_atoms = 12, most_terms = 8;

using atoms = few<expr_id, most_atoms>;
/// Conjunctions of which one has to be TRUE.
using disjuncts = few<atoms, most_terms>;

struct disjunct {
  atoms own;  // over the rows themselves
  few<key_test, 4> tests;
};

class key_uniter : public top_down<key_uniter> {
 public:
  explicit key_uniter(pass_context& px) : top_down(px), joins_(px), tests_(px, joins_) {}

  bool applied() const noexcept { return applied_; }

  rel_id query(rel_id root, demand asked, bool outputs_read = true) {
    const bool before = std::exchange(limited_, false);
    const rel_id out = top_down::query(root, asked, outputs_read);
    limited_ = before;
    return out;
  }

  rel_id visit(rel_id id, demand asked) {
    const kind k = cx_.at(id).kind;
    if (k == kind::filter) return filter(id, asked);
    const bool stops = k == kind::limit || (limited_ && k != kind::group && k != kind::set_op && !reads_all(id));
    const bool before = std::exchange(limited_, stops);
    const rel_id out = descend(id, asked);
    limited_ = before;
    return out;
  }

 private:
  /// A sort takes in all rows before it gives one, unless an index has the order.
  bool reads_all(rel_id id) const {
    if (cx_.at(id).kind != kind::sort) return false;
    any_id first = cx_.child(cx_.child(id, 1), 0);
    const any_id input = cx_.child(id, 0);
    if (cx_.at(input).kind == kind::project && cx_.at(first).kind == kind::column && cx_.at(first).b == cx_.at(input).b)
      first = cx_.child(input, 1 + static_cast<std::uint32_t>(cx_.at(first).a));
    return !is_indexed(cx_, first);
  }

  // --- conditions ---

  /// The disjuncts ask several relations, the last of which may hang on the first, or one for its rows at all.
  bool divides(expr_id e) const {
    if (!is_op(cx_, e, op::and_) && !is_op(cx_, e, op::or_)) return tests_.is_existence(e);
    const std::span<const std::uint32_t> parts = cx_.children(e);
    if (std::ranges::any_of(parts, [&](std::uint32_t c) { return divides(expr_id(c)); })) return true;
    if (!is_op(cx_, e, op::or_)) return false;
    instance_set joined_rows;
    for (const joined& j : joins_.joins()) joined_rows.add(j.made);
    const instance_set first = references(cx_, {parts[0]});
    return references(cx_, e).touches(joined_rows) && std::ranges::any_of(parts, [&](std::uint32_t c) {
             const instance_set other = references(cx_, {c});
             return !other.within(first) || !first.within(other);
           });
  }

  /// `into` becomes what is TRUE where one of its disjuncts and `e` are. False: too much to write down.
  bool expand(expr_id e, disjuncts& into) {
    const bool conjunction = is_op(cx_, e, op::and_), disjunction = is_op(cx_, e, op::or_);
    const bool atom = (!conjunction && !disjunction) || (joins_.place_of(e).has_value() && !divides(e));
    if (atom) return std::ranges::all_of(into.all(), [&](atoms& t) { return t.add(e); });
    const std::vector<std::uint32_t> parts(cx_.children(e).begin(), cx_.children(e).end());
    if (conjunction) return std::ranges::all_of(parts, [&](std::uint32_t c) { return expand(expr_id(c), into); });
    disjuncts out;
    for (const std::uint32_t c : parts) {
      disjuncts with = into;
      if (!expand(expr_id(c), with)) return false;
      for (const atoms& t : with.all())
        if (!out.add(t)) return false;
    }
    into = out;
    return true;
  }

  // --- the forms ---

  expr_id together(const disjunct& d) {
    child_list parts(cx_);
    for (const expr_id c : d.own.all()) parts.add(c);
    for (const key_test& t : d.tests.all()) {
      const expr_id a = tests_.answer(t);
      parts.add(a);
    }
    return conjunction(cx_, parts.ids());
  }

  expr_id either(std::span<const disjunct> all) {
    child_list parts(cx_);
    for (const disjunct& d : all) {
      const expr_id one = together(d);
      parts.add(one);
    }
    return cx_.make_op(op::or_, parts.ids());
  }

  /// The scan whose key says of a row whether it is among the union, or none.
  const node* keyed_scan() const {
    rel_id rel = joins_.base();
    for (;;) {
      const node& n = cx_.at(rel);
      if (n.kind == kind::scan) break;
      const bool passes =
          n.kind == kind::filter || (n.kind == kind::join && (n.b == join_kind::semi || n.b == join_kind::anti));
      if (!passes) return nullptr;
      rel = rel_id(cx_.child(rel, 0));
    }
    const node& scan = cx_.at(rel);
    return cx_.schema().at(static_cast<std::uint32_t>(scan.a)).primary_key == none ? nullptr : &scan;
  }

  /// Each disjunct's keys can be listed: all that it reads is the row of the scan, and what it asks for is few.
  bool lists_keys(const disjunct& d, std::uint32_t scan) const {
    instance_set own;
    own.add(scan);
    const auto within = [&](expr_id c) {
      return references(cx_, c).within(own) && !is_op(cx_, c, op::not_) && !is_op(cx_, c, op::ne) &&
          !is_op(cx_, c, op::is_not_null) && !has_subquery(cx_, c);
    };
    const auto listed = [&](const key_test& t) { return t.positive && tests_.as_set(t); };
    const auto asks_scan = [&](const key_test& t) {
      instance_set known = own;
      known.add(instances_visible(cx_, t.rows));
      return std::ranges::all_of(t.ties.all(), [&](expr_id c) { return references(cx_, c).within(known); });
    };
    return own.known() && std::ranges::all_of(d.own.all(), within) && std::ranges::all_of(d.tests.all(), asks_scan) &&
        (d.tests.size() == 0 || std::ranges::any_of(d.tests.all(), listed));
  }

  rel_id arm(const disjunct& d, const node& scan, expr_id key) {
    if (d.own.size() == 0 && d.tests.size() == 1 && d.tests[0].operand == key && tests_.as_set(d.tests[0]))
      return tests_.keys_of(d.tests[0], d.tests[0].key);
    key_test rows;
    const rel_id table(cx_.make(kind::scan, 0, {}, {}, scan.a, scan.b));
    const std::array<std::uint32_t, 1> condition = {together(d).value};
    rows.rows = filtered(cx_, table, condition);
    return tests_.keys_of(rows, key);
  }

  expr_id in_union(std::span<const disjunct> all, const node& scan) {
    const expr_id key = cx_.column(scan.b, cx_.schema().at(static_cast<std::uint32_t>(scan.a)).primary_key);
    rel_id keys;
    for (const disjunct& d : all) {
      const rel_id next = arm(d, scan, key);
      if (!keys.present()) {
        keys = next;
        continue;
      }
      const type a = cx_.column_type(output_instance(cx_, keys), 0), b = cx_.column_type(output_instance(cx_, next), 0);
      const output named{cx_.names().intern("key"), a.with_nullable(a.nullable() || b.nullable())};
      const std::uint32_t made = cx_.new_computed_instance({&named, 1});
      const std::array<std::uint32_t, 2> arms = {keys.value, next.value};
      keys = rel_id(cx_.make(kind::set_op, 1, {}, arms, set_kind::union_, made));
    }
    const std::array<std::uint32_t, 2> children = {key.value, keys.value};
    const bool nullable = cx_.at(key).type.nullable() || cx_.column_type(output_instance(cx_, keys), 0).nullable();
    return expr_id(cx_.make(kind::in_query, 0, types::boolean.with_nullable(nullable), children));
  }

  // --- the whole ---

  bool refused(decline why) {
    px_.declined(why);
    return false;
  }

  /// What of the relations that the component asks stands against it.
  bool fits(std::uint32_t component, demand asked) {
    for (const join_group& g : joins_.groups()) {
      if (!g.present() || g.component != component) continue;
      if (g.tied_twice) return refused(decline::union_keys_tied_twice);
      if (!g.single && g.read) return refused(decline::union_keys_columns_read);
      if (!g.single && asked.duplicates) return refused(decline::union_keys_repeats_count);
    }
    return true;
  }

  /// The disjunct's atoms, each with those that ask the same relation.
  bool divide(const atoms& t, std::uint32_t component, disjunct& out) {
    std::array<bool, join_groups::most> asked{};
    for (std::size_t i = 0; i < t.size(); ++i) {
      if (is_volatile(cx_, t[i])) return refused(decline::union_keys_volatile_condition);
      const std::optional<std::uint32_t> place = joins_.place_of(t[i]);
      if (!place) return refused(decline::union_keys_reads_two_relations);
      if (*place == none) {
        key_test found;
        const bool test = tests_.is_existence(t[i]) && tests_.of_existence(t[i], found);
        if (!(test ? out.tests.add(found) : out.own.add(t[i]))) return refused(decline::union_keys_too_much);
        continue;
      }
      if (asked[*place]) continue;
      asked[*place] = true;
      atoms conditions;
      for (std::size_t j = i; j < t.size(); ++j)
        if (joins_.place_of(t[j]) == place) conditions.add(t[j]);
      key_test group;
      if (!tests_.of_group(joins_.groups()[*place], conditions.all(), group)) return false;
      if (!out.tests.add(group)) return refused(decline::union_keys_too_much);
    }
    const bool chosen = std::ranges::any_of(
        out.tests.all(), [&](const key_test& test) { return test.selective && test.positive && tests_.as_set(test); });
    for (key_test& test : out.tests.all()) test.asked_last = chosen && !(test.selective && test.positive);
    // An inner join drops rows also where the disjunct doesn't ask for it.
    const std::span<const join_group> groups = joins_.groups();
    for (std::uint32_t g = 0; g < groups.size(); ++g)
      if (groups[g].present() && groups[g].component == component && !groups[g].read && !asked[g] && groups[g].drops)
        return refused(decline::union_keys_must_match);
    return true;
  }

  /// What stands for the conjuncts of one component, or nothing.
  expr_id replacement(std::span<const std::uint32_t> conjuncts, std::uint32_t component, demand asked) {
    ++px_.counters.matched;
    if (!fits(component, asked)) return {};
    disjuncts all;
    all.add({});
    for (const std::uint32_t c : conjuncts)
      if (!expand(expr_id(c), all)) return refused(decline::union_keys_too_much), expr_id();
    few<disjunct, most_terms> parts;
    bool asks = false, sets = false;
    for (const atoms& t : all.all()) {
      disjunct d;
      if (!divide(t, component, d)) return {};
      asks = asks || d.tests.size() > 0;
      sets = sets || std::ranges::any_of(d.tests.all(), [&](const key_test& test) { return tests_.as_set(test); });
      parts.add(d);
    }
    if (!asks) return refused(decline::union_keys_no_other_relation), expr_id();
    // Without a set nothing is gained over joins that find one row, nor over exists as it stands.
    bool repeats = false;
    for (const join_group& g : joins_.groups())
      repeats = repeats || (g.present() && g.component == component && !g.single);
    if (!sets && !repeats) return refused(decline::union_keys_few_rows), expr_id();
    const node* scan = keyed_scan();
    const bool listed = scan != nullptr && parts.size() > 1 &&
        std::ranges::all_of(parts.all(), [&](const disjunct& d) { return lists_keys(d, scan->b); });
    if (!listed) return either(parts.all());
    const node copy = *scan;
    return in_union(parts.all(), copy);
  }

  rel_id filter(rel_id id, demand asked) {
    const auto f = as<view::filter>(cx_, id);
    const expr_id predicate = f.predicate();
    if (!holds_disjunction(predicate)) return descend(id, asked);
    const rel_id input = f.input();
    const rel_id formed = united(id, input, predicate, asked);
    return descend(formed, asked);
  }
  bool holds_disjunction(expr_id e) const {
    bool found = false;
    each_conjunct(cx_, e, [&](expr_id c) { found = found || is_op(cx_, c, op::or_); });
    return found;
  }

  rel_id united(rel_id id, rel_id input, expr_id predicate, demand asked) {
    if (!joins_.collect(input)) {
      px_.declined(decline::union_keys_too_much);
      return id;
    }
    if (!has_divided_conjunct(predicate)) return id;
    joins_.form();
    // Conjuncts that read the same group belong together; one that reads none is a component of its own.
    std::vector<std::uint32_t> conjuncts, component;
    each_conjunct(cx_, predicate, [&](expr_id c) { conjuncts.push_back(c.value); });
    component.resize(conjuncts.size());
    for (std::uint32_t i = 0; i < conjuncts.size(); ++i) {
      component[i] = i;
      const instance_set read = references(cx_, {conjuncts[i]});
      for (join_group& g : joins_.groups()) {
        if (!g.present() || !read.touches(g.made)) continue;
        if (g.component == none) g.component = component[i];
        const std::uint32_t from = std::exchange(component[i], g.component);
        if (from == component[i]) continue;
        for (std::uint32_t& c : component) c = c == from ? component[i] : c;
        for (join_group& other : joins_.groups())
          if (other.component == from) other.component = component[i];
      }
    }
    std::vector<std::uint32_t> kept, together, beside;
    std::array<bool, join_groups::most> gone{};
    bool any = false;
    for (std::uint32_t root = 0; root < conjuncts.size(); ++root) {
      together.clear();
      beside.clear();
      for (std::uint32_t i = 0; i < conjuncts.size(); ++i)
        (component[i] == root ? together : beside).push_back(conjuncts[i]);
      tests_.put_to(input_size_of(cx_, joins_.base(), beside), limited_);
      const bool matches = std::ranges::any_of(together, [&](std::uint32_t c) {
        const expr_id e(c);
        return is_op(cx_, e, op::or_) && divides(e);
      });
      const expr_id now = matches ? replacement(together, root, asked) : expr_id();
      if (!now.present()) {
        kept.insert(kept.end(), together.begin(), together.end());
        continue;
      }
      any = applied_ = true;
      ++px_.counters.applied;
      px_.tell(event::keys_united, joins_.base(), expr_id(together.front()));
      kept.push_back(now.value);
      for (const join_group& g : joins_.groups())
        gone[g.first] = gone[g.first] || (g.present() && g.component == root && !g.read);
    }
    if (!any) return id;
    return filtered(cx_, joins_.rebuilt(gone), kept);
  }
  bool has_divided_conjunct(expr_id predicate) const {
    bool found = false;
    each_conjunct(cx_, predicate, [&](expr_id c) { found = found || (is_op(cx_, c, op::or_) && divides(c)); });
    return found;
  }

  join_groups joins_;
  key_tests tests_;
  bool limited_ = false, applied_ = false;
};

}  // namespace

rel_id union_keys(pass_context& px, rel_id root) {
  key_uniter uniter(px);
  const rel_id out = uniter.query(root, {});
  if (!uniter.applied()) return out;
  px.add(feature::subquery | feature::repeats_ignored | feature::computed_below);
  return px.nullability.run(px.cx(), out);
}

}  // namespace quarry::ir
