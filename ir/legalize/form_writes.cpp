// INSERT and UPDATE: what is written around the rows that form-selects makes.
#include <quarry/ir/legalize/select_former.hpp>

#include <array>

#include <quarry/ir/match/algebra.hpp>

namespace quarry::ir {

result<rel_id> select_former::form_insert(rel_id root, statement& out) {
  const auto i = as<view::insert_rel>(*cx_, root);
  const model& m = cx_->schema().at(static_cast<std::uint32_t>(i.model()));
  std::array<std::uint32_t, 5> slots;
  slots.fill(none);
  // Making nodes moves the lists of children: they are asked for one by one.
  child_list names(*cx_);
  for (std::size_t k = 0; k < i.fields().size(); ++k)
    names.add(cx_->make(kind::name, 0, {}, {}, m.columns[cx_->at({i.fields()[k]}).a].db_name.value));
  const bool defaults = names.empty();
  if (!defaults) slots[1] = cx_->list(names.ids()).value;
  const auto source = as<view::rows>(*cx_, i.source());
  const std::size_t row_count = source.items().size();
  child_list rows(*cx_);
  for (std::size_t k = 0; k < row_count; ++k) {
    QUARRY_TRY(translated, translate(expr_id(source.items()[k]), 0));
    rows.add(translated);
  }
  if (row_count > 1 && !facts_->has(fact::multi_row_insert))
    return failure(diag::not_supported_here, {"an insert of several rows", facts_->product, facts_->version});
  if (!defaults) slots[2] = cx_->make(kind::values, 0, {}, rows.ids()).value;
  if (i.returning_key()) {
    if (facts_->has(fact::generated_key_outcome) && row_count == 1) {
      out.key_by_outcome = true;
    } else if (facts_->has(fact::insert_returning)) {
      const ir::column& key = m.columns[m.primary_key];
      const std::array<std::uint32_t, 1> value = {
          cx_->make(kind::name_ref, 0, key.type, {}, none, key.db_name.value).value};
      const std::array<std::uint32_t, 1> item = {
          cx_->make(kind::select_item, 0, key.type, value, key.name.value).value};
      slots[4] = cx_->make(kind::returning, 0, {}, item).value;
      columns_.push_back(key.type);
    } else {
      return failure(diag::not_supported_here, {"a generated key", facts_->product, facts_->version});
    }
  }
  return rel_id(cx_->make(kind::insert, defaults ? 1 : 0, {}, slots, m.table.value));
}

result<rel_id> select_former::form_update(rel_id root) {
  const auto u = as<view::update_rel>(*cx_, root);
  const model& m = cx_->schema().at(static_cast<std::uint32_t>(u.model()));
  QUARRY_TRY(b, build(u.input()));
  if (blocks_[b].from.size() != 1 || blocks_[b].from[0].instance != u.instance() || blocks_[b].limited)
    return failure(diag::not_supported_yet, {"an update over a relation or a slice"});
  if (qualified_) return failure(diag::not_supported_yet, {"an update that asks other tables"});
  std::array<std::uint32_t, 5> slots;
  slots.fill(none);
  child_list assignments(*cx_);
  for (std::size_t k = 0; k < u.items().size(); ++k) {
    const any_id item{u.items()[k]};
    QUARRY_TRY(value, translate(expr_id(cx_->child(item, 0)), b));
    const std::array<std::uint32_t, 1> child = {value.value};
    assignments.add(cx_->make(kind::assignment, 0, {}, child, cx_->at(item).a));
  }
  slots[1] = cx_->list(assignments.ids()).value;
  QUARRY_TRY(where, predicate(b, blocks_[b].where));
  slots[3] = where;
  return rel_id(cx_->make(kind::update, 0, {}, slots, m.table.value, none));
}

}  // namespace quarry::ir
