// Surface IR written by hand, for tests of the lowering: conditions are lookups on numbered parameters.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <quarry/ir/model/context.hpp>

namespace quarry::test {

class surface {
 public:
  explicit surface(ir::context& cx) : cx_(cx) {}
  ir::rel_id scan(std::string_view model) {
    return ir::rel_id(cx_.make(ir::kind::scan_call, 0, {}, {}, cx_.schema().find_model(model)));
  }
  ir::rel_id filter(ir::rel_id input, ir::expr_id condition, bool exclude = false) {
    return rel(ir::kind::filter_call, exclude ? 1 : 0, {input.value, condition.value}, ++calls_);
  }
  ir::rel_id order(ir::rel_id input, std::initializer_list<std::string_view> names) {
    std::vector<std::uint32_t> children = {input.value};
    for (std::string_view name : names) {
      const bool descending = name.starts_with('-');
      if (descending) name.remove_prefix(1);
      const std::uint32_t of[] = {path(name).value};
      children.push_back(cx_.make(ir::kind::order_item, descending ? 1 : 0, {}, of).value);
    }
    return ir::rel_id(cx_.make(ir::kind::order_call, 0, {}, children));
  }
  ir::rel_id reverse(ir::rel_id input) { return rel(ir::kind::order_call, 1, {input.value}); }
  ir::rel_id slice(ir::rel_id input, bool limit, bool offset) {
    const ir::expr_id l = limit ? integer_param() : ir::expr_id();
    const ir::expr_id o = offset ? integer_param() : ir::expr_id();
    return rel(ir::kind::slice_call, 0, {input.value, l.value, o.value});
  }
  ir::rel_id values(ir::rel_id input, std::initializer_list<std::string_view> names) {
    std::vector<std::uint32_t> children = {input.value};
    for (const std::string_view name : names) children.push_back(path(name).value);
    return ir::rel_id(cx_.make(ir::kind::values_call, 0, {}, children));
  }
  ir::rel_id count(ir::rel_id input) { return rel(ir::kind::count_call, 0, {input.value}); }
  ir::rel_id exists(ir::rel_id input) { return rel(ir::kind::exists_call, 0, {input.value}); }
  ir::rel_id distinct(ir::rel_id input) { return rel(ir::kind::distinct_call, 0, {input.value}); }
  ir::rel_id none(ir::rel_id input) { return rel(ir::kind::none_call, 0, {input.value}); }

  /// path = a value of this kind
  ir::expr_id lookup(std::string_view path, ir::scalar kind) {
    ir::param p;
    p.given = kind;
    return lookup(path, p);
  }
  ir::expr_id lookup_null(std::string_view path) {
    ir::param p;
    p.what = ir::param::form::null;
    return lookup(path, p);
  }
  ir::expr_id lookup_list(std::string_view path, std::uint32_t length, bool has_null = false) {
    ir::param p;
    p.what = ir::param::form::list;
    p.length = length;
    p.has_null = has_null;
    return lookup(path, p);
  }
  ir::expr_id isnull(std::string_view path, bool truth) {
    ir::param p;
    p.given = ir::scalar::boolean;
    p.truth = truth;
    return lookup(std::string(path) + "__isnull", p);
  }
  ir::expr_id lookup(std::string_view path, const ir::param& p) {
    return lookup_of(path, cx_.param_ref(cx_.add_param(p), {}));
  }
  ir::expr_id lookup_of(std::string_view path, ir::expr_id operand) {
    const std::uint32_t of[] = {operand.value};
    return ir::expr_id(cx_.make(ir::kind::lookup, 0, {}, of, cx_.names().intern(path).value, ir::none));
  }
  ir::expr_id path(std::string_view path) {
    return ir::expr_id(cx_.make(ir::kind::path, 0, {}, {}, cx_.names().intern(path).value, ir::none));
  }
  ir::expr_id both(ir::expr_id a, ir::expr_id b) { return cx_.make_op(ir::op::and_, {a, b}); }
  ir::expr_id either(ir::expr_id a, ir::expr_id b) { return cx_.make_op(ir::op::or_, {a, b}); }
  ir::expr_id negated(ir::expr_id a) { return cx_.make_op(ir::op::not_, {a}); }

 private:
  ir::expr_id integer_param() {
    ir::param p;
    p.given = ir::scalar::int64;
    return cx_.param_ref(cx_.add_param(p), {});
  }
  ir::rel_id rel(ir::kind k, std::uint16_t flags, std::initializer_list<std::uint32_t> children, std::uint32_t b = 0) {
    return ir::rel_id(cx_.make(k, flags, {}, std::span<const std::uint32_t>(children.begin(), children.size()), 0, b));
  }
  ir::context& cx_;
  std::uint32_t calls_ = 0;
};

}  // namespace quarry::test
