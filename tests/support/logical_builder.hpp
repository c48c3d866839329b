// Logical IR made by programs: shapes that are enumerated or drawn at random.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include <quarry/ir/model/context.hpp>

namespace quarry::test {

class logical_builder {
 public:
  using exprs = std::vector<ir::expr_id>;

  explicit logical_builder(ir::context& cx) : cx_(cx) {}
  ir::context& cx() noexcept { return cx_; }

  // --- relations; `padded`: an outer join above may pad what they give ---
  ir::rel_id scan(std::uint32_t model, bool padded = false) {
    return rel(ir::kind::scan, {}, 0, model, cx_.new_instance(model, padded));
  }
  ir::rel_id scan(std::string_view model, bool padded = false) { return scan(cx_.schema().find_model(model), padded); }
  /// At least one row; every column is of one type.
  ir::rel_id rows(const std::vector<exprs>& all, ir::type of, bool padded = false) {
    std::vector<ir::any_id> children;
    for (const exprs& r : all) children.push_back(node(ir::kind::row, {r.begin(), r.end()}));
    std::vector<ir::output> outputs;
    for (std::size_t i = 0; i < all[0].size(); ++i)
      outputs.push_back({cx_.names().intern("v" + std::to_string(i)), of});
    return rel(ir::kind::rows, children, 0, 0, cx_.new_computed_instance(outputs, padded));
  }
  ir::rel_id empty(ir::rel_id like) { return rel(ir::kind::empty, {like}); }
  ir::rel_id filter(ir::rel_id input, ir::expr_id where) { return rel(ir::kind::filter, {input, where}); }
  /// No filter at all for an absent condition.
  ir::rel_id filter_if(ir::rel_id input, ir::expr_id where) { return where.present() ? filter(input, where) : input; }
  ir::rel_id join(ir::code form, ir::rel_id left, ir::rel_id right, ir::expr_id on, bool to_one = false,
                  bool trusted = false, bool deferrable = false) {
    const auto flags = static_cast<std::uint16_t>((to_one ? 1U : 0U) | (trusted ? 2U : 0U) | (deferrable ? 4U : 0U));
    return rel(ir::kind::join, {left, right, on}, flags, 0, form);
  }
  ir::rel_id project(ir::rel_id input, const exprs& items, bool padded = false) {
    std::vector<ir::any_id> children = {input};
    children.insert(children.end(), items.begin(), items.end());
    return rel(ir::kind::project, children, 0, 0, computed(items, padded));
  }
  ir::rel_id group(ir::rel_id input, const exprs& keys, const exprs& aggregates, bool padded = false) {
    exprs all = keys;
    all.insert(all.end(), aggregates.begin(), aggregates.end());
    return rel(ir::kind::group, {input, list(keys), list(aggregates)}, 0, 0, computed(all, padded));
  }
  ir::rel_id count(ir::rel_id input) { return group(input, {}, {aggregate(ir::op::count_rows)}); }
  ir::any_id ascending(ir::expr_id e) { return node(ir::kind::order_item, {e}); }
  ir::any_id descending(ir::expr_id e) { return node(ir::kind::order_item, {e}, 1); }
  ir::rel_id sort(ir::rel_id input, const std::vector<ir::any_id>& keys) {
    std::vector<ir::any_id> children = {input};
    children.insert(children.end(), keys.begin(), keys.end());
    return rel(ir::kind::sort, children);
  }
  ir::rel_id limit(ir::rel_id input, std::int64_t count, std::int64_t offset = 0) {
    return rel(ir::kind::limit,
               {input, cx_.integer(count), offset == 0 ? ir::any_id() : ir::any_id(cx_.integer(offset))});
  }
  ir::rel_id distinct(ir::rel_id input, const exprs& on = {}) {
    std::vector<ir::any_id> children = {input};
    children.insert(children.end(), on.begin(), on.end());
    return rel(ir::kind::distinct, children);
  }
  /// A column for each call, beside those of the rows.
  ir::rel_id window(ir::rel_id input, const exprs& calls, bool padded = false) {
    std::vector<ir::any_id> children = {input};
    const std::uint32_t made = computed(calls, padded);
    for (std::uint32_t i = 0; i < calls.size(); ++i)
      children.push_back(node(ir::kind::named, {calls[i]}, 0, {}, cx_.outputs(made)[i].name.value));
    return rel(ir::kind::window_rel, children, 0, 0, made);
  }
  /// Arms are relations with outputs of their own, of the same kinds.
  ir::rel_id set(ir::code operation, bool all, ir::rel_id left, ir::rel_id right, bool padded = false) {
    std::vector<ir::output> outputs;
    const std::uint32_t near = outputs_of(left), far = outputs_of(right);
    for (std::uint32_t i = 0; i < cx_.outputs(near).size(); ++i) {
      const ir::output a = cx_.outputs(near)[i], b = cx_.outputs(far)[i];
      outputs.push_back({a.name, a.type.with_nullable(a.type.nullable() || b.type.nullable())});
    }
    return rel(ir::kind::set_op, {left, right}, all ? 1 : 0, operation, cx_.new_computed_instance(outputs, padded));
  }

  /// The instance that the rows are the outputs of.
  std::uint32_t outputs_of(ir::rel_id rel) const {
    while (cx_.at(rel).kind == ir::kind::sort || cx_.at(rel).kind == ir::kind::limit ||
           cx_.at(rel).kind == ir::kind::filter || cx_.at(rel).kind == ir::kind::distinct)
      rel = ir::rel_id(cx_.child(rel, 0));
    return cx_.at(rel).b;
  }

  // --- values ---
  ir::expr_id col(ir::rel_id of, std::uint32_t field) { return cx_.column(cx_.at(of).b, field); }
  /// Of a scan.
  ir::expr_id col(ir::rel_id of, std::string_view name) {
    std::uint32_t field = 0;
    while (cx_.column_name(cx_.at(of).b, field) != name) ++field;
    return col(of, field);
  }
  ir::expr_id integer(std::int64_t v) { return cx_.integer(v, ir::types::int32); }
  ir::expr_id op(ir::op o, const exprs& args) {
    std::vector<std::uint32_t> ids;
    for (const ir::expr_id a : args) ids.push_back(a.value);
    return cx_.make_op(o, ids);
  }
  ir::expr_id eq(ir::expr_id a, ir::expr_id b) { return op(ir::op::eq, {a, b}); }
  ir::expr_id is_null(ir::expr_id a) { return op(ir::op::is_null, {a}); }
  ir::expr_id negated(ir::expr_id a) { return op(ir::op::not_, {a}); }
  ir::expr_id either(ir::expr_id a, ir::expr_id b) { return op(ir::op::or_, {a, b}); }
  /// Absent conditions count as true.
  ir::expr_id both(ir::expr_id a, ir::expr_id b) {
    return !a.present() ? b : !b.present() ? a : op(ir::op::and_, {a, b});
  }
  ir::expr_id exists(ir::rel_id query) { return ir::expr_id(node(ir::kind::exists, {query}, 0, ir::types::boolean)); }
  /// Over a relation with outputs of its own.
  ir::expr_id in_query(ir::expr_id value, ir::rel_id query) {
    const bool nullable = cx_.at(value).type.nullable() || cx_.outputs(outputs_of(query))[0].type.nullable();
    return ir::expr_id(node(ir::kind::in_query, {value, query}, 0, ir::types::boolean.with_nullable(nullable)));
  }
  ir::expr_id scalar_of(ir::rel_id query) {
    const ir::type t = cx_.outputs(outputs_of(query))[0].type.with_nullable(true);
    return ir::expr_id(node(ir::kind::scalar_of, {query}, 0, t));
  }
  ir::expr_id aggregate(ir::op o, ir::expr_id of = {}, bool over_distinct = false, ir::expr_id condition = {}) {
    std::vector<ir::any_id> children = {condition, {}};
    if (of.present()) children.push_back(of);
    ir::type t = ir::types::int64;
    if (o == ir::op::min || o == ir::op::max) t = cx_.at(of).type;
    if (o == ir::op::avg || (o >= ir::op::stddev_pop && o <= ir::op::var_samp)) t = ir::types::float64;
    return ir::expr_id(node(ir::kind::aggregate, children, over_distinct ? 1 : 0,
                            t.with_nullable(o != ir::op::count && o != ir::op::count_rows), 0,
                            static_cast<std::uint32_t>(o)));
  }
  ir::expr_id cast(ir::expr_id e, ir::type to) {
    return ir::expr_id(node(ir::kind::cast, {e}, 0, to.with_nullable(cx_.at(e).type.nullable())));
  }
  /// CASE WHEN condition THEN value ELSE otherwise END, of two values of one type.
  ir::expr_id choice(ir::expr_id condition, ir::expr_id value, ir::expr_id otherwise = {}) {
    const bool nullable = !otherwise.present() || cx_.at(value).type.nullable() || cx_.at(otherwise).type.nullable();
    return ir::expr_id(node(ir::kind::case_when, {otherwise, node(ir::kind::when, {condition, value})}, 0,
                            cx_.at(value).type.with_nullable(nullable)));
  }
  /// `flags`: what the frame leaves out.
  ir::any_id frame(ir::code unit, ir::any_id start, ir::any_id end, std::uint16_t flags = 0) {
    return node(ir::kind::frame, {start, end}, flags, {}, 0, unit);
  }
  ir::any_id bound(ir::code edge, ir::expr_id offset = {}) {
    return node(ir::kind::frame_bound, {offset}, 0, {}, 0, edge);
  }
  ir::expr_id over(ir::expr_id function, const exprs& partition, const std::vector<ir::any_id>& order,
                   ir::any_id frame = {}) {
    const ir::any_id by = partition.empty() ? ir::any_id() : list(partition);
    const ir::any_id sorted = order.empty() ? ir::any_id() : node(ir::kind::list, order);
    const ir::any_id spec = node(ir::kind::window_spec, {by, sorted, frame}, 0, {}, ir::symbol().value);
    return ir::expr_id(node(ir::kind::window_call, {function, spec}, 0, cx_.at(function).type));
  }

 private:
  ir::any_id node(ir::kind k, const std::vector<ir::any_id>& children, std::uint16_t flags = 0, ir::type t = {},
                  std::uint64_t a = 0, std::uint32_t b = 0) {
    std::vector<std::uint32_t> ids;
    for (const ir::any_id c : children) ids.push_back(c.value);
    return cx_.make(k, flags, t, ids, a, b);
  }
  ir::rel_id rel(ir::kind k, const std::vector<ir::any_id>& children, std::uint16_t flags = 0, std::uint64_t a = 0,
                 std::uint32_t b = 0) {
    return ir::rel_id(node(k, children, flags, {}, a, b));
  }
  ir::any_id list(const exprs& items) { return node(ir::kind::list, {items.begin(), items.end()}); }
  std::uint32_t computed(const exprs& items, bool padded) {
    std::vector<ir::output> outputs;
    for (const ir::expr_id e : items)
      outputs.push_back({cx_.names().intern("v" + std::to_string(outputs.size())), cx_.at(e).type});
    return cx_.new_computed_instance(outputs, padded);
  }

  ir::context& cx_;
};

}  // namespace quarry::test
