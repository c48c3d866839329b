#include <quarry/core/cli/fixture.hpp>

#include <array>

#include <quarry/core/errors.hpp>
#include <quarry/core/text/canonical.hpp>

namespace quarry::cli {
namespace {

using ir::diag;
using text::object;

[[noreturn]] void wrong(std::string_view where, std::string_view expected, std::string_view given) {
  raise(diag::wrong_argument, {where, expected, given});
}

class loader {
 public:
  loader(detail::session& s, const std::shared_ptr<const ir::catalog>& catalog) : session_(s), catalog_(catalog) {}

  void load(const object& document) {
    const text::mapping* all = document.dict();
    if (!all) wrong("a fixture", "an object", "something else");
    for (const auto& [key, rows] : all->entries) {
      const std::string& name = *key.scalar<std::string>();
      const text::sequence* list = rows.items();
      if (!list) wrong(name, "a list of rows", "something else");
      const std::size_t dot = name.find('.');
      const std::uint32_t model = find_model(name.substr(0, dot));
      if (dot == std::string::npos) {
        for (const object& row : list->items) load_row(model, name, row);
      } else {
        load_links(model, std::string_view(name).substr(dot + 1), name, *list);
      }
    }
  }

 private:
  std::uint32_t find_model(const std::string& name) const {
    const std::uint32_t m = catalog_->find_model(name);
    if (m != ir::none) return m;
    ir::diagnostic d = ir::make_diagnostic(diag::unknown_model, {name});
    ir::nearest_choice nearest(name);
    for (const ir::model& other : catalog_->models()) nearest.offer(catalog_->text(other.name));
    d.suggestion = nearest.best();
    raise(std::move(d));
  }

  std::uint32_t find_column(std::uint32_t model, std::string_view name) const {
    const ir::model& m = catalog_->at(model);
    for (std::uint32_t c = 0; c < m.columns.size(); ++c)
      if (catalog_->text(m.columns[c].name) == name) return c;
    raise(diag::unknown_field, {catalog_->text(m.name), name});
  }

  const value& plain(std::string_view where, const object& o) const {
    if (!o.plain()) wrong(where, "values", "a list or an object");
    return *o.plain();
  }

  void load_row(std::uint32_t model, const std::string& name, const object& row) {
    const text::mapping* columns = row.dict();
    if (!columns) wrong(name, "objects", "something else");
    text::operand_store store;
    std::vector<detail::assignment> values;
    for (const auto& [key, what] : columns->entries)
      values.push_back({find_column(model, *key.scalar<std::string>()), store.of(plain(name, what))});
    (void)session_.insert(catalog_, model, values);
  }

  void load_links(std::uint32_t model, std::string_view field, const std::string& name, const text::sequence& rows) {
    const auto found = catalog_->find(model, field);
    const ir::relation* r =
        found.what == ir::catalog::member::form::relation ? &catalog_->at(model).relations[found.index] : nullptr;
    if (!r || r->form != ir::relation_form::many_to_many) wrong(name, "a many-to-many field", "another name");
    for (const object& row : rows.items) {
      const text::sequence* pair = row.items();
      if (!pair || pair->items.size() != 2) wrong(name, "pairs of keys", "something else");
      text::operand_store store;
      const std::array values = {detail::assignment{r->through_near, store.of(plain(name, pair->items[0]))},
                                 detail::assignment{r->through_far, store.of(plain(name, pair->items[1]))}};
      (void)session_.insert(catalog_, r->through, values);
    }
  }

  detail::session& session_;
  const std::shared_ptr<const ir::catalog>& catalog_;
};

}  // namespace

ir::result<void> load_fixture(std::shared_ptr<detail::database_core> core,
                              const std::shared_ptr<const ir::catalog>& catalog, std::string_view json) {
  QUARRY_TRY(document, text::parse_canonical(json));
  try {
    const std::shared_ptr<detail::database_core> keeper = core;
    detail::transaction_session tx(std::move(core), detail::load_mode(keeper->facts()));
    loader(tx, catalog).load(document);
    QUARRY_CHECK(detail::restart_keys(*keeper, tx.connection(), *catalog));
    tx.commit();
    return {};
  } catch (const error& e) {
    return ir::failure(e.diagnostic());
  }
}

ir::result<void> set_up(const std::shared_ptr<detail::database_core>& core,
                        const std::shared_ptr<const ir::catalog>& catalog, bool create, std::string_view json) {
  if (create) {
    QUARRY_TRY(connection, core->take());
    QUARRY_CHECK(detail::create_tables(*core, *connection, *catalog));
  }
  if (!json.empty()) QUARRY_CHECK(load_fixture(core, catalog, json));
  return {};
}

}  // namespace quarry::cli
