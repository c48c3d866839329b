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

#include <quarry/ir/match/fresh_copy.hpp>
#include <quarry/ir/passes/passes.hpp>
#include <quarry/ir/passes/ties.hpp>

namespace quarry::ir {
namespace {

constexpr std::size_t most_joins = 16, most_atoms = 12, most_terms = 8;

/// Up to N, without allocating.
template <class T, std::size_t N>
class few {
 public:
  bool add(const T& v) {
    if (count_ == N) return false;
    all_[count_++] = v;
    return true;
  }
  std::span<T> all() noexcept { return {all_.data(), count_}; }
  std::span<const T> all() const noexcept { return {all_.data(), count_}; }
  std::size_t size() const noexcept { return count_; }
  T& operator[](std::size_t i) noexcept { return all_[i]; }
  const T& operator[](std::size_t i) const noexcept { return all_[i]; }
  void clear() noexcept { count_ = 0; }

 private:
  std::array<T, N> all_{};
  std::size_t count_ = 0;
};

using atoms = few<expr_id, most_atoms>;
/// Conjunctions of which one has to be TRUE.
using disjuncts = few<atoms, most_terms>;

struct joined {
  rel_id right;
  expr_id on;
  code form = join_kind::inner;
  bool drops = false;  // rows for which nothing is found
  std::uint16_t flags = 0;
  instance_set made, refers;
  std::uint32_t group = 0;  // the first of those that it hangs together with
};

/// Joins that hang together behind the first of them.
struct join_group {
  std::uint32_t first = 0;
  instance_set made;
  bool single = true;  // at most one row is found
  bool read = false;  // above
  bool tied_twice = false;
  bool drops = false;
  std::uint32_t component = none;
  bool present() const noexcept { return !made.empty() || !made.known(); }
};

/// A part of a disjunct that asks other relations: some row of `rows` meets `ties`, or none does.
struct key_test {
  rel_id rows;
  few<expr_id, 4> ties;  // what reads both
  bool positive = true;
  bool child = false;  // rows of one table, of which there may be several
  bool selective = false;  // a value is asked for that few rows have
  bool asked_last = false;  // of rows that another test of the disjunct has chosen
  expr_id operand, key;  // of the only tie, where that is an equality of columns
};

struct disjunct {
  atoms own;  // over the rows themselves
  few<key_test, 4> tests;
};

/// How few the rows are to which a disjunction is put.
enum class input_size : std::uint8_t { all, filtered, bounded };

class key_uniter : public top_down<key_uniter> {
 public:
  using top_down::top_down;

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
    return !indexed(first);
  }

  // --- the joins below the filter, in groups ---

  bool collect_joins(rel_id top) {
    joins_.clear();
    for (base_ = top;; base_ = rel_id(cx_.child(base_, 0))) {
      const auto j = try_as<view::join>(cx_, base_);
      if (!j || (j->form() != join_kind::inner && j->form() != join_kind::left)) break;
      const instance_set made = instances_made(cx_, j->right());
      if (!made.known() || !j->on().present()) return false;
      const bool drops = multiplicity_of(cx_, *j, px_.keys).drops;
      if (!joins_.add({j->right(), j->on(), j->form(), drops, cx_.at(base_).flags, made, references(cx_, j->on())}))
        return false;
    }
    std::ranges::reverse(joins_.all());
    return true;
  }

  void group_joins() {
    groups_.clear();
    for (std::uint32_t i = 0; i < joins_.size(); ++i) {
      joins_[i].group = i;
      for (std::uint32_t before = 0; before < i; ++before)
        if (joins_[i].refers.touches(joins_[before].made)) merge(joins_[before].group, i);
    }
    for (std::uint32_t first = 0; first < joins_.size(); ++first) {
      join_group g;
      g.first = first;
      for (std::uint32_t i = first; i < joins_.size(); ++i) {
        joined& j = joins_[i];
        if (j.group != first) continue;
        g.tied_twice =
            g.tied_twice || (i != first && !j.refers.without(j.made).within(g.made)) || has_subquery(cx_, j.on);
        g.made.add(j.made);
        g.drops = g.drops || j.drops;
        g.single = g.single && ((j.flags & 1U) != 0 || px_.keys.fixes_a_key(cx_, j.right, j.on));
      }
      g.read = g.present() && px_.required().reads_any_of(g.made);
      groups_.add(g);
    }
  }
  void merge(std::uint32_t a, std::uint32_t b) {
    const std::uint32_t into = std::min(joins_[a].group, joins_[b].group),
                        from = std::max(joins_[a].group, joins_[b].group);
    for (joined& j : joins_.all())
      if (j.group == from) j.group = into;
  }

  /// The only group that the expression reads; none: it reads none. Absent: it reads several, or one and more than that.
  std::optional<std::uint32_t> place_of(expr_id e) const {
    const instance_set read = references(cx_, e);
    std::uint32_t place = none;
    for (std::uint32_t g = 0; g < groups_.size(); ++g) {
      if (!groups_[g].present() || !read.touches(groups_[g].made)) continue;
      if (place != none || !read.within(groups_[g].made)) return std::nullopt;
      place = g;
    }
    return place;
  }

  // --- conditions ---

  static bool is_existence(const context& cx, any_id e) {
    if (is_op(cx, e, op::not_)) e = cx.child(e, 0);
    return cx.at(e).kind == kind::exists;
  }
  bool holds_existence(expr_id e) const {
    if (is_existence(cx_, e)) return true;
    if (!is_op(cx_, e, op::and_) && !is_op(cx_, e, op::or_)) return false;
    return std::ranges::any_of(cx_.children(e), [&](std::uint32_t c) { return holds_existence(expr_id(c)); });
  }

  /// The disjuncts ask several relations, the last of which may hang on the first, or one for its rows at all.
  bool divides(expr_id e) const {
    if (!is_op(cx_, e, op::and_) && !is_op(cx_, e, op::or_)) return is_existence(cx_, e);
    const std::span<const std::uint32_t> parts = cx_.children(e);
    if (std::ranges::any_of(parts, [&](std::uint32_t c) { return divides(expr_id(c)); })) return true;
    if (!is_op(cx_, e, op::or_)) return false;
    instance_set joined_rows;
    for (const joined& j : joins_.all()) joined_rows.add(j.made);
    const instance_set first = references(cx_, {parts[0]});
    return references(cx_, e).touches(joined_rows) && std::ranges::any_of(parts, [&](std::uint32_t c) {
             const instance_set other = references(cx_, {c});
             return !other.within(first) || !first.within(other);
           });
  }

  /// `into` becomes what is TRUE where one of its disjuncts and `e` are. False: too much to write down.
  bool expand(expr_id e, disjuncts& into) {
    const bool conjunction = is_op(cx_, e, op::and_), disjunction = is_op(cx_, e, op::or_);
    const bool atom = (!conjunction && !disjunction) || (place_of(e).has_value() && !divides(e));
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

  // --- what a disjunct asks of a group ---

  bool rejects_padding(std::span<const expr_id> conditions, instance_set nulls) const {
    return std::ranges::any_of(conditions, [&](expr_id c) { return rejects(cx_, c, {nulls}); });
  }

  /// The column of the first relation's own table that is NULL only where the row is missing.
  bool says_missing(expr_id e, const joined& first) const {
    if (!is_op(cx_, e, op::is_null)) return false;
    const node& column = cx_.at(cx_.child(e, 0));
    const node& table = cx_.at(rows_below(first.right));
    if (column.kind != kind::column || table.kind != kind::scan || table.b != column.b) return false;
    return !cx_.schema().at(static_cast<std::uint32_t>(table.a)).columns[column.a].type.nullable();
  }
  rel_id rows_below(rel_id rel) const {
    while (cx_.at(rel).kind == kind::filter) rel = rel_id(cx_.child(rel, 0));
    return rel;
  }

  bool ask_group(const join_group& g, std::span<const expr_id> conditions, key_test& t) {
    const joined& first = joins_[g.first];
    const bool missing = conditions.size() == 1 && first.form == join_kind::left && says_missing(conditions[0], first);
    if (!missing && !rejects_padding(conditions, g.made)) return refused(decline::union_keys_padding_passes);
    t.positive = !missing;
    child_list parts(cx_);
    each_conjunct(cx_, first.on, [&](expr_id c) {
      const bool local = references(cx_, c).within(first.made);
      if (local) parts.add(c);
      else t.ties.add(c);
    });
    rel_id rows = first.right;
    if (!missing) {
      rows = joined_rows(g, conditions, rows);
      for (const expr_id c : conditions) parts.add(c);
    }
    t.rows = filtered(cx_, rows, parts.ids());
    t.child = !g.single && cx_.at(rows_below(t.rows)).kind == kind::scan;
    t.selective = std::ranges::any_of(conditions, [&](expr_id c) { return finds_few(c); });
    return t.ties.size() > 0 || refused(decline::union_keys_no_tie);
  }

  /// A left join whose padded rows the conditions drop finds its row; one that nobody reads is left out.
  rel_id joined_rows(const join_group& g, std::span<const expr_id> conditions, rel_id rows) {
    std::array<bool, most_joins> found{}, read{};
    for (std::uint32_t i = static_cast<std::uint32_t>(joins_.size()); i-- > g.first + 1;) {
      const joined& j = joins_[i];
      if (j.group != g.first) continue;
      found[i] = j.form == join_kind::inner || rejects_padding(conditions, j.made);
      read[i] =
          found[i] || std::ranges::any_of(conditions, [&](expr_id c) { return references(cx_, c).touches(j.made); });
      for (std::uint32_t later = i + 1; later < joins_.size(); ++later) {
        if (joins_[later].group != g.first || !read[later] || !joins_[later].refers.touches(j.made)) continue;
        read[i] = true;
        found[i] = found[i] || (found[later] && rejects(cx_, joins_[later].on, {j.made}));
      }
    }
    for (std::uint32_t i = g.first + 1; i < joins_.size(); ++i) {
      const joined& j = joins_[i];
      if (j.group != g.first || !read[i]) continue;
      const std::array<std::uint32_t, 3> children = {rows.value, j.right.value, j.on.value};
      rows = rel_id(cx_.make(kind::join, j.flags, {}, children, 0, found[i] ? join_kind::inner : join_kind::left));
    }
    return rows;
  }

  /// A value that is asked for by equality is one of many.
  bool finds_few(expr_id c) const {
    switch (cx_.at(c).kind == kind::op ? op_of(cx_, c) : op::and_) {
      case op::eq:
      case op::in_list:
      case op::in_array:
      case op::iexact:
      case op::iexact_native: return true;
      case op::and_:
        if (cx_.at(c).kind != kind::op) return false;
        return std::ranges::any_of(cx_.children(c), [&](std::uint32_t part) { return finds_few(expr_id(part)); });
      case op::or_:
        return std::ranges::all_of(cx_.children(c), [&](std::uint32_t part) { return finds_few(expr_id(part)); });
      default: return false;
    }
  }

  /// exists or not exists over rows that are tied to those around them by conditions that may stand outside.
  bool ask_existence(expr_id e, key_test& t) {
    const bool negated = is_op(cx_, e, op::not_);
    const any_id exists = negated ? cx_.child(e, 0) : any_id(e);
    untied_rows rows = untie(px_, rel_id(cx_.child(exists, 0)));
    if (!rows.fits) return false;
    for (const expr_id c : rows.ties)
      if (!t.ties.add(c)) return false;
    t.rows = rows.rows;
    t.positive = !negated;
    t.child = cx_.at(rows_below(t.rows)).kind == kind::scan;
    for (rel_id r = t.rows; cx_.at(r).kind == kind::filter; r = rel_id(cx_.child(r, 0)))
      t.selective = t.selective || finds_few(expr_id(cx_.child(r, 1)));
    if (cx_.at(t.rows).kind == kind::join) t.selective = t.selective || join_finds_few(t.rows);
    return t.ties.size() > 0;
  }
  bool join_finds_few(rel_id rel) const {
    if (cx_.at(rel).kind == kind::join)
      return join_finds_few(rel_id(cx_.child(rel, 0))) || join_finds_few(rel_id(cx_.child(rel, 1)));
    return cx_.at(rel).kind == kind::filter && finds_few(expr_id(cx_.child(rel, 1)));
  }

  /// The tie as `operand in (keys)`, where it is one equality of columns.
  void find_key(key_test& t) {
    if (t.ties.size() != 1 || !is_op(cx_, t.ties[0], op::eq)) return;
    const instance_set made = instances_visible(cx_, t.rows);
    for (std::uint32_t side = 0; side < 2; ++side) {
      const expr_id key(cx_.child(t.ties[0], side)), operand(cx_.child(t.ties[0], 1 - side));
      if (cx_.at(key).kind != kind::column || cx_.at(operand).kind != kind::column) continue;
      if (!made.has(cx_.at(key).b) || made.has(cx_.at(operand).b)) continue;
      if (cx_.at(key).type.kind() != cx_.at(operand).type.kind()) continue;
      t.key = key;
      t.operand = operand;
    }
  }

  // --- the forms ---

  bool may_be_null(expr_id column) const {
    const node& c = cx_.at(column);
    const instance& in = cx_.instance_at(c.b);
    return in.model == none ? c.type.nullable() : cx_.schema().at(in.model).columns[c.a].type.nullable();
  }

  rel_id keys_of(const key_test& t, expr_id key) {
    // As it will be when nullability is refined: no left join around these rows pads them any more.
    const bool nullable = may_be_null(key) || padded_in(cx_, t.rows, cx_.at(key).b);
    const output named{cx_.names().intern("key"), cx_.at(key).type.with_nullable(nullable)};
    const std::uint32_t made = cx_.new_computed_instance({&named, 1});
    const std::array<std::uint32_t, 2> children = {t.rows.value, key.value};
    return rel_id(cx_.make(kind::project, 0, {}, children, 0, made));
  }

  bool as_set(const key_test& t) const {
    if (!t.operand.present()) return false;
    if (!t.positive && (may_be_null(t.operand) || padded_in(cx_, base_, cx_.at(t.operand).b))) return false;
    if (size_ == input_size::bounded || t.asked_last) return false;
    if (t.child && (!t.selective || size_ == input_size::filtered)) return false;
    return t.selective || (size_ == input_size::all && !limited_);
  }

  expr_id membership(key_test t) {
    if (!t.positive && may_be_null(t.key)) {
      const std::array<std::uint32_t, 1> known = {cx_.make_op(op::is_not_null, {t.key}).value};
      t.rows = filtered(cx_, t.rows, known);
    }
    const rel_id keys = copies_.run(cx_, keys_of(t, t.key));
    const std::array<std::uint32_t, 2> children = {t.operand.value, keys.value};
    const bool nullable = cx_.at(t.operand).type.nullable() || cx_.column_type(cx_.at(keys).b, 0).nullable();
    return expr_id(cx_.make(kind::in_query, 0, types::boolean.with_nullable(nullable), children));
  }

  expr_id existence(const key_test& t) {
    child_list ties(cx_);
    for (const expr_id c : t.ties.all()) ties.add(c);
    const std::array<std::uint32_t, 1> query = {copies_.run(cx_, filtered(cx_, t.rows, ties.ids())).value};
    return expr_id(cx_.make(kind::exists, 0, types::boolean, query));
  }

  expr_id answer(const key_test& t) {
    const expr_id found = as_set(t) ? membership(t) : existence(t);
    return t.positive ? found : cx_.make_op(op::not_, {found});
  }

  expr_id together(const disjunct& d) {
    child_list parts(cx_);
    for (const expr_id c : d.own.all()) parts.add(c);
    for (const key_test& t : d.tests.all()) {
      const expr_id a = answer(t);
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
    rel_id rel = base_;
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
    const auto listed = [&](const key_test& t) { return t.positive && as_set(t); };
    const auto asks_scan = [&](const key_test& t) {
      instance_set known = own;
      known.add(instances_visible(cx_, t.rows));
      return std::ranges::all_of(t.ties.all(), [&](expr_id c) { return references(cx_, c).within(known); });
    };
    return own.known() && std::ranges::all_of(d.own.all(), within) && std::ranges::all_of(d.tests.all(), asks_scan) &&
        (d.tests.size() == 0 || std::ranges::any_of(d.tests.all(), listed));
  }

  rel_id arm(const disjunct& d, const node& scan, expr_id key) {
    if (d.own.size() == 0 && d.tests.size() == 1 && d.tests[0].operand == key && as_set(d.tests[0]))
      return copies_.run(cx_, keys_of(d.tests[0], d.tests[0].key));
    key_test rows;
    const rel_id table(cx_.make(kind::scan, 0, {}, {}, scan.a, scan.b));
    const std::array<std::uint32_t, 1> condition = {together(d).value};
    rows.rows = filtered(cx_, table, condition);
    return copies_.run(cx_, keys_of(rows, key));
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
    for (const join_group& g : groups_.all()) {
      if (!g.present() || g.component != component) continue;
      if (g.tied_twice) return refused(decline::union_keys_tied_twice);
      if (!g.single && g.read) return refused(decline::union_keys_columns_read);
      if (!g.single && asked.duplicates) return refused(decline::union_keys_repeats_count);
    }
    return true;
  }

  /// The disjunct's atoms, each with those that ask the same relation.
  bool divide(const atoms& t, std::uint32_t component, disjunct& out) {
    std::array<bool, most_joins> asked{};
    for (std::size_t i = 0; i < t.size(); ++i) {
      if (is_volatile(cx_, t[i])) return refused(decline::union_keys_volatile_condition);
      const std::optional<std::uint32_t> place = place_of(t[i]);
      if (!place) return refused(decline::union_keys_reads_two_relations);
      if (*place == none) {
        key_test found;
        const bool test = is_existence(cx_, t[i]) && ask_existence(t[i], found);
        if (test) find_key(found);
        if (!(test ? out.tests.add(found) : out.own.add(t[i]))) return refused(decline::union_keys_too_much);
        continue;
      }
      if (asked[*place]) continue;
      asked[*place] = true;
      atoms conditions;
      for (std::size_t j = i; j < t.size(); ++j)
        if (place_of(t[j]) == place) conditions.add(t[j]);
      key_test group;
      if (!ask_group(groups_[*place], conditions.all(), group)) return false;
      find_key(group);
      if (!out.tests.add(group)) return refused(decline::union_keys_too_much);
    }
    const bool chosen = std::ranges::any_of(
        out.tests.all(), [&](const key_test& test) { return test.selective && test.positive && as_set(test); });
    for (key_test& test : out.tests.all()) test.asked_last = chosen && !(test.selective && test.positive);
    // An inner join drops rows also where the disjunct doesn't ask for it.
    for (std::uint32_t g = 0; g < groups_.size(); ++g)
      if (groups_[g].present() && groups_[g].component == component && !groups_[g].read && !asked[g] &&
          groups_[g].drops)
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
      sets = sets || std::ranges::any_of(d.tests.all(), [&](const key_test& test) { return as_set(test); });
      parts.add(d);
    }
    if (!asks) return refused(decline::union_keys_no_other_relation), expr_id();
    // Without a set nothing is gained over joins that find one row, nor over exists as it stands.
    bool repeats = false;
    for (const join_group& g : groups_.all())
      repeats = repeats || (g.present() && g.component == component && !g.single);
    if (!sets && !repeats) return refused(decline::union_keys_few_rows), expr_id();
    const node* scan = keyed_scan();
    const bool listed = scan != nullptr && parts.size() > 1 &&
        std::ranges::all_of(parts.all(), [&](const disjunct& d) { return lists_keys(d, scan->b); });
    if (!listed) return either(parts.all());
    const node copy = *scan;
    return in_union(parts.all(), copy);
  }

  input_size size_of(rel_id rel, std::span<const std::uint32_t> conjuncts) const {
    input_size out = input_size::all;
    const auto meet = [&](expr_id c) { out = std::max(out, size_by(c)); };
    for (const std::uint32_t c : conjuncts) meet(expr_id(c));
    for (;; rel = rel_id(cx_.child(rel, 0))) {
      const node& n = cx_.at(rel);
      if (n.kind == kind::filter) each_conjunct(cx_, expr_id(cx_.child(rel, 1)), meet);
      else if (n.kind == kind::limit) return input_size::bounded;
      else if (input_count(n) == 0) return out;
    }
  }
  /// By its name alone: there are no statistics.
  input_size size_by(expr_id c) const {
    const node& n = cx_.at(c);
    const any_id first = n.child_count > 0 ? cx_.child(c, 0) : any_id{};
    if (n.kind == kind::in_query) return indexed(first) ? input_size::bounded : input_size::filtered;
    if (n.kind != kind::op) return input_size::all;
    switch (static_cast<op>(n.b)) {
      case op::eq: return indexed(first) || indexed(cx_.child(c, 1)) ? input_size::bounded : input_size::filtered;
      case op::in_list:
      case op::in_array:
      case op::not_distinct: return indexed(first) ? input_size::bounded : input_size::filtered;
      case op::lt:
      case op::le:
      case op::gt:
      case op::ge:
      case op::between: return indexed(first) ? input_size::bounded : input_size::all;
      case op::or_: {
        input_size least = input_size::bounded;
        for (const std::uint32_t part : cx_.children(c)) least = std::min(least, size_by(expr_id(part)));
        return least;
      }
      default: return info(static_cast<op>(n.b)).group == op_class::text ? input_size::filtered : input_size::all;
    }
  }
  bool indexed(any_id e) const {
    const node& n = cx_.at(e);
    if (n.kind != kind::column) return false;
    const instance& in = cx_.instance_at(n.b);
    if (in.model == none) return false;
    const column& c = cx_.schema().at(in.model).columns[n.a];
    return c.primary_key || c.unique || c.indexed || c.relation != none;
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
    if (!collect_joins(input)) {
      px_.declined(decline::union_keys_too_much);
      return id;
    }
    if (!has_divided_conjunct(predicate)) return id;
    group_joins();
    // Conjuncts that read the same group belong together; one that reads none is a component of its own.
    std::vector<std::uint32_t> conjuncts, component;
    each_conjunct(cx_, predicate, [&](expr_id c) { conjuncts.push_back(c.value); });
    component.resize(conjuncts.size());
    for (std::uint32_t i = 0; i < conjuncts.size(); ++i) {
      component[i] = i;
      const instance_set read = references(cx_, {conjuncts[i]});
      for (join_group& g : groups_.all()) {
        if (!g.present() || !read.touches(g.made)) continue;
        if (g.component == none) g.component = component[i];
        const std::uint32_t from = std::exchange(component[i], g.component);
        if (from == component[i]) continue;
        for (std::uint32_t& c : component) c = c == from ? component[i] : c;
        for (join_group& other : groups_.all())
          if (other.component == from) other.component = component[i];
      }
    }
    std::vector<std::uint32_t> kept, together, beside;
    std::array<bool, most_joins> gone{};
    bool any = false;
    for (std::uint32_t root = 0; root < conjuncts.size(); ++root) {
      together.clear();
      beside.clear();
      for (std::uint32_t i = 0; i < conjuncts.size(); ++i)
        (component[i] == root ? together : beside).push_back(conjuncts[i]);
      size_ = size_of(base_, beside);
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
      px_.tell(event::keys_united, base_, expr_id(together.front()));
      kept.push_back(now.value);
      for (std::uint32_t g = 0; g < groups_.size(); ++g)
        gone[g] = gone[g] || (groups_[g].present() && groups_[g].component == root && !groups_[g].read);
    }
    if (!any) return id;
    rel_id out = base_;
    for (const joined& j : joins_.all()) {
      if (gone[j.group]) continue;
      const std::array<std::uint32_t, 3> children = {out.value, j.right.value, j.on.value};
      out = rel_id(cx_.make(kind::join, j.flags, {}, children, 0, j.form));
    }
    return filtered(cx_, out, kept);
  }
  bool has_divided_conjunct(expr_id predicate) const {
    bool found = false;
    each_conjunct(cx_, predicate, [&](expr_id c) { found = found || (is_op(cx_, c, op::or_) && divides(c)); });
    return found;
  }

  few<joined, most_joins> joins_;
  few<join_group, most_joins> groups_;  // by first join; others are not present
  rel_id base_;
  fresh_copy copies_;
  input_size size_ = input_size::all;
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
