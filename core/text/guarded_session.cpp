#include <quarry/core/text/guarded_session.hpp>

#include <algorithm>
#include <vector>

#include <quarry/core/errors.hpp>
#include <quarry/core/lower/surface.hpp>
#include <quarry/ir/lower/lower.hpp>
#include <quarry/ir/lower/resolve_paths.hpp>

namespace quarry::text {
namespace {

using detail::chain;
using detail::expression;
using detail::expression_form;
using detail::link;
using detail::link_form;
using detail::operand;
using detail::operand_form;
using detail::path_ref;
using detail::term;
using ir::diag;
using member = ir::catalog::member;

std::string counted(std::size_t n, const std::string& what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

/// Throws; the diagnostic points at `part` of the path.
[[noreturn]] void refuse(diag id, std::initializer_list<std::string_view> words, const path_ref& path,
                         std::string_view part) {
  ir::diagnostic d = ir::make_diagnostic(id, words);
  if (path.size != 0) {
    d.source = path.view();
    d.origin = path.offset;
    d.span = {static_cast<std::uint32_t>(part.data() - path.data), static_cast<std::uint32_t>(part.size())};
  }
  raise(std::move(d));
}

template <class Table>
bool has_name(const Table& table, std::string_view name) {
  return std::any_of(table.begin(), table.end(), [&](const auto& known) { return known.name == name; });
}

/// Goes over everything that a chain says, once, and stops where a limit is reached: shared parts may hang together in more ways than
/// could be counted.
class audit {
 public:
  explicit audit(const policy& p) noexcept : policy_(p) {}

  void query(const link& last) {
    scopes_.push_back(&last);
    for (const link* l = &last; l; l = l->previous) check(*l);
    scopes_.pop_back();
  }

 private:
  void check(const link& l) {
    switch (l.form) {
      case link_form::filter:
      case link_form::exclude:
        for (const term& t : l.all_terms()) {
          count(t.path);
          if (t.tree) tree(*t.tree);
          else condition(t.path, t.value);
        }
        return;
      case link_form::order_by:
      case link_form::values_list:
      case link_form::distinct:
      case link_form::load:
      case link_form::annotate:
      case link_form::alias:
      case link_form::aggregate:
      case link_form::dates:
        for (const term& t : l.all_terms()) {
          count(t.path);
          const bool is_name = t.tree && l.form != link_form::dates;  // of what the tree computes
          if (!is_name) path(t.path);
          if (t.tree) tree(*t.tree);
        }
        return;
      case link_form::select_related:
        for (const term& t : l.all_terms()) {
          count(t.path);
          limit_depth(relations_in(t.path.view()), t.path);  // the last one is followed, too
        }
        return;
      case link_form::either:
      case link_form::both:
      case link_form::one_of:
      case link_form::union_:
      case link_form::union_all:
      case link_form::intersection:
      case link_form::difference:
        for (const term& t : l.all_terms()) {
          count(t.path);
          value(t.path, t.value, false);
        }
        return;
      case link_form::root:
      case link_form::reverse:
      case link_form::slice:
      case link_form::none:
      case link_form::count:
      case link_form::exists: return;
      default: break;  // SQL of the user's own, say
    }
    refuse(diag::not_allowed, {"this query"}, {}, {});
  }

  void tree(const expression& e) {
    count(e.path);
    switch (e.form) {
      case expression_form::lookup: condition(e.path, e.constant); break;
      case expression_form::path: path(e.path); break;
      case expression_form::filtered_relation:
        path(e.path);
        value(e.path, e.constant, false);
        break;
      case expression_form::outer: outer(e); break;
      case expression_form::exists:
      case expression_form::subquery:
      case expression_form::constant: value(e.path, e.constant, false); break;
      case expression_form::all_of:
      case expression_form::any_of:
      case expression_form::one_of:
      case expression_form::negation:
      case expression_form::operation:
      case expression_form::ordering:
      case expression_form::aggregate:
      case expression_form::cast:
      case expression_form::when:
      case expression_form::case_of:
      case expression_form::window: break;
      default: refuse(diag::not_allowed, {"this expression"}, {}, {});  // SQL of the user's own, say
    }
    for (const expression* child : e.all_children()) tree(*child);
  }

  void outer(const expression& e) {
    if (e.levels >= scopes_.size()) return;  // which fails later
    scopes_.push_back(scopes_[scopes_.size() - 1 - e.levels]);
    path(e.path);
    scopes_.pop_back();
  }

  void value(const path_ref& at, const operand& o, bool is_key) {
    switch (o.form) {
      case operand_form::scalar:
      case operand_form::null: return;
      case operand_form::expression: return tree(*o.expr);
      case operand_form::query: return query(*o.query);
      case operand_form::list: break;
    }
    // Keys of rows that are there already: of related objects, say.
    const std::uint32_t most = is_key ? std::max(policy_.limits.list, policy_.limits.rows) : policy_.limits.list;
    if (o.size > most) beyond("a list of " + counted(o.size, "value"), most, at);
    for (std::uint32_t i = 0; i < o.size; ++i) value(at, o.items[i], false);
  }

  void condition(const path_ref& p, const operand& o) { value(p, o, path(p, true)); }

  /// Checks a path; whether it is that of a key, as related objects are found by.
  bool path(const path_ref& p, bool is_condition = false) {
    std::string_view left = p.view();
    if (left.starts_with('-') || left.starts_with('+')) left.remove_prefix(1);
    if (left.empty() || left == "?") return false;
    const ir::catalog& schema = *scopes_.back()->root->catalog;
    std::uint32_t model = scopes_.back()->root->model;
    std::size_t relations = 0;
    bool computed = false, is_key = false, is_document = false;
    if (const expression* named = computed_as(left)) {
      (void)take(left);
      computed = named->form != expression_form::filtered_relation;
      if (!computed) model = target_of(schema, model, named->path.view(), relations);
    }
    const bool direct = !computed && relations == 0;
    while (!computed && !left.empty()) {
      std::string_view rest = left;
      const std::string_view segment = take(rest);
      const member found = schema.find(model, segment);
      if (found.what == member::form::absent) break;
      left = rest;
      if (found.what == member::form::column) {
        const ir::column& c = schema.at(model).columns[found.index];
        is_key = direct && relations == 0 && (c.primary_key || c.relation != ir::none);
        is_document = c.type.kind() == ir::scalar::json;
        break;
      }
      const ir::relation& r = schema.at(model).relations[found.index];
      std::string_view next_of = left;
      const std::string_view next = take(next_of);
      model = r.target;
      const bool own_key = r.forward && r.form != ir::relation_form::many_to_many;
      // What ends at a foreign key reads the key.
      if (own_key && (next.empty() || schema.find(model, next).what == member::form::absent)) {
        is_key = direct && relations == 0;
        break;
      }
      ++relations;
    }
    limit_depth(relations, p);
    bool named_lookup = false;
    bool within_key = is_key;
    while (!left.empty()) {
      const std::string_view segment = take(left);
      const bool is_lookup = has_name(ir::all_lookups(), segment);
      if (is_document && (!left.empty() || !is_lookup)) continue;  // a key of the document
      named_lookup = named_lookup || is_lookup;
      // Related objects are found by their keys, and so are those of in_bulk() and the like.
      within_key = within_key && left.empty() && (segment == "in" || segment == "exact");
      if (!within_key && !policy_.lookups.contains(segment))
        refuse(diag::not_allowed, {"'" + std::string(segment) + "'"}, p, segment);
    }
    if (is_condition && !named_lookup && !is_key && !policy_.lookups.contains("exact"))
      refuse(diag::not_allowed, {"'exact'"}, p, p.view());
    return is_key;
  }

  /// What annotate() or alias() computes by the first name of the path, or null.
  const expression* computed_as(std::string_view p) const {
    const std::string_view first = take(p);
    for (const link* l = scopes_.back(); l; l = l->previous) {
      if (l->form != link_form::annotate && l->form != link_form::alias && l->form != link_form::values_list) continue;
      for (const term& t : l->all_terms())
        if (t.tree && t.path.view() == first) return t.tree;
    }
    return nullptr;
  }

  /// The model that a path of relations leads to.
  static std::uint32_t target_of(const ir::catalog& schema, std::uint32_t model, std::string_view p,
                                 std::size_t& relations) {
    while (!p.empty()) {
      const member found = schema.find(model, take(p));
      if (found.what != member::form::relation) break;
      model = schema.at(model).relations[found.index].target;
      ++relations;
    }
    return model;
  }

  /// Cuts the first segment off.
  static std::string_view take(std::string_view& p) {
    const std::size_t end = std::min(p.find("__"), p.size());
    const std::string_view first = p.substr(0, end);
    p.remove_prefix(std::min(end + 2, p.size()));
    return first;
  }

  void limit_depth(std::size_t relations, const path_ref& p) const {
    if (relations > policy_.limits.depth)
      beyond("a path of " + counted(relations, "relation"), policy_.limits.depth, p);
  }

  void count(const path_ref& at) {
    if (++terms_ > policy_.limits.terms)
      beyond("one more condition, column or part of an expression", policy_.limits.terms, at);
  }
  [[noreturn]] static void beyond(const std::string& what, std::uint32_t limit, const path_ref& at) {
    refuse(diag::beyond_limit, {what, std::to_string(limit)}, at, at.view());
  }

  const policy& policy_;
  std::vector<const link*> scopes_;  ///< the queries around what is looked at, the innermost last
  std::uint32_t terms_ = 0;
};

/// How many tables a query reads, each as often as it reads it.
std::size_t tables_in(const ir::context& cx, ir::any_id root) {
  std::vector<bool> seen(cx.node_count());
  std::vector<ir::any_id> open = {root};
  std::size_t tables = 0;
  while (!open.empty()) {
    const ir::any_id id = open.back();
    open.pop_back();
    if (!id.present() || seen[id.value]) continue;
    seen[id.value] = true;
    if (cx.at(id).kind == ir::kind::scan) ++tables;
    for (const std::uint32_t child : cx.children(id)) open.push_back({child});
  }
  return tables;
}

bool gives_one_row(const chain& c) noexcept {
  const link_form last = c.last().form;
  return last == link_form::count || last == link_form::exists || last == link_form::aggregate;
}

}  // namespace

void guarded_session::count_joins(const chain& c) {
  thread_local ir::lowering lowering;
  context_.reset(*c.catalog());
  const ir::rel_id related = unwrap(lowering.to_related(context_, detail::to_surface(context_, c), {}));
  const std::size_t tables = tables_in(context_, lowering.to_logical(context_, related));
  const std::uint32_t joins = tables == 0 ? 0 : static_cast<std::uint32_t>(tables - 1);
  if (joins > policy_.limits.joins)
    raise(diag::beyond_limit, {"a statement with " + counted(joins, "join"), std::to_string(policy_.limits.joins)});
}

detail::cursor guarded_session::run(const chain& c) {
  audit(policy_).query(c.last());
  count_joins(c);
  if (++statements_ > policy_.limits.statements)
    raise(diag::beyond_limit, {"one more statement to the database", std::to_string(policy_.limits.statements)});
  if (gives_one_row(c)) return inside_.run(c);
  return inside_.run(unwrap(c.slice(0, policy_.limits.rows)));
}

std::int64_t guarded_session::insert(const std::shared_ptr<const ir::catalog>&, std::uint32_t,
                                     std::span<const detail::assignment>) {
  raise(diag::not_read_only, {});
}

std::int64_t guarded_session::update(const std::shared_ptr<const ir::catalog>&, std::uint32_t, const detail::operand&,
                                     std::span<const detail::assignment>) {
  raise(diag::not_read_only, {});
}

detail::named_rows guarded_session::run_raw(const chain&, const detail::column_typer&) {
  raise(diag::not_allowed, {"SQL"});
}

std::string guarded_session::sql(const chain&, bool) { raise(diag::not_allowed, {"SQL"}); }

std::size_t relations_in(std::string_view path) noexcept {
  std::size_t n = 1;
  for (std::size_t at = path.find("__"); at != std::string_view::npos; at = path.find("__", at + 2)) ++n;
  return n;
}

void check_depth(const policy& p, std::string_view path) {
  if (relations_in(path) <= p.limits.depth) return;
  raise(diag::beyond_limit, {"'" + std::string(path) + "'", std::to_string(p.limits.depth)});
}

}  // namespace quarry::text
