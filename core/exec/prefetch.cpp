#include <quarry/core/exec/prefetch.hpp>

#include <array>
#include <string>

#include <quarry/core/errors.hpp>
#include <quarry/core/exec/row_order.hpp>
#include <quarry/core/query/verbs.hpp>

namespace quarry::detail {
namespace {

bool lies_elsewhere(ir::scalar type) noexcept {
  switch (type) {
    case ir::scalar::text:
    case ir::scalar::bytes:
    case ir::scalar::decimal:
    case ir::scalar::uuid:
    case ir::scalar::json: return true;
    default: return false;
  }
}

/// Equal for equal keys of one column, whoever made the operand.
std::string bytes_of(const operand& key) {
  if (lies_elsewhere(key.type)) return std::string(key.bytes_view());
  return std::string(reinterpret_cast<const char*>(&key.integer), sizeof key.integer);
}

operand operand_of(const quarry_cell& c) noexcept {
  const auto type = static_cast<ir::scalar>(c.type);
  if ((c.flags & QUARRY_CELL_NULL) != 0) return {};
  if (lies_elsewhere(type)) return operand::of_text({static_cast<const char*>(c.v.p), c.len}, type);
  return operand::of_integer(c.v.i, type);
}

/// A name for the number of a row that nothing of the query has.
std::string name_of_number(const chain& rows) {
  std::string name = "number_of_its_owner";
  const auto taken = [&] {
    return names_annotation(rows, name) ||
        rows.catalog()->find(rows.model(), name).what != ir::catalog::member::form::absent;
  };
  while (taken()) name += 's';
  return name;
}

}  // namespace

std::size_t key_table::add(const operand& key) {
  if (key.form == operand_form::null) return absent;
  const auto [at, fresh] = places_.emplace(bytes_of(key), keys_.size());
  if (fresh) {
    operand kept = key;
    if (lies_elsewhere(key.type)) kept.text = at->first.data();
    keys_.push_back(kept);
  }
  return at->second;
}

std::size_t key_table::find(const operand& key) const {
  if (key.form == operand_form::null) return absent;
  const auto at = places_.find(bytes_of(key));
  return at == places_.end() ? absent : at->second;
}

void related_fetch::add_owner(const operand& key) {
  const std::size_t place = near_.add(key);
  near_owners_.resize(near_.all().size());
  if (place != key_table::absent) near_owners_[place].push_back(owner_count_);
  ++owner_count_;
}

std::optional<chain> related_fetch::query(const chain& given) {
  chain wanted = given;
  if (given.sliced()) {
    const link* slice = &given.last();
    while (slice->form != link_form::slice) slice = slice->previous;
    sliced_ = true;
    low_ = slice->low;
    high_ = slice->high;
    has_high_ = slice->has_high;
    taken_.assign(owner_count_, 0);
    wanted = given.unsliced();
  }
  if (near_.all().empty()) return std::nullopt;
  if (relation_.form != ir::relation_form::many_to_many) {
    const chain rows = narrowed(wanted, relation_.target, relation_.remote, near_);
    std::optional<chain> few = sliced_ ? numbered(rows) : std::nullopt;
    if (!few) return rows;
    sliced_ = false;
    return few;
  }
  read_links(wanted);
  if (far_.all().empty()) return std::nullopt;
  return narrowed(wanted, relation_.target, relation_.remote, far_);
}

std::span<const std::uint32_t> related_fetch::owners_of(const operand& key) {
  const bool by_links = relation_.form == ir::relation_form::many_to_many;
  const std::size_t place = by_links ? far_.find(key) : near_.find(key);
  if (place == key_table::absent) return {};
  const std::vector<std::uint32_t>& owners = by_links ? far_owners_[place] : near_owners_[place];
  if (!sliced_) return owners;
  takers_.clear();
  for (const std::uint32_t owner : owners) {
    const std::int64_t at = taken_[owner]++;
    if (at >= low_ && (!has_high_ || at < high_)) takers_.push_back(owner);
  }
  return takers_;
}

chain related_fetch::narrowed(const chain& wanted, std::uint32_t model, std::uint32_t column,
                              const key_table& keys) const {
  const std::string path = std::string(catalog_->text(catalog_->at(model).columns[column].name)) + "__in";
  const term among{path_ref::text(path), operand::of_list(keys.all().data(), keys.all().size()), nullptr};
  return unwrap(wanted.filter({&among, 1}));
}

chain related_fetch::within_slice(const chain& rows, std::string_view owner,
                                  std::span<const ref<expression>> order) const {
  std::vector<ref<expression>> parts = {unwrap(make_operation(ir::op::row_number, std::span<const ref<expression>>())),
                                        make_path(path_ref::text(owner))};
  parts.insert(parts.end(), order.begin(), order.end());
  window_shape shape;
  shape.partitions = 1;
  shape.orders = static_cast<std::uint16_t>(order.size());
  const ref<expression> number = unwrap(make_window(parts, shape));
  const std::string name = name_of_number(rows);
  const term named{path_ref::text(name), {}, number.get()};
  const chain counted = unwrap(rows.alias({&named, 1}));
  const std::string above = name + "__gt", within = name + "__lte";
  const std::array bounds = {term{path_ref::text(above), operand::of_integer(low_), nullptr},
                             term{path_ref::text(within), operand::of_integer(high_), nullptr}};
  return unwrap(counted.filter(std::span(bounds).first(has_high_ ? 2 : 1)));
}

std::optional<chain> related_fetch::numbered(const chain& wanted) const {
  if (!session_.numbers_rows()) return std::nullopt;
  const auto order = row_order(wanted, {});
  if (!order) return std::nullopt;
  const ir::column& owner = catalog_->at(relation_.target).columns[relation_.remote];
  return within_slice(wanted, catalog_->text(owner.name), *order);
}

std::optional<chain> related_fetch::numbered_links(const chain& links, const chain& wanted) const {
  if (!session_.numbers_rows()) return std::nullopt;
  const ir::model& through = catalog_->at(relation_.through);
  const auto order = row_order(wanted, catalog_->text(through.columns[relation_.through_far].field));
  if (!order) return std::nullopt;
  chain few = links;
  if (has_condition(wanted)) {
    const auto key = path_ref::text(catalog_->text(catalog_->at(relation_.target).columns[relation_.remote].name));
    const chain keys = unwrap(unwrap(wanted.order_by(std::span<const path_ref>())).values_list(std::span(&key, 1)));
    const std::string far = std::string(catalog_->text(through.columns[relation_.through_far].name)) + "__in";
    const term among{path_ref::text(far), query_operand(keys), nullptr};
    few = unwrap(few.filter({&among, 1}));
  }
  return within_slice(few, catalog_->text(through.columns[relation_.through_near].name), *order);
}

void related_fetch::read_links(const chain& wanted) {
  const ir::model& through = catalog_->at(relation_.through);
  const std::array names = {path_ref::text(catalog_->text(through.columns[relation_.through_near].name)),
                            path_ref::text(catalog_->text(through.columns[relation_.through_far].name))};
  chain links = narrowed(chain::start(catalog_, relation_.through), relation_.through, relation_.through_near, near_);
  if (sliced_)
    if (std::optional<chain> few = numbered_links(links, wanted)) {
      links = *std::move(few);
      sliced_ = false;
    }
  cursor rows = session_.run(unwrap(links.values_list(names)));
  for (std::span<const quarry_cell> row = rows.next(); !row.empty(); row = rows.next()) {
    const std::size_t near = near_.find(operand_of(row[0]));
    const std::size_t far = far_.add(operand_of(row[1]));
    far_owners_.resize(far_.all().size());
    if (near == key_table::absent || far == key_table::absent) continue;
    far_owners_[far].insert(far_owners_[far].end(), near_owners_[near].begin(), near_owners_[near].end());
  }
}

}  // namespace quarry::detail
