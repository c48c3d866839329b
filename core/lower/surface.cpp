#include <quarry/core/lower/surface.hpp>

#include <array>
#include <string>

namespace quarry::detail {

ir::param shape_of(const path_ref& path, const operand& o) {
  ir::param p;
  switch (o.form) {
    case operand_form::null: p.what = ir::param::form::null; break;
    case operand_form::list: {
      p.what = ir::param::form::list;
      std::uint32_t values = 0;
      for (std::uint32_t i = 0; i < o.size; ++i) values += o.items[i].form != operand_form::null ? 1U : 0U;
      p.has_null = values != o.size;
      p.length = padded_length(values);
      break;
    }
    default:
      p.given = o.type;
      if (o.type == ir::scalar::boolean && path.view().ends_with("isnull")) p.truth = o.integer != 0;
      break;
  }
  return p;
}

namespace {

using ir::any_id;
using ir::context;
using ir::expr_id;
using ir::kind;
using ir::rel_id;

class surface_builder {
 public:
  explicit surface_builder(context& cx) : cx_(cx) {}

  rel_id run(const chain& c) {
    for_each_link(c, [&](const link& l) { add(l); });
    return finish();
  }

 private:
  void wrap(kind k, std::uint16_t flags, std::span<const std::uint32_t> rest, std::uint32_t b = 0) {
    std::vector<std::uint32_t>& children = scratch_;
    children.assign(1, current_.value);
    children.insert(children.end(), rest.begin(), rest.end());
    current_ = rel_id(cx_.make(k, flags, {}, children, 0, b));
  }

  void add(const link& l) {
    switch (l.form) {
      case link_form::root: current_ = rel_id(cx_.make(kind::scan_call, 0, {}, {}, l.model)); return;
      case link_form::filter:
      case link_form::exclude: return condition(l);
      case link_form::order_by: return order(l);
      case link_form::reverse: return wrap(kind::order_call, 1, {});
      case link_form::values_list: return values(l);
      case link_form::distinct: return wrap(kind::distinct_call, 0, {});
      case link_form::none: return wrap(kind::none_call, 0, {});
      case link_form::slice: slice_ = &l; return;
      case link_form::count: terminal_ = kind::count_call; return;
      case link_form::exists: terminal_ = kind::exists_call; return;
    }
  }

  rel_id finish() {
    if (slice_) {
      // The bounds are the last parameters, in the order of for_each_value.
      std::array<std::uint32_t, 2> bounds = {ir::none, ir::none};
      if (slice_->has_high && slice_->high <= slice_->low) wrap(kind::none_call, 0, {});
      if (slice_->has_high) bounds[0] = param(slice_bound, operand::of_integer(slice_->high - slice_->low)).value;
      if (slice_->has_low) bounds[1] = param(slice_bound, operand::of_integer(slice_->low)).value;
      wrap(kind::slice_call, 0, bounds);
    }
    if (terminal_ != kind::list) wrap(terminal_, 0, {});
    return current_;
  }

  void condition(const link& l) {
    std::vector<std::uint32_t> parts;
    for (const term& t : l.all_terms()) {
      const expr_id e = t.tree ? tree(*t.tree) : lookup(t.path, t.value);
      if (e.present()) parts.push_back(e.value);
    }
    // Q() is neutral, and so is its negation.
    if (parts.empty()) return;
    const std::array<std::uint32_t, 1> child = {all(parts).value};
    wrap(kind::filter_call, l.form == link_form::exclude ? 1 : 0, child, ++calls_);
  }

  expr_id all(const std::vector<std::uint32_t>& parts) {
    return parts.size() == 1 ? expr_id(parts[0]) : cx_.make_op(ir::op::and_, parts);
  }

  expr_id param(const path_ref& path, const operand& o) {
    return cx_.param_ref(cx_.add_param(shape_of(path, o)), ir::type());
  }

  any_id path(kind k, const path_ref& p, std::span<const std::uint32_t> children = {}) {
    return cx_.make(k, 0, {}, children, cx_.names().intern(p.view(), p.hash).value, p.offset);
  }

  expr_id lookup(const path_ref& p, const operand& o) {
    const expr_id value = o.form == operand_form::expression ? tree(*o.expr) : param(p, o);
    const std::array<std::uint32_t, 1> child = {value.value};
    return expr_id(path(kind::lookup, p, child));
  }

  /// Absent for a condition that says nothing.
  expr_id tree(const expression& e) {
    switch (e.form) {
      case expression_form::lookup: return lookup(e.path, e.constant);
      case expression_form::constant: return param(e.path, e.constant);
      case expression_form::path: return expr_id(path(kind::path, e.path));
      default: break;
    }
    std::vector<std::uint32_t> parts;
    for (const expression* child : e.all_children())
      if (const expr_id made = tree(*child); made.present()) parts.push_back(made.value);
    switch (e.form) {
      case expression_form::operation: return cx_.make_op(e.operation, parts);
      case expression_form::negation: return parts.empty() ? expr_id() : cx_.make_op(ir::op::not_, {expr_id(parts[0])});
      default: break;
    }
    if (parts.size() <= 1) return parts.empty() ? expr_id() : expr_id(parts[0]);
    if (e.form == expression_form::all_of) return cx_.make_op(ir::op::and_, parts);
    if (e.form == expression_form::any_of) return cx_.make_op(ir::op::or_, parts);
    expr_id out(parts[0]);
    for (std::size_t i = 1; i < parts.size(); ++i) out = cx_.make_op(ir::op::xor_, {out, expr_id(parts[i])});
    return out;
  }

  void order(const link& l) {
    std::vector<std::uint32_t> keys;
    for (const term& t : l.all_terms()) {
      path_ref p = t.path;
      const bool descending = p.view().starts_with('-');
      if (descending || p.view().starts_with('+')) {
        ++p.data;
        --p.size;
        if (p.offset != no_offset) ++p.offset;
        p.hash = ir::hash_text(p.view());
      }
      const any_id value = p.view() == "?" ? any_id(cx_.make_op(ir::op::random, std::span<const std::uint32_t>())) : path(kind::path, p);
      const std::array<std::uint32_t, 1> child = {value.value};
      keys.push_back(cx_.make(kind::order_item, descending ? 1 : 0, {}, child).value);
    }
    wrap(kind::order_call, 0, keys);
  }

  void values(const link& l) {
    std::vector<std::uint32_t> names;
    for (const term& t : l.all_terms()) names.push_back(path(kind::path, t.path).value);
    wrap(kind::values_call, 0, names);
  }

  context& cx_;
  rel_id current_;
  const link* slice_ = nullptr;
  kind terminal_ = kind::list;
  std::uint32_t calls_ = 0;
  std::vector<std::uint32_t> scratch_;
};

any_id column_path(context& cx, std::uint32_t model, std::uint32_t column) {
  return cx.make(kind::path, 0, {}, {}, cx.schema().at(model).columns[column].name.value, no_offset);
}

}  // namespace

ir::rel_id to_surface(ir::context& cx, const chain& c) { return surface_builder(cx).run(c); }

ir::rel_id insert_surface(ir::context& cx, std::uint32_t model, std::span<const std::uint32_t> columns, std::span<const ir::param> values) {
  std::vector<std::uint32_t> fields, row;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    fields.push_back(column_path(cx, model, columns[i]).value);
    row.push_back(cx.param_ref(cx.add_param(values[i]), ir::type()).value);
  }
  const std::array<std::uint32_t, 2> children = {cx.list(fields).value, cx.make(kind::row, 0, {}, row).value};
  return rel_id(cx.make(kind::insert_call, 0, {}, children, model));
}

ir::rel_id update_surface(ir::context& cx, std::uint32_t model, std::span<const std::uint32_t> columns, std::span<const ir::param> values,
                          const ir::param& key) {
  std::vector<std::uint32_t> items(1);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::array<std::uint32_t, 1> value = {cx.param_ref(cx.add_param(values[i]), ir::type()).value};
    items.push_back(cx.make(kind::named, 0, {}, value, cx.schema().at(model).columns[columns[i]].name.value).value);
  }
  const std::array<std::uint32_t, 1> operand_of_lookup = {cx.param_ref(cx.add_param(key), ir::type()).value};
  const any_id condition = cx.make(kind::lookup, 0, {}, operand_of_lookup, cx.names().intern("pk").value, no_offset);
  const std::array<std::uint32_t, 2> filter = {cx.make(kind::scan_call, 0, {}, {}, model).value, condition.value};
  items[0] = cx.make(kind::filter_call, 0, {}, filter, 0, 1).value;
  return rel_id(cx.make(kind::update_call, 0, {}, items));
}

}  // namespace quarry::detail
