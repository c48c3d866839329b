#include "support/random_pairs.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include <quarry/ir/model/views.hpp>
#include <quarry/ir/text/parse.hpp>
#include <quarry/ir/verify/verify.hpp>

#include "support/interpreter.hpp"
#include "support/random_plain_query.hpp"
#include "support/random_schema.hpp"
#include "support/scratch_database.hpp"

namespace quarry::test {
namespace {

using namespace ir;

std::string text_of(const context& cx, any_id tree) { return print(cx, tree, stage::logical); }

/// The order of the rows is decided as far as anybody can see them: a sort stands at the top, below what keeps the order.
bool ordered(const context& cx, rel_id root) {
  while (cx.at(root).kind == kind::project || cx.at(root).kind == kind::limit) root = rel_id(cx.child(root, 0));
  return cx.at(root).kind == kind::sort;
}

void each_node(const context& cx, any_id id, const std::function<void(any_id)>& f) {
  if (!id.present()) return;
  f(id);
  for (const std::uint32_t c : cx.children(id)) each_node(cx, {c}, f);
}

/// Which rows there are follows from the tables alone: what cuts or picks rows has an order below it, or nobody sees more of
/// them than their number.
bool decided(const context& cx, rel_id root) {
  bool all = true;
  each_node(cx, root, [&](any_id id) {
    const auto over_sort = [&] {
      any_id below = cx.child(id, 0);
      while (cx.at(below).kind == kind::project) below = cx.child(below, 0);
      return cx.at(below).kind == kind::sort;
    };
    if (cx.at(id).kind == kind::distinct && cx.at(id).child_count > 1) all = all && over_sort();
    if (cx.at(id).kind != kind::limit || over_sort()) return;
    const bool only_number = id != any_id(root) && cx.at(root).kind == kind::project && cx.child(root, 0) == id &&
        cx.at(cx.child(root, 1)).kind == kind::literal;
    all = all && only_number;
  });
  return all;
}

/// The rows are outputs of the relation's own, through what only filters, sorts, cuts or drops repeats.
bool has_outputs(const context& cx, any_id rows) {
  while (cx.at(rows).kind == kind::filter || cx.at(rows).kind == kind::sort || cx.at(rows).kind == kind::limit ||
         cx.at(rows).kind == kind::distinct)
    rows = cx.child(rows, 0);
  return cx.at(rows).kind == kind::project || cx.at(rows).kind == kind::group || cx.at(rows).kind == kind::set_op;
}

/// Arms of a set operation, and queries that give a value, have outputs of their own.
bool formed(const context& cx, any_id root) {
  bool all = true;
  each_node(cx, root, [&](any_id id) {
    const node& n = cx.at(id);
    const auto output = [&](std::uint32_t slot) { return has_outputs(cx, cx.child(id, slot)); };
    if (n.kind == kind::set_op) all = all && output(0) && output(1);
    if (n.kind == kind::scalar_of) all = all && output(0);
    if (n.kind == kind::in_query) all = all && output(1);
  });
  return all;
}

/// A select is formed from every relation of the tree.
bool has_sql(const context& cx, rel_id root) {
  if (cx.at(root).kind == kind::empty) return true;  // runs nothing
  bool all = has_outputs(cx, root), unites = false, full = false;
  each_node(cx, root, [&](any_id id) {
    const node& n = cx.at(id);
    all = all && n.kind != kind::rows && n.kind != kind::empty;
    // No QuerySet says these, and not every database does.
    if (n.kind == kind::set_op) all = all && ((n.flags & 1U) == 0 || n.a == set_kind::union_);
    if (n.kind == kind::distinct && n.child_count == 1) all = all && has_outputs(cx, id);
    unites = unites || n.kind == kind::set_op;
    full = full || (n.kind == kind::join && n.b == join_kind::full);
  });
  // Nor this, and SQLite 3.40 gives wrong rows: it moves conditions and arms of a UNION ALL past a FULL JOIN.
  return all && !(unites && full);
}

any_id with(context& cx, any_id of, const std::vector<std::uint32_t>& children) {
  const node n = cx.at(of);
  return cx.make(n.kind, n.flags, n.type, children, n.a, n.b);
}

any_id replaced(context& cx, any_id in, any_id what, any_id by) {
  if (in == what) return by;
  if (!in.present()) return in;
  std::vector<std::uint32_t> children(cx.children(in).begin(), cx.children(in).end());
  bool changed = false;
  for (std::uint32_t& c : children) {
    const any_id now = replaced(cx, {c}, what, by);
    changed = changed || now.value != c;
    c = now.value;
  }
  return changed ? with(cx, in, children) : in;
}

/// Smaller trees in the place of one node: a relation by its inputs, a condition by its parts, a list without one element.
std::vector<any_id> smaller(context& cx, any_id id) {
  const node n = cx.at(id);
  const std::vector<std::uint32_t> children(cx.children(id).begin(), cx.children(id).end());
  std::vector<any_id> out;
  const bool relation = info(n.kind).sort == sort::rel;
  const auto is_relation = [&](std::uint32_t c) { return c != none && info(cx.at({c}).kind).sort == sort::rel; };
  for (const std::uint32_t c : children) {
    if (relation && is_relation(c)) out.push_back({c});
    if (n.kind == kind::op && cx.at({c}).type.kind() == n.type.kind()) out.push_back({c});
  }
  const bool junction = n.kind == kind::op && (op_of(cx, id) == op::and_ || op_of(cx, id) == op::or_);
  const std::size_t fixed = info(n.kind).fixed_children;
  for (std::size_t i = fixed; i < children.size(); ++i) {
    if (!(junction && children.size() > 2) && n.kind != kind::sort && n.kind != kind::case_when) continue;
    if (n.kind == kind::sort && children.size() < 3) continue;
    std::vector<std::uint32_t> fewer = children;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    out.push_back(with(cx, id, fewer));
  }
  return out;
}

/// Of what goes wrong in other ways than by other rows.
constexpr std::string_view trouble = "trouble: ";

table_rows shuffled(const table_rows& tables, random_numbers& random) {
  table_rows out = tables;
  for (std::vector<row>& rows : out.of)
    for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[random.below(i)]);
  return out;
}

/// The rows, and the order that they are in where the query says one, are the same however the tables are read.
bool decided_by_the_query(context& cx, rel_id query, const table_rows& tables, const param_values& values) {
  random_numbers random(cx.node_count());
  const std::vector<row> expected = interpret(cx, query, tables, values);
  for (int i = 0; i < 16; ++i)
    if (!same_rows(interpret(cx, query, shuffled(tables, random), values), expected, ordered(cx, query))) return false;
  return true;
}

std::string values_text(const param_values& values) {
  std::string out;
  for (std::size_t i = 0; i < values.size(); ++i) out += "%" + std::to_string(i) + " = " + to_text(values[i]) + "\n";
  return out;
}

}  // namespace

std::string random_pairs::summary() const {
  const auto number = [](std::uint64_t n) { return std::to_string(n); };
  std::string out = number(pairs) + " pairs, " + number(lowered) + " of QuerySets, " + number(plain) +
      " of known meaning, " + number(partitions) + " parted, " + number(in_database) + " in a database, " +
      number(failing) + " with an error, " + number(undecided) + " undecided; with";
  for (const auto& [name, count] : drawn) out += " " + std::string(name) + " " + number(count);
  return out + "; passes fired: " + passes.summary();
}

std::string random_pairs::partition(context& cx, const question& q) {
  const auto p = try_as<view::project>(cx, q.query);
  if (!p || cx.at(p->input()).kind != kind::filter) return {};
  ++partitions;
  const any_id filter = p->input();
  const any_id rows = cx.child(filter, 0);
  const expr_id condition(cx.child(filter, 1));
  std::vector<row> together;
  for (const expr_id part : {condition, cx.make_op(op::not_, {condition}), cx.make_op(op::is_null, {condition})}) {
    const std::vector<std::uint32_t> children = {rows.value, part.value};
    const rel_id of_part(replaced(cx, q.query, filter, with(cx, filter, children)));
    for (row& r : interpret(cx, passes.run(cx, of_part), q.of->tables, q.of->values)) together.push_back(std::move(r));
  }
  const std::vector<row> all = interpret(cx, rel_id(replaced(cx, q.query, filter, rows)), q.of->tables, q.of->values);
  if (same_rows(together, all)) return {};
  return "the parts of the query where its condition is TRUE, FALSE and UNKNOWN give\n" + to_text(together) +
      "and without the condition it gives\n" + to_text(all);
}

std::string random_pairs::answers_in_database(context& cx, const question& q, rel_id optimized,
                                              const std::vector<row>& expected) {
  if (!has_sql(cx, q.query)) return {};
  ++in_database;
  scratch_database database(q.of->schema);
  database.load(q.of->tables);
  for (const rel_id tree : {q.query, optimized}) {
    if (!has_sql(cx, tree)) continue;
    const std::vector<row> found = database.run(cx, tree, q.of->values);
    if (!same_rows(found, expected, ordered(cx, q.query)))
      return (tree == optimized ? "optimized\n" + text_of(cx, tree) : std::string()) + "in the database\n" +
          database.sql() + "\ngives\n" + to_text(found) + "instead of\n" + to_text(expected);
  }
  return {};
}

std::string random_pairs::difference(context& cx, const question& q) {
  std::vector<row> expected;
  try {
    expected = interpret(cx, q.query, q.of->tables, q.of->values);
  } catch (const query_failed&) {
    ++failing;
    return {};
  }
  try {
    rel_id optimized;
    for (const std::string_view off : {std::string_view(), q.pass_off}) {
      const rel_id tree = passes.run(cx, q.query, off);
      if (off.empty()) optimized = tree;
      const std::vector<row> found = interpret(cx, tree, q.of->tables, q.of->values);
      if (!same_rows(found, expected, ordered(cx, q.query)))
        return "after all passes" + (off.empty() ? "" : " but " + std::string(off)) + "\n" + text_of(cx, tree) +
            "gives\n" + to_text(found) + "instead of\n" + to_text(expected);
    }
    if (std::string wrong = partition(cx, q); !wrong.empty()) return wrong;
    return q.database ? answers_in_database(cx, q, optimized, expected) : std::string();
  } catch (const std::exception& e) {
    return std::string(trouble) + e.what() + "\n";
  }
}

/// Takes away what the difference does not need, as long as there is any. The text of the query goes from context to context:
/// what one attempt leaves behind does not change the next.
std::string random_pairs::shrunk(random_case c, std::string text, question q, std::string what) {
  // "after all passes", "in the database", the beginning of a diagnostic
  const std::size_t kind_of_failure = what.starts_with(trouble) ? std::min<std::size_t>(what.find('\n'), 60) : 12;
  const std::string first = text;
  context from, to;
  int attempts = 4000;
  const auto still_wrong = [&](const std::string& candidate, const random_case& over) {
    if (--attempts < 0) return false;
    to.reset(*c.schema);
    const auto parsed = parse_query(to, candidate);
    if (!parsed || !verify(to, parsed->root, stage::logical)) return false;
    question asked = q;
    asked.of = &over;
    asked.query = rel_id(parsed->root);
    if (!formed(to, asked.query) || !decided(to, asked.query)) return false;
    std::string found = difference(to, asked);
    // Another failure than the one that is looked for is left for another day.
    if (found.empty() || found.substr(0, kind_of_failure) != what.substr(0, kind_of_failure)) return false;
    if (!found.starts_with(trouble) && !decided_by_the_query(to, asked.query, over.tables, over.values)) return false;
    what = std::move(found);
    return true;
  };
  if (!still_wrong(text, c)) return "(not made smaller)\n" + text + what;
  for (bool progress = true; progress && attempts > 0;) {
    progress = false;
    for (std::size_t m = 0; m < c.tables.of.size(); ++m)
      for (std::size_t i = c.tables.of[m].size(); i-- > 0;) {
        random_case fewer = c;
        fewer.tables.of[m].erase(fewer.tables.of[m].begin() + static_cast<std::ptrdiff_t>(i));
        if (breaks_a_key(*c.schema, fewer.tables) || !still_wrong(text, fewer)) continue;
        c = std::move(fewer);
        progress = true;
      }
    from.reset(*c.schema);
    const any_id root = parse_query(from, text)->root;
    std::vector<std::string> candidates;
    std::vector<any_id> nodes;  // first: making others moves the lists of children
    each_node(from, root, [&](any_id id) { nodes.push_back(id); });
    for (const any_id id : nodes)
      for (const any_id by : smaller(from, id))
        if (const any_id tree = replaced(from, root, id, by); info(from.at(tree).kind).sort == sort::rel)
          candidates.push_back(text_of(from, tree));
    std::sort(candidates.begin(), candidates.end(), [](const std::string& a, const std::string& b) {
      return a.size() != b.size() ? a.size() < b.size() : a < b;
    });
    for (const std::string& candidate : candidates)
      if (candidate.size() < text.size() && still_wrong(candidate, c)) {
        text = candidate;
        progress = true;
        break;
      }
  }
  return text + values_text(c.values) + to_text(*c.schema, c.tables) + what + "it was drawn as\n" + first;
}

std::string random_pairs::misread(context& cx, random_case& c) {
  cx.reset(*c.schema);
  c.query = lower_plain_query(cx, *c.plain, c.values, c.calls);
  if (!c.query.present()) return "lowering refuses\n" + c.calls;
  const std::vector<row> meant = meaning(*c.plain, *c.schema, c.tables);
  const std::vector<row> found = interpret(cx, c.query, c.tables, c.values);
  if (same_rows(found, meant)) return {};
  return "the calls\n" + c.calls + values_text(c.values) + "mean\n" + to_text(meant) + "but lowered to\n" +
      text_of(cx, c.query) + "they give\n" + to_text(found);
}

std::string random_pairs::shrunk_plain(random_case c, std::string what) {
  context cx;
  for (bool progress = true; progress;) {
    progress = false;
    std::vector<random_case> candidates;
    for (plain_query& q : smaller_queries(*c.plain)) {
      candidates.push_back(c);
      candidates.back().plain = std::move(q);
    }
    for (std::size_t m = 0; m < c.tables.of.size(); ++m)
      for (std::size_t i = c.tables.of[m].size(); i-- > 0;) {
        candidates.push_back(c);
        std::vector<row>& rows = candidates.back().tables.of[m];
        rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(i));
      }
    for (random_case& fewer : candidates) {
      if (breaks_a_key(*c.schema, fewer.tables, false)) continue;
      std::string found = misread(cx, fewer);
      if (found.empty()) continue;
      what = std::move(found);
      c = std::move(fewer);
      progress = true;
      break;
    }
  }
  return what + to_text(*c.schema, c.tables);
}

std::string random_pairs::check(std::uint64_t seed) {
  random_case c = make_random_case(cx_, seed);
  ++pairs;
  if (c.lowered) ++lowered;
  const auto report = [&](const std::string& what) { return "seed " + std::to_string(seed) + "\n" + what; };
  if (c.plain) {
    ++plain;
    if (const std::string wrong = misread(cx_, c); !wrong.empty()) return report(shrunk_plain(c, wrong));
  }
  std::set<std::string_view> kinds;
  each_node(cx_, c.query, [&](any_id id) {
    if (info(cx_.at(id).kind).sort == sort::rel) kinds.insert(info(cx_.at(id).kind).name);
  });
  for (const std::string_view k : kinds) ++drawn[k];
  const std::string text = text_of(cx_, c.query);
  if (auto sound = verify(cx_, c.query, stage::logical); !sound)
    return report(render(sound.error()) + "\n" + c.calls + text);
  if (!decided(cx_, c.query)) return report("the rows of this query are not decided\n" + c.calls + text);
  const std::string_view off = all_passes()[seed % all_passes().size()].name;
  const question q{&c, c.query, off, seed % 4 == 0};
  const std::string wrong = difference(cx_, q);
  if (wrong.empty()) return wrong;
  if (!wrong.starts_with(trouble) && !decided_by_the_query(cx_, c.query, c.tables, c.values)) {
    ++undecided;
    return {};
  }
  return report(shrunk(c, text, q, wrong) + c.calls);
}

}  // namespace quarry::test
