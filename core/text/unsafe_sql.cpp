#include <quarry/core/text/unsafe_sql.hpp>

#include <quarry/core/query/verbs.hpp>
#include <quarry/core/text/operations.hpp>
#include <quarry/core/text/queries.hpp>

namespace quarry::text {
namespace {

using detail::expression;
using detail::ref;
using ir::diag;
using query = std::shared_ptr<query_object>;

/// Values for placeholders, handed out in the order written.
class parameters {
 public:
  parameters(environment& e, const argument* given) : e_(e) {
    if (!given || given->what.is_none()) return;
    where_ = given->where;
    values_ = items_of(e, given->what, given->where);
  }
  /// SQL text as a value, with as many of the values as it has placeholders.
  ref<expression> value_of(const argument& text, ir::type type) {
    const auto* sql = text.what.scalar<std::string>();
    if (!sql) fail(diag::wrong_argument, {"extra()", "SQL as a text", e_.describe(text.what)}, text.where);
    std::vector<ref<expression>> own;
    for (std::size_t wanted = detail::raw_pieces(*sql).size() - 1; own.size() < wanted && used_ < values_.size();)
      own.push_back(as_expression(e_, values_[used_++], where_));
    return unwrap(detail::make_raw(*sql, own, type));
  }
  void all_used() const {
    if (used_ != values_.size())
      fail(diag::raw_value_count, {std::to_string(used_), std::to_string(values_.size())}, where_);
  }

 private:
  environment& e_;
  std::vector<object> values_;
  std::size_t used_ = 0;
  syntax::span where_ = syntax::span::none();
};

std::vector<argument> listed(environment& e, const argument* given) {
  std::vector<argument> out;
  if (!given || given->what.is_none()) return out;
  for (object& o : items_of(e, given->what, given->where)) out.push_back({std::move(o), {}, given->where, {}});
  return out;
}

query then(environment& e, const query& q, const call_arguments& call) {
  return call_query(e, q, call.function, e.at, call).query();
}

query with_tables(environment& e, const query& q, const std::vector<argument>& names) {
  std::vector<detail::path_ref> tables;
  for (const argument& a : names) {
    const detail::path_ref table = e.name_in(a, "extra");
    bool known = false;
    for (const ir::model& m : e.catalog()->models()) known = known || e.text(m.table) == table.view();
    if (!known)
      fail(diag::wrong_number, {"extra()", "tables of the models", "'" + std::string(table.view()) + "'"}, a.where);
    tables.push_back(table);
  }
  auto out = std::make_shared<query_object>(*q);
  out->rows.reset();
  out->chain = unwrap(q->chain.tables(tables));
  return out;
}

}  // namespace

void require_trusted_sql(const environment& e, std::string_view what, syntax::span where) {
  if (!e.trusts_sql) fail(diag::sql_not_trusted, {what}, where);
}

object extra(environment& e, const query& q, const call_arguments& given) {
  e.allow_only(given, 6, {"select", "where", "params", "tables", "order_by", "select_params"});
  require_trusted_sql(e, "extra()", e.at);
  if (q->chain.sliced()) fail(diag::filter_after_slice, {"extra"}, e.at);
  if (const std::string_view set = detail::name_of_set(q->chain); !set.empty())
    fail(diag::call_after_set, {"extra", set}, e.at);
  query out = q;
  if (const std::vector<argument> tables = listed(e, given.get(3, "tables")); !tables.empty())
    out = with_tables(e, out, tables);
  if (const argument* select = given.get(0, "select"); select && !select->what.is_none()) {
    const mapping* columns = select->what.dict();
    if (!columns)
      fail(diag::wrong_argument, {"extra()", "a dict of names and SQL", e.describe(select->what)}, select->where);
    parameters values(e, given.get(5, "select_params"));
    call_arguments named{"annotate", {}, {}};
    for (const auto& [key, sql] : columns->entries) {
      const auto* name = key.scalar<std::string>();
      if (!name) fail(diag::wrong_argument, {"extra()", "texts as names", e.describe(key)}, select->where);
      const ref<expression> value = values.value_of({sql, {}, select->where, {}}, ir::types::null);
      named.named.push_back({formula{value, false, {}}, *name, select->where, {}});
    }
    values.all_used();
    out = then(e, out, named);
  }
  parameters values(e, given.get(2, "params"));
  call_arguments conditions{"filter", {}, {}};
  for (const argument& sql : listed(e, given.get(1, "where"))) {
    const ref<expression> holds = values.value_of(sql, ir::types::boolean.with_nullable(true));
    conditions.plain.push_back({formula{holds, false, {}}, {}, sql.where, {}});
  }
  values.all_used();
  if (!conditions.plain.empty()) out = then(e, out, conditions);
  if (std::vector<argument> keys = listed(e, given.get(4, "order_by")); !keys.empty())
    out = then(e, out, {"order_by", std::move(keys), {}});
  if (out == q) return call_query(e, q, "all", e.at, {"all", {}, {}});
  return out;
}

}  // namespace quarry::text
