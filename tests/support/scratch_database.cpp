#include "support/scratch_database.hpp"

#include <array>
#include <deque>
#include <optional>
#include <stdexcept>

#include <quarry/core/schema/ddl.hpp>
#include <quarry/plugins/host/registry.hpp>
#include <quarry/plugins/host/url.hpp>

#include "support/cells.hpp"

namespace quarry::test {
namespace {

using namespace quarry::ir;

std::uint8_t number(scalar s) { return static_cast<std::uint8_t>(s); }

/// The cell as the border wants it; texts stay where they are.
quarry_cell bound(const cell& c, scalar as) {
  quarry_cell out{};
  out.type = number(as);
  if (is_null(c)) {
    out.flags = QUARRY_CELL_NULL;
  } else if (const std::string* const text = std::get_if<std::string>(&c)) {
    out.v.p = text->data();
    out.len = static_cast<std::uint32_t>(text->size());
  } else if (const double* const real = std::get_if<double>(&c)) {
    out.v.d = *real;
  } else if (const bool* const truth = std::get_if<bool>(&c)) {
    out.v.i = *truth ? 1 : 0;
  } else {
    out.v.i = std::get<std::int64_t>(c);
    if (as == scalar::float64) out.v.d = static_cast<double>(std::get<std::int64_t>(c));
  }
  return out;
}

cell fetched(const quarry_cell& c) {
  if (host::is_null(c)) return null;
  switch (static_cast<scalar>(c.type)) {
    case scalar::boolean: return c.v.i != 0;
    case scalar::float64: return c.v.d;
    case scalar::text: return std::string(static_cast<const char*>(c.v.p), c.len);
    default: return c.v.i;
  }
}

/// Values of a list as its elements are counted: without the NULLs.
std::vector<cell> present(const std::vector<cell>& all) {
  std::vector<cell> out;
  for (const cell& c : all)
    if (!is_null(c)) out.push_back(c);
  return out;
}

}  // namespace

void scratch_database::fail(const diagnostic& d) const {
  throw std::runtime_error(render(d) + "\n" + d.server_text + "\n" + emitted_.text);
}

scratch_database::scratch_database(std::shared_ptr<const catalog> schema, const std::string& scheme)
    : schema_(std::move(schema)) {
  const host::registry plugins(std::vector<std::string>{QUARRY_TEST_PLUGIN_DIR});
  auto plugin = plugins.find(scheme);
  if (!plugin) fail(plugin.error());
  auto opened = plugin->open(*host::url::parse(scheme + "://:memory:"));
  if (!opened) fail(opened.error());
  connection_ = *std::move(opened);
  auto described = connection_.describe();
  if (!described) fail(described.error());
  dialect_ = std::make_unique<host::dialect>(*std::move(described));
  context cx;
  cx.reset(*schema_);
  for (const rel_id statement : quarry::detail::creation_statements(cx, dialect_->facts(), true)) {
    if (auto written = dialect_->emit(cx, statement, emitted_); !written) fail(written.error());
    execute(emitted_.text);
  }
  prepare_inserts();
}

void scratch_database::execute(const std::string& sql) {
  auto prepared = connection_.prepare(sql, {}, {});
  if (!prepared) fail(prepared.error());
  if (auto done = prepared->execute({}); !done) fail(done.error());
}

void scratch_database::prepare_inserts() {
  context cx;
  cx.reset(*schema_);
  const auto prepared = [&](any_id root, const std::vector<type>& binds) {
    if (auto written = dialect_->emit(cx, root, emitted_); !written) fail(written.error());
    auto statement = connection_.prepare(emitted_.text, binds, {});
    if (!statement) fail(statement.error());
    return *std::move(statement);
  };
  for (const model& m : schema_->models()) {
    std::vector<std::uint32_t> names, values;
    std::vector<type> types;
    for (std::uint32_t c = 0; c < m.columns.size(); ++c) {
      types.push_back(m.columns[c].type);
      names.push_back(cx.make(kind::name, 0, {}, {}, m.columns[c].db_name.value).value);
      values.push_back(cx.make(kind::bind, 0, types[c], {}, c).value);
    }
    const std::array<std::uint32_t, 1> rows = {cx.make(kind::row, 0, {}, values).value};
    const std::array<std::uint32_t, 5> insert = {none, cx.list(names).value, cx.make(kind::values, 0, {}, rows).value,
                                                 none, none};
    inserts_.push_back(prepared(cx.make(kind::insert, 0, {}, insert, m.table.value), types));
  }
}

void scratch_database::load(const table_rows& tables) {
  const auto check = [&](auto&& result) {
    if (!result) fail(result.error());
  };
  if (loaded_) check(connection_.rollback());
  check(connection_.begin());
  loaded_ = true;
  for (std::size_t m = 0; m < inserts_.size(); ++m)
    for (const row& r : tables.of[m]) {
      std::vector<quarry_cell> binds;
      for (std::size_t c = 0; c < r.size(); ++c)
        binds.push_back(bound(r[c], schema_->models()[m].columns[c].type.kind()));
      check(inserts_[m].execute(binds));
    }
}

namespace {

struct period_edge {
  op part;
  bool last;
};

std::optional<period_edge> edge_recipe(recipe r) {
  switch (r) {
    case recipe::year_first: return period_edge{op::year, false};
    case recipe::year_last: return period_edge{op::year, true};
    case recipe::iso_year_first: return period_edge{op::iso_year, false};
    case recipe::iso_year_last: return period_edge{op::iso_year, true};
    case recipe::day_first: return period_edge{op::date_of, false};
    case recipe::day_last: return period_edge{op::date_of, true};
    default: return std::nullopt;
  }
}

}  // namespace

std::vector<row> scratch_database::run(context& cx, rel_id logical, const param_values& values) {
  emitted_.text.clear();
  if (cx.at(logical).kind == kind::empty) return {};  // runs no statement at all
  auto legal = legalizer_.legalize(cx, logical, dialect_->facts(), false);
  if (!legal) fail(legal.error());
  auto formed = legalizer_.form(cx, *legal, dialect_->facts());
  if (!formed) fail(formed.error());
  if (auto written = dialect_->emit(cx, formed->root, emitted_); !written) fail(written.error());
  std::vector<type> types;
  std::vector<quarry_cell> binds;
  std::deque<std::vector<cell>> elements;
  std::deque<std::vector<quarry_cell>> arrays;
  for (const std::uint32_t slot : emitted_.binds) {
    const bind_slot& s = formed->slots[slot];
    const std::vector<cell>& given = values.at(s.param);
    types.push_back(s.type);
    if (s.recipe == recipe::value) {
      binds.push_back(bound(given.at(0), s.type.kind()));
      continue;
    }
    const std::vector<cell>& list = elements.emplace_back(present(given));
    const auto element = [&]() -> const cell& { return list.at(std::min<std::size_t>(s.element, list.size() - 1)); };
    if (const auto edge = edge_recipe(s.recipe)) {
      binds.push_back(bound(edge_of_period(edge->part, element(), edge->last, s.type.kind()), s.type.kind()));
      continue;
    }
    if (s.recipe == recipe::element) {
      binds.push_back(bound(element(), s.type.kind()));
      continue;
    }
    std::vector<quarry_cell>& array = arrays.emplace_back();
    for (const cell& c : list) array.push_back(bound(c, s.type.element()));
    quarry_cell whole{};
    whole.type = number(scalar::array);
    whole.v.p = array.data();
    whole.len = static_cast<std::uint32_t>(array.size());
    binds.push_back(whole);
  }
  auto statement = connection_.prepare(emitted_.text, types, formed->columns);
  if (!statement) fail(statement.error());
  if (auto done = statement->execute(binds); !done) fail(done.error());
  std::vector<row> out;
  for (;;) {
    auto batch = statement->next(256);
    if (!batch) fail(batch.error());
    if (batch->empty()) return out;
    for (std::uint32_t i = 0; i < batch->size(); ++i) {
      row& r = out.emplace_back();
      for (std::uint32_t c = 0; c < formed->visible; ++c) r.push_back(fetched((*batch)[i][c]));
    }
  }
}

}  // namespace quarry::test
