// Statements of the SQL stage, made by hand.
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include <quarry/ir/model/context.hpp>

namespace quarry::host::test {

class statement_maker {
 public:
  ir::context cx;

  std::uint64_t name(std::string_view text) { return cx.names().intern(text).value; }
  ir::any_id node(ir::kind k, std::initializer_list<ir::any_id> children = {}, std::uint64_t a = 0, std::uint32_t b = 0,
                  ir::type t = {}, std::uint16_t flags = 0) {
    std::vector<std::uint32_t> ids;
    for (const ir::any_id c : children) ids.push_back(c.value);
    return cx.make(k, flags, t, ids, a, b);
  }
  ir::any_id list(std::initializer_list<ir::any_id> items) { return node(ir::kind::list, items); }
  ir::any_id column(std::string_view qualifier, std::string_view column, ir::type t = ir::types::int64) {
    return node(ir::kind::name_ref, {}, name(qualifier), static_cast<std::uint32_t>(name(column)), t);
  }
  ir::any_id bind(std::uint32_t slot, ir::type t = ir::types::int64) { return node(ir::kind::bind, {}, slot, 0, t); }
  ir::any_id op(ir::op o, std::initializer_list<ir::any_id> args, ir::type t = ir::types::boolean) {
    return node(ir::kind::op, args, 0, static_cast<std::uint32_t>(o), t);
  }
  ir::any_id table(std::string_view table, std::string_view alias) {
    return node(ir::kind::from_table, {}, name(table), static_cast<std::uint32_t>(name(alias)));
  }
  ir::any_id item(ir::any_id value) { return node(ir::kind::select_item, {value}, QUARRY_NONE); }
  ir::any_id select(ir::any_id items, ir::any_id from = {}, ir::any_id where = {}, ir::any_id order = {},
                    ir::any_id limit = {}) {
    const ir::any_id absent;
    return node(ir::kind::select,
                {absent, absent, items, from, where, absent, absent, absent, order, limit, absent, absent});
  }
  /// SELECT e.id, e.headline FROM blog_entry AS e WHERE e.rating > ?0 AND e.headline = ?1 ORDER BY e.id LIMIT ?2
  ir::any_id entries() {
    const ir::type text{ir::scalar::text, false, 255};
    const ir::any_id id = column("e", "id");
    const ir::any_id headline = column("e", "headline", text);
    const ir::any_id where =
        op(ir::op::and_,
           {op(ir::op::gt, {column("e", "rating", ir::types::int32.with_nullable(true)), bind(0, ir::types::int32)}),
            op(ir::op::eq, {headline, bind(1, text)})});
    return select(list({item(id), item(headline)}), table("blog_entry", "e"), where,
                  list({node(ir::kind::order_item, {id})}), bind(2));
  }
};

}  // namespace quarry::host::test
