#include <quarry/core/lower/surface.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <vector>

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
      p.calendar_year = are_calendar_years(path.view(), o);
      break;
    }
    default:
      p.given = o.type;
      if (o.type == ir::scalar::boolean && is_null_test(path.view())) p.truth = o.integer != 0;
      p.calendar_year = is_calendar_year(path.view(), o);
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

  rel_id run(const link& last) {
    for_each_link(last, [&](const link& l) { add(l); });
    return finish();
  }

 private:
  /// A call on what the chain gives so far.
  void wrap(kind k, std::uint16_t flags, std::initializer_list<any_id> rest, std::uint32_t b = 0) {
    ir::child_list children(cx_);
    children.add(current_);
    for (const any_id child : rest) children.add(child);
    current_ = rel_id(cx_.make(k, flags, {}, children.ids(), 0, b));
  }

  void add(const link& l) {
    switch (l.form) {
      case link_form::root: current_ = rel_id(cx_.make(kind::scan_call, 0, {}, {}, l.model)); return;
      case link_form::filter:
      case link_form::exclude: return condition(l);
      case link_form::order_by: return order(l);
      case link_form::reverse: return wrap(kind::order_call, 1, {});
      case link_form::values_list: return values(l);
      case link_form::load: return wrap_paths(kind::load_call, l);
      case link_form::select_related: return wrap_paths(kind::related_call, l);
      case link_form::dates: return dates(l);
      case link_form::either:
      case link_form::both:
      case link_form::one_of: return combine(l);
      case link_form::union_:
      case link_form::union_all:
      case link_form::intersection:
      case link_form::difference: return combine_sets(l);
      case link_form::distinct: return wrap_paths(kind::distinct_call, l);
      case link_form::tables: return wrap_paths(kind::tables_call, l);
      case link_form::lock: return lock(l);
      case link_form::raw: return;  // the compiler makes its statement of the chain itself
      case link_form::none: return wrap(kind::none_call, 0, {});
      case link_form::slice: slice_ = &l; return;
      case link_form::count: terminal_ = kind::count_call; return;
      case link_form::exists: terminal_ = kind::exists_call; return;
      case link_form::annotate: return annotate(l, 0);
      case link_form::alias: return annotate(l, 1);
      case link_form::aggregate: {
        ir::child_list items(cx_);
        for (const term& t : l.all_terms()) items.add(column(t));
        aggregates_ = cx_.list(items.ids());
        terminal_ = kind::aggregate_call;
        return;
      }
    }
  }

  rel_id finish() {
    add_slice();
    if (terminal_ == kind::aggregate_call) {
      ir::child_list children(cx_);
      children.add(current_);
      for (std::uint32_t i = 0; i < cx_.at(aggregates_).child_count; ++i) children.add(cx_.child(aggregates_, i));
      current_ = rel_id(cx_.make(terminal_, 0, {}, children.ids()));
    } else if (terminal_ != kind::list) {
      wrap(terminal_, 0, {});
    }
    return current_;
  }

  void add_slice() {
    if (slice_ && (slice_->has_high || slice_->has_low)) {
      // The bounds are the last parameters, in the order of for_each_value.
      expr_id limit, offset;
      if (slice_->has_high && slice_->high <= slice_->low) wrap(kind::none_call, 0, {});
      if (slice_->has_high) limit = param(slice_bound, operand::of_integer(slice_->high - slice_->low));
      if (slice_->has_low) offset = param(slice_bound, operand::of_integer(slice_->low));
      const bool one_row = slice_->has_high && slice_->high - slice_->low == 1;
      wrap(kind::slice_call, one_row ? 1 : 0, {limit, offset});
    }
    slice_ = nullptr;
  }

  /// The query so far is the first arm, with its own slice.
  void combine_sets(const link& l) {
    add_slice();
    ir::child_list arms(cx_);
    arms.add(current_);
    for (const term& t : l.all_terms()) arms.add(surface_builder(cx_).run(*t.value.query));
    const ir::code operation = l.form == link_form::intersection ? ir::set_kind::intersect
        : l.form == link_form::difference                        ? ir::set_kind::except
                                                                 : ir::set_kind::union_;
    current_ = rel_id(cx_.make(kind::set_call, l.form == link_form::union_all ? 1 : 0, {}, arms.ids(), 0, operation));
  }

  void condition(const link& l) {
    ir::child_list parts(cx_);
    for (const term& t : l.all_terms()) {
      const expr_id e = t.tree ? tree(*t.tree) : lookup(t.path, t.value);
      if (e.present()) parts.add(e);
    }
    // Q() is neutral, and so is its negation.
    if (parts.empty()) return;
    wrap(kind::filter_call, l.form == link_form::exclude ? 1 : 0, {joined(ir::op::and_, parts.ids())}, ++calls_);
  }

  expr_id joined(ir::op by, std::span<const std::uint32_t> parts) {
    return parts.size() == 1 ? expr_id(parts[0]) : cx_.make_op(by, parts);
  }

  expr_id param(const path_ref& path, const operand& o) {
    return cx_.param_ref(cx_.add_param(shape_of(path, o)), ir::type());
  }

  any_id path(kind k, const path_ref& p, std::span<const std::uint32_t> children = {}) {
    return cx_.make(k, 0, {}, children, cx_.names().intern(p.view(), p.hash).value, p.offset);
  }

  expr_id operand_of(const path_ref& p, const operand& o) {
    return o.form == operand_form::expression ? tree(*o.expr)
        : o.form == operand_form::query       ? sub_query(*o.query)
                                              : param(p, o);
  }

  expr_id lookup(const path_ref& p, const operand& o) {
    const std::array<std::uint32_t, 1> child = {operand_of(p, o).value};
    return expr_id(path(kind::lookup, p, child));
  }

  /// The value of the lookup comes first, as in for_each_value.
  expr_id lookup_on(const expression& e) {
    const std::uint32_t operand = operand_of(e.path, e.constant).value;
    const std::array<std::uint32_t, 2> children = {operand, tree(*e.children[0]).value};
    return expr_id(path(kind::lookup_on, e.path, children));
  }

  std::uint32_t name_of(const expression& e) { return cx_.names().intern(e.path.view(), e.path.hash).value; }

  expr_id sub_query(const link& last) {
    const std::array<std::uint32_t, 1> query = {surface_builder(cx_).run(last).value};
    return expr_id(cx_.make(kind::sub_query, 0, {}, query));
  }

  /// The calls of the other query are numbered from the first one on where either query will do: what both say of a to-many
  /// relation may then be said of one row.
  void combine(const link& l) {
    surface_builder other(cx_);
    const bool both = l.form == link_form::both;
    if (both) other.calls_ = calls_;
    const rel_id with = other.run(*l.all_terms()[0].value.query);
    calls_ = std::max(calls_, other.calls_);
    wrap(kind::combine_call, l.form == link_form::either ? 1 : l.form == link_form::one_of ? 2 : 0, {with});
  }

  /// Absent for a condition that says nothing.
  expr_id tree(const expression& e) {
    switch (e.form) {
      case expression_form::lookup: return lookup(e.path, e.constant);
      case expression_form::constant: return param(e.path, e.constant);
      case expression_form::path: return expr_id(path(kind::path, e.path));
      case expression_form::ordering: return tree(*e.children[0]);
      case expression_form::aggregate: return aggregate(e);
      case expression_form::case_of: return case_of(e);
      case expression_form::exists: return query_value(kind::exists, *e.constant.query);
      case expression_form::subquery: return query_value(kind::scalar_of, *e.constant.query);
      case expression_form::outer: return outer(e);
      case expression_form::window: return window(e);
      case expression_form::lookup_on: return lookup_on(e);
      case expression_form::raw: return raw(e);
      case expression_form::filtered_relation: {
        const std::array<std::uint32_t, 1> condition = {tree(*e.constant.expr).value};
        return expr_id(path(kind::filtered_relation, e.path, condition));
      }
      default: break;
    }
    ir::child_list list(cx_);
    for (const expression* child : e.all_children())
      if (const expr_id made = tree(*child); made.present()) list.add(made);
    const std::span<const std::uint32_t> parts = list.ids();
    switch (e.form) {
      case expression_form::operation: return cx_.make_op(e.operation, parts);
      case expression_form::cast: return expr_id(cx_.make(kind::cast, 0, e.type, parts));
      case expression_form::row: return expr_id(cx_.make(kind::row, 0, {}, parts));
      case expression_form::typed: return expr_id(cx_.make(kind::typed_value, 0, e.type, parts));
      case expression_form::numeric: return expr_id(cx_.make(kind::numeric_value, 0, {}, parts));
      case expression_form::call: return expr_id(cx_.make(kind::call, 0, e.type, parts, name_of(e)));
      case expression_form::collate: {
        const auto named = static_cast<std::uint32_t>(ir::collation_class::named);
        return expr_id(cx_.make(kind::collate, 0, e.type, parts, name_of(e), named));
      }
      case expression_form::negation: return parts.empty() ? expr_id() : cx_.make_op(ir::op::not_, {expr_id(parts[0])});
      default: break;
    }
    if (parts.empty()) return {};
    if (e.form == expression_form::all_of) return joined(ir::op::and_, parts);
    if (e.form == expression_form::any_of) return joined(ir::op::or_, parts);
    expr_id out(parts[0]);
    for (std::size_t i = 1; i < parts.size(); ++i) out = cx_.make_op(ir::op::xor_, {out, expr_id(parts[i])});
    return out;
  }

  /// A condition that says nothing holds for every row.
  expr_id truth_of(const expression& e) {
    const expr_id made = tree(e);
    return made.present() ? made : cx_.boolean(true);
  }

  expr_id case_of(const expression& e) {
    std::vector<std::uint32_t> children = {ir::none};
    std::vector<ir::type> types;
    const auto value_of = [&](const expression& value) {
      const expr_id made = truth_of(value);
      types.push_back(cx_.at(made).type);
      return made.value;
    };
    for (const expression* child : e.all_children()) {
      if (child->form != expression_form::when) {
        children[0] = value_of(*child);
        continue;
      }
      const std::uint32_t condition = truth_of(*child->children[0]).value;
      const std::array<std::uint32_t, 2> branch = {condition, value_of(*child->children[1])};
      children.push_back(cx_.make(kind::when, 0, {}, branch).value);
    }
    const ir::type widest = ir::type_of(ir::op::coalesce, types, {}).with_nullable(true);
    return expr_id(cx_.make(kind::case_when, 0, widest, children));
  }

  expr_id query_value(kind k, const link& last) {
    const std::array<std::uint32_t, 1> query = {surface_builder(cx_).run(last).value};
    return expr_id(cx_.make(k, 0, k == kind::exists ? ir::types::boolean : ir::types::null, query));
  }

  expr_id window(const expression& e) {
    const std::span<const expression* const> parts = e.all_children();
    const expr_id function = tree(*parts[0]);
    std::size_t at = 1;
    ir::child_list partition(cx_);
    for (std::uint16_t i = 0; i < e.window.partitions; ++i) partition.add(tree(*parts[at++]));
    const any_id by = partition.empty() ? any_id{} : any_id(cx_.list(partition.ids()));
    ir::child_list order(cx_);
    for (std::uint16_t i = 0; i < e.window.orders; ++i) order.add(order_item(*parts[at++]));
    const any_id sorted = order.empty() ? any_id{} : any_id(cx_.list(order.ids()));
    any_id frame;
    if (e.window.frame != window_shape::frame_unit::none) {
      const auto bound = [&](ir::code edge, std::uint64_t distance) {
        const bool counted = edge == ir::frame_edge::preceding || edge == ir::frame_edge::following;
        const std::array<std::uint32_t, 1> by_distance = {
            counted ? cx_.integer(static_cast<std::int64_t>(distance)).value : ir::none};
        return cx_.make(kind::frame_bound, 0, {}, by_distance, 0, edge).value;
      };
      const std::array<std::uint32_t, 2> bounds = {bound(e.window.start, e.window.start_distance),
                                                   bound(e.window.end, e.window.end_distance)};
      frame = cx_.make(kind::frame, static_cast<std::uint16_t>(e.window.exclusion), {}, bounds, 0,
                       static_cast<std::uint32_t>(e.window.frame) - 1);
    }
    const std::array<std::uint32_t, 3> spec = {by.value, sorted.value, frame.value};
    const std::array<std::uint32_t, 2> call = {function.value,
                                               cx_.make(kind::window_spec, 0, {}, spec, ir::symbol().value).value};
    return expr_id(cx_.make(kind::window_call, 0, cx_.at(function).type, call));
  }

  /// Each level further out is a path around the path.
  expr_id outer(const expression& e) {
    expr_id made(path(kind::outer_path, e.path));
    for (std::uint16_t level = 1; level < e.levels; ++level) {
      const std::array<std::uint32_t, 1> inner = {made.value};
      made = expr_id(cx_.make(kind::outer_value, 0, {}, inner));
    }
    return made;
  }

  void order(const link& l) {
    ir::child_list children(cx_);
    children.add(current_);
    for (const term& t : l.all_terms()) children.add(t.tree ? order_item(*t.tree) : order_item(t.path));
    current_ = rel_id(cx_.make(kind::order_call, 0, {}, children.ids()));
  }

  any_id order_item(path_ref p) {
    const bool descending = p.view().starts_with('-');
    if (descending || p.view().starts_with('+')) {
      ++p.data;
      --p.size;
      if (p.offset != no_offset) ++p.offset;
      p.hash = ir::hash_text(p.view());
    }
    const any_id value =
        p.view() == "?" ? any_id(cx_.make_op(ir::op::random, std::span<const std::uint32_t>())) : path(kind::path, p);
    const std::array<std::uint32_t, 1> child = {value.value};
    return cx_.make(kind::order_item, descending ? 1 : 0, {}, child);
  }

  any_id order_item(const expression& e) {
    const bool ordering = e.form == expression_form::ordering;
    const expression& key = ordering ? *e.children[0] : e;
    // A bare F is the column itself, where a name would follow the order of the related model.
    const any_id value = key.form == expression_form::path ? path(kind::field_value, key.path) : any_id(tree(key));
    const std::array<std::uint32_t, 1> child = {value.value};
    return cx_.make(kind::order_item, ordering ? e.order.bits() : 0, {}, child);
  }

  /// A key of the values within an aggregate.
  any_id order_within(const expression& e) {
    const bool ordering = e.form == expression_form::ordering;
    const std::array<std::uint32_t, 1> value = {tree(ordering ? *e.children[0] : e).value};
    return cx_.make(kind::order_item, ordering ? e.order.bits() : 0, {}, value);
  }

  any_id column(const term& t) {
    if (!t.tree) return path(kind::path, t.path);
    const std::array<std::uint32_t, 1> value = {tree(*t.tree).value};
    return cx_.make(kind::named, 0, {}, value, cx_.names().intern(t.path.view(), t.path.hash).value);
  }

  void values(const link& l) {
    ir::child_list children(cx_);
    children.add(current_);
    for (const term& t : l.all_terms()) children.add(column(t));
    current_ = rel_id(cx_.make(kind::values_call, 0, {}, children.ids()));
  }

  void annotate(const link& l, std::uint16_t flags) {
    ir::child_list children(cx_);
    children.add(current_);
    for (const term& t : l.all_terms()) children.add(column(t));
    current_ = rel_id(cx_.make(kind::annotate_call, flags, {}, children.ids()));
  }

  expr_id aggregate(const expression& e) {
    ir::child_list arguments(cx_);
    const std::size_t first_order = e.child_count - e.aggregate.orders - (e.aggregate.condition ? 1U : 0U);
    for (std::size_t i = 0; i < e.child_count; ++i) {
      const bool orders = i >= first_order && i < first_order + e.aggregate.orders;
      arguments.add(orders ? order_within(*e.children[i]) : any_id(tree(*e.children[i])));
    }
    // The condition was the last child, and the order before it, as their values come last; here they are the first.
    const std::span<const std::uint32_t> all = arguments.ids();
    const std::size_t count = all.size() - (e.aggregate.condition ? 1 : 0) - e.aggregate.orders;
    const any_id order = e.aggregate.orders == 0 ? any_id{} : any_id(cx_.list(all.subspan(count, e.aggregate.orders)));
    std::vector<std::uint32_t> children = {e.aggregate.condition ? all.back() : ir::none, order.value};
    children.insert(children.end(), all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count));
    std::vector<ir::type> types;  // of most arguments nothing is known yet
    for (const std::uint32_t id : all.first(count)) types.push_back(cx_.at({id}).type);
    return expr_id(cx_.make(kind::aggregate, e.aggregate.distinct ? 1 : 0,
                            ir::type_of(e.operation, types, ir::types::null), children, 0,
                            static_cast<std::uint32_t>(e.operation)));
  }

  void lock(const link& l) {
    ir::child_list children(cx_);
    children.add(current_);
    for (const term& t : l.all_terms()) children.add(path(kind::path, t.path));
    const ir::code strength = l.lock.no_key ? ir::lock_strength::no_key_update : ir::lock_strength::update;
    const auto flags = static_cast<std::uint16_t>((l.lock.nowait ? 1U : 0U) | (l.lock.skip_locked ? 2U : 0U));
    current_ = rel_id(cx_.make(kind::lock_call, flags, {}, children.ids(), 0, strength));
  }

  /// The text of the first child, with a value in the place of each %s.
  expr_id raw(const expression& e) {
    const std::span<const expression* const> parts = e.all_children();
    const std::vector<std::string> texts = raw_pieces(parts[0]->path.view());
    ir::child_list pieces(cx_);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (!texts[i].empty()) pieces.add(cx_.make(kind::raw_text, 0, {}, {}, cx_.names().intern(texts[i]).value));
      if (i + 1 < parts.size()) pieces.add(tree(*parts[i + 1]));
    }
    return expr_id(cx_.make(kind::raw, 0, e.type, pieces.ids()));
  }

  void wrap_paths(kind k, const link& l) {
    ir::child_list children(cx_);
    children.add(current_);
    for (const term& t : l.all_terms()) children.add(path(kind::path, t.path));
    current_ = rel_id(cx_.make(k, 0, {}, children.ids()));
  }

  /// What is not NULL of an expression over a path, each once and in order. The condition is no call of its own: it reads the same
  /// related rows as the values do.
  void dates(const link& l) {
    const term& t = l.all_terms()[0];
    const std::array<std::uint32_t, 1> tested = {path(kind::path, t.path).value};
    wrap(kind::filter_call, 0, {cx_.make_op(ir::op::is_not_null, tested)}, 0);
    const std::array<std::uint32_t, 1> value = {tree(*t.tree->children[0]).value};
    wrap(kind::values_call, 0, {cx_.make(kind::named, 0, {}, value, cx_.names().intern("date").value)});
    wrap(kind::distinct_call, 0, {});
    wrap(kind::order_call, 0, {order_item(*t.tree)});
  }

  context& cx_;
  rel_id current_;
  const link* slice_ = nullptr;
  kind terminal_ = kind::list;
  any_id aggregates_;  ///< of aggregate(): numbered where they stand, before the bounds of a slice
  std::uint32_t calls_ = 0;
};

any_id column_path(context& cx, std::uint32_t model, std::uint32_t column) {
  return cx.make(kind::path, 0, {}, {}, cx.schema().at(model).columns[column].name.value, no_offset);
}

}  // namespace

ir::rel_id to_surface(ir::context& cx, const chain& c) { return surface_builder(cx).run(c.last()); }

ir::rel_id insert_surface(ir::context& cx, std::uint32_t model, std::span<const std::uint32_t> columns,
                          std::span<const ir::param> values) {
  ir::child_list fields(cx);
  for (const std::uint32_t c : columns) fields.add(column_path(cx, model, c));
  const any_id names = cx.list(fields.ids());
  ir::child_list row(cx);
  for (std::size_t i = 0; i < columns.size(); ++i) row.add(cx.param_ref(cx.add_param(values[i]), ir::type()));
  const std::array<std::uint32_t, 2> children = {names.value, cx.make(kind::row, 0, {}, row.ids()).value};
  return rel_id(cx.make(kind::insert_call, 0, {}, children, model));
}

ir::rel_id update_surface(ir::context& cx, std::uint32_t model, std::span<const std::uint32_t> columns,
                          std::span<const ir::param> values, const ir::param& key) {
  // The key is the last parameter, and the condition on it the first child.
  const auto key_index = static_cast<std::uint32_t>(cx.param_count() + columns.size());
  const std::array<std::uint32_t, 1> operand_of_lookup = {cx.param_ref(key_index, ir::type()).value};
  const any_id condition = cx.make(kind::lookup, 0, {}, operand_of_lookup, cx.names().intern("pk").value, no_offset);
  const std::array<std::uint32_t, 2> filter = {cx.make(kind::scan_call, 0, {}, {}, model).value, condition.value};
  ir::child_list items(cx);
  items.add(cx.make(kind::filter_call, 0, {}, filter, 0, 1));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::array<std::uint32_t, 1> value = {cx.param_ref(cx.add_param(values[i]), ir::type()).value};
    items.add(cx.make(kind::named, 0, {}, value, cx.schema().at(model).columns[columns[i]].name.value));
  }
  cx.add_param(key);
  return rel_id(cx.make(kind::update_call, 0, {}, items.ids()));
}

}  // namespace quarry::detail
