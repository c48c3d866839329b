#include "support/interpreter.hpp"

#include <algorithm>
#include <bit>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <quarry/ir/model/views.hpp>

namespace quarry::test {
namespace {

using namespace quarry::ir;

/// Rows of several instances: each row has, for each instance, where its cells are.
struct bag {
  std::vector<std::uint32_t> instances;
  std::vector<const cell*> parts;  // of all rows, one after the other
  std::size_t count = 0;

  const cell* const* at(std::size_t i) const { return parts.data() + i * instances.size(); }
  void add(const cell* const* some, std::size_t width) {
    parts.insert(parts.end(), some, some + width);
    ++count;
  }
  void add(const cell* only) { add(&only, 1); }
};

/// TRUE, FALSE, or absent for UNKNOWN.
using truth = std::optional<bool>;

bool is_true(truth t) { return t && *t; }
bool is_false(truth t) { return t && !*t; }
cell as_cell(truth t) { return t ? cell(*t) : cell(null); }

[[noreturn]] void unknown(std::string_view what, std::string_view name) {
  throw not_interpreted("the interpreter does not know " + std::string(what) + " " + std::string(name));
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

/// Position in bytes of a code point, by its number from 0; the end for numbers beyond.
std::size_t byte_of(std::string_view text, std::size_t number) {
  std::size_t at = 0;
  while (at < text.size() && number > 0) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U) ++at;
    --number;
  }
  return at;
}

class interpreter {
 public:
  interpreter(const context& cx, const table_rows& tables, const param_values& values)
      : cx_(cx), tables_(tables), values_(values), bound_(cx.instance_count(), nullptr) {
    std::size_t widest = 0;
    for (std::uint32_t i = 0; i < cx.instance_count(); ++i) widest = std::max(widest, width_of(i));
    nulls_.assign(widest, null);
  }

  std::vector<row> run(rel_id root) {
    const bag all = relation(root);
    std::vector<row> out;
    for (std::size_t i = 0; i < all.count; ++i) out.push_back(cells_of(all, i));
    return out;
  }

 private:
  // --- rows ---

  std::size_t width_of(std::uint32_t instance) const {
    const ir::instance& in = cx_.instance_at(instance);
    return in.model != none ? cx_.schema().at(in.model).columns.size() : in.count;
  }
  void bind(const bag& rows, std::size_t i) {
    for (std::size_t k = 0; k < rows.instances.size(); ++k) bound_[rows.instances[k]] = rows.at(i)[k];
  }
  row cells_of(const bag& rows, std::size_t i) const {
    row out;
    for (std::size_t k = 0; k < rows.instances.size(); ++k)
      out.insert(out.end(), rows.at(i)[k], rows.at(i)[k] + width_of(rows.instances[k]));
    return out;
  }
  const cell* keep(row r) { return made_.emplace_back(std::move(r)).data(); }

  /// The instances that a relation shows, for one that is not run.
  std::vector<std::uint32_t> shown(rel_id rel) const {
    const node& n = cx_.at(rel);
    switch (n.kind) {
      case kind::scan:
      case kind::rows:
      case kind::project:
      case kind::group:
      case kind::set_op: return {n.b};
      case kind::empty:
      case kind::filter:
      case kind::sort:
      case kind::limit:
      case kind::distinct: return shown(rel_id(cx_.child(rel, 0)));
      case kind::join: {
        std::vector<std::uint32_t> out = shown(rel_id(cx_.child(rel, 0)));
        if (n.b == join_kind::semi || n.b == join_kind::anti) return out;
        const std::vector<std::uint32_t> right = shown(rel_id(cx_.child(rel, 1)));
        out.insert(out.end(), right.begin(), right.end());
        return out;
      }
      default: unknown("the relation", info(n.kind).name);
    }
  }

  // --- relations ---

  bag relation(rel_id rel) {
    switch (cx_.at(rel).kind) {
      case kind::scan: return scan(as<view::scan>(cx_, rel));
      case kind::rows: return written_rows(as<view::rows>(cx_, rel));
      case kind::empty: return {shown(rel), {}, 0};
      case kind::filter: return filter(as<view::filter>(cx_, rel));
      case kind::join: return join(as<view::join>(cx_, rel));
      case kind::project: return project(as<view::project>(cx_, rel));
      case kind::group: return group(as<view::group>(cx_, rel));
      case kind::sort: return sort(as<view::sort>(cx_, rel));
      case kind::limit: return limit(as<view::limit>(cx_, rel));
      case kind::distinct: return distinct(as<view::distinct>(cx_, rel));
      case kind::set_op: return set_operation(as<view::set_op>(cx_, rel));
      default: unknown("the relation", info(cx_.at(rel).kind).name);
    }
  }

  bag scan(const view::scan& s) {
    bag out{{s.instance()}, {}, 0};
    for (const row& r : tables_.of.at(s.model())) out.add(r.data());
    return out;
  }

  bag written_rows(const view::rows& r) {
    bag out{{r.instance()}, {}, 0};
    for (const std::uint32_t item : r.items()) {
      row cells;
      for (const std::uint32_t e : cx_.children({item})) cells.push_back(value({e}));
      out.add(keep(std::move(cells)));
    }
    return out;
  }

  bag filter(const view::filter& f) {
    const bag in = relation(f.input());
    bag out{in.instances, {}, 0};
    for (std::size_t i = 0; i < in.count; ++i) {
      bind(in, i);
      if (is_true(condition(f.predicate()))) out.add(in.at(i), in.instances.size());
    }
    return out;
  }

  bag join(const view::join& j) {
    const bag left = relation(j.left()), right = relation(j.right());
    const code form = j.form();
    const bool pairs = form != join_kind::semi && form != join_kind::anti;
    const bool pads_left_row = form == join_kind::left || form == join_kind::full;
    bag out{left.instances, {}, 0};
    if (pairs) out.instances.insert(out.instances.end(), right.instances.begin(), right.instances.end());
    const std::size_t width = out.instances.size();
    std::vector<const cell*> both;
    const auto combine = [&](const cell* const* l, const cell* const* r) {
      both.assign(left.instances.size(), nulls_.data());
      if (l != nullptr) both.assign(l, l + left.instances.size());
      if (r != nullptr) both.insert(both.end(), r, r + right.instances.size());
      both.resize(width, nulls_.data());
      out.add(both.data(), width);
    };
    std::vector<char> right_found(right.count, 0);
    for (std::size_t l = 0; l < left.count; ++l) {
      bool found = false;
      for (std::size_t r = 0; r < right.count; ++r) {
        bind(left, l);
        bind(right, r);
        if (j.on().present() && !is_true(condition(j.on()))) continue;
        found = true;
        right_found[r] = 1;
        if (pairs) combine(left.at(l), right.at(r));
      }
      if (form == join_kind::semi ? found : form == join_kind::anti ? !found : false) combine(left.at(l), nullptr);
      if (pads_left_row && !found) combine(left.at(l), nullptr);
    }
    for (std::size_t r = 0; r < right.count; ++r)
      if (form == join_kind::full && right_found[r] == 0) combine(nullptr, right.at(r));
    return out;
  }

  bag project(const view::project& p) {
    const bag in = relation(p.input());
    bag out{{p.instance()}, {}, 0};
    for (std::size_t i = 0; i < in.count; ++i) {
      row cells;
      for (const std::uint32_t item : p.items()) {
        bind(in, i);
        cells.push_back(value(unnamed({item})));
      }
      out.add(keep(std::move(cells)));
    }
    return out;
  }

  bag group(const view::group& g) {
    const bag in = relation(g.input());
    const std::span<const std::uint32_t> keys = cx_.children(g.keys()), computed = cx_.children(g.aggregates());
    std::map<row, std::size_t> known;
    std::vector<std::pair<row, std::vector<std::size_t>>> groups;
    if (keys.empty()) groups.emplace_back();
    for (std::size_t i = 0; i < in.count; ++i) {
      row key;
      for (const std::uint32_t k : keys) {
        bind(in, i);
        key.push_back(value(unnamed({k})));
      }
      // NULLs are one group.
      const std::size_t place = keys.empty() ? 0 : known.emplace(key, groups.size()).first->second;
      if (place == groups.size()) groups.emplace_back(key, std::vector<std::size_t>());
      groups[place].second.push_back(i);
    }
    bag out{{g.instance()}, {}, 0};
    for (auto& [key, members] : groups) {
      row cells = key;
      for (const std::uint32_t a : computed) {
        // Outside of aggregates no single row of the group counts.
        for (const std::uint32_t i : in.instances) bound_[i] = nullptr;
        const grouped mine{&in, &members};
        const grouped* const around = std::exchange(grouped_, &mine);
        cells.push_back(value(unnamed({a})));
        grouped_ = around;
      }
      out.add(keep(std::move(cells)));
    }
    return out;
  }

  /// Whether `a` stands before `b` (negative), after it (positive), or beside it, by one key.
  static int order_of(const cell& a, const cell& b, std::uint16_t flags) {
    const bool descending = (flags & 1U) != 0;
    const bool nulls_first = (flags & 2U) != 0 || ((flags & 4U) == 0 && !descending);
    if (is_null(a) || is_null(b)) {
      if (is_null(a) && is_null(b)) return 0;
      return is_null(a) == nulls_first ? -1 : 1;
    }
    const int c = compared(a, b);
    return descending ? -c : c;
  }

  bag sort(const view::sort& s) {
    const bag in = relation(s.input());
    std::vector<std::uint16_t> flags;
    for (const std::uint32_t key : s.keys()) {
      if (cx_.at({key}).kind != kind::order_item) unknown("the sort key", info(cx_.at({key}).kind).name);
      flags.push_back(cx_.at({key}).flags);
    }
    std::vector<std::pair<row, std::size_t>> places;
    for (std::size_t i = 0; i < in.count; ++i) {
      row key;
      for (const std::uint32_t k : s.keys()) {
        bind(in, i);
        key.push_back(value(cx_.child({k}, 0)));
      }
      places.emplace_back(std::move(key), i);
    }
    // Rows that no key tells apart stay in the order in which they came.
    std::sort(places.begin(), places.end(), [&](const auto& a, const auto& b) {
      for (std::size_t k = 0; k < flags.size(); ++k)
        if (const int c = order_of(a.first[k], b.first[k], flags[k]); c != 0) return c < 0;
      return a.second < b.second;
    });
    bag out{in.instances, {}, 0};
    for (const auto& [key, i] : places) out.add(in.at(i), in.instances.size());
    return out;
  }

  bag limit(const view::limit& l) {
    const bag in = relation(l.input());
    const auto number = [&](expr_id e, std::size_t otherwise) {
      if (!e.present()) return otherwise;
      const cell c = value(e);
      const auto* const v = std::get_if<std::int64_t>(&c);
      if (v == nullptr || *v < 0) unknown("a limit of", to_text(c));
      return static_cast<std::size_t>(*v);
    };
    const std::size_t first = std::min(number(l.offset(), 0), in.count);
    const std::size_t last = first + std::min(number(l.count(), in.count), in.count - first);
    bag out{in.instances, {}, 0};
    for (std::size_t i = first; i < last; ++i) out.add(in.at(i), in.instances.size());
    return out;
  }

  bag distinct(const view::distinct& d) {
    const bag in = relation(d.input());
    bag out{in.instances, {}, 0};
    std::set<row> seen;
    for (std::size_t i = 0; i < in.count; ++i) {
      row key;
      for (const std::uint32_t e : d.on()) {
        bind(in, i);
        key.push_back(value({e}));
      }
      if (d.on().empty()) key = cells_of(in, i);
      if (seen.insert(std::move(key)).second) out.add(in.at(i), in.instances.size());
    }
    return out;
  }

  bag set_operation(const view::set_op& s) {
    const bag left = relation(s.left()), right = relation(s.right());
    std::map<row, std::size_t> others;
    if (s.operation() != set_kind::union_)
      for (std::size_t i = 0; i < right.count; ++i) ++others[cells_of(right, i)];
    std::vector<row> rows;
    for (std::size_t i = 0; i < left.count; ++i) {
      row r = cells_of(left, i);
      if (s.operation() == set_kind::union_) {
        rows.push_back(std::move(r));
        continue;
      }
      const auto other = others.find(r);
      const bool matched = other != others.end() && other->second > 0;
      if (matched && s.all()) --other->second;  // with `all` each row of the other arm answers for one
      if (matched == (s.operation() == set_kind::intersect)) rows.push_back(std::move(r));
    }
    if (s.operation() == set_kind::union_)
      for (std::size_t i = 0; i < right.count; ++i) rows.push_back(cells_of(right, i));
    bag out{{s.instance()}, {}, 0};
    std::set<row> seen;
    for (row& r : rows) {
      if (r.size() != width_of(s.instance())) unknown("a set operation over arms of", std::to_string(r.size()));
      if (s.all() || seen.insert(r).second) out.add(keep(std::move(r)));
    }
    return out;
  }

  // --- values ---

  any_id unnamed(any_id item) const { return cx_.at(item).kind == kind::named ? cx_.child(item, 0) : item; }

  cell value(any_id e) {
    const node& n = cx_.at(e);
    switch (n.kind) {
      case kind::column: {
        const cell* const cells = bound_.at(n.b);
        if (cells == nullptr || n.a >= width_of(n.b)) throw not_interpreted("a column is read where it has no row");
        return cells[n.a];
      }
      case kind::literal: return literal(n);
      case kind::param: return parameter(n);
      case kind::op: return operation(e);
      case kind::case_when: return choice(as<view::case_when>(cx_, e));
      case kind::cast: return cast(value(cx_.child(e, 0)), n.type.kind());
      case kind::aggregate: return aggregate(as<view::aggregate>(cx_, e));
      case kind::exists: return relation(rel_id(cx_.child(e, 0))).count > 0;
      case kind::scalar_of: {
        const bag rows = relation(rel_id(cx_.child(e, 0)));
        if (rows.count > 1) throw query_failed("a subquery gives several rows where one value is wanted");
        return rows.count == 0 ? cell(null) : rows.at(0)[0][0];
      }
      case kind::in_query: {
        const cell wanted = value(cx_.child(e, 0));
        const bag rows = relation(rel_id(cx_.child(e, 1)));
        std::vector<cell> found;
        for (std::size_t i = 0; i < rows.count; ++i) found.push_back(rows.at(i)[0][0]);
        return as_cell(member(wanted, found));
      }
      default: unknown("the value", info(n.kind).name);
    }
  }

  truth condition(any_id e) { return as_truth(value(e)); }
  static truth as_truth(const cell& c) {
    if (is_null(c)) return std::nullopt;
    if (const bool* const b = std::get_if<bool>(&c)) return *b;
    unknown("as a truth value", to_text(c));
  }

  static cell literal(const node& n) {
    if ((n.flags & 1U) != 0) return null;
    if (n.type.kind() == scalar::boolean) return n.a != 0;
    if (is_integer(n.type.kind())) return static_cast<std::int64_t>(n.a);
    if (n.type.kind() == scalar::float64) return std::bit_cast<double>(n.a);
    unknown("a literal of type", name_of(n.type.kind()));
  }

  const std::vector<cell>& given(const node& param) const {
    if (param.a >= values_.size()) throw not_interpreted("a parameter has no value");
    return values_[param.a];
  }

  cell parameter(const node& n) const {
    const std::vector<cell>& all = given(n);
    if (n.b == 0) {
      if (all.size() != 1) throw not_interpreted("a list stands where one value is wanted");
      return all[0];
    }
    std::vector<cell> present;  // elements are counted without the NULLs; beyond the last comes the last again
    for (const cell& c : all)
      if (!is_null(c)) present.push_back(c);
    if (present.empty()) throw not_interpreted("an element is read of an empty list");
    return present[std::min<std::size_t>(n.b - 1, present.size() - 1)];
  }

  static cell cast(const cell& c, scalar to) {
    if (is_null(c)) return null;
    if (const auto* const v = std::get_if<std::int64_t>(&c)) {
      if (to == scalar::text) return std::to_string(*v);
      if (is_integer(to)) return fitting(*v, to);
      if (to == scalar::float64) return static_cast<double>(*v);
    }
    if (std::holds_alternative<std::string>(c) && to == scalar::text) return c;
    unknown("a cast to " + std::string(name_of(to)) + " of", to_text(c));
  }

  cell choice(const view::case_when& c) {
    for (const std::uint32_t branch : c.branches())
      if (is_true(condition(cx_.child({branch}, 0)))) return value(cx_.child({branch}, 1));
    return c.otherwise().present() ? value(c.otherwise()) : cell(null);
  }

  // --- comparisons ---

  /// Of two values that are not NULL.
  static int compared(const cell& a, const cell& b) {
    const auto sign = [](const auto& x, const auto& y) { return x < y ? -1 : y < x ? 1 : 0; };
    if (a.index() == b.index()) {
      if (const bool* const v = std::get_if<bool>(&a)) return sign(*v, std::get<bool>(b));
      if (const auto* const v = std::get_if<std::int64_t>(&a)) return sign(*v, std::get<std::int64_t>(b));
      if (const double* const v = std::get_if<double>(&a)) return sign(*v, std::get<double>(b));
      // UTF-8 sorts as its code points do.
      if (const std::string* const v = std::get_if<std::string>(&a)) return sign(*v, std::get<std::string>(b));
    }
    const auto* const left = std::get_if<std::int64_t>(&a);
    const auto* const right = std::get_if<std::int64_t>(&b);
    if (left != nullptr && std::holds_alternative<double>(b))
      return sign(static_cast<double>(*left), std::get<double>(b));
    if (right != nullptr && std::holds_alternative<double>(a))
      return sign(std::get<double>(a), static_cast<double>(*right));
    unknown("a comparison of " + to_text(a) + " and", to_text(b));
  }

  static truth comparison(op o, const cell& a, const cell& b) {
    if (is_null(a) || is_null(b)) return std::nullopt;
    const int c = compared(a, b);
    switch (o) {
      case op::eq: return c == 0;
      case op::ne: return c != 0;
      case op::lt: return c < 0;
      case op::le: return c <= 0;
      case op::gt: return c > 0;
      default: return c >= 0;
    }
  }

  /// x IN (…): TRUE if one is equal; else UNKNOWN if one comparison is; else FALSE, of no element too.
  static truth member(const cell& wanted, const std::vector<cell>& all) {
    bool some_unknown = false;
    for (const cell& c : all) {
      const truth t = comparison(op::eq, wanted, c);
      if (is_true(t)) return true;
      some_unknown = some_unknown || !t;
    }
    return some_unknown ? truth() : truth(false);
  }

  static truth conjunction(truth a, truth b) {
    if (is_false(a) || is_false(b)) return false;
    return a && b ? truth(true) : std::nullopt;
  }
  static truth negation(truth a) { return a ? truth(!*a) : std::nullopt; }

  // --- operations ---

  cell operation(any_id e) {
    const op o = op_of(cx_, e);
    switch (o) {
      case op::and_: {
        truth all = true;
        for (const std::uint32_t c : cx_.children(e)) all = conjunction(all, condition({c}));
        return as_cell(all);
      }
      case op::or_: {  // by De Morgan, which holds in three-valued logic
        truth none_of = true;
        for (const std::uint32_t c : cx_.children(e)) none_of = conjunction(none_of, negation(condition({c})));
        return as_cell(negation(none_of));
      }
      case op::in_array: {
        const cell wanted = value(cx_.child(e, 0));
        const node& list = cx_.at(cx_.child(e, 1));
        if (list.kind != kind::param || list.b != 0) unknown("a list that is", info(list.kind).name);
        std::vector<cell> present;  // NULLs are left out of what is bound
        for (const cell& c : given(list))
          if (!is_null(c)) present.push_back(c);
        return as_cell(member(wanted, present));
      }
      case op::coalesce:
        for (const std::uint32_t c : cx_.children(e))
          if (cell v = value({c}); !is_null(v)) return v;
        return null;
      default: break;
    }
    row args;
    for (const std::uint32_t c : cx_.children(e)) args.push_back(value({c}));
    return applied(o, args, cx_.at(e).type.kind());
  }

  static cell applied(op o, const row& args, scalar result) {
    switch (o) {
      case op::not_: return as_cell(negation(as_truth(args[0])));
      case op::xor_: {
        const truth a = as_truth(args[0]), b = as_truth(args[1]);
        return a && b ? cell(*a != *b) : cell(null);
      }
      case op::is_null: return is_null(args[0]);
      case op::is_not_null: return !is_null(args[0]);
      case op::is_true: return is_true(as_truth(args[0]));
      case op::eq:
      case op::ne:
      case op::lt:
      case op::le:
      case op::gt:
      case op::ge: return as_cell(comparison(o, args[0], args[1]));
      case op::not_distinct:
        if (is_null(args[0]) || is_null(args[1])) return is_null(args[0]) && is_null(args[1]);
        return compared(args[0], args[1]) == 0;
      case op::in_list: return as_cell(member(args[0], {args.begin() + 1, args.end()}));
      case op::between:
        return as_cell(conjunction(comparison(op::ge, args[0], args[1]), comparison(op::le, args[0], args[2])));
      case op::nullif: return is_true(comparison(op::eq, args[0], args[1])) ? cell(null) : args[0];
      default: break;
    }
    // Everything else is NULL as soon as one argument is.
    for (const cell& c : args)
      if (is_null(c)) return null;
    switch (info(o).group) {
      case op_class::text: return of_texts(o, args);
      case op_class::arith: return of_numbers(o, args, result);
      default: break;
    }
    if (o != op::greatest && o != op::least) unknown("the operation", info(o).name);
    cell best = args[0];
    for (const cell& c : args)
      if (const int order = compared(c, best); o == op::greatest ? order > 0 : order < 0) best = c;
    return best;
  }

  // --- texts ---

  static std::string text(const cell& c) {
    if (const std::string* const s = std::get_if<std::string>(&c)) return *s;
    unknown("as a text", to_text(c));
  }
  static std::string mapped(std::string s, bool upper) {
    for (char& c : s) {
      if (static_cast<unsigned char>(c) >= 0x80) unknown("the case of", s);
      if (upper && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
      if (!upper && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return s;
  }

  static cell of_texts(op o, const row& args) {
    const std::string first = text(args[0]);
    const auto second = [&] { return text(args[1]); };
    switch (o) {
      case op::contains: return first.find(second()) != std::string::npos;
      case op::startswith: return first.starts_with(second());
      case op::endswith: return first.ends_with(second());
      case op::iexact: return mapped(first, false) == mapped(second(), false);
      case op::icontains: return mapped(first, false).find(mapped(second(), false)) != std::string::npos;
      case op::istartswith: return mapped(first, false).starts_with(mapped(second(), false));
      case op::iendswith: return mapped(first, false).ends_with(mapped(second(), false));
      case op::upper: return mapped(first, true);
      case op::lower: return mapped(first, false);
      case op::length: return static_cast<std::int64_t>(code_points(first));
      case op::concat: {
        std::string all;
        for (const cell& c : args) all += text(c);
        return all;
      }
      case op::substr: {
        const auto number = [&](std::size_t i) { return std::get<std::int64_t>(args[i]); };
        if (number(1) < 1 || (args.size() > 2 && number(2) < 0)) unknown("substr from", to_text(args[1]));
        const std::size_t from = byte_of(first, static_cast<std::size_t>(number(1) - 1));
        const std::string rest = first.substr(from);
        return args.size() < 3 ? rest : rest.substr(0, byte_of(rest, static_cast<std::size_t>(number(2))));
      }
      default: unknown("the operation", info(o).name);
    }
  }

  // --- numbers ---

  static cell fitting(std::int64_t v, scalar s) {
    const bool fits = s == scalar::int64 ||
        (s == scalar::int32 && v >= std::numeric_limits<std::int32_t>::min() &&
         v <= std::numeric_limits<std::int32_t>::max()) ||
        (s == scalar::int16 && v >= std::numeric_limits<std::int16_t>::min() &&
         v <= std::numeric_limits<std::int16_t>::max());
    if (!is_integer(s)) unknown("an integer as", name_of(s));
    if (!fits) throw query_failed("an integer does not fit its type");
    return v;
  }

  static double real(const cell& c) {
    if (const auto* const v = std::get_if<std::int64_t>(&c)) return static_cast<double>(*v);
    if (const double* const v = std::get_if<double>(&c)) return *v;
    unknown("as a number", to_text(c));
  }

  static cell of_numbers(op o, const row& args, scalar result) {
    if (result == scalar::float64) {
      const double a = real(args[0]), b = args.size() > 1 ? real(args[1]) : 0;
      switch (o) {
        case op::add: return a + b;
        case op::sub: return a - b;
        case op::mul: return a * b;
        case op::div: return b == 0 ? cell(null) : cell(a / b);
        case op::neg: return -a;
        default: unknown("over reals the operation", info(o).name);
      }
    }
    const auto* const a = std::get_if<std::int64_t>(&args[0]);
    const auto* const second = args.size() > 1 ? std::get_if<std::int64_t>(&args[1]) : a;
    if (a == nullptr || second == nullptr) unknown("over " + to_text(args) + " the operation", info(o).name);
    const std::int64_t b = *second;
    std::int64_t v = 0;
    bool overflow = false;
    switch (o) {
      case op::add: overflow = __builtin_add_overflow(*a, b, &v); break;
      case op::sub: overflow = __builtin_sub_overflow(*a, b, &v); break;
      case op::mul: overflow = __builtin_mul_overflow(*a, b, &v); break;
      case op::neg: overflow = __builtin_sub_overflow(std::int64_t{0}, *a, &v); break;
      case op::abs: overflow = *a < 0 ? __builtin_sub_overflow(std::int64_t{0}, *a, &v) : (v = *a, false); break;
      case op::div:
      case op::mod:
        if (b == 0) return null;
        overflow = b == -1 && *a == std::numeric_limits<std::int64_t>::min();
        if (!overflow) v = o == op::div ? *a / b : *a % b;
        if (overflow && o == op::mod) return std::int64_t{0};
        break;
      default: unknown("over integers the operation", info(o).name);
    }
    if (overflow) throw query_failed("an integer does not fit its type");
    return fitting(v, result);
  }

  // --- aggregates ---

  cell aggregate(const view::aggregate& a) {
    if (grouped_ == nullptr) throw not_interpreted("an aggregate stands where no rows are grouped");
    if (a.order().present()) unknown("the order of", info(static_cast<op>(a.code())).name);
    const grouped* const mine = std::exchange(grouped_, nullptr);
    const std::span<const std::uint32_t> args = a.args();
    const op o = static_cast<op>(a.code());
    std::vector<cell> values;
    std::int64_t rows = 0;
    for (const std::size_t i : *mine->members) {
      bind(*mine->rows, i);
      if (a.condition().present() && !is_true(condition(a.condition()))) continue;
      ++rows;
      if (args.empty()) continue;
      if (cell v = value({args[0]}); !is_null(v)) values.push_back(std::move(v));
    }
    for (const std::uint32_t i : mine->rows->instances) bound_[i] = nullptr;
    if (a.distinct()) {
      const std::set<cell> once(values.begin(), values.end());
      values.assign(once.begin(), once.end());
    }
    grouped_ = mine;
    return aggregated(o, values, rows, a.type().kind());
  }

  static cell aggregated(op o, const std::vector<cell>& values, std::int64_t rows, scalar result) {
    if (o == op::count_rows) return rows;
    if (o == op::count) return static_cast<std::int64_t>(values.size());
    if (o != op::sum && o != op::avg && o != op::min && o != op::max) unknown("the aggregate", info(o).name);
    if (values.empty()) return null;
    if (o == op::min || o == op::max) {
      cell best = values[0];
      for (const cell& c : values)
        if (const int order = compared(c, best); o == op::max ? order > 0 : order < 0) best = c;
      return best;
    }
    if (o == op::avg || result == scalar::float64) {
      if (result != scalar::float64) unknown("an average of type", name_of(result));
      double sum = 0;
      for (const cell& c : values) sum += real(c);
      return o == op::avg ? sum / static_cast<double>(values.size()) : sum;
    }
    std::int64_t sum = 0;
    for (const cell& c : values) {
      const auto* const v = std::get_if<std::int64_t>(&c);
      if (v == nullptr) unknown("a sum of", to_text(c));
      if (__builtin_add_overflow(sum, *v, &sum)) throw query_failed("an integer does not fit its type");
    }
    return fitting(sum, result);
  }

  struct grouped {
    const bag* rows;
    const std::vector<std::size_t>* members;
  };

  const context& cx_;
  const table_rows& tables_;
  const param_values& values_;
  std::vector<const cell*> bound_;  // by instance: the row at hand, in this query and in those around it
  std::vector<cell> nulls_;         // a padded row, of any instance
  std::deque<row> made_;            // computed rows
  const grouped* grouped_ = nullptr;
};

}  // namespace

std::vector<row> interpret(const context& cx, rel_id root, const table_rows& tables, const param_values& values) {
  return interpreter(cx, tables, values).run(root);
}

}  // namespace quarry::test
