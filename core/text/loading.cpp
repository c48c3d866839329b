#include <quarry/core/text/loading.hpp>

#include <algorithm>
#include <map>
#include <set>

#include <quarry/core/text/name_lists.hpp>
#include <quarry/core/text/queries.hpp>
#include <quarry/core/text/query_steps.hpp>
#include <quarry/core/text/related_lists.hpp>
#include <quarry/ir/lower/resolve_paths.hpp>

namespace quarry::text {
namespace {

using detail::link_form;
using detail::path_ref;
using ir::diag;

/// Columns by the path of the object that they belong to: "" is the row's own.
using columns_by_path = std::map<std::string, std::set<std::uint32_t>, std::less<>>;

std::string joined(std::string_view prefix, std::string_view name) {
  return prefix.empty() ? std::string(name) : std::string(prefix) + "__" + std::string(name);
}

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find("__", at), path.size());
    out.push_back(path.substr(at, end - at));
    at = end + 2;
  }
  return out;
}

/// What fields() and exclude_fields() say of each object on a path.
class mask_reader {
 public:
  mask_reader(const environment& e, const field_mask& mask) noexcept : e_(e), mask_(mask) {}

  /// Whether the object on this path, "" for the row's own, has the column.
  bool keeps(std::uint32_t model, std::string_view path, std::uint32_t column) const {
    if (column == e_.model(model).primary_key) return true;
    const bool narrowed = mask_.named && (path.empty() || says_something(*mask_.named, path));
    if (narrowed && !names(*mask_.named, model, path, column, true)) return false;
    return !names(mask_.excluded, model, path, column, false);
  }

 private:
  static bool says_something(const std::vector<std::string>& names, std::string_view path) {
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) { return !below(name, path).empty(); });
  }
  /// What of the name is left behind the path.
  static std::string_view below(std::string_view name, std::string_view path) {
    if (path.empty()) return name;
    if (!name.starts_with(path) || !name.substr(path.size()).starts_with("__")) return {};
    return name.substr(path.size() + 2);
  }
  /// `key_on_the_way`: a foreign key is named by the names of what it leads to.
  bool names(const std::vector<std::string>& list, std::uint32_t model, std::string_view path, std::uint32_t column,
             bool key_on_the_way) const {
    return std::any_of(list.begin(), list.end(), [&](const std::string& name) {
      const std::string_view rest = below(name, path);
      if (rest.empty()) return false;
      const std::string_view first = rest.substr(0, rest.find("__"));
      const ir::catalog::member found = e_.catalog()->find(model, first);
      if (found.what == ir::catalog::member::form::column) return found.index == column;
      if (found.what != ir::catalog::member::form::relation) return false;
      const ir::relation& r = e_.model(model).relations[found.index];
      const bool own_key = r.forward && r.form != ir::relation_form::many_to_many;
      return own_key && r.local == column && (key_on_the_way || first.size() == rest.size());
    });
  }

  const environment& e_;
  const field_mask& mask_;
};

/// The plan of one row: its objects and their columns.
class row_planner {
 public:
  row_planner(environment& e, std::uint32_t model, const loading& what) : e_(e), what_(what), mask_(e, what.mask) {
    parts_.emplace_back().model = model;
    paths_.emplace_back();
    for (const std::string& path : what.related)
      if (!what.mask.leaves_out(path)) follow(path);
    for (const std::string& name : what.named) note(name);
    for (std::size_t i = 0; i < parts_.size(); ++i) choose(i);
    if (what.mask.says_nothing())
      for (std::size_t i = 1; i < parts_.size(); ++i) require_key(i);
  }

  std::vector<row_part> take_parts() { return std::move(parts_); }
  bool whole() const noexcept { return whole_; }
  /// Every column as a path from the first object.
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < parts_.size(); ++i)
      for (const std::uint32_t c : parts_[i].columns)
        out.push_back(joined(paths_[i], e_.text(e_.model(parts_[i].model).columns[c].name)));
    return out;
  }

 private:
  void follow(std::string_view path) {
    const std::uint32_t root = parts_[0].model;
    (void)unwrap(ir::resolve_path(e_.paths, root, path, ir::path_use::relation, detail::no_offset));
    std::uint32_t at = 0;
    for (const std::string_view segment : segments_of(path)) {
      const std::uint32_t relation = e_.catalog()->find(parts_[at].model, segment).index;
      const ir::relation& r = e_.model(parts_[at].model).relations[relation];
      if (r.many) fail(diag::not_one_related, {path});
      const auto known = std::find_if(parts_.begin() + 1, parts_.end(),
                                      [&](const row_part& p) { return p.parent == at && p.relation == relation; });
      if (known == parts_.end()) {
        paths_.push_back(joined(paths_[at], segment));
        row_part& part = parts_.emplace_back();
        part.model = r.target;
        part.parent = at;
        part.relation = relation;
        at = static_cast<std::uint32_t>(parts_.size() - 1);
      } else {
        at = static_cast<std::uint32_t>(known - parts_.begin());
      }
    }
  }

  /// A name of only() or defer(): each relation on the way is a column of its owner too.
  void note(std::string_view name) {
    std::uint32_t model = parts_[0].model;
    std::string prefix;
    const std::vector<std::string_view> segments = segments_of(name);
    for (std::size_t i = 0; i < segments.size(); ++i) {
      const bool last = i + 1 == segments.size();
      const ir::catalog::member found = e_.catalog()->find(model, segments[i]);
      const bool is_column = found.what == ir::catalog::member::form::column;
      const bool is_relation = found.what == ir::catalog::member::form::relation;
      if (!is_column && !is_relation) refuse_field(e_, model, segments[i]);
      if (is_column && !last) fail(diag::path_past_column, {segments[i], segments[i + 1]});
      if (is_column) {
        named_[prefix].insert(found.index);
        return;
      }
      const ir::relation& r = e_.model(model).relations[found.index];
      const bool has_key = r.forward && r.form != ir::relation_form::many_to_many;
      if (has_key && (last || !what_.deferred)) named_[prefix].insert(r.local);
      prefix = joined(prefix, segments[i]);
      model = r.target;
    }
  }

  void choose(std::size_t i) {
    const ir::model& m = e_.model(parts_[i].model);
    const auto named = named_.find(paths_[i]);
    const bool everything = named == named_.end() && (what_.deferred || i != 0 || what_.named.empty());
    for (std::uint32_t c = 0; c < m.columns.size(); ++c) {
      const bool is_named = named != named_.end() && named->second.contains(c);
      const bool chosen = everything || c == m.primary_key || is_named != what_.deferred;
      const bool masked = !mask_.keeps(parts_[i].model, paths_[i], c);
      const bool carried = masked && i == 0 && what_.carried == c;
      if (carried) parts_[i].carried = c;
      if (chosen && (!masked || carried)) parts_[i].columns.push_back(c);
      if (!chosen || masked) whole_ = false;
      if (masked && !carried && !m.columns[c].type.nullable() && !is_followed(i, m.columns[c].relation))
        parts_[i].left_out = e_.name_of(parts_[i].model) + "." + std::string(e_.text(m.columns[c].field));
    }
  }

  /// Whether the object behind a foreign key is loaded, so that the mask does not leave the field out.
  bool is_followed(std::size_t i, std::uint32_t relation) const {
    return relation != ir::none && std::any_of(parts_.begin() + 1, parts_.end(), [&](const row_part& p) {
             return p.parent == i && p.relation == relation;
           });
  }

  /// What select_related() follows must be loaded.
  void require_key(std::size_t i) {
    const row_part& parent = parts_[parts_[i].parent];
    const ir::relation& r = e_.model(parent.model).relations[parts_[i].relation];
    if (std::find(parent.columns.begin(), parent.columns.end(), r.local) == parent.columns.end())
      fail(diag::deferred_relation, {paths_[i]});
  }

  environment& e_;
  const loading& what_;
  mask_reader mask_;
  columns_by_path named_;
  std::vector<row_part> parts_;
  std::vector<std::string> paths_;  ///< of the parts
  bool whole_ = true;
};

bool has_link(const detail::chain& c, link_form form) {
  for (const detail::link* l = &c.last(); l; l = l->previous)
    if (l->form == form) return true;
  return false;
}

}  // namespace

query loaded(environment& e, const query& q, loading what) {
  if (q->form != row_form::instances)
    fail(diag::wrong_argument, {"what is loaded of objects", "a QuerySet of objects", "one of values"});
  const query out = with(*q, q->chain);
  out->loading = std::move(what);
  row_planner plan(e, q->chain.model(), out->loading);
  if (!plan.whole() || has_link(q->chain, link_form::load)) {
    const std::vector<std::string> names = plan.names();
    std::vector<path_ref> paths;
    for (const std::string& n : names) paths.push_back(path_ref::text(n));
    out->chain = q->chain.load(paths);
  } else {
    std::vector<path_ref> paths;
    for (const std::string& n : out->loading.related) paths.push_back(path_ref::text(n));
    out->chain = q->chain.select_related(paths);
  }
  out->parts = plan.take_parts();
  if (plan.whole() && out->parts.size() == 1) out->parts.clear();
  return out;
}

namespace {

std::set<std::string> names_in(environment& e, const query& q, const call_arguments& given) {
  if (!given.named.empty()) e.allow_only(given, given.plain.size(), {});
  std::set<std::string> names;
  for (const argument& a : given.plain) {
    const path_ref name = e.name_in(a, given.function);
    const bool is_key = name.view() == "pk";
    const ir::model& m = e.model(q->chain.model());
    names.emplace(is_key ? e.text(m.columns[m.primary_key].field) : name.view());
  }
  return names;
}

/// The names of `a` that are not among those of `b`.
std::vector<std::string> without(const std::set<std::string>& a, const std::set<std::string>& b) {
  std::vector<std::string> out;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

bool is_none_alone(const call_arguments& given) {
  return given.plain.size() == 1 && given.named.empty() && given.plain[0].what.is_none();
}

/// select_related() without names: every foreign key that can't be NULL, five levels deep.
void follow_all(const environment& e, std::uint32_t model, const std::string& prefix, int depth,
                std::vector<std::string>& out) {
  constexpr int deepest = 5;
  if (depth == deepest) return;
  for (const ir::relation& r : e.model(model).relations) {
    if (!r.forward || r.many || r.nullable) continue;
    out.push_back(joined(prefix, e.text(r.name)));
    follow_all(e, r.target, std::string(out.back()), depth + 1, out);
  }
}

}  // namespace

object only(environment& e, const query& q, const call_arguments& given) {
  if (is_none_alone(given)) fail(diag::wrong_argument, {"only()", "the names of fields", "None"}, given.plain[0].where);
  const std::set<std::string> names = names_in(e, q, given);
  loading what = q->loading;
  const std::set<std::string> before(what.named.begin(), what.named.end());
  what.named = without(names, what.deferred ? before : std::set<std::string>());
  what.deferred = false;
  return loaded(e, q, std::move(what));
}

object defer(environment& e, const query& q, const call_arguments& given) {
  loading what = q->loading;
  if (is_none_alone(given)) {
    what.named.clear();
    what.deferred = true;
    return loaded(e, q, std::move(what));
  }
  const std::set<std::string> names = names_in(e, q, given);
  std::set<std::string> before(what.named.begin(), what.named.end());
  if (what.deferred) {
    before.insert(names.begin(), names.end());
    what.named.assign(before.begin(), before.end());
  } else {
    what.named = without(before, names);
    if (what.named.empty()) {
      what.deferred = true;
      what.named = without(names, before);
    }
  }
  return loaded(e, q, std::move(what));
}

object select_related(environment& e, const query& q, const call_arguments& given) {
  loading what = q->loading;
  if (is_none_alone(given)) {
    what.related.clear();
    what.lists.clear();
  } else if (!has_arguments(given)) {
    follow_all(e, q->chain.model(), "", 0, what.related);
  } else {
    const argument* keyword = given.find("related");
    const argument* whole = keyword ? keyword : given.plain.data();
    const bool is_list = (keyword || given.plain.size() == 1) && whole->what.items();
    const call_arguments names = spread(e, given, "related", name_forms::lists);
    e.allow_only(names, names.plain.size(), {"related"});
    for (const argument& a : names.plain) {
      const path_ref name = e.name_in(a, "select_related");
      if (is_list) add_related(e, q->chain.model(), what, name);
      else add_once(what.related, name.view());
    }
  }
  return loaded(e, q, std::move(what));
}

object make_rows(environment& e, const std::vector<row_part>& parts, std::span<const quarry_cell> cells) {
  std::vector<std::shared_ptr<instance>> made;
  std::size_t at = 0;
  for (const row_part& part : parts) {
    const ir::model& m = e.model(part.model);
    auto row = std::make_shared<instance>();
    row->model = part.model;
    row->stored = true;
    row->values.resize(m.columns.size());
    if (part.columns.size() != m.columns.size()) row->missing.assign(m.columns.size(), true);
    for (const std::uint32_t c : part.columns) {
      row->values[c] = value_of(cells[at++]);
      if (!row->missing.empty()) row->missing[c] = false;
    }
    const bool absent = !made.empty() && row->values[m.primary_key].is_none();
    if (!absent && !part.left_out.empty()) fail(diag::field_left_out, {part.left_out});
    if (!made.empty() && made[part.parent]) made[part.parent]->related[part.relation] = absent ? object() : object(row);
    made.push_back(absent ? nullptr : row);
  }
  return made[0];
}

}  // namespace quarry::text
