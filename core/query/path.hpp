// Lookup paths ("blog__name__startswith") read against a schema, by the compiler. Plain functions over constant tables:
// a path costs the compiler a few string comparisons and no template.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include <quarry/core/schema/fixed_string.hpp>
#include <quarry/core/schema/schema.hpp>

namespace quarry::detail {

/// What a lookup wants on its right side.
enum class lookup_class : std::uint8_t { equality, order, text, truth, list, pair };

struct lookup_entry {
  std::string_view name;
  lookup_class what;
};
inline constexpr std::array lookup_table = {
    lookup_entry{"exact", lookup_class::equality},
    lookup_entry{"gt", lookup_class::order},
    lookup_entry{"gte", lookup_class::order},
    lookup_entry{"lt", lookup_class::order},
    lookup_entry{"lte", lookup_class::order},
    lookup_entry{"in", lookup_class::list},
    lookup_entry{"isnull", lookup_class::truth},
    lookup_entry{"range", lookup_class::pair},
    lookup_entry{"contains", lookup_class::text},
    lookup_entry{"startswith", lookup_class::text},
    lookup_entry{"endswith", lookup_class::text},
    lookup_entry{"iexact", lookup_class::text},
    lookup_entry{"icontains", lookup_class::text},
    lookup_entry{"istartswith", lookup_class::text},
    lookup_entry{"iendswith", lookup_class::text},
    lookup_entry{"regex", lookup_class::text},
    lookup_entry{"iregex", lookup_class::text},
    lookup_entry{"has_key", lookup_class::text},
    lookup_entry{"has_keys", lookup_class::list},
    lookup_entry{"has_any_keys", lookup_class::list},
    lookup_entry{"contained_by", lookup_class::equality},
};

/// Lookups of JSON documents alone.
constexpr bool wants_json(std::string_view lookup) noexcept {
  return lookup.starts_with("has_") || lookup == "contained_by";
}

/// A part of a date, a time or both, as a step of a path.
struct transform_entry {
  std::string_view name;
  bool of_date;
  bool of_time;
  ir::scalar result;
};
inline constexpr std::array transform_table = {
    transform_entry{"year", true, false, ir::scalar::int32},
    transform_entry{"iso_year", true, false, ir::scalar::int32},
    transform_entry{"month", true, false, ir::scalar::int32},
    transform_entry{"day", true, false, ir::scalar::int32},
    transform_entry{"week", true, false, ir::scalar::int32},
    transform_entry{"week_day", true, false, ir::scalar::int32},
    transform_entry{"iso_week_day", true, false, ir::scalar::int32},
    transform_entry{"quarter", true, false, ir::scalar::int32},
    transform_entry{"hour", false, true, ir::scalar::int32},
    transform_entry{"minute", false, true, ir::scalar::int32},
    transform_entry{"second", false, true, ir::scalar::int32},
    transform_entry{"date", true, true, ir::scalar::date},
    transform_entry{"time", true, true, ir::scalar::time},
};

// Positions, not pointers, and no std::string_view::find: a comparison with a null pointer is no constant expression
// under every sanitizer.
inline constexpr std::size_t not_found = static_cast<std::size_t>(-1);

constexpr std::size_t find_lookup(std::string_view name) noexcept {
  for (std::size_t i = 0; i < lookup_table.size(); ++i)
    if (lookup_table[i].name == name) return i;
  return not_found;
}

constexpr bool has_transform(ir::scalar kind, const transform_entry& t) noexcept {
  // What needs both parts of a datetime is no part of either alone.
  if (kind == ir::scalar::datetime || kind == ir::scalar::unknown) return true;
  if (kind == ir::scalar::date) return t.of_date && !t.of_time;
  return kind == ir::scalar::time && t.of_time && !t.of_date;
}

constexpr std::size_t find_transform(ir::scalar kind, std::string_view name) noexcept {
  for (std::size_t i = 0; i < transform_table.size(); ++i)
    if (transform_table[i].name == name && has_transform(kind, transform_table[i])) return i;
  return not_found;
}

/// Where the segment that begins at `at` ends.
constexpr std::size_t segment_end(std::string_view path, std::size_t at) noexcept {
  while (at < path.size() && !(path[at] == '_' && at + 1 < path.size() && path[at + 1] == '_')) ++at;
  return at;
}

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

/// Is `name` the text `mixed` in lower case?
constexpr bool is_lower_of(std::string_view name, std::string_view mixed) noexcept {
  if (name.size() != mixed.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i)
    if (name[i] != lower(mixed[i])) return false;
  return true;
}

/// A name in lookups, perhaps to be read in lower case; empty when there is none.
struct relation_name {
  std::string_view text;
  bool in_lower_case = false;  ///< of `text`
  constexpr bool is(std::string_view name) const noexcept {
    return in_lower_case ? is_lower_of(name, text) : name == text;
  }
};
/// The name of a relation's way back, by Django's rules.
constexpr relation_name reverse_name_of(const model_view& owner, const field_info& f) noexcept {
  const field_options& o = f.options;
  if (!o.related_name.empty() && o.related_name.back() == '+') return {};
  if (f.facts.form == member_form::many_to_many && f.facts.target == owner.tag && o.symmetrical) return {};
  if (!o.related_query_name.empty()) return {o.related_query_name};
  if (!o.related_name.empty()) return {o.related_name};
  return {owner.name, true};
}

/// A name on a model: a column, a relation, or nothing.
struct found_member {
  enum class form : std::uint8_t { absent, column, forward, reverse } what = form::absent;
  std::uint32_t model = 0;  ///< that declares the field
  std::uint32_t field = 0;
};

constexpr found_member find_member(const schema_view& s, std::uint32_t model, std::string_view name) noexcept {
  using form = found_member::form;
  const model_view& m = s.models[model];
  for (std::uint32_t f = 0; f < m.field_count; ++f) {
    const field_info& field = m.fields[f];
    if (name == field.name) return {field.is_relation() ? form::forward : form::column, model, f};
    if (field.is_relation() && field.has_column() && name.size() == field.name.size() + 3 && name.ends_with("_id") &&
        name.starts_with(field.name))
      return {form::column, model, f};
  }
  if (name == "pk") return {form::column, model, m.key()};
  for (std::uint32_t o = 0; o < s.count; ++o)
    for (std::uint32_t f = 0; f < s.models[o].field_count; ++f) {
      const field_info& field = s.models[o].fields[f];
      if (field.is_relation() && field.facts.target == m.tag && reverse_name_of(s.models[o], field).is(name))
        return {form::reverse, o, f};
    }
  return {};
}

enum class path_fault : std::uint8_t { none, no_member, no_lookup, past_lookup, empty_segment };
enum class path_use : std::uint8_t {
  condition,  ///< may end with a lookup
  column  ///< a value: order_by, values_list, F
};

/// A path that was read, or the segment at which reading failed.
struct resolved_path {
  path_fault fault = path_fault::none;
  lookup_class lookup = lookup_class::equality;
  ir::scalar kind = ir::scalar::unknown;  ///< of the value before the lookup
  bool nullable = false;  ///< also when a relation on the way may lead nowhere
  bool relation = false;  ///< ends at a relation: the value is its key
  bool inside_json = false;  ///< steps within a JSON document
  bool aggregate = false;  ///< the value of an aggregate that was annotated
  std::uint32_t model = 0;  ///< model of the last step, or where the fault is
  std::uint32_t remote = 0;  ///< a relation: field of `model` that is its key
  std::uint32_t at = 0, size = 0;  ///< the segment of the fault
};

/// What the compiler knows about a value in the rows of a query.
struct value_shape {
  static constexpr std::uint32_t no_model = static_cast<std::uint32_t>(-1);
  ir::scalar kind = ir::scalar::unknown;  ///< unknown: what it is is told at run time
  bool nullable = true;
  bool aggregate = false;  ///< computed over several rows
  std::uint32_t model = no_model;  ///< not a value, but the objects of this model that a FilteredRelation leads to
};

/// A name that annotate() or alias() gave.
struct known_name {
  std::string_view name;
  value_shape what;
};

class path_reader {
 public:
  constexpr path_reader(const schema_view& s, std::uint32_t model, path_use use) noexcept : schema_(s), use_(use) {
    out_.model = model;
  }

  constexpr resolved_path read(std::string_view path) noexcept { return read_from(path, 0); }
  /// A path that begins with a known name, which ends at `end`.
  constexpr resolved_path read(std::string_view path, const value_shape& known, std::size_t end) noexcept {
    if (known.model != value_shape::no_model) {
      arrive(known.model, true);
      out_.remote = schema_.models[known.model].key();
      out_.kind = schema_.models[known.model].fields[out_.remote].facts.kind;
    } else {
      at_column_ = true;
      out_.kind = known.kind;
      out_.nullable = known.nullable;
      out_.aggregate = known.aggregate;
    }
    return end == path.size() ? out_ : read_from(path, end + 2);
  }

 private:
  constexpr resolved_path read_from(std::string_view path, std::size_t at) noexcept {
    while (out_.fault == path_fault::none) {
      const std::size_t end = segment_end(path, at);
      const std::string_view segment = path.substr(at, end - at);
      const bool last = end == path.size();
      if (segment.empty()) out_.fault = path_fault::empty_segment;
      else if (looked_up_) out_.fault = path_fault::past_lookup;
      else step(segment, last);
      if (out_.fault != path_fault::none) {
        out_.at = static_cast<std::uint32_t>(at);
        out_.size = static_cast<std::uint32_t>(segment.size());
      }
      if (last) break;
      at = end + 2;
    }
    return out_;
  }

  constexpr void step(std::string_view name, bool last) noexcept {
    if (at_column_) return after_column(name, last);
    const found_member m = find_member(schema_, out_.model, name);
    switch (m.what) {
      case found_member::form::column: return column(schema_.models[m.model].fields[m.field]);
      case found_member::form::forward: return forward(schema_.models[m.model].fields[m.field]);
      case found_member::form::reverse: return reverse(m.model, schema_.models[m.model].fields[m.field]);
      case found_member::form::absent: break;
    }
    if (out_.relation && last && key_lookup(name)) return;
    out_.fault = path_fault::no_member;
  }
  constexpr void column(const field_info& f) noexcept {
    at_column_ = true;
    out_.relation = false;
    out_.kind = f.facts.kind;
    out_.nullable = out_.nullable || f.facts.nullable;
  }
  constexpr void forward(const field_info& f) noexcept {
    arrive(schema_.find(f.facts.target), f.facts.nullable || !f.has_column());
    out_.remote = schema_.remote_field(schema_.models[out_.model], f);
    out_.kind = schema_.models[out_.model].fields[out_.remote].facts.kind;
  }
  constexpr void reverse(std::uint32_t owner, const field_info&) noexcept {
    arrive(owner, true);
    out_.remote = schema_.models[owner].key();
    out_.kind = schema_.models[owner].fields[out_.remote].facts.kind;
  }
  constexpr void arrive(std::uint32_t model, bool may_lead_nowhere) noexcept {
    out_.model = model;
    out_.relation = true;
    out_.nullable = out_.nullable || may_lead_nowhere;
  }
  constexpr bool key_lookup(std::string_view name) noexcept {
    const std::size_t l = use_ == path_use::condition ? find_lookup(name) : not_found;
    if (l == not_found) return false;
    const lookup_class what = lookup_table[l].what;
    if (what == lookup_class::text || what == lookup_class::pair || wants_json(name)) return false;
    out_.lookup = what;
    looked_up_ = true;
    return true;
  }
  constexpr void after_column(std::string_view name, bool last) noexcept {
    const std::size_t t = out_.inside_json ? not_found : find_transform(out_.kind, name);
    if (t != not_found) {
      out_.kind = transform_table[t].result;
      return;
    }
    const std::size_t l = use_ == path_use::condition ? find_lookup(name) : not_found;
    const bool json = out_.kind == ir::scalar::json;
    const bool any = out_.kind == ir::scalar::unknown;
    const bool known = l != not_found && (json ? last : !wants_json(lookup_table[l].name));
    if (known && (lookup_table[l].what != lookup_class::text || out_.kind == ir::scalar::text || json || any)) {
      // Of a document `contains` asks for a part, which may be any value.
      out_.lookup = json && lookup_table[l].name == "contains" ? lookup_class::equality : lookup_table[l].what;
      looked_up_ = true;
    } else if (json) {
      out_.inside_json = true;
      out_.nullable = true;
    } else {
      out_.fault = path_fault::no_lookup;
    }
  }

  const schema_view& schema_;
  path_use use_;
  bool at_column_ = false;
  bool looked_up_ = false;
  resolved_path out_;
};

constexpr resolved_path resolve(const schema_view& s, std::uint32_t model, std::string_view path,
                                path_use use) noexcept {
  return path_reader(s, model, use).read(path);
}

/// The same, where paths may begin with names: as in Django the shortest beginning that is one decides.
constexpr resolved_path resolve(const schema_view& s, std::uint32_t model, std::span<const known_name> names,
                                std::string_view path, path_use use) noexcept {
  for (std::size_t end = names.empty() ? path.size() + 1 : segment_end(path, 0); end <= path.size();
       end = end == path.size() ? end + 1 : segment_end(path, end + 2))
    for (std::size_t i = names.size(); i-- > 0;)
      if (names[i].name == path.substr(0, end)) return path_reader(s, model, use).read(path, names[i].what, end);
  return resolve(s, model, path, use);
}

// --- relations, step by step: select_related, prefetch_related, related objects ---

/// One step from a model to another.
struct relation_step {
  bool found = false;  ///< the name is a relation
  bool forward = false;
  bool many = false;  ///< a row may have several
  std::uint32_t target = 0;
  std::uint32_t owner = 0, field = 0;  ///< where the relation is declared: here (forward) or at the target
};

constexpr relation_step step_of(const schema_view& s, std::uint32_t model, std::string_view name) noexcept {
  const found_member m = find_member(s, model, name);
  if (m.what != found_member::form::forward && m.what != found_member::form::reverse) return {};
  const field_info& f = s.models[m.model].fields[m.field];
  const bool forward = m.what == found_member::form::forward;
  const bool single = f.facts.form == member_form::one_to_one || f.options.unique;
  return {true,
          forward,
          f.facts.form == member_form::many_to_many || (!forward && !single),
          forward ? s.find(f.facts.target) : m.model,
          m.model,
          m.field};
}

/// The first name of a path, and what follows it.
constexpr std::string_view first_of(std::string_view path) noexcept { return path.substr(0, segment_end(path, 0)); }
constexpr std::string_view rest_of(std::string_view path) noexcept {
  const std::size_t end = segment_end(path, 0);
  return end == path.size() ? std::string_view() : path.substr(end + 2);
}

enum class follow_fault : std::uint8_t { none, no_relation, many, reverse_later };
/// Where a path stops being one of relations to one object each, the reverse ones only as first step.
struct followed_path {
  follow_fault fault = follow_fault::none;
  std::uint32_t model = 0;  ///< of the last step, or where the fault is
  std::string_view segment{};
};

constexpr followed_path follow(const schema_view& s, std::uint32_t model, std::string_view path) noexcept {
  for (bool first = true; !path.empty(); first = false, path = rest_of(path)) {
    const relation_step step = step_of(s, model, first_of(path));
    if (!step.found) return {follow_fault::no_relation, model, first_of(path)};
    if (step.many) return {follow_fault::many, model, first_of(path)};
    if (!step.forward && !first) return {follow_fault::reverse_later, model, first_of(path)};
    model = step.target;
  }
  return {follow_fault::none, model, {}};
}

// --- suggestions, computed only for a message ---

/// Changes of one letter, and neighbours that changed places, between two names without regard to case.
constexpr std::size_t edit_distance(std::string_view a, std::string_view b) noexcept {
  constexpr std::size_t longest = 40;
  if (a.size() >= longest || b.size() >= longest) return a.size() + b.size();
  std::array<std::array<std::size_t, longest>, longest> d{};
  for (std::size_t i = 0; i <= a.size(); ++i)
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = i + j;
        continue;
      }
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      std::size_t least = d[i - 1][j - 1] + (same ? 0U : 1U);
      if (d[i - 1][j] + 1 < least) least = d[i - 1][j] + 1;
      if (d[i][j - 1] + 1 < least) least = d[i][j - 1] + 1;
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped && d[i - 2][j - 2] + 1 < least) least = d[i - 2][j - 2] + 1;
      d[i][j] = least;
    }
  return d[a.size()][b.size()];
}

/// The nearest of the names offered, or empty when none is near.
struct nearest_name {
  std::string_view wrong;
  relation_name best{};
  std::size_t distance = 0;
  constexpr void offer(std::string_view name, bool in_lower_case = false) noexcept {
    const std::size_t longer = name.size() > wrong.size() ? name.size() : wrong.size();
    const std::size_t limit = longer / 3 == 0 ? 1 : longer / 3;
    const std::size_t d = edit_distance(wrong, name);
    if (d > limit || (!best.text.empty() && d >= distance)) return;
    best = {name, in_lower_case};
    distance = d;
  }
};

constexpr relation_name suggest(const schema_view& s, const resolved_path& r, std::span<const known_name> names,
                                std::string_view wrong) noexcept {
  nearest_name nearest{wrong};
  if (r.fault == path_fault::no_lookup) {
    for (const transform_entry& t : transform_table)
      if (has_transform(r.kind, t)) nearest.offer(t.name);
    for (const lookup_entry& l : lookup_table)
      if (l.what != lookup_class::text || r.kind == ir::scalar::text) nearest.offer(l.name);
    return nearest.best;
  }
  if (r.at == 0)
    for (const known_name& n : names) nearest.offer(n.name);
  const model_view& m = s.models[r.model];
  for (const field_info& f : m) nearest.offer(f.name);
  for (const model_view& other : s)
    for (const field_info& f : other)
      if (f.is_relation() && f.facts.target == m.tag) {
        const relation_name back = reverse_name_of(other, f);
        nearest.offer(back.text, back.in_lower_case);
      }
  return nearest.best;
}

}  // namespace quarry::detail
