#include "support/interpreter.hpp"

#include <algorithm>
#include <bit>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>

#include <quarry/ir/model/views.hpp>

#include "support/window_frames.hpp"

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
      case kind::cte_self:
      case kind::set_op: return {n.b};
      case kind::empty:
      case kind::filter:
      case kind::sort:
      case kind::limit:
      case kind::lock_rel:
      case kind::distinct: return shown(rel_id(cx_.child(rel, 0)));
      case kind::cte_rel: return shown(rel_id(cx_.child(rel, 1)));
      case kind::window_rel: {
        std::vector<std::uint32_t> out = shown(rel_id(cx_.child(rel, 0)));
        out.push_back(n.b);
        return out;
      }
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
      case kind::window_rel: return window(as<view::window_rel>(cx_, rel));
      case kind::cte_rel: return with_definition(as<view::cte_rel>(cx_, rel));
      case kind::cte_self: return defined(as<view::cte_self>(cx_, rel));
      case kind::lock_rel: return relation(rel_id(cx_.child(rel, 0)));
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

  /// The numbers of rows in the order of these keys; rows that no key tells apart stay as they came. `out`: the values of the
  /// keys, in that order.
  std::vector<std::size_t> sorted_by(const bag& in, const std::vector<std::size_t>& members,
                                     const std::vector<any_id>& keys, std::vector<row>* out) {
    std::vector<std::uint16_t> flags;
    for (const any_id key : keys) flags.push_back(cx_.at(key).flags);
    std::vector<std::pair<row, std::size_t>> places;
    for (const std::size_t i : members) {
      row values;
      for (const any_id key : keys) {
        bind(in, i);
        values.push_back(value(cx_.child(key, 0)));
      }
      places.emplace_back(std::move(values), i);
    }
    std::sort(places.begin(), places.end(), [&](const auto& a, const auto& b) {
      for (std::size_t k = 0; k < flags.size(); ++k)
        if (const int c = order_of(a.first[k], b.first[k], flags[k]); c != 0) return c < 0;
      return a.second < b.second;
    });
    std::vector<std::size_t> order;
    for (auto& [values, i] : places) {
      order.push_back(i);
      if (out != nullptr) out->push_back(std::move(values));
    }
    return order;
  }
  static std::vector<std::size_t> all_of(const bag& rows) {
    std::vector<std::size_t> out(rows.count);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = i;
    return out;
  }

  bag sort(const view::sort& s) {
    const bag in = relation(s.input());
    std::vector<any_id> keys;
    for (const std::uint32_t key : s.keys()) keys.push_back({key});
    bag out{in.instances, {}, 0};
    for (const std::size_t i : sorted_by(in, all_of(in), keys, nullptr)) out.add(in.at(i), in.instances.size());
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

  /// The rows of the definition once, whoever reads them.
  bag with_definition(const view::cte_rel& c) {
    if (c.recursive()) unknown("the recursion of", "with");
    bag rows = relation(c.definition());
    const auto around = definitions_.find(c.name());
    const std::optional<bag> hidden = around == definitions_.end() ? std::nullopt : std::optional(around->second);
    definitions_[c.name()] = std::move(rows);
    bag out = relation(c.body());
    if (hidden) definitions_[c.name()] = *hidden;
    else definitions_.erase(c.name());
    return out;
  }
  bag defined(const view::cte_self& c) {
    const auto rows = definitions_.find(c.name());
    if (rows == definitions_.end()) throw not_interpreted("a name without a definition");
    bag out{{c.instance()}, {}, 0};
    for (std::size_t i = 0; i < rows->second.count; ++i) out.add(keep(cells_of(rows->second, i)));
    return out;
  }

  // --- windows ---

  bag window(const view::window_rel& w) {
    const bag in = relation(w.input());
    std::vector<row> computed(in.count);
    for (const std::uint32_t item : w.items()) {
      const any_id call = unnamed({item});
      if (cx_.at(call).kind != kind::window_call) unknown("in a window", info(cx_.at(call).kind).name);
      compute(as<view::window_call>(cx_, call), in, computed);
    }
    bag out{in.instances, {}, 0};
    out.instances.push_back(w.instance());
    std::vector<const cell*> parts;
    for (std::size_t i = 0; i < in.count; ++i) {
      parts.assign(in.at(i), in.at(i) + in.instances.size());
      parts.push_back(keep(std::move(computed[i])));
      out.add(parts.data(), parts.size());
    }
    return out;
  }

  /// Adds the value of one window to each row.
  void compute(const view::window_call& call, const bag& in, std::vector<row>& computed) {
    const auto spec = as<view::window_spec>(cx_, call.window());
    std::map<row, std::vector<std::size_t>> partitions;
    for (std::size_t i = 0; i < in.count; ++i) {
      row key;
      if (spec.partition().present())
        for (const std::uint32_t e : cx_.children(spec.partition())) {
          bind(in, i);
          key.push_back(value({e}));
        }
      partitions[std::move(key)].push_back(i);
    }
    std::vector<any_id> keys;
    if (spec.order().present())
      for (const std::uint32_t key : cx_.children(spec.order())) keys.push_back({key});
    for (const auto& [key, members] : partitions) {
      window_partition p;
      for (const any_id k : keys) p.flags.push_back(cx_.at(k).flags);
      const std::vector<std::size_t> rows = sorted_by(in, members, keys, &p.keys);
      p.number_peers();
      for (std::size_t place = 0; place < rows.size(); ++place)
        computed[rows[place]].push_back(of_window(call.function(), frame_shape(spec), in, rows, p, place));
    }
  }

  window_frame frame_shape(const view::window_spec& spec) {
    window_frame out;
    if (!spec.frame().present()) return out;
    const auto f = as<view::frame>(cx_, spec.frame());
    const auto bound = [&](any_id id) {
      const auto b = as<view::frame_bound>(cx_, id);
      window_frame::bound made{static_cast<code>(b.edge()), {}};
      if (b.offset().present()) made.offset = std::get<std::int64_t>(value(b.offset()));
      return made;
    };
    out.unit = static_cast<code>(f.unit());
    out.start = bound(f.start());
    out.end = bound(f.end());
    out.without_current = f.exclude_current();
    out.without_group = f.exclude_group();
    out.without_ties = f.exclude_ties();
    return out;
  }

  /// `rows`: those of the partition, in the order of the window.
  cell of_window(expr_id function, const window_frame& frame, const bag& in, const std::vector<std::size_t>& rows,
                 const window_partition& p, std::size_t place) {
    const node f = cx_.at(function);
    if (f.kind == kind::aggregate) {
      std::vector<std::size_t> members;
      for (const std::size_t i : frame_of(p, frame, place)) members.push_back(rows[i]);
      return over_rows(as<view::aggregate>(cx_, function), in, std::move(members));
    }
    const op o = static_cast<op>(f.b);
    const std::vector<std::uint32_t> args(cx_.children(function).begin(), cx_.children(function).end());
    const auto at = [&](std::size_t argument, std::size_t other) {
      bind(in, rows[other]);
      return value({args[argument]});
    };
    const auto number = [&](std::size_t argument, std::int64_t otherwise) {
      if (argument >= args.size()) return otherwise;
      const cell c = at(argument, place);
      if (is_null(c)) unknown("a distance of", to_text(c));
      return std::get<std::int64_t>(c);
    };
    switch (o) {
      case op::ntile: return bucket(number(0, 1), rows.size(), place);
      case op::lag:
      case op::lead: {
        const std::int64_t distance = number(1, 1);
        const std::int64_t other = static_cast<std::int64_t>(place) + (o == op::lag ? -distance : distance);
        if (other >= 0 && other < static_cast<std::int64_t>(rows.size())) return at(0, static_cast<std::size_t>(other));
        return args.size() > 2 ? at(2, place) : cell(null);
      }
      case op::first_value:
      case op::last_value:
      case op::nth_value: {
        const std::vector<std::size_t> frame_rows = frame_of(p, frame, place);
        if (frame_rows.empty()) return null;
        if (o == op::first_value) return at(0, frame_rows.front());
        if (o == op::last_value) return at(0, frame_rows.back());
        const std::int64_t n = number(1, 1);
        if (n < 1) throw query_failed("no row has this number");
        return n > static_cast<std::int64_t>(frame_rows.size()) ? cell(null)
                                                                : at(0, frame_rows[static_cast<std::size_t>(n - 1)]);
      }
      default: return ranked(o, p, place);
    }
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
      case kind::calendar_edge: return edge(as<view::calendar_edge>(cx_, e), n.type.kind());
      case kind::op: return of_type(operation(e), n.type.kind());
      case kind::case_when: return of_type(choice(as<view::case_when>(cx_, e)), n.type.kind());
      case kind::cast: {
        const any_id operand = cx_.child(e, 0);
        return converted(value(operand), cx_.at(operand).type.kind(), n.type.kind());
      }
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

  /// An integer beside reals, as in Coalesce(), is one of them.
  static cell of_type(cell c, scalar type) {
    const auto* const v = std::get_if<std::int64_t>(&c);
    return v != nullptr && type == scalar::float64 ? cell(static_cast<double>(*v)) : c;
  }

  truth condition(any_id e) { return as_truth(value(e)); }
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

  cell edge(const view::calendar_edge& e, scalar type) {
    const bool day = cx_.at(e.value()).type.kind() == scalar::date;
    return edge_of_period(day ? op::date_of : e.iso() ? op::iso_year : op::year, value(e.value()), e.last(), type);
  }

  cell choice(const view::case_when& c) {
    for (const std::uint32_t branch : c.branches())
      if (is_true(condition(cx_.child({branch}, 0)))) return value(cx_.child({branch}, 1));
    return c.otherwise().present() ? value(c.otherwise()) : cell(null);
  }

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
    const scalar first = args.empty() ? scalar::unknown : cx_.at(cx_.child(e, 0)).type.kind();
    return applied(o, args, first, cx_.at(e).type.kind());
  }

  // --- aggregates ---

  cell aggregate(const view::aggregate& a) {
    if (grouped_ == nullptr) throw not_interpreted("an aggregate stands where no rows are grouped");
    const grouped* const mine = std::exchange(grouped_, nullptr);
    cell out = over_rows(a, *mine->rows, *mine->members);
    for (const std::uint32_t i : mine->rows->instances) bound_[i] = nullptr;
    grouped_ = mine;
    return out;
  }

  /// Over the rows of these numbers, in this order unless the aggregate has one of its own.
  cell over_rows(const view::aggregate& a, const bag& rows, std::vector<std::size_t> members) {
    const std::span<const std::uint32_t> args = a.args();
    if (a.order().present()) {
      std::vector<any_id> keys;
      for (const std::uint32_t key : cx_.children(a.order())) keys.push_back({key});
      members = sorted_by(rows, members, keys, nullptr);
    }
    std::vector<cell> values;
    std::int64_t count = 0;
    std::string separator;
    for (const std::size_t i : members) {
      bind(rows, i);
      if (a.condition().present() && !is_true(condition(a.condition()))) continue;
      ++count;
      if (args.empty()) continue;
      if (args.size() > 1)
        if (const cell s = value({args[1]}); std::holds_alternative<std::string>(s))
          separator = std::get<std::string>(s);
      if (cell v = value({args[0]}); !is_null(v)) values.push_back(std::move(v));
    }
    if (a.distinct()) {
      const std::set<cell> once(values.begin(), values.end());
      values.assign(once.begin(), once.end());
    }
    return aggregated(static_cast<op>(a.code()), values, count, a.type().kind(), separator);
  }

  struct grouped {
    const bag* rows;
    const std::vector<std::size_t>* members;
  };

  const context& cx_;
  const table_rows& tables_;
  const param_values& values_;
  std::vector<const cell*> bound_;  // by instance: the row at hand, in this query and in those around it
  std::vector<cell> nulls_;  // a padded row, of any instance
  std::deque<row> made_;  // computed rows
  const grouped* grouped_ = nullptr;
  std::map<std::uint64_t, bag> definitions_;  // of `with`, by name
};

}  // namespace

std::vector<row> interpret(const context& cx, rel_id root, const table_rows& tables, const param_values& values) {
  return interpreter(cx, tables, values).run(root);
}

}  // namespace quarry::test
