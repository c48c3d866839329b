#include "support/plain_query.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "support/cells.hpp"

namespace quarry::test {
namespace {

using namespace ir;

/// What stands beside each row of the model: related rows, each looked up for a call or for all that read its path.
struct beside {
  std::uint32_t model;
  std::size_t from;        ///< the row that the relation starts from: 0 is the model's own
  std::uint32_t relation;
  std::uint32_t call;
};

constexpr std::uint32_t whoever = none;  // reads what is there, most recent first
constexpr std::size_t no_row = static_cast<std::size_t>(-1);

class bag_of_rows {
 public:
  bag_of_rows(const catalog& schema, const table_rows& tables, std::uint32_t model)
      : schema_(schema), tables_(tables), sides_{{model, 0, none, whoever}} {
    for (std::size_t i = 0; i < tables.of[model].size(); ++i) rows_.push_back({i});
  }

  /// Each entry: the number of the model's row, then of each row beside it, no_row where there is none.
  const std::vector<std::vector<std::size_t>>& rows() const { return rows_; }

  /// Where the last row of the path stands. Rows come once for each of several related rows, and once where there is none.
  std::size_t reach(const plain_query::path& p, std::uint32_t call) {
    std::size_t at = 0;
    for (const std::uint32_t step : p.steps) at = beyond(at, step, call);
    return at;
  }
  /// The rows on the way, and the last one.
  void chain(const plain_query::path& p, std::vector<std::size_t>& out) {
    for (std::size_t at = reach(p, whoever); at != 0; at = sides_[at].from) out.push_back(at);
  }
  cell value(const std::vector<std::size_t>& r, std::size_t side, std::uint32_t column) const {
    return r[side] == no_row ? cell(null) : tables_.of[sides_[side].model][r[side]][column];
  }

  void keep(const plain_query::filter& f, std::uint32_t call) {
    std::vector<std::size_t> sides;
    for (const plain_query::atom& a : f.atoms) sides.push_back(f.exclude && many(a.of) ? 0 : reach(a.of, call));
    std::erase_if(rows_, [&](const std::vector<std::size_t>& r) {
      truth all = !f.any;
      for (std::size_t i = 0; i < f.atoms.size(); ++i) {
        truth t;
        // Excluded is who has such a related row; where a value is missing, nobody is.
        if (f.exclude)
          t = many(f.atoms[i].of) ? has_such(f.atoms[i], 0, r[0], sides_[0].model)
                                  : is_true(told(f.atoms[i], r, sides[i]));
        else t = told(f.atoms[i], r, sides[i]);
        all = f.any ? negation(conjunction(negation(all), negation(t))) : conjunction(all, t);
      }
      return is_true(all) == f.exclude;
    });
  }

  bool many(const plain_query::path& p) const {
    std::uint32_t model = sides_[0].model;
    for (const std::uint32_t step : p.steps) {
      const relation& r = schema_.at(model).relations[step];
      if (r.many) return true;
      model = r.target;
    }
    return false;
  }
  static truth tested(op test, const cell& c, std::int64_t value) {
    return test == op::is_null ? truth(is_null(c)) : comparison(test, c, value);
  }
  truth told(const plain_query::atom& a, const std::vector<std::size_t>& r, std::size_t side) const {
    return tested(a.test, value(r, side, a.of.column), a.value);
  }

 private:
  std::size_t beyond(std::size_t from, std::uint32_t step, std::uint32_t call) {
    const relation& r = schema_.at(sides_[from].model).relations[step];
    for (std::size_t i = sides_.size(); i-- > 1;)
      if (sides_[i].from == from && sides_[i].relation == step &&
          (!r.many || call == whoever || sides_[i].call == call))
        return i;
    std::vector<std::vector<std::size_t>> more;
    for (const std::vector<std::size_t>& row : rows_) {
      const std::vector<std::size_t> found = related(value(row, from, r.local), r);
      for (const std::size_t other : found.empty() ? std::vector<std::size_t>{no_row} : found) {
        more.push_back(row);
        more.back().push_back(other);
      }
    }
    rows_ = std::move(more);
    sides_.push_back({r.target, from, step, call});
    return sides_.size() - 1;
  }

  std::vector<std::size_t> related(const cell& key, const relation& r) const {
    std::vector<std::size_t> out;
    const std::vector<row>& targets = tables_.of[r.target];
    for (std::size_t i = 0; i < targets.size(); ++i)
      if (!is_null(key) && targets[i][r.remote] == key) out.push_back(i);
    return out;
  }

  /// Whether a row at the end of the path, from this step and this row of a model on, passes the test.
  bool has_such(const plain_query::atom& a, std::size_t step, std::size_t at, std::uint32_t model) const {
    const row& here = tables_.of[model][at];
    if (step == a.of.steps.size()) return is_true(tested(a.test, here[a.of.column], a.value));
    const relation& r = schema_.at(model).relations[a.of.steps[step]];
    const std::vector<std::size_t> next = related(here[r.local], r);
    return std::any_of(next.begin(), next.end(), [&](std::size_t i) { return has_such(a, step + 1, i, r.target); });
  }

  const catalog& schema_;
  const table_rows& tables_;
  std::vector<beside> sides_;
  std::vector<std::vector<std::size_t>> rows_;
};

class reader {
 public:
  reader(const plain_query& q, const catalog& schema, const table_rows& tables)
      : q_(q), schema_(schema), tables_(tables), rows_(schema, tables, q.model) {
    for (const plain_query::filter& f : q_.before) rows_.keep(f, ++calls_);
    for (const plain_query::path& p : q_.groups) keys_.push_back(rows_.reach(p, whoever));
  }

  std::vector<row> run() {
    const bool by_row = q_.groups.empty() && !q_.whole;
    std::set<row> groups;
    bag_of_rows left = rows_;
    std::uint32_t call = calls_;
    for (const plain_query::filter& f : q_.after) left.keep(f, ++call);
    for (const auto& r : left.rows()) groups.insert(key(left, r));
    if (q_.whole) groups = {row()};
    std::vector<std::map<row, std::vector<cell>>> values;
    for (const plain_query::total& t : q_.totals) values.push_back(seen_by(t, by_row));
    std::vector<row> out;
    for (const row& k : groups) {
      row made = k;
      bool kept = true;
      for (std::size_t i = 0; i < q_.totals.size(); ++i) made.push_back(total(q_.totals[i], values[i][k]));
      for (const plain_query::condition& c : q_.having)
        kept = kept && is_true(bag_of_rows::tested(c.test, made[k.size() + c.total], c.value));
      if (kept) out.push_back(std::move(made));
    }
    return out;
  }

 private:
  row key(const bag_of_rows& rows, const std::vector<std::size_t>& r) const {
    if (q_.whole) return {};
    if (q_.groups.empty()) return {rows.value(r, 0, schema_.at(q_.model).primary_key)};
    row out;
    for (std::size_t i = 0; i < keys_.size(); ++i) out.push_back(rows.value(r, keys_[i], q_.groups[i].column));
    return out;
  }

  /// Of each group the values that the aggregate sees. Over own columns it sees the rows as they come, repeats included; over
  /// related rows each of them once for each row of the model. The relation is the one that earlier filters went over, if any did;
  /// later ones don't narrow it, but those of groups narrow the rows.
  std::map<row, std::vector<cell>> seen_by(const plain_query::total& t, bool by_row) const {
    bag_of_rows rows = rows_;
    const bool once = rows.many(t.of) || (t.when && rows.many(t.when->of));
    const std::size_t side = rows.reach(t.of, whoever);
    const std::size_t when = t.when ? rows.reach(t.when->of, whoever) : 0;
    std::vector<std::size_t> chain;
    rows.chain(t.of, chain);
    if (t.when) rows.chain(t.when->of, chain);
    std::uint32_t call = calls_;
    if (!by_row)
      for (const plain_query::filter& f : q_.after) rows.keep(f, ++call);
    std::map<row, std::vector<cell>> out;
    std::set<std::pair<row, std::vector<std::size_t>>> seen;
    for (const std::vector<std::size_t>& r : rows.rows()) {
      row group = key(rows, r);
      std::vector<std::size_t> who = {r[0]};
      for (const std::size_t c : chain) who.push_back(r[c]);
      if (once && !seen.emplace(group, who).second) continue;
      if (t.when && !is_true(rows.told(*t.when, r, when))) continue;
      if (cell c = rows.value(r, side, t.of.column); !is_null(c)) out[std::move(group)].push_back(std::move(c));
    }
    return out;
  }

  static cell total(const plain_query::total& t, std::vector<cell> values) {
    if (t.distinct) {
      std::sort(values.begin(), values.end());
      values.erase(std::unique(values.begin(), values.end()), values.end());
    }
    if (t.function == op::count) return static_cast<std::int64_t>(values.size());
    if (values.empty()) return null;
    std::int64_t sum = 0;
    for (const cell& c : values) sum += std::get<std::int64_t>(c);
    switch (t.function) {
      case op::sum: return sum;
      case op::avg: return static_cast<double>(sum) / static_cast<double>(values.size());
      case op::min: return *std::min_element(values.begin(), values.end());
      default: return *std::max_element(values.begin(), values.end());
    }
  }

  const plain_query& q_;
  const catalog& schema_;
  const table_rows& tables_;
  bag_of_rows rows_;
  std::vector<std::size_t> keys_;  // where the values of groups are read
  std::uint32_t calls_ = 0;
};

/// Writes the calls down.
class writer {
 public:
  writer(context& cx, param_values& values) : cx_(cx), values_(values) {}

  rel_id run(const plain_query& q) {
    current_ = rel_id(cx_.make(kind::scan_call, 0, {}, {}, q.model));
    for (const plain_query::filter& f : q.before) filter(f);
    if (!q.groups.empty()) {
      std::vector<any_id> items;
      for (const plain_query::path& p : q.groups) items.push_back(path(p.text));
      call(kind::values_call, items);
    }
    std::vector<any_id> items;
    for (std::size_t i = 0; i < q.totals.size(); ++i) {
      const std::array<std::uint32_t, 1> value = {total(q.totals[i]).value};
      items.push_back(cx_.make(kind::named, 0, {}, value, cx_.names().intern(name(i)).value));
    }
    call(q.whole ? kind::aggregate_call : kind::annotate_call, items);
    if (q.whole) return current_;
    for (const plain_query::filter& f : q.after) filter(f);
    for (const plain_query::condition& c : q.having)
      call(kind::filter_call, {lookup(name(c.total), c.test, c.value)}, 0, ++calls_);
    if (q.groups.empty()) {
      std::vector<any_id> columns = {path("pk")};
      for (std::size_t i = 0; i < q.totals.size(); ++i) columns.push_back(path(name(i)));
      call(kind::values_call, columns);
    }
    return current_;
  }

 private:
  static std::string name(std::size_t total) { return "total" + std::to_string(total); }
  any_id path(const std::string& text) { return cx_.make(kind::path, 0, {}, {}, cx_.names().intern(text).value, none); }
  void call(kind k, const std::vector<any_id>& rest, std::uint16_t flags = 0, std::uint32_t b = 0) {
    std::vector<std::uint32_t> children = {current_.value};
    for (const any_id c : rest) children.push_back(c.value);
    current_ = rel_id(cx_.make(k, flags, {}, children, 0, b));
  }
  void filter(const plain_query::filter& f) {
    std::vector<std::uint32_t> parts;
    for (const plain_query::atom& a : f.atoms) parts.push_back(lookup(a.of.text, a.test, a.value).value);
    const any_id all = parts.size() == 1 ? any_id{parts[0]} : any_id(cx_.make_op(f.any ? op::or_ : op::and_, parts));
    call(kind::filter_call, {all}, f.exclude ? 1 : 0, ++calls_);
  }
  any_id lookup(const std::string& of, op test, std::int64_t value) {
    static const std::map<op, std::string> words = {{op::eq, ""},     {op::lt, "__lt"},  {op::le, "__lte"},
                                                    {op::gt, "__gt"}, {op::ge, "__gte"}, {op::is_null, "__isnull"}};
    ir::param shape;
    shape.given = test == op::is_null ? scalar::boolean : scalar::int64;
    shape.truth = test == op::is_null;
    values_.push_back({test == op::is_null ? cell(true) : cell(value)});
    const std::array<std::uint32_t, 1> operand = {cx_.param_ref(cx_.add_param(shape), {}).value};
    return cx_.make(kind::lookup, 0, {}, operand, cx_.names().intern(of + words.at(test)).value, none);
  }
  any_id total(const plain_query::total& t) {
    const any_id of = path(t.of.text);
    const any_id when = t.when ? lookup(t.when->of.text, t.when->test, t.when->value) : any_id();
    const std::array<std::uint32_t, 3> parts = {when.value, none, of.value};
    return cx_.make(kind::aggregate, t.distinct ? 1 : 0, type_of(t.function, {}, types::null), parts, 0,
                    static_cast<std::uint32_t>(t.function));
  }

  context& cx_;
  param_values& values_;
  rel_id current_;
  std::uint32_t calls_ = 0;
};

}  // namespace

std::vector<row> meaning(const plain_query& q, const catalog& schema, const table_rows& tables) {
  return reader(q, schema, tables).run();
}

rel_id to_surface(const plain_query& q, context& cx, param_values& values) { return writer(cx, values).run(q); }

}  // namespace quarry::test
