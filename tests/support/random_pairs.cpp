#include "support/random_pairs.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include <quarry/ir/model/views.hpp>
#include <quarry/ir/text/parse.hpp>
#include <quarry/ir/verify/verify.hpp>

#include "support/interpreter.hpp"
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
  return cx.at(rows).kind == kind::project || cx.at(rows).kind == kind::group;
}

/// A select is formed from every relation of the tree.
bool has_sql(const context& cx, rel_id root) {
  if (cx.at(root).kind == kind::empty) return true;  // runs nothing
  bool all = has_outputs(cx, root);
  each_node(cx, root, [&](any_id id) {
    const node& n = cx.at(id);
    all = all && n.kind != kind::set_op && n.kind != kind::rows && n.kind != kind::empty;
    if (n.kind == kind::distinct) all = all && n.child_count == 1 && has_outputs(cx, id);
  });
  return all;
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

std::string values_text(const param_values& values) {
  std::string out;
  for (std::size_t i = 0; i < values.size(); ++i) out += "%" + std::to_string(i) + " = " + to_text(values[i]) + "\n";
  return out;
}

}  // namespace

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
    return e.what() + std::string("\n");
  }
}

/// Takes away what the difference does not need, as long as there is any. The text of the query goes from context to context:
/// what one attempt leaves behind does not change the next.
std::string random_pairs::shrunk(random_case c, std::string text, question q, std::string what) {
  constexpr std::size_t kind_of_failure = 12;
  const std::string drawn = text;
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
    if (!decided(to, asked.query)) return false;
    std::string found = difference(to, asked);
    // Another failure than the one that is looked for is left for another day.
    if (found.empty() || found.substr(0, kind_of_failure) != what.substr(0, kind_of_failure)) return false;
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
  return text + values_text(c.values) + to_text(*c.schema, c.tables) + what + "it was drawn as\n" + drawn;
}

std::string random_pairs::check(std::uint64_t seed) {
  const random_case c = make_random_case(cx_, seed);
  ++pairs;
  if (c.lowered) ++lowered;
  const std::string text = text_of(cx_, c.query);
  const auto report = [&](const std::string& what) { return "seed " + std::to_string(seed) + "\n" + what; };
  if (auto sound = verify(cx_, c.query, stage::logical); !sound) return report(render(sound.error()) + "\n" + text);
  if (!decided(cx_, c.query)) return report("the rows of this query are not decided\n" + text);
  const std::string_view off = all_passes()[seed % all_passes().size()].name;
  const question q{&c, c.query, off, seed % 4 == 0};
  const std::string wrong = difference(cx_, q);
  return wrong.empty() ? wrong : report(shrunk(c, text, q, wrong));
}

}  // namespace quarry::test
