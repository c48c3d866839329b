#include "support/random_plain_query.hpp"

#include <array>
#include <functional>

namespace quarry::test {
namespace {

using namespace ir;

class plain_query_maker {
 public:
  plain_query_maker(random_numbers& random, const catalog& schema) : random_(random), schema_(schema) {}

  plain_query run() {
    q_.model = random_.below(schema_.models().size());
    q_.whole = random_.chance(20);
    for (std::uint32_t i = random_.below(3); i > 0; --i) q_.before.push_back(filter());
    if (!q_.whole && random_.chance(50))
      for (std::uint32_t i = 1 + random_.below(2); i > 0; --i) {
        plain_query::path p = path(random_.chance(20), false);
        bool known = false;
        for (const plain_query::path& other : q_.groups) known = known || other.text == p.text;
        if (!known) q_.groups.push_back(std::move(p));
      }
    for (std::uint32_t i = 1 + random_.below(3); i > 0; --i) q_.totals.push_back(total());
    if (q_.whole) return q_;
    if (random_.chance(40)) q_.after.push_back(filter());
    // Most that can go wrong is a filter that takes an aggregate's rows for its own.
    if (!q_.after.empty() && random_.chance(60)) q_.after[0].atoms[0].of = number_beside(q_.totals[0].of);
    if (random_.chance(30))
      q_.having.push_back({random_.below(q_.totals.size()), test(), std::int64_t{random_.below(4)}});
    return q_;
  }

 private:
  /// Over up to two relations.
  plain_query::path path(bool to_many, bool numbers) {
    plain_query::path out;
    std::uint32_t model = q_.model;
    for (std::uint32_t steps = random_.below(to_many ? 4 : 2); steps > 0; --steps) {
      std::vector<const relation*> ways;
      for (const relation& r : schema_.at(model).relations)
        if (r.accessor.present() && (to_many || !r.many)) ways.push_back(&r);
      if (ways.empty() || out.steps.size() > 2) break;
      const relation& way = *random_.one_of(ways);
      const std::vector<relation>& known = schema_.at(model).relations;
      if (way.through != none) {
        out.steps.push_back(way.link_step);
        out.steps.push_back(way.far_step);
      } else {
        out.steps.push_back(static_cast<std::uint32_t>(&way - known.data()));
      }
      out.text += std::string(schema_.text(way.name)) + "__";
      model = way.target;
    }
    std::vector<std::uint32_t> columns;
    const ir::model& last = schema_.at(model);
    for (std::uint32_t c = 0; c < last.columns.size(); ++c)
      if (!numbers || is_integer(last.columns[c].type.kind())) columns.push_back(c);
    out.column = random_.one_of(columns);
    out.text += schema_.text(last.columns[out.column].name);
    return out;
  }
  /// A number of the model that the path leads to.
  plain_query::path number_beside(plain_query::path p) {
    const ir::model& last = last_model(p);
    std::vector<std::uint32_t> columns;
    for (std::uint32_t c = 0; c < last.columns.size(); ++c)
      if (is_integer(last.columns[c].type.kind())) columns.push_back(c);
    p.column = random_.one_of(columns);
    const std::size_t end = p.text.rfind("__");
    p.text.resize(end == std::string::npos ? 0 : end + 2);
    p.text += schema_.text(last.columns[p.column].name);
    return p;
  }
  op test() {
    static constexpr std::array tests = {op::eq, op::eq, op::lt, op::le, op::gt, op::ge};
    return random_.one_of(tests);
  }
  plain_query::atom atom(bool to_many, bool excluded) {
    plain_query::atom out{path(to_many, true), test(), std::int64_t{random_.below(4)}};
    if (!excluded && random_.chance(12)) out.test = op::is_null;
    return out;
  }
  plain_query::filter filter() {
    plain_query::filter out;
    out.exclude = random_.chance(30);
    out.any = random_.chance(35);
    for (std::uint32_t i = 1 + random_.below(2); i > 0; --i) out.atoms.push_back(atom(true, out.exclude));
    return out;
  }
  plain_query::total total() {
    static constexpr std::array functions = {op::count, op::count, op::sum, op::sum, op::min, op::max, op::avg};
    plain_query::total out;
    out.function = random_.one_of(functions);
    out.distinct = random_.chance(20);
    out.of = path(random_.chance(75), out.function != op::count);
    if (!random_.chance(25)) return out;
    plain_query::atom when = atom(false, false);
    if (random_.chance(60)) {  // about the very row whose value counts
      when.of = out.of;
      when.of.column = last_model(out.of).primary_key;
      const std::string_view column = schema_.text(last_model(out.of).columns[when.of.column].name);
      const std::size_t end = out.of.text.rfind("__");
      when.of.text = (end == std::string::npos ? std::string() : out.of.text.substr(0, end + 2)) + std::string(column);
    }
    out.when = std::move(when);
    return out;
  }
  const ir::model& last_model(const plain_query::path& p) const {
    std::uint32_t model = q_.model;
    for (const std::uint32_t step : p.steps) model = schema_.at(model).relations[step].target;
    return schema_.at(model);
  }

  random_numbers& random_;
  const catalog& schema_;
  plain_query q_;
};

template <class T>
void each_less(const std::vector<T>& all, const std::function<void(std::vector<T>)>& f) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::vector<T> fewer = all;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    f(std::move(fewer));
  }
}

}  // namespace

plain_query random_plain_query(random_numbers& random, const catalog& schema) {
  return plain_query_maker(random, schema).run();
}

std::vector<plain_query> smaller_queries(const plain_query& q) {
  std::vector<plain_query> out;
  const auto with = [&](auto member) {
    return [&out, &q, member](auto fewer) {
      out.push_back(q);
      out.back().*member = std::move(fewer);
    };
  };
  each_less<plain_query::filter>(q.before, with(&plain_query::before));
  each_less<plain_query::filter>(q.after, with(&plain_query::after));
  each_less<plain_query::condition>(q.having, with(&plain_query::having));
  if (q.groups.size() > 1) each_less<plain_query::path>(q.groups, with(&plain_query::groups));
  if (q.having.empty() && q.totals.size() > 1) each_less<plain_query::total>(q.totals, with(&plain_query::totals));
  for (auto filters : {&plain_query::before, &plain_query::after})
    for (std::size_t i = 0; i < (q.*filters).size(); ++i)
      if ((q.*filters)[i].atoms.size() > 1)
        each_less<plain_query::atom>((q.*filters)[i].atoms, [&](std::vector<plain_query::atom> fewer) {
          out.push_back(q);
          (out.back().*filters)[i].atoms = std::move(fewer);
        });
  for (std::size_t i = 0; i < q.totals.size(); ++i) {
    if (q.totals[i].when) out.push_back(q), out.back().totals[i].when.reset();
    if (q.totals[i].distinct) out.push_back(q), out.back().totals[i].distinct = false;
  }
  return out;
}

}  // namespace quarry::test
