// Logical IR written by hand, for tests of analyses and passes: blogs, entries, authors and the link table between the
// last two.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <quarry/ir/model/views.hpp>
#include <quarry/ir/passes/pipeline.hpp>

#include "support/blog_catalog.hpp"

namespace quarry::ir {

class algebra : public testing::Test {
 protected:
  algebra() { cx.reset(*test::blog_catalog()); }

  // --- relations ---
  rel_id scan(std::string_view model, bool padded = false) {
    const std::uint32_t m = cx.schema().find_model(model);
    return rel_id(cx.make(kind::scan, 0, {}, {}, m, cx.new_instance(m, padded)));
  }
  /// Of a scan or of what computes columns.
  std::uint32_t instance_of(rel_id rel) const { return cx.at(rel).b; }
  rel_id filter(rel_id input, expr_id where) { return make(kind::filter, {input.value, where.value}); }
  rel_id filter(rel_id input, std::initializer_list<expr_id> where) {
    return filter(input, cx.make_op(op::and_, where));
  }
  rel_id join(code form, rel_id left, rel_id right, expr_id on, bool to_one = false, bool trusted = false) {
    const auto flags = static_cast<std::uint16_t>((to_one ? 1 : 0) | (trusted ? 2 : 0));
    return make(kind::join, {left.value, right.value, on.value}, flags, 0, form);
  }
  /// As lowering makes it for a foreign key: a left join on its column and the key of the other model.
  rel_id to_one(rel_id left, rel_id from, std::string_view key, rel_id target, code form = join_kind::left,
                bool trusted = true) {
    return join(form, left, target, eq(col(from, key), col(target, "id")), true, trusted);
  }
  rel_id project(rel_id input, std::initializer_list<expr_id> items) {
    std::vector<output> outputs;
    std::vector<std::uint32_t> children = {input.value};
    for (const expr_id e : items) {
      const node n = cx.at(e);
      const std::string name = n.kind == kind::column
          ? std::string(cx.column_name(n.b, static_cast<std::uint32_t>(n.a)))
          : "v" + std::to_string(outputs.size());
      outputs.push_back({cx.names().intern(name), n.type});
      children.push_back(e.value);
    }
    return rel_id(cx.make(kind::project, 0, {}, children, 0, cx.new_computed_instance(outputs)));
  }
  rel_id group(rel_id input, std::initializer_list<expr_id> keys, std::initializer_list<expr_id> aggregates) {
    std::vector<output> outputs;
    std::vector<std::uint32_t> key_ids, aggregate_ids;
    for (const expr_id e : keys) {
      outputs.push_back({cx.names().intern("k" + std::to_string(outputs.size())), cx.at(e).type});
      key_ids.push_back(e.value);
    }
    for (const expr_id e : aggregates) {
      outputs.push_back({cx.names().intern("a" + std::to_string(outputs.size())), cx.at(e).type});
      aggregate_ids.push_back(e.value);
    }
    const std::uint32_t made = cx.new_computed_instance(outputs);
    return make(kind::group, {input.value, cx.list(key_ids).value, cx.list(aggregate_ids).value}, 0, 0, made);
  }
  rel_id count(rel_id input) { return group(input, {}, {aggregate(op::count_rows)}); }
  rel_id sort(rel_id input, expr_id key) {
    const std::uint32_t of[] = {key.value};
    return make(kind::sort, {input.value, cx.make(kind::order_item, 0, {}, of).value});
  }
  rel_id limit(rel_id input, std::int64_t rows) {
    return make(kind::limit, {input.value, cx.integer(rows).value, none});
  }
  rel_id distinct(rel_id input) { return make(kind::distinct, {input.value}); }
  rel_id distinct_on(rel_id input, expr_id key) { return make(kind::distinct, {input.value, key.value}); }
  rel_id set(code operation, bool all, rel_id left, rel_id right) {
    const auto arm = cx.outputs(instance_of(left));
    const std::vector<output> outputs(arm.begin(), arm.end());
    return make(kind::set_op, {left.value, right.value}, all ? 1 : 0, operation, cx.new_computed_instance(outputs));
  }
  rel_id window(rel_id input) {
    const std::uint32_t none_such[] = {none, none, none};
    const any_id spec = cx.make(kind::window_spec, 0, {}, none_such, none);
    const any_id number = cx.make_op(op::row_number, std::initializer_list<expr_id>{});
    const std::uint32_t call[] = {number.value, spec.value};
    const std::uint32_t over[] = {cx.make(kind::window_call, 0, types::int64, call).value};
    const output named{cx.names().intern("number"), types::int64};
    const any_id item = cx.make(kind::named, 0, {}, over, named.name.value);
    return make(kind::window_rel, {input.value, item.value}, 0, 0, cx.new_computed_instance({&named, 1}));
  }
  rel_id empty(rel_id like) { return make(kind::empty, {like.value}); }

  // --- expressions ---
  expr_id col(rel_id of, std::string_view name) { return col(instance_of(of), name); }
  expr_id col(std::uint32_t i, std::string_view name) {
    const instance& in = cx.instance_at(i);
    const std::size_t count = in.model != none ? cx.schema().at(in.model).columns.size() : in.count;
    for (std::uint32_t f = 0; f < count; ++f)
      if (cx.column_name(i, f) == name) return cx.column(i, f);
    ADD_FAILURE() << "no column " << name;
    return {};
  }
  expr_id param(scalar s = scalar::int64) { return cx.param_ref(cx.add_param({}), {s, false}); }
  expr_id list_param() { return cx.param_ref(cx.add_param({}), type::array_of(scalar::int64)); }
  expr_id eq(expr_id a, expr_id b) { return cx.make_op(op::eq, {a, b}); }
  expr_id is(op o, std::initializer_list<expr_id> args) { return cx.make_op(o, args); }
  /// column = a value
  expr_id eq(rel_id of, std::string_view name) {
    const expr_id c = col(of, name);
    return eq(c, param(cx.at(c).type.kind()));
  }
  expr_id contains(rel_id of, std::string_view name) { return is(op::contains, {col(of, name), param(scalar::text)}); }
  expr_id is_null(expr_id e) { return is(op::is_null, {e}); }
  expr_id no(expr_id e) { return is(op::not_, {e}); }
  expr_id exists(rel_id query) {
    const std::uint32_t of[] = {query.value};
    return expr_id(cx.make(kind::exists, 0, types::boolean, of));
  }
  expr_id in_query(expr_id value, rel_id query) {
    const std::uint32_t of[] = {value.value, query.value};
    return expr_id(cx.make(kind::in_query, 0, types::boolean.with_nullable(true), of));
  }
  expr_id random() { return cx.make_op(op::random, std::initializer_list<expr_id>{}); }
  expr_id aggregate(op o, expr_id of = {}, bool over_distinct = false) {
    std::vector<std::uint32_t> children = {none, none};
    if (of.present()) children.push_back(of.value);
    const type t = info(o).result == op_result::int64 ? types::int64 : cx.at(of).type.with_nullable(true);
    return expr_id(cx.make(kind::aggregate, over_distinct ? 1 : 0, t, children, 0, static_cast<std::uint32_t>(o)));
  }

  context cx;
  pass_runner runner;

 private:
  rel_id make(kind k, std::initializer_list<std::uint32_t> children, std::uint16_t flags = 0, std::uint64_t a = 0,
              std::uint32_t b = 0) {
    return rel_id(cx.make(k, flags, {}, std::span<const std::uint32_t>(children.begin(), children.size()), a, b));
  }
};

}  // namespace quarry::ir
