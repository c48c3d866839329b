#include "support/random_schema.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "support/blog_catalog.hpp"
#include "support/random_case.hpp"

namespace quarry::test {
namespace {

using namespace ir;

class schema_maker {
 public:
  explicit schema_maker(random_numbers& random) : random_(random) {}

  std::vector<model_spec> models() {
    static constexpr std::array names = {"Blog", "Author", "Entry", "Note"};
    std::vector<model_spec> out(2 + random_.below(3));
    for (std::size_t m = 0; m < out.size(); ++m) {
      out[m].name = names[m];
      columns(out[m]);
      if (m > 0 || random_.chance(20)) keys(out, m);
    }
    return out;
  }

 private:
  void columns(model_spec& m) {
    for (std::uint32_t i = 0; i <= random_.below(2); ++i)
      m.fields.push_back(field("n" + std::to_string(i), type(scalar::int32, random_.chance(60))));
    if (random_.chance(50)) m.fields.push_back(field("t", type(scalar::text, random_.chance(50), 20)));
    if (random_.chance(40)) m.fields.push_back(field("b", type(scalar::boolean, random_.chance(60))));
    if (random_.chance(35)) m.fields.push_back(field("d", type(scalar::date, random_.chance(60))));
    if (random_.chance(20)) m.fields.push_back(field("m", type(scalar::datetime, random_.chance(60))));
    if (random_.chance(50)) {
      m.fields.push_back(field("u", type(scalar::int32, random_.chance(50))));
      m.fields.back().unique = true;
    }
    if (random_.chance(25)) {
      m.fields.push_back(field("w", type(scalar::int32, random_.chance(40))));
      m.unique_together = {{"n0", "w"}};
    }
  }

  void keys(std::vector<model_spec>& all, std::size_t m) {
    for (std::uint32_t k = 0; k <= random_.below(2); ++k) {
      const bool to_itself = m == 0 || random_.chance(15);
      const model_spec& target = all[to_itself ? m : random_.below(m)];
      field_spec f = foreign_key("k" + std::to_string(k), target.name, to_itself || random_.chance(50));
      f.relation->enforced = random_.chance(75);
      f.relation->deferrable = f.relation->enforced && random_.chance(15);
      f.relation->related_name = "back" + std::to_string(back_++);
      if (random_.chance(15)) f.relation->form = relation_form::one_to_one;
      for (const field_spec& other : target.fields)
        if (!to_itself && other.unique && !other.type.nullable() && random_.chance(25))
          f.relation->to_field = other.name;
      all[m].fields.push_back(std::move(f));
    }
    if (m == 0 || !random_.chance(20)) return;
    field_spec many = field("many", {});
    many.relation = relation_spec{};
    many.relation->form = relation_form::many_to_many;
    many.relation->target = all[random_.below(m)].name;
    many.relation->related_name = "back" + std::to_string(back_++);
    all[m].fields.push_back(std::move(many));
  }

  random_numbers& random_;
  int back_ = 0;
};

const relation* key_of(const model& m, std::uint32_t column) {
  return m.columns[column].relation == none ? nullptr : &m.relations[m.columns[column].relation];
}

bool holds(const std::vector<row>& rows, std::uint32_t column, const cell& value) {
  return std::any_of(rows.begin(), rows.end(), [&](const row& r) { return r[column] == value; });
}

/// No database stops it, or none does before commit.
bool may_dangle(const relation& key) { return !key.trusted || key.deferrable; }

class row_maker {
 public:
  row_maker(random_numbers& random, const catalog& schema, bool dangling)
      : random_(random), schema_(schema), dangling_(dangling) {}

  table_rows all() {
    tables_.of.resize(schema_.models().size());
    // What keys refer to is of an earlier model, or of the same; models made for links come last.
    for (std::uint32_t m = 0; m < tables_.of.size(); ++m) {
      const std::uint32_t count = random_.chance(10) ? 0 : 1 + random_.below(5);
      for (std::uint32_t i = 0; i < count; ++i) add_row(m, i + 1);
    }
    return std::move(tables_);
  }

 private:
  /// Leaves the row out where no value fits.
  void add_row(std::uint32_t m, std::int64_t id) {
    const model& of = schema_.at(m);
    row r;
    for (std::uint32_t c = 0; c < of.columns.size(); ++c) {
      if (c == of.primary_key) {
        r.emplace_back(id);
        continue;
      }
      bool fits = false;
      for (int tries = 0; tries < 8 && !fits; ++tries) {
        cell v = value(m, c, id);
        fits = of.columns[c].type.nullable() || !is_null(v);
        fits = fits && (!of.columns[c].unique || is_null(v) || !holds(tables_.of[m], c, v));
        if (fits) r.push_back(std::move(v));
      }
      if (!fits) return;
    }
    for (const std::vector<std::uint32_t>& together : of.unique_together)
      for (const row& other : tables_.of[m])
        if (std::all_of(together.begin(), together.end(),
                        [&](std::uint32_t c) { return !is_null(r[c]) && r[c] == other[c]; }))
          return;
    tables_.of[m].push_back(std::move(r));
  }

  cell value(std::uint32_t m, std::uint32_t c, std::int64_t id) {
    const type t = schema_.at(m).columns[c].type;
    if (t.nullable() && random_.chance(30)) return null;
    if (const relation* key = key_of(schema_.at(m), c)) return key_value(m, *key, id);
    static constexpr std::array texts = {"", "a", "ab", "B", "é"};
    if (t.kind() == scalar::text) return texts[random_.below(texts.size())];
    if (t.kind() == scalar::boolean) return random_.chance(50);
    // About New Year and the end of February, of years with 52 and with 53 weeks.
    static constexpr std::array<std::int64_t, 6> days = {-1, 0, 11'016, 18'321, 18'628, 19'723};
    static constexpr std::array<std::int64_t, 4> times = {0, 1'000'000, 43'200'000'000, 86'399'000'000};
    if (t.kind() == scalar::date) return random_.one_of(days);
    if (t.kind() == scalar::datetime) {
      const std::int64_t day = random_.one_of(days) * 86'400'000'000;
      return day + random_.one_of(times);
    }
    return std::int64_t{random_.below(schema_.at(m).columns[c].unique ? 8 : 4)};
  }

  cell key_value(std::uint32_t m, const relation& key, std::int64_t id) {
    const std::vector<row>& targets = tables_.of[key.target];
    if (dangling_ && may_dangle(key) && random_.chance(40)) return std::int64_t{70 + random_.below(3)};
    if (!targets.empty()) return random_.one_of(targets)[key.remote];
    if (key.target == m && key.remote == schema_.at(m).primary_key) return id;
    return null;
  }

  random_numbers& random_;
  const catalog& schema_;
  bool dangling_;
  table_rows tables_;
};

}  // namespace

std::shared_ptr<const catalog> random_schema(random_numbers& random) {
  auto made = catalog::build("blog", schema_maker(random).models());
  if (!made) throw std::logic_error(render(made.error()));
  return *made;
}

table_rows random_rows(random_numbers& random, const catalog& schema, bool dangling) {
  return row_maker(random, schema, dangling).all();
}

bool breaks_a_key(const catalog& schema, const table_rows& tables, bool dangling) {
  for (std::uint32_t m = 0; m < tables.of.size(); ++m)
    for (std::uint32_t c = 0; c < schema.at(m).columns.size(); ++c) {
      const relation* const key = key_of(schema.at(m), c);
      if (key == nullptr || (dangling && may_dangle(*key))) continue;
      for (const row& r : tables.of[m])
        if (!is_null(r[c]) && !holds(tables.of[key->target], key->remote, r[c])) return true;
    }
  return false;
}

}  // namespace quarry::test
